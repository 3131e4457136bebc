import { GatewayError, isGatewayError } from '@genai-gateway/core';
import type { JsonObject } from '@genai-gateway/protocol';
import {
  type ConverseAsOpenai,
  converseRequestToOpenai,
  invalidRequest,
  parseConverseRequest,
} from '@genai-gateway/translate';
import type { LitellmAdmission } from './admit.ts';
import type { Call } from './call.ts';
import { collect } from './collect.ts';
import { jsonObject } from './json-object.ts';
import type { LitellmProxy } from './litellm.ts';
import { servedByHeaders } from './pass-through.ts';
import { parseJsonObject } from './request-json.ts';
import type { Services } from './services.ts';
import { refusalOf, toLitellm } from './to-litellm.ts';

/**
 * Bedrock's CountTokens for a model that LiteLLM serves: by the counter of its provider where it has one, else by LiteLLM's
 * own tokenizer, which `x-gateway-token-count: estimate` tells. Counting costs nothing.
 * Source: litellm 1.106.2, proxy/proxy_server.py `count_request_tokens` (read 2026-11-23).
 */
export async function serveCountTokensThroughLitellm(
  call: Call,
  services: Services,
  litellm: LitellmProxy,
  { litellmModel: model, reasons }: LitellmAdmission,
): Promise<void> {
  const { messages, tools } = countable(parseJsonObject(await call.body()), model).request;
  const body = JSON.stringify({ model, messages, tools });
  const send = toLitellm(call, litellm, '/utils/token_counter?call_endpoint=true', body);
  const answer = await collect(call, services, send);
  if (answer.status !== 200) throw refusalOf(answer);
  const { total_tokens: inputTokens, count_source: source } = jsonObject(answer.body) ?? {};
  if (typeof inputTokens !== 'number') {
    throw new GatewayError('upstream-failed', 'The model service gave a count of tokens that the gateway cannot read.');
  }
  const headers = {
    'content-type': 'application/json',
    ...servedByHeaders(reasons),
    ...(source === 'local_estimate' ? { 'x-gateway-token-count': 'estimate' } : {}),
  };
  call.reply.send(200, headers, JSON.stringify({ inputTokens }));
}

/** `input.converse` as a chat request. Bodies of InvokeModel are each provider's own. */
function countable({ input }: JsonObject, model: string): ConverseAsOpenai {
  const converse = asObject(asObject(input)?.['converse']);
  if (converse === undefined) {
    throw invalidRequest(
      'The tokens of this model are counted by `input.converse`. Send it as in a Converse request.',
      'input',
    );
  }
  try {
    return converseRequestToOpenai(parseConverseRequest(converse), { model, stream: false });
  } catch (error) {
    if (!isGatewayError(error) || error.code !== 'invalid-request' || error.param === undefined) throw error;
    const place = error.param === 'body' ? 'input.converse' : `input.converse.${error.param}`;
    throw invalidRequest(error.message, place);
  }
}

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
