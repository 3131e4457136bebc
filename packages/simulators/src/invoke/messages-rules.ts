import { claudeBlock, claudeProblem } from '../claude/claude-rules.ts';
import type { ClaudeTraits } from '../claude/claude-traits.ts';
import { invalid } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../json.ts';
import { checkContent } from './messages-content.ts';
import { checkMessagesTools, checkToolTurns } from './messages-tools.ts';

/** What Bedrock takes of Messages; the rest of Anthropic's own API (containers, MCP servers, tiers) it does not. */
const FIELDS = new Set([
  ...['anthropic_beta', 'anthropic_version', 'context_management', 'max_tokens', 'messages', 'metadata'],
  ...['output_config', 'stop_sequences', 'system', 'temperature', 'thinking', 'tool_choice', 'tools', 'top_k', 'top_p'],
]);
const BETA = /^[a-z]+(-[a-z0-9]+)*-\d{4}-\d{2}-\d{2}$/;
const MAX_CACHE_POINTS = 4;

/**
 * What Bedrock asks of a Messages body: its own `anthropic_version`, no `model` and no `stream` (both are in the
 * request line), and the rules of the Messages API that callers break most. Throws ValidationException.
 * Sources: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html (as of
 * 2026-11-22), and `MessageCreateParams` of the npm package @anthropic-ai/sdk 1.12.0 (read 2026-11-23).
 */
export function checkMessagesBody(body: JsonObject, traits: ClaudeTraits): void {
  for (const field of Object.keys(body)) {
    if (!FIELDS.has(field)) throw invalid(`${field}: Extra inputs are not permitted`);
  }
  for (const field of ['anthropic_version', 'max_tokens', 'messages']) {
    if (body[field] === undefined) throw invalid(`${field}: Field required`);
  }
  if (body['anthropic_version'] !== 'bedrock-2023-05-31') {
    throw invalid('Invalid API version: anthropic_version must be bedrock-2023-05-31');
  }
  checkParameters(body);
  const messages = listOf(body['messages']);
  if (!Array.isArray(body['messages'])) throw invalid('messages: Input should be a valid list');
  if (messages.length === 0) throw invalid('messages: at least one message is required');
  for (const [at, message] of messages.entries()) checkMessage(objectOf(message), at, traits);
  if (objectOf(messages[0])['role'] !== 'user') throw invalid('messages: first message must use the "user" role');
  checkSystem(body['system']);
  checkMessagesTools(body);
  checkToolTurns(messages.map(objectOf), listOf(body['tools']).length > 0);
  const cached = countCached([
    body['tools'],
    body['system'],
    ...messages.map((message) => objectOf(message)['content']),
  ]);
  if (cached > MAX_CACHE_POINTS) {
    throw invalid(`A maximum of ${MAX_CACHE_POINTS} blocks with cache_control may be provided. Found ${cached}.`);
  }
  const problem = claudeProblem(
    {
      turns: messages.map(objectOf).map(({ role, content }) => ({
        role: stringOf(role) ?? '',
        blocks:
          typeof content === 'string'
            ? [claudeBlock({ type: 'text', text: content })]
            : listOf(content).map(claudeBlock),
      })),
      thinking: objectOf(body['thinking']),
      maxTokens: numberOf(body['max_tokens']),
      temperature: numberOf(body['temperature']),
      topP: numberOf(body['top_p']),
      topK: numberOf(body['top_k']),
      forcesTool: ['any', 'tool'].includes(stringOf(objectOf(body['tool_choice'])['type']) ?? ''),
    },
    traits,
  );
  if (problem !== undefined) throw invalid(problem);
}

function checkParameters(body: JsonObject): void {
  const maxTokens = body['max_tokens'];
  if (typeof maxTokens !== 'number' || !Number.isInteger(maxTokens) || maxTokens < 1) {
    throw invalid('max_tokens: Input should be greater than or equal to 1');
  }
  for (const field of ['temperature', 'top_p']) {
    const value = body[field];
    if (value === undefined) continue;
    if (typeof value !== 'number') throw invalid(`${field}: Input should be a valid number`);
    if (value < 0 || value > 1) throw invalid(`${field}: range: 0..1`);
  }
  if (body['stop_sequences'] !== undefined && !listOf(body['stop_sequences']).every(isText)) {
    throw invalid('stop_sequences: each stop sequence must contain non-whitespace');
  }
  const betas = body['anthropic_beta'];
  if (betas !== undefined && (!Array.isArray(betas) || !betas.every((beta) => BETA.test(String(beta))))) {
    throw invalid('invalid beta flag');
  }
  const { type } = objectOf(body['thinking']);
  if (body['thinking'] !== undefined && !['enabled', 'adaptive', 'disabled'].includes(String(type))) {
    throw invalid("thinking: Input tag found using 'type' does not match any of the expected tags");
  }
  if (isObject(body['metadata']) && Object.keys(body['metadata']).some((name) => name !== 'user_id')) {
    throw invalid('metadata: Extra inputs are not permitted');
  }
}

function checkMessage(message: JsonObject, at: number, traits: ClaudeTraits): void {
  const { role, content } = message;
  const isSystem = role === 'system' && traits.takesSystemMessages;
  if (role !== 'user' && role !== 'assistant' && !isSystem) {
    throw invalid(`messages.${at}.role: Input should be 'user' or 'assistant'`);
  }
  if (content === undefined) throw invalid(`messages.${at}.content: Field required`);
  if (content === '' || (Array.isArray(content) && content.length === 0)) {
    throw invalid(`messages.${at}: all messages must have non-empty content`);
  }
  if (typeof content === 'string') return;
  if (!Array.isArray(content)) throw invalid(`messages.${at}.content: Input should be a valid list`);
  checkContent(content, `messages.${at}.content`);
}

function checkSystem(system: JsonValue | undefined): void {
  if (system === undefined || typeof system === 'string') return;
  if (!Array.isArray(system)) throw invalid('system: Input should be a valid list');
  for (const [at, block] of listOf(system).entries()) {
    const { type, text } = objectOf(block);
    if (type !== 'text') throw invalid(`system.${at}.type: Input should be 'text'`);
    if (!isText(text)) throw invalid('system: text content blocks must be non-empty');
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** How many blocks ask for a cache point, those inside tool results among them. */
function countCached(values: readonly (JsonValue | undefined)[]): number {
  let count = 0;
  for (const value of values) {
    if (Array.isArray(value)) count += countCached(listOf(value));
    else if (isObject(value)) {
      if (isObject(value['cache_control'])) count += 1;
      if (value['type'] === 'tool_result') count += countCached([value['content']]);
    }
  }
  return count;
}
