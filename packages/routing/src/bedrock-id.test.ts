import { describe, expect, test } from 'vitest';
import { parseBedrockId } from './bedrock-id.ts';

/** One id of each vendor and geography, as AWS and LiteLLM 1.106.2's price list name them (read 2026-11-22). */
const ids = [
  'ai21.j2-mid-v1',
  'ai21.jamba-1-5-large-v1:0',
  'amazon.nova-canvas-v1:0',
  'amazon.titan-embed-text-v2:0',
  'amazon.nova-premier-v1:0:1000k',
  'anthropic.claude-v2:1',
  'anthropic.claude-3-5-sonnet-20241022-v2:0',
  'anthropic.claude-opus-4-1-20250805-v1:0',
  'cohere.command-light-text-v14',
  'deepseek.v3.2',
  'google.gemma-3-12b-it',
  'meta.llama3-70b-instruct-v1:0',
  'minimax.minimax-m2.1',
  'mistral.mixtral-8x7b-instruct-v0:1',
  'moonshot.kimi-k2-thinking',
  'moonshotai.kimi-k2.5',
  'nvidia.nemotron-super-3-120b',
  'openai.gpt-oss-120b-1:0',
  'qwen.qwen3-next-80b-a3b',
  'stability.stable-diffusion-xl-v1',
  'twelvelabs.marengo-embed-2-7-v1:0',
  'writer.palmyra-vision-7b',
  'zai.glm-4.7',
  'apac.amazon.nova-2-lite-v1:0',
  'au.anthropic.claude-haiku-4-5-20251001-v1:0',
  'eu.deepseek.v3.2',
  'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'global.openai.gpt-5.4',
  'in.moonshotai.kimi-k3',
  'jp.amazon.nova-2-lite-v1:0',
  'us.deepseek.r1-v1:0',
  'us.meta.llama3-1-405b-instruct-v1:0',
  'us.writer.palmyra-x4-v1:0',
  'us.xai.grok-4.6',
  'us-gov.nvidia.nemotron-nano-12b-v2',
];

describe('an id', () => {
  test.each(ids)('%s', (modelId) => {
    expect(parseBedrockId(modelId)).toEqual({ modelId, region: undefined });
    expect(parseBedrockId(`bedrock/${modelId}`)).toEqual({ modelId, region: undefined });
  });
});

describe('an ARN', () => {
  const account = '123456789012';
  test.each([
    ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0', 'us-east-1'],
    [`arn:aws:bedrock:us-west-2:${account}:inference-profile/us.amazon.nova-lite-v1:0`, 'us-west-2'],
    [`arn:aws:bedrock:eu-central-1:${account}:application-inference-profile/abc123def456`, 'eu-central-1'],
    [`arn:aws:bedrock:us-east-1:${account}:provisioned-model/abc123def456`, 'us-east-1'],
    [`arn:aws:bedrock:us-east-1:${account}:imported-model/abc123def456`, 'us-east-1'],
    [`arn:aws:bedrock:us-east-1:${account}:custom-model-deployment/abc123def456`, 'us-east-1'],
    [`arn:aws:bedrock:us-east-1:${account}:default-prompt-router/anthropic.claude:1`, 'us-east-1'],
    [`arn:aws:bedrock:us-east-1:${account}:prompt/ABCDEF1234:2`, 'us-east-1'],
    [`arn:aws:sagemaker:us-east-1:${account}:endpoint/my-endpoint`, 'us-east-1'],
    [`arn:aws-us-gov:bedrock:us-gov-west-1:${account}:inference-profile/us-gov.anthropic.claude-v2`, 'us-gov-west-1'],
    [`arn:aws-cn:bedrock:cn-north-1:${account}:provisioned-model/abc123def456`, 'cn-north-1'],
  ])('%s', (modelId, region) => {
    expect(parseBedrockId(modelId)).toEqual({ modelId, region });
    expect(parseBedrockId(`bedrock/${modelId}`)).toEqual({ modelId, region });
  });
});

describe('what is neither', () => {
  test.each([
    '',
    'fast',
    'gpt-4o',
    'gpt-4.1',
    'gpt-3.5-turbo-0125',
    'o3-mini',
    'claude-3-5-sonnet',
    'claude-3.5-sonnet',
    'gemini-2.5-pro',
    'deepseek-v3.1',
    'qwen2.5-coder-32b',
    'llama3.1-8b',
    'text-embedding-3-small',
    'openai/gpt-4o',
    'azure/gpt-4.1',
    'anthropic/claude-sonnet-4-5',
    'bedrock/',
    'bedrock/*',
    'bedrock/fast',
    'bedrock/us-east-1/amazon.nova-lite-v1:0',
    'bedrock/bedrock/amazon.nova-lite-v1:0',
    'amazon.nova-lite-v1:0/../../secret',
    'amazon.nova-lite-v1:0?x=y',
    'amazon.nova-lite-v1:0\r\nx: y',
    'amazon.nova-lite-v1:0 ',
    ' amazon.nova-lite-v1:0',
    'amazon.nova%2Flite',
    '.nova-lite',
    'amazon.',
    'arn:aws:s3:::bucket',
    'arn:aws:bedrock:us-east-1:123456789012:guardrail/abc',
    'arn:aws:bedrock:us-east-1:1234:inference-profile/x',
    'arn:aws:bedrock::123456789012:inference-profile/x',
    'arn:aws:bedrock:evil.example.com:123456789012:inference-profile/x',
    'arn:aws:bedrock:us-east-1:123456789012:inference-profile/x?y',
    `amazon.${'n'.repeat(3_000)}`,
  ])('%j', (name) => {
    expect(parseBedrockId(name)).toBeUndefined();
  });
});
