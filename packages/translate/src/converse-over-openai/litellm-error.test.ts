import { describe, expect, test } from 'vitest';
import { litellmError, litellmStreamError } from './litellm-error.ts';

const FAILED = "\n\nLiteLLM: model group 'gpt' failed with the error above. No fallback was attempted.";

function answer(status: number, message: string, type: string | null = 'invalid_request_error', headers: object = {}) {
  return { status, headers: { ...headers }, body: { error: { message, type, param: null, code: String(status) } } };
}

describe('errors of litellm 1.106.2', () => {
  test.each<[rule: string, answer: Parameters<typeof litellmError>[0], code: string, message: RegExp]>([
    [
      'too long for the model',
      answer(
        400,
        "litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: OpenAIException - This model's maximum context length is 8192 tokens.\nmodel=gpt. context_window_fallbacks=None. fallbacks=None.\n\nSet 'context_window_fallback' - https://docs.litellm.ai" +
          FAILED,
      ),
      'upstream-context-too-long',
      /^This model's maximum context length is 8192 tokens\.$/,
    ],
    [
      'a wrong request',
      answer(400, `litellm.BadRequestError: OpenAIException - Invalid schema${FAILED}`),
      'upstream-rejected',
      /^Invalid schema$/,
    ],
    [
      'a parameter that the provider does not have',
      answer(
        400,
        `litellm.UnsupportedParamsError: openai does not support parameters: ['top_k'], for model=gpt. To drop these, set \`litellm.drop_params=True\` or for proxy:\n…${FAILED}`,
      ),
      'upstream-rejected',
      /^openai does not support parameters: \['top_k'\], for model=gpt\.$/,
    ],
    [
      'a policy',
      answer(400, `litellm.ContentPolicyViolationError: AzureException - filtered${FAILED}`),
      'upstream-rejected',
      /^filtered$/,
    ],
    [
      'a model that LiteLLM does not know',
      answer(
        400,
        '/chat/completions: Invalid model name passed in model=x. Call `/v1/models` to view available models for your key.',
      ),
      'upstream-model-not-found',
      /^Invalid model name passed in model=x\./,
    ],
    [
      'a model that the provider does not know',
      answer(404, `litellm.NotFoundError: OpenAIException - no such model${FAILED}`),
      'upstream-model-not-found',
      /^no such model$/,
    ],
    [
      'a budget',
      answer(422, 'Budget has been exceeded! Current cost: 1.5, Max budget: 1.0', 'budget_exceeded'),
      'upstream-quota-exceeded',
      /^Budget has been exceeded! Current cost: 1\.5, Max budget: 1\.0$/,
    ],
    [
      'a budget at the older status',
      answer(429, 'Budget has been exceeded!', 'budget_exceeded'),
      'upstream-quota-exceeded',
      /^Budget/,
    ],
    [
      'a rate limit of LiteLLM',
      answer(429, 'Rate limit exceeded for api_key: a1. Limit type: requests.', 'throttling_error', {
        'retry-after': '60',
      }),
      'upstream-throttled',
      /^Rate limit exceeded/,
    ],
    [
      'no deployment that is free',
      answer(
        429,
        'No deployments available for selected model, Try again in 5 seconds. Received Model Group=gpt\nAvailable Model Group Fallbacks=None',
      ),
      'upstream-throttled',
      /^No deployments available for selected model, Try again in 5 seconds\.$/,
    ],
    [
      'deployments that are let rest',
      answer(
        429,
        "No deployments available for selected model, Try again in 5 seconds. Passed model=gpt. pre-call-checks=False, cooldown_list=['4cebcb97']",
      ),
      'upstream-throttled',
      /^No deployments available for selected model, Try again in 5 seconds\.$/,
    ],
    [
      'a rate limit of the provider',
      answer(429, `litellm.RateLimitError: RateLimitError: OpenAIException - slow down${FAILED}`),
      'upstream-throttled',
      /^slow down$/,
    ],
    [
      'a wrong key',
      answer(
        401,
        'Authentication Error, Invalid proxy server token passed. Received API Key = sk-...a1',
        'token_not_found_in_db',
      ),
      'invalid-credential',
      /^The model service does not accept this key\.$/,
    ],
    [
      'a credential of no kind',
      answer(401, 'Authentication Error, LiteLLM Virtual Key expected.', 'auth_error'),
      'invalid-credential',
      /does not accept/,
    ],
    [
      'an expired key',
      answer(401, 'Authentication Error - Expired Key. Key Expiry time …', 'expired_key'),
      'key-expired',
      /^This key has expired\.$/,
    ],
    [
      'a blocked team',
      answer(401, 'Authentication Error, Team=t1 is blocked. Update via `/team/unblock`', 'auth_error'),
      'key-blocked',
      /is blocked\.$/,
    ],
    [
      "a model that is not the key's",
      answer(403, 'key not allowed to access model. This key can only access models=[]', 'key_model_access_denied'),
      'model-not-allowed',
      /^key not allowed/,
    ],
    [
      "a tool that is not the key's",
      answer(403, "Tool(s) ['f'] are not in the allowed tools list", 'tool_access_denied'),
      'model-not-allowed',
      /^Tool\(s\)/,
    ],
    [
      "a route that is not the key's",
      answer(403, 'Virtual key is not allowed to call this route.', 'auth_error'),
      'model-not-allowed',
      /^Virtual key/,
    ],
    [
      "LiteLLM's own credential is wrong",
      answer(
        401,
        `litellm.AuthenticationError: AuthenticationError: OpenAIException - Incorrect API key provided: sk-abc${FAILED}`,
        'authentication_error',
      ),
      'upstream-access-denied',
      /^The provider of this model refused the call\./,
    ],
    [
      "LiteLLM's own credential may not",
      answer(403, 'litellm.PermissionDeniedError: no', null),
      'upstream-access-denied',
      /refused the call/,
    ],
    ['a denial of unknown kind', answer(403, 'no', null), 'upstream-access-denied', /refused the call/],
    [
      "LiteLLM's own account is empty",
      answer(402, 'litellm.PaymentRequiredError: pay', null),
      'upstream-access-denied',
      /refused the call/,
    ],
    ['a body that is too large', answer(413, 'too large'), 'body-too-large', /^too large$/],
    [
      'a timeout',
      answer(408, 'litellm.Timeout: APITimeoutError - Request timed out.', 'timeout_error'),
      'upstream-timeout',
      /^The model did not answer in time/,
    ],
    ['a gateway timeout', answer(504, 'litellm.Timeout: x'), 'upstream-timeout', /did not answer/],
    [
      'a database that is gone',
      answer(400, 'No connected db.', 'no_db_connection'),
      'upstream-unavailable',
      /not available/,
    ],
    [
      'an overloaded provider',
      answer(503, `litellm.ServiceUnavailableError: boom at http://10.0.0.7:8000${FAILED}`),
      'upstream-overloaded',
      /^The model service is overloaded/,
    ],
    ['an overloaded Anthropic', answer(529, 'Overloaded'), 'upstream-overloaded', /overloaded/],
    [
      'a failure tells nothing of what is behind LiteLLM',
      answer(500, 'litellm.APIConnectionError: http://10.0.0.7:8000 refused', null),
      'upstream-failed',
      /^The model service failed\./,
    ],
    ['a bad gateway', answer(502, 'x'), 'upstream-failed', /failed/],
  ])('%s', (_rule, error, code, message) => {
    const thrown = litellmError(error);
    expect(thrown.code).toBe(code);
    expect(thrown.message).toMatch(message);
    expect(String(thrown.cause)).toContain(`litellm answered ${error.status}`);
  });
});

