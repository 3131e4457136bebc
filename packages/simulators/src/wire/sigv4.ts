import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@genai-gateway/core';
import { BedrockError } from '../errors.ts';

/** How far a signature's date may be from ours. */
const MAX_SKEW_MS = 5 * 60_000;

/** A key pair the simulator accepts, as IAM would know it. */
export interface SimulatorCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** When set, requests must carry it in `x-amz-security-token`. */
  readonly sessionToken?: string;
  /** When the session token ends, in ms since the epoch; afterwards ExpiredTokenException. */
  readonly expiresAtMs?: number;
}

/** The bytes that were signed, as they arrived. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as on the request line, still percent-encoded. */
  readonly target: string;
  /** Lower-case names, `:authority` among them, in order of arrival, repeated names repeated. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/**
 * Verifies a header-based Signature Version 4 for one service, in whatever region its scope names.
 * Throws the `BedrockError` AWS would answer with; the text of a mismatch names neither side's string.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html (as of 2026-11-22).
 */
export function verifySignature(
  request: SignedRequest,
  service: 'bedrock' | 'sagemaker',
  credentials: readonly SimulatorCredentials[],
  now: Clock,
): void {
  const authorization = header(request, 'authorization');
  if (authorization === undefined) {
    throw new BedrockError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  if (/^bearer /i.test(authorization)) {
    throw new BedrockError('AccessDeniedException', 'Authentication failed: Please make sure your API Key is valid.');
  }
  const { accessKeyId, scope, signedHeaders, signature } = parseAuthorization(authorization);
  const [scopeDate = '', region = '', scopeService] = scope;
  const date = header(request, 'x-amz-date') ?? '';
  if (!/^\d{8}T\d{6}Z$/.test(date)) {
    throw new BedrockError(
      'IncompleteSignatureException',
      "Authorization header requires a valid 'X-Amz-Date' header.",
    );
  }

  const known = credentials.find((candidate) => candidate.accessKeyId === accessKeyId);
  const token = header(request, 'x-amz-security-token');
  if (known === undefined || known.sessionToken !== token) {
    throw new BedrockError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  if (known.expiresAtMs !== undefined && known.expiresAtMs <= now()) {
    throw new BedrockError('ExpiredTokenException', 'The security token included in the request is expired');
  }
  if (scopeService !== service) mismatch(`Credential should be scoped to correct service: '${service}'.`);
  if (scopeDate !== date.slice(0, 8)) {
    mismatch('Date in Credential scope does not match the date of the X-Amz-Date header.');
  }
  checkDate(date, now());
  checkSignedHeaders(request, signedHeaders);

  const bodyHash = sha256(request.body);
  const payloadHash = header(request, 'x-amz-content-sha256') ?? bodyHash;
  if (payloadHash !== bodyHash) mismatch(SIGNATURE_MISMATCH);
  const canonicalRequest = [
    request.method,
    canonicalPath(request.target),
    canonicalQuery(request.target),
    ...signedHeaders.map((name) => `${name}:${canonicalValue(request, name)}`),
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
  const stringToSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonicalRequest)].join('\n');
  const key = [region, service, 'aws4_request'].reduce<Buffer>(
    (parent, part) => hmac(parent, part),
    hmac(`AWS4${known.secretAccessKey}`, scopeDate),
  );
  const expected = hmac(key, stringToSign);
  const given = Buffer.from(signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) mismatch(SIGNATURE_MISMATCH);
}

/** The region that an `authorization` header is scoped to, verified or not; undefined for one that is no signature. */
export function signedRegion(authorization: string | undefined): string | undefined {
  return /^AWS4-HMAC-SHA256\s.*Credential=[^/,]+\/\d{8}\/([a-z0-9-]+)\//.exec(authorization ?? '')?.[1];
}

const SIGNATURE_MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key ' +
  'and signing method. Consult the service documentation for details.';

function mismatch(message: string): never {
  throw new BedrockError('InvalidSignatureException', message);
}

function header(request: SignedRequest, name: string): string | undefined {
  return request.headers.find(([candidate]) => candidate === name)?.[1];
}

function parseAuthorization(value: string): {
  accessKeyId: string;
  scope: readonly string[];
  signedHeaders: readonly string[];
  signature: string;
} {
  const parts = /^AWS4-HMAC-SHA256\s+(.+)$/.exec(value)?.[1]?.split(/\s*,\s*/) ?? [];
  const fields = new Map(
    parts.map((part): [string, string] => {
      const at = part.indexOf('=');
      return [part.slice(0, at), part.slice(at + 1)];
    }),
  );
  const [accessKeyId = '', ...scope] = (fields.get('Credential') ?? '').split('/');
  const signedHeaders = (fields.get('SignedHeaders') ?? '').split(';').filter((name) => name !== '');
  const signature = fields.get('Signature') ?? '';
  if (accessKeyId === '' || scope.length !== 4 || scope[3] !== 'aws4_request' || signedHeaders.length === 0) {
    throw new BedrockError(
      'IncompleteSignatureException',
      "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters of AWS4-HMAC-SHA256.",
    );
  }
  if (!/^[0-9a-f]{64}$/.test(signature)) mismatch(SIGNATURE_MISMATCH);
  return { accessKeyId, scope, signedHeaders, signature };
}

function checkDate(date: string, nowMs: number): void {
  const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 11)}:${date.slice(11, 13)}:${date.slice(13)}`;
  const skew = nowMs - Date.parse(iso);
  if (Number.isNaN(skew)) mismatch(`'${date}' is not a date.`);
  if (skew > MAX_SKEW_MS) mismatch(`Signature expired: ${date} is more than 5 min. earlier than the service's time.`);
  if (skew < -MAX_SKEW_MS) mismatch(`Signature not yet current: ${date} is more than 5 min. after the service's time.`);
}

/** `host` (or `:authority`, which the JavaScript SDK signs in HTTP/2) and every `x-amz-*` header that was sent have to be signed, and the list has to be sorted. */
function checkSignedHeaders(request: SignedRequest, signedHeaders: readonly string[]): void {
  if (!signedHeaders.includes('host') && !signedHeaders.includes(':authority')) {
    mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const unsigned = request.headers.find(([name]) => name.startsWith('x-amz-') && !signedHeaders.includes(name));
  if (unsigned !== undefined) {
    mismatch(`There were headers present in the request which were not signed: ${unsigned[0]}`);
  }
  if (signedHeaders.join(';') !== signedHeaders.toSorted().join(';')) mismatch(SIGNATURE_MISMATCH);
}

/** The path encoded once more, as for every service but S3: `%3A` on the wire is `%253A` in the signature. */
function canonicalPath(target: string): string {
  const path = target.split('?', 1)[0] ?? '/';
  return path.split('/').map(encode).join('/') || '/';
}

function canonicalQuery(target: string): string {
  const at = target.indexOf('?');
  if (at === -1 || at === target.length - 1) return '';
  return target
    .slice(at + 1)
    .split('&')
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .toSorted()
    .join('&');
}

function canonicalValue(request: SignedRequest, name: string): string {
  return request.headers
    .filter(([candidate]) => candidate === name)
    .map(([, value]) => value.trim().replace(/\s+/g, ' '))
    .join(',');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer | string, data: string): Buffer {
  return createHmac('sha256', key).update(data, 'utf8').digest();
}
