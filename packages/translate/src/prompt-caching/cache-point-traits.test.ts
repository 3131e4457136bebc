import { expect, test } from 'vitest';
import { cachePointTraitsOf } from './cache-point-traits.ts';

test.each([
  ['anthropic.claude-3-7-sonnet-20250219-v1:0', 1_024],
  ['us.anthropic.claude-3-5-haiku-20241022-v1:0', 2_048],
  ['eu.anthropic.claude-opus-4-20250514-v1:0', 1_024],
  ['apac.anthropic.claude-sonnet-4-20250514-v1:0', 1_024],
  ['us.anthropic.claude-opus-4-1-20250805-v1:0', 1_024],
  ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 1_024],
  ['jp.anthropic.claude-haiku-4-5-20251001-v1:0', 4_096],
  ['anthropic.claude-opus-4-5-20251101-v1:0', 4_096],
  ['anthropic.claude-opus-4-6-v1', 4_096],
  ['anthropic.claude-sonnet-4-6', 1_024],
  ['anthropic.claude-opus-4-7', 2_048],
  ['anthropic.claude-opus-4-8', 1_024],
  ['anthropic.claude-sonnet-5', 1_024],
  ['anthropic.claude-sonnet-5-5', 512],
  ['anthropic.claude-opus-5', 512],
  ['us-gov.anthropic.claude-haiku-5-5', 512],
  ['anthropic.claude-fable-5-1', 512],
  ['us.anthropic.claude-mythos-5', 512],
  ['anthropic.claude-mythos-preview', 1_024],
  ['anthropic.claude-tomorrow-7', 1_024],
  ['amazon.nova-lite-v1:0', 1_000],
  ['us.amazon.nova-premier-v1:0', 1_000],
  ['global.amazon.nova-2-lite-v1:0', 1_000],
  ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-7', 2_048],
  ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0', 1_000],
])('%s keeps prefixes of %d tokens', (modelId, minTokens) => {
  expect(cachePointTraitsOf(modelId)).toMatchObject({ minTokens, behindTools: modelId.includes('claude') });
});

test.each([
  'anthropic.claude-3-5-sonnet-20241022-v2:0',
  'anthropic.claude-3-5-sonnet-20240620-v1:0',
  'anthropic.claude-3-opus-20240229-v1:0',
  'anthropic.claude-3-haiku-20240307-v1:0',
  'anthropic.claude-v2:1',
  'anthropic.claude-instant-v1',
  'amazon.nova-canvas-v1:0',
  'amazon.nova-sonic-v1:0',
  'amazon.nova-2-multimodal-embeddings-v1:0',
  'amazon.titan-text-lite-v1',
  'meta.llama3-3-70b-instruct-v1:0',
  'us.openai.gpt-6-sol',
  'moonshotai.kimi-k3',
  'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/claude00nova',
  'arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ:1',
  '',
])('%s takes no cache points, as far as is known', (modelId) => {
  expect(cachePointTraitsOf(modelId)).toBeUndefined();
});
