import type { ResponsesItemStatus, ResponsesPlace, ResponsesReasoningItem } from '@genai-gateway/protocol';
import { Thinking } from '../openai-over-converse/answered-thinking.ts';
import { encryptedThinking } from './encrypted-thinking.ts';
import type { EventLog } from './event-log.ts';

/** Where what the model thought is told: as its summary, for those who asked for one, or as its content. */
export type ReasoningForm = 'summary' | 'content';

/** A reasoning item in the making: one block of reasoning. It always has what its model takes back, because nothing is stored. */
export class ReasoningItem {
  readonly place: ResponsesPlace;
  readonly #form: ReasoningForm;
  readonly #log: EventLog;
  readonly #thinking = new Thinking();
  #text = '';

  constructor(place: ResponsesPlace, form: ReasoningForm, log: EventLog) {
    this.place = place;
    this.#form = form;
    this.#log = log;
    const { item_id: id, output_index } = place;
    const item = { id, type: 'reasoning', status: 'in_progress', summary: [] } as const;
    log.add({ type: 'response.output_item.added', output_index, item });
  }

  /** Takes `reasoningContent` of a delta. */
  add(reasoning: Readonly<Record<string, unknown>>): void {
    const delta = this.#thinking.addDelta(reasoning);
    if (delta === '') return;
    const { place } = this;
    if (this.#form === 'summary') {
      const summary_index = 0;
      if (this.#text === '') {
        const part = { type: 'summary_text', text: '' } as const;
        this.#log.add({ type: 'response.reasoning_summary_part.added', ...place, summary_index, part });
      }
      this.#log.add({ type: 'response.reasoning_summary_text.delta', ...place, summary_index, delta });
    } else {
      const content_index = 0;
      if (this.#text === '') {
        const part = { type: 'reasoning_text', text: '' } as const;
        this.#log.add({ type: 'response.content_part.added', ...place, content_index, part });
      }
      this.#log.add({ type: 'response.reasoning_text.delta', ...place, content_index, delta });
    }
    this.#text += delta;
  }

  close(status: ResponsesItemStatus): ResponsesReasoningItem {
    const { place } = this;
    const text = this.#text;
    const summary = { type: 'summary_text', text } as const;
    const part = { type: 'reasoning_text', text } as const;
    if (text !== '' && this.#form === 'summary') {
      this.#log.add({ type: 'response.reasoning_summary_text.done', ...place, summary_index: 0, text });
      this.#log.add({ type: 'response.reasoning_summary_part.done', ...place, summary_index: 0, part: summary });
    } else if (text !== '') {
      this.#log.add({ type: 'response.reasoning_text.done', ...place, content_index: 0, text });
      this.#log.add({ type: 'response.content_part.done', ...place, content_index: 0, part });
    }
    const block = this.#thinking.take();
    return {
      id: place.item_id,
      type: 'reasoning',
      status,
      summary: text !== '' && this.#form === 'summary' ? [summary] : [],
      ...(text !== '' && this.#form === 'content' ? { content: [part] } : {}),
      ...(block === undefined ? {} : { encrypted_content: encryptedThinking(block) }),
    };
  }
}
