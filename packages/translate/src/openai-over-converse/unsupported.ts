import type { OpenaiChatRequest } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { drop, type FieldRule, type FieldRules, is, isEmpty, leftFields, translate } from '../field-rules.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';

const gateway: FieldRule = { what: 'gateway' };

const guardrailMend = 'Name a guardrail of Bedrock in `guardrailConfig`; those of LiteLLM are set by an administrator.';
const logprobsMend = 'Bedrock reports no log probabilities; leave it out.';
const additionalMend =
  'Send the fields of the model that are known (thinking, top_k, anthropic_beta) in the body itself.';

/** Every field of OpenAI's request, and those of others that we decided about. A field that is not here is dropped. */
export const fieldRules = {
  model: translate,
  messages: translate,
  stream: translate,
  stream_options: translate,
  max_completion_tokens: translate,
  max_tokens: translate,
  temperature: translate,
  top_p: translate,
  stop: translate,
  tools: translate,
  tool_choice: translate,
  parallel_tool_calls: translate,
  functions: translate,
  function_call: translate,
  response_format: translate,
  reasoning_effort: translate,
  service_tier: translate,
  metadata: translate,
  user: translate,
  safety_identifier: translate,
  web_search_options: translate,

  // Not OpenAI's own: `VendorChatParameters`.
  thinking: translate,
  reasoning: translate,
  output_config: translate,
  top_k: translate,
  anthropic_beta: translate,
  guardrailConfig: translate,
  performanceConfig: translate,
  requestMetadata: translate,
  additionalModelResponseFieldPaths: translate,

  enable_history: gateway,
  session_id: gateway,
  promptVariables: gateway,
  promptVariant: gateway,

  n: { what: 'refuse', neutral: is(1), mend: 'Bedrock gives one choice per call; send the request n times.' },
  logprobs: { what: 'refuse', neutral: is(false), mend: logprobsMend },
  top_logprobs: { what: 'refuse', neutral: is(0), mend: logprobsMend },
  modalities: {
    what: 'refuse',
    neutral: (value) => Array.isArray(value) && value.every((item) => item === 'text'),
    mend: 'Only text can be answered; leave it out.',
  },
  audio: { what: 'refuse', mend: 'Only text can be answered; leave it out.' },
  moderation: { what: 'refuse', mend: 'Moderation is not offered here; leave it out.' },
  guardrail_config: { what: 'refuse', mend: guardrailMend },
  guardrails: { what: 'refuse', neutral: isEmpty, mend: guardrailMend },
  additionalModelRequestFields: { what: 'refuse', neutral: isEmpty, mend: additionalMend },

  frequency_penalty: { what: 'model', neutral: is(0) },
  presence_penalty: { what: 'model', neutral: is(0) },
  seed: { what: 'model' },

  logit_bias: { what: 'drop', neutral: isEmpty },
  verbosity: drop,
  store: { what: 'drop', neutral: is(false) },
  prediction: drop,
  prompt_cache_key: drop,
  prompt_cache_options: drop,
  prompt_cache_retention: drop,
} as const satisfies FieldRules;

/**
 * Goes through all fields of the request, those that we have never heard of too. Gives those that are fields of the
 * model's own API.
 * Throws `invalid-request` for the first field with rule `refuse`.
 */
export function applyFieldRules(
  request: OpenaiChatRequest,
  facts: ModelFacts,
  dropped: DroppedParams,
): Readonly<Record<string, number>> {
  const modelFields: Record<string, number> = {};
  for (const { name, value, what } of leftFields(request, fieldRules)) {
    if (what === 'model' && typeof value === 'number' && facts.modelFields.includes(name)) modelFields[name] = value;
    else dropped.add(name);
  }
  return modelFields;
}
