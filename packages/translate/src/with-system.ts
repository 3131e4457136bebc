import type { ConverseMessage, ConverseRequest, ConverseSystemBlock } from '@genai-gateway/protocol';
import type { ModelFacts } from './model-facts/model-facts.ts';

/**
 * The beginning of a request: messages, and the system text with `notes` behind it. A model that takes no system prompt gets it as
 * the first words of the first message, which is the user's.
 */
export function withSystem(
  messages: readonly ConverseMessage[],
  system: readonly ConverseSystemBlock[],
  notes: readonly (string | undefined)[],
  facts: ModelFacts,
): { -readonly [K in keyof ConverseRequest]: ConverseRequest[K] } {
  const all = [...system];
  for (const text of notes) if (text !== undefined) all.push({ text });
  if (facts.systemPrompt) return all.length === 0 ? { messages } : { messages, system: all };
  const texts = all.filter((block) => 'text' in block);
  const [first, ...rest] = messages;
  if (texts.length === 0 || first === undefined) return { messages };
  return { messages: [{ ...first, content: [...texts, ...first.content] }, ...rest] };
}
