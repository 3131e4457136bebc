import type { ResponsesItemStatus, ResponsesOutputItem, ResponsesPlace } from '@genai-gateway/protocol';
import type { CustomCallItem, FunctionCallItem } from './call-item.ts';
import type { EventLog } from './event-log.ts';
import { MessageItem } from './message-item.ts';
import type { ReasoningItem } from './reasoning-item.ts';

export type Item = MessageItem | ReasoningItem | FunctionCallItem | CustomCallItem;

/** A block of the answer: what it goes into; undefined: nothing that the caller gets. */
interface Block {
  readonly item: Item | undefined;
  /** Its input is the text of the answer. */
  readonly isJson: boolean;
  hasEnded: boolean;
}

/** The items of one response, and which block of the answer goes into which of them. */
export class OutputItems {
  readonly #responseId: string;
  readonly #log: EventLog;
  readonly #blocks = new Map<unknown, Block>();
  /** Items that are not done, in their order, with the blocks that go into them. */
  readonly #open = new Map<Item, Block[]>();
  readonly #output: ResponsesOutputItem[] = [];
  #count = 0;
  #last: Item | undefined;

  constructor(responseId: string, log: EventLog) {
    this.#responseId = responseId.replace(/^resp_/, '');
    this.#log = log;
  }

  /** Items that are done, by their place in the answer. */
  get output(): readonly ResponsesOutputItem[] {
    return this.#output;
  }

  /** The item that began last. */
  get last(): Item | undefined {
    return this.#last;
  }

  has(index: unknown): boolean {
    return this.#blocks.has(index);
  }

  /** What a block goes into; undefined: nothing, or it has not begun. */
  itemOf(index: unknown): Item | undefined {
    return this.#blocks.get(index)?.item;
  }

  /** Begins an item with this block. */
  open<T extends Item>(index: unknown, prefix: string, make: (place: ResponsesPlace) => T, isJson = false): T {
    this.#closeEnded();
    const output_index = this.#count;
    this.#count += 1;
    const item = make({ item_id: `${prefix}_${this.#responseId}_${output_index}`, output_index });
    this.#open.set(item, []);
    this.#last = item;
    this.join(index, item, isJson);
    return item;
  }

  /** The block goes into an item that has begun. */
  join(index: unknown, item: Item, isJson = false): void {
    const block = { item, isJson, hasEnded: false };
    this.#blocks.set(index, block);
    this.#open.get(item)?.push(block);
  }

  /** The block is nothing that the caller gets. */
  hide(index: unknown): void {
    this.#blocks.set(index, { item: undefined, isJson: false, hasEnded: false });
  }

  endBlock(index: unknown): void {
    const block = this.#blocks.get(index);
    if (block === undefined || block.hasEnded) return;
    block.hasEnded = true;
    if (!(block.item instanceof MessageItem)) return;
    if (block.isJson && block.item.isEmpty) block.item.add('{}');
    block.item.endBlock();
  }

  /** The end of the answer; where it was cut, the last item is not whole. */
  close(isCut: boolean): void {
    if (!isCut) for (const index of this.#blocks.keys()) this.endBlock(index);
    for (const item of this.#open.keys()) this.#close(item, isCut && item === this.#last ? 'incomplete' : 'completed');
  }

  /** Whether an item is done is known only when the next one begins: more text may come, or the answer may be cut there. */
  #closeEnded(): void {
    for (const [item, blocks] of this.#open) {
      if (blocks.every(({ hasEnded }) => hasEnded)) this.#close(item, 'completed');
    }
  }

  #close(item: Item, status: ResponsesItemStatus): void {
    this.#open.delete(item);
    const done = item.close(status);
    const { output_index } = item.place;
    this.#output[output_index] = done;
    this.#log.add({ type: 'response.output_item.done', output_index, item: done });
  }
}
