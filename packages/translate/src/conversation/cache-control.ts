import type { AnthropicCacheControl } from '@genai-gateway/protocol';
import { pointOf } from '../prompt-caching/marks.ts';
import type { CachePointPiece } from './pieces.ts';

/** The cache point behind what has a mark that asks for one, in the words of any API; none without it. */
export function cachePointAfter(holder: object): readonly CachePointPiece[] {
  const point = pointOf(holder);
  return point === undefined ? [] : [{ kind: 'cache-point', ttl: point.cachePoint.ttl || undefined }];
}

/** A cache point as that mark. */
export function cacheControlOf({ ttl }: { readonly ttl?: string | undefined }): AnthropicCacheControl {
  return ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl };
}
