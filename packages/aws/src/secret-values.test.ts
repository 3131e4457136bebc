import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { SecretValues } from './secret-values.ts';
import { parseLogin, readServiceSecrets } from './service-secrets.ts';
import { anyCredentials } from './test-support/local-dynamodb.ts';

const { signal } = new AbortController();
const closes: (() => void)[] = [];
afterEach(() => {
  for (const close of closes.splice(0)) close();
});

interface Asked {
  readonly SecretId: string;
  readonly VersionStage: string;
}

type Answer = (asked: Asked, response: ServerResponse) => void;

/** A Secrets Manager on the wire that answers like this; the answer may be changed. */
async function secretsManager(first: Answer) {
  const asked: Asked[] = [];
  const state = { answer: first };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
      asked.push(body);
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      state.answer(body, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closes.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const lines: string[] = [];
  const options = {
    ...{ credentials: anyCredentials, region: 'eu-west-1', refreshMs: 3_600_000, now: Date.now },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log: (line: string) => lines.push(line),
  };
  const values = new SecretValues(options);
  closes.push(() => values.close());
  return { values, options, asked, lines, state };
}

/** Versions by stage; what is not there is not found. */
const holds =
  (stages: Readonly<Record<string, string>>): Answer =>
  ({ VersionStage }, response) => {
    const text = stages[VersionStage];
    if (text === undefined) return fails(400, 'ResourceNotFoundException')({ SecretId: '', VersionStage }, response);
    response.end(JSON.stringify({ VersionId: `id-${text}`, SecretString: text, CreatedDate: 1_700_000_000 }));
  };
const fails =
  (status: number, type: string): Answer =>
  (_asked, response) =>
    void response.writeHead(status).end(JSON.stringify({ __type: type, message: `because ${type}` }));
const asIs = (text: string) => text;

test('the newest value and the one before it, each since it was made', async () => {
  const { values, asked } = await secretsManager(holds({ AWSCURRENT: 'new', AWSPREVIOUS: 'old' }));
  const secret = await values.follow('arn:a', asIs, signal);
  expect(secret.versions().map(({ value }) => value)).toEqual(['new', 'old']);
  expect(secret.versions()[0].sinceMs).toBe(1_700_000_000_000);
  expect(new Set(asked.map(({ SecretId, VersionStage }) => `${SecretId} ${VersionStage}`))).toEqual(
    new Set(['arn:a AWSCURRENT', 'arn:a AWSPREVIOUS']),
  );
});

test('one that has never rotated, and one whose old value means nothing', async () => {
  const { values, state } = await secretsManager(holds({ AWSCURRENT: 'new' }));
  expect((await values.follow('a', asIs, signal)).versions()).toHaveLength(1);
  const login = '{"username":"u","password":"p"}';
  state.answer = holds({ AWSCURRENT: login, AWSPREVIOUS: 'hunter2' });
  const secret = await values.follow('a', parseLogin, signal);
  expect(secret.versions().map(({ value }) => value)).toEqual([{ username: 'u', password: 'p' }]);
});

test.each([
  ['down', fails(500, 'InternalServiceError')],
  ['denied', fails(400, 'AccessDeniedException')],
  ['gone', fails(400, 'ResourceNotFoundException')],
  ['silent', () => {}],
  ['cut', ((_asked, response) => response.destroy()) as Answer],
  ['of no use', holds({ AWSCURRENT: 'hunter2' })],
] as const)('a secret that is %s holds its last values, and takes new ones afterwards', async (_name, fault) => {
  const [first, second] = ['{"username":"a","password":"1"}', '{"username":"b","password":"2"}'];
  const { values, state, lines } = await secretsManager(holds({ AWSCURRENT: first }));
  const secret = await values.follow('a', parseLogin, signal);
  const users = () => secret.versions().map(({ value }) => value.username);
  state.answer = fault;
  await secret.refresh();
  expect(users()).toEqual(['a']);
  expect(lines).toHaveLength(1);
  expect(lines.join()).not.toContain('hunter2');
  state.answer = holds({ AWSCURRENT: second, AWSPREVIOUS: first });
  await secret.refresh();
  expect(users()).toEqual(['b', 'a']);
});

test('a start waits for a Secrets Manager that fails for a moment', async () => {
  let count = 0;
  const { values } = await secretsManager((asked, response) => {
    count += 1;
    (count < 4 ? fails(503, 'ServiceUnavailable') : holds({ AWSCURRENT: 'new' }))(asked, response);
  });
  expect((await values.follow('a', asIs, signal)).versions()[0].value).toBe('new');
});

test.each([
  ['denied', fails(400, 'AccessDeniedException'), /needs secretsmanager:GetSecretValue/],
  ['not there', fails(400, 'ResourceNotFoundException'), /cannot be used/],
  ['no login', holds({ AWSCURRENT: 'hunter2' }), /it is not \{"username"/],
] as const)('a start does not wait for a secret that is %s, and says which', async (_name, fault, message) => {
  const { values } = await secretsManager(fault);
  const error = await values.follow('arn:database', parseLogin, signal).catch((each: unknown) => String(each));
  expect(error).toMatch(message);
  expect(error).toContain('arn:database');
  expect(error).not.toContain('hunter2');
});

test('what a service is told to read is read, and nothing else', async () => {
  const texts: Readonly<Record<string, string>> = {
    database: '{"username":"gateway","password":"p"}',
    master: 'sk-master',
    salt: 'salt',
  };
  const { options, asked } = await secretsManager(({ SecretId, VersionStage }, response) =>
    holds({ AWSCURRENT: texts[SecretId] ?? '' })({ SecretId, VersionStage }, response),
  );
  const ids = {
    database: 'database',
    redis: undefined,
    masterKey: 'master',
    saltKey: 'salt',
    gatewaySecret: undefined,
  };
  const secrets = await readServiceSecrets(ids, options, signal);
  closes.push(secrets.close);
  expect(secrets.database?.versions()[0].value).toEqual({ username: 'gateway', password: 'p' });
  expect(secrets.masterKey?.versions()[0].value).toBe('sk-master');
  expect(secrets).toMatchObject({ saltKey: 'salt', redis: undefined, gatewaySecret: undefined });
  expect(new Set(asked.map(({ SecretId }) => SecretId))).toEqual(new Set(Object.keys(texts)));
  await expect(readServiceSecrets({ ...ids, masterKey: 'salt' }, options, signal)).rejects.toThrow('sk-');
});

test.each([[''], ['"text"'], ['null'], ['{"username":"a"}'], ['{"username":"","password":"x"}'], ['hunter2']])(
  '%s is no login, and is not repeated',
  (text) => {
    expect(() => parseLogin(text)).toThrow('it is not {"username":"…","password":"…"}');
  },
);
