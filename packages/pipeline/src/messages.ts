import { modelFactsOf, parseAnthropicRequest } from '@genai-gateway/translate';
import { authenticate } from './admit.ts';
import { admitConversation } from './admit-conversation.ts';
import { booked } from './booking.ts';
import type { Call } from './call.ts';
import { partAnthropic } from './gateway-fields.ts';
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
  const given = { model, fields, session, named: namedSettings(call, services, principal, body) };
  const asked = await admitConversation(call, services, principal, given);
  const { admission } = asked;
  call.record.stream = body['stream'] === true;
  if (!admission.eligible) {
    const sent = { ...asked, target, body, bytes: isUntouched ? bytes : undefined };
    return serveMessagesThroughLitellm(call, services, admission, sent);
  }
  const worker = admission.modelIds[0] ?? admission.deployment.modelId;
  const request = { ...asked, admission, worker, body: withoutBilling(body), betas: betasOf(call) };
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
