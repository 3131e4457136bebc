import type { AnthropicRequest, ConverseInferenceConfig, JsonObject } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest, withoutUndefined } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { samplingOf, stopSequencesIn, topKFields } from '../sampling.ts';
import type { ThinkingPlan } from '../thinking/plan-thinking.ts';

export interface ConverseParameters {
  readonly inferenceConfig: ConverseInferenceConfig;
  readonly fields: JsonObject;
}

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
  const { topK, ...sampling } = samplingOf(request, facts, beside, dropped);
  const stopSequences = stopSequencesOf(request, facts, dropped);
  return {
    inferenceConfig: withoutUndefined({ maxTokens, ...sampling, stopSequences }),
    fields: topKFields(topK, facts),
  };
}

/**
 * `stop_sequences`: none twice, none empty; undefined where none is left.
 * Throws `invalid-request` for more than the model takes.
 */
export function stopSequencesOf(
  { stop_sequences: given }: AnthropicRequest,
  facts: ModelFacts,
  dropped: DroppedParams,
): readonly string[] | undefined {
  const kept = stopSequencesIn(given ?? [], 'stop_sequences', facts, dropped);
  if (kept.length > facts.maxStopSequences) {
    throw invalidRequest(`This model takes at most ${facts.maxStopSequences} stop sequences.`, 'stop_sequences');
  }
  return kept.length === 0 ? undefined : kept;
}
