import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { bookedOn, onceBooked } from './support/books.ts';
import { closedDoor } from './support/door.ts';
import { makeKey } from './support/keys.ts';
import { ask } from './support/litellm.ts';
import { type OwnGateway, startOwnGateway, untilReadiness } from './support/own-gateway.ts';
import { says } from './support/prompts.ts';
import { ALIAS, world } from './support/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-spool-'));
const gateways: OwnGateway[] = [];
afterEach(() => {
  for (const gateway of gateways.splice(0)) gateway.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Without Redis: the folder is the only journal. */
async function started(databaseUrl: string): Promise<OwnGateway> {
  const env = { REDIS_URL: undefined, GATEWAY_SPOOL_DIR: folder, DATABASE_URL: databaseUrl };
  const gateway = await startOwnGateway(env);
  gateways.push(gateway);
  await untilReadiness(gateway.http, 200);
  return gateway;
}

const spooled = (): readonly string[] =>
  readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean));

describe('a gateway without Redis that keeps its usage in a folder', () => {
  const chat = { model: ALIAS, messages: [{ role: 'user', content: 'Hello.' }] };
  const calls: readonly (readonly [path: string, body: object])[] = [
    ['/v1/chat/completions', chat],
    ['/v1/chat/completions', { ...chat, stream: true }],
    [`/bedrock/model/${ALIAS}/converse`, says('Hello.')],
    [`/bedrock/model/${ALIAS}/converse-stream`, says('Hello.')],
  ];

  it('is killed after calls that could not be booked: the next one books each of them once', async () => {
    const key = await makeKey(world.databaseUrl);
    const postgres = new URL(world.databaseUrl);
    const door = await closedDoor(Number(postgres.port));
    postgres.port = String(door.port);
    await door.open();
    const first = await started(postgres.href);
    expect((await ask('/v1/chat/completions', { http: first.http, key, body: chat })).status).toBe(200);
    await onceBooked(key, 1);
    await expect.poll(spooled).toEqual([]);

    door.close();
    for (const [path, body] of calls) {
      const reply = await ask(path, { http: first.http, key, body });
      expect([path, reply.status]).toEqual([path, 200]);
    }
    expect(spooled()).toHaveLength(calls.length);
    first.kill();
    expect(await first.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(await bookedOn(key)).toHaveLength(1);

    const second = await started(world.databaseUrl);
    const booked = await onceBooked(key, 1 + calls.length);
    for (const call of booked) {
      expect(call).toMatchObject({ requested: ALIAS, status: 'success', isEstimate: false });
      expect(call.costUsd).toBeGreaterThan(0);
    }
    await expect.poll(spooled).toEqual([]);

    // It dies as well, and the one after it finds nothing to do.
    second.kill();
    await second.exited;
    const third = await started(world.databaseUrl);
    expect((await ask('/v1/chat/completions', { http: third.http, key, body: chat })).status).toBe(200);
    await onceBooked(key, 2 + calls.length);
  });
});
