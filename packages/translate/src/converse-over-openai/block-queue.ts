import { GatewayError } from '@genai-gateway/core';
import type {
  ConverseCitation,
  ConverseContentBlockDelta,
  ConverseContentBlockStart,
  ConverseEvent,
} from '@genai-gateway/protocol';
import type { ImageBytes } from '../image-bytes.ts';
import type { Thought } from './reasoning.ts';
import { argumentsToInput, JsonScanner, madeToolUseId } from './tool-arguments.ts';

type Delta = ConverseContentBlockDelta['delta'];
type Start = ConverseContentBlockStart['start'];

interface Block {
  readonly kind: 'text' | 'reasoning' | 'redacted' | 'image' | 'tool';
  /** What the start event says, once it is known; blocks of text and reasoning have no start event. */
  start?: Start;
  /** Set when the block has begun to go out. */
  index?: number;
  /** Deltas that wait until the block's turn. */
  readonly waiting: Delta[];
  isSigned?: boolean;
  /** Text whose sources have been told. */
  isCited?: boolean;
}

interface ToolBlock extends Block {
  readonly kind: 'tool';
  readonly number: number;
  id: string | undefined;
  name: string | undefined;
  json: string;
  readonly scanner: JsonScanner;
  isClosed: boolean;
}

/**
 * The content blocks of one streamed answer, in the order in which they begin. Converse's clients take one
 * block at a time: it starts, gets its deltas, and stops before the next one. So the first block of the
 * queue goes out as it comes, and what belongs to later ones waits. Text and reasoning end when something
 * else begins; a tool call ends when its arguments are whole JSON, or with the answer.
 */
export class BlockQueue {
  readonly #requestId: string;
  #blocks: Block[] = [];
  #nextIndex = 0;
  /** OpenAI's index of a call → the newest call that has it. */
  readonly #calls = new Map<unknown, ToolBlock>();
  #callCount = 0;
  #hasMalformedCall = false;
  #events: ConverseEvent[] = [];

  constructor(requestId: string) {
    this.#requestId = requestId;
  }

  get hasToolCalls(): boolean {
    return this.#callCount > 0;
  }

  /** A call's arguments were no JSON object; certain only after `finish`. */
  get hasMalformedCall(): boolean {
    return this.#hasMalformedCall;
  }

  /** The events since the last call of this. */
  take(): readonly ConverseEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  text(text: string): void {
    const last = this.#last('text');
    const block = last === undefined || last.isCited ? this.#open<Block>({ kind: 'text', waiting: [] }) : last;
    this.#add(block, { text });
  }

  /** A source of the text before it; text that comes after it is another block. */
  citation(citation: ConverseCitation): void {
    const block = this.#last('text') ?? this.#open<Block>({ kind: 'text', waiting: [] });
    block.isCited = true;
    this.#add(block, { citation });
  }

