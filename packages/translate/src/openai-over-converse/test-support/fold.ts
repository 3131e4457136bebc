import type {
  ConverseCitation,
  ConverseContentBlock,
  ConverseContentBlockDelta,
  ConverseContentBlockStart,
  ConverseMessageStop,
  ConverseReply,
  ConverseStreamMetadata,
  ConverseUsage,
  LitellmThinkingBlock,
  OpenaiAnnotation,
  OpenaiChunk,
  OpenaiFinishReason,
  OpenaiProviderFields,
} from '@genai-gateway/protocol';

/** One event of a Converse stream: its type and its payload. */
export type ConverseEvent = readonly [eventType: string, payload: Record<string, unknown>];

/** What a client knows once it has joined all chunks of a stream. */
export interface JoinedAnswer {
  readonly role: string | undefined;
  readonly content: string;
  readonly reasoning: string;
  readonly thinking: readonly LitellmThinkingBlock[];
  readonly annotations: readonly OpenaiAnnotation[];
  readonly fields: OpenaiProviderFields | undefined;
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly input: unknown }[];
  readonly finishes: readonly OpenaiFinishReason[];
}

/** Joins chunks as the OpenAI clients do: calls by their index, arguments as text. */
export function joinChunks(chunks: readonly OpenaiChunk[]): JoinedAnswer {
  let role: string | undefined;
  let content = '';
  let reasoning = '';
  const thinking: LitellmThinkingBlock[] = [];
  const annotations: OpenaiAnnotation[] = [];
  let fields: OpenaiProviderFields | undefined;
  const calls: { id: string; name: string; json: string }[] = [];
  const finishes: OpenaiFinishReason[] = [];
  for (const choice of chunks.flatMap((chunk) => chunk.choices)) {
    role ??= choice.delta.role;
    content += choice.delta.content ?? '';
    reasoning += choice.delta.reasoning_content ?? '';
    for (const { index, ...block } of choice.delta.thinking_blocks ?? []) {
      if (index !== thinking.length) throw new Error(`thinking block index ${index} after ${thinking.length} blocks`);
      thinking.push(block);
    }
    annotations.push(...(choice.delta.annotations ?? []));
    fields ??= choice.delta.provider_specific_fields;
    for (const { index, id, function: delta } of choice.delta.tool_calls ?? []) {
      if (index > calls.length) throw new Error(`tool call index ${index} after ${calls.length} calls`);
      const call = calls[index] ?? { id: '', name: '', json: '' };
      calls[index] = call;
      call.id += id ?? '';
      call.name += delta.name ?? '';
      call.json += delta.arguments;
    }
    if (choice.finish_reason !== null) finishes.push(choice.finish_reason);
  }
  const toolCalls = calls.map(({ id, name, json }) => ({ id, name, input: JSON.parse(json) as unknown }));
  return { role, content, reasoning, thinking, annotations, fields, toolCalls, finishes };
}

/** The answer that Converse would have given without streaming. */
export function eventsToReply(events: readonly ConverseEvent[]): ConverseReply {
  const blocks = new Map<number, StreamedBlock>();
  let stopReason = '';
  let usage: ConverseUsage | undefined;
  for (const [type, payload] of events) {
    const event = payload as Partial<
      ConverseContentBlockStart & ConverseContentBlockDelta & ConverseMessageStop & ConverseStreamMetadata
    >;
    if (type === 'messageStop') stopReason = event.stopReason ?? '';
    if (type === 'metadata') usage = event.usage;
    if (type !== 'contentBlockStart' && type !== 'contentBlockDelta') continue;
    const index = event.contentBlockIndex ?? 0;
    const block = blocks.get(index) ?? { text: '', thought: '', signature: '', json: '', citations: [] };
    blocks.set(index, block);
    if (event.start?.toolUse) block.call = event.start.toolUse;
    block.text += event.delta?.text ?? '';
    block.thought += event.delta?.reasoningContent?.text ?? '';
    block.signature += event.delta?.reasoningContent?.signature ?? '';
    block.json += event.delta?.toolUse?.input ?? '';
    if (event.delta?.citation) block.citations.push(event.delta.citation);
  }
  return {
    output: { message: { role: 'assistant', content: [...blocks.values()].map(wholeBlock) } },
    stopReason,
    ...(usage ? { usage } : {}),
  };
}

interface StreamedBlock {
  text: string;
  thought: string;
  signature: string;
  json: string;
  readonly citations: ConverseCitation[];
  call?: NonNullable<ConverseContentBlockStart['start']['toolUse']>;
}

function wholeBlock({ text, thought, signature, json, citations, call }: StreamedBlock): ConverseContentBlock {
  if (call !== undefined) return { toolUse: { ...call, input: JSON.parse(json || '{}') } };
  if (citations.length > 0) {
    return { citationsContent: { ...(text === '' ? {} : { content: [{ text }] }), citations } };
  }
  if (thought === '' && signature === '') return { text };
  return { reasoningContent: { reasoningText: { text: thought, ...(signature === '' ? {} : { signature }) } } };
}
