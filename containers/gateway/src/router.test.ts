import { isGatewayError } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { dialectOf, pathOf, type Route, route } from './router.ts';

const plain = { hasQuery: false, openProviderRoutes: [] };

const arn = 'arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ:1';

describe('routes', () => {
  const rows: [string, string, object][] = [
    ['POST', '/v1/chat/completions', { kind: 'chat' }],
    ['POST', '/chat/completions', { kind: 'chat' }],
    ['GET', '/v1/models', { kind: 'models', model: undefined }],
    ['GET', '/models', { kind: 'models', model: undefined }],
    ['GET', '/v1/models/nova-lite', { kind: 'models', model: 'nova-lite' }],
    ['GET', '/v1/models/bedrock%2Fx.y', { kind: 'models', model: 'bedrock/x.y' }],
    ['POST', '/model/a.b-v1%3A0/converse', { kind: 'native', operation: 'converse', model: 'a.b-v1:0' }],
    ['POST', '/model/a.b-v1:0/converse', { kind: 'native', operation: 'converse', model: 'a.b-v1:0' }],
    ['POST', '/bedrock/model/a.b/converse-stream', { kind: 'native', operation: 'converse-stream', model: 'a.b' }],
    ['POST', '/bedrock//model/a.b/invoke', { kind: 'native', operation: 'invoke', model: 'a.b' }],
    [
      'POST',
      '//model/a.b/invoke-with-response-stream',
      { kind: 'native', operation: 'invoke-with-response-stream', model: 'a.b' },
    ],
    ['POST', '/model/a.b/count-tokens', { kind: 'native', operation: 'count-tokens', model: 'a.b' }],
    ['POST', `/bedrock/model/${arn}/converse`, { kind: 'native', operation: 'converse', model: arn }],
    [
      'POST',
      `/bedrock/model/${encodeURIComponent(arn)}/converse`,
      { kind: 'native', operation: 'converse', model: arn },
    ],
    ['POST', '/model/a%2520b/converse', { kind: 'native', operation: 'converse', model: 'a%20b' }],
    [
      'POST',
      '/guardrail/gr1/version/DRAFT/apply',
      { kind: 'guardrail', guardrailId: 'gr1', guardrailVersion: 'DRAFT' },
    ],
    [
      'POST',
      '/bedrock/guardrail/gr1/version/2/apply',
      { kind: 'guardrail', guardrailId: 'gr1', guardrailVersion: '2' },
    ],
    ['POST', '/v1/responses', { kind: 'responses' }],
    ['POST', '/responses', { kind: 'responses' }],
    ['POST', '/openai/v1/responses', { kind: 'responses' }],
    ['POST', '/v1/embeddings', { kind: 'embeddings' }],
    ['POST', '/embeddings', { kind: 'embeddings' }],
    ['POST', '/v1/messages', { kind: 'messages' }],
    ['POST', '/v1/messages/count_tokens', { kind: 'count-tokens' }],
    ['POST', '/anthropic/v1/messages', { kind: 'messages' }],
    ['POST', '/anthropic/v1/messages/count_tokens', { kind: 'count-tokens' }],
    ['HEAD', '/', { kind: 'litellm-liveness' }],
    ['POST', '/chat-history', { kind: 'sessions', asked: { kind: 'history', api: 'openai' } }],
    ['POST', '/bedrock/chat-history', { kind: 'sessions', asked: { kind: 'history', api: 'converse' } }],
    ['POST', '/session-ids', { kind: 'sessions', asked: { kind: 'ids' } }],
    ['GET', '/', { kind: 'litellm-liveness' }],
    ['HEAD', '/health/liveliness', { kind: 'liveness' }],
    ['GET', '/bedrock/health/liveliness', { kind: 'litellm-liveness' }],
    ['GET', '/health/readiness', { kind: 'readiness' }],
  ];
  test.each(rows)('%s %s', (method, path, expected) => {
    expect(route(method, path, plain)).toEqual(expected);
  });
});

describe('what is not ours is LiteLLM’s', () => {
  const rows: [string, string, string, Route][] = [
    ['management', 'POST', '/key/generate', { kind: 'litellm', access: 'litellm' }],
    ['the Admin UI', 'GET', '/ui/', { kind: 'litellm', access: 'litellm' }],
    ['a route of LiteLLM’s below /model', 'POST', '/model/new', { kind: 'litellm', access: 'litellm' }],
    ['models of other kinds', 'POST', '/v1/rerank', { kind: 'litellm', access: 'model' }],
    ['pictures', 'POST', '/v1/images/generations', { kind: 'litellm', access: 'model' }],
    ['embeddings in Azure’s paths', 'POST', '/engines/x/embeddings', { kind: 'litellm', access: 'model' }],
    ['Google’s operations on a model', 'POST', '/models/x:generateContent', { kind: 'litellm', access: 'model' }],
    ['what changes the configuration', 'POST', '/config/update', { kind: 'litellm', access: 'master' }],
    ['the same in encoded letters', 'POST', '/%63onfig/%75pdate', { kind: 'litellm', access: 'master' }],
    ['what nobody knows', 'GET', '/v1/nope', { kind: 'litellm', access: 'litellm' }],
  ];
  test.each(rows)('%s', (_name, method, path, expected) => {
    expect(route(method, path, plain)).toEqual(expected);
  });

  test('Bedrock’s raw API only where an administrator has opened it', () => {
    const open = { ...plain, openProviderRoutes: ['bedrock'] };
    expect(route('POST', '/bedrock/agents/x/text', open)).toEqual({ kind: 'litellm', access: 'litellm' });
  });

  test('Anthropic’s raw API where an administrator has opened it, else its Messages are those of every model', () => {
    const open = { ...plain, openProviderRoutes: ['anthropic'] };
    expect(route('POST', '/anthropic/v1/messages', open)).toEqual({ kind: 'litellm', access: 'litellm' });
    expect(route('POST', '/anthropic/v1/files', plain)).toEqual({ kind: 'litellm', access: 'master' });
    expect(route('POST', '/v1/messages', open)).toEqual({ kind: 'messages' });
  });

  test('a list of models with a query is LiteLLM’s own', () => {
    expect(route('GET', '/models', { ...plain, hasQuery: true })).toEqual({ kind: 'litellm', access: 'model' });
  });
});

