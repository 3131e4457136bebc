import { GatewayError } from '@genai-gateway/core';
import { decodeFrame, FrameSplitter, forEachFrame } from '@genai-gateway/protocol';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';

/** What the `upstream.json` of a case says: the model of Bedrock that is called, and the stream it answers with. */
export interface ConverseUpstream {
  readonly modelId: string;
  /** A pair of event type and payload; a type that ends in "Exception" becomes an exception frame. Absent: no stream. */
  readonly events?: readonly (readonly [string, Record<string, unknown>])[];
  /** Bytes to leave out at the end, for a connection that broke. */
  readonly cutBytes?: number;
}

/** The bytes of a case's stream, by the codec of AWS and not by ours. */
export function upstreamBytes({ events = [], cutBytes }: ConverseUpstream): Buffer {
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
export function readEvents(
  bytes: Buffer,
  pieceBytes: number,
  push: (eventType: string, payload: unknown) => void,
): void {
  const splitter = new FrameSplitter();
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const run = splitter.push(bytes.subarray(at, at + pieceBytes));
    forEachFrame(run, (offset) => {
      const frame = decodeFrame(run, offset);
      if (frame.eventType === undefined) throw new Exception(frame.exceptionType ?? frame.messageType);
      push(frame.eventType, JSON.parse(frame.payload.toString()));
    });
  }
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
