import type { ConverseInferenceConfig, JsonObject, OpenaiChatRequest } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { samplingOf, stopSequencesIn, topKFields } from '../sampling.ts';
import type { ThinkingPlan } from '../thinking/plan-thinking.ts';

export interface ConverseParameters {
  /** Undefined: none is given. */
  readonly inferenceConfig: ConverseInferenceConfig | undefined;
  /** Goes into additionalModelRequestFields. */
  readonly fields: JsonObject;
}

/** The caller's limit, as much of it as the model takes. */
export function maxTokensOf(request: OpenaiChatRequest, facts: ModelFacts): number | undefined {
  const maxTokens = request.max_completion_tokens ?? request.max_tokens;
  return typeof maxTokens === 'number' ? Math.max(maxTokens, facts.minMaxTokens) : undefined;
}

/**
 * max tokens, temperature, top_p, top_k and stop as Converse has them, beside what the model is told of thinking.
 * OpenAI's temperature goes to 2 and Converse's to 1: what is above becomes 1.
 * Throws `invalid-request` for more stop sequences than the model takes.
 */
export function parametersToConverse(
  request: OpenaiChatRequest,
  facts: ModelFacts,
  thinking: ThinkingPlan | undefined,
  dropped: DroppedParams,
): ConverseParameters {
  const maxTokens = thinking === undefined ? maxTokensOf(request, facts) : thinking.maxTokens;
  const beside = thinking?.beside ?? 'anything';
  const { temperature, top_p, top_k, stop } = request;
  const clamped = typeof temperature === 'number' ? Math.min(temperature, 1) : undefined;
  const asked = {
    // While it thinks Claude has 1 anyway.
    temperature: beside === 'little' && facts.sampling !== 'none' && clamped === 1 ? undefined : clamped,
    top_p,
    // 0 and less is how other servers say "all tokens", which is what is done anyway.
    top_k: typeof top_k === 'number' && top_k < 1 ? undefined : top_k,
  };
  const { temperature: taken, topP, topK } = samplingOf(asked, facts, beside, dropped);
  const stopSequences = stopSequencesIn(typeof stop === 'string' ? [stop] : (stop ?? []), 'stop', facts, dropped);
  if (stopSequences.length > facts.maxStopSequences) {
    throw invalidRequest(`At most ${facts.maxStopSequences} stop sequences are possible for this model.`, 'stop');
  }
  const config: { -readonly [K in keyof ConverseInferenceConfig]: ConverseInferenceConfig[K] } = {};
  if (maxTokens !== undefined) config.maxTokens = maxTokens;
  if (taken !== undefined) config.temperature = taken;
  if (topP !== undefined) config.topP = topP;
  if (stopSequences.length > 0) config.stopSequences = stopSequences;
  return {
    inferenceConfig: Object.keys(config).length > 0 ? config : undefined,
    fields: topKFields(topK, facts),
  };
}
