import type { JsonObject, JsonValue } from '../../json.ts';
import type { PlannedBlock, PlannedReply } from '../../reply/plan.ts';
import { argumentDeltas, openaiToolId } from '../chat/chat-answer.ts';
import type { Context } from '../endpoint.ts';
import type { Piece } from '../http/stream-sender.ts';
import { namedEvent } from '../sse.ts';
import { responseUsage } from '../usage.ts';

/**
 * The answers of the Responses API.
 * Source: `Response` and `ResponseStreamEvent` of the npm package openai 7.57.0 (read 2026-11-23).
 */

/** The response as a whole, when it has ended. */
export function responseBody(reply: PlannedReply, body: JsonObject, context: Context): JsonObject {
  const { status } = endingOf(reply);
  const output = reply.blocks.map((block, at) => item(block, itemId(block, context, at), reply, status));
  return { ...frame(body, context), ...endingOf(reply), output, usage: responseUsage(reply) };
}

/** The stream of a response: its events are numbered, and the last one carries the response as a whole. */
export function* responseStream(reply: PlannedReply, body: JsonObject, context: Context): Generator<Piece> {
  let sequence_number = -1;
  const event = (type: string, fields: JsonObject, ends = false): Piece => {
    sequence_number += 1;
    return namedEvent({ type, sequence_number, ...fields }, ends);
  };
  const begun = { ...frame(body, context), status: 'in_progress', incomplete_details: null, output: [], usage: null };
  yield event('response.created', { response: begun });
  yield event('response.in_progress', { response: begun });
  const { status } = endingOf(reply);
  for (const [output_index, block] of reply.blocks.entries()) {
    const id = itemId(block, context, output_index);
    yield event('response.output_item.added', { output_index, item: emptyItem(block, id, reply) });
    const place = { item_id: id, output_index };
    for (const [type, fields] of itemEvents(block, reply)) yield event(type, { ...place, ...fields });
    yield event('response.output_item.done', { output_index, item: item(block, id, reply, status) });
  }
  const last = status === 'incomplete' ? 'response.incomplete' : 'response.completed';
  yield event(last, { response: responseBody(reply, body, context) }, true);
}

/** What the ends of all responses have in common. */
function endingOf({ stopReason }: PlannedReply): { readonly status: string; readonly incomplete_details: JsonValue } {
  switch (stopReason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    case 'content_filtered':
      return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
    default:
      return { status: 'completed', incomplete_details: null };
  }
}

/** What a response repeats of its request. */
function frame(body: JsonObject, { id, nowSeconds }: Context): JsonObject {
  const given = (field: string, otherwise: JsonValue): JsonObject => ({ [field]: body[field] ?? otherwise });
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: nowSeconds,
    error: null,
    background: false,
    ...given('instructions', null),
    ...given('max_output_tokens', null),
    ...given('max_tool_calls', null),
    ...given('metadata', {}),
    ...given('model', null),
    ...given('parallel_tool_calls', true),
    ...given('previous_response_id', null),
    ...given('reasoning', { effort: null, summary: null }),
    ...given('store', true),
    ...given('temperature', 1),
    ...given('text', { format: { type: 'text' } }),
    ...given('tool_choice', 'auto'),
    ...given('tools', []),
    ...given('top_p', 1),
    ...given('truncation', 'disabled'),
    ...given('user', null),
    service_tier: 'default',
  };
}

function itemId(block: PlannedBlock, { id }: Context, at: number): string {
  const prefix = { text: 'msg', reasoning: 'rs', redacted: 'rs', 'tool-use': 'fc' }[block.kind];
  return `${prefix}_${id}${at}`;
}

function emptyItem(block: PlannedBlock, id: string, reply: PlannedReply): JsonObject {
  const whole = item(block, id, reply, 'in_progress');
  switch (block.kind) {
    case 'text':
      return { ...whole, content: [] };
    case 'tool-use':
      return { ...whole, arguments: '' };
    case 'reasoning':
      return { ...whole, summary: [] };
    case 'redacted':
      return whole;
  }
}

function item(block: PlannedBlock, id: string, reply: PlannedReply, status: string): JsonObject {
  switch (block.kind) {
    case 'text':
      return { id, type: 'message', status, role: 'assistant', content: [textPart(block.deltas.join(''), reply)] };
    case 'tool-use': {
      const { name } = block;
      const text = argumentDeltas(block).join('');
      return { id, type: 'function_call', status, arguments: text, call_id: openaiToolId(block.toolUseId), name };
    }
    case 'reasoning':
      return { id, type: 'reasoning', summary: [summaryPart(block.deltas.join(''))] };
    case 'redacted':
      return { id, type: 'reasoning', summary: [], encrypted_content: block.base64 };
  }
}

/** What comes between the beginning and the end of an item, without its place. */
function itemEvents(block: PlannedBlock, reply: PlannedReply): readonly (readonly [type: string, JsonObject])[] {
  switch (block.kind) {
    case 'text': {
      const text = block.deltas.join('');
      const place = { content_index: 0 };
      const refused = isRefused(reply);
      const kind = refused ? 'refusal' : 'output_text';
      const more = refused ? {} : { logprobs: [] };
      const done = refused ? { refusal: text } : { text };
      return [
        ['response.content_part.added', { ...place, part: textPart('', reply) }],
        ...block.deltas.map((delta) => [`response.${kind}.delta`, { ...place, delta, ...more }] as const),
        [`response.${kind}.done`, { ...place, ...done, ...more }],
        ['response.content_part.done', { ...place, part: textPart(text, reply) }],
      ];
    }
    case 'tool-use': {
      const deltas = argumentDeltas(block);
      return [
        ...deltas.map((delta) => ['response.function_call_arguments.delta', { delta }] as const),
        ['response.function_call_arguments.done', { name: block.name, arguments: deltas.join('') }],
      ];
    }
    case 'reasoning': {
      const text = block.deltas.join('');
      const place = { summary_index: 0 };
      return [
        ['response.reasoning_summary_part.added', { ...place, part: summaryPart('') }],
        ...block.deltas.map((delta) => ['response.reasoning_summary_text.delta', { ...place, delta }] as const),
        ['response.reasoning_summary_text.done', { ...place, text }],
        ['response.reasoning_summary_part.done', { ...place, part: summaryPart(text) }],
      ];
    }
    case 'redacted':
      return [];
  }
}

function isRefused({ stopReason }: PlannedReply): boolean {
  return stopReason === 'guardrail_intervened';
}

function textPart(text: string, reply: PlannedReply): JsonObject {
  if (isRefused(reply)) return { type: 'refusal', refusal: text };
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function summaryPart(text: string): JsonObject {
  return { type: 'summary_text', text };
}
