import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { httpFunction } from './http-function.ts';
import { albEvent, seenAnswer } from './test-support/alb.ts';

/** Versions of each secret, newest first, as Secrets Manager would give them. */
const secrets = new Map<string, string[]>([
  ['master', ['sk-first']],
  ['salt', ['salt']],
  ['gateway', ['x'.repeat(32)]],
  ['database', ['{"username":"gateway","password":"p"}']],
]);
let isAway = false;

const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  request.on('end', () => {
    const { SecretId: id, VersionStage: stage } = JSON.parse(text) as { SecretId: string; VersionStage: string };
    const value = isAway ? undefined : secrets.get(id)?.[stage === 'AWSPREVIOUS' ? 1 : 0];
    if (value === undefined) {
      const type = isAway ? 'AccessDeniedException' : 'ResourceNotFoundException';
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ __type: type }));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ ARN: id, Name: id, VersionId: `${id} ${value}`, SecretString: value }));
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    SECRETS_MANAGER_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    DATABASE_HOST: '127.0.0.1',
    DATABASE_PORT: '9',
    DATABASE_NAME: 'none',
    DATABASE_SECRET_ARN: 'database',
    LITELLM_MASTER_KEY_SECRET_ARN: 'master',
    LITELLM_SALT_KEY_SECRET_ARN: 'salt',
    GATEWAY_SECRET_ARN: 'gateway',
    LOG_LEVEL: 'silent',
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});

const make = () =>
  httpFunction({
    name: 'secrets',
    compose: async ({ config }) => config.GATEWAY_SECRET,
    routes: [{ method: 'GET', path: '/v1/who', handle: async (_request, body) => ({ status: 200, body }) }],
  });
const ask = async (handler: ReturnType<typeof make>, key: string) =>
  seenAnswer(await handler(albEvent({ target: '/v1/who', headers: { 'x-api-key': key } }), {}));

test('values of secrets take the place of variables, and a secret that cannot be read is an answer', async () => {
  const handler = make();
  isAway = true;
  expect(await ask(handler, 'sk-first')).toMatchObject({ status: 500, json: { error: { code: 'internal_error' } } });
  isAway = false;
  expect(await ask(handler, 'sk-first')).toMatchObject({ status: 200, json: 'x'.repeat(32) });
});
