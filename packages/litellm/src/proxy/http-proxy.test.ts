import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayError } from '@genai-gateway/core';
import type { HeaderBag, LitellmRequest } from '@genai-gateway/pipeline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpLitellmProxy } from './http-proxy.ts';
import type { LitellmState } from './watch.ts';

let server: Server;
let proxy: HttpLitellmProxy;
let state: LitellmState;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let seen: { request: IncomingMessage; body: string }[];

beforeEach(async () => {
  seen = [];
  state = { kind: 'ready' };
  answer = (_request, response) => response.end('ok');
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push({ request, body });
      answer(request, response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  proxy = proxyOf(`http://127.0.0.1:${port()}/base/`);
});
afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  server.close();
});

const port = (): number => (server.address() as AddressInfo).port;

function proxyOf(url: string): HttpLitellmProxy {
  const timeouts = { connectTimeoutMs: 1_000, firstByteTimeoutMs: 300, silenceTimeoutMs: 300 };
  return new HttpLitellmProxy({ url, ...timeouts, watch: { state: () => state } });
}

interface Outcome {
  status: number;
  headers: HeaderBag;
  body: string;
  error: GatewayError | undefined;
}

function send(request: Partial<LitellmRequest> = {}, signal = new AbortController().signal): Promise<Outcome> {
  const outcome: Outcome = { status: 0, headers: {}, body: '', error: undefined };
  return new Promise((resolve) => {
    proxy.send(
      {
        method: 'POST',
        target: '/key/info?key=a%2Bb',
        headers: { authorization: 'Bearer sk-1' },
        body: undefined,
        ...request,
      },
      {
        onHead: (status, headers) => Object.assign(outcome, { status, headers }),
        onBytes: (chunk) => {
          outcome.body += chunk.toString();
        },
        onEnd: () => resolve(outcome),
        onError: (error) => resolve({ ...outcome, error }),
      },
      signal,
    );
  });
}

describe('a request to LiteLLM', () => {
  test('keeps its path and query to the letter, below the base URL, and gets LiteLLM’s own Host', async () => {
    expect(await send({ body: 'x' })).toMatchObject({ status: 200, body: 'ok' });
    const [got] = seen;
    expect(got?.request.url).toBe('/base/key/info?key=a%2Bb');
    expect(got?.request.headers).toMatchObject({ host: `127.0.0.1:${port()}`, authorization: 'Bearer sk-1' });
    expect(got?.body).toBe('x');
  });

  test('streams an upload', async () => {
    async function* parts(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('one ');
      yield Buffer.from('two');
    }
    await send({ body: parts() });
    expect(seen[0]?.body).toBe('one two');
  });

  test('an upload that fails keeps the reason', async () => {
    async function* parts(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('one ');
      throw new GatewayError('body-too-large', 'Too large.');
    }
    expect((await send({ body: parts() })).error?.code).toBe('body-too-large');
  });

  test.each(['http', 'https'])('a redirect to LiteLLM’s own address by %s becomes one to its path', async (scheme) => {
    answer = (_request, response) => {
      response.writeHead(307, { location: `${scheme}://127.0.0.1:${port()}/ui/?a=b#c` }).end();
    };
    expect((await send()).headers['location']).toBe('/ui/?a=b#c');
  });

  test('a redirect to another place stays', async () => {
    answer = (_request, response) => response.writeHead(302, { location: 'https://login.example/authorize' }).end();
    expect((await send()).headers['location']).toBe('https://login.example/authorize');
  });
});

describe('when LiteLLM fails', () => {
  test('nobody listens: unavailable, with a time to come back', async () => {
    const nobody = proxyOf('http://127.0.0.1:9');
    proxy = nobody;
    const { error } = await send();
    expect([error?.code, error?.retryAfterSeconds]).toEqual(['litellm-unavailable', 5]);
  });

  test('it is silent: a timeout', async () => {
    answer = () => undefined;
    expect((await send()).error?.code).toBe('upstream-timeout');
  });

  test('it breaks off: cut', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    expect(await send()).toMatchObject({ body: 'half', error: { code: 'upstream-cut' } });
  });

  test('what may have been done is not asked for twice', async () => {
    answer = (_request, response) => response.destroy();
    expect((await send()).error?.code).toBe('litellm-unavailable');
    expect(seen).toHaveLength(1);
  });

  test('what only reads is', async () => {
    answer = (_request, response) => (seen.length === 1 ? response.destroy() : response.end('second'));
    expect(await send({ method: 'GET' })).toMatchObject({ body: 'second' });
  });

  test.each([
    ['starting', { kind: 'starting' }, /still starting/],
    ['another version', { kind: 'wrong-version', message: 'LiteLLM 1.0.0 and not 1.106.2' }, /1\.0\.0 and not/],
  ] as const)('%s: it gets no calls', async (_name, now, message) => {
    state = now;
    const { error } = await send();
    expect(error?.code).toBe('litellm-unavailable');
    expect(error?.message).toMatch(message);
    expect(seen).toEqual([]);
  });
});
