import { readdirSync, readFileSync } from 'node:fs';
import { GatewayError } from '@genai-gateway/core';
import {
  type ConverseRequest,
  decodeFrame,
  FrameSplitter,
  forEachFrame,
  type OpenaiChunk,
  SSE_DONE,
  sseData,
  type Usage,
} from '@genai-gateway/protocol';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import { openaiToConverse } from '../openai-to-converse.ts';
import { parseOpenaiChatRequest } from '../parse-openai-chat.ts';
import { ConverseToOpenaiStream } from '../stream.ts';

/** `test/vectors/openai-over-converse` of the repository: one folder per case. */
export const vectorsFolder = new URL('../../../../../test/vectors/openai-over-converse/', import.meta.url);

/** What a case's `upstream.json` says: the model that is called, and the stream it answers with. */
export interface Upstream {
  readonly modelId: string;
  /** A pair of event type and payload; a type that ends in "Exception" becomes an exception frame. */
  readonly events: readonly (readonly [string, Record<string, unknown>])[];
  /** Bytes to leave out at the end, for a connection that broke. */
  readonly cutBytes?: number;
}

/** Everything that our code makes of a case. */
export interface VectorResult {
  readonly converseRequest: ConverseRequest;
  readonly chunks: readonly OpenaiChunk[];
  readonly sse: string;
  readonly usage: Usage | null;
  readonly outcome: {
    readonly stopReason: string | null;
    readonly droppedParams: readonly string[];
    /** The code of our error, or the type of the exception frame. */
    readonly error: string | null;
  };
}

export function vectorNames(): string[] {
  const entries = readdirSync(vectorsFolder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

export function readVectorJson(name: string, file: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}/${file}`, vectorsFolder), 'utf8'));
}

/** The bytes of a case's stream, by the codec of AWS and not by ours. */
export function upstreamBytes({ events, cutBytes }: Upstream): Buffer {
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

/** Runs one case through parser, translation, frame codec and stream, its bytes in pieces of `pieceBytes`. */
export function translateVector(body: unknown, modelId: string, bytes: Buffer, pieceBytes: number): VectorResult {
  const request = parseOpenaiChatRequest(body);
  const translated = openaiToConverse(request, { modelId });
  const stream = new ConverseToOpenaiStream({
    id: 'chatcmpl-vector',
    created: 1_700_000_000,
    model: request.model,
    includeUsage: request.stream_options?.include_usage === true,
    toolNames: translated.toolNames,
  });
  const chunks: OpenaiChunk[] = [];
  let error: string | null = null;
  try {
    const splitter = new FrameSplitter();
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const run = splitter.push(bytes.subarray(at, at + pieceBytes));
      forEachFrame(run, (offset) => {
        const frame = decodeFrame(run, offset);
        if (frame.eventType === undefined) throw new Exception(frame.exceptionType ?? frame.messageType);
        chunks.push(...stream.push(frame.eventType, JSON.parse(frame.payload.toString())));
      });
    }
    chunks.push(...stream.end());
  } catch (thrown) {
    if (thrown instanceof Exception) error = thrown.message;
    else if (thrown instanceof GatewayError) error = thrown.code;
    else throw thrown;
  }
  return {
    converseRequest: translated.request,
    chunks,
    sse: chunks.map(sseData).join('') + (error === null ? SSE_DONE : ''),
    usage: stream.usage ?? null,
    outcome: { stopReason: stream.stopReason ?? null, droppedParams: translated.droppedParams, error },
  };
}

class Exception extends Error {}
