import { GatewayError } from '@genai-gateway/core';

/*
 * What a caller may not choose in a request that LiteLLM serves: where it goes, with whose credentials, and
 * whether it is booked, logged and guarded. LiteLLM has a list of its own; it took several
 * vulnerabilities to become what it is (CVE-2024-6587, GHSA-jh89-88fc-qrfp), so ours stands before it.
 * Source: LiteLLM 1.106.2, proxy/auth/auth_utils.py (is_request_body_safe), https://github.com/BerriAI/litellm
 * (read 2026-11-23).
 */

/** Refused wherever LiteLLM would read them. */
const NAMES = new Set([
  'api_base',
  'api_key',
  'base_url',
  'deployment_url',
  'model_list',
  'user_config',
  'litellm_params',
  'litellm_credential_name',
  'configurable_clientside_auth_params',
  'provider_specific_header',
  'headers',
  'extra_headers',
  'secret_fields',
  'proxy_server_request',
  'callbacks',
  'success_callback',
  'failure_callback',
  'logger_fn',
  'no_log',
  'disable_global_guardrail',
  'disable_global_guardrails',
  'turn_off_message_logging',
  'mock_response',
  'mock_tool_calls',
  'mock_timeout',
  'workspace_id',
  'anthropic_workspace_id',
  'nvcf_function_id',
  'use_ssl',
  'rust',
  'file_url',
]);

/** Families of such fields: credentials and hosts of providers and of observers, prices, switches of tests. */
const FAMILY =
  /^(?:aws|s3|sagemaker|azure|vertex|vertex_ai|vertexai|watsonx|langfuse|langsmith|arize|phoenix|posthog|wandb|weave|braintrust|humanloop|gcs|slack|dd|datadog|lunary|opik|user_api_key|mock_testing)_|_cost_per_/;

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
  const { fallbacks } = request;
  if (Array.isArray(fallbacks) && fallbacks.some((each) => typeof each !== 'string')) throw refused('fallbacks');
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

function refused(name: string): GatewayError {
  const shown = name.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
  return new GatewayError(
    'invalid-request',
    `The field '${shown}' is not the caller's to set: an administrator decides where a call goes, with which credentials, and what is recorded. Leave it out.`,
    { param: shown },
  );
}
