import { GatewayError } from '@genai-gateway/core';
import { usageFromOpenai } from '@genai-gateway/protocol';
import { describeReasons } from '@genai-gateway/routing';
import {
  converseRequestToOpenai,
  litellmError,
  OpenaiToConverseStream,
  openaiReplyToConverse,
  parseConverseRequest,
} from '@genai-gateway/translate';
import { type LitellmAdmission, notOnHotPath } from './admit.ts';
import type { Call } from './call.ts';
import { collect, type UpstreamAnswer } from './collect.ts';
import { ConverseFromOpenaiCodec } from './converse-codec.ts';
import { jsonObject } from './json-object.ts';
import type { LitellmProxy } from './litellm.ts';
import { codecFor, noteUsage, passOn } from './native-answer.ts';
import { ownHeaders, servedByHeaders } from './pass-through.ts';
import { relay } from './relay.ts';
import { parseJsonObject } from './request-json.ts';
import type { Services } from './services.ts';
import type { NativeRequest, UpstreamListener } from './upstream.ts';
import { bedrockFault, exceptionName, withoutArns } from './upstream-error.ts';

/**
 * Serves a call in Bedrock's own API through LiteLLM: byte for byte where LiteLLM can, else Converse by
 * way of OpenAI's API. Rejects with `not-on-hot-path` for InvokeModel and CountTokens of other models:
 * their bodies are each provider's own.
 */
export async function serveNativeThroughLitellm(
  call: Call,
  services: Services,
  request: NativeRequest,
  admission: LitellmAdmission,
): Promise<void> {
  const { litellm } = services;
  const { operation } = request;
  if (litellm === undefined || operation === 'count-tokens') throw refused(request, admission);
  const isConverse = operation === 'converse' || operation === 'converse-stream';
  if (admission.nativeAlias !== undefined) {
    await throughBedrockRoute(call, services, litellm, request, admission, admission.nativeAlias);
  } else if (isConverse) await throughChat(call, services, litellm, operation === 'converse-stream', admission);
  else throw refused(request, admission);
}

function refused({ model, operation }: NativeRequest, { reasons }: LitellmAdmission): GatewayError {
  if (!reasons.some(({ kind }) => kind === 'other-provider')) return notOnHotPath(model, describeReasons(reasons));
  return new GatewayError(
    'invalid-request',
    `The model '${model.slice(0, 200)}' is not one of Bedrock's, so ${operation} has no meaning for it. Call it by Converse, ConverseStream or POST /v1/chat/completions.`,
    { param: 'model' },
  );
}

/** Converse → OpenAI's chat → LiteLLM, and back. */
async function throughChat(
  call: Call,
  services: Services,
  litellm: LitellmProxy,
  stream: boolean,
  { litellmModel: model, reasons }: LitellmAdmission,
): Promise<void> {
  const { record, requestId } = call;
  record.stream = stream;
  const converse = parseConverseRequest(parseJsonObject(await call.body()));
  const { request, droppedParams } = converseRequestToOpenai(converse, { model, stream });
  record.droppedParams = droppedParams;
  const added = servedByHeaders(reasons);
  if (droppedParams.length > 0) added['x-gateway-dropped-params'] = droppedParams.join(',');
  const send = toLitellm(call, litellm, '/v1/chat/completions', JSON.stringify(request));

  if (stream) {
    const codec = new ConverseFromOpenaiCodec(record, new OpenaiToConverseStream({ requestId }), added, services.now);
    try {
      const refusal = await relay(call, services, send, codec);
      if (refusal !== undefined) throw refusalOf(refusal);
    } finally {
      codec.note();
    }
    return;
  }
  const answer = await collect(call, services, send);
  if (answer.status !== 200) throw refusalOf(answer);
  const completion = jsonObject(answer.body);
  const reply = openaiReplyToConverse(completion, { requestId, latencyMs: services.now() - record.startedAtMs });
  const usage = usageFromOpenai(completion?.['usage']);
  if (usage !== undefined) record.usage = usage;
  record.stopReason = reply.stopReason;
  call.reply.send(200, { 'content-type': 'application/json', ...added }, JSON.stringify(reply));
}

/** LiteLLM's own route of Bedrock's API: the answer is Bedrock's, to the byte. */
async function throughBedrockRoute(
  call: Call,
  services: Services,
  litellm: LitellmProxy,
  { operation }: NativeRequest,
  { reasons }: LitellmAdmission,
  alias: string,
): Promise<void> {
  const body = await call.body();
  // LiteLLM reads it and writes it anew, so that it has to be JSON, also for InvokeModel.
  parseJsonObject(body);
  const added = servedByHeaders(reasons);
  const send = toLitellm(call, litellm, `/bedrock/model/${alias}/${operation}`, body);
  const codec = codecFor(operation, call.record, added);
  if (codec === undefined) {
    const answer = bedrockAnswer(await collect(call, services, send));
    if (answer.status === 200) noteUsage(call, operation, answer);
    passOn(call, answer, added);
    return;
  }
  call.record.stream = true;
  const refusal = await relay(call, services, send, codec);
  if (refusal === undefined) return;
  const answer = bedrockAnswer(refusal);
  if (call.reply.started) throw refusalOf(refusal);
  passOn(call, answer, added);
}

/** An answer of that route as Bedrock gave it; throws what LiteLLM itself has to say. */
function bedrockAnswer(answer: UpstreamAnswer): UpstreamAnswer {
  if (answer.status === 200) return answer;
  const exception = answer.headers['llm_provider-x-amzn-errortype'];
  const detail = jsonObject(answer.body)?.['detail'];
  const inner = detail !== null && typeof detail === 'object' && 'error' in detail ? detail.error : undefined;
  if (typeof exception !== 'string' || typeof inner !== 'string') throw refusalOf(answer);
  const retryAfter = answer.headers['llm_provider-retry-after'];
  const headers = { 'x-amzn-errortype': exception, ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }) };
  return { status: answer.status, headers, body: Buffer.from(inner) };
}

/** A refusal as an error of ours. LiteLLM passes on by which exception an AWS service refused, and forgets it itself. */
function refusalOf({ status, headers, body }: UpstreamAnswer): GatewayError {
  const error = litellmError({ status, headers, body: jsonObject(body) });
  const exception = headers['llm_provider-x-amzn-errortype'];
  const inner = jsonObject(error.message);
  if (typeof exception !== 'string' && inner === undefined) return error;
  const code =
    typeof exception === 'string'
      ? bedrockFault(exceptionName({ 'x-amzn-errortype': exception }, {}), status)
      : error.code;
  if (code === 'upstream-access-denied') return error;
  const message = inner?.['OriginalMessage'] ?? inner?.['Message'] ?? inner?.['message'];
  const { cause, retryAfterSeconds } = error;
  return new GatewayError(code, typeof message === 'string' ? withoutArns(message) : error.message, {
    cause,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

function toLitellm(
  call: Call,
  litellm: LitellmProxy,
  target: string,
  body: Uint8Array | string,
): (listener: UpstreamListener) => void {
  call.record.servedBy = 'litellm';
  const headers = { ...ownHeaders(call), 'content-type': 'application/json', accept: '*/*' };
  return (listener) => litellm.send({ method: 'POST', target, headers, body }, listener, call.signal);
}
