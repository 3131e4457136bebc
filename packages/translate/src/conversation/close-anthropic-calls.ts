import type { AnthropicContentBlock, AnthropicMessage, AnthropicToolResultBlock } from '@genai-gateway/protocol';
import { recordsOf, textOf } from '../json.ts';
import { PLACEHOLDER_TEXT } from '../openai-over-converse/content.ts';
import { LATE_RESULT_TEXT, MISSING_RESULT_TEXT } from '../openai-over-converse/conversation.ts';

type Blocks = readonly AnthropicContentBlock[];

/**
 * A conversation as Anthropic takes it: every call has its result at the beginning of the user message right behind it,
 * if only one that says there is none. A second result for one call is left out; one that answers no call there becomes
 * text. Thinking without a signature, which other models' answers have, stays only where a model is in the middle of its
 * calls; an empty message gets a dot. The same list where nothing is to be done.
 */
export function closeAnthropicCalls(messages: readonly AnthropicMessage[]): readonly AnthropicMessage[] {
  const lastSaid = messages.findLastIndex((message) => message.role === 'user' && !isOnlyResults(message.content));
  const all: AnthropicMessage[] = [];
  let open: ReadonlySet<string> = new Set();
  for (const [index, message] of messages.entries()) {
    if (message.role === 'user') {
      all.push(withResults(message, open));
      open = new Set();
      continue;
    }
    if (open.size > 0) all.push({ role: 'user', content: missingResults(open) });
    open = callsOf(message);
    all.push(filled(index < lastSaid ? withoutUnsigned(message) : message));
  }
  if (open.size > 0) all.push({ role: 'user', content: missingResults(open) });
  return all.length === messages.length && all.every((message, index) => message === messages[index]) ? messages : all;
}

function callsOf({ role, content }: AnthropicMessage): ReadonlySet<string> {
  if (role !== 'assistant') return new Set();
  return new Set(recordsOf(content).flatMap(({ type, id }) => (type === 'tool_use' ? [textOf(id)] : [])));
}

/** The same message where all its results answer calls, and all calls have one. */
function withResults(message: AnthropicMessage, calls: ReadonlySet<string>): AnthropicMessage {
  const { content } = message;
  if (typeof content === 'string') {
    if (calls.size === 0) return filled(message);
    return { role: 'user', content: [...missingResults(calls), { type: 'text', text: content || PLACEHOLDER_TEXT }] };
  }
  const open = new Set(calls);
  const results: AnthropicContentBlock[] = [];
  const rest: AnthropicContentBlock[] = [];
  let isChanged = !isInFront(content);
  for (const block of content) {
    if (block.type !== 'tool_result') rest.push(block);
    else if (open.delete(block.tool_use_id)) results.push(block);
    else {
      isChanged = true;
      if (!calls.has(block.tool_use_id)) for (const text of asText(block)) rest.push(text);
    }
  }
  if (!isChanged && open.size === 0) return filled(message);
  return filled({ role: 'user', content: [...results, ...missingResults(open), ...rest] });
}

/** Whether no result stands behind something else. */
function isInFront(blocks: Blocks): boolean {
  const first = blocks.findIndex((block) => block.type !== 'tool_result');
  return first === -1 || !blocks.slice(first).some((block) => block.type === 'tool_result');
}

function missingResults(ids: ReadonlySet<string>): AnthropicToolResultBlock[] {
  return [...ids].map((id) => ({ type: 'tool_result', tool_use_id: id, content: MISSING_RESULT_TEXT, is_error: true }));
}

function asText({ content }: AnthropicToolResultBlock): Blocks {
  const said: Blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
  return [{ type: 'text', text: LATE_RESULT_TEXT }, ...said];
}

function isOnlyResults(content: AnthropicMessage['content']): boolean {
  return typeof content !== 'string' && content.length > 0 && content.every((block) => block.type === 'tool_result');
}

function withoutUnsigned(message: AnthropicMessage): AnthropicMessage {
  const { content } = message;
  const isUnsigned = (block: AnthropicContentBlock): boolean => block.type === 'thinking' && !block.signature;
  if (typeof content === 'string' || !content.some(isUnsigned)) return message;
  return { ...message, content: content.filter((block) => !isUnsigned(block)) };
}

function filled(message: AnthropicMessage): AnthropicMessage {
  return message.content.length > 0 ? message : { ...message, content: PLACEHOLDER_TEXT };
}
