import { connect } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ask, chat } from './support/litellm.ts';
import { type OwnGateway, startOwnGateway, untilReadiness } from './support/own-gateway.ts';
import { says } from './support/prompts.ts';
import { requestsWith, uniqueWord } from './support/simulator.ts';
import { ALIAS } from './support/world.ts';

const callsIn = (log: string): string[] => log.split('\n').filter((line) => line.includes('"msg":"call"'));

const origin = 'https://chat.example.com';
const preflight = {
  origin,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization,content-type,x-stainless-lang,x-session-id',
};

let gateway: OwnGateway;
beforeAll(async () => {
  gateway = await startOwnGateway({ CORS_ALLOWED_ORIGINS: `${origin}, http://localhost:5173` });
  await untilReadiness(gateway.http, 200);
});
afterAll(() => gateway.kill());

const cors = (headers: Headers): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary'));

describe('a page of a configured origin', () => {
  it.each([
    ['/v1/chat/completions', 'x-request-id'],
    ['/bedrock/model/nova-lite/converse-stream', 'x-request-id'],
    ['/v1/models', 'x-request-id'],
    ['/v1/messages', 'x-request-id, request-id'],
  ])('may ask before it calls %s, without a key, and nothing is called for that', async (path, readable) => {
    const loggedBefore = callsIn(gateway.log());
    const reply = await ask(path, { http: gateway.http, method: 'OPTIONS', key: null, headers: preflight });
    expect([reply.status, reply.text, cors(reply.headers)]).toEqual([
      204,
      '',
      {
        vary: 'origin',
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'authorization, content-type, x-stainless-lang, x-session-id',
        'access-control-expose-headers': readable,
        'access-control-max-age': '7200',
      },
    ]);
    expect(reply.headers.has('content-length')).toBe(false);
    // Every call that reaches the pipeline has a line in the log.
    expect(callsIn(gateway.log())).toEqual(loggedBefore);
  });

  it.each([
    ['an answer', '/v1/chat/completions', { body: chat(ALIAS, 'Hello.') }, 200],
    ['a stream', '/v1/chat/completions', { body: { ...chat(ALIAS, 'Hello.'), stream: true } }, 200],
    ['an answer of Converse', '/bedrock/model/nova-lite/converse', { body: says('Hello.') }, 200],
    ['a stream of Converse', '/bedrock/model/nova-lite/converse-stream', { body: says('Hello.') }, 200],
    ['the models', '/v1/models', {}, 200],
    ['a refusal', '/v1/chat/completions', { body: chat(ALIAS, 'Hello.'), key: 'sk-nobody' }, 401],
    ['a request that cannot be read', '/v1/chat/completions', { body: '{' }, 400],
    ['an error of the model', '/v1/chat/completions', { body: chat(ALIAS, '[[sim error=ThrottlingException]]') }, 429],
    ['a method that is not there', '/v1/chat/completions', { method: 'DELETE' }, 405],
  ])('may read %s', async (_what, path, asking, status) => {
    const reply = await ask(path, { http: gateway.http, ...asking, headers: { origin } });
    expect([reply.status, cors(reply.headers)]).toEqual([
      status,
      {
        vary: 'origin',
        'access-control-allow-origin': origin,
        'access-control-expose-headers': expect.stringMatching(/(?:^|, )x-request-id(?:,|$)/),
      },
    ]);
  });

  it('may read when to try again', async () => {
    const reply = await ask('/v1/chat/completions', {
      http: gateway.http,
      body: chat(ALIAS, '[[sim error=ThrottlingException]]'),
      headers: { origin },
    });
    expect(reply.headers.get('access-control-expose-headers')).toContain('retry-after');
  });

  it('asks over HTTP/2 as well', async () => {
    const session = connect(gateway.http);
    const stream = session.request({ ':method': 'OPTIONS', ':path': '/v1/chat/completions', ...preflight });
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      stream.once('response', resolve).once('error', reject);
    });
    session.close();
    expect(headers).toMatchObject({ ':status': 204, 'access-control-allow-origin': origin });
  });

  it('gets nothing of management', async () => {
    for (const [path, method] of [
      ['/key/generate', 'OPTIONS'],
      ['/ui/', 'GET'],
      ['/health/readiness', 'GET'],
      ['/model/new', 'OPTIONS'],
    ] as const) {
      const reply = await ask(path, { http: gateway.http, method, key: null, headers: preflight });
      expect([path, cors(reply.headers)]).toEqual([path, {}]);
      expect(reply.status).not.toBe(204);
    }
  });
});

describe('a page of another origin', () => {
  it.each(['https://evil.example', 'null', 'https://chat.example.com.evil.example'])(
    'gets nothing: %s',
    async (other) => {
      const asked = await ask('/v1/chat/completions', {
        http: gateway.http,
        method: 'OPTIONS',
        key: null,
        headers: { ...preflight, origin: other },
      });
      expect([asked.status, cors(asked.headers)]).toEqual([405, { vary: 'origin' }]);
      const word = uniqueWord();
      const called = await ask('/v1/chat/completions', {
        http: gateway.http,
        body: chat(ALIAS, word),
        headers: { origin: other },
      });
      // Keeping a page from sending is the browser's part: this is a client like any other.
      expect([called.status, cors(called.headers)]).toEqual([200, { vary: 'origin' }]);
      expect(await requestsWith(word)).toHaveLength(1);
    },
  );
});

describe('a gateway without a list', () => {
  it('says nothing to browsers', async () => {
    const asked = await ask('/v1/chat/completions', { method: 'OPTIONS', key: null, headers: preflight });
    expect([asked.status, cors(asked.headers)]).toEqual([405, {}]);
    const called = await ask('/v1/models', { headers: { origin } });
    expect([called.status, cors(called.headers)]).toEqual([200, {}]);
  });

  it.each(['*', 'https://chat.example.com/'])('does not start with %s', async (text) => {
    await expect(startOwnGateway({ CORS_ALLOWED_ORIGINS: text })).rejects.toThrow('CORS_ALLOWED_ORIGINS');
  });
});
