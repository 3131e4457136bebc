import { type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../../json.ts';
import { seenInResponses } from '../../reply/seen.ts';
import { tokensOfPrompt } from '../../reply/tokens.ts';
import { readDirectives } from '../../script/directive.ts';
import { countableContent, echoOf, forcedTool, textOfContent } from '../chat/chat-request.ts';
import type { Answerable } from '../endpoint.ts';
import { badRequest } from '../errors.ts';
import { requireField, requireKind, requireOneOf, requireRange } from '../rules.ts';

const roles = ['user', 'assistant', 'system', 'developer'];

/**
 * Refuses what the real API refuses of a response and callers get wrong most. Throws `OpenaiError`.
 * Source: https://platform.openai.com/docs/api-reference/responses/create (as of 2026-11-23).
 */
export function checkResponse(body: JsonObject): void {
  requireKind(requireField(body, 'input'), ['string', 'array'], 'input');
  const items = listOf(body['input']).map(objectOf);
  const calls = new Set(items.filter(({ type }) => type === 'function_call').map((item) => item['call_id']));
  for (const [at, item] of items.entries()) {
    const place = `input[${at}]`;
    if (isMessage(item)) {
      requireOneOf(item['role'], roles, `${place}.role`);
      requireKind(requireField(item, 'content', `${place}.content`), ['string', 'array'], `${place}.content`);
    }
    const answers = item['type'] === 'function_call_output';
    // The call may be in an earlier response, which is not remembered here.
    if (answers && body['previous_response_id'] === undefined && !calls.has(item['call_id'] ?? null)) {
      throw badRequest(`No function call has the id ${String(item['call_id'])}.`, 'input');
    }
  }
  for (const [at, tool] of listOf(body['tools']).map(objectOf).entries()) {
    if (tool['type'] === 'function') requireField(tool, 'name', `tools[${at}].name`);
  }
  requireRange(body, 'temperature', 0, 2);
  requireRange(body, 'top_p', 0, 1);
  // The real API takes no fewer than 16.
  requireRange(body, 'max_output_tokens', 16, Number.MAX_SAFE_INTEGER);
}

/** What a checked response asks of the model. `seed` stands for the request's bytes. */
export function understandResponse(body: JsonObject, seed: string): Pick<Answerable, 'request' | 'directed'> {
  const input = body['input'];
  const items = listOf(input).map(objectOf);
  const directed = readDirectives(typeof input === 'string' ? input : lastTurnOf(items));
  const limit = body['max_output_tokens'];
  return {
    directed,
    request: {
      echoText: echoOf(
        objectOf(objectOf(body['text'])['format']),
        directed.looks ? seenInResponses(body) : directed.text,
      ),
      inputTokens: itemTokens(typeof input === 'string' ? [] : items, [
        body['instructions'],
        typeof input === 'string' ? input : null,
        body['tools'],
      ]),
      seed,
      maxTokens: typeof limit === 'number' ? limit : undefined,
      stopSequences: [],
      forcedTool: forcedTool(body['tool_choice'], listOf(body['tools']).map(objectOf), directed.text),
      // Only who asks for a summary gets to see any reasoning.
      reasons: stringOf(objectOf(body['reasoning'])['summary']) !== undefined,
    },
  };
}

/** The last user message of a list of items; or, where functions have answered since, all of their answers. */
export function lastTurnOf(items: readonly JsonObject[]): string {
  const answers = (item: JsonObject): boolean => item['type'] === 'function_call_output';
  const last = items.findLastIndex((item) => answers(item) || (isMessage(item) && item['role'] === 'user'));
  const item = items[last];
  if (item === undefined) return '';
  if (!answers(item)) return textOfContent(item['content']);
  const before = items.findLastIndex((candidate, at) => at < last && !answers(candidate));
  return items
    .slice(before + 1, last + 1)
    .map((answer) => textOfContent(answer['output']))
    .join('\n');
}

/** Tokens of a list of items and of what else a prompt has. */
export function itemTokens(items: readonly JsonObject[], others: readonly (JsonValue | undefined)[]): number {
  const parts = items.map(
    (item): JsonValue => [
      countableContent(item['content']),
      countableContent(item['output']),
      item['name'] ?? null,
      item['arguments'] ?? null,
    ],
  );
  return tokensOfPrompt([parts, ...others]);
}

/** A message may leave its type out. */
function isMessage(item: JsonObject): boolean {
  return item['type'] === 'message' || (item['type'] === undefined && item['role'] !== undefined);
}
