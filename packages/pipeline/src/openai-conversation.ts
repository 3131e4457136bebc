import type { JsonObject, OpenaiMessage } from '@genai-gateway/protocol';
import { systemOfOpenai } from '@genai-gateway/translate';
import type { AskedConversation } from './admit-conversation.ts';
import type { Call } from './call.ts';
import { type Continued, conversationOf } from './conversation.ts';

/** A chat completion that goes on with a session, or by a managed prompt. */
interface AskedOpenaiConversation extends AskedConversation {
  readonly messages: readonly OpenaiMessage[];
  /** The request as it came, for its size. */
  readonly request: JsonObject;
}

export interface OpenaiConversation extends Continued<OpenaiMessage> {
  /** The caller's own system messages. */
  readonly lead: readonly OpenaiMessage[];
}

/** What is said in OpenAI's API, and what stands before it. Rejects as `conversationOf`. */
export async function openaiConversation(call: Call, asked: AskedOpenaiConversation): Promise<OpenaiConversation> {
  const { messages, request } = asked;
  const { system, rest } = systemOfOpenai(messages);
  const lead = messages.slice(0, messages.length - rest.length);
  const inApi = (message: OpenaiMessage) => ({ api: 'openai', message }) as const;
  return { ...(await conversationOf(call, asked, { messages: rest, inApi, system, request })), lead };
}
