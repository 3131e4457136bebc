import type { ApiMessage, ChatApi } from '@genai-gateway/protocol';

/** What a message may say, for tests that say it in every API. */
export type Saying =
  | { readonly kind: 'user'; readonly text: string }
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'call'; readonly id: string }
  | { readonly kind: 'result'; readonly id: string };

export const chatApis: readonly ChatApi[] = ['openai', 'converse', 'anthropic'];

export const user = (text: string): Saying => ({ kind: 'user', text });
export const answer = (text: string): Saying => ({ kind: 'answer', text });
export const call = (id: string): Saying => ({ kind: 'call', id });
export const result = (id: string): Saying => ({ kind: 'result', id });

/** One saying in the words of an API. */
export function inWordsOf(api: ChatApi, saying: Saying): ApiMessage {
  switch (api) {
    case 'openai':
      return openai(saying);
    case 'converse':
      return converse(saying);
    case 'anthropic':
      return anthropic(saying);
  }
}

function openai(saying: Saying): ApiMessage {
  switch (saying.kind) {
    case 'user':
      return { api: 'openai', message: { role: 'user', content: saying.text } };
    case 'answer':
      return { api: 'openai', message: { role: 'assistant', content: saying.text } };
    case 'call': {
      const tool_calls = [
        { id: saying.id, type: 'function' as const, function: { name: 'look_up', arguments: '{"of":1}' } },
      ];
      return { api: 'openai', message: { role: 'assistant', content: null, tool_calls } };
    }
    case 'result':
      return { api: 'openai', message: { role: 'tool', tool_call_id: saying.id, content: resultText(saying.id) } };
  }
}

function converse(saying: Saying): ApiMessage {
  switch (saying.kind) {
    case 'user':
      return { api: 'converse', message: { role: 'user', content: [{ text: saying.text }] } };
    case 'answer': {
      const thought = { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2ln' } } };
      return { api: 'converse', message: { role: 'assistant', content: [thought, { text: saying.text }] } };
    }
    case 'call': {
      const toolUse = { toolUseId: saying.id, name: 'look_up', input: { of: 1 } };
      return { api: 'converse', message: { role: 'assistant', content: [{ toolUse }] } };
    }
    case 'result': {
      const toolResult = { toolUseId: saying.id, content: [{ text: resultText(saying.id) }] };
      return { api: 'converse', message: { role: 'user', content: [{ toolResult }] } };
    }
  }
}

function anthropic(saying: Saying): ApiMessage {
  switch (saying.kind) {
    case 'user':
      return { api: 'anthropic', message: { role: 'user', content: saying.text } };
    case 'answer': {
      const thought = { type: 'thinking' as const, thinking: 'Hm.', signature: 'c2ln' };
      return {
        api: 'anthropic',
        message: { role: 'assistant', content: [thought, { type: 'text', text: saying.text }] },
      };
    }
    case 'call': {
      const block = { type: 'tool_use' as const, id: saying.id, name: 'look_up', input: { of: 1 } };
      return { api: 'anthropic', message: { role: 'assistant', content: [block] } };
    }
    case 'result': {
      const block = { type: 'tool_result' as const, tool_use_id: saying.id, content: resultText(saying.id) };
      return { api: 'anthropic', message: { role: 'user', content: [block] } };
    }
  }
}

function resultText(id: string): string {
  return `what ${id} found`;
}
