import { type JsonObject, objectOf } from '../../json.ts';
import type { PlannedBlock, PlannedReply } from '../../reply/plan.ts';
import type { StopReason } from '../../script/script.ts';
import type { Context } from '../endpoint.ts';
import type { Piece } from '../http/stream-sender.ts';
import { dataEvent } from '../sse.ts';
import { completionUsage } from '../usage.ts';

/** OpenAI's word for each of Converse's. A guardrail's refusal is said in the message and ends as any answer does. */
const finishReason: Readonly<Record<StopReason, string>> = {
  end_turn: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  stop_sequence: 'stop',
  guardrail_intervened: 'stop',
  content_filtered: 'content_filter',
  malformed_model_output: 'stop',
  malformed_tool_use: 'tool_calls',
  model_context_window_exceeded: 'length',
};

/** The finish reason of a reply. */
export function finishReasonOf({ stopReason }: PlannedReply): string {
  return finishReason[stopReason];
}

/** What a conversation in OpenAI's chat format says about itself. */
export interface ChatFrame {
  readonly context: Pick<Context, 'id' | 'nowSeconds'>;
  readonly model: string;
  /** `n`: how many times the same answer is given. */
  readonly choices: number;
  readonly includeUsage: boolean;
}

/** Reads off a chat body how its answer is framed. */
export function chatFrame(body: JsonObject, model: string, context: ChatFrame['context']): ChatFrame {
  return {
    context,
    model,
    choices: typeof body['n'] === 'number' ? body['n'] : 1,
    includeUsage: objectOf(body['stream_options'])['include_usage'] === true,
  };
}

/**
 * The body of a chat completion. Reasoning is in `reasoning_content`, which OpenAI itself does not have and most
 * providers that speak its format do.
 * Source: `ChatCompletion` of the npm package openai 7.57.0 (read 2026-11-23).
 */
export function chatCompletion(reply: PlannedReply, frame: ChatFrame): JsonObject {
  const calls = toolCalls(reply).map(({ id, name, text }) => ({
    id,
    type: 'function',
    function: { name, arguments: text },
  }));
  const text = joined(reply, 'text');
  const reasoning = joined(reply, 'reasoning');
  const refused = reply.stopReason === 'guardrail_intervened';
  const message: JsonObject = {
    role: 'assistant',
    content: refused || (text === '' && calls.length > 0) ? null : text,
    refusal: refused ? text : null,
    annotations: [],
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return {
    ...envelope(frame, 'chat.completion'),
    choices: indices(frame).map((index) => ({ index, message, logprobs: null, finish_reason: finishReasonOf(reply) })),
    usage: completionUsage(reply, frame.choices),
  };
}

/** The stream of a chat completion, without the line that closes it. Source: `ChatCompletionChunk`, as above. */
export function* chatStream(reply: PlannedReply, frame: ChatFrame): Generator<Piece> {
  const usage = frame.includeUsage ? { usage: null } : {};
  function* chunk(delta: JsonObject, finish_reason: string | null): Generator<Piece> {
    for (const index of indices(frame)) {
      const choices = [{ index, delta, logprobs: null, finish_reason }];
      yield dataEvent({ ...envelope(frame, 'chat.completion.chunk'), choices, ...usage }, finish_reason !== null);
    }
  }
  const refused = reply.stopReason === 'guardrail_intervened';
  yield* chunk({ role: 'assistant', content: refused ? null : '', refusal: refused ? '' : null }, null);
  let call = -1;
  for (const block of reply.blocks) {
    if (block.kind === 'tool-use') call += 1;
    for (const delta of deltasOf(block, call, refused)) yield* chunk(delta, null);
  }
  yield* chunk({}, finishReasonOf(reply));
  if (frame.includeUsage) {
    const body = {
      ...envelope(frame, 'chat.completion.chunk'),
      choices: [],
      usage: completionUsage(reply, frame.choices),
    };
    yield dataEvent(body, true);
  }
}

interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** The arguments, as JSON unless the model broke off. */
  readonly text: string;
}

/** The tool calls of a reply; a tool without arguments gets an empty object, as OpenAI's models write it. */
function toolCalls({ blocks }: PlannedReply): readonly ToolCall[] {
  return blocks.flatMap((block) =>
    block.kind === 'tool-use'
      ? [{ id: openaiToolId(block.toolUseId), name: block.name, text: block.deltas.join('') || '{}' }]
      : [],
  );
}

/** Ids that a script gave stay; those made here look like OpenAI's. */
export function openaiToolId(toolUseId: string): string {
  return toolUseId.replace(/^tooluse_/, 'call_');
}

/** The fragments of a call's arguments: never none. */
export function argumentDeltas({ deltas }: Extract<PlannedBlock, { kind: 'tool-use' }>): readonly string[] {
  return deltas.join('') === '' ? ['{}'] : deltas;
}

/** All text of one kind of block. */
function joined({ blocks }: PlannedReply, kind: 'text' | 'reasoning'): string {
  return blocks.flatMap((block) => (block.kind === kind ? block.deltas : [])).join('');
}

function deltasOf(block: PlannedBlock, index: number, refused: boolean): readonly JsonObject[] {
  switch (block.kind) {
    case 'text':
      return block.deltas.map((text) => (refused ? { refusal: text } : { content: text }));
    case 'reasoning':
      return block.deltas.map((text) => ({ reasoning_content: text }));
    case 'redacted':
      return [];
    case 'tool-use': {
      const id = openaiToolId(block.toolUseId);
      const start = { index, id, type: 'function', function: { name: block.name, arguments: '' } };
      const rest = argumentDeltas(block).map((text) => ({ index, function: { arguments: text } }));
      return [start, ...rest].map((call) => ({ tool_calls: [call] }));
    }
  }
}

function envelope({ context, model }: ChatFrame, object: string): JsonObject {
  return {
    id: `chatcmpl-${context.id}`,
    object,
    created: context.nowSeconds,
    model,
    service_tier: 'default',
    system_fingerprint: 'fp_simulator',
  };
}

function indices({ choices }: ChatFrame): readonly number[] {
  return Array.from({ length: choices }, (_, at) => at);
}