  thought(thought: Thought): void {
    switch (thought.kind) {
      case 'redacted':
        this.#add(this.#open({ kind: 'redacted', waiting: [] }), {
          reasoningContent: { redactedContent: thought.redactedContent },
        });
        break;
      case 'text':
        this.#add(this.#unsigned(), { reasoningContent: { text: thought.text } });
        break;
      case 'signature': {
        const block = this.#unsigned();
        block.isSigned = true;
        this.#add(block, { reasoningContent: { signature: thought.signature } });
      }
    }
  }

  image({ format, bytes }: ImageBytes): void {
    const block = this.#open({ kind: 'image', start: { image: { format } }, waiting: [] });
    this.#add(block, { image: { source: { bytes } } });
  }

  /**
   * A piece of a tool call; '' for what the delta does not say. A new id at a known index is a new call:
   * some providers number all of them 0.
   */
  call(index: unknown, id: string, name: string, json: string): void {
    const known = this.#calls.get(index);
    const isSame = known !== undefined && (id === '' || known.id === undefined || known.id === id);
    const block = isSame ? known : this.#openCall(index);
    if (id !== '') block.id ??= id;
    if (name !== '') block.name ??= name;
    if (block.isClosed) {
      if (json.trim() !== '') this.#hasMalformedCall = true; // more after a whole object
      return;
    }
    this.#startCall(block);
    if (json === '' || (block.json === '' && json.trim() === '')) return;
    block.json += json;
    block.scanner.push(json);
    this.#add(block, { toolUse: { input: json } });
    this.#advance();
  }

  /** Sends out all that waits, and stops the last block. Throws `upstream-failed` for a call that got no name. */
  finish(): void {
    while (this.#blocks[0] !== undefined) this.#close(this.#blocks[0]);
  }

  #last(kind: Block['kind']): Block | undefined {
    const last = this.#blocks.at(-1);
    return last?.kind === kind ? last : undefined;
  }

  /** The reasoning that goes on, or a new one: a signature ends its block. */
  #unsigned(): Block {
    const last = this.#last('reasoning');
    return last === undefined || last.isSigned ? this.#open<Block>({ kind: 'reasoning', waiting: [] }) : last;
  }

  #open<B extends Block>(block: B): B {
    this.#blocks.push(block);
    this.#advance();
    return block;
  }

  #openCall(index: unknown): ToolBlock {
    const number = this.#callCount++;
    const block: ToolBlock = {
      kind: 'tool',
      waiting: [],
      number,
      id: undefined,
      name: undefined,
      json: '',
      scanner: new JsonScanner(),
      isClosed: false,
    };
    this.#calls.set(index, block);
    return this.#open(block);
  }

  /** The start of a call needs its name, which comes with the first delta nearly always. */
  #startCall(block: ToolBlock): void {
    if (block.name === undefined || block.start !== undefined) return;
    const toolUseId = block.id ?? madeToolUseId(this.#requestId, block.number);
    block.start = { toolUse: { toolUseId, name: block.name } };
    this.#advance();
  }

  #add(block: Block, delta: Delta): void {
    if (block.index === undefined) block.waiting.push(delta);
    else this.#send(block.index, delta);
  }

  /** Stops blocks at the front that are whole, and begins the one that is then first. */
  #advance(): void {
    let first = this.#blocks[0];
    while (first !== undefined) {
      this.#begin(first);
      if (this.#blocks.length === 1 || !isWhole(first)) return;
      this.#close(first);
      first = this.#blocks[0];
    }
  }

  #begin(block: Block): void {
    if (block.index !== undefined || (block.kind === 'tool' && block.start === undefined)) return;
    const contentBlockIndex = this.#nextIndex++;
    block.index = contentBlockIndex;
    if (block.start !== undefined) {
      this.#events.push({ type: 'contentBlockStart', payload: { contentBlockIndex, start: block.start } });
    }
    for (const delta of block.waiting) this.#send(contentBlockIndex, delta);
  }

  #close(block: Block): void {
    this.#begin(block);
    if (block.index === undefined) throw noName();
    if (isTool(block)) {
      block.isClosed = true;
      // A call without arguments: clients parse what they have joined, and it must be an object.
      if (block.json === '') this.#send(block.index, { toolUse: { input: '{}' } });
      else if (argumentsToInput(block.json).isMalformed) this.#hasMalformedCall = true;
    }
    this.#events.push({ type: 'contentBlockStop', payload: { contentBlockIndex: block.index } });
    this.#blocks.shift();
  }

  #send(contentBlockIndex: number, delta: Delta): void {
    this.#events.push({ type: 'contentBlockDelta', payload: { contentBlockIndex, delta } });
  }
}

function isTool(block: Block): block is ToolBlock {
  return block.kind === 'tool';
}

function isWhole(block: Block): boolean {
  return !isTool(block) || (block.name !== undefined && block.scanner.isWhole);
}

function noName(): GatewayError {
  return new GatewayError('upstream-failed', 'The model service gave a stream that the gateway cannot read.', {
    cause: new Error('chat stream: a tool call without name'),
  });
}
