import { GatewayError } from '@genai-gateway/core';
import { type AnthropicMessage, isRecord, type JsonObject } from '@genai-gateway/protocol';
import {
  anthropicMessages,
  closeAnthropicCalls,
  systemAsAnthropic,
  systemOfAnthropic,
  withPromptAnthropic,
} from '@genai-gateway/translate';
import type { AskedConversation } from './admit-conversation.ts';
import type { Call } from './call.ts';
import { type Continued, type Conversation, conversationOf } from './conversation.ts';
import type { PromptOfCall } from './managed-prompt.ts';

/** A request of the Messages API that goes on with a session, or by a managed prompt. */
interface AnthropicConversation extends AskedConversation {
  /** Without the gateway's own fields. */
  readonly body: JsonObject;
}

/** What is said in the Messages API, and what stands before it. Throws `invalid-request`; rejects as `conversationOf`. */
export function anthropicConversation(call: Call, asked: AnthropicConversation): Promise<Continued<AnthropicMessage>> {
  const { body } = asked;
  return conversationOf(call, asked, {
    messages: messagesIn(body),
    inApi: (message) => ({ api: 'anthropic', message }),
    system: systemOfAnthropic(body['system']),
    request: body,
  });
}

/** The request with what stands before it, in the words of the Messages API. */
export function continuedAnthropic(
  body: JsonObject,
  { prefix, stored, fresh, system: kept }: Conversation,
  prompt: PromptOfCall | undefined,
  model: string,
): object {
  const system = systemAsAnthropic(kept);
  const request = {
    ...body,
    model,
    ...(system === undefined ? {} : { system }),
    messages: closeAnthropicCalls(anthropicMessages([...stored, ...fresh])),
  };
  if (prompt === undefined) return request;
  return withPromptAnthropic(request, { ...prompt.rendered, messages: prefix }, { model });
}

/** Looked into by whoever translates them; here they need a role, and a text or a list of blocks. */
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
