import { describe, expect, test } from 'vitest';
import { traitsOf } from './model-traits.ts';

describe('temperature and top_p', () => {
  test.each([
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'both'],
    ['anthropic.claude-3-sonnet-20240229-v1:0', 'both'],
    ['us.anthropic.claude-opus-4-20250514-v1:0', 'both'],
    ['us.anthropic.claude-opus-4-1-20250805-v1:0', 'one'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'one'],
    ['global.anthropic.claude-haiku-4-5-20251001-v1:0', 'one'],
    ['anthropic.claude-sonnet-4-6', 'one'],
    ['anthropic.claude-opus-4-7', 'none'],
    ['anthropic.claude-sonnet-5', 'none'],
    ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-7', 'none'],
    ['anthropic.claude-v2:1', 'both'],
    ['anthropic.claude-instant-v1', 'both'],
    ['amazon.nova-pro-v1:0', 'both'],
    ['openai.gpt-oss-120b-1:0', 'both'],
  ])('%s takes %s', (modelId, sampling) => {
    expect(traitsOf(modelId).sampling).toBe(sampling);
  });
});

describe.each([
  ['hyphenInToolNames', ['anthropic.claude-opus-4-7', 'x'], ['us.amazon.nova-lite-v1:0', 'amazon.nova-2-lite-v1:0']],
  [
    'nineCharToolUseIds',
    ['mistral.mistral-large-2407-v1:0', 'eu.mistral.pixtral-large-2502-v1:0'],
    ['amazon.nova-pro-v1:0'],
  ],
  ['toolChoice', ['meta.llama3-3-70b-instruct-v1:0', 'amazon.nova-pro-v1:0'], ['us.meta.llama3-1-70b-instruct-v1:0']],
  ['toolResultStatus', ['anthropic.claude-v2:1', 'amazon.nova-pro-v1:0'], ['mistral.mistral-large-2407-v1:0', 'x']],
  [
    'disableParallelToolUse',
    ['anthropic.claude-sonnet-5'],
    ['anthropic.claude-3-7-sonnet-20250219-v1:0', 'amazon.nova-pro-v1:0'],
  ],
  [
    'blankStopSequences',
    ['meta.llama3-3-70b-instruct-v1:0'],
    ['anthropic.claude-instant-v1', 'anthropic.claude-opus-4-7'],
  ],
  [
    'signedReasoning',
    ['us.anthropic.claude-opus-4-7', 'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc'],
    ['us.deepseek.r1-v1:0', 'amazon.nova-2-lite-v1:0', 'openai.gpt-oss-120b-1:0'],
  ],
  ['citations', ['anthropic.claude-opus-4-7', 'amazon.nova-pro-v1:0'], ['us.meta.llama3-3-70b-instruct-v1:0']],
  ['cachePoints', ['anthropic.claude-opus-4-7', 'amazon.nova-pro-v1:0'], ['mistral.mistral-large-2407-v1:0']],
] as const)('%s', (trait, having, lacking) => {
  test.each(having)('%s has it', (modelId) => expect(traitsOf(modelId)[trait]).toBe(true));
  test.each(lacking)('%s has it not', (modelId) => expect(traitsOf(modelId)[trait]).toBe(false));
});
