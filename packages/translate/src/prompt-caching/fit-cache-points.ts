import type {
  ConverseCachePointBlock,
  ConverseContentBlock,
  ConverseRequest,
  ConverseSystemBlock,
  ConverseTool,
} from '@genai-gateway/protocol';
import type { ModelFacts } from '../model-facts/model-facts.ts';

/**
 * How many cache points a request may have.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html (read 2026-11-23).
 */
export const MAX_CACHE_POINTS = 4;

/** Where a point was, or what was lost of it. */
type LostPoint = 'tools' | 'system' | 'messages' | 'ttl';

export interface FittedCachePoints {
  readonly request: ConverseRequest;
  /** Where points had to be left out, and `ttl` where one is kept for another time than was asked for. */
  readonly lost: ReadonlySet<LostPoint>;
}

/** A list of blocks in which points stand, in the order in which the model reads them. */
interface Place {
  readonly where: Exclude<LostPoint, 'ttl'>;
  readonly blocks: readonly object[];
  readonly isTaken: (before: object) => boolean;
}

/** One point that may stay. */
interface Candidate {
  readonly place: Place;
  readonly index: number;
}

/**
 * A request with those of its cache points that the model takes, for callers who set them by themselves in any API: none where
 * the family has none; none at the beginning of a list or behind reasoning; at most four, of which the last behind the tools and
 * the last behind the system text come first, then the newest of the messages; and none that is kept longer than one before it.
 * The same request where nothing changes.
 *
 * Sources, read 2026-11-23: behind reasoning https://github.com/anomalyco/opencode/issues/36517; behind documents that Bedrock
 * makes a text of https://github.com/aws/aws-sdk-java-v2/issues/6277 (a text between the two helps);
 * as of 2026-11-23: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html (times must not grow).
 */
export function fitCachePoints(request: ConverseRequest, facts: ModelFacts): FittedCachePoints {
  if (!hasPoint(request)) return { request, lost: NOTHING };
  const places = placesOf(request, facts);
  const lost = new Set<LostPoint>();
  const candidates: Candidate[] = [];
  for (const place of places) {
    let before: object | undefined;
    for (const [index, block] of place.blocks.entries()) {
      if (!isPoint(block)) before = block;
      else if (before !== undefined && !isPoint(place.blocks[index - 1] ?? block) && place.isTaken(before)) {
        candidates.push({ place, index });
      } else lost.add(place.where);
    }
  }
  const kept = new Set(chosen(candidates));
  for (const candidate of candidates) if (!kept.has(candidate)) lost.add(candidate.place.where);
  return { request: rebuilt(request, places, timed(candidates, kept, facts, lost)), lost };
}

const NOTHING: ReadonlySet<LostPoint> = new Set();

/** Nearly every request has none, and is looked at for nothing else. */
function hasPoint({ toolConfig, system, messages }: ConverseRequest): boolean {
  if (system?.some(isPoint) === true || toolConfig?.tools.some(isPoint) === true) return true;
  return messages?.some(({ content }) => content.some(isPoint)) === true;
}

function isPoint(block: object): block is ConverseCachePointBlock {
  return 'cachePoint' in block;
}

function placesOf({ toolConfig, system, messages }: ConverseRequest, facts: ModelFacts): readonly Place[] {
  const { cachePoints, cachePoint } = facts;
  const places: Place[] = [
    {
      where: 'tools',
      blocks: toolConfig?.tools ?? [],
      isTaken: () => cachePoints && (cachePoint?.behindTools ?? true),
    },
    { where: 'system', blocks: system ?? [], isTaken: () => cachePoints },
  ];
  for (const { role, content } of messages ?? []) {
    const isRole = cachePoints && (cachePoint?.roles.includes(role) ?? role !== 'system');
    // Of the kinds that a row knows, calls and results are those that one family refuses a point behind.
    const isTaken = (before: object): boolean =>
      isRole &&
      !('reasoningContent' in before) &&
      (!('toolResult' in before) || (cachePoint?.lastBlocks.includes('toolResult') ?? true)) &&
      (!('toolUse' in before) || (cachePoint?.lastBlocks.includes('toolUse') ?? true));
    places.push({ where: 'messages', blocks: content, isTaken });
  }
  return places;
}

