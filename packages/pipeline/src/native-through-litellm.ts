import { type AdminSetting, GatewayError } from '@genai-gateway/core';
import { describeReasons } from '@genai-gateway/routing';
import { type LitellmAdmission, notOnHotPath } from './admit.ts';
import { answerNatively } from './answer-natively.ts';
import type { Call } from './call.ts';
import type { UpstreamAnswer } from './collect.ts';
import { serveCountTokensThroughLitellm } from './count-tokens-through-litellm.ts';
import { jsonObject } from './json-object.ts';
import type { LitellmProxy } from './litellm.ts';
import type { ConverseListener } from './native-codec.ts';
import { servedByHeaders } from './pass-through.ts';
import { parseJsonObject } from './request-json.ts';
import type { Services } from './services.ts';
import { refusalOf, toLitellm } from './to-litellm.ts';
import type { ModelOperation, NativeRequest } from './upstream.ts';

/**
 * Serves InvokeModel through LiteLLM, byte for byte, and CountTokens of other providers' models by its counter. Rejects with
 * `not-on-hot-path`, or `invalid-request` for InvokeModel of other providers' models, whose bodies are each provider's own.
 */
export async function serveInvokeThroughLitellm(
  call: Call,
  services: Services,
  request: NativeRequest,
  admission: LitellmAdmission,
): Promise<void> {
  const { litellm } = services;
  const { operation } = request;
  const { nativeAlias: alias, reasons } = admission;
  if (litellm !== undefined && operation === 'count-tokens' && isOtherProviders(admission)) {
    return serveCountTokensThroughLitellm(call, services, litellm, admission);
  }
  if (litellm === undefined || alias === undefined || operation === 'count-tokens') throw refused(request, admission);
  call.record.stream = operation === 'invoke-with-response-stream';
  const body = await call.body();
  parseJsonObject(body);
  await throughBedrockRoute(call, services, litellm, { operation, alias, reasons, body });
}

function isOtherProviders({ reasons }: LitellmAdmission): boolean {
  return reasons.some(({ kind }) => kind === 'other-provider');
}

function refused({ model, operation }: NativeRequest, admission: LitellmAdmission): GatewayError {
  if (!isOtherProviders(admission)) return notOnHotPath(model, describeReasons(admission.reasons));
  return new GatewayError(
    'invalid-request',
    `The model '${model.slice(0, 200)}' is not one of Bedrock's, so ${operation} has no meaning for it. Call it by Converse, ConverseStream or POST /v1/chat/completions.`,
    { param: 'model' },
  );
}

/** A request for LiteLLM's own route of Bedrock's API. */
export interface BedrockRouteRequest {
  readonly operation: ModelOperation;
  readonly alias: string;
  readonly reasons: readonly AdminSetting[];
  /** JSON: LiteLLM reads it and writes it anew, also for InvokeModel. */
  readonly body: Uint8Array | string;
  /** Gets every event of a stream. */
  readonly listener?: ConverseListener | undefined;
  /** Gets a whole answer. */
  readonly onAnswer?: (body: Buffer) => void;
}

/** LiteLLM's own route of Bedrock's API: the answer is Bedrock's, to the byte. */
export async function throughBedrockRoute(
  call: Call,
  services: Services,
  litellm: LitellmProxy,
  { operation, alias, reasons, body, listener, onAnswer }: BedrockRouteRequest,
): Promise<void> {
  return answerNatively(call, services, {
    operation,
    send: toLitellm(call, litellm, `/bedrock/model/${alias}/${operation}`, body),
    added: servedByHeaders(reasons),
    listener,
    ...(onAnswer === undefined ? {} : { onAnswer }),
    asBedrocks: bedrockAnswer,
    errorOf: refusalOf,
  });
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
