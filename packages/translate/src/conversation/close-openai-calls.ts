import type { OpenaiContentPart, OpenaiConversationMessage } from '@genai-gateway/protocol';
import { recordsOf, textOf } from '../json.ts';
import { LATE_RESULT_TEXT, MISSING_RESULT_TEXT } from '../openai-over-converse/conversation.ts';

type ToolMessage = Extract<OpenaiConversationMessage, { readonly role: 'tool' }>;

/**
 * A conversation as OpenAI and its like take it: every call has its result in the tool messages right behind it, if only
 * one that says there is none. A second result for one call is left out; one that answers no call there becomes text of
 * the user. The same list where nothing is to be done.
 */
export function closeOpenaiCalls(messages: readonly OpenaiConversationMessage[]): readonly OpenaiConversationMessage[] {
  const all: OpenaiConversationMessage[] = [];
  /** The calls of the newest answer, and whether they have their result. */
  let calls = new Map<string, boolean>();
  let late: OpenaiConversationMessage[] = [];
  let isChanged = false;
  const endResults = (): void => {
    for (const [id, isAnswered] of calls) {
      if (isAnswered) continue;
      all.push({ role: 'tool', tool_call_id: id, content: MISSING_RESULT_TEXT });
      isChanged = true;
    }
    for (const message of late) all.push(message);
    calls = new Map();
    late = [];
  };
  for (const message of messages) {
    if (message.role !== 'tool') {
      endResults();
      if (message.role === 'assistant') calls = callsOf(message);
      all.push(message);
      continue;
    }
    const id = message.tool_call_id ?? '';
    const isAnswered = calls.get(id);
    if (isAnswered === false || id === '') {
      calls.set(id, true);
      all.push(message);
    } else {
      isChanged = true;
      if (isAnswered === undefined) late.push(asText(message));
    }
  }
  endResults();
  return isChanged ? all : messages;
}

function callsOf({
  tool_calls: calls,
}: Extract<OpenaiConversationMessage, { readonly role: 'assistant' }>): Map<string, boolean> {
  return new Map(recordsOf(calls).flatMap(({ id }) => (textOf(id) === '' ? [] : [[textOf(id), false]])));
}

function asText({ content }: ToolMessage): OpenaiConversationMessage {
  const said: readonly OpenaiContentPart[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
  return { role: 'user', content: [{ type: 'text', text: LATE_RESULT_TEXT }, ...said] };
}
