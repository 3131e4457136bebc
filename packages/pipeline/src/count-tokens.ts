import { GatewayError } from '@genai-gateway/core';
import { checkRequestFields, checkRequestTarget, inputTokensOf, measureRequest } from '@genai-gateway/governance';
import type { JsonObject } from '@genai-gateway/protocol';
import { modelKind } from '@genai-gateway/routing';
import { anthropicToConverse, anthropicToInvoke, modelFactsOf, parseAnthropicRequest } from '@genai-gateway/translate';
import { admit, authenticate, type HotPathAdmission } from './admit.ts';
import type { Call } from './call.ts';
import { collect } from './collect.ts';
import { droppedHeaders } from './dropped-headers.ts';
import { partAnthropic } from './gateway-fields.ts';
import { jsonObject } from './json-object.ts';
import { betasOf } from './messages.ts';
import { withoutBilling } from './messages-on-bedrock.ts';
import { litellmTarget } from './messages-through-litellm.ts';
import { namedSettings } from './named-settings.ts';
import { countedDeployment } from './native.ts';
import { forward, ownHeaders, queryOf } from './pass-through.ts';
import { parseJsonObject } from './request-json.ts';
import { type Services, toBedrock } from './services.ts';
import { upstreamError } from './upstream-error.ts';

/**
 * Serves Anthropic's `POST /v1/messages/count_tokens`, which costs nothing: Bedrock counts for the models that it counts
 * for, the size of the request says it for its others, and LiteLLM for all others. `target`: path and query as they came.
 */
export async function serveCountTokens(call: Call, services: Services, target: string): Promise<void> {
  call.record.endpoint = '/v1/messages/count_tokens';
  call.record.stream = false;
  const principal = await authenticate(call, services);
  const bytes = await call.body();
  const { request: body, isUntouched } = partAnthropic(call, parseJsonObject(bytes));
  const optional = { maxTokens: 'optional' } as const;
  const model = typeof body['model'] === 'string' ? body['model'] : parseAnthropicRequest(body, optional).model;
  const named = await namedSettings(call, services, principal, body);
  const admission = await admit(call, services, principal, model, named.settings);
  if (!admission.eligible) {
    const { litellmModel, reasons } = admission;
    checkRequestTarget(queryOf(target), undefined, undefined);
    checkRequestFields(body);
    const isSame = isUntouched && body['model'] === litellmModel;
    const sent = isSame ? bytes : JSON.stringify({ ...body, model: litellmModel });
    const headers = { ...ownHeaders(call), 'content-type': 'application/json' };
    const request = { method: 'POST', target: litellmTarget(target), headers, body: sent };
    return forward(call, services, request, { stream: false, reasons });
  }
  if (modelKind(admission.deployment.modelId) === 'prompt') throw promptRefused();
  const worker = admission.modelIds[0] ?? admission.deployment.modelId;
  const { input, droppedParams } = countable(withoutBilling(body), worker, betasOf(call));
  call.record.droppedParams = droppedParams;
  const counted = modelFactsOf(worker).countTokens
    ? await countedByBedrock(call, services, admission, input)
    : undefined;
  const headers: Record<string, string> = { 'content-type': 'application/json', ...droppedHeaders(droppedParams) };
  if (counted === undefined) headers['x-gateway-token-count'] = 'estimate';
  const tokens = counted ?? inputTokensOf(measureRequest(body));
  call.reply.send(200, headers, JSON.stringify({ input_tokens: tokens }));
}

interface Countable {
  /** As CountTokens takes it. */
  readonly input: JsonObject;
  readonly droppedParams: readonly string[];
}

/** The request as it would be sent, so that what could not be sent is refused here too. */
function countable(body: JsonObject, modelId: string, betas: readonly string[]): Countable {
  const request = parseAnthropicRequest(body, { maxTokens: 'optional' });
  // Models want it; it is nothing that is counted, and what is thought has to fit into it.
  const budget = request.thinking?.budget_tokens ?? 0;
  const limited = { ...request, max_tokens: request.max_tokens ?? budget + 1024 };
  if (modelFactsOf(modelId).messagesByInvoke) {
    const { body: invoke, droppedParams } = anthropicToInvoke(limited, { modelId, betas });
    return { input: { invokeModel: { body: Buffer.from(JSON.stringify(invoke)).toString('base64') } }, droppedParams };
  }
  const { request: converse, droppedParams } = anthropicToConverse(limited, { modelId, betas });
  const { messages, system, toolConfig, additionalModelRequestFields } = converse;
  // Undefined fields do not get into JSON.
  const input = { converse: { messages, system, toolConfig, additionalModelRequestFields } } as unknown as JsonObject;
  return { input, droppedParams };
}

/**
 * Undefined where Bedrock does not count for this model after all: those that are reached by inference profiles only are
 * among them.
 */
async function countedByBedrock(
  call: Call,
  services: Services,
  admission: HotPathAdmission,
  input: JsonObject,
): Promise<number | undefined> {
  const upstream = {
    target: { kind: 'model', operation: 'count-tokens', deployment: countedDeployment(admission) },
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ input }),
  } as const;
  const answer = await collect(call, services, toBedrock(call, services, upstream));
  const told = jsonObject(answer.body);
  if (answer.status !== 200) {
    const message = told?.['message'];
    if (answer.status === 400 && typeof message === 'string' && NOT_COUNTED.test(message)) return undefined;
    throw upstreamError(answer);
  }
  const tokens = told?.['inputTokens'];
  if (typeof tokens === 'number') return tokens;
  throw new GatewayError('upstream-failed', 'The model service gave a count of tokens that the gateway cannot read.');
}

/**
 * What Bedrock says of a model that it does not count for.
 * Source: https://alchemy.run/providers/aws/bedrock/counttokens (read 2026-11-23).
 */
const NOT_COUNTED = /doesn['’]t support counting tokens|provided model identifier is invalid|isn['’]t supported/i;

function promptRefused(): GatewayError {
  return new GatewayError(
    'invalid-request',
    'The tokens of a managed prompt cannot be counted: name the model behind it, and send what the prompt says.',
    { param: 'model' },
  );
}
