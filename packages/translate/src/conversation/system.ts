import type {
  AnthropicTextBlock,
  ConverseSystemBlock,
  OpenaiContentPart,
  OpenaiMessage,
  OpenaiSystemMessage,
} from '@genai-gateway/protocol';
import { recordsOf, textOf } from '../json.ts';
import { isBlank } from '../openai-over-converse/content.ts';
import { cacheControlOf, cachePointAfter } from './cache-control.ts';

/** Messages and the system text that stood before them; undefined: there was none. */
export interface SplitMessages {
  readonly system: readonly ConverseSystemBlock[] | undefined;
  readonly rest: readonly OpenaiMessage[];
}

/**
 * The leading system and developer messages, as one system text, and the messages behind them. Blank texts are left
 * out. A message that holds something else than text stays with the rest, for the translation to refuse.
 */
export function systemOfOpenai(messages: readonly OpenaiMessage[]): SplitMessages {
  const first = messages.findIndex((message) => !isSystem(message) || !isText(message.content));
  const count = first === -1 ? messages.length : first;
  const blocks = messages.slice(0, count).flatMap(({ content }) => blocksOf(content));
  return { system: blocks.length === 0 ? undefined : blocks, rest: count === 0 ? messages : messages.slice(count) };
}

/** `system` of a Messages request, a text or text blocks; undefined: there is none. What is no text is left out. */
export function systemOfAnthropic(system: unknown): readonly ConverseSystemBlock[] | undefined {
  const blocks = blocksOf(system);
  return blocks.length === 0 ? undefined : blocks;
}

/** One system message; undefined where there is no text. */
export function systemAsOpenai(blocks: readonly ConverseSystemBlock[]): OpenaiSystemMessage | undefined {
  const texts = systemAsAnthropic(blocks);
  const [only] = texts ?? [];
  if (texts === undefined || only === undefined) return undefined;
  return {
    role: 'system',
    content: texts.length === 1 && only.cache_control === undefined ? only.text : texts.map(asPart),
  };
}

/** Text blocks; undefined where there is no text. A cache point is a mark on the text before it. */
export function systemAsAnthropic(blocks: readonly ConverseSystemBlock[]): readonly AnthropicTextBlock[] | undefined {
  const texts: AnthropicTextBlock[] = [];
  for (const block of blocks) {
    const last = texts.at(-1);
    if ('text' in block) texts.push({ type: 'text', text: block.text });
    else if ('guardContent' in block) {
      if ('text' in block.guardContent) texts.push({ type: 'text', text: block.guardContent.text.text });
    } else if (last !== undefined)
      texts[texts.length - 1] = { ...last, cache_control: cacheControlOf(block.cachePoint) };
  }
  return texts.length === 0 ? undefined : texts;
}

/** OpenAI and Anthropic have the same form of text, and LiteLLM takes the same mark in both. */
function asPart(block: AnthropicTextBlock): OpenaiContentPart {
  return block;
}

function isSystem(message: OpenaiMessage): message is OpenaiSystemMessage {
  return message.role === 'system' || message.role === 'developer';
}

function isText(content: OpenaiSystemMessage['content']): boolean {
  return typeof content === 'string' || content.every((part) => part.type === 'text' || part.type === 'refusal');
}

function blocksOf(content: unknown): ConverseSystemBlock[] {
  if (typeof content === 'string') return isBlank(content) ? [] : [{ text: content }];
  return recordsOf(content).flatMap((part): ConverseSystemBlock[] => {
    const text = textOf(part['text']) || textOf(part['refusal']);
    if (isBlank(text)) return [];
    const points = cachePointAfter(part).map(({ ttl }) => ({
      cachePoint: { type: 'default' as const, ...(ttl === undefined ? {} : { ttl }) },
    }));
    return [{ text }, ...points];
  });
}
