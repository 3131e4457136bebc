import type { ConverseContentBlock, ConverseMessage } from '@genai-gateway/protocol';

/** Messages of Converse in short, for tests. */
export const user = (...content: ConverseContentBlock[]): ConverseMessage => ({ role: 'user', content });
export const assistant = (...content: ConverseContentBlock[]): ConverseMessage => ({ role: 'assistant', content });
export const text = (it: string): ConverseContentBlock => ({ text: it });
export const call = (toolUseId: string, name = 'f', input: object = {}): ConverseContentBlock => ({
  toolUse: { toolUseId, name, input: input as Record<string, never> },
});
export const result = (toolUseId: string, it = 'r'): ConverseContentBlock => ({
  toolResult: { toolUseId, content: [{ text: it }], status: 'success' },
});
export const thought = (it: string, signature?: string): ConverseContentBlock => ({
  reasoningContent: { reasoningText: signature === undefined ? { text: it } : { text: it, signature } },
});
export const point: ConverseContentBlock = { cachePoint: { type: 'default' } };
export const png: ConverseContentBlock = { image: { format: 'png', source: { bytes: 'iVBORw0KGgo=' } } };

export const pdf = (name: string): ConverseContentBlock => ({
  document: { format: 'pdf', name, source: { bytes: 'JVBERg==' } },
});

/** A message list in short: u[…] and a[…]; calls as call:id(name), results as result:id=text. */
export function brief(messages: readonly ConverseMessage[]): string {
  return messages.map(({ role, content }) => `${role[0]}[${content.map(briefBlock).join(' | ')}]`).join(' ');
}

function briefBlock(block: ConverseContentBlock): string {
  if ('document' in block) return `document:${block.document.name}`;
  if ('text' in block) return block.text;
  if ('toolUse' in block) return `call:${block.toolUse.toolUseId}(${block.toolUse.name})`;
  if ('toolResult' in block) {
    const { toolUseId, content } = block.toolResult;
    return `result:${toolUseId}=${content.map((part) => briefBlock(part as ConverseContentBlock)).join(' | ')}`;
  }
  if ('reasoningContent' in block) {
    const { reasoningContent } = block;
    return 'reasoningText' in reasoningContent
      ? `thought:${reasoningContent.reasoningText.text}/${reasoningContent.reasoningText.signature ?? ''}`
      : 'redacted';
  }
  return Object.keys(block).join();
}
