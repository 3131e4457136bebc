import type {
  ConverseCachePointBlock,
  ConverseContentBlock,
  ConverseMessage,
  ConverseReasoningBlock,
  ConverseSystemBlock,
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
import { contentParts } from './content-parts.ts';
import { isPlainText, plain } from './plain-text.ts';
import { reasoningToLitellm } from './reasoning.ts';
import { toolAnswer, toolCall } from './tool-messages.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Marked = { cache_control?: LitellmCacheControl };

/**
 * `system` and `messages` of a Converse request as OpenAI's messages. The tool results of a turn come
 * before what the user says in it, in their order, as OpenAI wants them right after the calls.
 * Throws `invalid-request` for bytes in S3, or that are not what they are called, and for tools that the provider runs.
 */
export function messagesToOpenai(
  system: readonly ConverseSystemBlock[],
  messages: readonly ConverseMessage[],
  dropped: DroppedParams,
): LitellmMessage[] {
  const all: LitellmMessage[] = [];
  const head = systemMessage(system, 'system', dropped);
  if (head !== undefined) all.push(head);
  for (const [index, { role, content }] of messages.entries()) {
    const place = `messages.${index}.content`;
    switch (role) {
      case 'user':
        for (const message of userMessages(content, place, dropped)) all.push(message);
        break;
      case 'assistant':
        all.push(assistantMessage(content, place, dropped));
        break;
      case 'system': {
        const note = systemMessage(content, place, dropped);
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
function mark(last: Marked | undefined, block: ConverseCachePointBlock, dropped: DroppedParams) {
  if (last === undefined) dropped.add('cachePoint');
  else last.cache_control = cacheControl(block);
}

function systemMessage(
  blocks: readonly (ConverseSystemBlock | ConverseContentBlock)[],
  place: string,
  dropped: DroppedParams,
): LitellmSystemMessage | undefined {
  const parts: Mutable<LitellmTextPart>[] = [];
  for (const [index, block] of blocks.entries()) {
    if ('cachePoint' in block) mark(parts.at(-1), block, dropped);
    else {
      for (const part of contentParts(block, `${place}.${index}`, dropped)) {
        if (part.type !== 'text') throw invalidRequest('A system text has no images.', `${place}.${index}`);
        parts.push(part);
      }
    }
  }
  return parts.length === 0 ? undefined : { role: 'system', content: plain(parts) };
}

function userMessages(
  content: readonly ConverseContentBlock[],
  place: string,
  dropped: DroppedParams,
): LitellmMessage[] {
  const results: Mutable<LitellmToolMessage>[] = [];
  const files: LitellmPart[] = [];
  const parts: Mutable<LitellmPart>[] = [];
  let last: Marked | undefined;
  for (const [index, block] of content.entries()) {
    if ('cachePoint' in block) mark(last, block, dropped);
    else if ('toolResult' in block) {
      const answer = toolAnswer(block, `${place}.${index}`, dropped);
      results.push(answer.message);
      for (const file of answer.files) files.push(file);
      last = answer.message;
    } else {
      for (const part of contentParts(block, `${place}.${index}`, dropped)) parts.push(part);
      last = parts.at(-1);
    }
  }
  const said = [...files, ...parts];
  return said.length === 0 ? results : [...results, { role: 'user', content: plain(said) }];
}

function assistantMessage(
  content: readonly ConverseContentBlock[],
  place: string,
  dropped: DroppedParams,
): LitellmAssistantMessage {
  const parts: Mutable<LitellmPart>[] = [];
  const calls: Mutable<LitellmToolCall>[] = [];
  const thoughts: ConverseReasoningBlock[] = [];
  let last: Marked | undefined;
  for (const [index, block] of content.entries()) {
    if ('cachePoint' in block) mark(last, block, dropped);
    else if ('reasoningContent' in block) thoughts.push(block);
    else if ('toolUse' in block) {
      const call: Mutable<LitellmToolCall> = toolCall(block, `${place}.${index}`);
      calls.push(call);
      last = call;
    } else {
      for (const part of contentParts(block, `${place}.${index}`, dropped)) parts.push(part);
      last = parts.at(-1);
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
