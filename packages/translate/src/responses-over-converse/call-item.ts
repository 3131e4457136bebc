import type {
  ResponsesCustomToolCall,
  ResponsesFunctionCall,
  ResponsesItemStatus,
  ResponsesPlace,
} from '@genai-gateway/protocol';
import { isRecord } from '../json.ts';
import type { EventLog } from './event-log.ts';
import { CUSTOM_INPUT } from './input-to-messages.ts';

/** What a model wants called: the caller's own name of the tool. */
export interface Called {
  readonly callId: string;
  readonly name: string;
}

/** A function call in the making. */
export class FunctionCallItem {
  readonly place: ResponsesPlace;
  readonly #called: Called;
  readonly #log: EventLog;
  #arguments = '';

  constructor(place: ResponsesPlace, called: Called, log: EventLog) {
    this.place = place;
    this.#called = called;
    this.#log = log;
    const { output_index } = place;
    log.add({ type: 'response.output_item.added', output_index, item: this.#item('in_progress') });
  }

  add(delta: string): void {
    if (delta === '') return;
    this.#arguments += delta;
    this.#log.add({ type: 'response.function_call_arguments.delta', ...this.place, delta });
  }

  /** A call without arguments sends no input at all, and clients parse what they have joined: it must be an object. */
  close(status: ResponsesItemStatus): ResponsesFunctionCall {
    if (this.#arguments === '' && status === 'completed') this.add('{}');
    const { name } = this.#called;
    const type = 'response.function_call_arguments.done';
    this.#log.add({ type, ...this.place, arguments: this.#arguments, name });
    return this.#item(status);
  }

  #item(status: ResponsesItemStatus): ResponsesFunctionCall {
    const { callId, name } = this.#called;
    const id = this.place.item_id;
    return { id, type: 'function_call', status, call_id: callId, name, arguments: this.#arguments };
  }
}

/** A call of a custom tool in the making. Its input is known once the arguments are whole. */
export class CustomCallItem {
  readonly place: ResponsesPlace;
  readonly #called: Called;
  readonly #log: EventLog;
  #arguments = '';

  constructor(place: ResponsesPlace, called: Called, log: EventLog) {
    this.place = place;
    this.#called = called;
    this.#log = log;
    const { output_index } = place;
    log.add({ type: 'response.output_item.added', output_index, item: this.#item('in_progress', '') });
  }

  add(delta: string): void {
    this.#arguments += delta;
  }

  close(status: ResponsesItemStatus): ResponsesCustomToolCall {
    const input = inputOf(this.#arguments);
    if (input !== '') {
      this.#log.add({ type: 'response.custom_tool_call_input.delta', ...this.place, delta: input });
    }
    this.#log.add({ type: 'response.custom_tool_call_input.done', ...this.place, input });
    return this.#item(status, input);
  }

  #item(status: ResponsesItemStatus, input: string): ResponsesCustomToolCall {
    const { callId, name } = this.#called;
    return { id: this.place.item_id, type: 'custom_tool_call', status, call_id: callId, name, input };
  }
}

/** The one text of the arguments; arguments that are no such object, or were cut, as they are. */
function inputOf(text: string): string {
  if (text === '') return '';
  try {
    const value: unknown = JSON.parse(text);
    const input = isRecord(value) ? value[CUSTOM_INPUT] : undefined;
    return typeof input === 'string' ? input : text;
  } catch {
    return text;
  }
}
