import type { ConverseMessage } from '@genai-gateway/protocol';

/** Where a model family takes cache points, so that one which nobody asked for never fails a call. */
export interface CachePointTraits {
  /** A shorter prefix is not kept; a point behind it does no harm and no good. */
  readonly minTokens: number;
  /** In `toolConfig.tools`. */
  readonly behindTools: boolean;
  /** Behind messages of these roles, */
  readonly roles: readonly ConverseMessage['role'][];
  /** as far as their last block is of one of these kinds. */
  readonly lastBlocks: readonly string[];
}

/**
 * What is known of Claude and of Amazon Nova; the first row that fits. Claude 3.5 Sonnet v2 is left out on purpose: only
 * accounts of the preview may use its cache, and the others' calls are refused.
 * Sources, read 2026-11-23:
 * - families and fields: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html,
 *   https://portkey.ai/docs/integrations/llms/bedrock/prompt-caching
 * - lengths: LiteLLM 1.106.2, model_prices_and_context_window_backup.json (prompt_cache_min_tokens,
 *   supports_prompt_caching), https://github.com/BerriAI/litellm; of Nova: as the families
 * - Nova refuses them among tools: https://github.com/NousResearch/hermes-agent/issues/97281; and right behind a tool
 *   result: https://github.com/aws-samples/bedrock-engineer/pull/71
 */
const families: readonly (readonly [modelId: RegExp, minTokens: number])[] = [
  [/\bamazon\.nova-(?:2-)?(?:micro|lite|pro|premier)\b/, 1_000],
  [/\banthropic\.claude-(?:opus-4-[56]|haiku-4-5)\b/, 4_096],
  [/\banthropic\.claude-(?:3-5-haiku|opus-4-7)\b/, 2_048],
  [/\banthropic\.claude-(?:(?:fable|mythos)-5|(?:opus|haiku)-5|sonnet-5-5)\b/, 512],
  [/\banthropic\.claude-(?:3-7-sonnet|[a-z]+-(?:[4-9]|\d\d)|[a-z]+-preview)\b/, 1_024],
];

/** The traits of a model id, an inference profile id or their ARN; undefined: it takes no cache points, as far as is known. */
export function cachePointTraitsOf(modelId: string): CachePointTraits | undefined {
  const family = families.find(([pattern]) => pattern.test(modelId));
  if (family === undefined) return undefined;
  const [, minTokens] = family;
  return modelId.includes('amazon.nova') ? { minTokens, ...nova } : { minTokens, ...claude };
}

const nova = { behindTools: false, roles: ['user'], lastBlocks: ['text'] } as const;
const claude = {
  behindTools: true,
  roles: ['user', 'assistant'],
  lastBlocks: ['text', 'toolUse', 'toolResult', 'image'],
} as const;
