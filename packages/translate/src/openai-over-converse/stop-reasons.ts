import { GatewayError } from '@genai-gateway/core';
import type { KnownConverseStopReason, OpenaiFinishReason } from '@genai-gateway/protocol';

const finishReasons: Readonly<Record<KnownConverseStopReason | 'refusal', OpenaiFinishReason | 'error'>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
  // Anthropic's own word, not in the SDK's list, for a model that declined.
  refusal: 'content_filter',
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
};

const byText: ReadonlyMap<string, OpenaiFinishReason | 'error'> = new Map(Object.entries(finishReasons));

/** False for a stop reason that AWS added after this table was written: count it, and extend the table. */
export function isKnownStopReason(stopReason: string): boolean {
  return byText.has(stopReason);
}

/**
 * The finish reason of a stop reason. Clients run tools where it is `tool_calls`, so it is that exactly where there are
 * calls for them: some models end their turn after a call, and a tool that the provider ran is none. An unknown one ends
 * the answer like any end, because the answer is whole; see `isKnownStopReason`.
 * Throws `upstream-model-error` when the model's output was malformed.
 */
export function stopReasonToOpenai(stopReason: string, hasCalls: boolean): OpenaiFinishReason {
  const finish = byText.get(stopReason) ?? 'stop';
  if (finish === 'error') {
    throw new GatewayError('upstream-model-error', 'The model gave malformed output. Send the request again.', {
      cause: new Error(`stopReason ${stopReason}`),
    });
  }
  if (finish === 'length' || finish === 'content_filter') return finish;
  return hasCalls ? 'tool_calls' : 'stop';
}
