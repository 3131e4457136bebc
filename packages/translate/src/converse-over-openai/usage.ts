import type { ConverseUsage, Usage } from '@genai-gateway/protocol';
import { withoutUndefined } from '../json.ts';

/**
 * Usage in Converse's words, where `inputTokens` counts neither cache reads nor writes and the total all.
 * What was not reported stays absent, down to an empty object: the SDKs leave such counts undefined, and
 * LangChain's client fails where `usage` itself is missing, but not where it is empty
 * (langchain-aws, chat_models/bedrock_converse.py `_extract_usage_metadata`, read 2026-11-23).
 */
export function usageToConverse(usage: Usage | undefined): ConverseUsage {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage ?? {};
  const isWhole = inputTokens !== undefined && outputTokens !== undefined;
  return withoutUndefined({
    inputTokens,
    outputTokens,
    totalTokens: isWhole ? inputTokens + outputTokens + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) : undefined,
    cacheReadInputTokens: cacheReadTokens,
    cacheWriteInputTokens: cacheWriteTokens,
  });
}
