import type { ApiMessage } from '@genai-gateway/protocol';

/**
 * Stored messages without what their model thought. For turns of another vendor's model than the one that reads them
 * now: thinking is signed by its vendor, and another one refuses the whole conversation for it. The same list where
 * there is none.
 */
export function withoutReasoning(messages: readonly ApiMessage[]): readonly ApiMessage[] {
  const kept = messages.map(without);
  return kept.every((message, index) => message === messages[index]) ? messages : kept;
}

function without(stored: ApiMessage): ApiMessage {
  switch (stored.api) {
    case 'openai': {
      const { message } = stored;
      if (!('thinking_blocks' in message) && !('reasoning_content' in message)) return stored;
      const { thinking_blocks: _blocks, reasoning_content: _content, ...rest } = message;
      return { api: 'openai', message: rest };
    }
    case 'converse': {
      const content = stored.message.content.filter((block) => !('reasoningContent' in block));
      return content.length === stored.message.content.length
        ? stored
        : { api: 'converse', message: { ...stored.message, content } };
    }
    case 'anthropic': {
      const { message } = stored;
      if (typeof message.content === 'string') return stored;
      const content = message.content.filter(({ type }) => type !== 'thinking' && type !== 'redacted_thinking');
      return content.length === message.content.length
        ? stored
        : { api: 'anthropic', message: { ...message, content } };
    }
  }
}
