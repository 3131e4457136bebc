import type { OpenaiChatRequest } from '@genai-gateway/protocol';
import { invalidRequest, isRecord, type JsonRecord } from '../json.ts';

const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];
const MAX_INT = 2_147_483_647;

/**
 * Checks a parsed body by hand and gives back the same object under its type: every field that the
 * type names has the type's shape. What OpenAI takes as "not given" (null) passes; fields, kinds of
 * parts, tools and choices that are unknown pass too, and the translation reports or refuses them.
 * With `messages: 'optional'`, for a managed prompt or a session, a body without messages passes: it gets an empty list.
 * Throws `invalid-request` with the field's path as `param`.
 */
export function parseOpenaiChatRequest(
  value: unknown,
  { messages: wanted = 'required' }: { readonly messages?: 'required' | 'optional' } = {},
): OpenaiChatRequest {
  if (!isRecord(value)) throw invalidRequest('The body must be a JSON object with `model` and `messages`.', 'body');
  const body =
    wanted === 'optional' && (value['messages'] ?? undefined) === undefined ? { ...value, messages: [] } : value;
  const { model, messages } = body;
  if (typeof model !== 'string' || model === '') throw invalidRequest('`model` must be the name of a model.', 'model');
  if (!Array.isArray(messages) || (messages.length === 0 && wanted === 'required')) {
    throw invalidRequest('`messages` must be a list with at least one message.', 'messages');
  }
  for (const [index, message] of messages.entries()) checkMessage(message, `messages.${index}`);
  optional(body, 'stream', isBoolean, 'true or false');
  optional(body, 'stream_options', isRecord, 'an object');
  if (isRecord(body['stream_options'])) {
    optional(body['stream_options'], 'include_usage', isBoolean, 'true or false', 'stream_options.');
  }
  optional(body, 'max_completion_tokens', isPositiveInteger, 'a whole number above 0');
  optional(body, 'max_tokens', isPositiveInteger, 'a whole number above 0');
  optional(body, 'n', isPositiveInteger, 'a whole number above 0');
  optional(body, 'temperature', isBetween(0, 2), 'a number from 0 to 2');
  optional(body, 'top_p', isBetween(0, 1), 'a number from 0 to 1');
  optional(body, 'stop', isStop, 'a text or a list of texts');
  optional(body, 'parallel_tool_calls', isBoolean, 'true or false');
  optional(body, 'user', isText, 'a text');
  optional(body, 'response_format', (value) => isRecord(value) && isText(value['type']), 'an object with `type`');
  optional(body, 'tools', Array.isArray, 'a list');
  if (Array.isArray(body['tools'])) {
    for (const [index, tool] of body['tools'].entries()) checkTool(tool, `tools.${index}`);
  }
  checkToolChoice(body['tool_choice']);
  // Every field that the type names has been looked at above.
  return body as unknown as OpenaiChatRequest;
}

type Check = (value: unknown) => boolean;

const isBoolean: Check = (value) => typeof value === 'boolean';
const isText = (value: unknown): value is string => typeof value === 'string';
const isPositiveInteger: Check = (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_INT;
const isBetween =
  (low: number, high: number): Check =>
  (value) =>
    typeof value === 'number' && value >= low && value <= high;
const isStop: Check = (value) => isText(value) || (Array.isArray(value) && value.every(isText));

function optional(holder: JsonRecord, field: string, check: Check, expected: string, prefix = ''): void {
  const value = holder[field];
  if (value === undefined || value === null || check(value)) return;
  throw invalidRequest(`\`${prefix}${field}\` must be ${expected}.`, `${prefix}${field}`);
}

function checkMessage(message: unknown, param: string): void {
  if (!isRecord(message)) throw invalidRequest('A message must be an object with `role` and `content`.', param);
  const { role, content } = message;
  if (!isText(role) || !roles.includes(role)) {
    throw invalidRequest(`The role of a message must be one of ${roles.slice(0, 5).join(', ')}.`, `${param}.role`);
  }
  const mayBeAbsent = role === 'assistant' || role === 'tool' || role === 'function';
  if (content === undefined || content === null) {
    if (!mayBeAbsent)
      throw invalidRequest('This message needs `content`: a text or a list of parts.', `${param}.content`);
  } else if (Array.isArray(content)) {
    for (const [index, part] of content.entries()) checkPart(part, `${param}.content.${index}`);
  } else if (!isText(content)) {
    throw invalidRequest('The content of a message must be a text or a list of parts.', `${param}.content`);
  }
  optional(message, 'name', isText, 'a text', `${param}.`);
  optional(message, 'refusal', isText, 'a text', `${param}.`);
  optional(message, 'tool_call_id', isText, 'a text', `${param}.`);
  optional(message, 'tool_calls', Array.isArray, 'a list', `${param}.`);
  if (Array.isArray(message['tool_calls'])) {
    for (const [index, call] of message['tool_calls'].entries()) checkToolCall(call, `${param}.tool_calls.${index}`);
  }
}

function checkPart(part: unknown, param: string): void {
  if (!isRecord(part) || !isText(part['type']))
    throw invalidRequest('A content part must be an object with `type`.', param);
  const { type } = part;
  if ((type === 'text' || type === 'refusal') && !isText(part[type])) {
    throw invalidRequest(`A part of type "${type}" must have its text in \`${type}\`.`, `${param}.${type}`);
  }
  if (type === 'image_url' && !(isRecord(part['image_url']) && isText(part['image_url']['url']))) {
    throw invalidRequest(
      'A part of type "image_url" must have `image_url`: { "url": "data:…" }.',
      `${param}.image_url`,
    );
  }
}

function checkToolCall(call: unknown, param: string): void {
  if (!isRecord(call)) throw invalidRequest('A tool call must be an object with `id`, `type` and `function`.', param);
  const definition = call['function'];
  if (!isRecord(definition) || !isText(definition['name']) || definition['name'] === '') {
    throw invalidRequest('A tool call must have `function`: { "name": "…", "arguments": "…" }.', `${param}.function`);
  }
  optional(call, 'id', isText, 'a text', `${param}.`);
  optional(definition, 'arguments', (value) => isText(value) || isRecord(value), 'JSON text', `${param}.function.`);
}

function checkTool(tool: unknown, param: string): void {
  if (!isRecord(tool) || !isText(tool['type'])) throw invalidRequest('A tool must be an object with `type`.', param);
  if (tool['type'] !== 'function') return;
  const definition = tool['function'];
  if (!isRecord(definition) || !isText(definition['name']) || definition['name'] === '') {
    throw invalidRequest('A tool must have `function`: { "name": "…", "parameters": { … } }.', `${param}.function`);
  }
  optional(definition, 'description', isText, 'a text', `${param}.function.`);
  optional(definition, 'parameters', isRecord, 'a JSON schema object', `${param}.function.`);
  optional(definition, 'strict', isBoolean, 'true or false', `${param}.function.`);
}

function checkToolChoice(choice: unknown): void {
  if (choice === undefined || choice === null) return;
  if (choice === 'none' || choice === 'auto' || choice === 'required') return;
  if (!isRecord(choice) || !isText(choice['type'])) {
    throw invalidRequest('`tool_choice` must be "none", "auto", "required" or an object with `type`.', 'tool_choice');
  }
  if (choice['type'] !== 'function') return;
  if (!isRecord(choice['function']) || !isText(choice['function']['name'])) {
    throw invalidRequest(
      '`tool_choice` must name its function: { "function": { "name": "…" } }.',
      'tool_choice.function',
    );
  }
}
