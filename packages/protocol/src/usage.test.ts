import { describe, expect, test } from 'vitest';
import { usageFromAnthropic, usageFromConverse, usageFromInvocationMetrics } from './usage.ts';

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
