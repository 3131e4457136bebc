import type { AnthropicRequest, ConverseInferenceConfig, JsonObject } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import type { ThinkingPlan } from '../thinking/plan-thinking.ts';

export interface ConverseParameters {
  readonly inferenceConfig: ConverseInferenceConfig;
  readonly fields: JsonObject;
}

/** Thinking models of Anthropic take `top_p` from here on. */
const LEAST_TOP_P_WITH_THINKING = 0.95;

/**
 * max_tokens, temperature, top_p, top_k and stop_sequences as Converse's inferenceConfig, and what belongs into the model's own
 * fields. What the model does not take, or not beside its thinking, is dropped.
 * Throws `invalid-request` for a `max_tokens` of 0, which only fills a cache.
 */
export function parametersToConverse(
  request: AnthropicRequest,
  facts: ModelFacts,
  { beside, maxTokens }: Pick<ThinkingPlan, 'beside' | 'maxTokens'>,
  dropped: DroppedParams,
): ConverseParameters {
  const config: { -readonly [K in keyof ConverseInferenceConfig]: ConverseInferenceConfig[K] } = {};
  if (request.max_tokens === 0) {
    throw invalidRequest('`max_tokens` must be at least 1 for this model.', 'max_tokens');
  }
  if (maxTokens !== undefined) config.maxTokens = Math.max(maxTokens, facts.minMaxTokens);
  else if (typeof request.max_tokens === 'number') dropped.add('max_tokens');

  const { temperature, topP, topK } = samplingOf(request, facts, beside, dropped);
  if (temperature !== undefined) config.temperature = temperature;
  if (topP !== undefined) config.topP = topP;
  const fields = topK === undefined ? {} : nested(facts.topK ?? [], topK);
  const stop = stopSequencesOf(request.stop_sequences ?? [], facts, dropped);
  if (stop.length > 0) config.stopSequences = stop;
  return { inferenceConfig: config, fields };
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

/** The sequences that the model takes: none twice, none empty, and no more than it takes. */
export function stopSequencesOf(
  given: readonly string[],
  facts: ModelFacts,
  dropped: DroppedParams,
): readonly string[] {
  const kept = new Set<string>();
  for (const text of given) {
    if (text === '') continue;
    if (!facts.blankStopSequences && text.trim() === '') dropped.add('stop_sequences');
    else kept.add(text);
  }
  if (kept.size > facts.maxStopSequences) dropped.add('stop_sequences');
  return [...kept].slice(0, facts.maxStopSequences);
}