/** At most four, by how much they are worth. */
function chosen(candidates: readonly Candidate[]): readonly Candidate[] {
  if (candidates.length <= MAX_CACHE_POINTS) return candidates;
  const of = (where: LostPoint): Candidate[] => candidates.filter(({ place }) => place.where === where).reverse();
  const [lastOfTools, ...tools] = of('tools');
  const [lastOfSystem, ...system] = of('system');
  const inOrder = [lastOfTools, lastOfSystem, ...of('messages'), ...system, ...tools];
  return inOrder.filter((it) => it !== undefined).slice(0, MAX_CACHE_POINTS);
}

type Timed = ReadonlyMap<readonly object[], ReadonlyMap<number, ConverseCachePointBlock>>;

/** The points that stay, each with a time that the model has and that is not longer than that of one before it. */
function timed(
  candidates: readonly Candidate[],
  kept: ReadonlySet<Candidate>,
  { cachePoint }: ModelFacts,
  lost: Set<LostPoint>,
): Timed {
  const all = new Map<readonly object[], Map<number, ConverseCachePointBlock>>();
  let mayBeLong = true;
  for (const candidate of candidates) {
    if (!kept.has(candidate)) continue;
    const { blocks } = candidate.place;
    const block = blocks[candidate.index] as ConverseCachePointBlock;
    const { ttl } = block.cachePoint;
    const isTaken =
      ttl === undefined || (cachePoint === undefined ? ttl === '5m' || ttl === '1h' : isOneOf(ttl, cachePoint.ttl));
    const isFine = isTaken && (ttl !== '1h' || mayBeLong);
    if (!isFine) lost.add('ttl');
    if (!(isFine && ttl === '1h')) mayBeLong = false;
    const point: ConverseCachePointBlock = isFine ? block : { cachePoint: { type: 'default' } };
    const inList = all.get(blocks) ?? new Map<number, ConverseCachePointBlock>();
    all.set(blocks, inList.set(candidate.index, point));
  }
  return all;
}

function isOneOf(ttl: string, known: readonly string[]): boolean {
  return known.includes(ttl);
}

function rebuilt(request: ConverseRequest, places: readonly Place[], points: Timed): ConverseRequest {
  const { toolConfig, system, messages } = request;
  const [tools, systemPlace, ...contents] = places.map(({ blocks }) => withPoints(blocks, points.get(blocks)));
  return {
    ...request,
    // Each list has kept its kind of blocks.
    ...(messages === undefined
      ? {}
      : { messages: messages.map((it, at) => ({ ...it, content: contents[at] as ConverseContentBlock[] })) }),
    ...(system === undefined ? {} : { system: systemPlace as ConverseSystemBlock[] }),
    ...(toolConfig === undefined ? {} : { toolConfig: { ...toolConfig, tools: tools as ConverseTool[] } }),
  };
}

function withPoints(blocks: readonly object[], points: ReadonlyMap<number, object> | undefined): readonly object[] {
  const all: object[] = [];
  for (const [index, block] of blocks.entries()) {
    const point = isPoint(block) ? points?.get(index) : undefined;
    if (isPoint(block) && point === undefined) continue;
    const last = all.at(-1);
    if (point !== undefined && last !== undefined && isTextOfDocument(last)) all.push({ text: '.' });
    all.push(point ?? block);
  }
  return all;
}

/** A document of which Bedrock gives the model the text: it loses a point right behind it, and the model refuses what is left. */
function isTextOfDocument(block: object): boolean {
  if (!('document' in block)) return false;
  const { format } = block.document as { readonly format?: string };
  return format !== 'pdf';
}
