import type { AnthropicRequest, ConverseInferenceConfig, JsonObject } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest, withoutUndefined } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import type { ThinkingPlan } from '../thinking/plan-thinking.ts';

export interface ConverseParameters {
  readonly inferenceConfig: ConverseInferenceConfig;
  readonly fields: JsonObject;
}

/** Thinking models of Anthropic take `top_p` from here on. */
const LEAST_TOP_P_WITH_THINKING = 0.95;

/**
 * The caller's limit, as much of it as the model takes; undefined where none is given.
 * Throws `invalid-request` for 0, which only fills a cache.
 */
export function maxTokensOf({ max_tokens: maxTokens }: AnthropicRequest, facts: ModelFacts): number | undefined {
  if (maxTokens === 0) throw invalidRequest('`max_tokens` must be at least 1 for this model.', 'max_tokens');
  return typeof maxTokens === 'number' ? Math.max(maxTokens, facts.minMaxTokens) : undefined;
}

/**
 * max_tokens, temperature, top_p, top_k and stop_sequences as Converse's inferenceConfig, and what belongs into the model's own
 * fields. What the model does not take, or not beside its thinking, is dropped.
 * Throws `invalid-request` for more stop sequences than the model takes.
 */
export function parametersToConverse(
  request: AnthropicRequest,
  facts: ModelFacts,
  { beside, maxTokens }: Pick<ThinkingPlan, 'beside' | 'maxTokens'>,
  dropped: DroppedParams,
): ConverseParameters {
  const { temperature, topP, topK } = samplingOf(request, facts, beside, dropped);
  const stopSequences = stopSequencesOf(request, facts, dropped);
  const fields = topK === undefined ? {} : nested(facts.topK ?? [], topK);
  return { inferenceConfig: withoutUndefined({ maxTokens, temperature, topP, stopSequences }), fields };
}

export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
}

/** What of temperature, top_p and top_k the model takes, beside its thinking. The rest is dropped. */
export function samplingOf(
  { temperature, top_p: topP, top_k: topK }: AnthropicRequest,
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
    const isHighEnough = beside === 'anything' || topP >= LEAST_TOP_P_WITH_THINKING;
    if (isFree && isHighEnough && !isOneTooMany) sampling.topP = topP;
    else dropped.add('top_p');
  }
  if (typeof topK === 'number') {
    if (facts.topK !== undefined && beside === 'anything') sampling.topK = topK;
    else dropped.add('top_k');
  }
  return sampling;
}

function nested([name, ...rest]: readonly string[], value: number): JsonObject {
  if (name === undefined) return {};
  return { [name]: rest.length === 0 ? value : nested(rest, value) };
}

/**
 * `stop_sequences`: none twice, none empty; undefined where none is left.
 * Throws `invalid-request` for more than the model takes.
 */
export function stopSequencesOf(
  { stop_sequences: given }: AnthropicRequest,
  { blankStopSequences, maxStopSequences }: ModelFacts,
  dropped: DroppedParams,
): readonly string[] | undefined {
  const kept = new Set<string>();
  for (const text of given ?? []) {
    if (text === '') continue;
    if (!blankStopSequences && text.trim() === '') dropped.add('stop_sequences');
    else kept.add(text);
  }
  if (kept.size > maxStopSequences) {
    throw invalidRequest(`This model takes at most ${maxStopSequences} stop sequences.`, 'stop_sequences');
  }
  return kept.size === 0 ? undefined : [...kept];
}
