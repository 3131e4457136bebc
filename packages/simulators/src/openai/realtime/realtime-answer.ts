import type { JsonObject, JsonValue } from '../../json.ts';
import type { PlannedBlock, PlannedReply } from '../../reply/plan.ts';
import { argumentDeltas, openaiToolId } from '../chat/chat-answer.ts';
import type { RealtimeDialect } from './dialect.ts';

/** One event of a server; `item` is the item that it brings into the conversation. */
export interface RealtimeEvent {
  readonly event: JsonObject;
  readonly item?: JsonObject;
  /** True for the event that ends a response. */
  readonly ends?: boolean;
}

type SpokenBlock = Extract<PlannedBlock, { readonly kind: 'text' | 'tool-use' }>;

/** A response's own part of what its events say. */
export interface ResponseFrame {
  readonly id: string;
  readonly dialect: RealtimeDialect;
  readonly metadata: JsonValue;
}

/** The events of a response from its creation to its end. Reasoning is not said in this API. */
export function* responseEvents(reply: PlannedReply, frame: ResponseFrame): Generator<RealtimeEvent> {
  const { dialect, id: response_id } = frame;
  yield { event: { type: 'response.created', response: responseOf(frame, 'in_progress', null, [], null) } };
  const output: JsonObject[] = [];
  for (const block of reply.blocks) {
    if (block.kind !== 'text' && block.kind !== 'tool-use') continue;
    const output_index = output.length;
    const item_id = `item_${response_id.slice(5)}${output_index}`;
    const place = { response_id, item_id, output_index };
    const begun = itemOf(block, item_id, 'in_progress', dialect);
    const done = itemOf(block, item_id, 'completed', dialect);
    yield { event: { type: 'response.output_item.added', response_id, output_index, item: begun } };
    yield { event: { type: dialect.itemAdded, previous_item_id: null, item: begun }, item: done };
    for (const event of blockEvents(block, dialect)) yield { event: { ...event, ...place } };
    if (dialect.itemDone !== undefined) yield { event: { type: dialect.itemDone, previous_item_id: null, item: done } };
    yield { event: { type: 'response.output_item.done', response_id, output_index, item: done } };
    output.push(done);
  }
  const { status, reason } = endingOf(reply);
  const details = reason === undefined ? null : { type: status, reason };
  yield {
    event: { type: 'response.done', response: responseOf(frame, status, details, output, usageOf(reply)) },
    ends: true,
  };
}

/** The end of a response that came to nothing. */
export function endedResponse(frame: ResponseFrame, status: 'failed' | 'cancelled', details: JsonObject): JsonObject {
  return { type: 'response.done', response: responseOf(frame, status, { type: status, ...details }, [], null) };
}

function responseOf(
  { id, metadata }: ResponseFrame,
  status: string,
  status_details: JsonValue,
  output: readonly JsonObject[],
  usage: JsonValue,
): JsonObject {
  return { object: 'realtime.response', id, status, status_details, output, usage, metadata };
}

function endingOf({ stopReason }: PlannedReply): { readonly status: string; readonly reason?: string } {
  switch (stopReason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return { status: 'incomplete', reason: 'max_output_tokens' };
    case 'content_filtered':
    case 'guardrail_intervened':
      return { status: 'incomplete', reason: 'content_filter' };
    default:
      return { status: 'completed' };
  }
}

function itemOf(block: SpokenBlock, id: string, status: string, { textType }: RealtimeDialect): JsonObject {
  const isWhole = status === 'completed';
  const common = { id, object: 'realtime.item', status };
  if (block.kind === 'text') {
    const content = isWhole ? [{ type: textType, text: block.deltas.join('') }] : [];
    return { ...common, type: 'message', role: 'assistant', content };
  }
  const text = isWhole ? argumentDeltas(block).join('') : '';
  return {
    ...common,
    type: 'function_call',
    name: block.name,
    call_id: openaiToolId(block.toolUseId),
    arguments: text,
  };
}

function blockEvents(block: SpokenBlock, dialect: RealtimeDialect): readonly JsonObject[] {
  if (block.kind === 'text') {
    const text = block.deltas.join('');
    const place = { content_index: 0 };
    return [
      { type: 'response.content_part.added', ...place, part: { type: 'text', text: '' } },
      ...block.deltas.map((delta) => ({ type: `${dialect.text}.delta`, ...place, delta })),
      { type: `${dialect.text}.done`, ...place, text },
      { type: 'response.content_part.done', ...place, part: { type: 'text', text } },
    ];
  }
  const call = { call_id: openaiToolId(block.toolUseId) };
  const deltas = argumentDeltas(block);
  return [
    ...deltas.map((delta) => ({ type: 'response.function_call_arguments.delta', ...call, delta })),
    { type: 'response.function_call_arguments.done', ...call, name: block.name, arguments: deltas.join('') },
  ];
}

function usageOf({ usage }: PlannedReply): JsonObject {
  const { inputTokens, outputTokens, cacheReadInputTokens } = usage;
  return {
    total_tokens: inputTokens + outputTokens,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    input_token_details: { text_tokens: inputTokens, audio_tokens: 0, cached_tokens: cacheReadInputTokens ?? 0 },
    output_token_details: { text_tokens: outputTokens, audio_tokens: 0 },
  };
}
