import { claudeBetas, claudeInvokeBetas } from './anthropic-betas.ts';
import type { CachePointFacts, FactRow, MediaFacts } from './model-facts.ts';
import { caching, features, prices, row, textOnly } from './row.ts';

const anthropic = /\banthropic\.claude/;

const textAndDocuments: MediaFacts = {
  ...textOnly,
  document: true,
  inToolResult: { image: false, document: true, video: false },
};
const imagesAndDocuments: MediaFacts = {
  ...textAndDocuments,
  image: true,
  inToolResult: { image: true, document: true, video: false },
};

const thinking = 'https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html';
const betas = 'LiteLLM 1.106.2, anthropic_beta_headers_config.json: https://github.com/BerriAI/litellm';

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

const claude = row.bind(undefined, 'claude');

/** The newest there is, and what comes after it. */
const LATER = 10_000;

/** Anthropic's Claude. Names without a version (`claude-mythos-preview`, a prompt router's) get rows without `versions` only. */
export const claudeRows: readonly FactRow[] = [
  claude(
    anthropic,
    {
      media: imagesAndDocuments,
      topK: ['top_k'],
      maxStopSequences: 8_191,
      blankStopSequences: false,
      toolResultStatus: true,
      messagesByInvoke: true,
      countTokens: true,
    },
    features,
  ),
  claude(
    anthropic,
    {
      media: textAndDocuments,
      tools: false,
      toolChoice: false,
      forcedTools: 'none',
      structuredOutput: 'prompt',
      signedReasoning: false,
      countTokens: false,
      maxOutputTokens: 8_191,
    },
    features,
    { versions: [0, 300] },
  ),
  claude(/\banthropic\.claude-3-5-haiku/, { media: textAndDocuments }, features),

  // Parallel calls: https://github.com/anthropics/anthropic-sdk-typescript/issues/592, https://github.com/BerriAI/litellm/pull/32605
  claude(
    anthropic,
    { disableParallelToolUse: true },
    'https://github.com/anthropics/anthropic-sdk-typescript/issues/592',
    { versions: [400, LATER], read: '2026-11-22' },
  ),

  // Sampling
  claude(anthropic, { sampling: 'one' }, 'https://github.com/aws-samples/bedrock-access-gateway/pull/238', {
    versions: [401, 407],
    read: '2026-11-22',
  }),
  claude(anthropic, { sampling: 'none', topK: undefined }, 'https://github.com/aws-samples/bedrock-chat/pull/1102', {
    versions: [407, LATER],
    read: '2026-11-22',
  }),

  // Thinking
  claude(anthropic, { reasoning: { how: 'budget' } }, thinking, { versions: [307, 406] }),
  claude(anthropic, { reasoning: { how: 'adaptive', efforts: upToMax, budget: true, always: false } }, prices, {
    versions: [406, 407],
  }),
  claude(anthropic, { reasoning: { how: 'adaptive', efforts: all, budget: false, always: false } }, prices, {
    versions: [407, LATER],
  }),
  claude(
    /\banthropic\.claude-(?:fable|mythos|(?:opus|sonnet)-5-5)/,
    { reasoning: { how: 'adaptive', efforts: all, budget: false, always: true } },
    prices,
  ),

  // Tools that must be called
  claude(/\banthropic\.claude-(?:(?:fable|mythos)-5-1|(?:opus|sonnet)-5-5)/, { forcedTools: 'none' }, prices),

  // System messages in mid-conversation
  claude(anthropic, { systemInConversation: true }, prices, { versions: [408, LATER] }),

  // JSON by a schema, and calls by one
  claude(
    /\banthropic\.claude-(?:(?:sonnet|haiku|opus)-4-5|(?:sonnet|opus)-4-6|mythos-5)/,
    { structuredOutput: 'native', strictTools: true },
    'https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-structured-outputs.html',
  ),
  claude(/\banthropic\.claude-(?:opus-4-8|sonnet-5|haiku-5-5)/, { structuredOutput: 'native' }, prices),

  // Prompt caching. Claude 3.5 Sonnet v2 is left out on purpose: only accounts of the preview may use its cache.
  claude(anthropic, { cachePoints: false }, caching, { versions: [0, 307] }),
  claude(
    /\banthropic\.claude-(?:3-7-sonnet|[a-z]+-(?:[4-9]|\d\d)|[a-z]+-preview)\b/,
    { cachePoint: fiveMinutes },
    caching,
  ),
  claude(anthropic, { cachePoint: anHour }, caching, { versions: [405, LATER] }),
  claude(/\banthropic\.claude-mythos-preview/, { cachePoint: anHour }, prices),
  claude(
    /\banthropic\.claude-3-5-haiku\b/,
    { cachePoints: true, cachePoint: { ...fiveMinutes, minTokens: 2_048 } },
    prices,
  ),
  claude(/\banthropic\.claude-(?:opus-4-[56]|haiku-4-5)\b/, { cachePoint: { ...anHour, minTokens: 4_096 } }, prices),
  claude(/\banthropic\.claude-opus-4-7\b/, { cachePoint: { ...anHour, minTokens: 2_048 } }, prices),
  claude(
    /\banthropic\.claude-(?:(?:fable|mythos)-5|(?:opus|haiku)-5|sonnet-5-5)\b/,
    { cachePoint: { ...anHour, minTokens: 512 } },
    prices,
  ),

  // Length of an answer
  ...(
    [
      [/\banthropic\.claude-3-(?:opus|sonnet|haiku)|\banthropic\.claude-3-5-sonnet-20240620/, 4_096],
      [/\banthropic\.claude-3-(?:5-haiku|5-sonnet-20241022|7-sonnet)/, 8_192],
      [/\banthropic\.claude-opus-4-(?:1-)?20/, 32_000],
      [/\banthropic\.claude-(?:sonnet-4-(?:5-|6|20)|haiku-4-5|opus-4-5)/, 64_000],
      [/\banthropic\.claude-(?:opus-4-[678]|(?:opus|sonnet|haiku|fable|mythos)-5|mythos-preview)/, 128_000],
    ] as const
  ).map(([model, maxOutputTokens]) => claude(model, { maxOutputTokens }, prices)),

  // Betas
  claude(anthropic, { anthropicBetas: claudeBetas, anthropicInvokeBetas: claudeInvokeBetas }, betas, {
    versions: [300, LATER],
  }),
  claude(
    /\banthropic\.claude-3-7-sonnet/,
    { anthropicBetas: [...claudeBetas, 'output-128k-2025-02-19', 'token-efficient-tools-2025-02-19'] },
    thinking,
  ),
  claude(
    /\banthropic\.claude-mythos-preview/,
    { anthropicBetas: claudeBetas, anthropicInvokeBetas: claudeInvokeBetas, disableParallelToolUse: true },
    betas,
  ),
];
