import { GatewayError } from '@genai-gateway/core';
import type { JsonObject } from '@genai-gateway/protocol';
import { type Deployment, foundationModel, modelKind } from '@genai-gateway/routing';
import { admit, authenticate, type HotPathAdmission } from './admit.ts';
import { answerNatively } from './answer-natively.ts';
import { attributedHeaders } from './attributed.ts';
import { booked, openBooking } from './booking.ts';
import type { Call } from './call.ts';
import { converse } from './converse.ts';
import { namedSettings } from './named-settings.ts';
import { serveInvokeThroughLitellm } from './native-through-litellm.ts';
import { parseJsonObject } from './request-json.ts';
import { type Services, toBedrock } from './services.ts';
import type { NativeRequest, UpstreamRequest } from './upstream.ts';

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
  const headers = operation === 'count-tokens' ? request.headers : attributedHeaders(call, services, request.headers);
  const called = operation === 'count-tokens' ? countedDeployment(admission) : deployment;
  const upstream: UpstreamRequest = { target: { kind: 'model', operation, deployment: called }, headers, body };

  const onAnswer = services.logsContent ? contentOf(call, body) : undefined;
  const send = toBedrock(call, services, upstream);
  return answerNatively(call, services, { operation, send, ...(onAnswer === undefined ? {} : { onAnswer }) });
}

/**
 * Whom CountTokens is asked of: it takes the model's own id, and no profile that leads to it.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html (read 2026-11-23).
 */
export function countedDeployment({ deployment, modelIds: [worker] }: HotPathAdmission): Deployment {
  return { ...deployment, modelId: foundationModel(worker ?? deployment.modelId) };
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

/** A body of InvokeModel is the provider's own, and only looked into for what the call may cost. */
function jsonOrNone(body: Buffer): JsonObject | undefined {
  try {
    return parseJsonObject(body);
  } catch {
    return undefined;
  }
}
