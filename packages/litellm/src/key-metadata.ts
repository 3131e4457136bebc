import type { AdminScope } from '@genai-gateway/core';
import { hasUnreadableFigures } from './rate-limits.ts';
import { harmless, type Rules, read, setting } from './setting-rule.ts';
import { isFilled, isPresent } from './values.ts';

const perModel = 'limits per minute and model are read, where they can be';

const isDynamic = (value: unknown) => value === 'dynamic';

/**
 * What the keys of the `metadata` columns mean for the hot path. Metadata is free text for the
 * people who write it, so a name that is not here is harmless.
 * Source: LiteLLM 1.106.2, the lists `LiteLLM_ManagementEndpoint_MetadataFields` in proxy/_types.py,
 * proxy/litellm_pre_call_utils.py and proxy/hooks, https://github.com/BerriAI/litellm (read 2026-11-22).
 */
export const metadataRules: Rules = {
  guardrails: setting('guardrails', isFilled, 'guardrails that every call runs through'),
  policies: setting('policies', isFilled, 'policies name guardrails'),
  logging: setting('callbacks', isFilled, 'calls are sent to a place of its own'),
  callback_settings: setting('callbacks', isFilled, 'the older form of logging'),
  model_rpm_limit: setting('model-rate-limit', hasUnreadableFigures, perModel),
  model_tpm_limit: setting('model-rate-limit', hasUnreadableFigures, perModel),
  model_itpm_limit: setting('model-rate-limit', isFilled, 'input tokens per minute and model'),
  model_otpm_limit: setting('model-rate-limit', isFilled, 'output tokens per minute and model'),
  tag_rpm_limit: setting('rate-limit', hasUnreadableFigures, 'requests per minute and tag are read, where they can be'),
  rpm_limit_type: setting('rate-limit', isDynamic, 'the limit holds only while a model fails'),
  tpm_limit_type: setting('rate-limit', isDynamic, 'the limit holds only while a model fails'),
  throttle_on_budget_exceeded: setting('budget', (value) => value === true, 'a spent budget slows the key down'),
  tags: read('tags of its calls'),
  end_user_budget_id: read('the budget of end users who have none themselves'),
  team_member_budget_id: read('the budget of members who have none themselves'),
  temp_budget_increase: read('adds to the budget'),
  temp_budget_expiry: read('until when it does'),
  max_budget_per_session: setting('budget', isPresent, 'what one session may spend'),
  max_iterations: setting('rate-limit', isPresent, 'calls of one session'),
  enforced_params: setting('enforced-parameters', isFilled, 'parameters that a call must have'),
  allowed_tools: setting('tool-allow-list', isFilled, 'tools that a call may offer to the model'),
  prompts: setting('prompt-management', isFilled, 'prompts that the key may use'),
  enable_prompt_caching: setting('default-parameters', (value) => value === true, 'adds cache points to the request'),
  cache: setting('response-cache', isPresent, 'how the response cache is used for the key'),
  model_config: setting('credentials', isFilled, 'credentials of its own for some models'),
  denied_passthrough_routes: setting('unknown-option', isFilled, 'routes to providers, Bedrock too, that are closed'),
  ...harmless(
    'concern the management routes',
    'service_account_id',
    'scim_metadata',
    'secret_manager_settings',
    'team_member_key_duration',
    'allowed_passthrough_routes',
  ),
  ...harmless('refuses the user itself; the reader of the row does that', 'scim_active'),
  ...harmless(
    'takes global guardrails off; where there are any, LiteLLM serves and reads it',
    'disable_global_guardrails',
    'opted_out_global_guardrails',
  ),
  ...harmless(
    'takes global callbacks off; where there are any, LiteLLM serves and reads it',
    'litellm_disabled_callbacks',
  ),
  ...harmless('takes fallbacks off; where there are any, LiteLLM serves and reads it', 'disable_fallbacks'),
  ...harmless(
    'what is counted before a call is known to have used; what it used is counted either way',
    'default_estimated_output_tokens',
    'default_estimated_output_tokens_per_model',
  ),
  ...harmless('read by a callback only, which sends calls to LiteLLM', 'priority'),
  ...harmless(
    'MCP servers, vector stores, files and batches, which the hot path does not serve',
    'mcp_rpm_limit',
    'allowed_vector_store_indexes',
    'enforced_batch_output_expires_after',
    'enforced_file_expires_after',
  ),
  ...harmless('sends an alert and stops no call', 'soft_budget_alerting_emails', 'max_budget_alert_emails'),
  ...harmless('a note that is copied into the spend log', 'spend_logs_metadata', 'cost_center'),
};

/** Scopes whose metadata LiteLLM reads for these names; the others are read in every scope. */
export const metadataScopes: Readonly<Record<string, readonly AdminScope[]>> = {
  model_rpm_limit: ['key', 'team', 'project', 'organization'],
  model_tpm_limit: ['key', 'team', 'project', 'organization'],
  model_itpm_limit: ['project'],
  model_otpm_limit: ['project'],
  tag_rpm_limit: ['key'],
  rpm_limit_type: ['key'],
  tpm_limit_type: ['key'],
  throttle_on_budget_exceeded: ['key'],
};
