import { GatewayError } from '@genai-gateway/core';
import { type ConverseReply, decodeFrame, FrameSplitter, forEachFrame } from '@genai-gateway/protocol';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import type { CaseFiles } from './case-files.ts';
import type { DerivedFiles } from './direction.ts';

/** What the `upstream.json` of a case says: the model of Bedrock that is called, and the stream it answers with. */
export interface ConverseUpstream {
  readonly modelId: string;
  /** A pair of event type and payload; a type that ends in "Exception" becomes an exception frame. Absent: no stream. */
  readonly events?: readonly (readonly [string, Record<string, unknown>])[];
  /** Bytes to leave out at the end, for a connection that broke. */
  readonly cutBytes?: number;
}

/** The bytes of a case's stream, by the codec of AWS and not by ours. */
function upstreamBytes({ events = [], cutBytes }: ConverseUpstream): Buffer {
  const codec = new EventStreamCodec(toUtf8, fromUtf8);
  const frames = events.map(([type, payload]) => {
    const isException = type.endsWith('Exception');
    const headers = {
      [isException ? ':exception-type' : ':event-type']: { type: 'string' as const, value: type },
      ':content-type': { type: 'string' as const, value: 'application/json' },
      ':message-type': { type: 'string' as const, value: isException ? 'exception' : 'event' },
    };
    return codec.encode({ headers, body: fromUtf8(JSON.stringify(payload)) });
  });
  const bytes = Buffer.concat(frames);
  return bytes.subarray(0, bytes.length - (cutBytes ?? 0));
}

/** Hands on the events of a stream whose bytes come in pieces. Throws `Exception` at an exception frame. */
export function readEvents(pieces: Iterable<Buffer>, push: (eventType: string, payload: unknown) => void): void {
  const splitter = new FrameSplitter();
  for (const piece of pieces) {
    const run = splitter.push(piece);
    forEachFrame(run, (offset) => {
      const frame = decodeFrame(run, offset);
      if (frame.eventType === undefined) throw new Exception(frame.exceptionType ?? frame.messageType);
      push(frame.eventType, JSON.parse(frame.payload.toString()));
    });
  }
}

/** Bytes in pieces of a size. */
export function* piecesOf(bytes: Buffer, pieceBytes: number): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** A stream of ours from Converse's events. */
interface AnswerStream<Event> {
  push(eventType: string, payload: unknown): readonly Event[];
  end(): readonly Event[];
  readonly stopReason?: unknown;
  readonly usage?: unknown;
}

/** What `stream` makes of a case's answer, as text in `file`; nothing where the case has no stream. */
export function streamed<Event>(
  upstream: ConverseUpstream,
  pieceBytes: number,
  stream: AnswerStream<Event>,
  file: string,
  textOf: (events: readonly Event[], error: string | null) => string,
): DerivedFiles {
  if (upstream.events === undefined) return {};
  const bytes = upstreamBytes(upstream);
  const events: Event[] = [];
  const error = errorOf(() => {
    readEvents(piecesOf(bytes, pieceBytes), (eventType, payload) => events.push(...stream.push(eventType, payload)));
    events.push(...stream.end());
  });
  const text = textOf(events, error);
  const { stopReason = null, usage = null } = stream;
  return { 'upstream.eventstream': bytes, [file]: text, 'usage.json': usage, 'outcome.json': { stopReason, error } };
}

/** The events of a stream whose events come one by one. */
export function eventsThrough<Event>(stream: AnswerStream<Event>, events: readonly unknown[]): readonly Event[] {
  const made = (events as readonly [string, object][]).flatMap(([type, payload]) => stream.push(type, payload));
  return [...made, ...stream.end()];
}

/** The JSON in the `data:` lines of server-sent events. */
export function dataIn(sse: string) {
  return sse.split('\n').flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6))] : []));
}

/** The name of a whole answer, in the cases that have one. */
export const WHOLE = 'upstream.response.json';

/** What `translate` makes of it, in `file`. */
export function wholeAnswer(
  given: CaseFiles,
  file: string,
  translate: (reply: ConverseReply) => unknown,
): DerivedFiles {
  return given.has(WHOLE) ? { [file]: valueOrError(() => translate(given.json(WHOLE) as ConverseReply)) } : {};
}

/** What `run` gives, or the error that it throws. */
export function valueOrError(run: () => unknown): unknown {
  let value: unknown;
  const error = errorOf(() => {
    value = run();
  });
  return error === null ? value : { error };
}

/** What an answer made our code throw, as `code: message`; of an exception frame its type; null: nothing. */
export function errorOf(run: () => void): string | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof GatewayError) return `${error.code}: ${error.message}`;
    if (error instanceof Exception) return error.message;
    throw error;
  }
}

class Exception extends Error {}
