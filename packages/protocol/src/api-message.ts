import type { AnthropicMessage } from './anthropic/message.ts';
import type { ConverseMessage } from './converse/request.ts';
import type { LitellmAssistantMessage } from './litellm/chat.ts';
import type { OpenaiMessage } from './openai/message.ts';

/** The APIs that conversations come in. */
export type ChatApi = 'openai' | 'converse' | 'anthropic';

/** OpenAI's messages, and the answers of LiteLLM, which hold signed thinking too. */
export type OpenaiConversationMessage = OpenaiMessage | LitellmAssistantMessage;

/**
 * A message of a conversation as it was written, with the API in whose words it is. Nothing is lost by keeping it so; only
 * who reads it in another API gets a translation.
 */
export type ApiMessage =
  | { readonly api: 'openai'; readonly message: OpenaiConversationMessage }
  | { readonly api: 'converse'; readonly message: ConverseMessage }
  | { readonly api: 'anthropic'; readonly message: AnthropicMessage };
