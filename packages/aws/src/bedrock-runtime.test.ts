import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { GatewayError } from '@genai-gateway/core';
import type { UpstreamRequest } from '@genai-gateway/pipeline';
import { afterEach, expect, test } from 'vitest';
import { UndiciBedrockRuntime } from './bedrock-runtime.ts';
import { CredentialSource } from './credentials.ts';

/** What a call was told, in order. */
interface Heard {
  readonly events: string[];
  readonly ended: Promise<GatewayError | undefined>;
}

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

async function upstream(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server: Server = createServer(handler);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function runtime(endpoint: string, change: { firstByteTimeoutMs?: number; silenceTimeoutMs?: number } = {}) {
  const made = new UndiciBedrockRuntime({
    credentials: new CredentialSource(async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }), Date.now),
    now: Date.now,
    endpoint,
    connectTimeoutMs: 1_000,
    firstByteTimeoutMs: 10_000,
    silenceTimeoutMs: 10_000,
    ...change,
  });
  open.push(() => made.close());
  return made;
}

const converse: UpstreamRequest = {
  target: {
    kind: 'model',
    operation: 'converse',
    deployment: { provider: 'bedrock', modelId: 'us.amazon.nova-lite-v1:0', region: 'us-east-1', endpoint: undefined },
  },
  headers: { 'content-type': 'application/json' },
  body: '{"messages":[]}',
};

function call(bedrock: UndiciBedrockRuntime, signal = new AbortController().signal, request = converse): Heard {
  const events: string[] = [];
  const ended = new Promise<GatewayError | undefined>((resolve) => {
    bedrock.send(
      request,
      {
        onHead: (status) => events.push(`head ${status}`),
        onBytes: (chunk) => events.push(`bytes ${chunk.toString()}`),
        onEnd: () => {
          events.push('end');
          resolve(undefined);
        },
        onError: (error) => {
          events.push(`error ${error.code}`);
          resolve(error);
        },
      },
      signal,
    );
  });
  return { events, ended };
}

test('the path holds the encoded model id behind the prefix of the endpoint, and the body goes as it is', async () => {
  let seen = '';
  const url = await upstream((request, response) => {
    request.on('data', (chunk) => {
      seen = `${request.method} ${request.url} ${chunk} ${request.headers['authorization']?.slice(0, 32)}`;
    });
    request.on('end', () => response.end('ok'));
  });
  const heard = call(runtime(`${url}/prefix/`));
  await heard.ended;
  expect(heard.events).toEqual(['head 200', 'bytes ok', 'end']);
  expect(seen).toBe(
    'POST /prefix/model/us.amazon.nova-lite-v1%3A0/converse {"messages":[]} AWS4-HMAC-SHA256 Credential=AKID',
  );
});

test('a connection that breaks before an answer is tried once more', async () => {
  let connections = 0;
  const url = await upstream((request, response) => {
    connections += 1;
    if (connections === 1) request.socket.destroy();
    else response.end('second');
  });
  const heard = call(runtime(url));
  await heard.ended;
  expect(heard.events).toEqual(['head 200', 'bytes second', 'end']);
});

test('it is not tried a third time', async () => {
  let connections = 0;
  const url = await upstream((request) => {
    connections += 1;
    request.socket.destroy();
  });
  const heard = call(runtime(url));
  await heard.ended;
  expect(heard.events).toEqual(['error upstream-unavailable']);
  expect(connections).toBe(2);
});

test('an answer with an error status is not tried again', async () => {
  let requests = 0;
  const url = await upstream((_request, response) => {
    requests += 1;
    response.writeHead(503).end('busy');
  });
  const heard = call(runtime(url));
  await heard.ended;
  expect(heard.events).toEqual(['head 503', 'bytes busy', 'end']);
  expect(requests).toBe(1);
});

test('nobody listening is upstream-unavailable', async () => {
  const heard = call(runtime('http://127.0.0.1:1'));
  await heard.ended;
  expect(heard.events).toEqual(['error upstream-unavailable']);
});

test('a connection that breaks within an answer is upstream-cut, and what came was delivered', async () => {
  const url = await upstream((request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setTimeout(() => request.socket.destroy(), 20);
  });
  const heard = call(runtime(url));
  await heard.ended;
  expect(heard.events).toEqual(['head 200', 'bytes half', 'error upstream-cut']);
});

test('an upstream that never answers is upstream-timeout', async () => {
  const url = await upstream(() => {});
  const heard = call(runtime(url, { firstByteTimeoutMs: 50 }));
  await heard.ended;
  expect(heard.events).toEqual(['error upstream-timeout']);
});

test('an upstream that falls silent within an answer is upstream-timeout', async () => {
  const url = await upstream((_request, response) => {
    response.writeHead(200);
    response.write('half');
  });
  const heard = call(runtime(url, { silenceTimeoutMs: 50 }));
  await heard.ended;
  expect(heard.events).toEqual(['head 200', 'bytes half', 'error upstream-timeout']);
});

test.each([
  ['before the answer', false],
  ['within the answer', true],
])('aborting %s closes the connection to the upstream', async (_name, answers) => {
  let closed: () => void = () => {};
  const whenClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const abort = new AbortController();
  const url = await upstream((request, response) => {
    request.socket.on('close', closed);
    if (answers) {
      response.writeHead(200);
      response.write('half');
    }
    setTimeout(() => abort.abort(), 30);
  });
  const heard = call(runtime(url), abort.signal);
  await heard.ended;
  expect(heard.events.at(-1)).toBe('error client-gone');
  await whenClosed;
});

test('a call that is aborted before it begins is not sent', async () => {
  let requests = 0;
  const url = await upstream((_request, response) => {
    requests += 1;
    response.end();
  });
  const heard = call(runtime(url), AbortSignal.abort());
  await heard.ended;
  expect(heard.events).toEqual(['error client-gone']);
  expect(requests).toBe(0);
});

test('a deployment’s own endpoint wins over the configured one', async () => {
  const url = await upstream((_request, response) => response.end('own'));
  const request: UpstreamRequest = {
    ...converse,
    target: {
      kind: 'model',
      operation: 'converse',
      deployment: { provider: 'bedrock', modelId: 'm.x', region: 'us-east-1', endpoint: url },
    },
  };
  const heard = call(runtime('http://127.0.0.1:1'), undefined, request);
  await heard.ended;
  expect(heard.events).toEqual(['head 200', 'bytes own', 'end']);
});
