import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { LambdaTasks } from './lambda-tasks.ts';
import { anyCredentials } from './test-support/local-dynamodb.ts';

const signal = new AbortController().signal;
let close: (() => void) | undefined;
afterEach(() => close?.());

/** A Lambda that answers each request in the same way. */
async function lambdaThat(answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void) {
  const server = createServer((request, response) => {
    void buffer(request).then((body) => answer(request, response, body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tasks = new LambdaTasks({
    credentials: anyCredentials,
    region: 'us-east-1',
    endpoint,
    functionName: 'chat-history',
  });
  close = () => {
    tasks.close();
    server.closeAllConnections();
    server.close();
  };
  return tasks;
}

describe('LambdaTasks', () => {
  it('hands a task to the function, which does it later', async () => {
    const seen: unknown[] = [];
    const tasks = await lambdaThat((request, response, body) => {
      seen.push([request.method, request.url, request.headers['x-amz-invocation-type'], JSON.parse(body.toString())]);
      response.writeHead(202).end();
    });
    await tasks.start({ task: 'export', id: 'ü' }, signal);
    const path = '/2015-03-31/functions/chat-history/invocations';
    expect(seen).toEqual([['POST', path, 'Event', { task: 'export', id: 'ü' }]]);
  });

  it('tries again where Lambda throttles', async () => {
    let calls = 0;
    const tasks = await lambdaThat((_request, response) => {
      calls += 1;
      response.writeHead(calls === 1 ? 429 : 202, { 'x-amzn-errortype': 'TooManyRequestsException' }).end('{}');
    });
    await tasks.start({}, signal);
    expect(calls).toBe(2);
  });

  it.each([
    ['refuses', 403],
    ['has no such function', 404],
    ['answers with something else', 200],
  ])('rejects where Lambda %s', async (_what, status) => {
    const tasks = await lambdaThat((_request, response) => response.writeHead(status).end('{}'));
    await expect(tasks.start({}, signal)).rejects.toThrow();
  });

  it('rejects for a caller who leaves', async () => {
    const tasks = await lambdaThat(() => {});
    const leaving = new AbortController();
    const started = tasks.start({}, leaving.signal).then(
      () => 'done',
      () => 'rejected',
    );
    leaving.abort();
    expect(await started).toBe('rejected');
  });
});
