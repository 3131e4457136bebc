import type { LitellmThinkingBlock } from '../litellm/chat.ts';
import { addText, isObject, listOf, textOf } from '../object.ts';

/**
 * The thinking blocks of a stream of LiteLLM, joined as LiteLLM joins them itself: text comes in pieces, a signature
 * ends its block, and redacted blocks come whole. What has no signature is no block, because nobody takes it back as one;
 * its text is in `reasoning_content` too.
 * Source: litellm 1.106.2, litellm_core_utils/streaming_chunk_builder_utils.py `get_combined_thinking_content`,
 * common_utils.py `is_unsignable_thinking_block` (read 2026-11-23).
 */
export class ThinkingDraft {
  readonly #blocks: LitellmThinkingBlock[] = [];
  #texts: string[] = [];

  /** The blocks that are whole. */
  get blocks(): readonly LitellmThinkingBlock[] {
    return this.#blocks;
  }

  /** Takes `thinking_blocks` of a delta. */
  add(thinkingBlocks: unknown): void {
    for (const block of listOf(thinkingBlocks).filter(isObject)) {
      addText(this.#texts, block['thinking']);
      const isWhole = block['type'] === 'redacted_thinking' || textOf(block['signature']) !== '';
      if (!isWhole) continue;
      this.#blocks.push(...takenBack({ ...block, thinking: this.#texts.join('') }));
      this.#texts = [];
    }
  }
}

/** The thinking blocks of a whole message that can be sent back: those with a signature, and redacted ones. */
export function wholeThinking(thinkingBlocks: unknown): readonly LitellmThinkingBlock[] {
  return listOf(thinkingBlocks).filter(isObject).flatMap(takenBack);
}

function takenBack(block: Readonly<Record<string, unknown>>): readonly LitellmThinkingBlock[] {
  const data = textOf(block['data']);
  if (block['type'] === 'redacted_thinking') return data === '' ? [] : [{ type: 'redacted_thinking', data }];
  const signature = textOf(block['signature']);
  return signature === '' ? [] : [{ type: 'thinking', thinking: textOf(block['thinking']), signature }];
}
