import type { ConverseCachePointBlock } from '@genai-gateway/protocol';
import { cachePointAfter } from '../conversation/cache-control.ts';

/** The cache point that a mark asks for; none where there is no mark. */
export function cachePointOf(mark: unknown): readonly ConverseCachePointBlock[] {
  return cachePointAfter(mark).map(({ ttl }) => ({
    cachePoint: ttl === undefined ? { type: 'default' } : { type: 'default', ttl },
  }));
}
