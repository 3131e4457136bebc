import type { CachePointFacts, FactRow, MediaFacts } from './model-facts.ts';

const features =
  'https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html';
const novaGuide = 'https://docs.aws.amazon.com/nova/latest/userguide/using-converse-api.html';
const nova2Guide = 'https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html';
const prices = 'LiteLLM 1.106.2, model_prices_and_context_window_backup.json: https://github.com/BerriAI/litellm';

const textOnly: MediaFacts = {
  image: false,
  document: false,
  video: false,
  audio: false,
  inToolResult: { image: false, document: false, video: false },
};

const novaCachePoint: CachePointFacts = {
  minTokens: 1_000,
  // https://github.com/NousResearch/hermes-agent/issues/97281
  behindTools: false,
  roles: ['user'],
  // Not right behind a tool result: https://github.com/aws-samples/bedrock-engineer/pull/71
  lastBlocks: ['text'],
  ttl: [],
};

/** Amazon's own models. */
export const amazonRows: readonly FactRow[] = [
  {
    family: 'nova',
    model: /\bamazon\.nova/,
    facts: {
      media: {
        image: true,
        document: true,
        video: true,
        audio: false,
        inToolResult: { image: true, document: true, video: false },
      },
      signedReasoning: false,
      topK: ['inferenceConfig', 'topK'],
      maxStopSequences: 4,
      hyphenInToolNames: false,
      toolResultStatus: true,
      systemTools: ['nova_grounding'],
      maxOutputTokens: 10_000,
    },
    source: novaGuide,
    read: '2026-11-23',
  },
  {
    family: 'nova',
    model: /\bamazon\.nova-micro/,
    facts: { media: textOnly },
    source: features,
    read: '2026-11-23',
  },
  {
    family: 'nova',
    model: /\bamazon\.nova-2-/,
    facts: {
      reasoning: { how: 'nova', efforts: ['low', 'medium', 'high'] },
      systemTools: ['nova_grounding', 'nova_code_interpreter'],
      maxOutputTokens: 64_000,
    },
    source: nova2Guide,
    read: '2026-11-23',
  },
  {
    family: 'nova',
    model: /\bamazon\.nova-(?:2-)?(?:micro|lite|pro|premier)\b/,
    facts: { cachePoint: novaCachePoint },
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html',
    read: '2026-11-23',
  },
  {
    family: 'titan',
    model: /\bamazon\.titan-t/,
    facts: {
      systemPrompt: false,
      media: { ...textOnly, document: true },
      signedReasoning: false,
      citations: false,
      cachePoints: false,
      tools: false,
      toolChoice: false,
      forcedTools: 'none',
      structuredOutput: 'prompt',
    },
    source: features,
    read: '2026-11-23',
  },
  {
    family: 'titan',
    model: /\bamazon\.titan-text-premier/,
    facts: { media: textOnly },
    source: features,
    read: '2026-11-23',
  },
  ...(
    [
      [/\bamazon\.titan-text-lite/, 4_000],
      [/\bamazon\.titan-text-express/, 8_000],
    ] as const
  ).map(
    ([model, maxOutputTokens]): FactRow => ({
      family: 'titan',
      model,
      facts: { maxOutputTokens },
      source: prices,
      read: '2026-11-23',
    }),
  ),
];
