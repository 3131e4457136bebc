import type { ConverseMessage, ConverseSystemBlock } from '@genai-gateway/protocol';

/** For models that take no system prompt: its texts as the first words of the first message, which is the user's. */
export function systemInMessages(
  system: readonly ConverseSystemBlock[],
  messages: readonly ConverseMessage[],
): readonly ConverseMessage[] {
  const texts = system.filter((block) => 'text' in block);
  const [first, ...rest] = messages;
  if (texts.length === 0 || first === undefined) return messages;
  return [{ ...first, content: [...texts, ...first.content] }, ...rest];
}
