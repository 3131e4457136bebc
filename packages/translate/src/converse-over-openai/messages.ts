import type {
  ConverseCachePointBlock,
  ConverseContentBlock,
  ConverseMessage,
  ConverseReasoningBlock,
  ConverseSystemBlock,
  ConverseToolResultBlock,
  ConverseToolUseBlock,
  LitellmAssistantMessage,
  LitellmCacheControl,
  LitellmMessage,
  LitellmPart,
  LitellmSystemMessage,
  LitellmTextPart,
  LitellmToolCall,
  LitellmToolMessage,
} from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import { imageToPart } from './images.ts';
import { reasoningToLitellm } from './reasoning.ts';

/** Said before the result of a tool that failed: OpenAI's tool messages have no status. */
export const FAILED_TOOL_TEXT = 'The tool call failed.';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * `system` and `messages` of a Converse request as OpenAI's messages. The tool results of a turn come
 * before what the user says in it, in their order, as OpenAI wants them right after the calls.
 * Throws `invalid-request` for images in S3 or that are none, citations and tools that the provider runs.
 */
export function messagesToOpenai(
  system: readonly ConverseSystemBlock[],
  messages: readonly ConverseMessage[],
  dropped: DroppedParams,
): LitellmMessage[] {
  const all: LitellmMessage[] = [];
  const head = systemMessage(system, dropped);
  if (head !== undefined) all.push(head);
  for (const [index, { role, content }] of messages.entries()) {
    const place = `messages.${index}.content`;
    switch (role) {
      case 'user':
        all.push(...userMessages(content, place, dropped));
        break;
      case 'assistant':
        all.push(assistantMessage(content, place, dropped));
        break;
      case 'system': {
        const note = systemMessage(content.filter(isSystemBlock), dropped);
        if (note !== undefined) all.push(note);
      }
    }
  }
  return all;
}

/** A cache point as the mark on the part before it. */
export function cacheControl({ cachePoint }: ConverseCachePointBlock): LitellmCacheControl {
  return cachePoint.ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl: cachePoint.ttl };
}

/** Puts the mark of a cache point on what came before it; a point with nothing before it has no effect. */
function mark(
  last: { cache_control?: LitellmCacheControl } | undefined,
  block: ConverseCachePointBlock,
  dropped: DroppedParams,
) {
  if (last === undefined) dropped.add('cachePoint');
  else last.cache_control = cacheControl(block);
}

function systemMessage(
  blocks: readonly ConverseSystemBlock[],
  dropped: DroppedParams,
): LitellmSystemMessage | undefined {
  const parts: Mutable<LitellmTextPart>[] = [];
  for (const block of blocks) {
    if ('text' in block) parts.push({ type: 'text', text: block.text });
    else if ('cachePoint' in block) mark(parts.at(-1), block, dropped);
  }
  return parts.length === 0 ? undefined : { role: 'system', content: plain(parts) };
}

function userMessages(
  content: readonly ConverseContentBlock[],
  place: string,
  dropped: DroppedParams,
): LitellmMessage[] {
  const results: Mutable<LitellmToolMessage>[] = [];
  const parts: Mutable<LitellmPart>[] = [];
  let last: { cache_control?: LitellmCacheControl } | undefined;
  for (const [index, block] of content.entries()) {
    if ('cachePoint' in block) mark(last, block, dropped);
    else if ('toolResult' in block) {
      const result: Mutable<LitellmToolMessage> = toolMessage(block, `${place}.${index}`);
      results.push(result);
      last = result;
    } else {
      const part: Mutable<LitellmPart> = contentPart(block, `${place}.${index}`);
      parts.push(part);
      last = part;
    }
  }
  return parts.length === 0 ? results : [...results, { role: 'user', content: plain(parts) }];
}

function assistantMessage(
  content: readonly ConverseContentBlock[],
  place: string,
  dropped: DroppedParams,
): LitellmAssistantMessage {
  const parts: Mutable<LitellmPart>[] = [];
  const calls: Mutable<LitellmToolCall>[] = [];
  const thoughts: ConverseReasoningBlock[] = [];
  let last: { cache_control?: LitellmCacheControl } | undefined;
  for (const [index, block] of content.entries()) {
    if ('cachePoint' in block) mark(last, block, dropped);
    else if ('reasoningContent' in block) thoughts.push(block);
    else if ('toolUse' in block) {
      const call: Mutable<LitellmToolCall> = toolCall(block, `${place}.${index}`);
      calls.push(call);
      last = call;
    } else {
      const part: Mutable<LitellmPart> = contentPart(block, `${place}.${index}`);
      parts.push(part);
      last = part;
    }
  }
  const texts = parts.every(isPlainText) ? parts.map(({ text }) => text).join('') : parts;
  return {
    role: 'assistant',
    content: parts.length === 0 && calls.length > 0 ? null : texts,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...reasoningToLitellm(thoughts),
  };
}

function contentPart(block: ConverseContentBlock, place: string): LitellmPart {
  if ('text' in block) return { type: 'text', text: block.text };
  if ('image' in block) return imageToPart(block, place);
  if ('citationsContent' in block) {
    throw invalidRequest(
      'Citations are not translated for this model. Send their text in `text` blocks.',
      `${place}.citationsContent`,
    );
  }
  throw invalidRequest('This block does not belong here.', place);
}

function toolCall({ toolUse }: ConverseToolUseBlock, place: string): LitellmToolCall {
  if (toolUse.type !== undefined) {
    throw invalidRequest(
      'Tools that the provider runs are not translated for this model. Leave out this call and its result.',
      `${place}.toolUse.type`,
    );
  }
  const { toolUseId: id, name, input } = toolUse;
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}

function toolMessage({ toolResult }: ConverseToolResultBlock, place: string): LitellmToolMessage {
  const parts = toolResult.content.map((it, index): LitellmPart => {
    if ('text' in it) return { type: 'text', text: it.text };
    if ('json' in it) return { type: 'text', text: JSON.stringify(it.json) };
    return contentPart(it, `${place}.toolResult.content.${index}`);
  });
  if (toolResult.status === 'error') parts.unshift({ type: 'text', text: FAILED_TOOL_TEXT });
  const content = parts.every(isPlainText) ? parts.map(({ text }) => text).join('\n') : parts;
  return { role: 'tool', tool_call_id: toolResult.toolUseId, content };
}

/** One text without a mark as a plain text, which every provider takes; else the list of parts. */
function plain<T extends LitellmPart>(parts: readonly T[]): string | readonly T[] {
  const [only] = parts;
  return parts.length === 1 && only !== undefined && isPlainText(only) ? only.text : parts;
}

function isPlainText(part: LitellmPart): part is LitellmTextPart {
  return part.type === 'text' && part.cache_control === undefined;
}

function isSystemBlock(block: ConverseContentBlock): block is ConverseSystemBlock {
  return 'text' in block || 'cachePoint' in block;
}
