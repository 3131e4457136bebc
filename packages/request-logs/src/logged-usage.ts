import type { Usage } from '@genai-gateway/protocol';

/** Tokens as LiteLLM counts them: those of a prompt with what was read from and written to the cache. */
export interface LoggedTokens {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

export function tokensOf(usage: Usage | undefined): LoggedTokens {
  const { inputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0, outputTokens = 0 } = usage ?? {};
  const prompt = inputTokens + cacheReadTokens + cacheWriteTokens;
  return { prompt_tokens: prompt, completion_tokens: outputTokens, total_tokens: prompt + outputTokens };
}

/** `metadata.usage_object`; empty: nothing is known of what was used. */
export function usageObject(usage: Usage | undefined): Readonly<Record<string, unknown>> {
  if (usage === undefined) return {};
  const { inputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0, outputTokens = 0, reasoningTokens = 0 } = usage;
  return {
    ...tokensOf(usage),
    prompt_tokens_details: {
      text_tokens: inputTokens,
      cached_tokens: cacheReadTokens,
      cache_creation_tokens: cacheWriteTokens,
    },
    completion_tokens_details: { text_tokens: outputTokens - reasoningTokens, reasoning_tokens: reasoningTokens },
    cache_read_input_tokens: cacheReadTokens,
    cache_creation_input_tokens: cacheWriteTokens,
  };
}
