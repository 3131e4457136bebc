import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { readS3Text } from './s3-text.ts';
import { anyCredentials } from './test-support/local-dynamodb.ts';

let close: (() => void) | undefined;
afterEach(() => close?.());

/** An S3 that gives these answers, one after the other, and the last one again and again. */
async function s3That(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  let count = 0;
  const server = createServer((request, response) => {
    answers[Math.min(count, answers.length - 1)]?.(request, response);
    count += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const at = { credentials: anyCredentials, region: 'eu-west-1', endpoint, bucket: 'config' };
  return { read: (key: string) => readS3Text(at, key), count: () => count };
}

const fails = (status: number, code: string) => (_request: IncomingMessage, response: ServerResponse) =>
  void response
    .writeHead(status, { 'content-type': 'text/xml' })
    .end(`<Error><Code>${code}</Code><Message>because</Message></Error>`);

test('an object is read as a text, signed, after attempts that failed for a moment', async () => {
  let asked: IncomingMessage | undefined;
  const s3 = await s3That(fails(503, 'SlowDown'), fails(500, 'InternalError'), (request, response) => {
    asked = request;
    response.end('model_list: [] # größer');
  });
  expect(await s3.read('a/config.yaml')).toBe('model_list: [] # größer');
  expect(asked?.url).toMatch(/^\/config\/a\/config.yaml\?/);
  expect(asked?.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 .*eu-west-1\/s3/);
  expect(s3.count()).toBe(3);
});

test.each([
  ['may not be read', 403, 'AccessDenied'],
  ['is not there', 404, 'NoSuchKey'],
])('an object that %s is told at once', async (_what, status, code) => {
  const s3 = await s3That(fails(status, code));
  await expect(s3.read('k')).rejects.toMatchObject({ name: code });
  expect(s3.count()).toBe(1);
});

test('an S3 that is out of order is given up', async () => {
  const s3 = await s3That(fails(503, 'SlowDown'));
  await expect(s3.read('k')).rejects.toMatchObject({ name: 'SlowDown' });
  expect(s3.count()).toBe(5);
}, 20_000);
