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

describe('top_k', () => {
  test.each([
    [PLAIN_MODEL, { top_k: 5 }, [], { top_k: 5 }],
    ['amazon.nova-pro-v1:0', { top_k: 5 }, [], { inferenceConfig: { topK: 5 } }],
    ['cohere.command-r-v1:0', { top_k: 5 }, [], { k: 5 }],
    [LLAMA, { top_k: 5 }, ['top_k'], undefined],
    [NONE, { top_k: 5 }, ['top_k'], undefined],
    [LLAMA, { top_k: 0 }, [], undefined],
    [LLAMA, { top_k: -1 }, [], undefined],
    [PLAIN_MODEL, { top_k: null }, [], undefined],
  ] as const)('%s: %j', (modelId, fields, dropped, expected) => {
    const { request, droppedParams } = translate({ ...fields }, modelId);
    expect(request.additionalModelRequestFields).toEqual(expected);
    expect(droppedParams).toEqual(dropped);
  });
});

describe('limits of a family', () => {
  test('as many stop sequences as it takes', () => {
    const stop = ['a', 'b', 'c', 'd', 'e'];
    expect(converse({ stop }).inferenceConfig?.stopSequences).toEqual(stop);
    expect(refusal(() => translate({ stop }, 'amazon.nova-pro-v1:0'))).toBe('invalid-request stop');
  });

  test('as few tokens as it takes', () => {
    expect(converse({ max_tokens: 1 }, 'openai.gpt-6-sol').inferenceConfig).toEqual({ maxTokens: 16 });
    expect(converse({ max_tokens: 20 }, 'openai.gpt-6-sol').inferenceConfig).toEqual({ maxTokens: 20 });
  });

  test('no system prompt: its text comes first', () => {
    const messages = [
      { role: 'system', content: 's' },
      { role: 'user', content: 'u' },
    ];
    const { system, messages: sent } = converse({ messages }, 'amazon.titan-text-express-v1');
    expect(system).toBeUndefined();
    expect(sent).toEqual([{ role: 'user', content: [{ text: 's' }, { text: 'u' }] }]);
  });

  test('fields of the model itself', () => {
    const fields = { frequency_penalty: 0.5, presence_penalty: 0, seed: 7 };
    const { request, droppedParams } = translate(fields, 'cohere.command-r-v1:0');
    expect(request.additionalModelRequestFields).toEqual({ frequency_penalty: 0.5, seed: 7 });
    expect(droppedParams).toEqual([]);
  });
});

describe('anthropic_beta', () => {
  const known = 'context-1m-2025-08-07';
  const other = 'computer-use-2025-01-24';
  test.each([
    ['a list', { anthropic_beta: [known] }, undefined, [known], []],
    ['a text', { anthropic_beta: `${known}, ${other}` }, undefined, [known, other], []],
    ['the header', {}, ` ${known} ,,${known}`, [known], []],
    ['both', { anthropic_beta: [known] }, other, [known, other], []],
    [
      'one that is not on the list',
      {},
      `${known},prompt-caching-2024-07-31`,
      [known],
      ['anthropic_beta.prompt-caching-2024-07-31'],
    ],
    ['what no header can hold', { anthropic_beta: ['a b'] }, undefined, undefined, ['(unnamed)']],
    ['none', { anthropic_beta: null }, '', undefined, []],
  ])('%s', (_rule, fields, anthropicBeta, expected, dropped) => {
    const { request, droppedParams } = translate(fields, PLAIN_MODEL, { anthropicBeta });
    expect(request.additionalModelRequestFields?.['anthropic_beta']).toEqual(expected);
    expect(droppedParams).toEqual(dropped);
  });

  test('only Claude has them', () => {
    const { request, droppedParams } = translate({}, LLAMA, { anthropicBeta: known });
    expect(request.additionalModelRequestFields).toBeUndefined();
    expect(droppedParams).toEqual([`anthropic_beta.${known}`]);
  });
});

describe('fields without translation', () => {
  /** A value that asks for something, for every field with a rule, and one that asks for nothing. */
  const samples: Readonly<Record<string, readonly [asking: unknown, neutral?: unknown]>> = {
    n: [2, 1],
    logprobs: [true, false],
    top_logprobs: [3, 0],
    modalities: [['text', 'audio'], ['text']],
    audio: [{ voice: 'alloy' }],
    moderation: [{}],
    guardrail_config: [{}],
    guardrails: [['pii'], []],
    additionalModelRequestFields: [{ top_k: 5 }, {}],
    seed: [1],
    frequency_penalty: [0.5, 0],
    presence_penalty: [-1, 0],
    logit_bias: [{ 5: 1 }, {}],
    verbosity: ['low'],
    store: [true, false],
    prediction: [{ type: 'content' }],
    prompt_cache_key: ['x'],
    prompt_cache_options: [{}],
    prompt_cache_retention: ['24h'],
  };

  const whatOf = (name: string) => fieldRules[name as keyof typeof fieldRules].what;

  test('each has a sample here', () => {
    const ruled = Object.keys(fieldRules).filter((name) => ['drop', 'model', 'refuse'].includes(whatOf(name)));
    expect(Object.keys(samples).sort()).toEqual(ruled.sort());
  });

  test.each(Object.entries(samples))('%s', (name, [asking, neutral]) => {
    if (whatOf(name) === 'refuse') {
      expect(refusal(() => translate({ [name]: asking }))).toBe(`invalid-request ${name}`);
    } else expect(translate({ [name]: asking }).droppedParams).toEqual([name]);
    for (const nothing of [null, neutral]) expect(translate({ [name]: nothing }).droppedParams).toEqual([]);
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
