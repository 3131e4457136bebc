import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectCounters } from '@genai-gateway/litellm';
import { afterEach, describe, expect, test } from 'vitest';
import { startRedis } from './redis.ts';
import {
  accountOf,
  accountsStage,
  budget,
  keyHash,
  limit,
  newId,
  openRequest,
  type Replica,
  signal,
  type UsageEvent,
  until,
  usageEvent,
} from './testing/accounts-stage.ts';
import type { Relay } from './testing/relay.ts';
import { cacheDir, temporaryState } from './testing/temporary-state.ts';

const stage = accountsStage();
let namespace = newId();

afterEach(() => {
  namespace = newId();
});

const replica = (url?: string): Promise<Replica> => stage.replica(namespace, url);

async function behindRelay(): Promise<{ way: Relay; one: Replica }> {
  const way = await stage.relay();
  return { way, one: await replica(way.url) };
}

const key = (name: string) => `${namespace}:${name}`;
const spendKey = `spend:key:${keyHash}`;
const gauge = () => key(`{api_key:${keyHash}}:max_parallel_requests`);
const spent = async () => Math.round(Number(await stage.raw.get(key(spendKey))) * 1e9);
const held = () => stage.raw.hgetall(key(`genai-gateway:held:${spendKey}`));
const ours = (what: string) => stage.raw.keys(key(`genai-gateway:${what}:*`));
const journalOf = async () => (await ours('journal'))[0] ?? expect.fail('there is no journal');
const limits = [limit({ maxParallelRequests: 9, tokensPerMinute: 9_000 })];
const budgets = [budget(100_000n)];

async function loseLeases(): Promise<void> {
  for (const each of await ours('lease')) await stage.raw.del(each);
}

async function outage(way: Relay, one: Replica, meanwhile: () => Promise<unknown>): Promise<void> {
  way.cut();
  await until(() => !one.accounts.isShared);
  await meanwhile();
  await way.start();
  await until(() => one.accounts.isShared);
}

describe('a counter that somebody spoiled', () => {
  test.each([
    ['the spend of the budget', spendKey, 'no number'],
    ['the spend of somebody without a budget', 'spend:user:u1', 'no number'],
  ])('%s keeps nobody from adopting', async (_, counter, value) => {
    const dead = await replica();
    const requests = [1, 2, 3].map(() => openRequest({ limits, budgets }));
    for (const each of requests) accountOf(await dead.accounts.open(each, signal));
    await stage.raw.set(key(counter), value);
    dead.redis.disconnect();
    await loseLeases();
    const living = await replica();
    const adopted: UsageEvent[] = [];
    await living.accounts.adopt((events) => void adopted.push(...events));
    expect(adopted.map(({ requestId }) => requestId).sort()).toEqual(requests.map(({ requestId }) => requestId).sort());
    expect([await held(), await stage.raw.exists(gauge())]).toEqual([{}, 0]);
  });

  test('an entry that cannot be read keeps nobody from adopting the others', async () => {
    const dead = await replica();
    const request = openRequest({ limits, budgets });
    accountOf(await dead.accounts.open(request, signal));
    await stage.raw.hset(await journalOf(), 'a', 'o{"held":', 'b', 'o{}\n{}', 'c', 'o[1]', 'd', 's');
    dead.redis.disconnect();
    await loseLeases();
    const living = await replica();
    const adopted: UsageEvent[] = [];
    await living.accounts.adopt((events) => void adopted.push(...events));
    expect(adopted.map(({ requestId }) => requestId)).toEqual([request.requestId]);
    expect(living.lines).toHaveLength(4);
  });

  test.each([
    ['tokens', () => key(`{api_key:${keyHash}}:tokens`)],
    ['spend', () => key(spendKey)],
  ])('%s: a call that settles frees all else that it held', async (_, spoiled) => {
    const one = await replica();
    const request = openRequest({ limits, budgets: [...budgets, budget(9_000n, { counter: 'spend:user:u1' })] });
    const account = accountOf(await one.accounts.open(request, signal));
    await stage.raw.set(spoiled(), 'no number');
    await account.settle(usageEvent(request.requestId, { costNanoUsd: 10n }));
    expect([await held(), await stage.raw.exists(gauge())]).toEqual([{}, 0]);
    expect(Math.round(Number(await stage.raw.get(key('spend:user:u1'))) * 1e9)).toBe(10);
    expect(await stage.raw.hget(await journalOf(), request.requestId)).toMatch(/^s/);
    expect(one.lines).toEqual([expect.stringContaining('settled everywhere')]);
  });

  test('a count that is none begins anew, and the call holds all or nothing', async () => {
    const one = await replica();
    accountOf(await one.accounts.open(openRequest({ limits }), signal));
    await stage.raw.del(key(`{api_key:${keyHash}}:tokens`));
    await stage.raw.lpush(key(`{api_key:${keyHash}}:tokens`), 'x');
    accountOf(await one.accounts.open(openRequest({ limits, budgets }), signal));
    expect(await stage.raw.get(key(`{api_key:${keyHash}}:tokens`))).toBe('100');
    expect(await stage.raw.zcard(gauge())).toBe(2);
  });
});

