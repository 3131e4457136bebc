import type { AnthropicCacheControl } from '@genai-gateway/protocol';
import { isRecord, textOf } from '../json.ts';
import type { CachePointPiece } from './pieces.ts';

/** The cache point behind a part or block that has the mark of Anthropic, which LiteLLM takes too; none without it. */
export function cachePointAfter(mark: unknown): readonly CachePointPiece[] {
  return isRecord(mark) ? [{ kind: 'cache-point', ttl: textOf(mark['ttl']) || undefined }] : [];
}

/** A cache point as that mark. */
export function cacheControlOf({ ttl }: { readonly ttl?: string | undefined }): AnthropicCacheControl {
  return ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl };
}
