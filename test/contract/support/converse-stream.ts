import { at } from './reply.ts';

/** What a ConverseStream said, put together from its events. */
export interface Assembled {
  readonly text: string;
  readonly reasoning: string;
  readonly signature: string;
  /** In the order of their blocks, the inputs as the text that came. */
  readonly tools: readonly { readonly name: unknown; readonly toolUseId: unknown; readonly input: string }[];
  readonly stopReason: unknown;
  readonly usage: unknown;
  /** Names of the events, in order. */
  readonly order: readonly string[];
}

/** Assembles a stream block by block, so that deltas of one tool in the block of another are noticed. */
export function assemble(events: readonly unknown[] = []): Assembled {
  const tools = new Map<unknown, { name: unknown; toolUseId: unknown; input: string }>();
  let [text, reasoning, signature] = ['', '', ''];
  let [stopReason, usage]: unknown[] = [];
  for (const event of events) {
    const start = at(event, 'contentBlockStart', 'start', 'toolUse');
    const block =
      at(event, 'contentBlockStart', 'contentBlockIndex') ?? at(event, 'contentBlockDelta', 'contentBlockIndex');
    if (start !== undefined)
      tools.set(block, { name: at(start, 'name'), toolUseId: at(start, 'toolUseId'), input: '' });
    const delta = at(event, 'contentBlockDelta', 'delta');
    text += at(delta, 'text') ?? '';
    reasoning += at(delta, 'reasoningContent', 'text') ?? '';
    signature += at(delta, 'reasoningContent', 'signature') ?? '';
    const input = at(delta, 'toolUse', 'input');
    const tool = tools.get(block);
    if (typeof input === 'string' && tool !== undefined) tool.input += input;
    stopReason ??= at(event, 'messageStop', 'stopReason');
    usage ??= at(event, 'metadata', 'usage');
  }
  const order = events.map((event) => Object.keys(event as object)[0] ?? 'empty');
  return { text, reasoning, signature, tools: [...tools.values()], stopReason, usage, order };
}
