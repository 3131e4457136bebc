import type { StreamEvent } from '../converse/converse-output.ts';
import type { Understood } from '../converse/converse-reply-request.ts';
import { invalid } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../json.ts';
import type { PlannedBlock, PlannedReply } from '../reply/plan.ts';
import { sampleOfSchema } from '../reply/schema-sample.ts';
import { tokensOfPrompt } from '../reply/tokens.ts';
import { readDirectives } from '../script/directive.ts';
import type { ScriptCitation } from '../script/script.ts';

/**
 * What Bedrock asks of a Messages body: its own `anthropic_version`, no `model` and no `stream` (both are in the
 * request line), and the rules of the Messages API that callers break most. Throws ValidationException.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 * (as of 2026-11-22).
 */
export function checkMessagesBody(body: JsonObject): void {
  for (const field of ['model', 'stream']) {
    if (field in body) throw invalid(`${field}: Extra inputs are not permitted`);
  }
  for (const field of ['anthropic_version', 'max_tokens', 'messages']) {
    if (body[field] === undefined) throw invalid(`${field}: Field required`);
  }
  if (body['anthropic_version'] !== 'bedrock-2023-05-31') {
    throw invalid('Invalid API version: anthropic_version must be bedrock-2023-05-31');
  }
  const maxTokens = body['max_tokens'];
  if (typeof maxTokens !== 'number' || !Number.isInteger(maxTokens) || maxTokens < 1) {
    throw invalid('max_tokens: Input should be greater than or equal to 1');
  }
  if (!Array.isArray(body['messages'])) throw invalid('messages: Input should be a valid list');
  if (body['messages'].length === 0) throw invalid('messages: at least one message is required');
  for (const [at, message] of listOf(body['messages']).entries()) checkMessage(objectOf(message), at);
  if (objectOf(listOf(body['messages'])[0])['role'] !== 'user') {
    throw invalid('messages: first message must use the "user" role');
  }
}

function checkMessage(message: JsonObject, at: number): void {
  if (message['role'] !== 'user' && message['role'] !== 'assistant') {
    throw invalid(`messages.${at}.role: Input should be 'user' or 'assistant'`);
  }
  const { content } = message;
  if (content === undefined) throw invalid(`messages.${at}.content: Field required`);
  if (content === '') throw invalid(`messages.${at}: all messages must have non-empty content`);
  if (typeof content === 'string') return;
  if (!Array.isArray(content)) throw invalid(`messages.${at}.content: Input should be a valid list`);
  for (const [inner, block] of listOf(content).entries()) {
    const { type, text } = objectOf(block);
    if (typeof type !== 'string') throw invalid(`messages.${at}.content.${inner}.type: Field required`);
    if (type === 'text' && (typeof text !== 'string' || text.trim() === '')) {
      throw invalid(`messages.${at}.content.${inner}: text content blocks must contain non-whitespace text`);
    }
  }
}

/** What a checked Messages body asks of the model. */
export function understandMessages(body: JsonObject, seed: string): Understood {
  const lastUser = listOf(body['messages']).findLast((message) => objectOf(message)['role'] === 'user');
  const directed = readDirectives(textOfContent(objectOf(lastUser)['content']));
  return {
    directed,
    request: {
      echoText: directed.text,
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
  const tools = listOf(body['tools']).map(objectOf);
  const tool = choice['type'] === 'any' ? tools[0] : tools.find((candidate) => candidate['name'] === choice['name']);
  const name = stringOf(tool?.['name']);
  if (name === undefined)
    throw invalid(`tool_choice.name: Tool '${String(choice['name'])}' not found in provided tools`);
  const input = sampleOfSchema(tool?.['input_schema'], text);
  return { name, input: isObject(input) ? input : {} };
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
