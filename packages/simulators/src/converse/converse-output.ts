import type { JsonObject, JsonValue } from '../json.ts';
import type { SimulatedModel } from '../models.ts';
import type { PlannedBlock, PlannedReply } from '../reply/plan.ts';
import type { ScriptCitation } from '../script/script.ts';

/** An event of a stream before it becomes a frame. */
export interface StreamEvent {
  readonly type: string;
  readonly payload: JsonValue;
}

/** The body of a Converse answer. */
export function converseBody(reply: PlannedReply, model: SimulatedModel, request: JsonObject): JsonObject {
  return {
    metrics: { latencyMs: reply.latencyMs },
    output: { message: { content: reply.blocks.map(contentBlock), role: 'assistant' } },
    stopReason: reply.stopReason,
    ...trace(reply, model, request),
    usage: converseUsage(reply, model),
  };
}

/** The events of a ConverseStream answer, in Bedrock's order: metadata comes after messageStop. */
export function* converseEvents(
  reply: PlannedReply,
  model: SimulatedModel,
  request: JsonObject,
): Generator<StreamEvent> {
  yield { type: 'messageStart', payload: { role: 'assistant' } };
  for (const [contentBlockIndex, block] of reply.blocks.entries()) {
    if (block.kind === 'tool-use') {
      const start = { toolUse: { name: block.name, toolUseId: block.toolUseId } };
      yield { type: 'contentBlockStart', payload: { contentBlockIndex, start } };
    }
    for (const delta of blockDeltas(block)) {
      yield { type: 'contentBlockDelta', payload: { contentBlockIndex, delta } };
    }
    yield { type: 'contentBlockStop', payload: { contentBlockIndex } };
  }
  yield { type: 'messageStop', payload: { stopReason: reply.stopReason } };
  yield {
    type: 'metadata',
    payload: {
      metrics: { latencyMs: reply.latencyMs },
      ...trace(reply, model, request),
      usage: converseUsage(reply, model),
    },
  };
}

/** `usage` as Converse writes it. Claude and Nova always state the cache figures, the others only when there are any. */
function converseUsage({ usage }: PlannedReply, model: SimulatedModel): JsonObject {
  const always = model.family === 'claude' || model.family === 'nova';
  const read = usage.cacheReadInputTokens ?? (always ? 0 : undefined);
  const write = usage.cacheWriteInputTokens ?? (always ? 0 : undefined);
  return {
    ...(read === undefined ? {} : { cacheReadInputTokens: read }),
    ...(write === undefined ? {} : { cacheWriteInputTokens: write }),
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    totalTokens: usage.inputTokens + usage.outputTokens + (read ?? 0) + (write ?? 0),
  };
}

function contentBlock(block: PlannedBlock): JsonObject {
  switch (block.kind) {
    case 'text': {
      const text = block.deltas.join('');
      if (block.citations.length === 0) return { text };
      return { citationsContent: { citations: block.citations.map(citation), content: [{ text }] } };
    }
    case 'reasoning': {
      const signature = block.signature === undefined ? {} : { signature: block.signature };
      return { reasoningContent: { reasoningText: { ...signature, text: block.deltas.join('') } } };
    }
    case 'redacted':
      return { reasoningContent: { redactedContent: block.base64 } };
    case 'tool-use':
      return { toolUse: { input: block.input, name: block.name, toolUseId: block.toolUseId } };
  }
}

function blockDeltas(block: PlannedBlock): readonly JsonObject[] {
  switch (block.kind) {
    case 'text':
      return [
        ...block.deltas.map((text) => ({ text })),
        ...block.citations.map((item) => ({ citation: citation(item) })),
      ];
    case 'reasoning':
      return [
        ...block.deltas.map((text) => ({ reasoningContent: { text } })),
        ...(block.signature === undefined ? [] : [{ reasoningContent: { signature: block.signature } }]),
      ];
    case 'redacted':
      return [{ reasoningContent: { redactedContent: block.base64 } }];
    case 'tool-use':
      return block.deltas.map((input) => ({ toolUse: { input } }));
  }
}

function citation({ title, citedText, documentIndex }: ScriptCitation): JsonObject {
  return {
    location: { documentChar: { documentIndex: documentIndex ?? 0, end: citedText.length, start: 0 } },
    sourceContent: [{ text: citedText }],
    title,
  };
}

/** What a prompt router chose, and the guardrail's trace where the caller asked for it, in the smallest form the API has. */
function trace(reply: PlannedReply, { invokedModelId }: SimulatedModel, request: JsonObject): JsonObject {
  const parts = {
    ...guardrailTrace(reply, request),
    ...(invokedModelId === undefined ? {} : { promptRouter: { invokedModelId } }),
  };
  return Object.keys(parts).length === 0 ? {} : { trace: parts };
}

function guardrailTrace(reply: PlannedReply, request: JsonObject): JsonObject {
  const config = request['guardrailConfig'];
  if (typeof config !== 'object' || config === null || !('trace' in config) || config['trace'] === 'disabled')
    return {};
  const reason = reply.stopReason === 'guardrail_intervened' ? 'Guardrail blocked.' : 'No action.';
  return { guardrail: { actionReason: reason } };
}
