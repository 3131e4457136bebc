import type { ConversationWords } from '@genai-gateway/history';
import type { ApiMessage, ChatApi, ConverseSystemBlock } from '@genai-gateway/protocol';
import {
  anthropicMessages,
  converseMessages,
  openaiMessages,
  systemAsAnthropic,
  systemAsOpenai,
} from '@genai-gateway/translate';

/** How turns are shown in the words of an API. */
export const sessionWords: ConversationWords = { messages: messagesAs, system: systemAs };

function messagesAs(messages: readonly ApiMessage[], api: ChatApi): readonly unknown[] {
  switch (api) {
    case 'openai':
      return openaiMessages(messages);
    case 'converse':
      return converseMessages(messages);
    case 'anthropic':
      return anthropicMessages(messages);
  }
}

function systemAs(blocks: readonly ConverseSystemBlock[], api: ChatApi): unknown {
  switch (api) {
    case 'openai':
      return systemAsOpenai(blocks)?.content;
    case 'converse':
      return blocks;
    case 'anthropic':
      return systemAsAnthropic(blocks);
  }
}
