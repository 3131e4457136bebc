import { GatewayError } from '@genai-gateway/core';

/*
 * What a caller may not choose in a request that LiteLLM serves: where it goes, with whose credentials, and
 * whether it is booked, logged and guarded. LiteLLM has a list of its own; it took several
 * vulnerabilities to become what it is (CVE-2024-6587, GHSA-jh89-88fc-qrfp), so ours stands before it.
 * Source: LiteLLM 1.106.2, proxy/auth/auth_utils.py (is_request_body_safe), https://github.com/BerriAI/litellm
 * (read 2026-11-23).
 * What it lets through was tried: a provider swapped beneath a deployment's key, another credential's host.
 */

/** Refused wherever LiteLLM would read them. */
const NAMES = new Set([
  // where it goes
  'allowed_model_region',
  'api_base',
  'api_type',
  'api_version',
  'base_model',
  'base_url',
  'custom_llm_provider',
  'deployment_url',
  'fastest_response',
  'file_url',
  'litellm_params',
  'model_info',
  'model_list',
  'nvcf_function_id',
  'organization',
  'region_name',
  'router_settings_override',
  'rust',
  'specific_deployment',
  'target_model_names',
  'url',
  'use_litellm_proxy',
  'use_ssl',
  'user_config',
  // with whose credentials
  'api_key',
  'client',
  'client_id',
  'client_secret',
  'configurable_clientside_auth_params',
  'default_headers',
  'extra_headers',
  'extra_query',
  'headers',
  'litellm_credential_name',
  'provider_specific_header',
  'secret_fields',
  'shared_session',
  'ssl_certificate',
  'ssl_verify',
  'tenant_id',
  'token',
  'workspace_id',
  // how often, and whether it is booked, logged and guarded
  'caching',
  'callbacks',
  'disable_global_guardrail',
  'disable_global_guardrails',
  'failure_callback',
  'litellm_disabled_callbacks',
  'logger_fn',
  'no_log',
  'num_retries',
  'proxy_server_request',
  'service_callback',
  'success_callback',
  'tiered_pricing',
  'turn_off_message_logging',
]);

/** Families of such fields: credentials and hosts of providers and of observers, prices, switches of tests. */
const FAMILY = new RegExp(
  [
    '^(?:anthropic_workspace|aws|azure|bedrock|gigachat|oci|s3|sagemaker|vertex|vertexai|watsonx',
    '|arize|braintrust|datadog|dd|gcs|humanloop|langfuse|langsmith|lunary|newrelic|opik|phoenix|posthog|signoz|slack',
    '|wandb|weave|mock|user_api_key)_|_cost_per_',
  ].join(''),
);

/** Fields whose names say that they hold a host or a secret. */
const ENDING = /_(?:base|base_url|api_url|host|endpoint|endpoint_url|credentials|secret|token|password)$/;

/** Objects whose fields LiteLLM spreads into the call. */
const SPREAD = ['extra_body', 'litellm_embedding_config'];
/** Objects that LiteLLM's observers read; callers keep words of their own in them. */
const METADATA = ['metadata', 'litellm_metadata'];

/** Refuses what a caller may not choose. Throws `invalid-request` that names the field. */
export function checkRequestFields(request: Readonly<Record<string, unknown>>): void {
  checkNames(Object.keys(request));
  for (const container of SPREAD) checkNames(Object.keys(objectIn(request[container])), `${container}.`);
  for (const container of METADATA) {
    for (const name of Object.keys(objectIn(request[container]))) {
      if (isReserved(normalized(name))) throw refused(`${container}.${name}`);
    }
  }
  for (const name of ['fallbacks', 'context_window_fallbacks', 'content_policy_fallbacks']) {
    const list = request[name];
    // A name is checked like any other model; an object could bring everything else along.
    if (Array.isArray(list) && list.some((each) => typeof each !== 'string')) throw refused(name);
  }
}

/**
 * The same for a query, and for a path that names the model (`pathModel`): LiteLLM calls the model of the
 * path or the query, but checks the key against that of the body. `model` is the body's. Throws `invalid-request`.
 */
export function checkRequestTarget(query: URLSearchParams, pathModel: string | undefined, model: unknown): void {
  const names = [...query.keys()];
  if (names.includes('model')) throw refused('model', 'cannot stand in the query', 'Name the model in the body.');
  checkNames(names.filter((name) => name !== 'api-version'));
  if (pathModel !== undefined && model !== undefined && model !== pathModel) {
    throw refused('model', 'cannot differ from the model in the path', 'Leave it out, or name the same.');
  }
}

/** The same for the names of a form's fields, `metadata[name]` among them. Throws `invalid-request`. */
export function checkFormFields(names: readonly string[]): void {
  checkNames(names.map((name) => /^(?:litellm_)?metadata\[(.+)\]$/.exec(name)?.[1] ?? name));
}

function checkNames(names: readonly string[], prefix = ''): void {
  for (const name of names) {
    const plain = normalized(name);
    if (isReserved(plain) || ENDING.test(plain)) throw refused(prefix + name);
  }
}

function isReserved(name: string): boolean {
  return NAMES.has(name) || FAMILY.test(name);
}

/** LiteLLM takes some of them with hyphens too. */
function normalized(name: string): string {
  return name.trim().toLowerCase().replaceAll('-', '_');
}

/** An object, or the JSON text of one: LiteLLM takes both. */
function objectIn(value: unknown): object {
  let found = value;
  if (typeof value === 'string' && value.trimStart().startsWith('{')) {
    try {
      found = JSON.parse(value);
    } catch {
      return {};
    }
  }
  return found !== null && typeof found === 'object' && !Array.isArray(found) ? found : {};
}

const WHY =
  "is not the caller's to set: an administrator decides where a call goes, with which credentials, and what is recorded";

function refused(name: string, why = WHY, mend = 'Leave it out.'): GatewayError {
  const shown = name.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
  return new GatewayError('invalid-request', `The field '${shown}' ${why}. ${mend}`, { param: shown });
}
