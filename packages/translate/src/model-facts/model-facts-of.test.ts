import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyModel } from './any-model.ts';
import type { ModelFacts } from './model-facts.ts';
import { factRows, modelFactsOf } from './model-facts-of.ts';

describe('the family of an id', () => {
  test.each([
    ['anthropic.claude-v2:1', 'claude'],
    ['us.anthropic.claude-sonnet-5', 'claude'],
    ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude'],
    ['apac.anthropic.claude-3-haiku-20240307-v1:0', 'claude'],
    ['jp.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude'],
    ['au.anthropic.claude-opus-4-8', 'claude'],
    ['global.anthropic.claude-fable-5-1', 'claude'],
    ['us-gov.anthropic.claude-haiku-5-5', 'claude'],
    ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0', 'claude'],
    ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-7', 'claude'],
    ['arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1', 'claude'],
    ['arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-micro-v1:0', 'nova'],
    ['amazon.nova-2-lite-v1:0', 'nova'],
    ['amazon.titan-text-express-v1', 'titan'],
    ['amazon.titan-tg1-large', 'titan'],
    ['arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/meta.llama:1', 'llama'],
    ['us.meta.llama4-scout-17b-instruct-v1:0', 'llama'],
    ['mistral.mixtral-8x7b-instruct-v0:1', 'mistral'],
    ['eu.mistral.pixtral-large-2502-v1:0', 'mistral'],
    ['cohere.command-r-plus-v1:0', 'cohere'],
    ['ai21.jamba-1-5-mini-v1:0', 'ai21'],
    ['us.deepseek.r1-v1:0', 'deepseek'],
    ['openai.gpt-oss-20b-1:0', 'gpt-oss'],
    ['us.openai.gpt-6-sol', 'gpt'],
    ['qwen.qwen3-32b-v1:0', 'qwen'],
    ['us.writer.palmyra-x5-v1:0', 'palmyra'],
    ['minimax.minimax-m2', 'minimax'],
    ['in.moonshotai.kimi-k3', 'kimi'],
    ['moonshot.kimi-k2-thinking', 'kimi'],
    ['zai.glm-5', 'glm'],
    ['nvidia.nemotron-nano-9b-v2', 'nemotron'],
    ['google.gemma-3-27b-it', 'gemma'],
    ['xai.grok-4.7', 'grok'],
    ['us.twelvelabs.pegasus-1-2-v1:0', 'pegasus'],
  ] as const)('%s is of the family %s', (modelId, family) => {
    expect(modelFactsOf(modelId).family).toBe(family);
  });

  test.each([
    'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/claude00nova',
    'arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl',
    'arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl',
    'arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghijkl',
    'arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ:1',
    'arn:aws:bedrock:us-east-1:123456789012:prompt-router/abcdefghijkl',
    'arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-llama',
    'x',
    '',
    `anthropic.claude-${'9'.repeat(3_000)}`,
  ])('what %.80s hides gets the safe defaults', (modelId) => {
    expect(modelFactsOf(modelId)).toEqual(anyModel);
  });
});

