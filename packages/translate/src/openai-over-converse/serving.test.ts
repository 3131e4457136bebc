import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { converse, translate } from './test-support/translate.ts';

describe('service_tier', () => {
  test.each([
    ['auto', undefined],
    ['default', { type: 'default' }],
    ['flex', { type: 'flex' }],
    ['priority', { type: 'priority' }],
    ['fast', { type: 'priority' }],
    ['scale', { type: 'reserved' }],
    ['reserved', { type: 'reserved' }],
    [null, undefined],
  ])('%s', (tier, expected) => {
    const { request, droppedParams } = translate({ service_tier: tier });
    expect(request.serviceTier).toEqual(expected);
    expect(droppedParams).toEqual([]);
  });

  test('another is refused', () => {
    expect(refusal(() => translate({ service_tier: 'gold' }))).toBe('invalid-request service_tier');
  });
});

describe('performanceConfig', () => {
  test.each([
    [{ latency: 'optimized' }, { latency: 'optimized' }],
    [{ latency: 'standard' }, { latency: 'standard' }],
    [{}, undefined],
    [null, undefined],
  ])('%j', (given, expected) => expect(converse({ performanceConfig: given }).performanceConfig).toEqual(expected));
});

describe('guardrailConfig', () => {
  const guardrailConfig = { guardrailIdentifier: 'abc', guardrailVersion: 'DRAFT' };
  test.each([
    ['as it is', { guardrailConfig }, guardrailConfig, []],
    [
      'with its trace',
      { guardrailConfig: { ...guardrailConfig, trace: 'enabled' } },
      { ...guardrailConfig, trace: 'enabled' },
      [],
    ],
    ['without what is null', { guardrailConfig: { ...guardrailConfig, trace: null } }, guardrailConfig, []],
    ['without fields that Bedrock has not', { guardrailConfig: { ...guardrailConfig, x: 1 } }, guardrailConfig, []],
    [
      'how it reads a stream',
      { stream: true, guardrailConfig: { ...guardrailConfig, streamProcessingMode: 'async' } },
      { ...guardrailConfig, streamProcessingMode: 'async' },
      [],
    ],
    [
      'how it would read a stream',
      { guardrailConfig: { ...guardrailConfig, streamProcessingMode: 'async' } },
      guardrailConfig,
      ['guardrailConfig.streamProcessingMode'],
    ],
  ])('%s', (_rule, fields, expected, dropped) => {
    const { request, droppedParams } = translate(fields);
    expect(request.guardrailConfig).toEqual(expected);
    expect(droppedParams).toEqual(dropped);
  });

  test.each(['guardrail_config', 'guardrails'])('%s is refused', (name) => {
    expect(refusal(() => translate({ [name]: ['x'] }))).toBe(`invalid-request ${name}`);
  });
});

test('a Claude that thinks is asked how much it did', () => {
  const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
  const paths = (fields: Record<string, unknown>, modelId = claude) =>
    converse({ max_tokens: 4000, ...fields }, modelId).additionalModelResponseFieldPaths;
  const asked = '/usage/output_tokens_details';
  const stop = { additionalModelResponseFieldPaths: ['/stop_sequence'] };
  expect(paths({ reasoning_effort: 'low' })).toEqual([asked]);
  expect(paths({ reasoning_effort: 'low', ...stop })).toEqual(['/stop_sequence', asked]);
  expect(paths({ reasoning_effort: 'low', additionalModelResponseFieldPaths: [asked] })).toEqual([asked]);
  const ten = Array.from({ length: 10 }, (_, index) => `/a${index}`);
  expect(paths({ reasoning_effort: 'low', additionalModelResponseFieldPaths: ten })).toEqual(ten);
  expect(paths({ thinking: { type: 'disabled' } })).toBeUndefined();
  expect(paths({ reasoning_effort: 'low' }, 'us.amazon.nova-2-lite-v1:0')).toBeUndefined();
});

test('additionalModelResponseFieldPaths', () => {
  const paths = { additionalModelResponseFieldPaths: ['/stop_sequence'] };
  expect(converse(paths)).toMatchObject(paths);
  expect(converse({ additionalModelResponseFieldPaths: [] })).not.toHaveProperty('additionalModelResponseFieldPaths');
});

describe('requestMetadata', () => {
  const hashOfJan = /^[0-9a-f]{32}$/;
  const row = (fields: object) => {
    const { request, droppedParams } = translate({ ...fields });
    return { pairs: request.requestMetadata, droppedParams };
  };

  test('the end user goes as a hash, the same for the same one', () => {
    const { user, safety_identifier: safety } = row({ user: 'jan', safety_identifier: 'jan' }).pairs ?? {};
    expect(user).toMatch(hashOfJan);
    expect(safety).toBe(user);
    expect(row({ user: 'eva' }).pairs?.['user']).not.toBe(user);
  });

  test.each([undefined, null, ''])('the user %s is none', (user) => {
    expect(row({ user }).pairs).toBeUndefined();
  });

  test.each([
    ['what fits', { metadata: { team: 'a b', 'run:id': '1+1=2' } }, { team: 'a b', 'run:id': '1+1=2' }, []],
    ['an empty value', { metadata: { a: '' } }, { a: '' }, []],
    ['a value of another type', { metadata: { a: 1, b: 'x' } }, { b: 'x' }, ['metadata.a']],
    ['a value with other letters', { metadata: { a: 'č', b: 'x' } }, { b: 'x' }, ['metadata.a']],
    ['a value that is too long', { metadata: { a: 'x'.repeat(257) } }, undefined, ['metadata.a']],
    ['a name with other letters', { metadata: { 'a"b': 'x' } }, undefined, ['metadata.a_b']],
    ['an empty name', { metadata: { '': 'x' } }, undefined, ['metadata.']],
    ['nothing', { metadata: {} }, undefined, []],
    ['a name of every object', { metadata: JSON.parse('{"__proto__":"x"}') }, JSON.parse('{"__proto__":"x"}'), []],
    ['Bedrock’s own field', { requestMetadata: { a: 'b' } }, { a: 'b' }, []],
    ['which wins', { requestMetadata: { a: 'b' }, metadata: { a: 'c', d: 'e' } }, { a: 'b', d: 'e' }, []],
  ])('%s', (_rule, fields, pairs, droppedParams) => {
    expect(row(fields)).toEqual({ pairs, droppedParams });
  });

  test('sixteen pairs, and no more', () => {
    const metadata = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, 'v']));
    const { pairs, droppedParams } = row({ user: 'jan', metadata });
    expect(Object.keys(pairs ?? {})).toHaveLength(16);
    expect(droppedParams).toEqual(['metadata.k15', 'metadata.k16']);
  });

  test('nobody else is the user', () => {
    const { pairs } = row({ user: 'jan', metadata: { user: 'eva' }, requestMetadata: { user: 'eva' } });
    expect(pairs?.['user']).toMatch(hashOfJan);
  });

  test.each([
    [{ a: 'č' }, 'requestMetadata.a'],
    [{ 'a"b': 'x' }, 'requestMetadata.a_b'],
    [{ a: 'x'.repeat(257) }, 'requestMetadata.a'],
    [Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, 'v'])), 'requestMetadata'],
  ])('Bedrock’s own field is refused where Bedrock would', (requestMetadata, param) => {
    expect(refusal(() => translate({ requestMetadata }))).toBe(`invalid-request ${param}`);
  });
});
