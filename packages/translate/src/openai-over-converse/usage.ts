import type { OpenaiUsage, Usage } from '@genai-gateway/protocol';

/**
 * Usage in OpenAI's words, where `prompt_tokens` includes the cached ones. Undefined when the
 * provider did not report both input and output: a made-up 0 would be taken for a count.
 */
export function usageToOpenai(usage: Usage | undefined): OpenaiUsage | undefined {
  if (usage?.inputTokens === undefined || usage.outputTokens === undefined) return undefined;
  const { cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  const prompt = usage.inputTokens + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  const counts = {
    prompt_tokens: prompt,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt + usage.outputTokens,
  };
  const details = {
    ...(cacheReadTokens === undefined ? {} : { cached_tokens: cacheReadTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cache_write_tokens: cacheWriteTokens }),
  };
  const hasDetails = cacheReadTokens !== undefined || cacheWriteTokens !== undefined;
  return {
    ...counts,
    ...(hasDetails ? { prompt_tokens_details: details } : {}),
    ...(reasoningTokens === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}