/** One row per fact: models that have it, and what it is. */
const rows: readonly (readonly [fact: string, models: readonly string[], has: Partial<ModelFacts>])[] = [
  [
    'temperature and top_p',
    [
      'anthropic.claude-3-5-sonnet-20241022-v2:0',
      'anthropic.claude-3-sonnet-20240229-v1:0',
      'us.anthropic.claude-opus-4-20250514-v1:0',
      'anthropic.claude-v2:1',
      'anthropic.claude-instant-v1',
      'amazon.nova-pro-v1:0',
      'openai.gpt-oss-120b-1:0',
    ],
    { sampling: 'both' },
  ],
  [
    'temperature or top_p',
    [
      'us.anthropic.claude-opus-4-1-20250805-v1:0',
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'global.anthropic.claude-haiku-4-5-20251001-v1:0',
      'anthropic.claude-sonnet-4-6',
    ],
    { sampling: 'one', topK: ['top_k'] },
  ],
  [
    'neither temperature nor top_p nor top_k',
    [
      'anthropic.claude-opus-4-7',
      'anthropic.claude-sonnet-5',
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-7',
      'us.openai.gpt-6-luna',
    ],
    { sampling: 'none', topK: undefined },
  ],
  ['top_k of Nova', ['us.amazon.nova-lite-v1:0'], { topK: ['inferenceConfig', 'topK'] }],
  ['top_k of Command R', ['cohere.command-r-v1:0'], { topK: ['k'] }],
  ['top_k of Mixtral', ['mistral.mixtral-8x7b-instruct-v0:1'], { topK: ['top_k'] }],
  ['no top_k', ['mistral.mistral-large-2407-v1:0', 'meta.llama3-70b-instruct-v1:0', 'x'], { topK: undefined }],

  ['no hyphens in tool names', ['us.amazon.nova-lite-v1:0', 'amazon.nova-2-lite-v1:0'], { hyphenInToolNames: false }],
  ['hyphens in tool names', ['anthropic.claude-opus-4-7', 'x'], { hyphenInToolNames: true }],
  [
    'tool use ids of nine',
    ['mistral.mistral-large-2407-v1:0', 'eu.mistral.pixtral-large-2502-v1:0'],
    { nineCharToolUseIds: true },
  ],
  ['any tool use id', ['amazon.nova-pro-v1:0'], { nineCharToolUseIds: false }],
  ['toolChoice', ['meta.llama3-3-70b-instruct-v1:0', 'amazon.nova-pro-v1:0'], { toolChoice: true }],
  ['no toolChoice', ['us.meta.llama3-1-70b-instruct-v1:0'], { toolChoice: false }],
  [
    'any forced choice',
    ['anthropic.claude-sonnet-4-6', 'anthropic.claude-fable-5', 'amazon.nova-pro-v1:0', 'deepseek.v3.2', 'x'],
    { forcedTools: 'tool' },
  ],
  ['any tool at all', ['mistral.mistral-large-2402-v1:0', 'deepseek.v3-v1:0'], { forcedTools: 'any' }],
  [
    'no forced choice',
    [
      'global.anthropic.claude-fable-5-1',
      'anthropic.claude-mythos-5-1',
      'anthropic.claude-opus-5-5',
      'anthropic.claude-sonnet-5-5',
      'us.meta.llama4-scout-17b-instruct-v1:0',
      'mistral.pixtral-large-2502-v1:0',
    ],
    { forcedTools: 'none' },
  ],
  ['a forced choice of Haiku 5.5', ['anthropic.claude-haiku-5-5'], { forcedTools: 'tool' }],
  [
    'no tools',
    [
      'anthropic.claude-v2:1',
      'amazon.titan-text-lite-v1',
      'meta.llama3-8b-instruct-v1:0',
      'meta.llama3-2-1b-instruct-v1:0',
      'us.deepseek.r1-v1:0',
      'mistral.mistral-7b-instruct-v0:2',
      'cohere.command-text-v14',
      'ai21.jamba-instruct-v1:0',
    ],
    { tools: false, structuredOutput: 'prompt' },
  ],
  [
    'tools',
    ['meta.llama3-2-90b-instruct-v1:0', 'cohere.command-r-v1:0', 'ai21.jamba-1-5-large-v1:0', 'deepseek.v3-v1:0'],
    { tools: true },
  ],
  ['toolResult.status', ['anthropic.claude-v2:1', 'amazon.nova-pro-v1:0'], { toolResultStatus: true }],
  ['no toolResult.status', ['mistral.mistral-large-2407-v1:0', 'x'], { toolResultStatus: false }],
  ['one call at a time', ['anthropic.claude-sonnet-5'], { disableParallelToolUse: true }],
  [
    'no way to ask for one call at a time',
    ['anthropic.claude-3-7-sonnet-20250219-v1:0', 'amazon.nova-pro-v1:0'],
    { disableParallelToolUse: false },
  ],
  [
    'strict tools',
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'qwen.qwen3-32b-v1:0', 'openai.gpt-oss-20b-1:0'],
    { strictTools: true, structuredOutput: 'native' },
  ],
  [
    'JSON by a schema, tools not strict',
    ['anthropic.claude-opus-4-8', 'anthropic.claude-sonnet-5', 'anthropic.claude-haiku-5-5', 'zai.glm-5'],
    { strictTools: false, structuredOutput: 'native' },
  ],
  [
    'JSON by a forced tool',
    [
      'anthropic.claude-3-haiku-20240307-v1:0',
      'anthropic.claude-opus-4-1-20250805-v1:0',
      'anthropic.claude-opus-4-7',
      'anthropic.claude-opus-5',
      'amazon.nova-pro-v1:0',
      'x',
    ],
    { strictTools: false, structuredOutput: 'tool' },
  ],
  ['grounding', ['amazon.nova-premier-v1:0'], { systemTools: ['nova_grounding'] }],

  ['a system prompt', ['anthropic.claude-v2:1', 'x'], { systemPrompt: true }],
  [
    'no system prompt',
    ['amazon.titan-text-premier-v1:0', 'mistral.mistral-7b-instruct-v0:2', 'cohere.command-light-text-v14'],
    { systemPrompt: false },
  ],
  [
    'system messages in mid-conversation',
    ['anthropic.claude-opus-4-8', 'anthropic.claude-sonnet-5', 'anthropic.claude-mythos-5'],
    { systemInConversation: true },
  ],
  [
    'no system messages in mid-conversation',
    ['anthropic.claude-opus-4-7', 'amazon.nova-pro-v1:0', 'x'],
    { systemInConversation: false },
  ],
  ['signed reasoning', ['us.anthropic.claude-opus-4-7', 'x'], { signedReasoning: true }],
  [
    'no reasoning of earlier turns',
    ['us.deepseek.r1-v1:0', 'amazon.nova-2-lite-v1:0', 'openai.gpt-oss-120b-1:0'],
    { signedReasoning: false },
  ],
  ['citations', ['anthropic.claude-opus-4-7', 'amazon.nova-pro-v1:0'], { citations: true, cachePoints: true }],
  [
    'no cache points of Claude before its cache',
    ['anthropic.claude-3-haiku-20240307-v1:0', 'anthropic.claude-3-5-sonnet-20241022-v2:0', 'anthropic.claude-v2:1'],
    { cachePoints: false, citations: true },
  ],
  [
    'no citations, no cache points',
    ['us.meta.llama3-3-70b-instruct-v1:0', 'mistral.mistral-large-2407-v1:0'],
    { citations: false, cachePoints: false },
  ],
  ['no blank stop', ['anthropic.claude-instant-v1', 'anthropic.claude-opus-4-7'], { blankStopSequences: false }],
  ['a blank stop', ['meta.llama3-3-70b-instruct-v1:0'], { blankStopSequences: true }],
  ['four stops', ['amazon.nova-pro-v1:0', 'cohere.command-r-v1:0'], { maxStopSequences: 4 }],
  ['ten stops', ['mistral.mistral-large-2407-v1:0', 'us.deepseek.r1-v1:0'], { maxStopSequences: 10 }],
  ['at least sixteen tokens', ['openai.gpt-5.6-sol', 'xai.grok-4.6'], { minMaxTokens: 16 }],

  [
    'thinking by a budget',
    [
      'anthropic.claude-3-7-sonnet-20250219-v1:0',
      'anthropic.claude-sonnet-4-20250514-v1:0',
      'anthropic.claude-haiku-4-5-20251001-v1:0',
      'anthropic.claude-opus-4-5-20251101-v1:0',
    ],
    { reasoning: { how: 'budget' } },
  ],
  [
    'adaptive thinking, and by a budget',
    ['anthropic.claude-opus-4-6-v1', 'anthropic.claude-sonnet-4-6'],
    { reasoning: { how: 'adaptive', efforts: ['low', 'medium', 'high', 'max'], budget: true, always: false } },
  ],
  [
    'adaptive thinking only',
    [
      'anthropic.claude-opus-4-7',
      'anthropic.claude-sonnet-5',
      'anthropic.claude-haiku-5-5',
      'anthropic.claude-later-9',
    ],
    {
      reasoning: { how: 'adaptive', efforts: ['low', 'medium', 'high', 'xhigh', 'max'], budget: false, always: false },
    },
  ],
  [
    'adaptive thinking always',
    [
      'anthropic.claude-fable-5',
      'anthropic.claude-mythos-5-1',
      'anthropic.claude-opus-5-5',
      'anthropic.claude-sonnet-5-5',
    ],
    { reasoning: { how: 'adaptive', efforts: ['low', 'medium', 'high', 'xhigh', 'max'], budget: false, always: true } },
  ],
  [
    'reasoningConfig',
    ['global.amazon.nova-2-lite-v1:0', 'amazon.nova-2-pro-preview-20251202-v1:0'],
    { reasoning: { how: 'nova', efforts: ['low', 'medium', 'high'] } },
  ],
  [
    'a flat effort',
    ['deepseek.v3-v1:0', 'deepseek.v3.2'],
    { reasoning: { how: 'flat', efforts: ['low', 'medium', 'high'], always: false } },
  ],
  [
    'a flat effort of a model that always thinks',
    ['openai.gpt-oss-120b-1:0'],
    { reasoning: { how: 'flat', efforts: ['low', 'medium', 'high'], always: true } },
  ],
  [
    'an effort in an object',
    ['us.openai.gpt-6-sol'],
    { reasoning: { how: 'nested', efforts: ['none', 'low', 'medium', 'high', 'xhigh', 'max'] } },
  ],
  [
    'no way to ask for thinking',
    [
      'anthropic.claude-3-5-sonnet-20241022-v2:0',
      'us.deepseek.r1-v1:0',
      'moonshot.kimi-k2-thinking',
      'qwen.qwen3-32b-v1:0',
      'amazon.nova-pro-v1:0',
      'x',
    ],
    { reasoning: { how: 'none' } },
  ],
  [
    'the Messages API by InvokeModel',
    ['anthropic.claude-3-haiku-20240307-v1:0', 'us.anthropic.claude-opus-5'],
    { messagesByInvoke: true, countTokens: true },
  ],
  ['no Messages API', ['amazon.nova-pro-v1:0', 'x'], { messagesByInvoke: false, anthropicBetas: [] }],
  ['answers of 4,096 tokens', ['anthropic.claude-3-haiku-20240307-v1:0'], { maxOutputTokens: 4_096 }],
  ['answers of 8,192 tokens', ['us.anthropic.claude-3-7-sonnet-20250219-v1:0'], { maxOutputTokens: 8_192 }],
  [
    'answers of 32,000 tokens',
    ['anthropic.claude-opus-4-20250514-v1:0', 'anthropic.claude-opus-4-1-20250805-v1:0'],
    { maxOutputTokens: 32_000 },
  ],
  [
    'answers of 64,000 tokens',
    [
      'anthropic.claude-sonnet-4-20250514-v1:0',
      'anthropic.claude-sonnet-4-6',
      'anthropic.claude-opus-4-5-20251101-v1:0',
    ],
    { maxOutputTokens: 64_000 },
  ],
  [
    'answers of 128,000 tokens',
    ['anthropic.claude-opus-4-6-v1', 'anthropic.claude-sonnet-5'],
    { maxOutputTokens: 128_000 },
  ],
];

