import { createServer, type Server } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Listeners } from '@genai-gateway/gateway';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { functionsBefore } from './front.ts';
import { type FunctionsServer, startFunctionsServer } from './functions-server.ts';

const events: unknown[] = [];
let functions: FunctionsServer;
let front: Server;
let base: string;

beforeAll(async () => {
  functions = await startFunctionsServer(
    async (name) => (name === 'prompts-admin' ? answer : name === 'chat-history' ? fail : undefined),
    () => {},
  );
  const gateway: Listeners = {
    handle: (_request, response) => response.end('the gateway'),
    handleUpgrade: (_request, socket) => socket.destroy(),
  };
  front = createServer(functionsBefore(gateway, functions.url).handle);
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
});

afterAll(async () => {
  front.close();
  front.closeAllConnections();
  await functions.close();
});

async function answer(event: unknown): Promise<unknown> {
  events.push(event);
  const { path, task } = event as { path?: string; task?: string };
  if (task !== undefined) return { done: task };
  const body = path === '/v1/prompts/large' ? 'x'.repeat(1024 * 1024) : JSON.stringify({ path });
  return { statusCode: 201, multiValueHeaders: { 'x-a': ['1', '2'], 'content-type': ['text/plain'] }, body };
}

async function fail(): Promise<never> {
  throw new TypeError('broken');
}

it('hands a function its paths as a load balancer does, and its answer back', async () => {
  const response = await fetch(`${base}/v1/prompts?search=a%20b&search=c&empty`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'keep-alive' },
    body: '{"name":"ä"}',
  });
  expect([response.status, response.headers.get('x-a'), await response.json()]).toEqual([
    201,
    '1, 2',
    { path: '/v1/prompts' },
  ]);
  expect(events.at(-1)).toMatchObject({
    requestContext: { elb: {} },
    httpMethod: 'POST',
    path: '/v1/prompts',
    multiValueQueryStringParameters: { search: ['a%20b', 'c'], empty: [''] },
    multiValueHeaders: {
      'content-type': ['application/json'],
      host: [base.slice('http://'.length)],
      'x-forwarded-proto': ['http'],
    },
    body: '{"name":"ä"}',
    isBase64Encoded: false,
  });
});

it('carries parameters whatever they are called', async () => {
  await fetch(`${base}/v1/prompts?constructor=1&__proto__=2&constructor=3`);
  const { multiValueQueryStringParameters: query } = events.at(-1) as { multiValueQueryStringParameters: object };
  expect(Object.entries(query)).toEqual([
    ['constructor', ['1', '3']],
    ['__proto__', ['2']],
  ]);
});

it('leaves every other path to the gateway', async () => {
  expect(await (await fetch(`${base}/v1/chat/completions`)).text()).toBe('the gateway');
});

it('carries bytes that are no text as base64', async () => {
  await fetch(`${base}/v1/prompts`, {
    method: 'POST',
    body: Buffer.from([0, 255]),
    headers: { 'content-type': 'image/png' },
  });
  expect(events.at(-1)).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
});

it('refuses what a load balancer does not carry', async () => {
  const tooMuch = await fetch(`${base}/v1/prompts`, { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) });
  expect(tooMuch.status).toBe(413);
  expect((await fetch(`${base}/v1/prompts/large`)).status).toBe(502);
  expect((await fetch(`${base}/v1/sessions`)).status).toBe(502);
});

it('serves Invoke of the AWS SDK, waited for or not', async () => {
  const client = new LambdaClient({
    region: 'us-east-1',
    endpoint: functions.url,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const invoke = (name: string, type: 'Event' | 'RequestResponse') =>
    client.send(
      new InvokeCommand({ FunctionName: name, InvocationType: type, Payload: Buffer.from('{"task":"sweep"}') }),
    );
  const waited = await invoke('prompts-admin', 'RequestResponse');
  expect(JSON.parse(waited.Payload?.transformToString() ?? '')).toEqual({ done: 'sweep' });
  expect((await invoke('prompts-admin', 'Event')).StatusCode).toBe(202);
  const failed = await invoke('chat-history', 'RequestResponse');
  expect([failed.FunctionError, failed.Payload?.transformToString()]).toEqual([
    'Unhandled',
    '{"errorType":"TypeError","errorMessage":"broken"}',
  ]);
  await expect(invoke('no-function', 'Event')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  client.destroy();
});

it('takes HTTP/2 too', async () => {
  const server = createHttp2Server();
  server.on('request', functionsBefore({ handle: () => {}, handleUpgrade: () => {} }, functions.url).handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const stream = session.request({ ':path': '/v1/prompts/h2' });
  const status = new Promise((resolve) => stream.on('response', (headers) => resolve(headers[':status'])));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  expect([await status, Buffer.concat(chunks).toString()]).toEqual([201, '{"path":"/v1/prompts/h2"}']);
  session.close();
  server.close();
});
