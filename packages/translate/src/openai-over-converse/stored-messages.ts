import type {
  ConverseContentBlock,
  ConverseMessage,
  ConverseReasoningBlock,
  ConverseRequest,
  ConverseToolResultBlock,
  ConverseToolUseBlock,
} from '@genai-gateway/protocol';
import { isRecord } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { MAX_CACHE_POINTS } from '../prompt-caching/fit-cache-points.ts';
import type { ToolNameMap } from '../tools/tool-names.ts';
import { isBlank, PLACEHOLDER_TEXT } from './content.ts';
import { StoredFiles } from './stored-files.ts';

export interface FittingContext {
  readonly traits: ModelFacts;
  readonly names: ToolNameMap;
  /** The cache points that the request has besides. */
  readonly cachePoints: number;
  /** The documents that it has besides; none by default. */
  readonly documents?: number;
}

export interface FittedMessages {
  readonly messages: readonly ConverseMessage[];
  /** Tools that they name, by upstream name, in the order of their first use. */
  readonly usedNames: ReadonlySet<string>;
}

/**
 * Stored messages in the form that the model takes, which may be another model than the one that they were
 * written with or by: tool names and reasoning as its family wants them, no blank text, no more cache points
 * than a request may have (the first one, which all conversations of a prompt share, and the newest). What the model does not
 * take (files of some kinds, citations, all but the newest of too many documents) has a short text in its place. Guarded
 * text becomes plain: a guardrail looks at what is new, and at all of it where nothing is marked.
 * A message of which nothing is left stays as an empty one.
 */
export function fitMessages(stored: readonly ConverseMessage[], context: FittingContext): FittedMessages {
  const usedNames = new Set<string>();
  const keepsPoint = pointsToKeep(stored, context);
  const files = new StoredFiles(stored, context);
  const messages = stored.map(({ role, content }): ConverseMessage => {
    const kept: ConverseContentBlock[] = [];
    for (const block of content) {
      const fitted = fitBlock(files.fit(block, role), context, files, usedNames);
      if (fitted === undefined || ('cachePoint' in fitted && !(keepsPoint() && mayHavePoint(kept)))) continue;
      kept.push(fitted);
    }
    return { role, content: kept.every(isReasoning) ? [] : kept };
  });
  return { messages, usedNames };
}

/** What a system message becomes in the middle of a conversation. */
export function systemNote(text: string): string {
  return `System note: ${text}`;
}

type Parts = { readonly [K in 'system' | 'toolConfig' | 'messages']?: ConverseRequest[K] | undefined };

/** The cache points of a request, or of parts of one. */
export function countCachePoints({ system, toolConfig, messages }: Parts): number {
  const own = [...(system ?? []), ...(toolConfig?.tools ?? [])].filter((block) => 'cachePoint' in block).length;
  return own + countInMessages(messages ?? []);
}

/** The cache points in messages. */
export function countInMessages(messages: readonly ConverseMessage[]): number {
  let count = 0;
  for (const { content } of messages) for (const block of content) if ('cachePoint' in block) count += 1;
  return count;
}

/** Tells of one cache point after the other whether it stays. */
function pointsToKeep(stored: readonly ConverseMessage[], { traits, cachePoints }: FittingContext): () => boolean {
  if (!traits.cachePoints) return () => false;
  const room = Math.max(0, MAX_CACHE_POINTS - cachePoints);
  const total = countInMessages(stored);
  let index = -1;
  return () => {
    index += 1;
    return total <= room || (room > 0 && (index === 0 || index > total - room));
  };
}

/**
 * Bedrock refuses a cache point at the beginning of a message, behind reasoning and behind another.
 * Source: https://github.com/0xPlaygrounds/rig/issues/1673 (read 2026-11-23).
 */
function mayHavePoint(before: readonly ConverseContentBlock[]): boolean {
  const last = before.at(-1);
  return last !== undefined && !isReasoning(last) && !('cachePoint' in last);
}

/**
 * An answer of nothing but thinking is refused by the newest Claude, and tells a model nothing.
 * Source: https://github.com/NousResearch/hermes-agent/issues/105780 (read 2026-11-23).
 */
function isReasoning(block: ConverseContentBlock): boolean {
  return 'reasoningContent' in block;
}

function fitBlock(
  block: ConverseContentBlock,
  { traits, names }: FittingContext,
  files: StoredFiles,
  usedNames: Set<string>,
): ConverseContentBlock | undefined {
  if ('text' in block) return isBlank(block.text) ? undefined : block;
  if ('toolUse' in block) return fitToolUse(block, names, usedNames);
  if ('toolResult' in block) return fitToolResult(block, traits, files);
  if ('toolAddition' in block || 'toolRemoval' in block) return traits.systemInConversation ? block : undefined;
  if ('reasoningContent' in block) return traits.signedReasoning ? fitReasoning(block) : undefined;
  if (!('citationsContent' in block) || traits.citations) return block;
  const text = (block.citationsContent.content ?? []).map((part) => part.text).join('');
  return isBlank(text) ? undefined : { text };
}

function fitToolUse(block: ConverseToolUseBlock, names: ToolNameMap, usedNames: Set<string>): ConverseToolUseBlock {
  const { toolUse } = block;
  if (toolUse.type !== undefined) return block;
  // A name that fits may be one that an earlier request was given for the caller's, so it is not for the map.
  const name = names.allows(toolUse.name) ? toolUse.name : names.upstream(toolUse.name);
  usedNames.add(name);
  if (name === toolUse.name && isRecord(toolUse.input)) return block;
  return { toolUse: { ...toolUse, name, input: isRecord(toolUse.input) ? toolUse.input : {} } };
}

function fitToolResult(
  block: ConverseToolResultBlock,
  traits: ModelFacts,
  files: StoredFiles,
): ConverseToolResultBlock {
  const { content, status, ...rest } = block.toolResult;
  const dropsStatus = status !== undefined && !traits.toolResultStatus;
  const filled = content
    .filter((part) => !('text' in part && isBlank(part.text)))
    .map((part) => files.fitInResult(part));
  const isSame = filled.length === content.length && filled.every((part, index) => part === content[index]);
  if (!dropsStatus && isSame && filled.length > 0) return block;
  const toolResult = { ...rest, content: filled.length > 0 ? filled : [{ text: PLACEHOLDER_TEXT }] };
  return { toolResult: status === undefined || dropsStatus ? toolResult : { ...toolResult, status } };
}

function fitReasoning(block: ConverseReasoningBlock): ConverseReasoningBlock | undefined {
  const { reasoningContent } = block;
  return 'redactedContent' in reasoningContent || reasoningContent.reasoningText.signature ? block : undefined;
}