describe('a Redis that is there and takes nothing', () => {
  test('full: calls are counted here, and what they used is told when there is room', async () => {
    const one = await replica();
    const request = openRequest({ limits, budgets });
    const account = accountOf(await one.accounts.open(request, signal));
    try {
      await stage.raw.config('SET', 'maxmemory', '1');
      await account.settle(usageEvent(request.requestId, { costNanoUsd: 10n }));
      expect(one.accounts.isShared).toBe(false);
      expect((await one.accounts.open(openRequest({ limits }), signal)).opened).toBe(true);
    } finally {
      await stage.raw.config('SET', 'maxmemory', '0');
    }
    await until(() => one.accounts.isShared);
    expect([await spent(), await held(), await stage.raw.zcard(gauge())]).toEqual([10, {}, 1]);
    expect(one.booked).toHaveLength(1);
  });

  test('without its scripts: they are sent again', async () => {
    const one = await replica();
    const request = openRequest({ limits, budgets });
    const account = accountOf(await one.accounts.open(request, signal));
    await stage.raw.script('FLUSH');
    await account.settle(usageEvent(request.requestId, { costNanoUsd: 10n }));
    expect([await spent(), await held(), one.lines]).toEqual([10, {}, []]);
  });
});

describe('a server that is killed', () => {
  test('under load, again and again, comes back empty: each call is booked once, and nothing stays held', async () => {
    const { state, remove } = temporaryState();
    const redis = await startRedis({ state, cacheDir, signal });
    const { daemon, url } = redis;
    if (daemon === undefined || url === undefined) return expect.fail(redis.label);
    const { port, password } = new URL(url);
    let server = daemon.child;
    const restart = async () => {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
      await sleep(150);
      server = spawn(daemon.child.spawnfile, ['-'], { stdio: ['pipe', 'ignore', 'ignore'] });
      server.stdin?.end(`bind 127.0.0.1\nport ${port}\nrequirepass ${password}\nsave ""\n`);
    };
    const [one, two] = [await replica(url), await replica(url)];
    const settled = new Map<string, bigint>();
    let isOver = false;
    const call = async ({ accounts }: Replica, cost: bigint, limited: boolean) => {
      const request = openRequest(limited ? { limits: [limit({ maxParallelRequests: 1_000 })], budgets: large } : {});
      const outcome = await accounts.open(request, signal).catch(() => undefined);
      if (outcome === undefined || !outcome.opened) return sleep(5);
      await sleep(Number(cost));
      await outcome.account.settle(usageEvent(request.requestId, { costNanoUsd: cost }));
      settled.set(request.requestId, cost);
    };
    const large = [budget(10n ** 15n)];
    const caller = async (index: number) => {
      for (let turn = 0; !isOver; turn++)
        await call(index % 2 === 0 ? one : two, BigInt(1 + (turn % 30)), index % 3 > 0);
    };
    const callers = Array.from({ length: 60 }, (_, index) => caller(index));
    for (let kills = 0; kills < 3; kills++) {
      await sleep(400);
      await restart();
      await until(() => one.accounts.isShared && two.accounts.isShared);
    }
    await sleep(300);
    isOver = true;
    await Promise.all(callers);
    const probe = connectCounters({ url });
    const leftHeld = () => probe.hgetall(key(`genai-gateway:held:${spendKey}`));
    await until(async () => probe.status === 'ready' && Object.keys(await leftHeld()).length === 0);
    await until(async () => (await probe.exists(gauge())) === 0);
    const booked = [...one.booked, ...two.booked];
    expect(booked.map(({ requestId }) => requestId).sort()).toEqual([...settled.keys()].sort());
    for (const each of [one, two]) await each.accounts.confirm(each.booked.map(({ requestId }) => requestId));
    await until(async () => (await probe.keys(key('genai-gateway:journal:*'))).length === 0);
    probe.disconnect();
    server.kill('SIGKILL');
    await redis.stop();
    remove();
  }, 60_000);
});

