import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask, chat, generateKey } from '../support/litellm.ts';
import { type OwnGateway, startOwnGateway } from '../support/own-gateway.ts';
import { says } from '../support/prompts.ts';
import { exchange, post } from '../support/raw-http.ts';
import { uniqueWord } from '../support/simulator.ts';
import { litellmWorld, world } from '../support/world.ts';
import { type Echo, startEcho } from './support/echo.ts';

const skip = world.litellm === undefined;

/** Where LiteLLM looks for a key, in the words of a request that has one there. */
const otherPlaces: readonly (readonly [place: string, header: (key: string) => Record<string, string>])[] = [
  ['x-litellm-api-key', (key) => ({ 'x-litellm-api-key': key })],
  ['x-litellm-api-key, as a bearer', (key) => ({ 'x-litellm-api-key': `Bearer ${key}` })],
  ['x-api-key', (key) => ({ 'x-api-key': key })],
  ['api-key', (key) => ({ 'api-key': key })],
  ['x-goog-api-key', (key) => ({ 'x-goog-api-key': key })],
  ['ocp-apim-subscription-key', (key) => ({ 'ocp-apim-subscription-key': key })],
  ['litellm_user_api_key', (key) => ({ litellm_user_api_key: key })],
  ['proxy-authorization', (key) => ({ 'proxy-authorization': `Bearer ${key}` })],
  ['cookie', (key) => ({ cookie: `token=${key}` })],
];

/** Calls of LiteLLM's models, by each way that leads there. */
const ways: readonly (readonly [path: string, body: () => object])[] = [
  ['/v1/chat/completions', () => chat('gpt-4o-mini', 'Hello.')],
  ['/bedrock/model/gpt-4o-mini/converse', () => says('Hello.')],
  ['/bedrock/model/gpt-4o-mini/converse-stream', () => says('Hello.')],
  ['/v1/embeddings', () => ({ model: 'text-embedding-3-small', input: 'Hello.' })],
  ['/v1/messages', () => ({ ...chat('gpt-4o-mini', 'Hello.'), max_tokens: 9 })],
  ['/v1beta/models/gpt-4o-mini:generateContent', () => ({ contents: [{ role: 'user', parts: [{ text: 'Hello.' }] }] })],
];

describe.skipIf(skip).each(ways)('of two keys the one counts that was checked: POST %s', (path, body) => {
  it.each(otherPlaces)('and not that in %s', async (_place, header) => {
    for (const other of [world.keys.good, world.masterKey]) {
      const headers = header(other);
      expect((await ask(path, { key: world.keys.novaOnly, body: body(), headers })).status).toBe(403);
      expect([401, 403]).toContain((await ask(path, { key: world.keys.blocked, body: body(), headers })).status);
    }
    // A second one that is worth nothing spoils nothing.
    const headers = header(world.keys.blocked);
    expect((await ask(path, { body: body(), headers })).status).toBe(200);
  });

  it('and not that in the query', async () => {
    const inQuery = `${path}?key=${world.keys.good}`;
    expect([400, 403]).toContain((await ask(inQuery, { key: world.keys.novaOnly, body: body() })).status);
    expect([400, 401, 403]).toContain((await ask(inQuery, { key: null, body: body() })).status);
  });

  it('and not a second header of the same name', async () => {
    const headers = [`Authorization: Bearer ${world.keys.good}`, 'Connection: close'];
    const { statuses } = await exchange(world.http, post(path, world.keys.novaOnly, JSON.stringify(body()), headers));
    expect(statuses).toEqual([403]);
  });
});

