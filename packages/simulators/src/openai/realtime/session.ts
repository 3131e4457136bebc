import { type JsonObject, objectOf, stringOf } from '../../json.ts';
import type { PlannedReply } from '../../reply/plan.ts';
import type { ScriptQueue } from '../../script/script-queue.ts';
import { toOpenaiError } from '../errors.ts';
import { Conversation } from './conversation.ts';
import type { RealtimeDialect } from './dialect.ts';
import type { ResponseFrame } from './realtime-answer.ts';

/** A response that was asked for: what it will say, and whether it becomes part of the conversation. */
export interface AskedResponse {
  readonly reply: PlannedReply;
  readonly frame: ResponseFrame;
  readonly isKept: boolean;
}

/** What a session does about one event of the client. */
export interface Reaction {
  readonly events: readonly JsonObject[];
  readonly asked?: AskedResponse;
  readonly cancels?: boolean;
}

export interface SessionOptions {
  /** Unique among sessions: ids are made of it. */
  readonly id: string;
  readonly model: string;
  readonly dialect: RealtimeDialect;
  readonly scripts: ScriptQueue;
}

/** The state of a Realtime session: settings and conversation. It sends nothing itself. */
export class RealtimeSession {
  readonly conversation: Conversation;
  readonly #id: string;
  readonly #dialect: RealtimeDialect;
  #settings: JsonObject;
  #ids = 0;

  constructor({ id, model, dialect, scripts }: SessionOptions) {
    this.#id = id;
    this.#dialect = dialect;
    this.conversation = new Conversation(model, scripts);
    this.#settings = {
      id: `sess_${id}`,
      object: 'realtime.session',
      model,
      [dialect.modalities]: ['text'],
      instructions: '',
      tools: [],
      tool_choice: 'auto',
      [dialect.tokenLimit]: 'inf',
      ...dialect.session,
    };
  }

  /** The first event of every session. */
  created(): JsonObject {
    return { type: 'session.created', session: this.#settings };
  }

  /** An id that no other event, item or response of the session has. */
  newId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}_${this.#id}${this.#ids}`;
  }

  /** What follows from an event. `isBusy`: a response is under way. */
  reactTo(event: JsonObject, isBusy: boolean): Reaction {
    switch (event['type']) {
      case 'session.update':
        this.#settings = { ...this.#settings, ...objectOf(event['session']) };
        return { events: [{ type: 'session.updated', session: this.#settings }] };
      case 'conversation.item.create':
        return { events: this.#addItem(objectOf(event['item']), stringOf(event['previous_item_id'])) };
      case 'conversation.item.retrieve':
      case 'conversation.item.delete':
        return { events: [this.#useItem(event, stringOf(event['item_id']) ?? '')] };
      case 'input_audio_buffer.append':
        return { events: [] };
      case 'input_audio_buffer.clear':
        return { events: [{ type: 'input_audio_buffer.cleared' }] };
      case 'input_audio_buffer.commit':
        return { events: this.#commitAudio() };
      case 'response.create':
        return isBusy
          ? refused('A response is under way.', 'conversation_already_has_active_response', event)
          : this.#ask(event);
      case 'response.cancel':
        return isBusy
          ? { events: [], cancels: true }
          : refused('No response is under way.', 'response_cancel_not_active', event);
      default:
        return refused(`Invalid value: '${String(event['type'])}'.`, 'invalid_value', event);
    }
  }

  #addItem(item: JsonObject, previousId?: string): readonly JsonObject[] {
    const id = stringOf(item['id']) ?? this.newId('item');
    const kept = { ...item, id, object: 'realtime.item', status: 'completed' };
    this.conversation.add(kept, previousId);
    const { itemAdded, itemDone } = this.#dialect;
    const types = itemDone === undefined ? [itemAdded] : [itemAdded, itemDone];
    return types.map((type) => ({ type, previous_item_id: previousId ?? null, item: kept }));
  }

  #useItem(event: JsonObject, item_id: string): JsonObject {
    const item = this.conversation.find(item_id);
    if (item === undefined) return errorEvent(`No item has the id '${item_id}'.`, 'item_not_found', event);
    if (event['type'] === 'conversation.item.retrieve') return { type: 'conversation.item.retrieved', item };
    this.conversation.remove(item_id);
    return { type: 'conversation.item.deleted', item_id };
  }

  /** What was said is not understood here: the echo names its kind. */
  #commitAudio(): readonly JsonObject[] {
    const id = this.newId('item');
    const committed = { type: 'input_audio_buffer.committed', previous_item_id: null, item_id: id };
    return [committed, ...this.#addItem({ id, type: 'message', role: 'user', content: [{ type: 'input_audio' }] })];
  }

  #ask(event: JsonObject): Reaction {
    const params = { ...this.#settings, ...objectOf(event['response']) };
    const limit = params[this.#dialect.tokenLimit];
    try {
      const reply = this.conversation.plan(params, typeof limit === 'number' ? limit : undefined);
      const frame = { id: this.newId('resp'), dialect: this.#dialect, metadata: params['metadata'] ?? null };
      return { events: [], asked: { reply, frame, isKept: params['conversation'] !== 'none' } };
    } catch (error) {
      return refused(toOpenaiError(error).message, 'invalid_value', event);
    }
  }
}

/** The event that says that an event of the client was wrong; the session goes on. */
export function errorEvent(message: string, code: string, event?: JsonObject): JsonObject {
  const error = { type: 'invalid_request_error', code, message, param: null, event_id: event?.['event_id'] ?? null };
  return { type: 'error', error };
}

function refused(message: string, code: string, event: JsonObject): Reaction {
  return { events: [errorEvent(message, code, event)] };
}
