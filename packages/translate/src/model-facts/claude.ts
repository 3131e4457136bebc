import { claudeBetas, claudeInvokeBetas } from './anthropic-betas.ts';
import type { CachePointFacts, FactRow, MediaFacts } from './model-facts.ts';

const anthropic = /\banthropic\.claude/;

const textAndDocuments: MediaFacts = {
  image: false,
  document: true,
  video: false,
  audio: false,
  inToolResult: { image: false, document: true, video: false },
};
const imagesAndDocuments: MediaFacts = {
  ...textAndDocuments,
  image: true,
  inToolResult: { image: true, document: true, video: false },
};

const features =
  'https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html';
const caching = 'https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html';
const prices = 'LiteLLM 1.106.2, model_prices_and_context_window_backup.json: https://github.com/BerriAI/litellm';
const thinking = 'https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html';

const fiveMinutes: CachePointFacts = {
  minTokens: 1_024,
  behindTools: true,
  roles: ['user', 'assistant'],
  lastBlocks: ['text', 'toolUse', 'toolResult', 'image'],
  ttl: [],
};
const anHour: CachePointFacts = { ...fiveMinutes, ttl: ['5m', '1h'] };

const upToMax = ['low', 'medium', 'high', 'max'] as const;
const all = ['low', 'medium', 'high', 'xhigh', 'max'] as const;

/** The newest there is, and what comes after it. */
const LATER = 10_000;

