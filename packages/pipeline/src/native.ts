import { GatewayError } from '@genai-gateway/core';
import { requestMetadataHeader } from '@genai-gateway/governance';
import type { JsonObject } from '@genai-gateway/protocol';
import { modelKind } from '@genai-gateway/routing';
import { admit, authenticate } from './admit.ts';
import { answerNatively } from './answer-natively.ts';
import { booked, openBooking, payerOf } from './booking.ts';
import type { Call } from './call.ts';
import { converse } from './converse.ts';
import { namedSettings } from './named-settings.ts';
import { serveInvokeThroughLitellm } from './native-through-litellm.ts';
import { parseJsonObject } from './request-json.ts';
import { type Services, toBedrock } from './services.ts';
import type { NativeRequest, UpstreamRequest } from './upstream.ts';

const METADATA_HEADER = 'x-amzn-bedrock-request-metadata';

/**
 * Serves a call in Bedrock's own API. The body goes on byte for byte, and so does the answer; the
 * gateway decides who may call, where it goes, and reads what was used.
 */
export function serveNative(call: Call, services: Services, request: NativeRequest): Promise<void> {
  const { operation } = request;
  call.record.endpoint = `/bedrock/model/{id}/${operation}`;
  // Counting tokens is free.
  if (operation === 'count-tokens') return invoke(call, services, request);
  const isConverse = operation === 'converse' || operation === 'converse-stream';
  return booked(call, services, () => (isConverse ? converse : invoke)(call, services, request));
}

/** InvokeModel carries whatever the provider's model takes; CountTokens carries either. */
async function invoke(call: Call, services: Services, request: NativeRequest): Promise<void> {
  const { operation } = request;
  const principal = await authenticate(call, services);
  const found = namedSettings(call, services, principal, {});
  const named = found instanceof Promise ? await found : found;
  const admission = await admit(call, services, principal, request.model, named.settings);
  if (!admission.eligible) return serveInvokeThroughLitellm(call, services, request, admission);
  const { deployment } = admission;
  if (modelKind(deployment.modelId) === 'prompt') throw promptRefused(operation);
  const body = await call.body();
  call.record.stream = operation === 'invoke-with-response-stream';
  if (operation === 'count-tokens') parseJsonObject(body);
  else await openBooking(call, services, { admission, named, body: jsonOrNone(body) });
  const headers = operation === 'count-tokens' ? request.headers : attributed(call, services, request);
  const upstream: UpstreamRequest = { target: { kind: 'model', operation, deployment }, headers, body };

  const onAnswer = services.logsContent ? contentOf(call, body) : undefined;
  const send = toBedrock(call, services, upstream);
  return answerNatively(call, services, { operation, send, ...(onAnswer === undefined ? {} : { onAnswer }) });
}

/** For a request log: both bodies as they are. Answers that come as a stream are in each provider's own form, and left out. */
function contentOf({ record }: Call, body: Buffer): (answer: Buffer) => void {
  let answered: Buffer | undefined;
  record.content = { messages: jsonOrNone(body), answer: () => answered && jsonOrNone(answered) };
  return (answer) => {
    answered = answer;
  };
}

function promptRefused(operation: string): GatewayError {
  return new GatewayError(
    'invalid-request',
    `A managed prompt cannot be called by ${operation}. Call it by Converse, ConverseStream, POST /v1/chat/completions or POST /v1/messages.`,
    { param: 'model' },
  );
}

/** Tells Bedrock who pays, where that is configured. */
function attributed({ record }: Call, { attribute }: Services, { headers }: NativeRequest): NativeRequest['headers'] {
  if (attribute === undefined) return headers;
  const { [METADATA_HEADER]: callers, ...others } = headers;
  const header = requestMetadataHeader(callers, attribute(payerOf(record)));
  return header === undefined ? others : { ...others, [METADATA_HEADER]: header };
}

/** A body of InvokeModel is the provider's own, and only looked into for what the call may cost. */
function jsonOrNone(body: Buffer): JsonObject | undefined {
  try {
    return parseJsonObject(body);
  } catch {
    return undefined;
  }
}
