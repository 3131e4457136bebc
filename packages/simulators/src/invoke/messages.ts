import type { StreamEvent } from '../converse/converse-output.ts';
import type { Understood } from '../converse/converse-reply-request.ts';
import { type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../json.ts';
import { forcedCall } from '../reply/forced-call.ts';
import type { PlannedBlock, PlannedReply } from '../reply/plan.ts';
import { sampleOfSchema } from '../reply/schema-sample.ts';
import { seenInMessages } from '../reply/seen.ts';
import { tokensOfPrompt } from '../reply/tokens.ts';
import { type Directed, readDirectives } from '../script/directive.ts';
import type { ScriptCitation } from '../script/script.ts';

/** What a checked Messages body asks of the model. */
export function understandMessages(body: JsonObject, seed: string): Understood {
  const lastUser = listOf(body['messages']).findLast((message) => objectOf(message)['role'] === 'user');
  const directed = readDirectives(textOfContent(objectOf(lastUser)['content']));
  return {
    directed,
    request: {
      echoText: echoOf(body, directed),
      inputTokens: messagesInputTokens(body),
      seed,
      maxTokens: typeof body['max_tokens'] === 'number' ? body['max_tokens'] : undefined,
      stopSequences: listOf(body['stop_sequences']).filter((item) => typeof item === 'string'),
      forcedTool: forcedTool(body, directed.text),
      reasons: ['enabled', 'adaptive'].includes(stringOf(objectOf(body['thinking'])['type']) ?? ''),
    },
  };
}

/** Tokens of a Messages prompt. */
export function messagesInputTokens(body: JsonObject): number {
  const contents = listOf(body['messages']).map((message) => objectOf(message)['content'] ?? null);
  return tokensOfPrompt([body['system'], contents, body['tools']]);
}

function textOfContent(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  const blocks = listOf(content).map(objectOf);
  const texts = blocks.filter(({ type }) => type === 'text').map(({ text }) => stringOf(text) ?? '');
  if (texts.length > 0) return texts.join('\n');
  const results = blocks.filter(({ type }) => type === 'tool_result').map((block) => textOfContent(block['content']));
  return results.length > 0 ? results.join('\n') : `(${blocks.map(({ type }) => String(type)).join(', ')})`;
}

function forcedTool(body: JsonObject, text: string): Understood['request']['forcedTool'] {
  const choice = objectOf(body['tool_choice']);
  if (choice['type'] !== 'any' && choice['type'] !== 'tool') return undefined;
  const tools = listOf(body['tools'])
    .map(objectOf)
    .map(({ name, input_schema: schema }) => ({ name: stringOf(name), schema }));
  return forcedCall(tools, choice['type'] === 'any' ? undefined : stringOf(choice['name']), calledTools(body), text);
}

/** The tools called since the user last spoke. */
function calledTools(body: JsonObject): readonly string[] {
  const messages = listOf(body['messages']).map(objectOf);
  const blocksOf = ({ content }: JsonObject) => listOf(content).map(objectOf);
  const spoke = messages.findLastIndex(
    (message) => message['role'] === 'user' && !blocksOf(message).some(({ type }) => type === 'tool_result'),
  );
  const uses = messages.slice(spoke + 1).flatMap(blocksOf);
  return uses.flatMap(({ type, name }) => (type === 'tool_use' ? [String(name)] : []));
}

/** The echo as JSON of the schema that `output_config.format` asks for, if it does. */
function echoOf(body: JsonObject, { text, looks }: Directed): string {
  const { type, schema } = objectOf(objectOf(body['output_config'])['format']);
  if (type === 'json_schema') return JSON.stringify(sampleOfSchema(schema, text));
  return looks ? seenInMessages(body) : text;
}

/** The body of an unstreamed Messages answer. */
export function messagesBody(reply: PlannedReply, modelId: string, seed: string): JsonObject {
  return {
    ...envelope(modelId, seed),
    content: reply.blocks.map(contentBlock),
    ...ending(reply),
    usage: usageOf(reply),
  };
}

/** The events of a streamed Messages answer; each is the JSON inside one `chunk` frame. */
export function* messagesEvents(reply: PlannedReply, modelId: string, seed: string): Generator<StreamEvent> {
  const message = {
    ...envelope(modelId, seed),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usageOf(reply), output_tokens: 1 },
  };
  yield chunk({ type: 'message_start', message });
  for (const [index, block] of reply.blocks.entries()) {
    yield chunk({ type: 'content_block_start', index, content_block: emptyBlock(block) });
    for (const delta of blockDeltas(block)) yield chunk({ type: 'content_block_delta', index, delta });
    yield chunk({ type: 'content_block_stop', index });
  }
  yield chunk({ type: 'message_delta', delta: ending(reply), usage: usageOf(reply) });
  yield chunk({ type: 'message_stop', 'amazon-bedrock-invocationMetrics': invocationMetrics(reply) });
}

