import { isGatewayError } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { checkFormFields, checkRequestFields, checkRequestTarget } from './request-fields.ts';

function refusedField(check: () => void): string | undefined {
  try {
    check();
  } catch (error) {
    if (isGatewayError(error) && error.code === 'invalid-request') return error.param;
    throw error;
  }
  return undefined;
}

describe('what a caller may not choose', () => {
  const rows: [string, Record<string, unknown>, string | undefined][] = [
    ['a host', { api_base: 'https://evil.example' }, 'api_base'],
    ['a host by another name', { base_url: 'https://evil.example' }, 'base_url'],
    ['a host of one provider', { sagemaker_base_url: 'x' }, 'sagemaker_base_url'],
    ['a host that nobody has heard of yet', { newprovider_api_url: 'x' }, 'newprovider_api_url'],
    ['a key', { api_key: 'sk-1' }, 'api_key'],
    ['an AWS role', { aws_role_name: 'arn' }, 'aws_role_name'],
    ['credentials', { vertex_credentials: '{}' }, 'vertex_credentials'],
    ['a router of the caller’s own', { user_config: {} }, 'user_config'],
    ['no log', { 'no-log': true }, 'no-log'],
    ['capital letters', { API_BASE: 'x' }, 'API_BASE'],
    ['a price', { input_cost_per_token: 0 }, 'input_cost_per_token'],
    ['an answer that no model gave', { mock_response: 'free' }, 'mock_response'],
    ['a switch for tests', { mock_testing_fallbacks: true }, 'mock_testing_fallbacks'],
    ['no guardrails', { metadata: { disable_global_guardrails: true } }, 'metadata.disable_global_guardrails'],
    ['where the traces go', { metadata: { langfuse_host: 'x' } }, 'metadata.langfuse_host'],
    ['the same as JSON text', { litellm_metadata: '{"langfuse_host":"x"}' }, 'litellm_metadata.langfuse_host'],
    ['who is calling', { metadata: { user_api_key_user_id: 'x' } }, 'metadata.user_api_key_user_id'],
    ['another provider with the deployment’s key', { custom_llm_provider: 'deepseek' }, 'custom_llm_provider'],
    ['a stored credential by name', { litellm_credential_name: 'x' }, 'litellm_credential_name'],
    ['certificates that nobody checks', { ssl_verify: false }, 'ssl_verify'],
    ['more tries at the operator’s cost', { num_retries: 100 }, 'num_retries'],
    ['in extra_body', { extra_body: { api_base: 'x' } }, 'extra_body.api_base'],
    ['headers for the provider', { extra_headers: { host: 'x' } }, 'extra_headers'],
    ['fallbacks with parameters', { fallbacks: [{ model: 'm', api_base: 'x' }] }, 'fallbacks'],
    ['a file to be fetched', { file_url: 'http://169.254.169.254/' }, 'file_url'],
    ['fallbacks by name may be asked for', { fallbacks: ['nova'] }, undefined],
    ['a plain chat', { model: 'm', messages: [], max_tokens: 1, stream: true, max_completion_tokens: 3 }, undefined],
    ['words of the caller’s own', { metadata: { webhook_url: 'x', customer_token: 'y', tags: [] } }, undefined],
    ['metadata that is no object', { metadata: 'free text', extra_body: null }, undefined],
    ['an image by its address is the model’s matter', { messages: [{ content: [{ image_url: {} }] }] }, undefined],
    ['what OpenAI has', { prompt_cache_key: 'a', safety_identifier: 'b', service_tier: 'c', user: 'd' }, undefined],
  ];
  test.each(rows)('%s', (_rule, request, field) => {
    expect(refusedField(() => checkRequestFields(request))).toBe(field);
  });

  test.each([
    ['the model in the query', 'model=dear', undefined, 'cheap', 'model'],
    ['a provider in the query', 'custom_llm_provider=deepseek', undefined, 'cheap', 'custom_llm_provider'],
    ['another model in the path', '', 'dear', 'cheap', 'model'],
    ['the same model in the path', '', 'cheap', 'cheap', undefined],
    ['the model in the path alone', 'api-version=2024-10-21', 'cheap', undefined, undefined],
    ['an ordinary query', 'limit=10&after=x', undefined, undefined, undefined],
  ])('%s', (_rule, query, pathModel, model, field) => {
    expect(refusedField(() => checkRequestTarget(new URLSearchParams(query), pathModel, model))).toBe(field);
  });

  test('in a form', () => {
    expect(refusedField(() => checkFormFields(['file', 'model', 'api_base']))).toBe('api_base');
    expect(refusedField(() => checkFormFields(['file', 'metadata[langfuse_host]']))).toBe('langfuse_host');
    expect(refusedField(() => checkFormFields(['file', 'model', 'language', 'timestamp_granularities[]']))).toBe(
      undefined,
    );
  });
});
