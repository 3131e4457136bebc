import { isObject, listOf, objectOf, textOf } from '../object.ts';
import { isBlank, toolInput } from '../taken-back.ts';
import { ConverseBlockDraft } from './block-draft.ts';
import type { ConverseContentBlock } from './content.ts';
import type { ConverseMessage } from './request.ts';

/**
 * The answer of one ConverseStream as the message that one would send back. One per call. It never throws: what it does
 * not know it passes over, so whoever asks has to know by himself whether the stream was whole.
 */
export class ConverseMessageBuilder {
  readonly #blocks = new Map<number, ConverseBlockDraft>();

  /** Takes any event: its `:event-type`, and its parsed payload. */
  push(eventType: string, payload: unknown): void {
    const { contentBlockIndex: index, start, delta } = objectOf(payload);
    if (typeof index !== 'number') return;
    if (eventType === 'contentBlockStart') this.#at(index).start(objectOf(start));
    else if (eventType === 'contentBlockDelta') this.#at(index).add(objectOf(delta));
  }

  /** What has come so far, in the order of the blocks' indices; undefined: nothing that a model takes back. */
  message(): ConverseMessage | undefined {
    const inOrder = [...this.#blocks].sort(([one], [other]) => one - other);
    return answer(inOrder.map(([, draft]) => draft.block()));
  }

  #at(index: number): ConverseBlockDraft {
    const known = this.#blocks.get(index);
    if (known !== undefined) return known;
    const draft = new ConverseBlockDraft();
    this.#blocks.set(index, draft);
    return draft;
  }
}

/**
 * The answer in a whole reply of Converse (`output.message`), as the message that one would send back; undefined: there is
 * none, or nothing in it that a model takes back.
 */
export function converseAnswerOf(reply: unknown): ConverseMessage | undefined {
  const message = objectOf(objectOf(objectOf(reply)['output'])['message']);
  return answer(listOf(message['content']));
}

function answer(blocks: readonly unknown[]): ConverseMessage | undefined {
  const content = blocks.flatMap(takenBack);
  return content.length === 0 ? undefined : { role: 'assistant', content };
}

/** Blocks of every kind stay; only what Bedrock would refuse goes. */
function takenBack(block: unknown): readonly ConverseContentBlock[] {
  if (!isObject(block)) return [];
  const { text, toolUse } = block;
  if (text !== undefined && isBlank(textOf(text))) return [];
  if (!isObject(toolUse)) return [block as unknown as ConverseContentBlock];
  const toolUseId = textOf(toolUse['toolUseId']);
  const name = textOf(toolUse['name']);
  if (toolUseId === '' || name === '') return [];
  return [{ toolUse: { ...toolUse, toolUseId, name, input: toolInput(toolUse['input']) } }];
}
