import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Stack, startStack } from '@genai-gateway/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isGone, signalPart } from './support/processes.ts';
import { ALIAS } from './support/world.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'gateway-outages-'));
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ stateDir, port: 0, tlsPort: 0 });
});
afterAll(async () => {
  await stack.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

function chat(key: string): Promise<Response> {
  return fetch(`${stack.http}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: ALIAS, messages: [{ role: 'user', content: 'Hello.' }] }),
  });
}

function converse(key: string): Promise<Response> {
  return fetch(`${stack.http}/bedrock/model/${ALIAS}/converse`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Hello.' }] }] }),
  });
}

// In this order: each takes one more part away.
describe('a stack that loses its parts', () => {
  const known = () => stack.keys[0] ?? '';

  it('goes on without Redis', async ({ skip }) => {
    if (stack.redisUrl === undefined) {
      if (process.env['CI'] === 'true') throw new Error('CI needs a Redis.');
      skip('there is no Redis here');
    }
    expect((await chat(known())).status).toBe(200);
    const pid = signalPart(stateDir, 'redis', 'SIGKILL');
    await expect.poll(() => isGone(pid), { timeout: 10_000 }).toBe(true);
    for (let call = 0; call < 5; call += 1) {
      expect((await chat(known())).status).toBe(200);
      expect((await chat('sk-unknown')).status).toBe(401);
    }
    expect((await fetch(`${stack.http}/health/readiness`)).status).toBe(200);
  });

  it('goes on without Postgres for keys it knows; of others it says 503, never 401', async () => {
    expect((await chat(known())).status).toBe(200);
    const pid = signalPart(stateDir, 'postgres', 'SIGQUIT');
    await expect.poll(() => isGone(pid), { timeout: 10_000 }).toBe(true);
    const expectations = async () => {
      expect((await chat(known())).status).toBe(200);
      expect((await converse(known())).status).toBe(200);
      const unknown = await chat(`sk-unknown-${Date.now()}`);
      expect([unknown.status, await unknown.json()]).toMatchObject([503, { error: { code: 'identity_unavailable' } }]);
      const native = await converse(`sk-unknown-${Date.now()}`);
      expect([native.status, native.headers.get('x-amzn-errortype')]).toEqual([503, 'ServiceUnavailableException']);
    };
    await expectations();
    // A key is read again every four seconds: it must also go on when that fails.
    await sleep(4_500);
    await expectations();
    expect((await chat(stack.masterKey)).status).toBe(200);
    expect((await fetch(`${stack.http}/health/liveliness`)).status).toBe(200);
  });

  it('has written what happened to its log, without keys or passwords', () => {
    const log = readFileSync(stack.gatewayLog, 'utf8');
    expect(log).toMatch(/cannot reach Redis|Postgres/);
    for (const secret of [known(), stack.masterKey, 'sk-unknown', new URL(stack.databaseUrl).password]) {
      expect(log).not.toContain(secret);
    }
  });
});
