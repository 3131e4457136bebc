import { type ErrorCode, GatewayError } from '@genai-gateway/core';
import { usageFromAnthropic, usageFromConverse, usageFromInvocationMetrics } from '@genai-gateway/protocol';
import { admit, authenticate } from './admit.ts';
import type { Call } from './call.ts';
import { collect, type UpstreamAnswer } from './collect.ts';
import { ConverseStreamCodec, InvokeStreamCodec, nativeReplyHeaders } from './native-codec.ts';
import { serveNativeThroughLitellm } from './native-through-litellm.ts';
import { relay } from './relay.ts';
import { parseJsonObject } from './request-json.ts';
import { type Services, toBedrock } from './services.ts';
import type { ModelOperation, UpstreamRequest } from './upstream.ts';
import { bedrockFault, exceptionName, upstreamError, withoutArns } from './upstream-error.ts';

/** What a native route asks for. */
export interface NativeRequest {
  readonly operation: ModelOperation;
  /** Model id, alias or ARN, decoded. */
  readonly model: string;
  /** The caller's headers that Bedrock defines: `content-type`, `accept`, `x-amzn-bedrock-*`. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Serves a call in Bedrock's own API. The body goes on byte for byte, and so does the answer; the
 * gateway decides who may call, where it goes, and reads what was used.
 */
export async function serveNative(call: Call, services: Services, request: NativeRequest): Promise<void> {
  const { operation } = request;
  const principal = await authenticate(call, services);
  const admission = admit(call, services, principal, request.model);
  if (!admission.eligible) return serveNativeThroughLitellm(call, services, request, admission);
  const { deployment } = admission;
  const body = await call.body();
  // Converse is ours to understand; InvokeModel carries whatever the provider's model takes.
  if (operation !== 'invoke' && operation !== 'invoke-with-response-stream') parseJsonObject(body);
  const upstream: UpstreamRequest = {
    target: { kind: 'model', operation, deployment },
    headers: request.headers,
    body,
  };

  if (operation === 'converse-stream' || operation === 'invoke-with-response-stream') {
    call.record.stream = true;
    const codec =
      operation === 'converse-stream' ? new ConverseStreamCodec(call.record) : new InvokeStreamCodec(call.record);
    const refusal = await relay(call, services, toBedrock(call, services, upstream), codec);
    if (refusal === undefined) return;
    // A stream that had to be opened before the refusal came can only end with it.
    if (call.reply.started) throw upstreamError(refusal);
    passOn(call, refusal);
    return;
  }
  const answer = await collect(call, services, toBedrock(call, services, upstream));
  if (answer.status === 200) noteUsage(call, operation, answer);
  passOn(call, answer);
}

/** Serves `POST /guardrail/{id}/version/{version}/apply`: any key that may call models may check text. */
export async function serveGuardrail(
  call: Call,
  services: Services,
  request: {
    readonly guardrailId: string;
    readonly guardrailVersion: string;
    readonly headers: Readonly<Record<string, string>>;
  },
): Promise<void> {
  await authenticate(call, services);
  const body = await call.body();
  parseJsonObject(body);
  const { guardrailId, guardrailVersion, headers } = request;
  const region = services.regions.defaultRegion;
  const target = { kind: 'guardrail', guardrailId, guardrailVersion, region } as const;
  passOn(call, await collect(call, services, toBedrock(call, services, { target, headers, body })));
}

/**
 * The upstream's answer as it is. A 403 keeps its type but loses the names of our account and role;
 * one that is about our credentials is not the caller's business at all and becomes an error of ours.
 */
function passOn(call: Call, answer: UpstreamAnswer): void {
  const headers = nativeReplyHeaders(answer.headers, 'application/json');
  if (answer.status === 200) {
    call.reply.send(200, headers, answer.body);
    return;
  }
  const exception = exceptionName(answer.headers, {});
  const code: ErrorCode = bedrockFault(exception, answer.status);
  call.record.errorCode = code;
  const error = upstreamError(answer);
  call.record.errorCause = error.cause;
  if (code !== 'upstream-access-denied') {
    call.reply.send(answer.status, headers, answer.body);
    return;
  }
  if (exception !== 'AccessDeniedException') throw error;
  call.reply.send(answer.status, headers, withoutArns(answer.body.toString('utf8')));
}

function noteUsage(call: Call, operation: ModelOperation, answer: UpstreamAnswer): void {
  if (operation === 'count-tokens') return;
  const { record } = call;
  const counted = usageFromInvocationMetrics({
    inputTokenCount: countHeader(answer, 'x-amzn-bedrock-input-token-count'),
    outputTokenCount: countHeader(answer, 'x-amzn-bedrock-output-token-count'),
    cacheReadInputTokenCount: countHeader(answer, 'x-amzn-bedrock-cache-read-input-token-count'),
    cacheWriteInputTokenCount: countHeader(answer, 'x-amzn-bedrock-cache-write-input-token-count'),
  });
  if (counted !== undefined) record.usage = counted;
  if (operation === 'invoke' && counted !== undefined) return;
  let body: unknown;
  try {
    body = JSON.parse(answer.body.toString('utf8'));
  } catch {
    // An image or another binary answer of InvokeModel: its usage is in the headers, if anywhere.
    if (operation === 'converse') {
      throw new GatewayError('upstream-failed', 'The model service answered with something that is not JSON.');
    }
    return;
  }
  if (body === null || typeof body !== 'object') return;
  const reply = body as Record<string, unknown>;
  const usage = operation === 'converse' ? usageFromConverse(reply['usage']) : usageFromAnthropic(reply['usage']);
  if (usage !== undefined) record.usage = usage;
  const stopReason = reply['stopReason'] ?? reply['stop_reason'];
  if (typeof stopReason === 'string') record.stopReason = stopReason;
}

function countHeader(answer: UpstreamAnswer, name: string): number | undefined {
  const value = answer.headers[name];
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