/** What Bedrock adds to the last chunk of every model's stream. Times in ms. */
export function invocationMetrics({ usage, latencyMs, firstByteDelayMs, firstEventDelayMs }: PlannedReply): JsonObject {
  return {
    inputTokenCount: usage.inputTokens,
    outputTokenCount: usage.outputTokens,
    invocationLatency: latencyMs,
    firstByteLatency: Math.max(1, firstByteDelayMs + firstEventDelayMs),
    ...(usage.cacheReadInputTokens === undefined ? {} : { cacheReadInputTokenCount: usage.cacheReadInputTokens }),
    ...(usage.cacheWriteInputTokens === undefined ? {} : { cacheWriteInputTokenCount: usage.cacheWriteInputTokens }),
  };
}

function chunk(payload: JsonObject): StreamEvent {
  return { type: 'chunk', payload };
}

function envelope(modelId: string, seed: string): JsonObject {
  const model = modelId.startsWith('arn:')
    ? 'claude'
    : modelId.replace(/^.*anthropic\./, '').replace(/-v\d+(:\d+)?$/, '');
  return { model, id: `msg_bdrk_${seed.replace(/[-_]/g, '0').slice(0, 24)}`, type: 'message', role: 'assistant' };
}

function ending(reply: PlannedReply): JsonObject {
  const reason =
    reply.stopReason === 'guardrail_intervened' || reply.stopReason === 'content_filtered'
      ? 'refusal'
      : reply.stopReason;
  return { stop_reason: reason, stop_sequence: reply.stopSequence ?? null };
}

function usageOf({ usage }: PlannedReply): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWriteInputTokens ?? 0,
    cache_read_input_tokens: usage.cacheReadInputTokens ?? 0,
    output_tokens: usage.outputTokens,
  };
}

/** Bedrock writes Claude's own ids in Messages bodies. */
function messagesToolId(toolUseId: string): string {
  return toolUseId.replace(/^tooluse_/, 'toolu_bdrk_');
}

function contentBlock(block: PlannedBlock): JsonObject {
  switch (block.kind) {
    case 'text': {
      const citations = block.citations.length === 0 ? {} : { citations: block.citations.map(citation) };
      return { type: 'text', text: block.deltas.join(''), ...citations };
    }
    case 'reasoning':
      return { type: 'thinking', thinking: block.deltas.join(''), signature: block.signature ?? '' };
    case 'redacted':
      return { type: 'redacted_thinking', data: block.base64 };
    case 'tool-use':
      return { type: 'tool_use', id: messagesToolId(block.toolUseId), name: block.name, input: block.input };
  }
}

function emptyBlock(block: PlannedBlock): JsonObject {
  switch (block.kind) {
    case 'text':
      return { type: 'text', text: '' };
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'redacted':
      return contentBlock(block);
    case 'tool-use':
      return { type: 'tool_use', id: messagesToolId(block.toolUseId), name: block.name, input: {} };
  }
}

function blockDeltas(block: PlannedBlock): readonly JsonObject[] {
  switch (block.kind) {
    case 'text':
      return [
        ...block.deltas.map((text) => ({ type: 'text_delta', text })),
        ...block.citations.map((item) => ({ type: 'citations_delta', citation: citation(item) })),
      ];
    case 'reasoning':
      return [
        ...block.deltas.map((thinking) => ({ type: 'thinking_delta', thinking })),
        ...(block.signature === undefined ? [] : [{ type: 'signature_delta', signature: block.signature }]),
      ];
    case 'redacted':
      return [];
    case 'tool-use':
      return block.deltas.map((partial_json) => ({ type: 'input_json_delta', partial_json }));
  }
}

function citation({ title, citedText, documentIndex }: ScriptCitation): JsonObject {
  return {
    type: 'char_location',
    cited_text: citedText,
    document_index: documentIndex ?? 0,
    document_title: title,
    start_char_index: 0,
    end_char_index: citedText.length,
  };
}
