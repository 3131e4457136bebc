import type { AnthropicRequest } from '@genai-gateway/protocol';
import { ObjectReader } from '../converse-over-openai/object-reader.ts';
import { invalidRequest, MAX_JSON_DEPTH, nestsWithin } from '../json.ts';
import { checkCacheControl, checkContent } from './parse-blocks.ts';

export interface ParseAnthropicOptions {
  /** `optional` for a managed prompt or a session: a body without messages gets an empty list. */
  readonly messages?: 'required' | 'optional';
  /** `optional` for a managed prompt, which may have its own, and for counting. */
  readonly maxTokens?: 'required' | 'optional';
}

/** Deeper than any request whose parts each keep to the limit. */
const MAX_BODY_DEPTH = MAX_JSON_DEPTH + 12;

/**
 * Checks a parsed body of `POST /v1/messages` or `/v1/messages/count_tokens` and gives back the same object under its type:
 * every field that the type names has the type's shape, or is null for "not given". Fields, kinds of blocks and of tools that
 * are unknown pass too, and the translation reports or refuses them.
 * Throws `invalid-request` with the field's path as `param`.
 */
export function parseAnthropicRequest(
  value: unknown,
  { messages: wanted = 'required', maxTokens = 'required' }: ParseAnthropicOptions = {},
): AnthropicRequest {
  const body = ObjectReader.ofAnyFields(value, '');
  if (!nestsWithin(value, MAX_BODY_DEPTH)) {
    throw invalidRequest(`The body nests deeper than ${MAX_BODY_DEPTH} levels; flatten it.`, 'body');
  }
  if (body.text('model') === '') throw invalidRequest('`model` must be the name of a model.', 'model');
  const messages =
    wanted === 'optional' ? body.optionalList('messages', checkMessage) : body.list('messages', checkMessage);
  if (wanted === 'required' && messages?.length === 0) {
    throw invalidRequest('`messages` must be a list with at least one message.', 'messages');
  }
  if (body.optionalInteger('max_tokens', 0) === undefined && maxTokens === 'required') {
    throw invalidRequest('`max_tokens` must be there: the most tokens that the answer may have.', 'max_tokens');
  }
  checkContent(body, 'system', 'text-only');
  checkParameters(body);
  // Every field that the type names has been looked at above.
  const checked = value as unknown as AnthropicRequest;
  return messages === undefined ? { ...checked, messages: [] } : checked;
}

function checkMessage(value: unknown, place: string): void {
  const message = ObjectReader.ofAnyFields(value, place);
  const role = message.choice('role', ['user', 'assistant', 'system']);
  if (message.value('content') === undefined) {
    throw invalidRequest('A message needs `content`: a text or a list of blocks.', message.at('content'));
  }
  checkContent(message, 'content', role === 'system' ? 'text-only' : 'any');
}

function checkParameters(body: ObjectReader): void {
  body.optionalBoolean('stream');
  body.optionalNumber('temperature', 0, 1);
  body.optionalNumber('top_p', 0, 1);
  body.optionalInteger('top_k', 0);
  body.optionalTexts('stop_sequences');
  body.optionalText('service_tier');
  body.optionalObject('metadata', (value, place) => ObjectReader.ofAnyFields(value, place).optionalText('user_id'));
  body.optionalObject('thinking', checkThinking);
  body.optionalObject('output_config', (value, place) => {
    const config = ObjectReader.ofAnyFields(value, place);
    config.optionalText('effort');
    config.optionalObject('format', checkFormat);
  });
  body.optionalObject('output_format', checkFormat);
  body.optionalObject('cache_control', checkCacheControl);
  body.optionalList('tools', checkTool);
  body.optionalObject('tool_choice', checkToolChoice);
}

function checkThinking(value: unknown, place: string): void {
  const thinking = ObjectReader.ofAnyFields(value, place);
  const type = thinking.text('type');
  const budget = thinking.optionalInteger('budget_tokens', 0);
  thinking.optionalText('display');
  if (type === 'enabled' && budget === undefined) {
    throw invalidRequest('`thinking.budget_tokens` must be there, at least 1024.', thinking.at('budget_tokens'));
  }
}

function checkFormat(value: unknown, place: string): void {
  const format = ObjectReader.ofAnyFields(value, place);
  format.choice('type', ['json_schema']);
  format.json('schema');
}

function checkTool(value: unknown, place: string): void {
  const tool = ObjectReader.ofAnyFields(value, place);
  const type = tool.optionalText('type') ?? 'custom';
  tool.optionalObject('cache_control', checkCacheControl);
  if (type !== 'custom') return;
  if (tool.text('name') === '') throw invalidRequest('A tool needs a name.', tool.at('name'));
  tool.optionalText('description');
  tool.json('input_schema');
  tool.optionalBoolean('strict');
}

function checkToolChoice(value: unknown, place: string): void {
  const choice = ObjectReader.ofAnyFields(value, place);
  const type = choice.choice('type', ['auto', 'any', 'tool', 'none']);
  if (type === 'tool') choice.text('name');
  choice.optionalBoolean('disable_parallel_tool_use');
}
