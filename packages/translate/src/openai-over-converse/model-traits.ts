/**
 * What the model families of Bedrock take and refuse. The one place for such facts: each has a row
 * in `model-traits.test.ts`, and the translation asks here and never for a model's name.
 */
export interface ModelTraits {
  /** `one`: temperature or top_p, not both. `none`: neither. */
  readonly sampling: 'both' | 'one' | 'none';
  /** Amazon Nova refuses hyphens in tool names. */
  readonly hyphenInToolNames: boolean;
  /** Mistral wants ids of exactly nine letters and digits. */
  readonly nineCharToolUseIds: boolean;
  /** Whether `toolConfig.toolChoice` may be sent. */
  readonly toolChoice: boolean;
  /** Whether `toolResult.status` may be sent. */
  readonly toolResultStatus: boolean;
  /** Whether Anthropic's `disable_parallel_tool_use` may be sent. */
  readonly disableParallelToolUse: boolean;
  /** Whether a stop sequence of nothing but whitespace is taken. */
  readonly blankStopSequences: boolean;
  /** Whether signed or redacted reasoning of earlier turns may be sent; without a signature none may. */
  readonly signedReasoning: boolean;
  /** Whether text of earlier turns may be sent with its citations. */
  readonly citations: boolean;
  /** Whether `cachePoint` blocks may be sent. */
  readonly cachePoints: boolean;
}

/** Vendors of Bedrock that are neither Anthropic nor Amazon, as model ids begin with them. */
const otherVendors =
  /\b(?:ai21|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|zai)\./;

/**
 * The traits of a model id, an inference profile id or their ARN. A model that we know nothing about
 * gets everything: Bedrock's own refusal says more than a guess of ours. An application inference
 * profile hides its model, so pass the model that it stands for.
 *
 * Sources, as of 2026-11-22:
 * - toolResult.status: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultBlock.html
 * - temperature with top_p: https://github.com/aws-samples/bedrock-access-gateway/pull/238,
 *   https://github.com/SalesforceAIResearch/MCP-Universe/issues/49 (Opus 4.1)
 * - neither of them from Opus 4.7 on: https://github.com/aws-samples/bedrock-chat/pull/1102
 * - reasoning of earlier turns: https://github.com/langchain-ai/langchain-aws/issues/401 (DeepSeek refuses it)
 * - cachePoint: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html (Claude and Nova)
 * - disable_parallel_tool_use: https://github.com/anthropics/anthropic-sdk-typescript/issues/592,
 *   https://github.com/BerriAI/litellm/pull/32605
 */
export function traitsOf(modelId: string): ModelTraits {
  const claude = claudeVersion(modelId);
  const isClaude = claude !== undefined || /\banthropic\./.test(modelId);
  const isNova = /\bamazon\.nova/.test(modelId);
  const isOther = otherVendors.test(modelId);
  return {
    sampling: claude === undefined ? 'both' : samplingOfClaude(claude),
    hyphenInToolNames: !isNova,
    nineCharToolUseIds: /\bmistral\./.test(modelId),
    toolChoice: !/\bmeta\.llama3-1-/.test(modelId),
    toolResultStatus: isClaude || isNova,
    disableParallelToolUse: claude !== undefined && claude >= 400,
    blankStopSequences: !isClaude,
    signedReasoning: !isNova && !isOther,
    citations: !isOther,
    cachePoints: !isOther,
  };
}

function samplingOfClaude(version: number): ModelTraits['sampling'] {
  if (version < 401) return 'both';
  return version < 407 ? 'one' : 'none';
}

/** 405 for Claude 4.5; undefined when the id names no version (`claude-v2` and `claude-instant` are older than all this). */
function claudeVersion(modelId: string): number | undefined {
  // claude-3-5-sonnet-20241022, claude-opus-4-20250514 and claude-opus-4-5-20251101: a date is no minor version.
  const match = /claude-(?:[a-z]+-)?(\d{1,2})(?:-(\d{1,2}))?(?!\d)/.exec(modelId);
  return match?.[1] === undefined ? undefined : Number(match[1]) * 100 + Number(match[2] ?? 0);
}
