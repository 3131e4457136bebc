import type { ConverseInferenceConfig, OpenaiChatRequest } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';

/**
 * max tokens, temperature, top_p and stop as Converse's inferenceConfig; undefined when none is given.
 * OpenAI's temperature goes to 2 and Converse's to 1: what is above becomes 1.
 */
export function parametersToConverse(
  request: OpenaiChatRequest,
  traits: ModelFacts,
  dropped: DroppedParams,
): ConverseInferenceConfig | undefined {
  const config: { -readonly [K in keyof ConverseInferenceConfig]: ConverseInferenceConfig[K] } = {};
  const maxTokens = request.max_completion_tokens ?? request.max_tokens;
  if (typeof maxTokens === 'number') config.maxTokens = maxTokens;
  const { temperature, top_p: topP } = request;
  if (typeof temperature === 'number') {
    if (traits.sampling === 'none') dropped.add('temperature');
    else config.temperature = Math.min(temperature, 1);
  }
  if (typeof topP === 'number') {
    if (traits.sampling === 'none' || (traits.sampling === 'one' && config.temperature !== undefined)) {
      dropped.add('top_p');
    } else config.topP = topP;
  }
  const stop = stopSequences(request.stop, traits, dropped);
  if (stop.length > 0) config.stopSequences = stop;
  return Object.keys(config).length > 0 ? config : undefined;
}

function stopSequences(stop: OpenaiChatRequest['stop'], traits: ModelFacts, dropped: DroppedParams): readonly string[] {
  const given = typeof stop === 'string' ? [stop] : (stop ?? []);
  const kept = new Set<string>();
  for (const text of given) {
    if (text === '') continue;
    if (!traits.blankStopSequences && text.trim() === '') dropped.add('stop');
    else kept.add(text);
  }
  return [...kept];
}