/** Anthropic's Claude. Names without a version (`claude-mythos-preview`, a prompt router's) get rows without `versions` only. */
export const claudeRows: readonly FactRow[] = [
  {
    family: 'claude',
    model: anthropic,
    facts: {
      media: imagesAndDocuments,
      topK: ['top_k'],
      maxStopSequences: 8_191,
      blankStopSequences: false,
      toolResultStatus: true,
      messagesByInvoke: true,
      countTokens: true,
    },
    source: features,
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: anthropic,
    versions: [0, 300],
    facts: {
      media: textAndDocuments,
      tools: false,
      toolChoice: false,
      forcedTools: 'none',
      structuredOutput: 'prompt',
      signedReasoning: false,
      countTokens: false,
      maxOutputTokens: 8_191,
    },
    source: features,
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: /\banthropic\.claude-3-5-haiku/,
    facts: { media: textAndDocuments },
    source: features,
    read: '2026-11-23',
  },

  // Parallel calls: https://github.com/anthropics/anthropic-sdk-typescript/issues/592, https://github.com/BerriAI/litellm/pull/32605
  {
    family: 'claude',
    model: anthropic,
    versions: [400, LATER],
    facts: { disableParallelToolUse: true },
    source: 'https://github.com/anthropics/anthropic-sdk-typescript/issues/592',
    read: '2026-11-22',
  },

  // Sampling
  {
    family: 'claude',
    model: anthropic,
    versions: [401, 407],
    facts: { sampling: 'one' },
    source: 'https://github.com/aws-samples/bedrock-access-gateway/pull/238',
    read: '2026-11-22',
  },
  {
    family: 'claude',
    model: anthropic,
    versions: [407, LATER],
    facts: { sampling: 'none', topK: undefined },
    source: 'https://github.com/aws-samples/bedrock-chat/pull/1102',
    read: '2026-11-22',
  },

  // Thinking
  {
    family: 'claude',
    model: anthropic,
    versions: [307, 406],
    facts: { reasoning: { how: 'budget' } },
    source: thinking,
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: anthropic,
    versions: [406, 407],
    facts: { reasoning: { how: 'adaptive', efforts: upToMax, budget: true, always: false } },
    source: prices,
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: anthropic,
    versions: [407, LATER],
    facts: { reasoning: { how: 'adaptive', efforts: all, budget: false, always: false } },
    source: prices,
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: /\banthropic\.claude-(?:fable|mythos|(?:opus|sonnet)-5-5)/,
    facts: { reasoning: { how: 'adaptive', efforts: all, budget: false, always: true } },
    source: prices,
    read: '2026-11-23',
  },

  // Tools that must be called
  {
    family: 'claude',
    model: /\banthropic\.claude-(?:(?:fable|mythos)-5-1|(?:opus|sonnet)-5-5)/,
    facts: { forcedTools: 'none' },
    source: prices,
    read: '2026-11-23',
  },

  // System messages in mid-conversation
  {
    family: 'claude',
    model: anthropic,
    versions: [408, LATER],
    facts: { systemInConversation: true },
    source: prices,
    read: '2026-11-23',
  },

  // JSON by a schema, and calls by one
  {
    family: 'claude',
    model: /\banthropic\.claude-(?:(?:sonnet|haiku|opus)-4-5|(?:sonnet|opus)-4-6|mythos-5)/,
    facts: { structuredOutput: 'native', strictTools: true },
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-structured-outputs.html',
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: /\banthropic\.claude-(?:opus-4-8|sonnet-5|haiku-5-5)/,
    facts: { structuredOutput: 'native' },
    source: prices,
    read: '2026-11-23',
  },

  // Prompt caching. Claude 3.5 Sonnet v2 is left out on purpose: only accounts of the preview may use its cache.
  {
    family: 'claude',
    model: anthropic,
    versions: [0, 307],
    facts: { cachePoints: false },
    source: caching,
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: /\banthropic\.claude-(?:3-7-sonnet|[a-z]+-(?:[4-9]|\d\d)|[a-z]+-preview)\b/,
    facts: { cachePoint: fiveMinutes },
    source: caching,
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: anthropic,
    versions: [405, LATER],
    facts: { cachePoint: anHour },
    source: caching,
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: /\banthropic\.claude-mythos-preview/,
    facts: { cachePoint: anHour },
    source: prices,
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: /\banthropic\.claude-3-5-haiku\b/,
    facts: { cachePoints: true, cachePoint: { ...fiveMinutes, minTokens: 2_048 } },
    source: prices,
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: /\banthropic\.claude-(?:opus-4-[56]|haiku-4-5)\b/,
    facts: { cachePoint: { ...anHour, minTokens: 4_096 } },
    source: prices,
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: /\banthropic\.claude-opus-4-7\b/,
    facts: { cachePoint: { ...anHour, minTokens: 2_048 } },
    source: prices,
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: /\banthropic\.claude-(?:(?:fable|mythos)-5|(?:opus|haiku)-5|sonnet-5-5)\b/,
    facts: { cachePoint: { ...anHour, minTokens: 512 } },
    source: prices,
    read: '2026-11-23',
  },

  // Length of an answer
  ...(
    [
      [/\banthropic\.claude-3-(?:opus|sonnet|haiku)|\banthropic\.claude-3-5-sonnet-20240620/, 4_096],
      [/\banthropic\.claude-3-(?:5-haiku|5-sonnet-20241022|7-sonnet)/, 8_192],
      [/\banthropic\.claude-opus-4-(?:1-)?20/, 32_000],
      [/\banthropic\.claude-(?:sonnet-4-(?:5-|6|20)|haiku-4-5|opus-4-5)/, 64_000],
      [/\banthropic\.claude-(?:opus-4-[678]|(?:opus|sonnet|haiku|fable|mythos)-5|mythos-preview)/, 128_000],
    ] as const
  ).map(
    ([model, maxOutputTokens]): FactRow => ({
      family: 'claude',
      model,
      facts: { maxOutputTokens },
      source: prices,
      read: '2026-11-23',
    }),
  ),

  // Betas
  {
    family: 'claude',
    model: anthropic,
    versions: [300, LATER],
    facts: { anthropicBetas: claudeBetas, anthropicInvokeBetas: claudeInvokeBetas },
    source: 'LiteLLM 1.106.2, anthropic_beta_headers_config.json: https://github.com/BerriAI/litellm',
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: /\banthropic\.claude-3-7-sonnet/,
    facts: { anthropicBetas: [...claudeBetas, 'output-128k-2025-02-19', 'token-efficient-tools-2025-02-19'] },
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html',
    read: '2026-11-23',
  },
  {
    family: 'claude',
    model: /\banthropic\.claude-mythos-preview/,
    facts: { anthropicBetas: claudeBetas, anthropicInvokeBetas: claudeInvokeBetas, disableParallelToolUse: true },
    source: 'LiteLLM 1.106.2, anthropic_beta_headers_config.json: https://github.com/BerriAI/litellm',
    read: '2026-11-23',
  },
];
