import type { AnthropicOutputFormat, AnthropicRequest, JsonObject } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';

export interface InvokeOutput {
  readonly fields: JsonObject;
  /** Goes after the caller's system text, where the model can only be asked. */
  readonly systemNote?: string;
}

/** The JSON that is asked for: `output_config.format`, or `output_format` as it was called in beta. */
export function outputToInvoke(
  { output_config: config, output_format: older }: AnthropicRequest,
  { structuredOutput }: ModelFacts,
  dropped: DroppedParams,
): InvokeOutput {
  const format = config?.format ?? older ?? undefined;
  if (format === undefined) return { fields: {} };
  if (structuredOutput === 'native') return { fields: { format: { type: format.type, schema: format.schema } } };
  dropped.add('output_config.format');
  return { fields: {}, systemNote: jsonNote(format) };
}

/** Said to a model that cannot be bound to a schema. */
function jsonNote({ schema }: AnthropicOutputFormat): string {
  return `Answer with JSON and nothing else: no words before or after it, no code fence. It must be valid under this JSON schema:\n${JSON.stringify(schema)}`;
}