describe.each(rows)('%s', (_fact, models, has) => {
  test.each(models)('%s', (modelId) => expect(modelFactsOf(modelId)).toMatchObject(has));
});

describe('media', () => {
  test.each([
    ['anthropic.claude-3-haiku-20240307-v1:0', ['image', 'document']],
    ['anthropic.claude-3-5-haiku-20241022-v1:0', ['document']],
    ['anthropic.claude-v2:1', ['document']],
    ['amazon.nova-pro-v1:0', ['image', 'document', 'video']],
    ['amazon.nova-micro-v1:0', []],
    ['amazon.titan-text-express-v1', ['document']],
    ['amazon.titan-text-premier-v1:0', []],
    ['meta.llama3-70b-instruct-v1:0', ['document']],
    ['us.meta.llama4-scout-17b-instruct-v1:0', ['image', 'document']],
    ['mistral.pixtral-large-2502-v1:0', ['image', 'document']],
    ['mistral.voxtral-small-24b-2507', ['audio']],
    ['qwen.qwen3-vl-235b-a22b', ['image']],
    ['us.twelvelabs.pegasus-1-2-v1:0', ['video']],
    ['arn:aws:bedrock:us-east-1:1:application-inference-profile/abc', ['image', 'document', 'video', 'audio']],
  ] as const)('%s takes %j', (modelId, kinds) => {
    const { media } = modelFactsOf(modelId);
    expect((['image', 'document', 'video', 'audio'] as const).filter((kind) => media[kind])).toEqual(kinds);
  });

  test.each([
    ['anthropic.claude-3-haiku-20240307-v1:0', ['image', 'document']],
    ['us.openai.gpt-6-sol', []],
  ] as const)('tool results of %s may have %j', (modelId, kinds) => {
    const { inToolResult } = modelFactsOf(modelId).media;
    expect((['image', 'document', 'video'] as const).filter((kind) => inToolResult[kind])).toEqual(kinds);
  });
});

