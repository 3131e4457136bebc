import type { AnthropicStreamEvent } from '@genai-gateway/protocol';

/** Which deltas a block of each kind may have. */
const deltasOf: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta', 'citations_delta'],
  tool_use: ['input_json_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
  redacted_thinking: [],
};

/**
 * Everything that is wrong with the events of a whole stream.
 * Source: https://docs.anthropic.com/en/docs/build-with-claude/streaming (as of 2026-11-23).
 */
export function streamViolations(events: readonly AnthropicStreamEvent[]): readonly string[] {
  const found: string[] = [];
  const open = new Map<number, string>();
  let count = 0;
  const types = events.map(({ type }) => type);
  if (types[0] !== 'message_start') found.push(`begins with ${types[0]}`);
  if (types.at(-2) !== 'message_delta' || types.at(-1) !== 'message_stop') found.push(`ends with ${types.slice(-2)}`);
  for (const once of ['message_start', 'message_delta', 'message_stop']) {
    if (types.filter((type) => type === once).length !== 1) found.push(`not one ${once}`);
  }
  for (const event of events) {
    if (event.type === 'content_block_start') {
      if (event.index !== count) found.push(`block ${event.index} begins as the one after ${count}`);
      count += 1;
      open.set(event.index, event.content_block.type);
    } else if (event.type === 'content_block_delta') {
      const kind = open.get(event.index);
      const isKnown = kind !== undefined && deltasOf[kind]?.includes(event.delta.type) === true;
      if (!isKnown) found.push(`${event.delta.type} of block ${event.index}, which is ${kind ?? 'not open'}`);
    } else if (event.type === 'content_block_stop') {
      if (!open.delete(event.index)) found.push(`block ${event.index} stops and is not open`);
    } else if (event.type === 'message_delta' && open.size > 0) {
      found.push(`${open.size} blocks are open at the end`);
    }
  }
  return found;
}
