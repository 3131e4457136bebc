import type { AnthropicRequest, OpenaiChatRequest } from '@genai-gateway/protocol';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { type JsonAnswer, responseFormatToConverse } from '../openai-over-converse/response-format.ts';
import type { ToolNameMap } from '../tools/tool-names.ts';
import { inlinedSchema } from '../tools/tool-schema.ts';

/**
 * The JSON that is asked for, `output_config.format` or `output_format` as it was called in beta, by the best that the model has.
 * Undefined: none is asked for. Throws `invalid-request` for a schema with references that lead nowhere.
 */
export function outputFormatToConverse(
  { output_config: config, output_format: older }: AnthropicRequest,
  facts: ModelFacts,
  names: ToolNameMap,
): JsonAnswer | undefined {
  const schema = (config?.format ?? older)?.schema;
  if (schema === undefined) return undefined;
  // For the place of an error in the caller's words; the shared function finds nothing after that.
  inlinedSchema(schema, config?.format ? 'output_config.format.schema' : 'output_format.schema');
  const request: Pick<OpenaiChatRequest, 'response_format'> = {
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
  };
  return responseFormatToConverse(request as OpenaiChatRequest, facts, names);
}
