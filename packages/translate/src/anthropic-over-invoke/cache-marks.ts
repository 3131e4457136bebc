import type { AnthropicCacheControl, AnthropicContentBlock, AnthropicMessage } from '@genai-gateway/protocol';
import { withoutUndefined } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';

/**
 * The mark as Bedrock takes it: its type, and for how long where the model can be told that. Other fields of Anthropic's own,
 * such as `scope`, fail the call.
 * Source: LiteLLM 1.106.2, llms/bedrock/messages/invoke_transformations (read 2026-11-23).
 */
export function cacheMark(mark: AnthropicCacheControl, { cachePoint }: ModelFacts): AnthropicCacheControl {
  const ttl = cachePoint?.ttl.find((each) => each === mark.ttl);
  return withoutUndefined({ type: 'ephemeral' as const, ttl });
}

/** The block or tool with its mark as Bedrock takes it; without one where there was none. */
export function withMark<T extends object>(holder: T, facts: ModelFacts): T {
  if (!('cache_control' in holder)) return holder;
  const { cache_control: mark, ...rest } = holder as { readonly cache_control?: AnthropicCacheControl | null };
  return (mark ? { ...rest, cache_control: cacheMark(mark, facts) } : rest) as T;
}

/**
 * The messages with a mark on the last block that may have one, which is what the mark of a whole request means; Bedrock has no
 * field for that. A block that has a mark keeps its own.
 */
export function withLastMark(
  messages: readonly AnthropicMessage[],
  mark: AnthropicCacheControl,
): readonly AnthropicMessage[] {
  const last = messages.at(-1);
  if (last === undefined) return messages;
  const content: readonly AnthropicContentBlock[] =
    typeof last.content === 'string' ? [{ type: 'text', text: last.content }] : last.content;
  const at = content.findLastIndex(({ type }) => type !== 'thinking' && type !== 'redacted_thinking');
  const marked = content.map((block, index) => {
    const isPlace = index === at && !('cache_control' in block && block.cache_control);
    // Every other kind of block may have it.
    return isPlace ? ({ ...block, cache_control: mark } as AnthropicContentBlock) : block;
  });
  return [...messages.slice(0, -1), { ...last, content: marked }];
}
