import { GatewayError } from '@genai-gateway/core';
import {
  type ConverseReply,
  type ConverseRequest,
  decodeFrame,
  FrameSplitter,
  forEachFrame,
  type OpenaiChunk,
  SSE_DONE,
  sseData,
} from '@genai-gateway/protocol';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import type { CaseFiles } from '../../test-support/vectors/case-files.ts';
import type { DerivedFiles, RuleRow, VectorDirection } from '../../test-support/vectors/direction.ts';
import { converseToOpenai } from '../converse-to-openai.ts';
import { openaiToConverse } from '../openai-to-converse.ts';
import { parseOpenaiChatRequest } from '../parse-openai-chat.ts';
import { ConverseToOpenaiStream } from '../stream.ts';
import { violations } from './converse-rules.ts';
import { sdkViolations } from './sdk-rules.ts';

/** What a case's `upstream.json` says: the model that is called, and the stream it answers with. */
interface Upstream {
  readonly modelId: string;
  /** A pair of event type and payload; a type that ends in "Exception" becomes an exception frame. Absent: no stream. */
  readonly events?: readonly (readonly [string, Record<string, unknown>])[];
  /** Bytes to leave out at the end, for a connection that broke. */
  readonly cutBytes?: number;
}

const REQUEST = 'openai.request.json';
const UPSTREAM = 'upstream.json';
const WHOLE = 'upstream.response.json';
const BYTES = 'upstream.eventstream';
const CHUNKS = 'openai.response.sse';
const answer = { id: 'chatcmpl-vector', created: 1_700_000_000 };

/**
 * An OpenAI client, a model of Bedrock. `upstream.json` has its name and the events of its stream, whose bytes are made by
 * AWS's codec and not by ours; `upstream.response.json` is a whole answer. A case may have both, or be about the request alone.
 */
export const openaiOverConverse: VectorDirection = {
  name: 'openai-over-converse',
  given: [REQUEST, UPSTREAM, WHOLE],
  deriveRow,

  derive(given, pieceBytes) {
    const upstream = given.json(UPSTREAM) as Upstream;
    const parsed = parseOpenaiChatRequest(given.json(REQUEST));
    const translated = openaiToConverse(parsed, { modelId: upstream.modelId });
    const includeUsage = parsed.stream_options?.include_usage === true;
    const context = { ...answer, ...translated, model: parsed.model, includeUsage };
    return {
      'converse.request.json': translated.request,
      'dropped-params.json': translated.droppedParams,
      ...(upstream.events === undefined ? {} : streamed(upstreamBytes(upstream), context, pieceBytes)),
      ...(given.has(WHOLE) ? { 'openai.response.json': wholeAnswer(given, context) } : {}),
    };
  },

  async violations(derived) {
    const found = violations(derived['converse.request.json'] as ConverseRequest);
    const { error } = (derived['outcome.json'] ?? { error: '' }) as { readonly error: string | null };
    if (error !== null) return found;
    return [...found, ...(await sdkViolations(chunksOf(String(derived[CHUNKS])), derived['openai.response.json']))];
  },
};

/** `request` as a client sends it, to the model `modelId`; or `reply`, a whole answer; or `events`, those of a stream. */
function deriveRow({ request, modelId, reply, events, toolNames = {}, ...context }: RuleRow): unknown {
  const names = new Map(Object.entries(toolNames as Record<string, string>));
  const answering = { ...answer, model: 'm', includeUsage: true, ...context, toolNames: names };
  if (reply !== undefined) return converseToOpenai(reply as ConverseReply, answering as Context);
  if (Array.isArray(events)) {
    const stream = new ConverseToOpenaiStream(answering as Context);
    const chunks = events.flatMap(([type, payload]: [string, object]) => stream.push(type, payload));
    return [...chunks, ...stream.end()];
  }
  const translated = openaiToConverse(parseOpenaiChatRequest(request), { modelId: String(modelId) });
  const { request: body, droppedParams } = translated;
  return droppedParams.length === 0 ? body : { ...body, dropped: droppedParams };
}

type Context = ConstructorParameters<typeof ConverseToOpenaiStream>[0];

function streamed(bytes: Buffer, context: Context, pieceBytes: number): DerivedFiles {
  const stream = new ConverseToOpenaiStream(context);
  const chunks: OpenaiChunk[] = [];
  const error = errorOf(() => {
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
  });
  const { stopReason = null, usage = null } = stream;
  return {
    [BYTES]: bytes,
    [CHUNKS]: chunks.map(sseData).join('') + (error === null ? SSE_DONE : ''),
    'usage.json': usage,
    'outcome.json': { stopReason, error },
  };
}

function wholeAnswer(given: CaseFiles, context: Context): unknown {
  let completion: unknown;
  const error = errorOf(() => {
    completion = converseToOpenai(given.json(WHOLE) as ConverseReply, context);
  });
  return error === null ? completion : { error };
}

/** The bytes of a case's stream, by the codec of AWS and not by ours. */
function upstreamBytes({ events = [], cutBytes }: Upstream): Buffer {
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

function chunksOf(sse: string): readonly OpenaiChunk[] {
  return sse.split('\n').flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6))] : []));
}

/** What an answer made our code throw, as `code: message`; of an exception frame its type. */
function errorOf(run: () => void): string | null {
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
