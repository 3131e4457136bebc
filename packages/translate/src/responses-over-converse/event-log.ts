import type { ResponsesEvent, ResponsesEventBody } from '@genai-gateway/protocol';

/** Numbers the events of one stream, and keeps them until they are taken. */
export class EventLog {
  #next = 0;
  #events: ResponsesEvent[] = [];

  add(body: ResponsesEventBody): void {
    this.#events.push({ ...body, sequence_number: this.#next });
    this.#next += 1;
  }

  /** What has come since the last time. */
  take(): readonly ResponsesEvent[] {
    if (this.#events.length === 0) return NO_EVENTS;
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

const NO_EVENTS: readonly ResponsesEvent[] = [];
