import { choice, connection, management, notServed, observing, tries } from './rule-reasons.ts';
import { harmless, type Rules, read, setting } from './setting-rule.ts';
import { asObject, isAmount, isFilled, isOn, isPresent } from './values.ts';

/*
 * What the sections of LiteLLM's configuration file mean for the hot path. A name that is not in the
 * table of its section is an `unknown-option`: any of them can change any call.
 * Source: LiteLLM 1.106.2, proxy/proxy_server.py (load_config), router.py (Router.__init__), https://github.com/BerriAI/litellm (read 2026-11-22).
 */

const fallbackLists = 'other models when one fails; put on the aliases that have them';

const fallbacks: Rules = {
  fallbacks: read(fallbackLists),
  context_window_fallbacks: read(fallbackLists),
  content_policy_fallbacks: read(fallbackLists),
  default_fallbacks: setting('fallbacks', isFilled, 'other models when any fails'),
};

/** `router_settings`. */
export const routerRules: Rules = {
  ...fallbacks,
  model_group_alias: read('other names for aliases'),
  cache_responses: setting('response-cache', isOn, 'answers are kept'),
  caching_groups: setting('response-cache', isFilled, 'answers are kept across models'),
  enable_pre_call_checks: setting('router-settings', isOn, 'calls that do not fit the model are refused'),
  optional_pre_call_checks: setting('router-settings', isFilled, 'checks before the call, limits among them'),
  enable_tag_filtering: setting('router-settings', isOn, 'tags of the call choose the deployment'),
  routing_groups: setting('router-settings', isFilled, 'groups of models with rules of their own'),
  router_general_settings: setting('router-settings', isFilled, 'models may be called that are not in the list'),
  plugins: setting('router-settings', isFilled, 'code that chooses the deployment'),
  provider_budget_config: setting('budget', isFilled, 'what may be spent per provider'),
  default_litellm_params: setting('default-parameters', isFilled, 'goes into every request'),
  default_max_parallel_requests: setting('parallel-limit', isPresent, 'calls of each deployment at one time'),
  guardrail_list: setting('guardrails', isFilled, 'guardrails with several deployments'),
  ...harmless(
    tries,
    'num_retries',
    'max_retries',
    'retry_after',
    'retry_policy',
    'model_group_retry_policy',
    'timeout',
    'stream_timeout',
    'allowed_fails',
    'allowed_fails_policy',
    'cooldown_time',
    'disable_cooldowns',
    'max_fallbacks',
    'default_priority',
    'polling_interval',
  ),
  ...harmless(
    choice,
    'routing_strategy',
    'routing_strategy_args',
    'weights',
    'enable_weighted_failover',
    'deployment_affinity_ttl_seconds',
    'model_group_affinity_config',
    'enable_health_check_routing',
    'health_check_staleness_threshold',
    'health_check_ignore_transient_errors',
    'background_health_check_model_groups',
  ),
  ...harmless('means nothing without enable_tag_filtering', 'tag_filtering_match_any', 'tag_routing_prefix'),
  ...harmless(
    connection,
    'redis_url',
    'redis_host',
    'redis_port',
    'redis_password',
    'redis_db',
    'cache_kwargs',
    'client_ttl',
    'ignore_invalid_deployments',
  ),
  ...harmless(observing, 'set_verbose', 'debug_level', 'alerting_config'),
  ...harmless(notServed, 'assistants_config', 'search_tools'),
};

const isReference = (value: unknown) => typeof value === 'string' && value.startsWith('os.environ/');

