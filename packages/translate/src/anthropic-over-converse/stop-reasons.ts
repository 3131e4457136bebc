import { GatewayError } from '@genai-gateway/core';
import type { AnthropicStopDetails, KnownAnthropicStopReason, KnownConverseStopReason } from '@genai-gateway/protocol';
import { isRecord } from '../json.ts';

/** What clients are told of why an answer is over. */
export interface AnthropicStop {
  readonly stop_reason: KnownAnthropicStopReason;
  readonly stop_sequence: string | null;
  readonly stop_details: AnthropicStopDetails | null;
}

type Known = KnownConverseStopReason | 'refusal' | 'pause_turn';

const stopReasons: Readonly<Record<Known, KnownAnthropicStopReason | 'error'>> = {
  end_turn: 'end_turn',
  stop_sequence: 'stop_sequence',
  max_tokens: 'max_tokens',
  model_context_window_exceeded: 'model_context_window_exceeded',
  tool_use: 'tool_use',
  guardrail_intervened: 'refusal',
  content_filtered: 'refusal',
  // Anthropic's own words, not in AWS's list.
  refusal: 'refusal',
  pause_turn: 'pause_turn',
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
};

const byText: ReadonlyMap<string, KnownAnthropicStopReason | 'error'> = new Map(Object.entries(stopReasons));

const explanations: ReadonlyMap<string, string> = new Map([
  ['guardrail_intervened', 'A guardrail intervened.'],
  ['content_filtered', 'The answer was filtered.'],
]);

export interface StopContext {
  /** Whether the answer has calls that the caller is to run. */
  readonly hasCalls: boolean;
  /** The sequences that the model was told to stop at. */
  readonly stopSequences: readonly string[];
  /** `additionalModelResponseFields`, where Claude names the one that it was. */
  readonly responseFields: unknown;
}

/**
 * A stop reason of Converse in Anthropic's words. Clients run tools where it is `tool_use`, so it is that where there are
 * calls for them and the answer is whole. An unknown one ends the answer like any end, because the answer is whole.
 * Throws `upstream-model-error` when the model's output was malformed.
 */
export function stopToAnthropic(stopReason: string, context: StopContext): AnthropicStop {
  const stop = byText.get(stopReason) ?? 'end_turn';
  switch (stop) {
    case 'error':
      throw new GatewayError('upstream-model-error', 'The model gave malformed output. Send the request again.', {
        cause: new Error(`stopReason ${stopReason}`),
      });
    case 'refusal':
      return stopped(stop, null, { type: stop, category: null, explanation: explanations.get(stopReason) ?? null });
    case 'stop_sequence':
      return context.hasCalls ? stopped('tool_use') : stopped(stop, sequenceOf(context));
    case 'end_turn':
    case 'tool_use':
      return stopped(context.hasCalls ? 'tool_use' : 'end_turn');
    default:
      return stopped(stop);
  }
}

function stopped(
  reason: KnownAnthropicStopReason,
  sequence: string | null = null,
  details: AnthropicStopDetails | null = null,
): AnthropicStop {
  return { stop_reason: reason, stop_sequence: sequence, stop_details: details };
}

/** null where the model does not say which of several it was. */
function sequenceOf({ stopSequences, responseFields }: StopContext): string | null {
  const named = isRecord(responseFields) ? responseFields['stop_sequence'] : undefined;
  if (typeof named === 'string') return named;
  return stopSequences.length === 1 ? (stopSequences[0] ?? null) : null;
}
