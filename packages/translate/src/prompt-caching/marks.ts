import type { ConverseCachePointBlock } from '@genai-gateway/protocol';
import { isRecord, type JsonRecord } from '../json.ts';

/**
 * The cache point that a part, message, call or tool asks for behind itself; undefined: it asks for none. Callers write it as
 * Anthropic's `cache_control`, as OpenAI's `prompt_cache_breakpoint` and as Bedrock's own `cachePoint`. Its time is what was
 * asked for; `fitCachePoints` makes it one that the model has.
 * Sources, read 2026-11-23: https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching, the `openai` package.
 */
export function pointOf(holder: object): ConverseCachePointBlock | undefined {
  const { cache_control: control, prompt_cache_breakpoint: breakpoint, cachePoint } = holder as JsonRecord;
  for (const mark of [control, breakpoint, cachePoint]) {
    if (!isRecord(mark)) continue;
    const { ttl } = mark;
    return { cachePoint: typeof ttl === 'string' ? { type: 'default', ttl } : { type: 'default' } };
  }
  return undefined;
}