describe('the dialect of a path', () => {
  test.each([
    ['/bedrock/model/a.b/converse', 'bedrock'],
    ['/model/a.b/invoke', 'bedrock'],
    ['//model/a.b/invoke', 'bedrock'],
    ['/model/arn%3Aaws%3Abedrock/converse-stream?x=1', 'bedrock'],
    ['/model/a.b/delete-it', 'bedrock'],
    ['/guardrail/gr1/version/1/apply', 'bedrock'],
    ['/model/new', 'openai'],
    ['/model/info?x=1', 'openai'],
    ['/model/some-id/update', 'openai'],
    ['/v1/chat/completions', 'openai'],
    ['/guardrails/list', 'openai'],
    ['/v1/messages', 'anthropic'],
    ['/v1/messages?beta=true', 'anthropic'],
    ['/v1/messages/count_tokens?beta=true', 'anthropic'],
    ['/anthropic/v1/messages', 'anthropic'],
    ['/bedrock/chat-history', 'openai'],
    ['/bedrock/chat-history?x=1', 'openai'],
  ])('%s: %s', (path, dialect) => {
    expect(dialectOf(path)).toBe(dialect);
  });
});

describe('refusals', () => {
  const rows: [string, string, string, string][] = [
    ['no model', 'POST', '/model//converse', 'invalid-request'],
    ['another method', 'GET', '/v1/chat/completions', 'method-not-allowed'],
    ['another method on a model', 'DELETE', '/model/a.b/converse', 'method-not-allowed'],
    ['an unknown operation of Bedrock’s', 'POST', '/model/a.b/delete-it', 'route-not-found'],
    ['an agent of the account', 'POST', '/bedrock/agents/x/text', 'route-not-found'],
    ['an encoded slash elsewhere', 'POST', '/v1%2fchat/completions', 'invalid-request'],
    ['an encoded backslash', 'POST', '/v1%5cchat', 'invalid-request'],
    ['a doubled slash elsewhere', 'POST', '/v1//chat/completions', 'invalid-request'],
    ['an encoded percent sign', 'POST', '/%2563onfig/update', 'invalid-request'],
    ['an encoded control character', 'GET', '/key/info%0d%0a', 'invalid-request'],
    ['a fragment', 'GET', '/key/info#x', 'invalid-request'],
    ['a character that no path has', 'GET', '/key/inf\u00e9', 'invalid-request'],
    ['dots', 'POST', '/v1/../key/generate', 'invalid-request'],
    ['encoded dots', 'POST', '/v1/%2e%2e/key/generate', 'invalid-request'],
    ['dots in a model', 'POST', '/model/a/../b/converse', 'invalid-request'],
    ['encoded dots in a model', 'POST', '/model/..%2fkey/converse', 'invalid-request'],
    ['a control character in a model', 'POST', '/model/a%0d%0ab/converse', 'invalid-request'],
    ['a backslash in a model', 'POST', '/model/a%5cb/converse', 'invalid-request'],
    ['a percent sign that encodes nothing', 'POST', '/model/a%zz/converse', 'invalid-request'],
    ['a third slash', 'POST', '///model/a.b/converse', 'invalid-request'],
  ];
  test.each(rows)('%s', (_name, method, path, code) => {
    let thrown: unknown;
    try {
      route(method, path, plain);
    } catch (error) {
      thrown = error;
    }
    expect(isGatewayError(thrown) && thrown.code).toBe(code);
  });
});

test('the query is not part of the path, and a target that is no path is refused', () => {
  expect(pathOf('/v1/models?a=/../b')).toBe('/v1/models');
  expect(() => pathOf('http://elsewhere/v1/models')).toThrow('must be a path');
  expect(() => pathOf('*')).toThrow('must be a path');
});

test.each([
  ['/bedrock/x', 'bedrock'],
  ['/bedrock', 'bedrock'],
  ['/model/a.b/converse', 'bedrock'],
  ['//model/a.b/converse', 'bedrock'],
  ['/guardrail/a/version/1/apply', 'bedrock'],
  ['/bedrocks', 'openai'],
  ['/models', 'openai'],
  ['/v1/chat/completions', 'openai'],
])('errors of %s are in the dialect %s', (path, dialect) => {
  expect(dialectOf(path)).toBe(dialect);
});
