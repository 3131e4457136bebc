import type { ConverseReasoningBlock, LitellmThinkingBlock } from '@genai-gateway/protocol';
import { isRecord } from '../json.ts';

/** Marks redacted thinking whose text is no base64, within the bytes that Converse carries it in. */
const TEXT_MARK = 'litellm-text:';

/**
 * Reasoning of an earlier turn in the two forms that LiteLLM takes it back in. Signed and redacted
 * thinking goes to `thinking_blocks`: Anthropic and Bedrock take it only with its signature. What has no
 * signature goes to `reasoning_content`, which DeepSeek and its like read, and LiteLLM leaves out for
 * providers that check signatures.
 * Source: litellm 1.106.2, litellm_core_utils/prompt_templates/factory.py `anthropic_messages_pt` (read 2026-11-23).
 */
export function reasoningToLitellm(blocks: readonly ConverseReasoningBlock[]): {
  readonly thinking_blocks?: readonly LitellmThinkingBlock[];
  readonly reasoning_content?: string;
} {
  const signed: LitellmThinkingBlock[] = [];
  const unsigned: string[] = [];
  for (const { reasoningContent } of blocks) {
    if ('redactedContent' in reasoningContent) {
      signed.push({ type: 'redacted_thinking', data: bytesToRedacted(reasoningContent.redactedContent) });
      continue;
    }
    const { text, signature } = reasoningContent.reasoningText;
    if (signature) signed.push({ type: 'thinking', thinking: text, signature });
    else unsigned.push(text);
  }
  return {
    ...(signed.length === 0 ? {} : { thinking_blocks: signed }),
    ...(unsigned.length === 0 ? {} : { reasoning_content: unsigned.join('\n') }),
  };
}

/** One piece of thinking: a text, a signature (which ends its block), or a redacted block. */
export type Thought =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'signature'; readonly signature: string }
  | { readonly kind: 'redacted'; readonly redactedContent: string };

/**
 * What a message or a delta of LiteLLM says of the model's thinking. `reasoning_content` repeats the text
 * of `thinking_blocks` where both are there.
 * Source: litellm 1.106.2, llms/anthropic/chat/handler.py and transformation.py (read 2026-11-23).
 */
export function thoughtsOf(message: Readonly<Record<string, unknown>>): readonly Thought[] {
  const { thinking_blocks: blocks, reasoning_content: content } = message;
  if (Array.isArray(blocks) && blocks.length > 0) return blocks.flatMap(thoughtsOfBlock);
  return typeof content === 'string' && content !== '' ? [{ kind: 'text', text: content }] : [];
}

function thoughtsOfBlock(block: unknown): Thought[] {
  if (!isRecord(block)) return [];
  const { type, thinking, signature, data } = block;
  if (type === 'redacted_thinking') {
    return typeof data === 'string' ? [{ kind: 'redacted', redactedContent: redactedToBytes(data) }] : [];
  }
  const thoughts: Thought[] = [];
  if (typeof thinking === 'string' && thinking !== '') thoughts.push({ kind: 'text', text: thinking });
  if (typeof signature === 'string' && signature !== '') thoughts.push({ kind: 'signature', signature });
  return thoughts;
}

/**
 * The data of redacted thinking as base64, because Converse has bytes where Anthropic has a text. Data that
 * is base64 already stays: Bedrock's own are such, and LiteLLM passes them on as they are.
 */
export function redactedToBytes(data: string): string {
  return isBase64(data) ? data : Buffer.from(TEXT_MARK + data, 'utf8').toString('base64');
}

/** The other way. */
export function bytesToRedacted(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const marked = bytes.toString('utf8', 0, TEXT_MARK.length) === TEXT_MARK;
  return marked ? bytes.toString('utf8', TEXT_MARK.length) : base64;
}

/** Whether an AWS SDK, which decodes it and encodes it again, gives back the same text. */
function isBase64(text: string): boolean {
  return text !== '' && Buffer.from(text, 'base64').toString('base64') === text;
}
