import { checkRequestFields, checkRequestTarget } from '@genai-gateway/governance';
import type { JsonObject } from '@genai-gateway/protocol';
import {
  type ConverseToResponsesContext,
  ConverseToResponsesStream,
  converseToResponses,
  echoOf,
  openaiToConverse,
  parseResponsesRequest,
  responsesToOpenai,
} from '@genai-gateway/translate';
import { authenticate, type LitellmAdmission } from './admit.ts';
import { admitConversation } from './admit-conversation.ts';
import { answerByConverse } from './answer-by-converse.ts';
import { booked, openBooking } from './booking.ts';
import { withCachePointsFor } from './cache-points.ts';
import type { Call } from './call.ts';
import { converseBefore } from './conversation.ts';
import { partOpenai } from './gateway-fields.ts';
import { namedSettings } from './named-settings.ts';
import { openaiConversation } from './openai-conversation.ts';
import { forward, ownHeaders, queryOf } from './pass-through.ts';
import { parseJsonObject } from './request-json.ts';
import { ResponsesStreamCodec } from './responses-codec.ts';
import { checkConversation, checkPlain, checkPromptIsOwn, namedIn, refuseUnnamed } from './responses-request.ts';
import { saidIn } from './said-in.ts';
import type { Services } from './services.ts';
import { sessionOf } from './session-of-call.ts';

/**
 * Serves OpenAI's `POST /v1/responses`: Bedrock's models here, all others through LiteLLM, byte for byte. `target`: path
 * and query as they came.
 */
export function serveResponses(call: Call, services: Services, target: string): Promise<void> {
  call.record.endpoint = '/v1/responses';
  call.record.answerId = `resp_${call.requestId}`;
  return booked(call, services, () => respond(call, services, target));
}

async function respond(call: Call, services: Services, target: string): Promise<void> {
  const principal = await authenticate(call, services);
  const bytes = await call.body();
  checkRequestTarget(queryOf(target), undefined, undefined);
  const whole = parseJsonObject(bytes);
  const { fields: given, request: body } = partOpenai(call, whole);
  const { requested, fields } = namedIn(body, given);
  // Who serves it is asked first: LiteLLM takes more than the hot path does, and reads it by itself.
  if (requested === undefined) {
    if (services.litellm === undefined) return refuseUnnamed(body);
    return throughLitellm(call, services, target, { body: whole, bytes });
  }
  const asked = await admitConversation(call, services, principal, {
    ...{ model: requested, fields, named: namedSettings(call, services, principal, body) },
    session: { sessionId: fields.sessionId ?? call.requestId, kept: undefined },
  });
  const { admission, prompt, named } = asked;
  if (!admission.eligible) {
    checkPlain(prompt !== undefined || given.sessionId !== undefined || given.enableHistory);
    return throughLitellm(call, services, target, { body: whole, bytes, admission });
  }
  checkPromptIsOwn(body, prompt !== undefined);
  if (given.sessionId === undefined) checkConversation(body);
  const session = sessionOf(call, services, principal, fields);
  const { deployment } = admission;
  const isPlain = session.kept === undefined && prompt === undefined;
  const request = parseResponsesRequest(body, { input: isPlain ? 'required' : 'optional' });
  call.record.stream = request.stream === true;

  const { chat, inOwnWords, withDropped, customTools } = responsesToOpenai(request, prompt?.model ?? requested);
  const { messages } = chat;
  const worker = admission.modelIds[0] ?? deployment.modelId;
  const size = chat as unknown as JsonObject;
  const continued = isPlain
    ? undefined
    : await openaiConversation(call, { ...asked, session, messages, request: size });
  const before = continued === undefined ? [] : converseBefore(continued.conversation);
  const own = continued === undefined ? messages : [...continued.lead, ...continued.news];
  const translated = inOwnWords(() =>
    openaiToConverse(isPlain ? chat : { ...chat, messages: own }, {
      modelId: worker,
      before,
      system: continued?.conversation.system ?? [],
      prompt: prompt?.rendered,
    }),
  );
  const converse = withCachePointsFor(call, services, worker, translated.request, before);
  const droppedParams = withDropped(translated.droppedParams);
  call.record.droppedParams = droppedParams;
  await openBooking(call, services, { admission, named, body: converse });
  const asksForSummary = (request.reasoning?.summary ?? request.reasoning?.generate_summary ?? undefined) !== undefined;
  const context: ConverseToResponsesContext = {
    id: call.record.answerId ?? call.requestId,
    created: Math.floor(call.record.startedAtMs / 1000),
    model: requested,
    toolNames: translated.toolNames,
    jsonTool: translated.jsonTool,
    customTools,
    reasoning: asksForSummary ? 'summary' : 'content',
    echo: echoOf(request),
  };
  await answerByConverse(call, services, {
    ...{
      deployment,
      request: converse,
      translated,
      droppedParams,
      session,
      continued,
      messages: saidIn(body, 'instructions', 'input'),
    },
    codec: (options) => {
      const codec = new ResponsesStreamCodec({ ...options, stream: new ConverseToResponsesStream(context) });
      call.reply.failStreamWith((error) => codec.failed(error));
      return codec;
    },
    whole: (reply) => converseToResponses(reply, context),
  });
}

interface ForLitellm {
  readonly body: JsonObject;
  readonly bytes: Buffer;
  readonly admission?: LitellmAdmission;
}

/** The bytes as they came, but for the name of a model that LiteLLM knows by another. */
function throughLitellm(
  call: Call,
  services: Services,
  target: string,
  { body, bytes, admission }: ForLitellm,
): Promise<void> {
  checkRequestFields(body);
  const stream = body['stream'] === true;
  call.record.stream = stream;
  const model = admission?.litellmModel;
  const sent = model === undefined || body['model'] === model ? bytes : JSON.stringify({ ...body, model });
  const headers = { ...ownHeaders(call), 'content-type': 'application/json' };
  const { reasons } = admission ?? {};
  return forward(
    call,
    services,
    { method: 'POST', target, headers, body: sent },
    { stream, ...(reasons === undefined ? {} : { reasons }) },
  );
}
