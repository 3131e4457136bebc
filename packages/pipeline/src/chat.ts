import { GatewayError } from '@genai-gateway/core';
import { mergeRequestMetadata } from '@genai-gateway/governance';
import { type ConverseReply, type ConverseRequest, servedAs, usageFromConverse } from '@genai-gateway/protocol';
import {
  ConverseToOpenaiStream,
  converseToOpenai,
  openaiToConverse,
  parseOpenaiChatRequest,
} from '@genai-gateway/translate';
import { admit, authenticate } from './admit.ts';
import { booked, openBooking, payerOf, settled } from './booking.ts';
import type { Call } from './call.ts';
import { collect } from './collect.ts';
import { namedSettings } from './named-settings.ts';
import { OpenaiStreamCodec } from './openai-codec.ts';
import { serveChatThroughLitellm } from './pass-through.ts';
import { relay } from './relay.ts';
import { parseJsonObject } from './request-json.ts';
import { type Services, toBedrock } from './services.ts';
import type { UpstreamRequest } from './upstream.ts';
import { upstreamError } from './upstream-error.ts';

/** Serves `POST /v1/chat/completions`: Bedrock's models here, all others through LiteLLM. */
export function serveChat(call: Call, services: Services): Promise<void> {
  call.record.endpoint = '/v1/chat/completions';
  call.record.answerId = `chatcmpl-${call.requestId}`;
  return booked(call, services, () => chat(call, services));
}

function attributed(request: ConverseRequest, { record }: Call, { attribute }: Services): ConverseRequest {
  if (attribute === undefined) return request;
  return {
    ...request,
    requestMetadata: mergeRequestMetadata(request.requestMetadata ?? {}, attribute(payerOf(record))),
  };
}

async function chat(call: Call, services: Services): Promise<void> {
  const principal = await authenticate(call, services);
  const bytes = await call.body();
  const body = parseJsonObject(bytes);
  // Who serves it is asked first: LiteLLM takes more than the hot path does, and reads it by itself.
  const model = typeof body['model'] === 'string' ? body['model'] : parseOpenaiChatRequest(body).model;
  const found = namedSettings(call, services, principal, body);
  const named = found instanceof Promise ? await found : found;
  const admission = await admit(call, services, principal, model, named.settings);
  if (!admission.eligible) return serveChatThroughLitellm(call, services, body, bytes, admission);
  const { deployment } = admission;
  const request = parseOpenaiChatRequest(body);
  const stream = request.stream === true;
  call.record.stream = stream;

  const translated = openaiToConverse(request, { modelId: deployment.modelId });
  call.record.droppedParams = translated.droppedParams;
  await openBooking(call, services, { admission, named, body });
  const upstream: UpstreamRequest = {
    target: { kind: 'model', operation: stream ? 'converse-stream' : 'converse', deployment },
    headers: {
      'content-type': 'application/json',
      accept: stream ? 'application/vnd.amazon.eventstream' : 'application/json',
    },
    body: JSON.stringify(attributed(translated.request, call, services)),
  };
  const context = {
    id: call.record.answerId ?? call.requestId,
    created: Math.floor(call.record.startedAtMs / 1000),
    model: request.model,
    toolNames: translated.toolNames,
  };
  const headers: Record<string, string> =
    translated.droppedParams.length > 0 ? { 'x-gateway-dropped-params': translated.droppedParams.join(',') } : {};

  if (stream) {
    const includeUsage = request.stream_options?.include_usage === true;
    const codec = new OpenaiStreamCodec(call.record, new ConverseToOpenaiStream({ ...context, includeUsage }), headers);
    try {
      const refusal = await relay(call, services, toBedrock(call, services, upstream), codec);
      if (refusal !== undefined) throw upstreamError(refusal);
    } finally {
      codec.note();
    }
    return;
  }

  const answer = await collect(call, services, toBedrock(call, services, upstream));
  if (answer.status !== 200) throw upstreamError(answer);
  let reply: ReturnType<typeof parseJsonObject>;
  try {
    reply = parseJsonObject(answer.body);
  } catch (cause) {
    throw new GatewayError('upstream-failed', 'The model service answered with something that is not JSON.', { cause });
  }
  const usage = usageFromConverse(reply['usage']);
  if (usage !== undefined) call.record.usage = { ...usage, ...servedAs(reply) };
  if (typeof reply['stopReason'] === 'string') call.record.stopReason = reply['stopReason'];
  // `converseToOpenai` itself refuses what is not a Converse answer.
  const completion = converseToOpenai(reply as unknown as ConverseReply, context);
  await settled(call);
  call.reply.send(200, { 'content-type': 'application/json', ...headers }, JSON.stringify(completion));
}
