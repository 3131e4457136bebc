import { ConfigError } from '@genai-gateway/config';
import { describe, expect, test } from 'vitest';
import { Cors, type CorsRequest, corsFor, corsHeaders, isPreflight, preflightHeaders } from './cors.ts';

const origin = 'https://chat.example.com';
const cors = new Cors([origin, 'http://localhost:5173']);

const asks = (url: string, headers: CorsRequest['headers'] = { origin }): CorsRequest => ({ url, headers });

describe('origins', () => {
  test.each([
    ['of a site', 'https://chat.example.com'],
    ['of a port', 'http://localhost:5173'],
    ['of an address', 'http://10.0.0.1:8080'],
    ['of an IPv6 address', 'http://[::1]:8080'],
    ['of an app', 'capacitor://localhost'],
  ])('%s are taken: %s', (_what, text) => {
    expect(new Cors([text]).answerTo(asks('/v1/models', { origin: text }))).toEqual({ origin: text });
  });

  test.each([
    ['anybody', '*', 'does not take "*"'],
    ['a pattern', 'https://*.example.com', 'scheme, host and port alone'],
    ['the origin of files and of sandboxes', 'null', 'scheme, host and port alone'],
    ['a host', 'chat.example.com', 'scheme, host and port alone'],
    ['a slash at the end', 'https://chat.example.com/', 'Write https://chat.example.com.'],
    ['a path', 'https://chat.example.com/app', 'Write https://chat.example.com.'],
    ['a port that browsers leave out', 'https://chat.example.com:443', 'Write https://chat.example.com.'],
    ['capital letters', 'https://Chat.example.com', 'Write https://chat.example.com.'],
    ['a user', 'https://me@chat.example.com', 'Write https://chat.example.com.'],
    ['a scheme without a host', 'file://', 'scheme, host and port alone'],
  ])('%s: refused at the start', (_what, text, why) => {
    expect(() => corsFor([origin, text])).toThrow(ConfigError);
    expect(() => corsFor([origin, text])).toThrow(why);
    expect(() => corsFor([origin, text])).toThrow('CORS_ALLOWED_ORIGINS');
  });

  test('no list costs nothing', () => {
    expect(corsFor([])).toBeUndefined();
    expect(corsFor([origin])).toBeInstanceOf(Cors);
  });
});

describe('routes', () => {
  test.each([
    '/v1/chat/completions',
    '/chat/completions',
    '/v1/messages',
    '/v1/messages/count_tokens',
    '/anthropic/v1/messages/count_tokens',
    '/openai/v1/responses',
    '/v1/embeddings',
    '/v1/responses',
    '/v1/responses/resp_1/input_items',
    '/v1/images/generations',
    '/v1/audio/speech',
    '/v1/models',
    '/models/bedrock/x.y',
    '/v1/sessions',
    '/v1/sessions?limit=2',
    '/v1/sessions/s-1/turns',
    '/chat-history',
    '/bedrock/chat-history',
    '/session-ids',
    '/bedrock/model/a.b-v1%3A0/converse-stream',
    '//model/a.b/invoke',
    '/model/arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ/converse',
    '/guardrail/gr1/version/DRAFT/apply',
  ])('%s is for pages', (url) => {
    expect(cors.answerTo(asks(url))).toEqual({ origin });
  });

  test.each([
    '/',
    '/ui/',
    '/key/generate',
    '/user/new',
    '/v1/key/info',
    '/model/new',
    '/model/x/update',
    '/config/update',
    '/health/readiness',
    '/v1/files',
    '/bedrock/session-ids',
    '/ui/?/v1/models',
    '/key/info?x=/chat-history',
    '/x/v1/models',
  ])('%s is not', (url) => {
    expect(cors.answerTo(asks(url))).toBeUndefined();
  });
});

