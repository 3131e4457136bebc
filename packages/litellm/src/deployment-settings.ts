import { isPriceName } from './prices/deployment-price.ts';
import { harmless, type Rule, type Rules, read, setting } from './setting-rule.ts';
import { isAmount, isFilled, isOn, isPresent } from './values.ts';

/*
 * What the options of one entry of `model_list` mean for the hot path.
 * Source: LiteLLM 1.106.2, types/router.py, llms/bedrock and router.py,
 * https://github.com/BerriAI/litellm (read 2026-11-22).
 */

function all(rule: Rule, ...names: readonly string[]): Rules {
  return Object.fromEntries(names.map((name) => [name, rule]));
}

/**
 * `litellm_params` of a Bedrock deployment. The list of what the hot path honours is closed: a name
 * that is not here is an `unknown-option`.
 */
export const litellmParamRules: Rules = {
  model: read('the model'),
  custom_llm_provider: read('the provider, where the model does not say it'),
  model_id: read('what Bedrock is called with, where it is not the model'),
  aws_region_name: read('the region'),
  aws_bedrock_runtime_endpoint: read('the endpoint'),
  ...all(
    setting('credentials', isFilled, 'the hot path calls Bedrock with its own role'),
    'api_key',
    'aws_access_key_id',
    'aws_secret_access_key',
    'aws_session_token',
    'aws_session_name',
    'aws_session_tags',
    'aws_profile_name',
    'aws_role_name',
    'aws_web_identity_token',
    'aws_sts_endpoint',
    'aws_external_id',
    'litellm_credential_name',
    'configurable_clientside_auth_params',
  ),
  ...all(
    setting('default-parameters', isPresent, 'goes into every request that does not say otherwise'),
    'additional_drop_params',
    'additionalModelRequestFields',
    'allowed_openai_params',
    'anthropic_beta',
    'audio',
    'cache_control_injection_points',
    'context_management',
    'dimensions',
    'enable_prompt_caching',
    'encoding_format',
    'extra_body',
    'extra_headers',
    'frequency_penalty',
    'functions',
    'headers',
    'logit_bias',
    'logprobs',
    'max_completion_tokens',
    'max_tokens',
    'metadata',
    'modalities',
    'n',
    'output_config',
    'parallel_tool_calls',
    'performanceConfig',
    'prediction',
    'presence_penalty',
    'reasoning_effort',
    'requestMetadata',
    'response_format',
    'seed',
    'serviceTier',
    'service_tier',
    'stop',
    'stop_sequences',
    'stream',
    'stream_options',
    'system',
    'temperature',
    'thinking',
    'tool_choice',
    'tools',
    'top_k',
    'top_logprobs',
    'top_p',
    'user',
    'verbosity',
    'web_search_options',
  ),
  // LiteLLM writes the flags of its own that are off into every model of its database.
  merge_reasoning_content_in_choices: setting('default-parameters', isOn, 'reasoning becomes part of the text'),
  use_litellm_proxy: setting('unknown-option', isOn, 'the call goes to another LiteLLM'),
  ...all(
    setting('guardrails', isFilled, 'guardrails that every call runs through'),
    'guardrails',
    'guardrailConfig',
    'guardrail_config',
    'guardrailIdentifier',
    'guardrailVersion',
  ),
  ...all(
    setting('rate-limit', isPresent, 'LiteLLM also lets no more calls than these run at one time'),
    'rpm',
    'tpm',
    'itpm',
    'otpm',
  ),
  ...all(
    setting('model-rate-limit', isPresent, 'requests and tokens per minute of each key for this model'),
    'default_api_key_rpm_limit',
    'default_api_key_tpm_limit',
  ),
  max_parallel_requests: setting('parallel-limit', isPresent, 'calls at one time'),
  max_budget: setting('budget', isAmount, 'what the deployment may spend'),
  fallbacks: setting('fallbacks', isFilled, 'other models when this one fails'),
  ...all(setting('response-cache', isOn, 'answers are kept'), 'cache', 'caching'),
  ...all(
    setting('callbacks', isFilled, 'calls are sent elsewhere too'),
    'callbacks',
    'success_callback',
    'failure_callback',
  ),
  ...all(
    setting('prompt-management', isFilled, 'a managed prompt goes into every call'),
    'prompt_id',
    'prompt_label',
    'prompt_variables',
    'prompt_version',
  ),
  ...harmless('means nothing without max_budget', 'budget_duration'),
  weight: read('chooses among several prompts; LiteLLM serves several deployments of a model anyway'),
  ...harmless(
    'chooses among several deployments, which LiteLLM serves anyway',
    'order',
    'tags',
    'tag_regex',
    'cooldown_time',
    'allowed_fails',
  ),
  ...harmless(
    'how long and how often to try: the hot path has its own limits, and tries no less carefully',
    'timeout',
    'stream_timeout',
    'max_retries',
    'num_retries',
    'retry_policy',
  ),
  ...harmless('parameters that a model does not know are left out or refused by the hot path itself', 'drop_params'),
  ...harmless('the hot path keeps streams alive itself', 'keepalive_seconds', 'allow_client_keepalive_override'),
  ...harmless('concerns models of xAI', 'use_xai_oauth'),
  ...harmless(
    'routes that the hot path does not serve',
    'use_in_pass_through',
    'max_file_size_mb',
    'aws_batch_role_arn',
  ),
};

/** Of other providers. */
const uplift = /_uplift_multiplier(?:_|$)/;

/** The rule of a parameter; undefined: unknown, so the hot path must not serve the deployment. */
export function litellmParamRule(name: string): Rule | undefined {
  if (Object.hasOwn(litellmParamRules, name)) return litellmParamRules[name];
  if (isPriceName(name)) return read('a price: it matters to the booking of a call, not to how it is served');
  return uplift.test(name) ? { use: 'harmless', why: 'a price of other providers' } : undefined;
}

/** `model_info`: free text but for these names, so one that is not here is harmless. */
export const modelInfoRules: Rules = {
  access_groups: read('groups that a list of models may name'),
  team_id: setting('unknown-option', isFilled, 'only this team may call the deployment'),
  team_public_model_name: setting('unknown-option', isFilled, 'the name that the team calls it by'),
  access_windows: setting('unknown-option', isFilled, 'hours in which only some teams may call it'),
  blocked: setting('unknown-option', isOn, 'the deployment is paused'),
  enable_tag_filtering: setting('router-settings', isOn, 'tags of the call choose the deployment'),
  id: read("LiteLLM's id of the deployment"),
  base_model: read('another model, whose price holds'),
  ...all(
    setting('unknown-option', isFilled, 'prices by the length of the prompt or the hour, which only LiteLLM books'),
    'tiered_pricing',
    'off_peak_pricing',
  ),
  ...harmless('names and describes the deployment', 'mode', 'tier', 'description', 'db_model'),
  discoverable: read('whether lists of models show it'),
  ...harmless('limits of the model, which Bedrock enforces', 'max_tokens', 'max_input_tokens', 'max_output_tokens'),
};
