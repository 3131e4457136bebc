import type { OpenaiChatRequest } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest, isRecord } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';

/**
 * What becomes of a field of the request:
 * - `translate`: it has an effect on the Converse request or on the answer.
 * - `gateway`: it is for the gateway itself (history, prompts), which has taken it by now.
 * - `model`: it is a field of the model's own API for the families that have it; for others it has no effect.
 * - `drop`: it has no effect, and the caller is told so.
 * - `refuse`: without it the answer would be another one than the caller asked for, so it is an error.
 */
export type FieldRule =
  | { readonly what: 'translate' }
  | { readonly what: 'gateway' }
  | { readonly what: 'model'; readonly neutral?: Neutral }
  | { readonly what: 'drop'; readonly neutral?: Neutral }
  | { readonly what: 'refuse'; readonly neutral?: Neutral; readonly mend: string };

/** True for a value that asks for nothing special. null and undefined always do. */
type Neutral = (value: unknown) => boolean;

const translate: FieldRule = { what: 'translate' };
const gateway: FieldRule = { what: 'gateway' };
const drop: FieldRule = { what: 'drop' };
const is =
  (...neutral: readonly unknown[]): Neutral =>
  (value) =>
    neutral.includes(value);
const isEmpty: Neutral = (value) =>
  (Array.isArray(value) && value.length === 0) || (isRecord(value) && Object.keys(value).length === 0);

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
} as const satisfies Readonly<Record<string, FieldRule>>;

/** The rule of a field; undefined: we have never heard of it. */
export function ruleOf(name: string): FieldRule | undefined {
  return Object.hasOwn(fieldRules, name) ? fieldRules[name as keyof typeof fieldRules] : undefined;
}

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
  for (const [name, value] of Object.entries(request)) {
    if (value === null || value === undefined) continue;
    const rule = ruleOf(name) ?? drop;
    if (rule.what === 'translate' || rule.what === 'gateway' || rule.neutral?.(value) === true) continue;
    if (rule.what === 'refuse') throw invalidRequest(`\`${name}\` is not supported for this model. ${rule.mend}`, name);
    if (rule.what === 'model' && typeof value === 'number' && facts.modelFields.includes(name))
      modelFields[name] = value;
    else dropped.add(name);
  }
  return modelFields;
}
