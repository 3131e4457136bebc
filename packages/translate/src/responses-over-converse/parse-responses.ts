import type { ResponsesRequest } from '@genai-gateway/protocol';
import { invalidRequest, isRecord, type JsonRecord, MAX_JSON_DEPTH, nestsWithin } from '../json.ts';
import { checkItem } from './parse-items.ts';
import { checkTool, checkToolChoice } from './parse-tools.ts';

const MAX_INT = 2_147_483_647;

/**
 * Checks a parsed body by hand and gives back the same object under its type: every field that the type names has the
 * type's shape. What OpenAI takes as "not given" (null) passes, and so do fields that are unknown. Kinds of items, parts
 * and tools that only OpenAI itself can serve are refused here, each with what to send instead.
 * With `input: 'optional'`, for a managed prompt or a session, a body without input passes.
 * Throws `invalid-request` with the field's path as `param`.
 */
export function parseResponsesRequest(
  body: unknown,
  { input: wanted = 'required' }: { readonly input?: 'required' | 'optional' } = {},
): ResponsesRequest {
  if (!isRecord(body)) throw invalidRequest('The body must be a JSON object with `model` and `input`.', 'body');
  checkInput(body['input'], wanted);
  optional(body, 'model', isName, 'the name of a model');
  optional(body, 'instructions', isText, 'a text');
  optional(body, 'stream', isBoolean, 'true or false');
  optional(body, 'parallel_tool_calls', isBoolean, 'true or false');
  optional(body, 'store', isBoolean, 'true or false');
  optional(body, 'background', isBoolean, 'true or false');
  optional(body, 'max_output_tokens', isPositiveInteger, 'a whole number above 0');
  optional(body, 'temperature', isBetween(0, 2), 'a number from 0 to 2');
  optional(body, 'top_p', isBetween(0, 1), 'a number from 0 to 1');
  optional(body, 'metadata', isTexts, 'an object of texts');
  for (const field of ['user', 'safety_identifier', 'service_tier', 'truncation', 'previous_response_id']) {
    optional(body, field, isText, 'a text');
  }
  optional(body, 'include', (value) => Array.isArray(value) && value.every(isText), 'a list of texts');
  optional(body, 'prompt', (value) => isRecord(value) && isName(value['id']), 'an object with `id`');
  optional(body, 'conversation', isConversation, 'an id, or an object with `id`');
  checkNested(body, 'reasoning', ['effort', 'summary', 'generate_summary', 'context', 'mode']);
  checkNested(body, 'text', ['verbosity']);
  checkFormat(body['text']);
  optional(body, 'tools', Array.isArray, 'a list');
  if (Array.isArray(body['tools'])) {
    for (const [index, tool] of body['tools'].entries()) checkTool(tool, `tools.${index}`);
  }
  checkToolChoice(body['tool_choice']);
  // What the answer repeats is written again.
  for (const field of ['tools', 'tool_choice', 'text', 'reasoning', 'prompt', 'max_tool_calls']) {
    if (!nestsWithin(body[field], MAX_JSON_DEPTH)) {
      throw invalidRequest(`\`${field}\` may nest at most ${MAX_JSON_DEPTH} levels deep.`, field);
    }
  }
  // Every field that the type names has been looked at above.
  return body as unknown as ResponsesRequest;
}

type Check = (value: unknown) => boolean;

const isBoolean: Check = (value) => typeof value === 'boolean';
const isText: Check = (value) => typeof value === 'string';
const isName: Check = (value) => typeof value === 'string' && value !== '';
const isTexts: Check = (value) => isRecord(value) && Object.values(value).every(isText);
const isPositiveInteger: Check = (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_INT;
const isBetween =
  (low: number, high: number): Check =>
  (value) =>
    typeof value === 'number' && value >= low && value <= high;
const isConversation: Check = (value) => isName(value) || (isRecord(value) && isName(value['id']));

function optional(holder: JsonRecord, field: string, check: Check, expected: string, prefix = ''): void {
  const value = holder[field];
  if (value === undefined || value === null || check(value)) return;
  throw invalidRequest(`\`${prefix}${field}\` must be ${expected}.`, `${prefix}${field}`);
}

function checkNested(body: JsonRecord, field: string, texts: readonly string[]): void {
  optional(body, field, isRecord, 'an object');
  const held = body[field];
  if (!isRecord(held)) return;
  for (const name of texts) optional(held, name, isText, 'a text', `${field}.`);
}

function checkInput(input: unknown, wanted: 'required' | 'optional'): void {
  if (typeof input === 'string' && (input !== '' || wanted === 'optional')) return;
  if (Array.isArray(input) && (input.length > 0 || wanted === 'optional')) {
    for (const [index, item] of input.entries()) checkItem(item, `input.${index}`);
    return;
  }
  if ((input === undefined || input === null) && wanted === 'optional') return;
  throw invalidRequest('`input` must be a text, or a list with at least one item.', 'input');
}

function checkFormat(text: unknown): void {
  const format = isRecord(text) ? text['format'] : undefined;
  if (format === undefined || format === null) return;
  const kinds = ['text', 'json_object', 'json_schema'];
  if (!isRecord(format) || !kinds.includes(String(format['type']))) {
    throw invalidRequest(`\`text.format.type\` must be one of ${kinds.join(', ')}.`, 'text.format.type');
  }
  if (format['type'] !== 'json_schema') return;
  if (!isName(format['name']))
    throw invalidRequest('`text.format` needs the `name` of its schema.', 'text.format.name');
  if (!isRecord(format['schema'])) {
    throw invalidRequest('`text.format.schema` must be a JSON schema object.', 'text.format.schema');
  }
  optional(format, 'description', isText, 'a text', 'text.format.');
  optional(format, 'strict', isBoolean, 'true or false', 'text.format.');
}
