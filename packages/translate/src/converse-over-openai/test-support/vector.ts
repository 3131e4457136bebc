import {
  type ConverseEvent,
  type ConverseReply,
  type JsonObject,
  SseReader,
  usageFromOpenai,
} from '@genai-gateway/protocol';
import { isRecord } from '../../json.ts';
import { errorOf, piecesOf, valueOrError, WHOLE } from '../../test-support/vectors/converse-stream.ts';
import {
  type DerivedFiles,
  type RuleRow,
  type VectorDirection,
  withDropped,
} from '../../test-support/vectors/direction.ts';
import { firstDifference } from '../../test-support/vectors/first-difference.ts';
import { converseRequestToOpenai } from '../converse-request-to-openai.ts';
import { openaiReplyToConverse } from '../openai-reply-to-converse.ts';
import { parseConverseRequest } from '../parse-converse.ts';
import { OpenaiToConverseStream } from '../stream.ts';
import { chatViolations } from './chat-rules.ts';
import { joinEvents } from './join-events.ts';
import { throughJson } from './translate.ts';

/** Makes ids for calls without one; each answer takes as many milliseconds. */
const context = { requestId: 'vector', latencyMs: 1234 };

const REQUEST = 'converse.request.json';
const STREAM = 'upstream.sse';
const EVENTS = 'converse.events.json';
const REPLY = 'converse.response.json';

/**
 * A Converse client, a model of LiteLLM. `upstream.json` names the model; LiteLLM answers with a stream, with a whole
 * completion, with both (which then say the same), or the case is about the request alone.
 */
export const converseOverOpenai: VectorDirection = {
  name: 'converse-over-openai',
  given: [REQUEST, 'upstream.json', STREAM, WHOLE],
  deriveRow,

  derive(given, pieceBytes) {
    const { model } = given.json('upstream.json') as { readonly model: string };
    const parsed = parseConverseRequest(given.json(REQUEST) as JsonObject);
    const { request, droppedParams } = converseRequestToOpenai(parsed, { model, stream: given.has(STREAM) });
    return {
      'openai.request.json': request,
      'dropped-params.json': droppedParams,
      ...(given.has(STREAM) ? streamed(given.bytes(STREAM), pieceBytes) : {}),
      ...(given.has(WHOLE) ? whole(given.json(WHOLE)) : {}),
    };
  },

  violations(derived) {
    const found = chatViolations(throughJson(derived['openai.request.json'] as object));
    const events = derived[EVENTS] as readonly ConverseEvent[] | undefined;
    if (events === undefined) return found;
    const { reply, violations } = joinEvents(events);
    const whole = derived[REPLY] as ConverseReply | undefined;
    const unlike = whole === undefined ? undefined : firstDifference(throughJson(reply), throughJson(whole));
    return [...found, ...violations, ...(unlike === undefined ? [] : [`joined events and whole answer: ${unlike}`])];
  },
};

/** `request` as a client sends it, for a model that is not said; or `answer`, a whole completion; or `chunks`, those of a stream. */
function deriveRow({ request, answer, chunks, responseFieldPaths = [] }: RuleRow): unknown {
  const paths = responseFieldPaths as readonly string[];
  if (answer !== undefined) return openaiReplyToConverse(answer, { ...context, responseFieldPaths: paths });
  if (Array.isArray(chunks)) {
    const stream = new OpenaiToConverseStream(context);
    return [...chunks.flatMap((chunk: unknown) => stream.push(chunk)), ...stream.end(context.latencyMs)];
  }
  const parsed = parseConverseRequest(request as JsonObject);
  const { request: body, droppedParams } = converseRequestToOpenai(parsed, { model: 'm', stream: false });
  return withDropped(body, droppedParams);
}

function streamed(sse: Buffer, pieceBytes: number): DerivedFiles {
  const stream = new OpenaiToConverseStream(context);
  const reader = new SseReader();
  const events: ConverseEvent[] = [];
  const error = errorOf(() => {
    for (const piece of piecesOf(sse, pieceBytes)) {
      for (const data of reader.push(piece)) {
        if (data !== '[DONE]') events.push(...stream.push(JSON.parse(data)));
      }
    }
    events.push(...stream.end(context.latencyMs));
  });
  const { stopReason = null, finishReason = null, usage = null } = stream;
  return { [EVENTS]: events, 'usage.json': usage, 'outcome.json': { stopReason, finishReason, error } };
}

function whole(completion: unknown): DerivedFiles {
  const reply = valueOrError(() => openaiReplyToConverse(completion, context));
  const usage = usageFromOpenai(isRecord(completion) ? completion['usage'] : undefined) ?? null;
  return { [REPLY]: reply, 'usage.json': usage };
}
