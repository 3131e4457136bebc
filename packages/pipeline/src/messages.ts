import { GatewayError } from '@genai-gateway/core';
import { checkRequestFields, checkRequestTarget } from '@genai-gateway/governance';
import type { Principal } from '@genai-gateway/identity';
import { type AnthropicMessage, type ApiMessage, isRecord, type JsonObject } from '@genai-gateway/protocol';
import {
  anthropicMessages,
  closeAnthropicCalls,
  systemAsAnthropic,
  systemOfAnthropic,
  withPromptAnthropic,
} from '@genai-gateway/translate';
import { admit, identify, litellmNameOf } from './admit.ts';
import { AnthropicAnswerReader } from './answer-reader.ts';
import type { Call } from './call.ts';
import { contextTokensOf } from './context-tokens.ts';
import { conversationOf, type Said } from './conversation.ts';
import { type GatewayFields, partAnthropic } from './gateway-fields.ts';
import { checkHeldByLitellm, type PromptOfCall, promptOf } from './managed-prompt.ts';
import { namedSettings } from './named-settings.ts';
import { forward, ownHeaders, queryOf } from './pass-through.ts';
import { parseJsonObject } from './request-json.ts';
import type { Services } from './services.ts';
import { type SessionOfCall, sessionOf } from './session-of-call.ts';
import { keepTurn } from './turn-of-call.ts';

/**
 * Serves Anthropic's `POST /v1/messages`: LiteLLM does, for every model; sessions (asked for by headers) and managed
 * prompts are put in front of what it gets. `target`: path and query as they came.
 */
export async function serveMessages(call: Call, services: Services, target: string): Promise<void> {
  const principal = await identify(call, services);
  const bytes = await call.body();
  const { fields, request: body, isUntouched } = partAnthropic(call, parseJsonObject(bytes));
  checkRequestTarget(queryOf(target), undefined, undefined);
  checkRequestFields(body);
  const session = sessionOf(call, services, principal, fields);
  const stream = body['stream'] === true;
  call.record.stream = stream;
  const prompt = await promptFor(call, services, principal, { body, fields, session });
  const reader = session.kept === undefined ? undefined : new AnthropicAnswerReader(call.record);
  const isPlain = session.kept === undefined && prompt === undefined && isUntouched;
  const answer = (): ApiMessage | undefined => reader?.answer();
  const sent = isPlain
    ? bytes
    : JSON.stringify(await continued(call, services, principal, { body, session, prompt, answer }));
  const headers = { ...ownHeaders(call), 'content-type': 'application/json' };
  const request = { method: 'POST', target, headers, body: sent };
  return forward(call, services, request, { stream, ...(reader === undefined ? {} : { reader }) });
}

/** A prompt, and the name by which LiteLLM knows the model behind it. */
interface PromptForLitellm extends PromptOfCall {
  readonly modelIds: readonly string[];
  readonly litellmModel: string;
}

async function promptFor(
  call: Call,
  services: Services,
  principal: Principal,
  asked: { readonly body: JsonObject; readonly fields: GatewayFields; readonly session: SessionOfCall },
): Promise<PromptForLitellm | undefined> {
  const { body, fields, session } = asked;
  const requested = modelIn(body);
  call.record.requestedModel = requested;
  const named = await namedSettings(call, services, principal, body);
  const prompt = await promptOf(call, services, principal, { requested, fields, session, named });
  if (prompt === undefined) return undefined;
  const admitted = await admit(call, services, principal, prompt.model, named.settings);
  checkHeldByLitellm(call, principal, prompt);
  const litellmModel = admitted.eligible ? litellmNameOf(prompt.model, principal, services) : admitted.litellmModel;
  if (litellmModel !== undefined) return { ...prompt, litellmModel, modelIds: admitted.modelIds };
  throw new GatewayError(
    'invalid-request',
    'The model behind this prompt has no name in the list of models, so it cannot be called by Messages. Call the prompt by Converse or POST /v1/chat/completions, or ask an administrator for an alias of the model.',
    { param: 'model' },
  );
}

interface Continued {
  readonly body: JsonObject;
  readonly session: SessionOfCall;
  readonly prompt: PromptForLitellm | undefined;
  readonly answer: () => ApiMessage | undefined;
}

/** The request with what stands before it. */
async function continued(call: Call, services: Services, principal: Principal, asked: Continued): Promise<object> {
  const { body, session, prompt, answer } = asked;
  const messages = messagesIn(body);
  const model = prompt?.model ?? modelIn(body);
  const said: Said = {
    messages: messages.map((message) => ({ api: 'anthropic', message })),
    system: systemOfAnthropic(body['system']),
    prompt: prompt?.rendered,
    model,
  };
  const called = { requested: model, modelIds: prompt?.modelIds ?? [] };
  const contextTokens = contextTokensOf(services, principal, called);
  const conversation = await conversationOf(call, session, said, { contextTokens, request: body });
  keepTurn(call, services, { session, said, conversation, answer });
  const { prefix, stored, fresh } = conversation;
  const system = systemAsAnthropic(conversation.system);
  const request = {
    ...body,
    ...(system === undefined ? {} : { system }),
    messages: closeAnthropicCalls(anthropicMessages([...stored, ...fresh])),
  };
  if (prompt === undefined) return request;
  return withPromptAnthropic(request, { ...prompt.rendered, messages: prefix }, { model: prompt.litellmModel });
}

function modelIn({ model }: JsonObject): string {
  return typeof model === 'string' ? model : '';
}

/** LiteLLM looks into them itself; here they need a role, and a text or a list of blocks. */
function messagesIn({ messages }: JsonObject): readonly AnthropicMessage[] {
  if (messages === undefined || messages === null) return [];
  if (Array.isArray(messages) && messages.every(isMessage)) return messages;
  throw new GatewayError('invalid-request', '`messages` must be a list of messages with `role` and `content`.', {
    param: 'messages',
  });
}

function isMessage(value: unknown): value is AnthropicMessage {
  if (!isRecord(value)) return false;
  const { role, content } = value;
  return (
    typeof role === 'string' && (typeof content === 'string' || (Array.isArray(content) && content.every(isRecord)))
  );
}
