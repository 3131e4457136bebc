import type { OpenaiChatRequest } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest, isRecord } from '../json.ts';

/**
 * What becomes of a field of the request:
 * - `translate`: it has an effect on the Converse request or on the answer.
 * - `gateway`: it is for the gateway itself (history, prompts), which has taken it by now.
 * - `drop`: it has no effect, and the caller is told so.
 * - `refuse`: without it the answer would be another one than the caller asked for, so it is an error.
 */
export type FieldRule =
  | { readonly what: 'translate' }
  | { readonly what: 'gateway' }
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

const toolsMend = 'Send the functions in `tools`, and the choice in `tool_choice`.';
const guardrailMend = 'Guardrails cannot be chosen in this request yet; leave it out.';

/** Every field of the OpenAI request that we decided about. A field that is not here is dropped. */
export const fieldRules: Readonly<Record<string, FieldRule>> = {
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
  user: translate,

  enable_history: gateway,
  session_id: gateway,
  promptVariables: gateway,
  promptVariant: gateway,

  n: { what: 'refuse', neutral: is(1), mend: 'Bedrock gives one choice per call; send the request n times.' },
  logprobs: { what: 'refuse', neutral: is(false), mend: 'Bedrock reports no log probabilities; leave it out.' },
  top_logprobs: { what: 'refuse', neutral: is(0), mend: 'Bedrock reports no log probabilities; leave it out.' },
  response_format: {
    what: 'refuse',
    neutral: (value) => isRecord(value) && value['type'] === 'text',
    mend: 'JSON output is not translated yet; describe the JSON in the messages, or offer a tool with that schema.',
  },
  modalities: {
    what: 'refuse',
    neutral: (value) => Array.isArray(value) && value.every((item) => item === 'text'),
    mend: 'Only text can be answered; leave it out.',
  },
  audio: { what: 'refuse', mend: 'Only text can be answered; leave it out.' },
  functions: { what: 'refuse', neutral: isEmpty, mend: toolsMend },
  function_call: { what: 'refuse', neutral: is('none', 'auto'), mend: toolsMend },
  web_search_options: { what: 'refuse', mend: 'Bedrock models do not search the web; leave it out.' },
  moderation: { what: 'refuse', mend: 'Moderation is not offered here; leave it out.' },
  guardrailConfig: { what: 'refuse', mend: guardrailMend },
  guardrail_config: { what: 'refuse', mend: guardrailMend },
  guardrails: { what: 'refuse', neutral: isEmpty, mend: guardrailMend },

  seed: drop,
  frequency_penalty: { what: 'drop', neutral: is(0) },
  presence_penalty: { what: 'drop', neutral: is(0) },
  logit_bias: { what: 'drop', neutral: isEmpty },
  reasoning_effort: drop,
  thinking: drop,
  verbosity: drop,
  service_tier: { what: 'drop', neutral: is('auto', 'default') },
  store: { what: 'drop', neutral: is(false) },
  metadata: { what: 'drop', neutral: isEmpty },
  prediction: drop,
  prompt_cache_key: drop,
  prompt_cache_options: drop,
  prompt_cache_retention: drop,
  safety_identifier: drop,
};

/** Kinds of content parts that have no translation yet, and what to do instead. */
export const refusedParts: Readonly<Record<string, string>> = {
  input_audio: 'Audio is not translated yet; send its transcript as text.',
  file: 'Documents are not translated yet; send their text.',
  document: 'Documents are not translated yet; send their text.',
  video_url: 'Video is not translated.',
};

/**
 * Goes through all fields of the request, those that we have never heard of too.
 * Throws `invalid-request` for the first field with rule `refuse`.
 */
export function applyFieldRules(request: OpenaiChatRequest, dropped: DroppedParams): void {
  for (const [name, value] of Object.entries(request)) {
    if (value === null || value === undefined) continue;
    const rule = (Object.hasOwn(fieldRules, name) ? fieldRules[name] : undefined) ?? drop;
    if (rule.what === 'translate' || rule.what === 'gateway' || rule.neutral?.(value) === true) continue;
    if (rule.what === 'refuse') throw invalidRequest(`\`${name}\` is not supported for this model. ${rule.mend}`, name);
    dropped.add(name);
  }
}
