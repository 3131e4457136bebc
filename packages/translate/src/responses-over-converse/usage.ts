import type { ResponsesUsage, Usage } from '@genai-gateway/protocol';

/**
 * Usage in the words of Responses, where `input_tokens` includes the cached ones; null when the provider did not report both
 * input and output. Details that it did not report are 0: clients add them up without looking.
 */
export function usageToResponses(usage: Usage | undefined): ResponsesUsage | null {
  if (usage?.inputTokens === undefined || usage.outputTokens === undefined) return null;
  const { cacheReadTokens = 0, cacheWriteTokens = 0, outputTokens, reasoningTokens = 0 } = usage;
  const inputTokens = usage.inputTokens + cacheReadTokens + cacheWriteTokens;
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cacheReadTokens, cache_write_tokens: cacheWriteTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  };
}
