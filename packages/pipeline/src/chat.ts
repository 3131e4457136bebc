import {
  asksForFunctionCall,
  ConverseToOpenaiStream,
  converseToOpenai,
  FunctionCallStream,
  openaiToConverse,
  parseOpenaiChatRequest,
  withFunctionCall,
} from '@genai-gateway/translate';
import { authenticate } from './admit.ts';
import { admitConversation } from './admit-conversation.ts';
import { answerByConverse } from './answer-by-converse.ts';
import { booked, openBooking } from './booking.ts';
import { withCachePointsFor } from './cache-points.ts';
import type { Call } from './call.ts';
import { serveChatThroughLitellm } from './chat-through-litellm.ts';
import { converseBefore } from './conversation.ts';
import { partOpenai } from './gateway-fields.ts';
import { namedSettings } from './named-settings.ts';
import { OpenaiStreamCodec } from './openai-codec.ts';
import { openaiConversation } from './openai-conversation.ts';
import { parseJsonObject } from './request-json.ts';
import type { Services } from './services.ts';
import { sessionOf } from './session-of-call.ts';

/** Serves `POST /v1/chat/completions`: Bedrock's models here, all others through LiteLLM. */
export function serveChat(call: Call, services: Services): Promise<void> {
  call.record.endpoint = '/v1/chat/completions';
  call.record.answerId = `chatcmpl-${call.requestId}`;
  return booked(call, services, () => chat(call, services));
}

async function chat(call: Call, services: Services): Promise<void> {
  const principal = await authenticate(call, services);
  const bytes = await call.body();
  const whole = parseJsonObject(bytes);
  const { fields, request: body, isUntouched } = partOpenai(call, whole);
  const session = sessionOf(call, services, principal, fields);
  // Who serves it is asked first: LiteLLM takes more than the hot path does, and reads it by itself.
  const model = typeof body['model'] === 'string' ? body['model'] : parseOpenaiChatRequest(body).model;
  const given = { model, fields, session, named: namedSettings(call, services, principal, body) };
  const asked = await admitConversation(call, services, principal, given);
  const { admission, prompt, named } = asked;
  if (!admission.eligible) {
    const sent = { ...asked, body, bytes: isUntouched ? bytes : undefined };
    return serveChatThroughLitellm(call, services, admission, sent);
  }
  const { deployment } = admission;
  const isPlain = session.kept === undefined && prompt === undefined;
  const request = parseOpenaiChatRequest(body, { messages: isPlain ? 'required' : 'optional' });
  call.record.stream = request.stream === true;

  const { messages } = request;
  const worker = admission.modelIds[0] ?? deployment.modelId;
  const continued = isPlain ? undefined : await openaiConversation(call, { ...asked, messages, request: body });
  const before = continued === undefined ? [] : converseBefore(continued.conversation);
  const own = continued === undefined ? messages : [...continued.lead, ...continued.news];
  const translated = openaiToConverse(isPlain ? request : { ...request, messages: own }, {
    modelId: worker,
    before,
    system: continued?.conversation.system ?? [],
    prompt: prompt?.rendered,
    anthropicBeta: call.header('anthropic-beta'),
  });
  const converse = withCachePointsFor(call, services, worker, translated.request, before);
  call.record.droppedParams = translated.droppedParams;
  const isAsItCame = isPlain && converse === translated.request;
  await openBooking(call, services, { admission, named, body: isAsItCame ? body : converse });
  const context = {
    id: call.record.answerId ?? call.requestId,
    created: Math.floor(call.record.startedAtMs / 1000),
    model: request.model,
    toolNames: translated.toolNames,
    jsonTool: translated.jsonTool,
    showsTrace: showsTrace(request.guardrailConfig?.trace),
  };
  const wantsFunctionCall = asksForFunctionCall(request);
  const { droppedParams } = translated;
  await answerByConverse(call, services, {
    ...{ deployment, request: converse, translated, droppedParams, session, continued, messages },
    codec: (options) => {
      const includeUsage = request.stream_options?.include_usage === true;
      const Translation = wantsFunctionCall ? FunctionCallStream : ConverseToOpenaiStream;
      return new OpenaiStreamCodec({ ...options, stream: new Translation({ ...context, includeUsage }) });
    },
    whole: (reply) => {
      const completion = converseToOpenai(reply, context);
      const { sessionId } = session;
      return { ...(wantsFunctionCall ? withFunctionCall(completion) : completion), session_id: sessionId };
    },
    logged: (reply) => converseToOpenai(reply, context),
  });
}

/** Whether a caller wants to see what the guardrail found. */
function showsTrace(trace: string | null | undefined): boolean {
  return trace === 'enabled' || trace === 'enabled_full';
}
