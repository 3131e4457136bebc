import { modelFactsOf, parseAnthropicRequest } from '@genai-gateway/translate';
import { admit, authenticate } from './admit.ts';
import { booked } from './booking.ts';
import type { Call } from './call.ts';
import { contextTokensOf } from './context-tokens.ts';
import { partAnthropic } from './gateway-fields.ts';
import { admittedBy, promptOf } from './managed-prompt.ts';
import { serveMessagesByConverse } from './messages-by-converse.ts';
import { serveMessagesByInvoke } from './messages-by-invoke.ts';
import { withoutBilling } from './messages-on-bedrock.ts';
import { serveMessagesThroughLitellm } from './messages-through-litellm.ts';
import { namedSettings } from './named-settings.ts';
import { parseJsonObject } from './request-json.ts';
import type { Services } from './services.ts';
import { sessionOf } from './session-of-call.ts';

/**
 * Serves Anthropic's `POST /v1/messages`: Claude on Bedrock by InvokeModel, Bedrock's other models by Converse, all
 * others through LiteLLM. `target`: path and query as they came.
 */
export function serveMessages(call: Call, services: Services, target: string): Promise<void> {
  call.record.endpoint = '/v1/messages';
  call.record.answerId = `msg_${call.requestId}`;
  return booked(call, services, () => messages(call, services, target));
}

async function messages(call: Call, services: Services, target: string): Promise<void> {
  const principal = await authenticate(call, services);
  const bytes = await call.body();
  const { fields, request: body, isUntouched } = partAnthropic(call, parseJsonObject(bytes));
  const session = sessionOf(call, services, principal, fields);
  // Who serves it is asked first: LiteLLM takes more than the hot path does, and reads it by itself.
  const model = typeof body['model'] === 'string' ? body['model'] : parseAnthropicRequest(body).model;
  const found = namedSettings(call, services, principal, body);
  const named = found instanceof Promise ? await found : found;
  const asked = promptOf(call, services, principal, { requested: model, fields, session, named });
  const prompt = asked instanceof Promise ? await asked : asked;
  const called = prompt?.model ?? model;
  const admitted = await admit(call, services, principal, called, named.settings);
  const admission = prompt === undefined ? admitted : admittedBy(call, principal, prompt, admitted);
  call.record.stream = body['stream'] === true;
  const { modelIds } = admission;
  const readsAtMost = (): number | undefined => contextTokensOf(services, principal, { requested: called, modelIds });
  if (!admission.eligible) {
    const sent = { target, body, bytes: isUntouched ? bytes : undefined, model, session, prompt, readsAtMost };
    return serveMessagesThroughLitellm(call, services, admission, sent);
  }
  const worker = modelIds[0] ?? admission.deployment.modelId;
  const betas = betasOf(call);
  const request = { admission, named, worker, body: withoutBilling(body), model, session, prompt, readsAtMost, betas };
  return modelFactsOf(worker).messagesByInvoke
    ? serveMessagesByInvoke(call, services, request)
    : serveMessagesByConverse(call, services, request);
}

/** What the caller wants beside the API as it stands. */
export function betasOf(call: Call): readonly string[] {
  const header = call.header('anthropic-beta') ?? '';
  return header
    .split(',')
    .map((beta) => beta.trim())
    .filter((beta) => beta !== '');
}
