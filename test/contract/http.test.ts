import { connect } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { exchange, post, RawConnection } from './support/raw-http.ts';
import { requestsWith, uniqueWord } from './support/simulator.ts';
import { ALIAS, world } from './support/world.ts';

const { http } = world;
const { good } = world.keys;
const chatPath = '/v1/chat/completions';
const conversePath = `/bedrock/model/${ALIAS}/converse`;
const chatBody = (text: string) => JSON.stringify({ model: ALIAS, messages: [{ role: 'user', content: text }] });
const converseBody = (text: string) => JSON.stringify({ messages: [{ role: 'user', content: [{ text }] }] });

const authorized = { authorization: `Bearer ${good}`, 'content-type': 'application/json' };
const send = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(http + path, { method: 'POST', headers: { ...authorized, ...headers }, body });

describe('a request that two readers could understand differently', () => {
  const smuggled = (word: string) => post(chatPath, good, chatBody(word));
  const head = `POST ${chatPath} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${good}\r\nContent-Type: application/json\r\n`;

  it.each([
    [
      'Content-Length and Transfer-Encoding',
      (inner: string) =>
        `${head}Content-Length: ${inner.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
    ],
    [
      'Transfer-Encoding and Content-Length',
      (inner: string) => `${head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${inner}`,
    ],
    [
      'two lengths',
      (inner: string) => `${head}Content-Length: 2\r\nContent-Length: ${inner.length + 2}\r\n\r\n{}${inner}`,
    ],
    ['two lengths in one header', (inner: string) => `${head}Content-Length: 2, ${inner.length + 2}\r\n\r\n{}${inner}`],
    ['a length with a sign', (inner: string) => `${head}Content-Length: +2\r\n\r\n{}${inner}`],
    ['an unknown transfer encoding', (inner: string) => `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inner}`],
    [
      'chunked before another transfer encoding',
      (inner: string) => `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${inner}`,
    ],
    ['a blank before the colon', (inner: string) => `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`],
    [
      'a folded header',
      (inner: string) => `${head}Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${inner}`,
    ],
    [
      'a bare line feed between headers',
      (inner: string) => `${head.replace('Host: localhost\r\n', 'Host: localhost\n')}Content-Length: 0\r\n\r\n${inner}`,
    ],
  ])('is refused and its connection closed: %s', async (_what, attack) => {
    const word = uniqueWord();
    const { statuses, closed } = await exchange(http, attack(smuggled(word)));
    expect(statuses).toEqual([400]);
    expect(closed).toBe(true);
    expect(await requestsWith(word)).toEqual([]);
  });

  it('is none when requests follow each other on one connection', async () => {
    const [first, second] = [uniqueWord(), uniqueWord()];
    const connection = new RawConnection(http);
    connection.write(smuggled(first) + smuggled(second));
    const { statuses } = await connection.until(second);
    expect(statuses).toEqual([200, 200]);
    connection.socket.destroy();
  });
});

describe('limits', () => {
  it('431 for headers over 16 KiB', async () => {
    const big = `X-Filler: ${'a'.repeat(17 * 1024)}`;
    const { statuses, closed } = await exchange(http, post(chatPath, good, chatBody('Hello.'), [big]));
    expect(statuses).toEqual([431]);
    expect(closed).toBe(true);
  });

  it.each([
    ['takes', 8, 200],
    ['refuses', 17, 431],
  ])('%s headers of %i KiB over HTTP/2', async (_name, kib, expected) => {
    const session = connect(http);
    const stream = session.request({
      ':path': '/v1/models',
      authorization: `Bearer ${good}`,
      'x-filler': 'a'.repeat(kib * 1024),
    });
    const status = await new Promise((resolve, reject) => {
      stream.on('response', (headers) => resolve(headers[':status']));
      stream.on('error', reject);
    });
    session.destroy();
    expect(status).toBe(expected);
  });

  it.each([
    ['by its length', (bytes: number) => [`Content-Length: ${bytes}\r\n\r\n`, '', '']],
    [
      'by its bytes',
      (bytes: number) => [`Transfer-Encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n`, '\r\n0\r\n', '\r\n'],
    ],
  ])('413 for a body over 32 MiB, %s, which a client that sends first still reads', async (_what, framing) => {
    const bytes = 32 * 1024 * 1024 + 1;
    for (const path of [chatPath, conversePath]) {
      const [start = '', ...end] = framing(bytes);
      const connection = new RawConnection(http);
      connection.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${good}\r\n${start}`);
      // Reads nothing before all is sent, as many clients do.
      connection.socket.pause();
      await connection.written(Buffer.concat([Buffer.alloc(bytes, 'a'), Buffer.from(end.join(''))]));
      connection.socket.resume();
      const { statuses, text, closed } = await connection.untilClosed();
      expect(statuses).toEqual([413]);
      expect(text).toMatch(path === chatPath ? /"code":"request_too_large"/ : /x-amzn-errortype: ValidationException/i);
      expect(closed).toBe(true);
    }
  });

  it('a body of just 32 MiB is read', async () => {
    const frame = converseBody('');
    const reply = await send(conversePath, converseBody('a'.repeat(32 * 1024 * 1024 - frame.length)));
    // What the model thinks of so long a prompt is its own business, but it was asked.
    expect(reply.headers.get('x-amzn-requestid')).not.toBeNull();
    await reply.arrayBuffer();
  });

  it('415 for a compressed body', async () => {
    for (const path of [chatPath, conversePath]) {
      expect((await send(path, 'x', { 'content-encoding': 'gzip' })).status).toBe(415);
    }
    expect((await send(chatPath, chatBody('Hello.'), { 'content-encoding': 'identity' })).status).toBe(200);
  });

  it('400 for a body that is nested 200 deep, and it says so', async () => {
    const deep = `{"model":"${ALIAS}","messages":${'['.repeat(200)}${']'.repeat(200)}}`;
    for (const path of [chatPath, conversePath]) {
      const reply = await send(path, deep);
      expect([reply.status, await reply.text()]).toEqual([400, expect.stringContaining('nested')]);
    }
  });

  it.each(['{ no JSON', '[]', '"text"', 'null', ''])(
    '400 for the body %j, which never gets to the model',
    async (body) => {
      for (const path of [chatPath, conversePath]) {
        const reply = await send(path, body);
        expect([reply.status, await reply.text()]).toEqual([400, expect.stringContaining('JSON')]);
        expect(reply.headers.get('x-amzn-requestid')).toBeNull();
      }
    },
  );
});

