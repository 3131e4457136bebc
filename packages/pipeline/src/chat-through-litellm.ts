import { GatewayError } from '@genai-gateway/core';
import { checkRequestFields } from '@genai-gateway/governance';
import { isRecord, type JsonObject, type OpenaiMessage } from '@genai-gateway/protocol';
import {
  closeOpenaiCalls,
  invalidRequest,
  openaiMessages,
  systemAsOpenai,
  withPromptOpenai,
} from '@genai-gateway/translate';
import type { LitellmAdmission } from './admit.ts';
import type { AskedConversation } from './admit-conversation.ts';
import { OpenaiAnswerReader } from './answer-reader.ts';
import type { Call } from './call.ts';
import { asApiMessages } from './conversation.ts';
import { openaiConversation } from './openai-conversation.ts';
import { forward, ownHeaders } from './pass-through.ts';
import type { Services } from './services.ts';
import { keepTurn } from './turn-of-call.ts';

/** A chat completion for LiteLLM. */
export interface ChatThroughLitellm extends AskedConversation {
  /** The request without the gateway's own fields. */
  readonly body: JsonObject;
  /** The same as it came, where it had none of them. */
  readonly bytes: Buffer | undefined;
}

/**
 * Serves a chat completion through LiteLLM: for a model of another provider, or because of settings that the hot path
 * does not hold.
 */
export async function serveChatThroughLitellm(
  call: Call,
  services: Services,
  { litellmModel, reasons }: LitellmAdmission,
  asked: ChatThroughLitellm,
): Promise<void> {
  const { body, session } = asked;
  checkRequestFields(body);
  checkGuardrails(body, reasons);
  const stream = body['stream'] === true;
  call.record.stream = stream;
  const { sessionId, kept } = session;
  const reader = kept === undefined ? undefined : new OpenaiAnswerReader(call.record);
  const sent = await bodyFor(call, services, litellmModel, asked, () => reader?.answer());
  const headers = { ...ownHeaders(call), 'content-type': 'application/json' };
  const request = { method: 'POST', target: '/v1/chat/completions', headers, body: sent };
  return forward(call, services, request, { stream, reasons, sessionId, ...(reader === undefined ? {} : { reader }) });
}

/**
 * A caller may name a guardrail of Bedrock, and LiteLLM would take it in place of the one that an administrator set.
 * Source: LiteLLM 1.106.2, router.py (what a caller sends goes over `litellm_params`), https://github.com/BerriAI/litellm
 * (read 2026-11-23).
 */
function checkGuardrails(body: JsonObject, reasons: LitellmAdmission['reasons']): void {
  if (!reasons.some(({ kind }) => kind === 'guardrails')) return;
  const { extra_body: extra } = body;
  for (const [holder, prefix] of [
    [body, ''],
    [isRecord(extra) ? extra : {}, 'extra_body.'],
  ] as const) {
    const name = ['guardrailConfig', 'guardrail_config'].find((each) => (holder[each] ?? undefined) !== undefined);
    if (name !== undefined) {
      throw invalidRequest('An administrator chose the guardrail of this model; leave it out.', `${prefix}${name}`);
    }
  }
}

/** What LiteLLM gets: the bytes as they came, where nothing of them changes. */
async function bodyFor(
  call: Call,
  services: Services,
  model: string,
  asked: ChatThroughLitellm,
  answer: () => ReturnType<OpenaiAnswerReader['answer']>,
): Promise<Buffer | string> {
  const { body, bytes, session, prompt } = asked;
  if (session.kept !== undefined || prompt !== undefined) {
    return JSON.stringify(await continued(call, services, model, asked, answer));
  }
  return bytes !== undefined && body['model'] === model ? bytes : JSON.stringify({ ...body, model });
}

/** The request with what stands before it. */
async function continued(
  call: Call,
  services: Services,
  model: string,
  asked: ChatThroughLitellm,
  answer: () => ReturnType<OpenaiAnswerReader['answer']>,
): Promise<object> {
  const { body, session, prompt } = asked;
  const own = { ...asked, messages: messagesIn(body), request: body };
  const { said, conversation, lead, news } = await openaiConversation(call, own);
  keepTurn(call, services, { session, said, conversation, answer });
  const { prefix, stored, alone, system } = conversation;
  const head = systemAsOpenai(system);
  const before = openaiMessages([...stored, ...asApiMessages(alone)]);
  const all = closeOpenaiCalls([...(head === undefined ? lead : [head, ...lead]), ...before, ...news]);
  const request = { ...body, model, messages: all };
  return prompt === undefined
    ? request
    : withPromptOpenai(request, { ...prompt.rendered, messages: prefix }, { model });
}

/** LiteLLM looks into them itself; here they need a role, and a text or a list of parts where they say something. */
function messagesIn({ messages }: JsonObject): readonly OpenaiMessage[] {
  if (messages === undefined || messages === null) return [];
  if (Array.isArray(messages) && messages.every(isMessage)) return messages;
  throw new GatewayError(
    'invalid-request',
    '`messages` must be a list of messages with `role`, and a text or a list of parts in `content`.',
    { param: 'messages' },
  );
}

/** Roles that may say nothing: they call tools, or answer one with nothing. */
const silent: readonly unknown[] = ['assistant', 'tool', 'function'];

function isMessage(value: unknown): value is OpenaiMessage {
  if (!isRecord(value) || typeof value['role'] !== 'string') return false;
  const { role, content } = value;
  if (content === undefined || content === null) return silent.includes(role);
  return typeof content === 'string' || (Array.isArray(content) && content.every(isRecord));
}
