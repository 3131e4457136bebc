import { checkRequestFields, checkRequestTarget } from '@genai-gateway/governance';
import type { JsonObject } from '@genai-gateway/protocol';
import type { LitellmAdmission } from './admit.ts';
import type { AskedConversation } from './admit-conversation.ts';
import { AnthropicAnswerReader } from './answer-reader.ts';
import { anthropicConversation, continuedAnthropic } from './anthropic-conversation.ts';
import type { Call } from './call.ts';
import { forward, ownHeaders, queryOf } from './pass-through.ts';
import type { Services } from './services.ts';
import { keepTurn } from './turn-of-call.ts';

/** A request of the Messages API for LiteLLM. */
export interface MessagesThroughLitellm extends AskedConversation {
  /** Path and query as they came. */
  readonly target: string;
  /** The request without the gateway's own fields. */
  readonly body: JsonObject;
  /** The same as it came, where it had none of them. */
  readonly bytes: Buffer | undefined;
}

/**
 * Serves a request of the Messages API through LiteLLM: for a model of another provider, or because of settings that the
 * hot path does not hold.
 */
export async function serveMessagesThroughLitellm(
  call: Call,
  services: Services,
  { litellmModel, reasons }: Pick<LitellmAdmission, 'litellmModel' | 'reasons'>,
  asked: MessagesThroughLitellm,
): Promise<void> {
  const { body, bytes, session, prompt, target } = asked;
  checkRequestTarget(queryOf(target), undefined, undefined);
  checkRequestFields(body);
  const stream = body['stream'] === true;
  const reader = session.kept === undefined ? undefined : new AnthropicAnswerReader(call.record);
  let sent: Buffer | string;
  if (session.kept === undefined && prompt === undefined) {
    sent = bytes !== undefined && body['model'] === litellmModel ? bytes : asJson({ ...body, model: litellmModel });
  } else {
    const continued = await anthropicConversation(call, asked);
    keepTurn(call, services, { session, ...continued, answer: () => reader?.answer() });
    sent = asJson(continuedAnthropic(body, continued.conversation, prompt, litellmModel));
  }
  const headers = { ...ownHeaders(call), 'content-type': 'application/json' };
  const request = { method: 'POST', target: litellmTarget(target), headers, body: sent };
  return forward(call, services, request, { stream, reasons, ...(reader === undefined ? {} : { reader }) });
}

/** LiteLLM's own route, whichever of its names the caller uses. */
export function litellmTarget(target: string): string {
  return target.replace(/^\/anthropic(?=\/)/, '');
}

function asJson(request: object): string {
  return JSON.stringify(request);
}
