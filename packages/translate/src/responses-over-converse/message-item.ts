import type {
  ConverseCitation,
  ResponsesAnnotation,
  ResponsesItemStatus,
  ResponsesOutputMessage,
  ResponsesOutputText,
  ResponsesPlace,
} from '@genai-gateway/protocol';
import { annotationsOf } from './annotations.ts';
import type { EventLog } from './event-log.ts';

const NO_LOGPROBS: readonly never[] = [];

/** A message in the making: the text of blocks that follow each other is one text, as in chat completions. */
export class MessageItem {
  readonly place: ResponsesPlace;
  readonly #log: EventLog;
  #text = '';
  readonly #annotations: ResponsesAnnotation[] = [];
  /** Sources of the block that is under way, and where its text begins. */
  #citations: ConverseCitation[] = [];
  #blockStart = 0;

  constructor(place: ResponsesPlace, log: EventLog) {
    this.place = place;
    this.#log = log;
    const { output_index } = place;
    log.add({ type: 'response.output_item.added', output_index, item: this.#item('in_progress', []) });
    log.add({ type: 'response.content_part.added', ...place, content_index: 0, part: this.#part() });
  }

  get isEmpty(): boolean {
    return this.#text === '';
  }

  add(delta: string): void {
    if (delta === '') return;
    this.#text += delta;
    const type = 'response.output_text.delta';
    this.#log.add({ type, ...this.place, content_index: 0, delta, logprobs: NO_LOGPROBS });
  }

  cite(citation: ConverseCitation): void {
    this.#citations.push(citation);
  }

  /** The end of a block: only now is known which text its sources stand behind. */
  endBlock(): void {
    for (const annotation of annotationsOf(this.#text, this.#blockStart, this.#citations)) {
      const annotation_index = this.#annotations.push(annotation) - 1;
      const type = 'response.output_text.annotation.added';
      this.#log.add({ type, ...this.place, content_index: 0, annotation_index, annotation });
    }
    this.#citations = [];
    this.#blockStart = this.#text.length;
  }

  close(status: ResponsesItemStatus): ResponsesOutputMessage {
    this.endBlock();
    const part = this.#part();
    const { place } = this;
    const { text } = part;
    this.#log.add({ type: 'response.output_text.done', ...place, content_index: 0, text, logprobs: NO_LOGPROBS });
    this.#log.add({ type: 'response.content_part.done', ...place, content_index: 0, part });
    return this.#item(status, [part]);
  }

  #part(): ResponsesOutputText {
    return { type: 'output_text', text: this.#text, annotations: [...this.#annotations], logprobs: NO_LOGPROBS };
  }

  #item(status: ResponsesItemStatus, content: readonly ResponsesOutputText[]): ResponsesOutputMessage {
    return { id: this.place.item_id, type: 'message', status, role: 'assistant', content };
  }
}