describe('after an outage', () => {
  test('what was sent before it, and arrives after it, does nothing', async () => {
    const { way, one } = await behindRelay();
    const request = openRequest({ limits, budgets });
    const account = accountOf(await one.accounts.open(request, signal));
    way.holdBack();
    const opening = one.accounts.open(openRequest({ limits, budgets }), signal);
    const unlimited = openRequest();
    const other = accountOf(await one.accounts.open(unlimited, signal));
    const settling = account.settle(usageEvent(request.requestId, { costNanoUsd: 10n }));
    await sleep(20); // they have left
    way.giveUp();
    await expect(opening).rejects.toMatchObject({ code: 'accounts-unavailable' });
    await settling;
    await other.settle(usageEvent(unlimited.requestId));
    await until(() => one.accounts.isShared);
    await one.accounts.confirm([request.requestId, unlimited.requestId]);
    way.arrive();
    await sleep(50);
    expect([await spent(), await held(), await stage.raw.exists(gauge()), await ours('journal')]).toEqual([
      10,
      {},
      0,
      [],
    ]);
  });

  test('a call whose end Redis forgot is ended, and charged unless the tables have it', async () => {
    const { way, one } = await behindRelay();
    const requests = [1, 2, 3].map(() => openRequest({ limits, budgets }));
    const accounts = [];
    for (const each of requests) accounts.push(accountOf(await one.accounts.open(each, signal)));
    const dump: [string, Buffer | null][] = [];
    for (const each of await stage.raw.keys(`${namespace}:*`)) dump.push([each, await stage.raw.dumpBuffer(each)]);
    const [unbooked, booked, open] = requests;
    await accounts[0]?.settle(usageEvent(unbooked?.requestId ?? '', { costNanoUsd: 30n }));
    await accounts[1]?.settle(usageEvent(booked?.requestId ?? '', { costNanoUsd: 40n }));
    await one.accounts.confirm([booked?.requestId ?? '']);
    await outage(way, one, async () => {
      // A server takes over that had not heard of the settlements yet.
      for (const each of await stage.raw.keys(`${namespace}:*`)) await stage.raw.del(each);
      for (const [name, value] of dump) if (value !== null) await stage.raw.restore(name, 60_000, value);
    });
    expect([await spent(), Object.values(await held()), await stage.raw.zcard(gauge())]).toEqual([130, ['100'], 1]);
    expect((await stage.raw.hkeys(await journalOf())).sort()).toEqual([unbooked?.requestId, open?.requestId].sort());
    await accounts[2]?.settle(usageEvent(open?.requestId ?? '', { costNanoUsd: 50n }));
    expect([await spent(), await held(), await stage.raw.exists(gauge())]).toEqual([80, {}, 0]);
  });

  test('events that were taken over by a script whose answer was lost are handed over', async () => {
    const { way, one } = await behindRelay();
    const lost = usageEvent(newId(), { costNanoUsd: 30n });
    const text = JSON.stringify({ ...lost, costNanoUsd: '30' });
    const [lease = ''] = await ours('lease');
    await stage.raw.hset(lease.replace(':lease:', ':journal:'), lost.requestId, `s${text}`);
    await outage(way, one, async () => {});
    const adopted: UsageEvent[] = [];
    await one.accounts.adopt((events) => void adopted.push(...events));
    expect(adopted.map(({ requestId }) => requestId)).toEqual([lost.requestId]);
    await one.accounts.confirm([lost.requestId]);
    expect(await ours('journal')).toEqual([]);
  });

  test('calls that began and ended in it, and that the tables have, are not told of', async () => {
    const { way, one } = await behindRelay();
    const old = accountOf(await one.accounts.open(openRequest({ limits }), signal));
    await outage(way, one, async () => {
      for (let index = 0; index < 50; index++) {
        const request = openRequest();
        await accountOf(await one.accounts.open(request, signal)).settle(usageEvent(request.requestId));
        await one.accounts.confirm([request.requestId]);
      }
      one.accounts.bookRefused(usageEvent('refused'));
      await one.accounts.confirm(['refused']);
      await stage.raw.config('RESETSTAT');
    });
    const stats = await stage.raw.info('commandstats');
    expect(Number(/cmdstat_hdel:calls=(\d+)/.exec(stats)?.[1] ?? 0)).toBe(0);
    expect(await stage.raw.hlen(await journalOf())).toBe(1);
    await old.settle(usageEvent('x'));
  });

  test('of many calls in flight, those that settle while the others are held again are not', async () => {
    const { way, one } = await behindRelay();
    const many = [limit({ maxParallelRequests: 1_000 })];
    const requests = Array.from({ length: 350 }, () => openRequest({ limits: many, budgets }));
    const accounts = await Promise.all(requests.map(async (each) => accountOf(await one.accounts.open(each, signal))));
    way.answersTakeMs = 15;
    await loseLeases();
    const next = openRequest();
    const opening = one.accounts.open(next, signal); // finds out, and holds all others again, in parts
    for (let index = 0; index < 350; index += 7) {
      const of = requests[349 - index];
      await accounts[349 - index]?.settle(usageEvent(of?.requestId ?? '', { costNanoUsd: 1n }));
    }
    await opening;
    way.answersTakeMs = 0;
    await until(async () => Object.keys(await held()).length === 1);
    await until(async () => (await stage.raw.zcard(gauge())) === 300);
    expect(Object.values(await held())).toEqual(['30000']);
    const rest = requests.filter((_, index) => (349 - index) % 7 !== 0);
    await Promise.all(
      rest.map((each) => accounts[requests.indexOf(each)]?.settle(usageEvent(each.requestId, { costNanoUsd: 1n }))),
    );
    expect([await spent(), await held(), await stage.raw.exists(gauge())]).toEqual([350, {}, 0]);
    expect(one.booked).toHaveLength(350);
  }, 30_000);
});
