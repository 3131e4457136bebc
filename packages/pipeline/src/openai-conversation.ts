import type { JsonObject, OpenaiMessage } from '@genai-gateway/protocol';
import { systemOfOpenai } from '@genai-gateway/translate';
import type { AskedConversation } from './admit-conversation.ts';
import type { Call } from './call.ts';
import { type Conversation, conversationOf, type Said } from './conversation.ts';

/** A chat completion that goes on with a session, or by a managed prompt. */
export interface OpenaiConversationRequest extends AskedConversation {
  readonly messages: readonly OpenaiMessage[];
  /** The request as it came, for its size. */
  readonly request: JsonObject;
}

export interface OpenaiConversation {
  readonly said: Said;
  readonly conversation: Conversation;
  /** The caller's own system messages. */
  readonly lead: readonly OpenaiMessage[];
  /** Its other messages, without those that the session has already. */
  readonly news: readonly OpenaiMessage[];
}

/** What is said in OpenAI's API, and what stands before it. Rejects as `conversationOf`. */
export async function openaiConversation(call: Call, asked: OpenaiConversationRequest): Promise<OpenaiConversation> {
  const { messages, model, session, prompt, readsAtMost, request } = asked;
  const { system, rest } = systemOfOpenai(messages);
  const said: Said = {
    messages: rest.map((message) => ({ api: 'openai', message })),
    system,
    prompt: prompt?.rendered,
    model: prompt?.model ?? model,
  };
  const conversation = await conversationOf(call, session, said, { readsAtMost, request });
  const lead = messages.slice(0, messages.length - rest.length);
  // What is new stands at the end; a prompt that is called without messages brings its own.
  const news = rest.length === 0 ? [] : rest.slice(rest.length - conversation.fresh.length);
  return { said, conversation, lead, news };
}
