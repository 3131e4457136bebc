import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import type { BedrockError } from '../errors.ts';
import { type SignedRequest, verifySignature } from './sigv4.ts';

const credentials = { accessKeyId: 'AKIASIMULATOR', secretAccessKey: 'not-a-secret', sessionToken: 'session' };
const signedAt = Date.parse('2026-11-22T12:00:00Z');

interface Options {
  readonly service?: string;
  readonly signer?: typeof credentials;
}

async function signed({ service = 'bedrock', signer = credentials }: Options = {}): Promise<SignedRequest> {
  const body = '{"messages":[{"role":"user","content":[{"text":"é"}]}]}';
  const path = '/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse';
  const signature = new SignatureV4({ service, region: 'eu-west-1', credentials: signer, sha256: Sha256 });
  const request = await signature.sign(
    new HttpRequest({
      method: 'POST',
      hostname: 'bedrock-runtime.eu-west-1.amazonaws.com',
      path,
      headers: {
        host: 'bedrock-runtime.eu-west-1.amazonaws.com',
        'content-type': 'application/json',
        'x-amz-meta': ' two  words ',
      },
      body,
    }),
    { signingDate: new Date(signedAt) },
  );
  return { method: 'POST', target: path, headers: Object.entries(request.headers), body: Buffer.from(body) };
}

function verdict(request: SignedRequest, nowMs = signedAt, known: readonly object[] = [credentials]): string {
  try {
    verifySignature(request, 'bedrock', known as (typeof credentials)[], () => nowMs);
    return 'accepted';
  } catch (error) {
    return (error as BedrockError).exception;
  }
}

function withHeader(request: SignedRequest, name: string, change: (value: string) => string): SignedRequest {
  return { ...request, headers: request.headers.map(([key, value]) => [key, key === name ? change(value) : value]) };
}

/** The same text with the lowest bit of one character turned. */
function flip(text: string, at: number): string {
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
}

const MINUTE = 60_000;

describe('verifySignature', () => {
  it('accepts what the SDK signs', async () => {
    expect(verdict(await signed())).toBe('accepted');
  });

  it('takes the signature of the service it was told of, and of no other', async () => {
    const request = await signed({ service: 'sagemaker' });
    expect(() => verifySignature(request, 'sagemaker', [credentials], () => signedAt)).not.toThrow();
    expect(() => verifySignature(request, 'bedrock', [credentials], () => signedAt)).toThrow(/service: 'bedrock'/);
  });

  const signatureAt = (value: string): number => value.indexOf('Signature=') + 'Signature='.length;
  const rows: readonly [name: string, change: (request: SignedRequest) => SignedRequest, exception: string][] = [
    ['one bit of the path', (r) => ({ ...r, target: flip(r.target, 10) }), 'InvalidSignatureException'],
    ['the path decoded', (r) => ({ ...r, target: decodeURIComponent(r.target) }), 'InvalidSignatureException'],
    ['a query that was not signed', (r) => ({ ...r, target: `${r.target}?a=b` }), 'InvalidSignatureException'],
    ['another method', (r) => ({ ...r, method: 'PUT' }), 'InvalidSignatureException'],
    [
      'one bit of the body',
      (r) => ({ ...r, body: r.body.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) }),
      'InvalidSignatureException',
    ],
    ['one bit of a header', (r) => withHeader(r, 'content-type', (v) => flip(v, 3)), 'InvalidSignatureException'],
    ['another host', (r) => withHeader(r, 'host', () => '127.0.0.1'), 'InvalidSignatureException'],
    [
      'one bit of the signature',
      (r) => withHeader(r, 'authorization', (v) => flip(v, signatureAt(v) + 1)),
      'InvalidSignatureException',
    ],
    [
      'a body hash that is not the body’s',
      (r) => withHeader(r, 'x-amz-content-sha256', () => 'UNSIGNED-PAYLOAD'),
      'InvalidSignatureException',
    ],
    [
      'an x-amz header that was not signed',
      (r) => ({ ...r, headers: [...r.headers, ['x-amz-target', 'x']] }),
      'InvalidSignatureException',
    ],
    [
      'another access key',
      (r) => withHeader(r, 'authorization', (v) => v.replace('AKIASIMULATOR', 'AKIAOTHER')),
      'UnrecognizedClientException',
    ],
    [
      'another session token',
      (r) => withHeader(r, 'x-amz-security-token', () => 'other'),
      'UnrecognizedClientException',
    ],
    [
      'no session token',
      (r) => ({ ...r, headers: r.headers.filter(([name]) => name !== 'x-amz-security-token') }),
      'UnrecognizedClientException',
    ],
    [
      'no authorization',
      (r) => ({ ...r, headers: r.headers.filter(([name]) => name !== 'authorization') }),
      'MissingAuthenticationTokenException',
    ],
    ['a bearer token', (r) => withHeader(r, 'authorization', () => 'Bearer sk-1'), 'AccessDeniedException'],
    ['basic authentication', (r) => withHeader(r, 'authorization', () => 'Basic eDp5'), 'IncompleteSignatureException'],
    [
      'no date',
      (r) => ({ ...r, headers: r.headers.filter(([name]) => name !== 'x-amz-date') }),
      'IncompleteSignatureException',
    ],
  ];
  it.each(rows)('refuses %s', async (_, change, exception) => {
    expect(verdict(change(await signed()))).toBe(exception);
  });

  it('takes 5 minutes of skew and no more', async () => {
    const request = await signed();
    expect(verdict(request, signedAt + 5 * MINUTE)).toBe('accepted');
    expect(verdict(request, signedAt - 5 * MINUTE)).toBe('accepted');
    expect(verdict(request, signedAt + 5 * MINUTE + 1)).toBe('InvalidSignatureException');
    expect(verdict(request, signedAt - 5 * MINUTE - 1)).toBe('InvalidSignatureException');
  });

  it('refuses a session that has ended, a wrong secret and a wrong service', async () => {
    const expired = { ...credentials, expiresAtMs: signedAt };
    expect(verdict(await signed(), signedAt, [expired])).toBe('ExpiredTokenException');
    expect(verdict(await signed({ signer: { ...credentials, secretAccessKey: 'x' } }))).toBe(
      'InvalidSignatureException',
    );
    expect(verdict(await signed({ service: 'bedrock-runtime' }))).toBe('InvalidSignatureException');
  });
});
