import type { ConverseCachePointBlock, ConverseMessage, ConverseRequest } from '@genai-gateway/protocol';
import type { CachePointFacts } from '../model-facts/model-facts.ts';
import { modelFactsOf } from '../model-facts/model-facts-of.ts';
import { TokenCount } from './token-count.ts';

export interface CachePointContext {
  /** The model behind the deployment: its id, or that of an inference profile, or an ARN of one of these. */
  readonly modelId: string;
  /** So many of the first messages come again, as they are, in later calls. */
  readonly stableMessages: number;
}

/** The request, and how many cache points were put into it. */
export interface CachePointsAdded {
  readonly request: ConverseRequest;
  readonly added: number;
}

/**
 * A request with cache points behind its tools, its system prompt and its stable messages, as far as what stands in
 * front of a point is long enough to be kept: at most four, as many as a request may have. The request itself, with
 * none, where the model takes no points, or where somebody has set one: then that is what was meant.
 *
 * Behind the messages there are up to two: the last place of this call, and the last place of the call before, so that
 * what that call wrote into the cache is found.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html (four points, read 2026-11-23).
 */
export function withCachePoints(
  request: ConverseRequest,
  { modelId, stableMessages }: CachePointContext,
): CachePointsAdded {
  const traits = modelFactsOf(modelId).cachePoint;
  if (traits === undefined || hasCachePoint(request)) return { request, added: 0 };

  // In the order in which the model reads, and in which the prefixes are made.
  const tokens = new TokenCount(traits.minTokens);
  let marked = request;
  let added = 0;
  const { toolConfig } = request;
  const { system, tools, messages } = partsOf(request);
  if (tools.length > 0) {
    tokens.add(tools);
    if (traits.behindTools && tokens.isEnough()) {
      marked = { ...marked, toolConfig: { ...toolConfig, tools: [...tools, cachePoint] } };
      added += 1;
    }
  }
  if (system.length > 0) {
    tokens.add(system);
    if (tokens.isEnough()) {
      marked = { ...marked, system: [...system, cachePoint] };
      added += 1;
    }
  }
  const places = placesIn(messages, stableMessages, traits, tokens);
  if (places.length === 0) return { request: marked, added };
  return { request: { ...marked, messages: pointedAt(messages, places) }, added: added + places.length };
}

const cachePoint: ConverseCachePointBlock = { cachePoint: { type: 'default' } };

function hasCachePoint(request: ConverseRequest): boolean {
  const { system, tools, messages } = partsOf(request);
  const isPoint = (block: object): boolean => 'cachePoint' in block;
  return system.some(isPoint) || tools.some(isPoint) || messages.some(({ content }) => content.some(isPoint));
}

/** Callers send null too for what they leave out. */
function partsOf({ system, toolConfig, messages }: ConverseRequest) {
  return { system: system ?? [], tools: toolConfig?.tools ?? [], messages: messages ?? [] };
}

/** The positions of the messages behind which a point is put, the earlier one first. */
function placesIn(
  messages: readonly ConverseMessage[],
  stableMessages: number,
  traits: CachePointFacts,
  tokens: TokenCount,
): readonly number[] {
  let last: number | undefined;
  let before: number | undefined;
  for (const [at, message] of messages.slice(0, Math.max(stableMessages, 0)).entries()) {
    tokens.add(message.content);
    if (!tokens.isEnough() || !takesPoint(message, messages[at - 1], traits)) continue;
    last = at;
    // A turn adds a question and an answer: two messages less were stable in the call before.
    if (at < stableMessages - 2) before = at;
  }
  return [...new Set([before, last])].filter((at) => at !== undefined);
}

/**
 * Bedrock refuses a point behind reasoning ("Cache point cannot be inserted after reasoning block"), and is said to look
 * further back than the last block: https://github.com/anomalyco/opencode/issues/36517,
 * https://github.com/0xPlaygrounds/rig/issues/1673; and behind some documents:
 * https://github.com/strands-agents/harness-sdk/issues/1966 (read 2026-11-23).
 */
function takesPoint(
  { role, content }: ConverseMessage,
  before: ConverseMessage | undefined,
  { roles, lastBlocks }: CachePointFacts,
): boolean {
  const lastBlock = content.at(-1);
  if (lastBlock === undefined || !roles.includes(role) || hasReasoning(content)) return false;
  if (content.some((block) => 'toolResult' in block) && hasReasoning(before?.content ?? [])) return false;
  return lastBlocks.some((kind) => kind in lastBlock);
}

function hasReasoning(content: ConverseMessage['content']): boolean {
  return content.some((block) => 'reasoningContent' in block);
}

function pointedAt(messages: readonly ConverseMessage[], places: readonly number[]): readonly ConverseMessage[] {
  return messages.map((message, at) =>
    places.includes(at) ? { ...message, content: [...message.content, cachePoint] } : message,
  );
}
