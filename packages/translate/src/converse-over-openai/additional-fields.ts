import type { JsonObject, LitellmModelParameters } from '@genai-gateway/protocol';
import { invalidRequest } from '../json.ts';
import { ObjectReader } from './object-reader.ts';

type Read = (fields: ObjectReader, name: string) => LitellmModelParameters[keyof LitellmModelParameters];

const text: Read = (fields, name) => fields.optionalText(name);
const object: Read = (fields, name) => fields.optionalJson(name);
const penalty: Read = (fields, name) => fields.optionalNumber(name, -2, 2);

/**
 * What a caller may set besides Converse's own fields: parameters of the model and nothing else. LiteLLM
 * reads settings of its own from the same level of the body (`api_base`, `metadata`, `guardrails`,
 * `user_config`, …), so a name that is not here is refused.
 */
export const modelParameters: Readonly<Record<keyof LitellmModelParameters, Read>> = {
  reasoning_effort: text,
  thinking: object,
  top_k: (fields, name) => fields.optionalInteger(name, 0),
  seed: (fields, name) => fields.optionalNumber(name, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  presence_penalty: penalty,
  frequency_penalty: penalty,
  logit_bias: object,
  verbosity: text,
  parallel_tool_calls: (fields, name) => fields.optionalBoolean(name),
  prompt_cache_key: text,
  response_format: object,
};

/** The names that models on Bedrock have for the same. */
const otherNames: Readonly<Record<string, keyof LitellmModelParameters>> = { reasoning_config: 'thinking' };

/** For the gateway itself, which has taken them by now. */
const gatewayFields = new Set(['enable_history', 'session_id', 'promptVariant']);

/** What to send instead of a name that is not here. */
const mends: Readonly<Record<string, string>> = {
  max_tokens: 'Send `inferenceConfig.maxTokens`.',
  max_completion_tokens: 'Send `inferenceConfig.maxTokens`.',
  temperature: 'Send `inferenceConfig.temperature`.',
  top_p: 'Send `inferenceConfig.topP`.',
  stop: 'Send `inferenceConfig.stopSequences`.',
  stop_sequences: 'Send `inferenceConfig.stopSequences`.',
  inferenceConfig: 'Send `top_k` here, and the rest in `inferenceConfig` of the request.',
  reasoningConfig: 'Send `reasoning_effort`.',
  output_config: 'Send `outputConfig` of the request.',
  tools: 'Send `toolConfig.tools`.',
  tool_choice: 'Send `toolConfig.toolChoice`, and `parallel_tool_calls` here.',
  system: 'Send `system` of the request.',
  metadata: 'Send `requestMetadata`.',
  service_tier: 'Send `serviceTier`.',
};

/**
 * `additionalModelRequestFields` as parameters of OpenAI's body, by the list above.
 * Throws `invalid-request` for a field that is not on it, or has the wrong shape.
 */
export function additionalFieldsToOpenai(value: JsonObject | undefined): LitellmModelParameters {
  if (value === undefined) return {};
  const fields = ObjectReader.ofAnyFields(value, 'additionalModelRequestFields');
  const parameters: Record<string, unknown> = {};
  for (const name of fields.given()) {
    if (gatewayFields.has(name)) continue;
    const parameter = Object.hasOwn(otherNames, name) ? otherNames[name] : isParameter(name) ? name : undefined;
    if (parameter === undefined) throw refusal(name, fields.at(name));
    if (parameter in parameters) throw invalidRequest(`\`${parameter}\` is given twice.`, fields.at(name));
    parameters[parameter] = modelParameters[parameter](fields, name);
  }
  return parameters;
}

function isParameter(name: string): name is keyof LitellmModelParameters {
  return Object.hasOwn(modelParameters, name);
}

function refusal(name: string, param: string): Error {
  const mend = Object.hasOwn(mends, name) ? mends[name] : undefined;
  const known = Object.keys(modelParameters).join(', ');
  return invalidRequest(`This field cannot be set here. ${mend ?? `Possible are: ${known}.`}`, param);
}
