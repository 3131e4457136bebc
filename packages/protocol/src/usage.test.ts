import { describe, expect, test } from 'vitest';
import {
  usageFromAnthropic,
  usageFromConverse,
  usageFromInvocationMetrics,
  usageFromInvokeBody,
  usageFromOpenai,
} from './usage.ts';

const all = { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 };

describe('every count of a dialect is read', () => {
  test('Converse', () => {
    const wire = {
      inputTokens: 1,
      outputTokens: 2,
      cacheReadInputTokens: 3,
      cacheWriteInputTokens: 4,
      totalTokens: 10,
    };
    expect(usageFromConverse(wire)).toEqual(all);
  });
  test('Anthropic', () => {
    const wire = { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 3, cache_creation_input_tokens: 4 };
    expect(usageFromAnthropic(wire)).toEqual(all);
  });
  test('invocation metrics', () => {
    const wire = {
      inputTokenCount: 1,
      outputTokenCount: 2,
      cacheReadInputTokenCount: 3,
      cacheWriteInputTokenCount: 4,
      invocationLatency: 9,
    };
    expect(usageFromInvocationMetrics(wire)).toEqual(all);
  });
});

describe.each([
  ['Converse', usageFromConverse, 'inputTokens'],
  ['Anthropic', usageFromAnthropic, 'input_tokens'],
  ['invocation metrics', usageFromInvocationMetrics, 'inputTokenCount'],
])('%s', (_name, read, input) => {
  test('reported 0 is 0, not reported is absent', () => {
    expect(read({ [input]: 0 })).toStrictEqual({ inputTokens: 0 });
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'inputTokens'],
    ['no count', {}],
    ['a negative count', { [input]: -1 }],
    ['a fraction', { [input]: 1.5 }],
    ['a text as count', { [input]: '1' }],
    ['null as count', { [input]: null }],
    ['a count beyond exact integers', { [input]: 2 ** 53 }],
  ])('%s is unknown', (_row, value) => {
    expect(read(value)).toBeUndefined();
  });
});

describe('OpenAI: prompt_tokens includes the cached ones', () => {
  const usage = (prompt: unknown, completion: unknown, details?: unknown) => ({
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: 0,
    prompt_tokens_details: details,
  });
  test.each([
    ['without a cache', usage(3, 2), { inputTokens: 3, outputTokens: 2 }],
    ['details that are null', usage(3, 2, null), { inputTokens: 3, outputTokens: 2 }],
    [
      'a cache that was read',
      usage(30, 2, { cached_tokens: 10 }),
      { inputTokens: 20, outputTokens: 2, cacheReadTokens: 10 },
    ],
    [
      'a cache that was not',
      usage(30, 2, { cached_tokens: 0 }),
      { inputTokens: 30, outputTokens: 2, cacheReadTokens: 0 },
    ],
    ['read and written', usage(8, 2, { cached_tokens: 3, cache_write_tokens: 4 }), all],
    ['written, by the name of Anthropic', usage(8, 2, { cached_tokens: 3, cache_creation_tokens: 4 }), all],
    ['written, by both names', usage(8, 2, { cached_tokens: 3, cache_write_tokens: 4, cache_creation_tokens: 4 }), all],
    [
      'a prompt smaller than its cached part does not include it',
      usage(1, 2, { cached_tokens: 3, cache_write_tokens: 4 }),
      all,
    ],
    ['all from the cache', usage(3, 2, { cached_tokens: 3 }), { inputTokens: 0, outputTokens: 2, cacheReadTokens: 3 }],
    ['an answer without tokens', usage(3, 0), { inputTokens: 3, outputTokens: 0 }],
    ['a prompt of 0 tokens is unknown', usage(0, 0), undefined],
    ['and so is the rest then', usage(0, 7), undefined],
    ['nothing', undefined, undefined],
    ['null', null, undefined],
    ['a text', 'usage', undefined],
    ['no counts', {}, undefined],
    ['wrong counts', usage('3', -2, { cached_tokens: 1.5 }), undefined],
    ['a wrong prompt', usage('3', 2, { cached_tokens: 1 }), { outputTokens: 2, cacheReadTokens: 1 }],
  ])('%s', (_rule, wire, expected) => {
    expect(usageFromOpenai(wire)).toEqual(expected);
  });
});

describe('how long the cache keeps what was written is read', () => {
  const details = (...of: [string, number][]) => of.map(([ttl, inputTokens]) => ({ ttl, inputTokens }));
  test.each<[string, unknown, number | undefined]>([
    ['both times', details(['5m', 3], ['1h', 4]), 4],
    ['the short one alone', details(['5m', 7]), 0],
    ['one that nobody knows: the whole is not believed', details(['2h', 7]), undefined],
    ['a part of what was written: neither', details(['1h', 4]), undefined],
    ['no list', undefined, undefined],
    ['an empty list', [], undefined],
  ])('Converse: %s', (_rule, cacheDetails, expected) => {
    const usage = usageFromConverse({ inputTokens: 1, cacheWriteInputTokens: 7, cacheDetails });
    expect(usage?.cacheWriteOneHourTokens).toBe(expected);
    expect(usage?.cacheWriteTokens).toBe(7);
  });
  test('Anthropic', () => {
    const cache_creation = { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 };
    expect(usageFromAnthropic({ input_tokens: 1, cache_creation_input_tokens: 7, cache_creation })).toEqual({
      inputTokens: 1,
      cacheWriteTokens: 7,
      cacheWriteOneHourTokens: 4,
    });
  });
});

describe('tokens of thinking are a part of the output', () => {
  test('Anthropic', () => {
    const wire = { input_tokens: 1, output_tokens: 9, output_tokens_details: { thinking_tokens: 5 } };
    expect(usageFromAnthropic(wire)).toEqual({ inputTokens: 1, outputTokens: 9, reasoningTokens: 5 });
  });
  test('OpenAI', () => {
    const wire = { prompt_tokens: 1, completion_tokens: 9, completion_tokens_details: { reasoning_tokens: 5 } };
    expect(usageFromOpenai(wire)).toEqual({ inputTokens: 1, outputTokens: 9, reasoningTokens: 5 });
  });
});

describe('the body of InvokeModel', () => {
  test.each<[string, unknown, unknown]>([
    ["Titan's embedding tells its tokens", { embedding: [0], inputTextTokenCount: 5 }, { inputTokens: 5 }],
    ['pictures are counted', { images: ['', ''] }, { outputImages: 2 }],
    ["Stability's too", { artifacts: [{}] }, { outputImages: 1 }],
    ['Claude tells its usage', { usage: { input_tokens: 1, output_tokens: 2 } }, { inputTokens: 1, outputTokens: 2 }],
    ['nothing of it', { generation: 'text' }, undefined],
    ['no object', null, undefined],
  ])('%s', (_rule, body, expected) => {
    expect(usageFromInvokeBody(body)).toEqual(expected);
  });
});

test.each([
  ['what Claude counted of its thinking', { usage: { output_tokens_details: { thinking_tokens: 7 } } }, 7],
  ['0 is a count', { usage: { output_tokens_details: { thinking_tokens: 0 } } }, 0],
  ['no number', { usage: { output_tokens_details: { thinking_tokens: '7' } } }, undefined],
  ['other fields', { stop_sequence: 'END' }, undefined],
  ['null', null, undefined],
])('fields of the model beside a Converse answer: %s', (_rule, fields, reasoningTokens) => {
  expect(usageFromConverse({ inputTokens: 1, outputTokens: 9 }, fields)?.reasoningTokens).toBe(reasoningTokens);
});
