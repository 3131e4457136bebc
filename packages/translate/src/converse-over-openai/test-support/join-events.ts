import type { ConverseCitation, ConverseContentBlock, ConverseEvent, ConverseReply } from '@genai-gateway/protocol';

type Draft = {
  text: string;
  thought: string;
  json: string;
  signature?: string;
  redacted?: string;
  image?: string;
  citations?: ConverseCitation[];
};

/**
 * The answer that a client of Converse joins from the events of a stream, and everything about their
 * order that AWS's clients do not expect. It shares no code with the translation.
 */
export function joinEvents(events: readonly ConverseEvent[]): {
  readonly reply: ConverseReply;
  readonly violations: readonly string[];
} {
  const violations: string[] = [];
  const content: ConverseContentBlock[] = [];
  let reply: ConverseReply = { output: { message: { role: 'assistant', content } }, stopReason: '' };
  let open: { index: number; start?: object; draft: Draft; deltas: number; kinds: Set<string> } | undefined;
  const seen: string[] = [];
  for (const event of events) {
    const expectBefore = (type: string, isThere: boolean) => {
      if (seen.includes(type) !== isThere) violations.push(`${event.type} ${isThere ? 'before' : 'after'} ${type}`);
    };
    expectBefore('metadata', false);
    if (event.type !== 'messageStart') expectBefore('messageStart', true);
    if (event.type !== 'metadata') expectBefore('messageStop', false);
    seen.push(event.type);
    switch (event.type) {
      case 'messageStart':
        if (seen.length > 1) violations.push('messageStart is not the first');
        break;
      case 'contentBlockStart': {
        const { contentBlockIndex: index, start } = event.payload;
        if (open !== undefined) violations.push(`block ${index} starts before block ${open.index} has stopped`);
        if (index !== content.length) violations.push(`block ${index} is number ${content.length}`);
        if (Object.keys(start).length !== 1) violations.push(`block ${index} starts with not exactly one field`);
        open = { index, start, draft: { text: '', thought: '', json: '' }, deltas: 0, kinds: new Set() };
        break;
      }
      case 'contentBlockDelta': {
        const { contentBlockIndex: index, delta } = event.payload;
        if (open === undefined) {
          if (index !== content.length) violations.push(`block ${index} is number ${content.length}`);
          open = { index, draft: { text: '', thought: '', json: '' }, deltas: 0, kinds: new Set() };
        }
        if (open.index !== index) violations.push(`a delta of block ${index} within block ${open.index}`);
        const [kind, ...more] = Object.keys(delta);
        if (kind === undefined || more.length > 0)
          violations.push(`a delta of block ${index} with not exactly one field`);
        open.kinds.add(kind === 'citation' ? 'text' : (kind ?? ''));
        open.deltas += 1;
        const { text, toolUse, reasoningContent, image, citation } = delta;
        if (citation !== undefined) open.draft.citations = [...(open.draft.citations ?? []), citation];
        open.draft.text += text ?? '';
        open.draft.json += toolUse?.input ?? '';
        if (toolUse !== undefined && !('toolUse' in (open.start ?? {}))) violations.push(`block ${index} has no start`);
        if (image !== undefined) open.draft.image = image.source.bytes;
        if (reasoningContent === undefined) break;
        if (Object.keys(reasoningContent).length !== 1)
          violations.push(`reasoning of block ${index} with several fields`);
        open.draft.thought += reasoningContent.text ?? '';
        if (reasoningContent.signature !== undefined) open.draft.signature = reasoningContent.signature;
        if (reasoningContent.redactedContent !== undefined) open.draft.redacted = reasoningContent.redactedContent;
        break;
      }
      case 'contentBlockStop': {
        const { contentBlockIndex: index } = event.payload;
        if (open?.index !== index) violations.push(`block ${index} stops and is not open`);
        if (open === undefined) break;
        if (open.deltas === 0) violations.push(`block ${index} is empty`);
        if (open.kinds.size !== 1) violations.push(`block ${index} mixes ${[...open.kinds].join()}`);
        content.push(blockOf(open.start ?? {}, open.draft, [...open.kinds][0] ?? ''));
        open = undefined;
        break;
      }
      case 'messageStop':
        if (open !== undefined) violations.push(`messageStop within block ${open.index}`);
        reply = { ...reply, ...event.payload };
        break;
      case 'metadata':
        expectBefore('messageStop', true);
        reply = { ...reply, ...event.payload } as ConverseReply;
    }
  }
  return { reply, violations };
}

function blockOf(start: object, draft: Draft, kind: string): ConverseContentBlock {
  if ('toolUse' in start) {
    return { toolUse: { ...(start.toolUse as { toolUseId: string; name: string }), input: inputOf(draft.json) } };
  }
  if ('image' in start) {
    const { format } = start.image as { format: string };
    return { image: { format, source: { bytes: draft.image ?? '' } } };
  }
  if (draft.citations !== undefined) {
    const content = draft.text === '' ? {} : { content: [{ text: draft.text }] };
    return { citationsContent: { ...content, citations: draft.citations } };
  }
  if (kind !== 'reasoningContent') return { text: draft.text };
  if (draft.redacted !== undefined) return { reasoningContent: { redactedContent: draft.redacted } };
  const signature = draft.signature === undefined ? {} : { signature: draft.signature };
  return { reasoningContent: { reasoningText: { text: draft.thought, ...signature } } };
}

/** The object that the joined text is; the text itself where it is none. */
function inputOf(json: string) {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as object as never) : json;
  } catch {
    return json;
  }
}
