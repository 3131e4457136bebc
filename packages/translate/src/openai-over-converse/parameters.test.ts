import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { converse, PLAIN_MODEL, translate } from './test-support/translate.ts';
import { fieldRules } from './unsupported.ts';

const ONE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const NONE = 'anthropic.claude-opus-4-7';
const LLAMA = 'meta.llama3-3-70b-instruct-v1:0';

describe('inferenceConfig', () => {
  const rows: readonly [
    rule: string,
    fields: object,
    modelId: string,
    expected: object | undefined,
    dropped: string[],
  ][] = [
    ['left out when nothing is given', {}, PLAIN_MODEL, undefined, []],
    ['left out when all is null', { max_tokens: null, temperature: null, stop: null }, PLAIN_MODEL, undefined, []],
    ['max_tokens', { max_tokens: 5 }, PLAIN_MODEL, { maxTokens: 5 }, []],
    ['max_completion_tokens wins', { max_tokens: 5, max_completion_tokens: 6 }, PLAIN_MODEL, { maxTokens: 6 }, []],
    ['null does not win', { max_tokens: 5, max_completion_tokens: null }, PLAIN_MODEL, { maxTokens: 5 }, []],
    ['temperature 0 is kept', { temperature: 0 }, PLAIN_MODEL, { temperature: 0 }, []],
    ['temperature above 1 becomes 1', { temperature: 1.7 }, PLAIN_MODEL, { temperature: 1 }, []],
    ['top_p', { top_p: 0.3 }, PLAIN_MODEL, { topP: 0.3 }, []],
    ['both where both are taken', { temperature: 1, top_p: 0.3 }, PLAIN_MODEL, { temperature: 1, topP: 0.3 }, []],
    ['temperature wins where one is taken', { temperature: 1, top_p: 0.3 }, ONE, { temperature: 1 }, ['top_p']],
    ['top_p alone where one is taken', { top_p: 0.3 }, ONE, { topP: 0.3 }, []],
    ['neither where none is taken', { temperature: 1, top_p: 0.3 }, NONE, undefined, ['temperature', 'top_p']],
    ['one stop', { stop: 'END' }, PLAIN_MODEL, { stopSequences: ['END'] }, []],
    [
      'a list of stops, each once, none empty',
      { stop: ['a', '', 'b', 'a'] },
      PLAIN_MODEL,
      { stopSequences: ['a', 'b'] },
      [],
    ],
    ['an empty stop is none', { stop: '' }, PLAIN_MODEL, undefined, []],
    ['a blank stop is dropped for Claude', { stop: ['\n', 'a'] }, PLAIN_MODEL, { stopSequences: ['a'] }, ['stop']],
    ['and kept for others', { stop: '\n' }, LLAMA, { stopSequences: ['\n'] }, []],
  ];
  test.each(rows)('%s', (_rule, fields, modelId, expected, dropped) => {
    const { request, droppedParams } = translate({ ...fields }, modelId);
    expect(request.inferenceConfig).toEqual(expected);
    expect(droppedParams).toEqual(dropped);
  });
});

describe('user', () => {
  test('goes out as a hash, the same for the same user', () => {
    const { user } = converse({ user: 'jan@example.com' }).requestMetadata ?? {};
    expect(user).toMatch(/^[0-9a-f]{32}$/);
    expect(converse({ user: 'jan@example.com' }).requestMetadata?.['user']).toBe(user);
    expect(converse({ user: 'eva@example.com' }).requestMetadata?.['user']).not.toBe(user);
  });
  test.each([undefined, null, ''])('%s is none', (user) => {
    expect(converse({ user })).not.toHaveProperty('requestMetadata');
  });
});

describe('fields without translation', () => {
  /** A value that asks for something, for every field with a rule, and one that asks for nothing. */
  const samples: Readonly<Record<string, readonly [asking: unknown, neutral?: unknown]>> = {
    n: [2, 1],
    logprobs: [true, false],
    top_logprobs: [3, 0],
    response_format: [{ type: 'json_schema' }, { type: 'text' }],
    modalities: [['text', 'audio'], ['text']],
    audio: [{ voice: 'alloy' }],
    functions: [[{ name: 'f' }], []],
    function_call: [{ name: 'f' }, 'auto'],
    web_search_options: [{}],
    moderation: [{}],
    guardrailConfig: [{ guardrailIdentifier: 'x' }],
    guardrail_config: [{}],
    guardrails: [['pii'], []],
    seed: [1],
    frequency_penalty: [0.5, 0],
    presence_penalty: [-1, 0],
    logit_bias: [{ 5: 1 }, {}],
    reasoning_effort: ['high'],
    thinking: [{ type: 'enabled' }],
    verbosity: ['low'],
    service_tier: ['flex', 'auto'],
    store: [true, false],
    metadata: [{ a: 'b' }, {}],
    prediction: [{ type: 'content' }],
    prompt_cache_key: ['x'],
    prompt_cache_options: [{}],
    prompt_cache_retention: ['24h'],
    safety_identifier: ['x'],
  };

  test('each has a sample here', () => {
    const ruled = Object.keys(fieldRules).filter((name) => ['drop', 'refuse'].includes(fieldRules[name]?.what ?? ''));
    expect(Object.keys(samples).sort()).toEqual(ruled.sort());
  });

  test.each(Object.entries(samples))('%s', (name, [asking, neutral]) => {
    if (fieldRules[name]?.what === 'refuse') {
      expect(refusal(() => translate({ [name]: asking }))).toBe(`invalid-request ${name}`);
    } else expect(translate({ [name]: asking }).droppedParams).toEqual([name]);
    for (const nothing of [null, neutral]) expect(translate({ [name]: nothing }).droppedParams).toEqual([]);
  });

  test('json_object is refused too', () => {
    expect(refusal(() => translate({ response_format: { type: 'json_object' } }))).toBe(
      'invalid-request response_format',
    );
  });

  test.each(['enable_history', 'session_id', 'promptVariables', 'promptVariant'])('%s is for the gateway', (name) => {
    expect(translate({ [name]: 'x' }).droppedParams).toEqual([]);
  });

  test('unknown fields are reported by name, and what no header can hold without it', () => {
    const fields = { my_field: 1, constructor: 1, 'evil\r\nset-cookie: a': 1, žluťoučký: 1, ['x'.repeat(65)]: 1 };
    expect(translate(fields).droppedParams).toEqual(['my_field', 'constructor', '(unnamed)']);
  });

  test('a flood of unknown fields is reported in part', () => {
    const flood = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, 1]));
    expect(translate(flood).droppedParams).toHaveLength(32);
  });
});