describe('what LiteLLM gets of a request', () => {
  let echo: Echo;
  let gateway: OwnGateway;
  beforeAll(async () => {
    echo = await startEcho();
    gateway = await startOwnGateway({ LITELLM_URL: echo.url });
    const isServed = async () =>
      expect((await ask('/v1/moderations', { http: gateway.http, body: {} })).status).toBe(200);
    await vi.waitFor(isServed, { timeout: 10_000, interval: 100 });
  });
  afterAll(() => {
    gateway.kill();
    echo.close();
  });
  /** What came of the request with this target. */
  const received = (target: string) => echo.received.findLast((each) => each.target === target);

  const everyKey = Object.assign({}, ...otherPlaces.map(([, header]) => header('sk-other'))) as Record<string, string>;
  const ofTheNetwork = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-port': '1',
    'x-forwarded-prefix': '/evil',
    forwarded: 'host=evil.example',
    'x-real-ip': '203.0.113.1',
    'x-drain-token': 'x',
  };

  it('of a call of a model is one key, its own host, and nothing that chooses', async () => {
    const target = `/v1/moderations?${uniqueWord()}=`;
    const headers = {
      ...everyKey,
      ...ofTheNetwork,
      'x-litellm-model': 'dear',
      'x-litellm-num-retries': '9',
      'x-litellm-disable-callbacks': 'all',
      'x-litellm-tags': 'mine',
      'x-mcp-auth': 'x',
      'openai-organization': 'org-evil',
      'x-of-the-caller': 'kept',
    };
    await ask(target, { http: gateway.http, body: { model: 'm', input: 'x' }, headers });
    const got = received(target)?.headers ?? {};
    expect(Object.values(got).filter((value) => String(value).includes('sk-'))).toEqual([`Bearer ${world.keys.good}`]);
    expect(got).toMatchObject({
      authorization: `Bearer ${world.keys.good}`,
      host: new URL(echo.url).host,
      'x-litellm-tags': 'mine',
      'x-of-the-caller': 'kept',
      'x-forwarded-proto': 'http',
    });
    for (const name of [
      ...Object.keys(ofTheNetwork),
      'x-litellm-model',
      'x-litellm-num-retries',
      'x-litellm-disable-callbacks',
      'x-mcp-auth',
      'openai-organization',
    ]) {
      expect(got).not.toHaveProperty(name);
    }
  });

  it('of management is what the caller sent, but what is of the network', async () => {
    const target = `/key/info?key=${uniqueWord()}`;
    await ask(target, { http: gateway.http, headers: { ...ofTheNetwork, cookie: 'token=x' } });
    const got = received(target)?.headers ?? {};
    expect(got).toMatchObject({
      authorization: `Bearer ${world.keys.good}`,
      cookie: 'token=x',
      host: new URL(echo.url).host,
    });
    for (const name of Object.keys(ofTheNetwork)) expect(got).not.toHaveProperty(name);
  });

  it('has no header of the connection, nor one that the connection names', async () => {
    const target = `/key/info?key=${uniqueWord()}`;
    const lines = [
      'Connection: close, x-private, x-litellm-api-key',
      'X-Private: 1',
      'x-litellm-api-key: sk-x',
      'TE: trailers',
      'Upgrade: h2c',
      'Keep-Alive: 9',
      'Proxy-Authorization: x',
      'X-Kept: 1',
    ];
    await exchange(gateway.http, `GET ${target} HTTP/1.1\r\nHost: evil.example\r\n${lines.join('\r\n')}\r\n\r\n`);
    const got = received(target)?.headers ?? {};
    expect(got).toMatchObject({ 'x-kept': '1', host: new URL(echo.url).host });
    for (const name of ['x-private', 'x-litellm-api-key', 'te', 'upgrade', 'keep-alive', 'proxy-authorization']) {
      expect(got).not.toHaveProperty(name);
    }
  });

  it('is the key that was checked, though the connection names its header', async () => {
    const target = `/v1/moderations?${uniqueWord()}=`;
    const lines = ['Connection: close, authorization'];
    const { statuses } = await exchange(gateway.http, post(target, world.keys.good, '{}', lines));
    expect([statuses, received(target)?.headers.authorization]).toEqual([[200], `Bearer ${world.keys.good}`]);
  });

  it.each(['/v1/moderations', '/key/info', '/v1/files'])(
    'is answered without what is not the caller’s: %s',
    async (path) => {
      const { status, headers } = await ask(path, { http: gateway.http, headers: { origin: 'https://evil.example' } });
      expect(status).toBe(200);
      const names = [...headers.keys()];
      expect(names.filter((name) => /^(?:access-control-|llm_provider-|x-of-this-connection)/.test(name))).toEqual([]);
      // Only LiteLLM's own pages live by cookies.
      expect(headers.has('set-cookie')).toBe(path === '/key/info');
    },
  );

  it('never is what a refused request carries', async () => {
    const before = echo.received.length;
    await ask('/v1/moderations', { http: gateway.http, key: 'sk-unknown', body: {} });
    await ask('/config/update', { http: gateway.http, body: {} });
    await ask('/v1/moderations', { http: gateway.http, body: { api_base: 'x' } });
    await ask('/v1/moderations', { http: gateway.http, body: {}, headers: { 'content-encoding': 'gzip' } });
    expect(echo.received.length).toBe(before);
  });
});

