import { joinBase64, type LitellmThinkingBlock } from '@genai-gateway/protocol';
import { bytesToRedacted } from '../converse-over-openai/reasoning.ts';
import { isRecord } from '../json.ts';

/** What has come of one block of reasoning, of a stream or as a whole. */
export class Thinking {
  #text = '';
  #signature = '';
  readonly #redacted: string[] = [];

  /** Takes `reasoningContent` of a delta; gives its new readable text, '' where there is none. */
  addDelta({ text, signature, redactedContent }: Readonly<Record<string, unknown>>): string {
    if (typeof signature === 'string') this.#signature += signature;
    if (typeof redactedContent === 'string' && redactedContent !== '') this.#redacted.push(redactedContent);
    if (typeof text !== 'string') return '';
    this.#text += text;
    return text;
  }

  /** The same for `reasoningContent` of a whole block. */
  addBlock({ reasoningText, redactedContent }: Readonly<Record<string, unknown>>): string {
    return this.addDelta({ redactedContent, ...(isRecord(reasoningText) ? reasoningText : {}) });
  }

  /** The block, once, as one that its model takes back: signed, or redacted. What is neither is only to be read. */
  take(): LitellmThinkingBlock | undefined {
    const [redacted, thinking, signature] = [this.#redacted.splice(0), this.#text, this.#signature];
    this.#text = '';
    this.#signature = '';
    if (redacted.length > 0) return { type: 'redacted_thinking', data: bytesToRedacted(joinBase64(redacted)) };
    return signature === '' ? undefined : { type: 'thinking', thinking, signature };
  }
}
