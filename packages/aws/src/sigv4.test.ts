import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePathSegment, SigV4Signer } from './sigv4.ts';

const NOW = Date.UTC(2026, 10, 22, 23, 30, 5, 678);

interface Sample {
  readonly modelId: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly region: string;
  readonly sessionToken: string | undefined;
  readonly nowMs: number;
}

async function oracle(sample: Sample): Promise<string | undefined> {
  const signer = new SignatureV4({
    service: 'bedrock',
    region: sample.region,
    sha256: Sha256,
    applyChecksum: false,
    credentials: {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG',
      ...(sample.sessionToken === undefined ? {} : { sessionToken: sample.sessionToken }),
    },
  });
  const signed = await signer.sign(
    new HttpRequest({
      method: 'POST',
      protocol: 'https:',
      hostname: 'bedrock-runtime.us-east-1.amazonaws.com',
      path: `/model/${encodePathSegment(sample.modelId)}/converse`,
      headers: { ...sample.headers, host: 'bedrock-runtime.us-east-1.amazonaws.com' },
      body: sample.body,
    }),
    { signingDate: new Date(sample.nowMs) },
  );
  return signed.headers['authorization'];
}

function ours(signer: SigV4Signer, sample: Sample): string | undefined {
  return signer.sign(
    {
      method: 'POST',
      host: 'bedrock-runtime.us-east-1.amazonaws.com',
      path: `/model/${encodePathSegment(sample.modelId)}/converse`,
      headers: sample.headers,
      body: sample.body,
    },
    { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG', sessionToken: sample.sessionToken },
    sample.region,
    sample.nowMs,
  )['authorization'];
}

const plain: Sample = {
  modelId: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
  headers: { 'content-type': 'application/json' },
  body: '{"messages":[]}',
  region: 'us-east-1',
  sessionToken: undefined,
  nowMs: NOW,
};

describe('SigV4Signer agrees with @smithy/signature-v4', () => {
  const rows: [string, Partial<Sample>][] = [
    ['a model id with a colon', {}],
    [
      'an ARN with slashes',
      { modelId: 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0' },
    ],
    ['characters that encodeURIComponent leaves alone', { modelId: "a!b'c(d)e*f~g_h.i-j" }],
    ['characters beyond ASCII', { modelId: 'modèle-日本' }],
    ['a percent sign', { modelId: 'a%2Fb' }],
    ['a session token', { sessionToken: 'FwoGZXIvYXdzEXAMPLE//////////==' }],
    [
      'further headers',
      { headers: { 'content-type': 'application/json', 'x-amzn-bedrock-trace': 'ENABLED', accept: '*/*' } },
    ],
    ['an empty body', { body: '' }],
    ['a body beyond ASCII', { body: '{"text":"日本 🎈"}' }],
    ['another region', { region: 'eu-central-1' }],
    ['another day', { nowMs: NOW + 86_400_000 }],
  ];
  // One signer for all rows: its cached keys must not leak from one region, day or secret to another.
  const signer = new SigV4Signer('bedrock');
  test.each(rows)('%s', async (_name, change) => {
    const sample = { ...plain, ...change };
    expect(ours(signer, sample)).toBe(await oracle(sample));
  });

  test('anything else', async () => {
    const header = fc.stringMatching(/^[\x21-\x7e]{1,30}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          modelId: fc
            .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
            .filter((id) => id !== '.' && id !== '..'),
          body: fc.string({ maxLength: 200, unit: 'grapheme' }),
          region: fc.constantFrom('us-east-1', 'eu-west-3', 'ap-southeast-2'),
          sessionToken: fc.option(header, { nil: undefined }),
          nowMs: fc.integer({ min: NOW - 1e10, max: NOW + 1e10 }),
          headers: fc.dictionary(fc.constantFrom('content-type', 'accept', 'x-amzn-bedrock-trace'), header),
        }),
        async (sample) => {
          expect(ours(signer, sample)).toBe(await oracle(sample));
        },
      ),
      { seed: 42, numRuns: 200 },
    );
  });
});

test('a rotated secret under the same access key is not signed with the old key', () => {
  const signer = new SigV4Signer('bedrock');
  const request = { method: 'POST', host: 'h', path: '/model/m/converse', headers: {}, body: '' };
  const sign = (secretAccessKey: string) =>
    signer.sign(request, { accessKeyId: 'AKID', secretAccessKey }, 'us-east-1', NOW)['authorization'];
  const before = sign('one');
  expect(sign('two')).not.toBe(before);
  expect(sign('one')).toBe(before);
});
