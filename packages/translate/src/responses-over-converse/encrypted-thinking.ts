import type { LitellmThinkingBlock } from '@genai-gateway/protocol';
import { isRecord, recordsOf } from '../json.ts';

/**
 * A block of thinking as the `encrypted_content` of a reasoning item: what the model takes back, signed by its provider, in
 * the form that LiteLLM gives and takes too, so that a conversation may go on through it. Nothing in it is secret.
 * Source: litellm 1.106.2, responses/litellm_completion_transformation/reasoning_items.py (read 2026-11-23).
 */
export function encryptedThinking(block: LitellmThinkingBlock): string {
  return JSON.stringify([block]);
}

/** The other way; nothing for what another provider has encrypted, because no model here takes it back. */
export function thinkingOf(encrypted: string | null | undefined): readonly LitellmThinkingBlock[] {
  if (!encrypted?.startsWith('[')) return [];
  let blocks: unknown;
  try {
    blocks = JSON.parse(encrypted);
  } catch {
    return [];
  }
  return recordsOf(blocks).flatMap(takenBack);
}

function takenBack(block: unknown): readonly LitellmThinkingBlock[] {
  if (!isRecord(block)) return [];
  const { type, thinking, signature, data } = block;
  if (type === 'redacted_thinking') return isGiven(data) ? [{ type, data }] : [];
  if (type !== 'thinking' || !isGiven(signature)) return [];
  return [{ type, thinking: typeof thinking === 'string' ? thinking : '', signature }];
}

function isGiven(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
