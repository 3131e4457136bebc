import { createHmac, hash } from 'node:crypto';
import { HmacKey } from './hmac-key.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When they stop being valid; undefined: never. */
  readonly expiration?: Date | undefined;
}

export interface RequestToSign {
  readonly method: string;
  /** Host and, where it is not the scheme's own, port: exactly what goes into the Host header. */
  readonly host: string;
  /**
   * The path as it goes on the wire. It must hold nothing but unreserved characters, `/` and
   * percent-encoded octets (see `encodePathSegment`), and no query.
   */
  readonly path: string;
  /** Further headers to sign; lower-case names, values without surrounding blanks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/**
 * Signs requests with AWS Signature Version 4. The signing key of a day is derived once per secret
 * and region, which leaves two hashes and one HMAC per request.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * (as of 2026-11-22). `@smithy/signature-v4` is the oracle of its tests.
 */
export class SigV4Signer {
  readonly #service: string;
  readonly #keys = new Map<string, { readonly secret: string; readonly key: HmacKey }>();
  #second = Number.NaN;
  #timestamp = '';

  constructor(service: string) {
    this.#service = service;
  }

  /** The headers to send: those given, plus `host`, `x-amz-date`, `x-amz-security-token`, `authorization`. */
  sign(request: RequestToSign, credentials: AwsCredentials, region: string, nowMs: number): Record<string, string> {
    const timestamp = this.#timestampAt(nowMs);
    const date = timestamp.slice(0, 8);
    const headers: Record<string, string> = { ...request.headers, host: request.host, 'x-amz-date': timestamp };
    if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken;

    const names = Object.keys(headers).sort();
    const signedHeaders = names.join(';');
    let canonicalHeaders = '';
    for (const name of names) canonicalHeaders += `${name}:${headers[name]}\n`;
    // Every service but S3 encodes the path a second time; after the first encoding only '%' changes.
    const canonicalPath = request.path.replaceAll('%', '%25');
    const canonicalRequest = `${request.method}\n${canonicalPath}\n\n${canonicalHeaders}\n${signedHeaders}\n${hash('sha256', request.body, 'hex')}`;

    const scope = `${date}/${region}/${this.#service}/aws4_request`;
    const stringToSign = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash('sha256', canonicalRequest, 'hex')}`;
    const signature = this.#signingKey(credentials, date, region).signHex(stringToSign);
    headers['authorization'] =
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
    return headers;
  }

  /** `20261122T233000Z`, made once a second. */
  #timestampAt(nowMs: number): string {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#timestamp = `${new Date(second * 1000).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
    }
    return this.#timestamp;
  }

  #signingKey(credentials: AwsCredentials, date: string, region: string): HmacKey {
    const id = `${credentials.accessKeyId}/${date}/${region}`;
    const cached = this.#keys.get(id);
    if (cached !== undefined && cached.secret === credentials.secretAccessKey) return cached.key;
    const dateKey = createHmac('sha256', `AWS4${credentials.secretAccessKey}`).update(date).digest();
    const regionKey = createHmac('sha256', dateKey).update(region).digest();
    const serviceKey = createHmac('sha256', regionKey).update(this.#service).digest();
    const key = new HmacKey(createHmac('sha256', serviceKey).update('aws4_request').digest());
    // A handful of regions and one role: a full map means days or credentials have passed.
    if (this.#keys.size >= 64) this.#keys.clear();
    this.#keys.set(id, { secret: credentials.secretAccessKey, key });
    return key;
  }
}

/** Percent-encodes everything but RFC 3986's unreserved characters, as the AWS SDKs do for a path label. */
export function encodePathSegment(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
