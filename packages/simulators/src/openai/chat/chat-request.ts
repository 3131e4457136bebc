import { type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../../json.ts';
import { forcedCall } from '../../reply/forced-call.ts';
import type { ReplyRequest } from '../../reply/plan.ts';
import { sampleOfSchema } from '../../reply/schema-sample.ts';
import { seenInChat } from '../../reply/seen.ts';
import { tokensOfPrompt } from '../../reply/tokens.ts';
import { readDirectives } from '../../script/directive.ts';
import { type Answerable, stopSequencesOf } from '../endpoint.ts';

/** How `tokensOfPrompt` sees a part that is no text, whatever its vendor calls it. */
const MEDIA: JsonObject = { image: { source: null } };

/** What a checked chat completion asks of the model. `seed` stands for the request's bytes. */
export function understandChat(body: JsonObject, seed: string): Pick<Answerable, 'request' | 'directed'> {
  const messages = listOf(body['messages']).map(objectOf);
  const directed = readDirectives(lastTurn(messages));
  const limit = body['max_completion_tokens'] ?? body['max_tokens'];
  const tools = listOf(body['tools']).map((tool) => objectOf(objectOf(tool)['function']));
  return {
    directed,
    request: {
      echoText: echoOf(objectOf(body['response_format']), directed.looks ? seenInChat(body) : directed.text),
      inputTokens: tokensOfPrompt([messages.map(countable), body['tools'], body['response_format']]),
      seed,
      maxTokens: typeof limit === 'number' ? limit : undefined,
      stopSequences: stopSequencesOf(body['stop']),
      forcedTool: forcedTool(body['tool_choice'], tools, directed.text, calledTools(messages)),
      reasons: false,
    },
  };
}

/** The text of a content: its parts of text; with none of them, which parts it has. */
export function textOfContent(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  const parts = listOf(content).map(objectOf);
  const texts = parts.flatMap(({ text }) => stringOf(text) ?? []);
  return texts.length > 0 ? texts.join('\n') : `(${parts.map(({ type }) => String(type)).join(', ')})`;
}

/** A content with its images, sounds and files in the form that counts as one medium each. */
export function countableContent(content: JsonValue | undefined): JsonValue {
  if (!Array.isArray(content)) return content ?? null;
  return listOf(content).map(
    (part) => stringOf(objectOf(part)['text']) ?? stringOf(objectOf(part)['refusal']) ?? MEDIA,
  );
}

/**
 * The call of a tool that the caller leaves no choice about. `tools` are definitions: name and parameters; `called` are
 * those that have been called since the user spoke.
 */
export function forcedTool(
  choice: JsonValue | undefined,
  tools: readonly JsonObject[],
  text: string,
  called: readonly string[] = [],
): ReplyRequest['forcedTool'] {
  const wanted = objectOf(choice)['name'] ?? objectOf(objectOf(choice)['function'])['name'];
  if (choice !== 'required' && wanted === undefined) return undefined;
  const declared = tools.map(({ name, parameters }) => ({ name: stringOf(name), schema: parameters }));
  return forcedCall(declared, stringOf(wanted), called, text);
}

/** The echo in the form that was asked for. `format` is of chat or, flat, of Responses. */
export function echoOf(format: JsonObject, text: string): string {
  if (format['type'] === 'json_object') return JSON.stringify({ text });
  if (format['type'] !== 'json_schema') return text;
  return JSON.stringify(sampleOfSchema(objectOf(format['json_schema'])['schema'] ?? format['schema'], text));
}

/** The last user message; or, where tools have answered since, all of their answers. */
function lastTurn(messages: readonly JsonObject[]): string {
  const last = messages.findLastIndex(({ role }) => role === 'user' || role === 'tool');
  if (last === -1) return '';
  const before = messages.findLastIndex(({ role }, at) => at < last && role !== 'tool');
  const turn =
    messages[last]?.['role'] === 'tool' ? messages.slice(before + 1, last + 1) : messages.slice(last, last + 1);
  return turn.map(({ content }) => textOfContent(content)).join('\n');
}

/** The tools called since the user last spoke. */
function calledTools(messages: readonly JsonObject[]): readonly string[] {
  const spoke = messages.findLastIndex(({ role }) => role === 'user');
  const calls = messages.slice(spoke + 1).flatMap(({ tool_calls }) => listOf(tool_calls));
  return calls.map((call) => String(objectOf(objectOf(call)['function'])['name']));
}

function countable(message: JsonObject): JsonValue {
  const calls = listOf(message['tool_calls']).map((call) => objectOf(call)['function'] ?? null);
  return [countableContent(message['content']), calls];
}
