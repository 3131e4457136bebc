import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { expect, it } from 'vitest';
import { BedrockError } from '../errors.ts';
import type { SignedRequest, SimulatorCredentials } from '../wire/sigv4.ts';
import { verifySagemakerSignature } from './signature.ts';

const credentials = { accessKeyId: 'AKIASIMULATOR', secretAccessKey: 'not-a-secret', sessionToken: 'session' };
const signedAt = Date.parse('2026-11-22T12:00:00Z');
const MINUTE = 60_000;

interface Options {
  readonly service?: string;
  readonly secretAccessKey?: string;
  readonly unsigned?: readonly string[];
}

async function signed({
  service = 'sagemaker',
  secretAccessKey = 'not-a-secret',
  unsigned = [],
}: Options = {}): Promise<SignedRequest> {
  const body = '{"inputs":"é"}';
  const path = '/endpoints/my-endpoint/invocations';
  const signer = new SignatureV4({
    service,
    region: 'eu-west-1',
    credentials: { ...credentials, secretAccessKey },
    sha256: Sha256,
  });
  const request = await signer.sign(
    new HttpRequest({
      method: 'POST',
      hostname: 'runtime.sagemaker.eu-west-1.amazonaws.com',
      path,
      query: { b: '2', a: '1' },
      headers: {
        host: 'runtime.sagemaker.eu-west-1.amazonaws.com',
        'content-type': 'application/json',
        'x-amzn-sagemaker-custom-attributes': ' two  words ',
      },
      body,
    }),
    { signingDate: new Date(signedAt), unsignableHeaders: new Set(unsigned) },
  );
  return {
    method: 'POST',
    target: `${path}?b=2&a=1`,
    headers: Object.entries(request.headers),
    body: Buffer.from(body),
  };
}

function verdict(
  request: SignedRequest,
  nowMs = signedAt,
  known: readonly SimulatorCredentials[] = [credentials],
): string {
  try {
    verifySagemakerSignature(request, known, () => nowMs);
    return 'accepted';
  } catch (error) {
    return error instanceof BedrockError ? error.exception : String(error);
  }
}

function withHeader(request: SignedRequest, name: string, change: (value: string) => string): SignedRequest {
  return { ...request, headers: request.headers.map(([key, value]) => [key, key === name ? change(value) : value]) };
}

function without(request: SignedRequest, name: string): SignedRequest {
  return { ...request, headers: request.headers.filter(([key]) => key !== name) };
}

/** The same text with the lowest bit of one character turned. */
function flip(text: string, at: number): string {
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
}

it('accepts what the SDK signs', async () => {
  expect(verdict(await signed())).toBe('accepted');
});

const MISMATCH = 'InvalidSignatureException';

it.each<[what: string, change: (request: SignedRequest) => SignedRequest, exception: string]>([
  ['one bit of the path', (r) => ({ ...r, target: flip(r.target, 12) }), MISMATCH],
  ['another query', (r) => ({ ...r, target: `${r.target}&c=3` }), MISMATCH],
  ['another method', (r) => ({ ...r, method: 'PUT' }), MISMATCH],
  ['one bit of the body', (r) => ({ ...r, body: r.body.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) }), MISMATCH],
  ['another host', (r) => withHeader(r, 'host', () => '127.0.0.1'), MISMATCH],
  ['one bit of a header', (r) => withHeader(r, 'content-type', (v) => flip(v, 3)), MISMATCH],
  ['one bit of the signature', (r) => withHeader(r, 'authorization', (v) => flip(v, v.length - 1)), MISMATCH],
  [
    'a body hash that is not the body’s',
    (r) => withHeader(r, 'x-amz-content-sha256', () => 'UNSIGNED-PAYLOAD'),
    MISMATCH,
  ],
  ['a header that was not signed', (r) => ({ ...r, headers: [...r.headers, ['x-amz-target', 'x']] }), MISMATCH],
  [
    'another access key',
    (r) => withHeader(r, 'authorization', (v) => v.replace('AKIASIMULATOR', 'AKIAOTHER')),
    'UnrecognizedClientException',
  ],
  ['no session token', (r) => without(r, 'x-amz-security-token'), 'UnrecognizedClientException'],
  ['no authorization', (r) => without(r, 'authorization'), 'MissingAuthenticationTokenException'],
  ['no date', (r) => without(r, 'x-amz-date'), 'IncompleteSignatureException'],
  ['a bearer token', (r) => withHeader(r, 'authorization', () => 'Bearer sk-1'), 'IncompleteSignatureException'],
  [
    'a scope that is short',
    (r) => withHeader(r, 'authorization', (v) => v.replace('/aws4_request', '')),
    'IncompleteSignatureException',
  ],
])('refuses %s', async (_, change, exception) => {
  expect(verdict(change(await signed()))).toBe(exception);
});

it('says what is wrong with a scope', async () => {
  const check = (request: SignedRequest) => () => verifySagemakerSignature(request, [credentials], () => signedAt);
  const bedrock = await signed({ service: 'bedrock' });
  expect(check(bedrock)).toThrow(/correct service: 'sagemaker'/);
  const tomorrow = withHeader(await signed(), 'x-amz-date', (value) => value.replace('22T', '23T'));
  expect(check(tomorrow)).toThrow(/date of the scope/);
});

it('refuses a request whose host is not signed, another secret, and a session that has ended', async () => {
  expect(verdict(await signed({ unsigned: ['host'] }))).toBe(MISMATCH);
  expect(verdict(await signed({ secretAccessKey: 'another' }))).toBe(MISMATCH);
  const ended = { ...credentials, expiresAtMs: signedAt };
  expect(verdict(await signed(), signedAt, [ended])).toBe('ExpiredTokenException');
});

it('takes 5 minutes of skew and no more', async () => {
  const request = await signed();
  expect(verdict(request, signedAt + 5 * MINUTE)).toBe('accepted');
  expect(verdict(request, signedAt - 5 * MINUTE)).toBe('accepted');
  expect(verdict(request, signedAt + 5 * MINUTE + 1)).toBe(MISMATCH);
  expect(verdict(request, signedAt - 5 * MINUTE - 1)).toBe(MISMATCH);
});
