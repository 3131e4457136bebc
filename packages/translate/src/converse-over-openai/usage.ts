import type { ConverseUsage, Usage } from '@genai-gateway/protocol';
import { withoutUndefined } from '../json.ts';

/**
 * Usage in Converse's words, where `inputTokens` counts neither cache reads nor writes and the total all.
 * What was not reported stays absent, down to an empty object: the SDKs leave such counts undefined, and
 * LangChain's client fails where `usage` itself is missing, but not where it is empty
 * (langchain-aws, chat_models/bedrock_converse.py `_extract_usage_metadata`, read 2026-11-23).
 */
export function usageToConverse(usage: Usage | undefined): ConverseUsage {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cacheWriteOneHourTokens } = usage ?? {};
  const isWhole = inputTokens !== undefined && outputTokens !== undefined;
  return withoutUndefined({
    inputTokens,
    outputTokens,
    totalTokens: isWhole ? inputTokens + outputTokens + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) : undefined,
    cacheReadInputTokens: cacheReadTokens,
    cacheWriteInputTokens: cacheWriteTokens,
    cacheDetails: cacheDetails(cacheWriteTokens, cacheWriteOneHourTokens),
  });
}

/** For how long what was written is kept; undefined where nobody said. */
function cacheDetails(written: number | undefined, oneHour: number | undefined): ConverseUsage['cacheDetails'] {
  if (written === undefined || oneHour === undefined || oneHour > written) return undefined;
  const details = [
    { ttl: '5m', inputTokens: written - oneHour },
    { ttl: '1h', inputTokens: oneHour },
  ].filter(({ inputTokens }) => inputTokens > 0);
  return details.length === 0 ? undefined : details;
}
