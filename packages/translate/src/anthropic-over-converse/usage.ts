import type { AnthropicUsage, Usage } from '@genai-gateway/protocol';

/**
 * Usage in Anthropic's words, where `input_tokens` does not count cached ones either. What the provider did not report is
 * null where Anthropic has a null for it; input and output are numbers always, because clients add them up.
 */
export function usageToAnthropic(usage: Usage | undefined, serviceTier?: unknown): AnthropicUsage {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage ?? {};
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: cacheWriteTokens ?? null,
    cache_read_input_tokens: cacheReadTokens ?? null,
    cache_creation: cacheCreation(usage),
    output_tokens: outputTokens,
    output_tokens_details: reasoningTokens === undefined ? null : { thinking_tokens: reasoningTokens },
    server_tool_use: null,
    service_tier: tiers.get(serviceTier) ?? null,
  };
}

/** Clients check the word, so a tier of Bedrock that Anthropic has no word for is none. */
const tiers: ReadonlyMap<unknown, AnthropicUsage['service_tier']> = new Map([
  ['default', 'standard'],
  ['priority', 'priority'],
]);

/** null where it is not known for how long what was written is kept. */
function cacheCreation({
  cacheWriteTokens: written,
  cacheWriteOneHourTokens: oneHour,
}: Usage = {}): AnthropicUsage['cache_creation'] {
  const forAnHour = written === 0 ? 0 : oneHour;
  if (written === undefined || forAnHour === undefined || forAnHour > written) return null;
  return { ephemeral_5m_input_tokens: written - forAnHour, ephemeral_1h_input_tokens: forAnHour };
}
