import { isObject, type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../../json.ts';
import { badRequest } from '../errors.ts';
import { checkStreamOptions, requireField, requireKind, requireOneOf, requireRange } from '../rules.ts';

const roles = ['developer', 'system', 'user', 'assistant', 'tool', 'function'];
const partTypes = ['text', 'image_url', 'input_audio', 'file', 'refusal'];
const MOST_STOPS = 4;
const MOST_CHOICES = 128;

/**
 * Refuses what the real API refuses of a chat completion and callers get wrong most: the shape of messages, answers
 * to tool calls, ranges, and fields that need each other. Fields it does not know pass. Throws `OpenaiError`.
 * Source: https://platform.openai.com/docs/api-reference/chat/create (as of 2026-11-23).
 */
export function checkChat(body: JsonObject): void {
  requireKind(requireField(body, 'messages'), ['array'], 'messages');
  const messages = listOf(body['messages']);
  if (messages.length === 0) throw badRequest("Invalid 'messages': empty array.", 'messages', 'empty_array');
  for (const [at, message] of messages.entries()) checkMessage(message, `messages[${at}]`);
  checkToolAnswers(messages);
  checkTools(body);
  checkResponseFormat(body);
  checkStreamOptions(body);
  requireRange(body, 'temperature', 0, 2);
  requireRange(body, 'top_p', 0, 1);
  requireRange(body, 'presence_penalty', -2, 2);
  requireRange(body, 'frequency_penalty', -2, 2);
  requireRange(body, 'n', 1, MOST_CHOICES);
  requireRange(body, 'max_tokens', 1, Number.MAX_SAFE_INTEGER);
  requireRange(body, 'max_completion_tokens', 1, Number.MAX_SAFE_INTEGER);
  if (isGiven(body['max_tokens']) && isGiven(body['max_completion_tokens'])) {
    throw badRequest("'max_tokens' and 'max_completion_tokens' exclude each other.", 'max_tokens', 'invalid_parameter');
  }
  if (listOf(body['stop']).length > MOST_STOPS) {
    throw badRequest(`Invalid 'stop': more than ${MOST_STOPS} sequences.`, 'stop', 'array_above_max_length');
  }
}

function checkMessage(value: JsonValue, place: string): void {
  requireKind(value, ['object'], place);
  const message = objectOf(value);
  requireOneOf(message['role'], roles, `${place}.role`);
  const { content } = message;
  if (message['role'] === 'assistant' && !isGiven(content)) {
    if (isGiven(message['tool_calls']) || isGiven(message['function_call']) || isGiven(message['refusal'])) return;
  }
  requireKind(requireField(message, 'content', `${place}.content`), ['string', 'array'], `${place}.content`);
  for (const [at, part] of listOf(content).entries()) checkPart(part, `${place}.content[${at}]`);
}

function checkPart(value: JsonValue, place: string): void {
  requireKind(value, ['object'], place);
  const part = objectOf(value);
  requireOneOf(part['type'], partTypes, `${place}.type`);
  if (part['type'] === 'text') requireKind(part['text'], ['string'], `${place}.text`);
  if (part['type'] !== 'image_url') return;
  const url = stringOf(objectOf(part['image_url'])['url']) ?? '';
  const inline = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/.test(url);
  if (!inline && !/^https?:\/\/./.test(url)) {
    throw badRequest('An image has to be a URL or base64 of a png, jpeg, gif or webp.', place, 'invalid_image_url');
  }
}

/** Each tool call is answered by the messages that follow it, and nothing else is. */
function checkToolAnswers(messages: readonly JsonValue[]): void {
  let open = new Set<string>();
  let caller = '';
  for (const [at, message] of messages.map(objectOf).entries()) {
    const place = `messages[${at}]`;
    if (message['role'] === 'tool') {
      if (!open.delete(stringOf(message['tool_call_id']) ?? '')) {
        throw badRequest(`${place} has role 'tool' and answers no preceding 'tool_calls'.`, `${place}.role`);
      }
      continue;
    }
    refuseOpen(open, caller);
    open = new Set(listOf(message['tool_calls']).map((call) => stringOf(objectOf(call)['id']) ?? ''));
    caller = place;
  }
  refuseOpen(open, caller);
}

function refuseOpen(open: ReadonlySet<string>, caller: string): void {
  if (open.size === 0) return;
  throw badRequest(`These 'tool_calls' of ${caller} have no tool message: ${[...open].join(', ')}`, caller);
}

function checkTools(body: JsonObject): void {
  const tools = listOf(body['tools']);
  for (const [at, tool] of tools.map(objectOf).entries()) {
    if (tool['type'] !== 'function') continue;
    const name = stringOf(objectOf(tool['function'])['name']) ?? '';
    const place = `tools[${at}].function.name`;
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      throw badRequest(`Invalid '${place}': '${name}' is no name.`, place, 'invalid_value');
    }
  }
  const choice = body['tool_choice'];
  if (!isGiven(choice) || choice === 'none') return;
  if (tools.length === 0) throw badRequest("'tool_choice' needs 'tools'.", 'tool_choice');
  if (typeof choice === 'string') requireOneOf(choice, ['none', 'auto', 'required'], 'tool_choice');
  const wanted = objectOf(objectOf(choice)['function'])['name'];
  if (isGiven(wanted) && !tools.some((tool) => objectOf(objectOf(tool)['function'])['name'] === wanted)) {
    throw badRequest(`'tool_choice' names '${String(wanted)}', which 'tools' does not have.`, 'tool_choice');
  }
}

function checkResponseFormat(body: JsonObject): void {
  const format = body['response_format'];
  if (!isGiven(format)) return;
  const { type, json_schema: schema } = objectOf(format);
  requireOneOf(type, ['text', 'json_object', 'json_schema'], 'response_format.type');
  if (type === 'json_object' && !/json/i.test(JSON.stringify(body['messages']))) {
    throw badRequest("'messages' has to contain the word 'json' for this 'response_format'.", 'messages');
  }
  if (type !== 'json_schema') return;
  requireField(objectOf(schema), 'name', 'response_format.json_schema.name');
  if (!isObject(objectOf(schema)['schema'])) {
    const place = 'response_format.json_schema.schema';
    throw badRequest(`Missing required parameter: '${place}'.`, place, 'missing_required_parameter');
  }
}

function isGiven(value: JsonValue | undefined): value is JsonValue {
  return value !== undefined && value !== null;
}
