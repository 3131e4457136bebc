import type { ConverseReply, ConverseRequest, ResponsesEvent } from '@genai-gateway/protocol';
import { sseNamed } from '@genai-gateway/protocol';
import { openaiToConverse } from '../../openai-over-converse/openai-to-converse.ts';
import { violations } from '../../openai-over-converse/test-support/converse-rules.ts';
import {
  type ConverseUpstream,
  dataIn,
  streamed,
  WHOLE,
  wholeAnswer,
} from '../../test-support/vectors/converse-stream.ts';
import { type RuleRow, type VectorDirection, withDropped } from '../../test-support/vectors/direction.ts';
import { converseToResponses } from '../converse-to-responses.ts';
import { echoOf } from '../echo.ts';
import { parseResponsesRequest } from '../parse-responses.ts';
import { responsesToOpenai } from '../responses-to-openai.ts';
import { type ConverseToResponsesContext, ConverseToResponsesStream } from '../stream.ts';
import { eventViolations } from './response-rules.ts';
import { sdkViolations } from './sdk-rules.ts';

const REQUEST = 'responses.request.json';
const UPSTREAM = 'upstream.json';
const EVENTS = 'responses.response.sse';
const answer = { id: 'resp_vector', created: 1_700_000_000 };

/**
 * A client of OpenAI's Responses, a model of Bedrock. `upstream.json` has its name and the events of its stream;
 * `upstream.response.json` is a whole answer. A case may have both, or be about the request alone.
 */
export const responsesOverConverse: VectorDirection = {
  name: 'responses-over-converse',
  given: [REQUEST, UPSTREAM, WHOLE],
  deriveRow,

  derive(given, pieceBytes) {
    const upstream = given.json(UPSTREAM) as ConverseUpstream;
    const { request, droppedParams, context } = translated(given.json(REQUEST), upstream.modelId);
    const stream = new ConverseToResponsesStream(context);
    return {
      'converse.request.json': request,
      'dropped-params.json': droppedParams,
      ...streamed(upstream, pieceBytes, stream, EVENTS, (events, error) => sseText(stream, events, error)),
      ...wholeAnswer(given, 'responses.response.json', (reply) => converseToResponses(reply, context)),
    };
  },

  async violations(derived) {
    const found = violations(derived['converse.request.json'] as ConverseRequest);
    const { error } = (derived['outcome.json'] ?? { error: '' }) as { readonly error: string | null };
    if (derived['outcome.json'] === undefined) return found;
    const sse = String(derived[EVENTS]);
    const events = dataIn(sse);
    const wrong = [...found, ...eventViolations(events)];
    const last = events.at(-1)?.response;
    if (error !== null || last?.status !== 'completed') return wrong;
    const whole = derived['responses.response.json'];
    const differs = whole !== undefined && JSON.stringify(whole) !== JSON.stringify(last);
    return [
      ...wrong,
      ...(differs ? ['the stream does not end with the whole answer'] : []),
      ...(await sdkViolations(sse, last)),
    ];
  },
};

/** What is asked of the model, and what the translation of its answer needs. */
function translated(body: unknown, modelId: string) {
  const parsed = parseResponsesRequest(body);
  const asked = responsesToOpenai(parsed, parsed.model ?? modelId);
  const { request, droppedParams, toolNames, jsonTool } = asked.inOwnWords(() =>
    openaiToConverse(asked.chat, { modelId }),
  );
  const context: ConverseToResponsesContext = {
    ...answer,
    model: parsed.model ?? modelId,
    toolNames,
    jsonTool,
    customTools: asked.customTools,
    reasoning: parsed.reasoning?.summary ? 'summary' : 'content',
    echo: echoOf(parsed),
  };
  return { request, droppedParams: asked.withDropped(droppedParams), context };
}

/** `request` as a client sends it, to the model `modelId`, and `reply`, a whole answer to it, or `events`, those of a stream. */
function deriveRow({ request, modelId, reply, events }: RuleRow): unknown {
  const made = translated(request ?? { model: 'm', input: 'i' }, String(modelId ?? 'amazon.nova-lite-v1:0'));
  if (reply !== undefined) return converseToResponses(reply as ConverseReply, made.context).output;
  if (Array.isArray(events)) {
    const stream = new ConverseToResponsesStream(made.context);
    return events.flatMap(([type, payload]: [string, object]) => stream.push(type, payload));
  }
  return withDropped(made.request, made.droppedParams);
}

function sseText(stream: ConverseToResponsesStream, events: readonly ResponsesEvent[], error: string | null): string {
  const failed =
    error === null ? [] : stream.fail({ type: 'api_error', code: 'upstream_error', message: error, param: null });
  return [...events, ...failed].map((event) => sseNamed(event.type, event)).join('');
}