describe('an answer', () => {
  test.each([
    ['another site', 'https://evil.example'],
    ['a part of the name', 'https://chat.example.com.evil.example'],
    ['another scheme', 'http://chat.example.com'],
    ['another port', 'https://chat.example.com:8443'],
    ['a sandbox', 'null'],
    ['two', `${origin}, ${origin}`],
  ])('gives nothing to %s', (_what, other) => {
    const answer = cors.answerTo(asks('/v1/models', { origin: other }));
    expect(answer).toEqual({ origin: undefined });
    expect(corsHeaders({ origin: undefined }, {})).toEqual({ vary: 'origin' });
  });

  test('names the origin that asked, and the headers of this answer that its page may read', () => {
    const headers = {
      'content-type': 'application/json',
      'x-request-id': '1',
      'x-session-id': '2',
      'x-gateway-prompt-variant': 'a',
      'x-ratelimit-remaining-requests': '3',
      'retry-after': '4',
      'x-amzn-errortype': 'ThrottlingException',
      'x-litellm-key-spend': '5',
      server: 'uvicorn',
    };
    expect(corsHeaders({ origin }, headers)).toEqual({
      vary: 'origin',
      'access-control-allow-origin': origin,
      'access-control-expose-headers':
        'x-request-id, x-session-id, x-gateway-prompt-variant, x-ratelimit-remaining-requests, retry-after, x-amzn-errortype',
    });
  });

  test('keeps what it varies by already', () => {
    expect(corsHeaders({ origin }, { vary: 'accept-encoding' })['vary']).toBe('accept-encoding, origin');
    expect(corsHeaders({ origin }, { vary: ['accept', 'x'] })['vary']).toBe('accept, x, origin');
    for (const said of ['Origin', 'accept, origin', 'origin,accept']) {
      expect(corsHeaders({ origin }, { vary: said })['vary']).toBe(said);
    }
    expect(corsHeaders({ origin }, { vary: 'x-origin' })['vary']).toBe('x-origin, origin');
  });
});

describe('a preflight', () => {
  const asking = (more: CorsRequest['headers'] = {}, method = 'OPTIONS'): CorsRequest => ({
    method,
    url: '/v1/chat/completions',
    headers: { origin, 'access-control-request-method': 'POST', ...more },
  });
  const isOne = (request: CorsRequest): boolean => isPreflight(request, cors.answerTo(request));

  test('is a question of a browser, for a page of a configured origin, on a route for pages', () => {
    expect(isOne(asking())).toBe(true);
    expect(isOne(asking({}, 'POST'))).toBe(false);
    expect(isOne(asking({ origin: 'https://evil.example' }))).toBe(false);
    expect(isOne({ method: 'OPTIONS', url: '/v1/models', headers: { origin } })).toBe(false);
    expect(isOne({ ...asking(), url: '/key/generate' })).toBe(false);
  });

  test.each([
    ['OpenAI’s for Node', 'authorization, content-type, x-stainless-lang, x-stainless-retry-count, user-agent'],
    ['Anthropic’s', 'x-api-key, anthropic-version, anthropic-dangerous-direct-browser-access'],
    ['the AWS SDK’s', 'amz-sdk-invocation-id, amz-sdk-request, x-amz-user-agent, x-amzn-bedrock-trace'],
    ['our own', 'x-session-id, x-enable-history, x-gateway-prompt-variant, api-key'],
  ])('lets %s headers through', (_whose, names) => {
    const headers = preflightHeaders(asking({ 'access-control-request-headers': names }));
    expect(headers).toEqual({
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': names,
      'access-control-max-age': '7200',
    });
  });

  test('echoes no other name', () => {
    const names = 'Authorization,x-forwarded-for,cookie,x-gateway-a\u00e4,x-amz-,,authorization-x, Content-Type';
    expect(preflightHeaders(asking({ 'access-control-request-headers': names }))['access-control-allow-headers']).toBe(
      'authorization, content-type',
    );
    expect(preflightHeaders(asking())).not.toHaveProperty('access-control-allow-headers');
    expect(preflightHeaders(asking({ 'access-control-request-headers': 'x-evil' }))).not.toHaveProperty(
      'access-control-allow-headers',
    );
  });
});
