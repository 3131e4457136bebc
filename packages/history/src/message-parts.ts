import type { ApiMessage } from '@genai-gateway/protocol';

/** Who speaks: the results of tools come from the user's side, in all APIs. */
export type Speaker = 'user' | 'assistant' | 'system';

/** What a message says, in the words of no API. */
export interface MessageParts {
  readonly speaker: Speaker;
  readonly texts: readonly string[];
  readonly calls: readonly ToolCallPart[];
  readonly results: readonly ToolResultPart[];
}

/** A call that the model wants the caller to make. `id` undefined: the message gives it none. */
export interface ToolCallPart {
  readonly id: string | undefined;
  readonly name: string | undefined;
}

export interface ToolResultPart {
  readonly id: string | undefined;
  readonly text: string;
}

type Fields = Readonly<Record<string, unknown>>;
type Parts = { readonly [Name in 'texts' | 'calls' | 'results']: MessageParts[Name][number][] };

/**
 * What is common to a message in all APIs: who speaks, texts, tool calls and their results. Reasoning, pictures, files
 * and cache points are let go, and so are the tools that a provider runs by itself: nobody has to answer those.
 * Messages are taken as they were sent or stored, so nothing in them is relied upon; it never throws.
 */
export function partsOf({ api, message }: ApiMessage): MessageParts {
  const fields: Fields = { ...message };
  const parts: Parts = { texts: [], calls: [], results: [] };
  switch (api) {
    case 'openai':
      addOpenai(fields, parts);
      break;
    case 'converse':
      for (const block of blocksOf(fields['content'])) addConverse(block, parts);
      break;
    case 'anthropic':
      addText(fields['content'], parts);
      for (const block of blocksOf(fields['content'])) addAnthropic(block, parts);
  }
  return { speaker: speakerOf(fields['role']), ...parts };
}

function speakerOf(role: unknown): Speaker {
  if (role === 'assistant') return 'assistant';
  return role === 'system' || role === 'developer' ? 'system' : 'user';
}

function addOpenai(message: Fields, parts: Parts): void {
  const texts = textsOf(message['content']);
  if (message['role'] === 'tool' || message['role'] === 'function') {
    parts.results.push({ id: textOf(message['tool_call_id']), text: texts.join('') });
    return;
  }
  for (const text of texts) parts.texts.push(text);
  addText(message['refusal'], parts);
  for (const call of blocksOf(message['tool_calls'])) {
    const name = textOf(fieldsOf(call['function'])['name']) ?? textOf(fieldsOf(call['custom'])['name']);
    parts.calls.push({ id: textOf(call['id']), name });
  }
  // The form before tools: a call without an id.
  const { function_call: older } = message;
  if (older !== undefined && older !== null) parts.calls.push({ id: undefined, name: textOf(fieldsOf(older)['name']) });
}

function addConverse(block: Fields, parts: Parts): void {
  addText(block['text'], parts);
  for (const text of textsOf(fieldsOf(block['citationsContent'])['content'])) parts.texts.push(text);
  const { toolUse, toolResult } = block;
  const call = fieldsOf(toolUse);
  if (toolUse !== undefined && call['type'] !== 'server_tool_use') {
    parts.calls.push({ id: textOf(call['toolUseId']), name: textOf(call['name']) });
  }
  if (toolResult !== undefined) {
    const { toolUseId, content } = fieldsOf(toolResult);
    const texts = blocksOf(content).map((each) => textOf(each['text']) ?? jsonText(each['json']));
    parts.results.push({ id: textOf(toolUseId), text: texts.join('') });
  }
}

function addAnthropic(block: Fields, parts: Parts): void {
  switch (block['type']) {
    case 'text':
      addText(block['text'], parts);
      break;
    case 'tool_use':
      parts.calls.push({ id: textOf(block['id']), name: textOf(block['name']) });
      break;
    case 'tool_result':
      parts.results.push({ id: textOf(block['tool_use_id']), text: textsOf(block['content']).join('') });
  }
}

function addText(value: unknown, parts: Parts): void {
  if (typeof value === 'string') parts.texts.push(value);
}

/** The texts of a `content` that is a text, or a list of parts. */
function textsOf(content: unknown): readonly string[] {
  if (typeof content === 'string') return [content];
  return blocksOf(content).flatMap((part) => textOf(part['text']) ?? textOf(part['refusal']) ?? []);
}

function jsonText(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}

function blocksOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === 'object' ? (value as Fields) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