describe.skipIf(skip)('an answer of LiteLLM’s', () => {
  it.each([
    ['/ui', '/ui/'],
    ['/key/info/', '/key/info'],
    ['/v1/embeddings/', '/v1/embeddings'],
  ])('redirects to a path, whatever host the caller names: %s', async (path, location) => {
    const head = `GET ${path} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n`;
    const { text } = await exchange(
      world.http,
      `${head}Authorization: Bearer ${world.keys.good}\r\nConnection: close\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 307 /);
    expect(/\r\nlocation: (.*)\r\n/i.exec(text)?.[1]).toBe(location);
    expect(text).not.toMatch(/evil\.example|127\.0\.0\.1/);
  });

  it.each([
    ['of a model', 'POST', '/v1/chat/completions', chat('gpt-4o-mini', 'Hello.')],
    ['of a model, streamed', 'POST', '/v1/chat/completions', { ...chat('gpt-4o-mini', 'Hello.'), stream: true }],
    ['of a model that fails', 'POST', '/v1/chat/completions', chat('gpt-4o-mini', '[[sim error=ValidationException]]')],
    ['of another route', 'POST', '/v1/embeddings', { model: 'text-embedding-3-small', input: 'Hello.' }],
    ['of Converse', 'POST', '/bedrock/model/gpt-4o-mini/converse', says('Hello.')],
    ['of management', 'GET', '/key/info', undefined],
    ['of a page', 'GET', '/ui/', undefined],
    ['of a refusal', 'GET', '/user/list', undefined],
    ['before a call of another site', 'OPTIONS', '/v1/embeddings', undefined],
    ['before a call of another site, to management', 'OPTIONS', '/key/generate', undefined],
  ])('lends nothing to other sites and tells nothing of the provider: %s', async (_what, method, path, body) => {
    const headers = {
      origin: 'https://evil.example',
      ...(method === 'OPTIONS'
        ? { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }
        : {}),
    };
    const reply = await ask(path, { method, headers, ...(body === undefined ? {} : { body }) });
    const names = [...reply.headers.keys()];
    expect(names.filter((name) => /^(?:access-control-|llm_provider-|x-litellm-model-api-base)/.test(name))).toEqual(
      [],
    );
    expect(reply.headers.has('set-cookie')).toBe(false);
  });

  it('is not what a logged-in administrator’s cookie gets for other keys', async () => {
    const { username, password } = litellmWorld();
    const login = await ask('/v2/login', { key: null, body: { username, password } });
    const [cookie = ''] = login.headers.getSetCookie().map((each) => each.split(';')[0]);
    expect(cookie).toMatch(/^token=ey/);
    for (const path of ['/v1/embeddings', '/user/list', '/config/list']) {
      const body = path === '/v1/embeddings' ? { body: { model: 'text-embedding-3-small', input: 'x' } } : {};
      const refused = await ask(path, { key: world.keys.novaOnly, headers: { cookie }, ...body });
      expect([401, 403]).toContain(refused.status);
      expect((await ask(path, { key: null, headers: { cookie }, ...body })).status).toBe(401);
    }
  });
});

describe.skipIf(skip)('a key', () => {
  it('is in no log and in no answer', async () => {
    const key = await generateKey({ models: ['nova-lite'] });
    const word = `sk-${randomBytes(12).toString('hex')}`;
    for (const path of ['/v1/embeddings', '/config/update', '/key/info', `/key/info?key=${word}`, '/v1/nothing']) {
      for (const used of [key, word]) {
        const { text } = await ask(path, { key: used, method: 'POST', body: { model: 'gpt-4o-mini', input: 'x' } });
        expect(text).not.toContain(used);
      }
    }
    const log = await readFile(world.gatewayLog, 'utf8');
    for (const used of [key, word]) expect(log).not.toContain(used);
  });
});