describe('the status alone', () => {
  test.each<[status: number, body: unknown, code: string]>([
    [400, undefined, 'upstream-rejected'],
    [401, undefined, 'upstream-access-denied'],
    [404, {}, 'upstream-model-not-found'],
    [408, [], 'upstream-timeout'],
    [418, { error: null }, 'upstream-rejected'],
    [422, { error: 'a text' }, 'upstream-rejected'],
    [429, { error: {} }, 'upstream-throttled'],
    [500, '<html>', 'upstream-failed'],
    [503, null, 'upstream-overloaded'],
  ])('%i %j is %s', (status, body, code) => {
    const thrown = litellmError({ status, headers: {}, body });
    expect(thrown.code).toBe(code);
    expect(thrown.message).not.toBe('');
  });
});

describe('retry-after', () => {
  test.each<[rule: string, headers: object, seconds: number | undefined]>([
    ['none', {}, undefined],
    ["LiteLLM's", { 'retry-after': '60' }, 60],
    ["the provider's", { 'llm_provider-retry-after': '7' }, 7],
    ["LiteLLM's wins", { 'retry-after': '60', 'llm_provider-retry-after': '7' }, 60],
    ['a fraction', { 'retry-after': '0.2' }, 1],
    ['a date', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, undefined],
    ['negative', { 'retry-after': '-1' }, undefined],
    ['empty', { 'retry-after': ' ' }, undefined],
    ['several', { 'retry-after': ['1', '2'] }, undefined],
  ])('%s', (_rule, headers, seconds) => {
    expect(litellmError(answer(429, 'slow', null, headers)).retryAfterSeconds).toBe(seconds);
  });
});

test('no ARN and no endless text reach the caller', () => {
  const { message } = litellmError(
    answer(400, `litellm.BadRequestError: BedrockException - arn:aws:iam::123456789012:role/x ${'a'.repeat(9999)}`),
  );
  expect(message).toMatch(/^\[resource\] a+$/);
  expect(message.length).toBeLessThan(2000);
});

describe('within a stream', () => {
  test.each<[rule: string, error: unknown, code: string]>([
    [
      'a failure',
      { message: 'litellm.APIConnectionError: overloaded', type: null, param: null, code: '500' },
      'upstream-failed',
    ],
    ['its code is the status', { message: 'litellm.RateLimitError: slow', code: '429' }, 'upstream-throttled'],
    ['a number as code', { message: 'slow', code: 429 }, 'upstream-throttled'],
    ['a code that is no status', { message: 'x', code: 'server_error' }, 'upstream-failed'],
    ['a status that is no error', { message: 'x', code: '200' }, 'upstream-failed'],
    ['a text', 'boom', 'upstream-failed'],
    ['nothing', {}, 'upstream-failed'],
  ])('%s', (_rule, error, code) => {
    expect(litellmStreamError(error).code).toBe(code);
  });
});
