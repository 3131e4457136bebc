import type { ConverseReasoningBlock, OpenaiAssistantMessage } from '@genai-gateway/protocol';
import { redactedToBytes } from '../converse-over-openai/reasoning.ts';
import type { DroppedParams } from '../dropped-params.ts';
import { type JsonRecord, recordsOf, textOf } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';

/**
 * What the model thought in an answer that the caller sends back: `thinking_blocks`, or the same among the parts of the content.
 * Only signed and redacted thinking goes back, and only to a family that signs it: a model refuses its own thinking without the
 * signature, and every other one's. A signature may stand alone: then its model thought without showing it.
 * What is left out is reported, but not `reasoning_content` beside blocks, which only repeats them.
 */
export function historyThoughts(
  message: OpenaiAssistantMessage,
  facts: ModelFacts,
  dropped: DroppedParams,
): readonly ConverseReasoningBlock[] {
  const { thinking_blocks: blocks, reasoning_content: text, content } = message;
  const inContent = Array.isArray(content) ? content.filter(isThought) : [];
  const all = recordsOf(blocks ?? []).length > 0 ? recordsOf(blocks) : recordsOf(inContent);
  if (all.length === 0) {
    if (text) dropped.add('messages.reasoning_content');
    return [];
  }
  const signed = facts.signedReasoning ? all.flatMap((block) => reasoningBlock(block) ?? []) : [];
  if (signed.length < all.length) dropped.add('messages.thinking_blocks');
  return signed;
}

/** True for a part of the content that is thinking. */
export function isThought({ type }: { readonly type: string }): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

/** Envoy's clients write `text` and `redactedContent` for `thinking` and `data`. */
function reasoningBlock(block: JsonRecord): ConverseReasoningBlock | undefined {
  const { type, thinking, text, signature, data, redactedContent } = block;
  if (type === 'redacted_thinking') {
    const redacted = textOf(data ?? redactedContent);
    return redacted === '' ? undefined : { reasoningContent: { redactedContent: redactedToBytes(redacted) } };
  }
  const mark = textOf(signature);
  if (type !== 'thinking' || mark === '') return undefined;
  return { reasoningContent: { reasoningText: { text: textOf(thinking ?? text), signature: mark } } };
}