/** `litellm_settings`. */
export const litellmRules: Rules = {
  ...fallbacks,
  cache: read('the response cache, together with cache_params'),
  cache_params: read('the response cache'),
  model_alias_map: read('other names for aliases'),
  callbacks: setting('callbacks', isFilled, 'code that sees and may change every call'),
  success_callback: setting('callbacks', isFilled, 'calls are sent elsewhere too'),
  failure_callback: setting('callbacks', isFilled, 'failed calls are sent elsewhere too'),
  input_callback: setting('callbacks', isFilled, 'calls are sent elsewhere first'),
  pre_call_rules: setting('callbacks', isFilled, 'code that may refuse a call'),
  post_call_rules: setting('callbacks', isFilled, 'code that may refuse an answer'),
  websearch_interception_params: setting('callbacks', isFilledAndEnabled, 'tools of a call are served by LiteLLM'),
  default_team_settings: setting('callbacks', isFilled, 'callbacks of single teams'),
  guardrails: setting('guardrails', isFilled, 'the older form of guardrails'),
  max_budget: setting(
    'budget',
    (value) => isAmount(value) && Number(value) > 0,
    'what everybody may spend together; 0 is none',
  ),
  max_end_user_budget: setting('budget', isAmount, 'what each end user may spend'),
  max_end_user_budget_id: setting('budget', isReference, 'the budget of end users who have none is read by its id'),
  tag_budget_config: setting('budget', isFilled, 'what may be spent per tag'),
  block_requests_for_models_without_pricing: read('a model without a price is refused'),
  disable_add_user_agent_to_request_tags: read('calls are not booked on their client'),
  extra_spend_tag_headers: read('calls are booked on the values of these headers'),
  cost_discount_config: setting('budget', changesBedrock, 'calls cost less than the price says'),
  cost_margin_config: setting('budget', changesBedrock, 'calls cost more than the price says'),
  priority_reservation: setting('rate-limit', isFilled, 'shares of the limits by priority'),
  priority_reservation_settings: setting('rate-limit', isFilled, 'shares of the limits by priority'),
  model_group_settings: setting('router-settings', isFilled, "a caller's headers are passed on"),
  add_function_to_prompt: setting('default-parameters', isOn, 'tools are written into the prompt'),
  enable_anthropic_prompt_caching: setting('default-parameters', isOn, 'adds cache points to the request'),
  openai_system_messages_first: setting('default-parameters', isOn, 'messages are put into another order'),
  ...harmless(tries, 'num_retries', 'request_timeout', 'allowed_fails', 'cooldown_time', 'stream_timeout'),
  ...harmless(
    'parameters that a model does not know are left out or refused by the hot path itself',
    'drop_params',
    'modify_params',
  ),
  ...harmless('means nothing without max_budget', 'budget_duration'),
  ...harmless('means nothing without a budget', 'budget_exceeded_throttle_percentage', 'budget_rollover'),
  ...harmless('means nothing without enable_anthropic_prompt_caching', 'anthropic_prompt_caching_ttl'),
  ...harmless(
    management,
    'key_generation_settings',
    'default_internal_user_params',
    'upperbound_key_generate_params',
    'default_key_generate_params',
    'default_team_params',
    'max_internal_user_budget',
    'default_max_internal_user_budget',
    'internal_user_budget_duration',
    'max_ui_session_budget',
    'key_alias_pattern',
    'budget_reset_time',
    'timezone',
    'store_audit_logs',
    'audit_log_callbacks',
    'ui_theme_config',
    'public_model_groups',
    'public_model_groups_links',
    'public_mcp_servers',
    'public_agent_groups',
    'default_team_id',
  ),
  ...harmless(
    observing,
    'set_verbose',
    'json_logs',
    'suppress_debug_info',
    'telemetry',
    'global_disable_no_log_param',
    'turn_off_message_logging',
    'redact_messages_in_exceptions',
    'redact_user_api_key_info',
    'service_callback',
    'langfuse_default_tags',
    'datadog_params',
    'datadog_llm_observability_params',
    'newrelic_params',
    'pointfive_params',
    'log_auth_failure_key_identity',
    's3_callback_params',
    's3_audit_callback_params',
    'aws_sqs_callback_params',
    'prometheus_initialize_budget_metrics',
    'prometheus_metrics_config',
    'custom_prometheus_metadata_labels',
    'custom_prometheus_tags',
    'require_auth_for_metrics_endpoint',
    'disable_end_user_cost_tracking',
    'disable_end_user_cost_tracking_prometheus_only',
    'log_raw_request_response',
  ),
  ...harmless(
    connection,
    'ssl_verify',
    'ssl_certificate',
    'force_ipv4',
    'default_redis_ttl',
    'default_in_memory_ttl',
    'default_redis_batch_cache_expiry',
    'enable_redis_auth_cache',
    'use_aiohttp_transport',
    'disable_aiohttp_transport',
  ),
  ...harmless(
    notServed,
    'custom_provider_map',
    'mcp_aliases',
    'mcp_semantic_tool_filter',
    'mcp_tool_search',
    'apply_search_free_tier',
    'responses',
    'global_prompt_directory',
    'global_bitbucket_config',
    'global_gitlab_config',
  ),
  ...harmless(
    'allows what a key or team may set; such a key is served by LiteLLM',
    'enable_model_config_credential_overrides',
  ),
};

/** The sections of the file. Names that are not here mean nothing to LiteLLM. */
export const sectionRules: Rules = {
  model_list: read('the models'),
  include: read('more files'),
  litellm_settings: read('has a table of its own'),
  router_settings: read('has a table of its own'),
  general_settings: read('has a table of its own'),
  environment_variables: read('AWS credentials for LiteLLM may be among them'),
  guardrails: setting('guardrails', someDefaultOn, 'guardrails that every call runs through'),
  policies: setting('policies', isFilled, 'policies name guardrails'),
  policy_attachments: setting('policies', isFilled, 'policies name guardrails'),
  plugins: setting('callbacks', isFilled, 'code that sees and may change every call'),
  classifier_plugin: setting('callbacks', isFilled, 'code that sees and may change every call'),
  ...harmless('settings of callbacks, which are named elsewhere', 'callback_settings'),
  ...harmless('means nothing until a model names one', 'credential_list', 'default_vertex_config'),
  ...harmless('used by a call that names one, which LiteLLM serves', 'prompts', 'vector_store_registry'),
  ...harmless(
    notServed,
    'mcp_servers',
    'mcp_tools',
    'agents',
    'agent_list',
    'assistant_settings',
    'files_settings',
    'finetune_settings',
    'pass_through_endpoints',
    'sandbox_tools',
    'search_tools',
    'worker_registry',
  ),
};

/** The Admin UI turns it off by a flag among its parameters. */
function isFilledAndEnabled(value: unknown): boolean {
  return isFilled(value) && isOn(asObject(value)?.['enabled'] ?? true);
}

/** Changes of prices per provider; those of others concern no call here. */
function changesBedrock(value: unknown): boolean {
  return Object.keys(asObject(value) ?? {}).some((name) => name === 'global' || name.startsWith('bedrock'));
}

/** A guardrail that is not on by default runs only for keys, teams and calls that name it. */
function someDefaultOn(value: unknown): boolean {
  const list = Array.isArray(value) ? value : Object.values(asObject(value) ?? {});
  return list.some((each) => {
    const params = asObject(asObject(each)?.['litellm_params']);
    return isOn(params?.['default_on']) || isOn(asObject(each)?.['default_on']);
  });
}

/** True when LiteLLM keeps answers without being asked for each one. */
export function responseCacheIsOn(cache: unknown, cacheParams: unknown): boolean {
  if (cache !== true) return false;
  const params = asObject(cacheParams);
  const types = params?.['supported_call_types'];
  return params?.['mode'] !== 'default_off' && !(Array.isArray(types) && types.length === 0);
}
