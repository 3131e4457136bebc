import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@genai-gateway/core';
import { BedrockError, type ExceptionName } from '../errors.ts';
import type { SignedRequest, SimulatorCredentials } from '../wire/sigv4.ts';

/** How far a signature's date may be from ours. */
const MAX_SKEW_MS = 5 * 60_000;
const SERVICE = 'sagemaker';

/**
 * Verifies a Signature Version 4 for the service `sagemaker`, in whatever region its scope names, by the rules that
 * `wire/sigv4.ts` has for `bedrock` and with its errors. Throws `BedrockError`.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html (as of 2026-11-23).
 */
export function verifySagemakerSignature(
  request: SignedRequest,
  credentials: readonly SimulatorCredentials[],
  now: Clock,
): void {
  const authorization = header(request, 'authorization');
  if (authorization === undefined) refuse('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const { accessKeyId, scope, signedHeaders, signature } = parseAuthorization(authorization);
  const [scopeDate = '', region = '', service] = scope;
  const date = header(request, 'x-amz-date') ?? '';
  if (!/^\d{8}T\d{6}Z$/.test(date)) refuse('IncompleteSignatureException', 'X-Amz-Date is missing or no date.');
  const known = credentials.find((candidate) => candidate.accessKeyId === accessKeyId);
  if (known === undefined || known.sessionToken !== header(request, 'x-amz-security-token')) {
    refuse('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  if (known.expiresAtMs !== undefined && known.expiresAtMs <= now()) {
    refuse('ExpiredTokenException', 'The security token included in the request is expired');
  }
  if (service !== SERVICE) mismatch(`Credential should be scoped to correct service: '${SERVICE}'.`);
  if (scopeDate !== date.slice(0, 8)) mismatch('The date of the scope is not that of X-Amz-Date.');
  const skewMs = Math.abs(now() - Date.parse(date.replace(/^(....)(..)(.....)(..)/, '$1-$2-$3:$4:')));
  if (!(skewMs <= MAX_SKEW_MS)) mismatch(`The date ${date} is not within 5 minutes of the service's time.`);
  const unsigned = request.headers.find(([name]) => name.startsWith('x-amz-') && !signedHeaders.includes(name));
  if (unsigned !== undefined) mismatch(`The header ${unsigned[0]} is not signed.`);
  if (!signedHeaders.includes('host')) mismatch("'Host' has to be signed.");

  const bodyHash = sha256(request.body);
  const [path = '/', query = ''] = request.target.split('?');
  const canonicalRequest = [
    request.method,
    path.split('/').map(encode).join('/'),
    query.split('&').toSorted().join('&'),
    ...signedHeaders.map((name) => `${name}:${canonicalValue(request, name)}`),
    '',
    signedHeaders.join(';'),
    header(request, 'x-amz-content-sha256') ?? bodyHash,
  ].join('\n');
  if (!canonicalRequest.endsWith(bodyHash)) mismatch();
  const stringToSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonicalRequest)].join('\n');
  const keys = [scopeDate, region, SERVICE, 'aws4_request', stringToSign];
  const expected = keys.reduce<Buffer>(hmac, Buffer.from(`AWS4${known.secretAccessKey}`));
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) mismatch();
}

function refuse(exception: ExceptionName, message: string): never {
  throw new BedrockError(exception, message);
}

function mismatch(message = 'The request signature we calculated does not match the signature you provided.'): never {
  refuse('InvalidSignatureException', message);
}

function header(request: SignedRequest, name: string): string | undefined {
  return request.headers.find(([candidate]) => candidate === name)?.[1];
}

function parseAuthorization(value: string): {
  readonly accessKeyId: string;
  readonly scope: readonly string[];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
} {
  const field = (name: string): string =>
    new RegExp(`^AWS4-HMAC-SHA256 .*\\b${name}=([^,\\s]+)`).exec(value)?.[1] ?? '';
  const [accessKeyId = '', ...scope] = field('Credential').split('/');
  const signature = field('Signature');
  if (accessKeyId === '' || scope.length !== 4 || field('SignedHeaders') === '') {
    refuse('IncompleteSignatureException', 'Authorization needs Credential, SignedHeaders and Signature.');
  }
  if (!/^[0-9a-f]{64}$/.test(signature)) mismatch();
  return { accessKeyId, scope, signedHeaders: field('SignedHeaders').split(';'), signature };
}

function canonicalValue(request: SignedRequest, name: string): string {
  const values = request.headers.filter(([candidate]) => candidate === name);
  return values.map(([, value]) => value.trim().replace(/\s+/g, ' ')).join(',');
}

/** Each part of the path is encoded once more, as for every service but S3. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data, 'utf8').digest();
}
