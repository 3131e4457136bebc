import type {
  ConverseInferenceConfig,
  ConverseOutputConfig,
  ConverseRequest,
  JsonObject,
  JsonValue,
  LitellmChatRequest,
} from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest, isRecord, MAX_JSON_DEPTH, nestsWithin, withoutUndefined } from '../json.ts';

/** The name of a schema that has none: OpenAI wants one. */
const SCHEMA_NAME = 'output';

type Parameters = Omit<LitellmChatRequest, 'model' | 'messages' | 'stream' | 'stream_options'>;

/** `inferenceConfig` in OpenAI's names; LiteLLM gives them the provider's. */
export function inferenceToOpenai(config: ConverseInferenceConfig | undefined): Parameters {
  const { maxTokens, temperature, topP, stopSequences } = config ?? {};
  const stop = stopSequences !== undefined && stopSequences.length > 0 ? stopSequences : undefined;
  return withoutUndefined({ max_tokens: maxTokens, temperature, top_p: topP, stop });
}

/**
 * `outputConfig` as reasoning_effort and response_format. Converse holds a model to the schema, so it is
 * strict here.
 * Throws `invalid-request` when the schema is no JSON object.
 */
export function outputToOpenai(config: ConverseOutputConfig | undefined): Parameters {
  const { effort, textFormat } = config ?? {};
  if (textFormat === undefined) return withoutUndefined({ reasoning_effort: effort });
  const { schema, name, description } = textFormat.structure.jsonSchema;
  const json_schema = withoutUndefined({
    name: name ?? SCHEMA_NAME,
    description,
    schema: parseSchema(schema),
    strict: true,
  });
  return withoutUndefined({ reasoning_effort: effort, response_format: { type: 'json_schema', json_schema } });
}

function parseSchema(text: string): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    value = null;
  }
  if (isRecord(value) && nestsWithin(value, MAX_JSON_DEPTH)) return value as JsonObject;
  throw invalidRequest(
    `The schema must be JSON text of an object, at most ${MAX_JSON_DEPTH} levels deep.`,
    'outputConfig.textFormat.structure.jsonSchema.schema',
  );
}

/**
 * The fields of Converse that say how a call is served and logged. `requestMetadata` goes into LiteLLM's
 * spend log of the call, as Bedrock writes it into its invocation log; under that one name, because
 * LiteLLM reads settings of its own beside it.
 * Throws `invalid-request` for guardrails, prompt variables and reserved capacity, which only Bedrock has.
 * Source: litellm 1.106.2, proxy/_types.py `SpendLogsMetadata` (read 2026-11-23).
 */
export function servingToOpenai(request: ConverseRequest, dropped: DroppedParams): Parameters {
  if (request.guardrailConfig !== undefined) {
    throw invalidRequest(
      'Bedrock guardrails are not applied to this model; guardrails of LiteLLM are set by an administrator. Leave it out.',
      'guardrailConfig',
    );
  }
  if (request.promptVariables !== undefined) {
    throw invalidRequest(
      'Prompt variables belong to managed prompts of Bedrock. Send the text with its variables filled in.',
      'promptVariables',
    );
  }
  const tier = request.serviceTier?.type;
  if (tier === 'reserved') {
    throw invalidRequest(
      'Reserved capacity belongs to Bedrock. Send "default", "flex" or "priority".',
      'serviceTier.type',
    );
  }
  if (request.performanceConfig?.latency === 'optimized') dropped.add('performanceConfig');
  const metadata = request.requestMetadata;
  return withoutUndefined({
    service_tier: tier === 'default' ? undefined : tier,
    metadata: metadata === undefined ? undefined : { spend_logs_metadata: metadata },
  });
}
