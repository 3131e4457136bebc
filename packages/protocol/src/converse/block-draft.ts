import { joinBase64 } from '../base64.ts';
import type { JsonValue } from '../json.ts';
import { addText, isObject, listOf, objectOf, textOf } from '../object.ts';
import { isBlank, parsedToolInput } from '../taken-back.ts';
import type { ConverseCitation } from './citations.ts';
import type { ConverseContentBlock, ConverseToolResultContent } from './content.ts';
import type { ConverseImageBlock } from './media.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What has come of one content block of a stream.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlockStart.html and
 * .../API_runtime_ContentBlockDelta.html (read 2026-11-23, by `@aws-sdk/client-bedrock-runtime`).
 */
export class ConverseBlockDraft {
  #start: Fields = {};
  readonly #texts: string[] = [];
  readonly #citations: ConverseCitation[] = [];
  readonly #inputs: string[] = [];
  readonly #thoughts: string[] = [];
  readonly #signatures: string[] = [];
  readonly #redacted: string[] = [];
  readonly #imageBytes: string[] = [];
  readonly #results: Fields[] = [];

  /** `start` of the block's first event, which blocks of text and reasoning have seldom. */
  start(start: Fields): void {
    this.#start = start;
  }

  /** `delta` of one event. */
  add(delta: Fields): void {
    const reasoning = objectOf(delta['reasoningContent']);
    addText(this.#texts, delta['text']);
    addText(this.#inputs, objectOf(delta['toolUse'])['input']);
    addText(this.#thoughts, reasoning['text']);
    addText(this.#signatures, reasoning['signature']);
    addText(this.#redacted, reasoning['redactedContent']);
    addText(this.#imageBytes, objectOf(objectOf(delta['image'])['source'])['bytes']);
    if (isObject(delta['citation'])) this.#citations.push(delta['citation'] as ConverseCitation);
    this.#results.push(...listOf(delta['toolResult']).filter(isObject));
  }

  /** The block; one of empty text where nothing has come that makes another. */
  block(): ConverseContentBlock {
    const { toolUse, toolResult, image } = this.#start;
    if (isObject(toolUse)) return this.#toolUse(toolUse);
    if (isObject(toolResult)) return this.#toolResult(toolResult);
    if (this.#imageBytes.length > 0) return this.#image(objectOf(image));
    if (this.#redacted.length > 0) return { reasoningContent: { redactedContent: joinBase64(this.#redacted) } };
    if (this.#thoughts.length > 0 || this.#signatures.length > 0) return this.#reasoning();
    const text = this.#texts.join('');
    if (this.#citations.length === 0) return { text };
    // The text that has sources is in one block with them, and nowhere else.
    const content = isBlank(text) ? {} : { content: [{ text }] };
    return { citationsContent: { ...content, citations: this.#citations } };
  }

  #toolUse({ toolUseId, name, type }: Fields): ConverseContentBlock {
    const input = parsedToolInput(this.#inputs.join(''));
    const kind = typeof type === 'string' ? { type } : {};
    return { toolUse: { toolUseId: textOf(toolUseId), name: textOf(name), input, ...kind } };
  }

  /** Of a tool that the provider ran by itself. */
  #toolResult(start: Fields): ConverseContentBlock {
    const content: ConverseToolResultContent[] = [];
    let texts: string[] = [];
    const endText = () => {
      if (texts.length > 0) content.push({ text: texts.join('') });
      texts = [];
    };
    for (const { text, json } of this.#results) {
      if (typeof text === 'string') texts.push(text);
      else if (json !== undefined) {
        endText();
        content.push({ json: json as JsonValue });
      }
    }
    endText();
    return { toolResult: { ...start, toolUseId: textOf(start['toolUseId']), content } };
  }

  #image({ format }: Fields): ConverseImageBlock {
    return { image: { format: textOf(format), source: { bytes: joinBase64(this.#imageBytes) } } };
  }

  #reasoning(): ConverseContentBlock {
    const signature = this.#signatures.join('');
    const text = this.#thoughts.join('');
    return { reasoningContent: { reasoningText: signature === '' ? { text } : { text, signature } } };
  }
}
