import type { JsonObject } from '@genai-gateway/protocol';
import type { DroppedParams } from './dropped-params.ts';
import type { ModelFacts } from './model-facts/model-facts.ts';
import type { ThinkingPlan } from './thinking/plan-thinking.ts';

/** The lowest top_p that Claude takes while it thinks: https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html (as of 2026-11-23). */
const MIN_TOP_P = 0.95;

interface AskedSampling {
  readonly temperature?: number | null | undefined;
  readonly top_p?: number | null | undefined;
  readonly top_k?: number | null | undefined;
}

interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
}

/** What of temperature, top_p and top_k the model takes, beside its thinking. The rest is dropped. */
export function samplingOf(
  { temperature, top_p: topP, top_k: topK }: AskedSampling,
  facts: ModelFacts,
  beside: ThinkingPlan['beside'],
  dropped: DroppedParams,
): Sampling {
  const sampling: { -readonly [K in keyof Sampling]: Sampling[K] } = {};
  const isFree = facts.sampling !== 'none' && beside !== 'nothing';
  if (typeof temperature === 'number') {
    if (isFree && (beside === 'anything' || temperature === 1)) sampling.temperature = temperature;
    else dropped.add('temperature');
  }
  if (typeof topP === 'number') {
    const isOneTooMany = facts.sampling === 'one' && sampling.temperature !== undefined;
    const isHighEnough = beside === 'anything' || topP >= MIN_TOP_P;
    if (isFree && isHighEnough && !isOneTooMany) sampling.topP = topP;
    else dropped.add('top_p');
  }
  if (typeof topK === 'number') {
    if (facts.topK !== undefined && beside === 'anything') sampling.topK = topK;
    else dropped.add('top_k');
  }
  return sampling;
}

/** A top_k that the model takes, in additionalModelRequestFields. */
export function topKFields(topK: number | undefined, { topK: path }: ModelFacts): JsonObject {
  if (topK === undefined || path === undefined) return {};
  return path.reduceRight<JsonObject | number>((inner, name) => ({ [name]: inner }), topK) as JsonObject;
}

/** The stop sequences in `field` without empty ones, each once. Blank ones are dropped where the model takes none. */
export function stopSequencesIn(
  given: readonly string[],
  field: string,
  { blankStopSequences }: ModelFacts,
  dropped: DroppedParams,
): readonly string[] {
  if (given.length === 0) return given;
  const kept = new Set<string>();
  for (const text of given) {
    if (text === '') continue;
    if (!blankStopSequences && text.trim() === '') dropped.add(field);
    else kept.add(text);
  }
  return [...kept];
}
