import { SSE_DONE, sseData } from '@genai-gateway/protocol';
import type { JsonObject, JsonValue } from '../json.ts';
import type { ScriptEvent } from '../script/script.ts';
import { errorBody, OpenaiError, streamFailure } from './errors.ts';
import type { Piece, StreamFormat } from './http/stream-sender.ts';

const contentType = 'text/event-stream; charset=utf-8';

/** The streams of chat and completions: bare `data:` lines, a failure as an object with `error`. */
export const dataStream: StreamFormat = {
  contentType,
  failure: (name, message) => Buffer.from(sseData({ error: errorBody(streamFailure(name, message)) })),
  damage,
};

/**
 * The streams of Responses: events with a name; a failure is the event `error`.
 * Source: `ResponseErrorEvent` of the npm package openai 7.57.0 (read 2026-11-23).
 */
export const namedStream: StreamFormat = {
  contentType,
  failure: (name, message) => {
    const { type, ...error } = errorBody(streamFailure(name, message));
    return namedEvent({ type: 'error', ...error, error: { type: type ?? null, ...error } }).bytes;
  },
  damage,
};

/** An event without a name. */
export function dataEvent(value: JsonValue, ends = false): Piece {
  return { bytes: Buffer.from(sseData(value)), ends };
}

/** A stream with the line that ends it well. */
export function* closed(pieces: Iterable<Piece>): Generator<Piece> {
  yield* pieces;
  yield { bytes: Buffer.from(SSE_DONE), ends: true };
}

/** An event that has its `type` as its name too. */
export function namedEvent(value: JsonObject, ends = false): Piece {
  return { bytes: Buffer.from(`event: ${String(value['type'])}\n${sseData(value)}`), ends };
}

/** A scripted event: its payload as it is, named unless its type is `chunk`. */
export function scriptedEvent(event: ScriptEvent): Piece {
  if ('exception' in event) {
    const error = new OpenaiError(event.message ?? 'A scripted failure.', { status: 500, type: event.exception });
    return dataEvent({ error: errorBody(error) });
  }
  const name = event.type === 'chunk' ? '' : `event: ${event.type}\n`;
  return { bytes: Buffer.from(name + sseData(event.payload)) };
}

/** The same event with JSON that does not parse. */
function damage(piece: Buffer): Buffer {
  const damaged = Buffer.from(piece);
  const at = damaged.lastIndexOf('}');
  if (at !== -1) damaged[at] = 0x20;
  return damaged;
}
