import { GatewayError } from '@genai-gateway/core';
import { checkSessionId } from '@genai-gateway/history';
import { parsePromptName } from '@genai-gateway/prompts';
import { isRecord, type JsonObject } from '@genai-gateway/protocol';
import { parseResponsesRequest } from '@genai-gateway/translate';
import type { GatewayFields } from './gateway-fields.ts';

/** What a Responses request names: a model, or a managed prompt in `prompt`. */
export interface NamedInRequest {
  /** Undefined: nothing that the gateway can look up. */
  readonly requested: string | undefined;
  /** With the session that `conversation` names, in which the gateway's conversations are kept. It may be one of OpenAI's. */
  readonly fields: GatewayFields;
}

/**
 * What is called. `prompt` of OpenAI's API names a managed prompt of the gateway where its id is written as such
 * (`prompt:greeting`, or an ARN); any other is one that OpenAI keeps, and none of the gateway's business.
 */
export function namedIn({ model, prompt, conversation }: JsonObject, given: GatewayFields): NamedInRequest {
  const named = conversationId(conversation);
  const fields = given.sessionId === undefined && typeof named === 'string' ? { ...given, sessionId: named } : given;
  const id = isRecord(prompt) ? prompt['id'] : undefined;
  if (!isRecord(prompt) || typeof id !== 'string' || parsePromptName(id) === undefined) {
    return { requested: typeof model === 'string' ? model : undefined, fields };
  }
  const { version, variables } = prompt;
  const promptVariables = fields.promptVariables ?? variables ?? undefined;
  return {
    requested: typeof version === 'string' && version !== '' ? `${id}:${version}` : id,
    fields: { ...fields, promptVariables },
  };
}

/** Throws `invalid-request`: `prompt` names none of the gateway's, whose text the model would have to be told. */
export function checkPromptIsOwn({ prompt }: JsonObject, isManaged: boolean): void {
  if (prompt === undefined || prompt === null || isManaged) return;
  throw new GatewayError(
    'invalid-request',
    '`prompt` names a prompt that OpenAI keeps. Name a managed prompt of the gateway, as prompt:name, or send its text in `instructions`.',
    { param: 'prompt.id' },
  );
}

/** Throws `invalid-request`: `conversation` names what can be no session. */
export function checkConversation({ conversation }: JsonObject): void {
  if (conversation !== undefined && conversation !== null) checkSessionId(conversationId(conversation), 'conversation');
}

function conversationId(conversation: unknown): unknown {
  return isRecord(conversation) ? conversation['id'] : conversation;
}

/** Throws `invalid-request`: sessions and managed prompts are put in front of a response for models of Bedrock alone. */
export function checkPlain(asks: boolean): void {
  if (!asks) return;
  throw new GatewayError(
    'invalid-request',
    'Sessions and managed prompts are not put in front of this model in Responses. Call it by POST /v1/chat/completions.',
    { param: 'model' },
  );
}

/** A request that names nothing to be called: says so, or what else is wrong with it. Always throws. */
export function refuseUnnamed(body: JsonObject): never {
  parseResponsesRequest(body);
  throw new GatewayError('invalid-request', '`model` must be the name of a model.', { param: 'model' });
}