describe('cache points', () => {
  test.each([
    ['anthropic.claude-3-7-sonnet-20250219-v1:0', 1_024, []],
    ['us.anthropic.claude-3-5-haiku-20241022-v1:0', 2_048, []],
    ['eu.anthropic.claude-opus-4-20250514-v1:0', 1_024, []],
    ['apac.anthropic.claude-sonnet-4-20250514-v1:0', 1_024, []],
    ['us.anthropic.claude-opus-4-1-20250805-v1:0', 1_024, []],
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 1_024, ['5m', '1h']],
    ['jp.anthropic.claude-haiku-4-5-20251001-v1:0', 4_096, ['5m', '1h']],
    ['anthropic.claude-opus-4-5-20251101-v1:0', 4_096, ['5m', '1h']],
    ['anthropic.claude-opus-4-6-v1', 4_096, ['5m', '1h']],
    ['anthropic.claude-sonnet-4-6', 1_024, ['5m', '1h']],
    ['anthropic.claude-opus-4-7', 2_048, ['5m', '1h']],
    ['anthropic.claude-opus-4-8', 1_024, ['5m', '1h']],
    ['anthropic.claude-sonnet-5', 1_024, ['5m', '1h']],
    ['anthropic.claude-sonnet-5-5', 512, ['5m', '1h']],
    ['anthropic.claude-opus-5', 512, ['5m', '1h']],
    ['us-gov.anthropic.claude-haiku-5-5', 512, ['5m', '1h']],
    ['anthropic.claude-fable-5-1', 512, ['5m', '1h']],
    ['us.anthropic.claude-mythos-5', 512, ['5m', '1h']],
    ['anthropic.claude-mythos-preview', 1_024, ['5m', '1h']],
    ['anthropic.claude-tomorrow-7', 1_024, ['5m', '1h']],
    ['amazon.nova-lite-v1:0', 1_000, []],
    ['us.amazon.nova-premier-v1:0', 1_000, []],
    ['global.amazon.nova-2-lite-v1:0', 1_000, []],
    ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-7', 2_048, ['5m', '1h']],
    ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0', 1_000, []],
  ] as const)('%s keeps prefixes of %d tokens, for %j', (modelId, minTokens, ttl) => {
    const behindTools = modelId.includes('claude');
    expect(modelFactsOf(modelId).cachePoint).toMatchObject({ minTokens, behindTools, ttl });
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
  ])('none is set for %s unasked', (modelId) => {
    expect(modelFactsOf(modelId).cachePoint).toBeUndefined();
  });
});

test('betas are a list of Claude 3 and later', () => {
  expect(modelFactsOf('anthropic.claude-3-haiku-20240307-v1:0').anthropicBetas).toContain('computer-use-2025-01-24');
  expect(modelFactsOf('anthropic.claude-v2:1').anthropicBetas).toEqual([]);
});

test('every row says where and when it was read', () => {
  for (const { source, read } of factRows) {
    expect(source).toMatch(/https:\/\//);
    expect(read).toMatch(/^2026-\d\d-\d\d$/);
  }
});

test('no text throws, and the same text always gives the same facts', () => {
  const piece = fc.constantFrom('anthropic.', 'claude-', 'opus-', '4-5', 'arn:', '/', 'amazon.nova-2-', '-', ':', '9');
  const ids = fc.oneof(
    fc.string(),
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(
      ids,
      (modelId) => modelFactsOf(modelId) === modelFactsOf(`${modelId}`) && modelFactsOf(modelId).tools !== undefined,
    ),
    { seed: 1, numRuns: 100 },
  );
});
