import { globSync, readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, expect, it, vi } from 'vitest';
import { ask } from './support/litellm.ts';
import { at } from './support/reply.ts';
import { ALIAS, world } from './support/world.ts';

/* The functions on the gateway's own host, and by Lambda's Invoke, as `npm start` has them. */
const lambda = new LambdaClient({
  region: 'us-east-1',
  endpoint: world.functions,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
afterAll(() => lambda.destroy());

async function invoke(FunctionName: string, event: object): Promise<unknown> {
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) }));
  return { failed: answer.FunctionError !== undefined, ...JSON.parse(answer.Payload?.transformToString() ?? '{}') };
}

const authorization = `Bearer ${world.keys.good}`;

it.each(['/v1/prompts', '/v1/sessions'])(
  '%s is answered on the gateway’s host, by HTTP/1.1 and by HTTP/2 over TLS',
  async (path) => {
    const response = await fetch(`${world.http}${path}`, { headers: { authorization } });
    expect([response.status, at(await response.json(), 'object')]).toEqual([200, 'list']);

    const session = connect(world.https, { ca: readFileSync(world.ca) });
    const stream = session.request({ ':path': path, authorization });
    const status = new Promise((resolve) => stream.on('response', (headers) => resolve(headers[':status'])));
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    session.close();
    expect([await status, at(JSON.parse(Buffer.concat(chunks).toString()), 'object')]).toEqual([200, 'list']);
  },
);

it.each(['/v1/prompts', '/v1/sessions'])(
  '%s knows the gateway’s keys, and says what is wrong in OpenAI’s shape',
  async (path) => {
    const asked = async (headers: Record<string, string>) => {
      const response = await fetch(`${world.http}${path}`, { headers });
      return [response.status, at(await response.json(), 'error', 'code')];
    };
    expect(await asked({})).toEqual([401, 'invalid_api_key']);
    expect(await asked({ authorization: `Bearer ${world.keys.blocked}` })).toEqual([401, 'key_blocked']);
    expect(await asked({ 'x-api-key': world.keys.expired })).toEqual([401, 'key_expired']);
  },
);

it('log-compaction makes Parquet of what the gateway has logged', async () => {
  await ask('/v1/chat/completions', {
    body: { model: ALIAS, messages: [{ role: 'user', content: 'One line of the log.' }] },
  });
  const raw = () => globSync('gateway/**/*.jsonl', { cwd: join(world.stateDir, 'request-logs') });
  await vi.waitUntil(() => raw().length > 0, { timeout: 30_000 });
  const report = await invoke('log-compaction', {
    task: 'compact',
    until: new Date(Date.now() + 60_000).toISOString(),
  });
  expect(report).toMatchObject({ failed: false, rows: expect.any(Number), quarantined: 0 });
  expect(at(report, 'rows')).toBeGreaterThan(0);
  expect(globSync('requests/date=*/hour=*/*.parquet', { cwd: join(world.stateDir, 'archive') }).length).toBeGreaterThan(
    0,
  );
});

it('chat-history sweeps by the clock, secret-rotation says what it lacks here', async () => {
  expect(await invoke('chat-history', { task: 'retention-sweep' })).toMatchObject({ failed: false });
  expect(await invoke('secret-rotation', { task: 'settle' })).toMatchObject({
    failed: true,
    errorMessage: expect.stringContaining('ROTATIONS'),
  });
});
