import type { ConverseInferenceConfig, JsonObject, OpenaiChatRequest } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import type { ThinkingPlan } from '../thinking/plan-thinking.ts';

export interface ConverseParameters {
  /** Undefined: none is given. */
  readonly inferenceConfig: ConverseInferenceConfig | undefined;
  /** Goes into additionalModelRequestFields. */
  readonly fields: JsonObject;
}

/** The lowest top_p that Claude takes while it thinks: https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html (as of 2026-11-23). */
const MIN_TOP_P = 0.95;

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
  const config: { -readonly [K in keyof ConverseInferenceConfig]: ConverseInferenceConfig[K] } = {};
  const maxTokens = thinking === undefined ? maxTokensOf(request, facts) : thinking.maxTokens;
  if (maxTokens !== undefined) config.maxTokens = maxTokens;
  const beside = thinking?.beside ?? 'anything';
  const { temperature, top_p: topP, top_k: topK } = request;
  if (typeof temperature === 'number') {
    const clamped = Math.min(temperature, 1);
    // 1 is what Claude has while it thinks; it takes no other.
    if (facts.sampling === 'none' || beside === 'nothing' || (beside === 'little' && clamped !== 1)) {
      dropped.add('temperature');
    } else if (beside === 'anything') config.temperature = clamped;
  }
  if (typeof topP === 'number') {
    const isOneTooMany = facts.sampling === 'one' && config.temperature !== undefined;
    const isTooLow = beside === 'little' && topP < MIN_TOP_P;
    if (facts.sampling === 'none' || beside === 'nothing' || isOneTooMany || isTooLow) dropped.add('top_p');
    else config.topP = topP;
  }
  const stop = stopSequences(request.stop, facts, dropped);
  if (stop.length > 0) config.stopSequences = stop;
  return {
    inferenceConfig: Object.keys(config).length > 0 ? config : undefined,
    fields: topKFields(topK, facts, beside, dropped),
  };
}

/** 0 and less is how other servers say "all tokens", which is what is done anyway. */
function topKFields(
  topK: number | null | undefined,
  { topK: path }: ModelFacts,
  beside: ThinkingPlan['beside'],
  dropped: DroppedParams,
): JsonObject {
  if (typeof topK !== 'number' || topK < 1) return {};
  if (path === undefined || beside !== 'anything') {
    dropped.add('top_k');
    return {};
  }
  return path.reduceRight<JsonObject | number>((inner, name) => ({ [name]: inner }), topK) as JsonObject;
}

function stopSequences(stop: OpenaiChatRequest['stop'], facts: ModelFacts, dropped: DroppedParams): readonly string[] {
  const given = typeof stop === 'string' ? [stop] : (stop ?? []);
  const kept = new Set<string>();
  for (const text of given) {
    if (text === '') continue;
    if (!facts.blankStopSequences && text.trim() === '') dropped.add('stop');
    else kept.add(text);
  }
  if (kept.size > facts.maxStopSequences) {
    throw invalidRequest(`At most ${facts.maxStopSequences} stop sequences are possible for this model.`, 'stop');
  }
  return [...kept];
}
