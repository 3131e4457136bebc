import { isObject, type JsonObject, listOf, objectOf, stringOf } from '../json.ts';
import { forcedCall } from '../reply/forced-call.ts';
import type { ReplyRequest } from '../reply/plan.ts';
import { sampleOfSchema } from '../reply/schema-sample.ts';
import { seenInConverse } from '../reply/seen.ts';
import { tokensOfPrompt } from '../reply/tokens.ts';
import { type Directed, readDirectives } from '../script/directive.ts';
import { type Block, blocksOf, toolSpecsOf, turnsOf } from './converse-request.ts';

export interface Understood {
  readonly request: ReplyRequest;
  readonly directed: Directed;
}

/** What a checked Converse body asks of the model. `seed` stands for the request's bytes. */
export function understandConverse(body: JsonObject, seed: string): Understood {
  const lastUser = turnsOf(body).findLast(({ role }) => role === 'user');
  const directed = readDirectives(textOfBlocks(lastUser?.blocks ?? []));
  const inference = objectOf(body['inferenceConfig']);
  const fields = objectOf(body['additionalModelRequestFields']);
  return {
    directed,
    request: {
      echoText: echoOf(body, directed),
      inputTokens: converseInputTokens(body),
      seed,
      maxTokens: typeof inference['maxTokens'] === 'number' ? inference['maxTokens'] : undefined,
      stopSequences: listOf(inference['stopSequences']).filter((item) => typeof item === 'string'),
      forcedTool: forcedTool(body, directed.text),
      reasons: ['thinking', 'reasoningConfig'].some((field) =>
        ['enabled', 'adaptive'].includes(stringOf(objectOf(fields[field])['type']) ?? ''),
      ),
    },
  };
}

/** Tokens of a Converse prompt: what CountTokens answers and what the usage starts from. */
export function converseInputTokens(body: JsonObject): number {
  return tokensOfPrompt([body['system'], contents(body), body['toolConfig']]);
}

function contents(body: JsonObject) {
  return listOf(body['messages']).map((message) => objectOf(message)['content'] ?? null);
}

/** The texts of the last user message; with none of them, what its tool results say; else how many blocks it has. */
function textOfBlocks(blocks: readonly Block[]): string {
  const texts = textsIn(blocks);
  if (texts.length > 0) return texts.join('\n');
  const results = blocks
    .filter(({ kind }) => kind === 'toolResult')
    .flatMap(({ value }) => blocksOf(objectOf(value)['content'], ''));
  if (results.length > 0) {
    return results.map(({ kind, value }) => (kind === 'text' ? String(value) : JSON.stringify(value))).join('\n');
  }
  return `(${blocks.map(({ kind }) => kind).join(', ')})`;
}

function textsIn(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap(({ kind, value }) => {
    if (kind === 'text' && typeof value === 'string') return [value];
    const guarded = kind === 'guardContent' ? stringOf(objectOf(objectOf(value)['text'])['text']) : undefined;
    return guarded === undefined ? [] : [guarded];
  });
}

function echoOf(body: JsonObject, { text, looks }: Directed): string {
  const schema = structuredOutput(body);
  if (schema !== undefined) return JSON.stringify(sampleOfSchema(schema, text));
  return looks ? seenInConverse(body) : text;
}

function forcedTool(body: JsonObject, text: string): ReplyRequest['forcedTool'] {
  const choice = objectOf(objectOf(body['toolConfig'])['toolChoice']);
  const wanted = stringOf(objectOf(choice['tool'])['name']);
  if (wanted === undefined && choice['any'] === undefined) return undefined;
  const tools = toolSpecsOf(body).map(({ name, inputSchema }) => ({
    name: stringOf(name),
    schema: objectOf(inputSchema)['json'],
  }));
  return forcedCall(tools, wanted, calledTools(body), text);
}

/** The tools called since the user last spoke. */
function calledTools(body: JsonObject): readonly string[] {
  const turns = turnsOf(body);
  const spoke = turns.findLastIndex(
    ({ role, blocks }) => role === 'user' && !blocks.some(({ kind }) => kind === 'toolResult'),
  );
  const blocks = turns.slice(spoke + 1).flatMap((turn) => turn.blocks);
  return blocks.flatMap(({ kind, value }) => (kind === 'toolUse' ? [String(objectOf(value)['name'])] : []));
}

/** The schema of the output, as Converse says it or, in the model's own fields, as Claude does. */
function structuredOutput(body: JsonObject): JsonObject | undefined {
  const { format } = objectOf(objectOf(body['additionalModelRequestFields'])['output_config']);
  const { type, schema: own } = objectOf(format);
  if (type === 'json_schema' && isObject(own)) return own;
  const structure = objectOf(objectOf(objectOf(body['outputConfig'])['textFormat'])['structure']);
  const schema = stringOf(objectOf(structure['jsonSchema'])['schema']);
  if (schema === undefined) return undefined;
  try {
    return JSON.parse(schema) as JsonObject;
  } catch {
    return undefined;
  }
}