describe('paths', () => {
  it.each([
    '//v1/chat/completions',
    '/v1//chat/completions',
    '/v1/../v1/chat/completions',
    '/v1/%2e%2e/health',
    '/v1%2fchat/completions',
    '/v1%5cchat',
    '/v1/./models',
    '/key/..%2fgenerate',
  ])('400 for %s', async (path) => {
    const { statuses } = await exchange(http, post(path, good, chatBody('Hello.'), ['Connection: close']));
    expect(statuses).toEqual([400]);
  });

  it.each(['http://localhost/v1/chat/completions', 'http://169.254.169.254/latest/meta-data', '*', 'localhost:80'])(
    'a target that is no path is refused: %s',
    async (target) => {
      const { statuses, closed } = await exchange(http, post(target, good, chatBody('Hello.'), ['Connection: close']));
      expect(statuses).toEqual([400]);
      expect(closed).toBe(true);
    },
  );

  it('CONNECT and Upgrade lead nowhere', async () => {
    const connect = await exchange(http, 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n', 2_000);
    expect(connect.statuses.every((status) => status >= 400)).toBe(true);
    const upgrade = ['Connection: Upgrade, close', 'Upgrade: websocket'];
    const { statuses } = await exchange(http, post(chatPath, good, chatBody('Hello.'), upgrade), 5_000);
    expect(statuses).toEqual([200]);
  });

  it('404 for an unknown route, in the dialect of its caller', async () => {
    const openai = await send('/v1/nothing', '{}');
    expect(openai.status).toBe(404);
    expect(await openai.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'unknown_url' } });
    const bedrock = await send('/bedrock/model/x/nothing', '{}');
    expect(bedrock.status).toBe(404);
    expect(bedrock.headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
    expect(await bedrock.json()).toEqual({ message: expect.any(String) });
  });

  it('405 for another method', async () => {
    expect((await fetch(http + chatPath, { headers: authorized })).status).toBe(405);
    expect((await fetch(http + conversePath, { method: 'PUT', headers: authorized, body: '{}' })).status).toBe(405);
    expect((await send('/v1/models', '{}')).status).toBe(405);
  });

  it('HEAD gives what GET gives, without its body', async () => {
    const head = await fetch(`${http}/v1/models`, { method: 'HEAD', headers: authorized });
    const get = await fetch(`${http}/v1/models`, { headers: authorized });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, get.headers.get('content-length')]);
    const { text } = await exchange(
      http,
      'HEAD /health/liveliness HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect(text).toMatch(/\r\n\r\n$/);
  });
});

describe('health', () => {
  it.each(['/health/liveliness', '/health/liveness'])('%s needs no key', async (path) => {
    const reply = await fetch(http + path);
    expect([reply.status, await reply.json()]).toEqual([200, { status: 'alive' }]);
  });

  it.each(['/', '/bedrock/health/liveliness'])('%s is well where there is no LiteLLM to be ill', async (path) => {
    const reply = await fetch(http + path);
    expect([reply.status, await reply.json()]).toEqual([200, { status: 'alive', planes: { litellm: 'off' } }]);
  });

  it('readiness tells its state', async () => {
    const reply = await fetch(`${http}/health/readiness`);
    expect([reply.status, await reply.json()]).toEqual([
      200,
      { status: 'ready', planes: { hotPath: 'ready', litellm: 'off' }, inFlight: expect.any(Number) },
    ]);
  });
});

describe('credentials', () => {
  it.each([
    ['Authorization: Bearer', { authorization: `Bearer ${good}` }],
    ['a lower-case scheme', { authorization: `bearer ${good}` }],
    ['x-api-key', { 'x-api-key': good }],
    ['api-key', { 'api-key': good }],
  ])('are taken from %s', async (_what, headers) => {
    for (const [path, body] of [
      [chatPath, chatBody('Hello.')],
      [conversePath, converseBody('Hello.')],
    ] as const) {
      expect((await fetch(http + path, { method: 'POST', headers, body })).status).toBe(200);
    }
  });

  it('never appear in an answer', async () => {
    const secret = 'sk-this-is-somebodys-secret-but-mistyped';
    for (const path of [chatPath, conversePath, '/v1/models', `/v1/${secret}`]) {
      const reply = await send(path, '{}', { authorization: `Bearer ${secret}` });
      const seen = JSON.stringify([...reply.headers]) + (path.includes(secret) ? '' : await reply.text());
      expect(seen).not.toContain(secret);
    }
  });

  it('signed with AWS keys are explained', async () => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=00';
    const reply = await send(conversePath, converseBody('Hello.'), { authorization });
    expect(reply.status).toBe(403);
    expect(await reply.text()).toContain('AWS_BEARER_TOKEN_BEDROCK');
  });
});
