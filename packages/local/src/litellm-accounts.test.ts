import { setTimeout as sleep } from 'node:timers/promises';
import { LocalAccounts, type RedisAccounts } from '@genai-gateway/litellm';
import { afterEach, describe, expect, test } from 'vitest';
import {
  accountOf,
  accountsStage,
  budget,
  keyHash,
  limit,
  newId,
  openRequest,
  type Replica,
  refusalOf,
  signal,
  type UsageEvent,
  until,
  usageEvent,
} from './testing/accounts-stage.ts';

const stage = accountsStage();
let namespace = newId();

afterEach(() => {
  namespace = newId();
});

const relay = () => stage.relay();
const replica = (url?: string, options?: Parameters<typeof stage.replica>[2]): Promise<Replica> =>
  stage.replica(namespace, url, options);

const get = (key: string) => stage.raw.get(`${namespace}:${key}`);
const spent = async (counter = `spend:key:${keyHash}`) => Math.round(Number(await get(counter)) * 1e9);
const held = (counter = `spend:key:${keyHash}`) => stage.raw.hgetall(`${namespace}:genai-gateway:held:${counter}`);
const ours = async (what: string) => (await stage.raw.keys(`${namespace}:genai-gateway:${what}:*`)).sort();

/** The replica is heard of no more, as if its machine had stopped; the process stays and may come back. */
async function loseLease(): Promise<void> {
  for (const key of await ours('lease')) await stage.raw.del(key);
}

async function kill(dead: Replica): Promise<void> {
  const before = await ours('lease');
  dead.redis.disconnect();
  const living = stage.replicas.filter((each) => each !== dead);
  for (const key of before) await stage.raw.del(key);
  // Those that live take a new lease.
  for (const each of living) accountOf(await each.accounts.open(openRequest(), signal));
  await until(async () => (await ours('lease')).length === living.length);
}

type Tried = {
  accounts: Pick<RedisAccounts, 'open' | 'bookRefused'>;
  booked: UsageEvent[];
};
const kinds: readonly (readonly [string, () => Promise<Tried>])[] = [
  ['in Redis', replica],
  [
    'in the process',
    async () => {
      const booked: UsageEvent[] = [];
      return { accounts: new LocalAccounts({ enqueue: (event) => booked.push(event), isFull: () => false }), booked };
    },
  ],
];

describe.each(kinds)('accounts %s', (_, start) => {
  test('the first booking counts, every later one is the same promise', async () => {
    const { accounts, booked } = await start();
    const request = openRequest({ budgets: [budget(1_000n)] });
    const account = accountOf(await accounts.open(request, signal));
    const first = account.settle(usageEvent(request.requestId, { costNanoUsd: 40n }));
    expect(account.settle(usageEvent(request.requestId, { costNanoUsd: 900n }))).toBe(first);
    await first;
    expect(booked.map(({ costNanoUsd }) => costNanoUsd)).toEqual([40n]);
    const next = await accounts.open(openRequest({ budgets: [budget(40n)] }), signal);
    expect(refusalOf(next)).toMatchObject({ kind: 'budget', spentNanoUsd: 40n, held: false });
  });

  test('requests per minute let exactly as many through, and say where one stands', async () => {
    const { accounts } = await start();
    const limits = [limit({ requestsPerMinute: 5 }), limit({ counter: 'user:u1', requestsPerMinute: 100 })];
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => accounts.open(openRequest({ limits }), signal)),
    );
    expect(outcomes.filter(({ opened }) => opened)).toHaveLength(5);
    expect(outcomes[0]).toMatchObject({ standings: { requests: { limit: 5, remaining: 4 }, tokens: undefined } });
    const refusal = refusalOf(outcomes[11] ?? expect.fail());
    expect(refusal).toMatchObject({
      kind: 'requests-per-minute',
      limit: limits[0],
      standings: { requests: { remaining: 0 } },
    });
    if (refusal?.kind !== 'requests-per-minute') expect.fail();
    expect(refusal.retryAfterSeconds).toBeGreaterThan(0);
    expect(refusal.retryAfterSeconds).toBeLessThanOrEqual(60);
  });

  test.each(['requestsPerMinute', 'tokensPerMinute', 'maxParallelRequests'] as const)(
    '%s 0 lets nothing through',
    async (name) => {
      const { accounts } = await start();
      expect((await accounts.open(openRequest({ limits: [limit({ [name]: 0 })] }), signal)).opened).toBe(false);
    },
  );

  test('tokens are counted as estimated, then as used', async () => {
    const { accounts } = await start();
    const limits = [limit({ tokensPerMinute: 250 })];
    const open = () => accounts.open(openRequest({ limits, estimatedTokens: 100 }), signal);
    const first = accountOf(await open());
    accountOf(await open());
    expect(refusalOf(await open())).toMatchObject({ kind: 'tokens-per-minute' });
    await first.settle(usageEvent('x', { usage: { inputTokens: 10, outputTokens: 20, cacheReadTokens: 5 } }));
    expect(await open()).toMatchObject({ opened: true, standings: { tokens: { limit: 250, remaining: 15 } } });
  });

  test('a call that used nothing gives all of its tokens back', async () => {
    const { accounts } = await start();
    const limits = [limit({ tokensPerMinute: 100 })];
    const first = accountOf(await accounts.open(openRequest({ limits }), signal));
    await first.settle(usageEvent('x', { usage: undefined, end: 'refused' }));
    expect((await accounts.open(openRequest({ limits }), signal)).opened).toBe(true);
  });

  test('parallel requests are free again when they are settled', async () => {
    const { accounts } = await start();
    const limits = [limit({ maxParallelRequests: 2 })];
    const open = () => accounts.open(openRequest({ limits }), signal);
    const first = accountOf(await open());
    accountOf(await open());
    expect(refusalOf(await open())).toMatchObject({ kind: 'parallel-requests' });
    await first.settle(usageEvent('x'));
    expect((await open()).opened).toBe(true);
  });

  test.each([
    ['reached', 100n, 100n, false],
    ['reached', 99n, 100n, true],
    ['exceeded', 100n, 100n, true],
    ['exceeded', 101n, 100n, false],
    ['reached', 0n, 0n, false],
  ] as const)('a budget that refuses when %s: %d of %d spent', async (refusesWhen, spentNanoUsd, max, opened) => {
    const { accounts } = await start();
    const outcome = await accounts.open(openRequest({ budgets: [budget(max, { spentNanoUsd, refusesWhen })] }), signal);
    expect(outcome.opened).toBe(opened);
  });

  test('an estimate beyond the budget lets one call through, not two', async () => {
    const { accounts } = await start();
    const open = () => accounts.open(openRequest({ budgets: [budget(50n)], estimatedNanoUsd: 400n }), signal);
    const first = accountOf(await open());
    expect(refusalOf(await open())).toMatchObject({ kind: 'budget', held: true, spentNanoUsd: 0n });
    await first.settle(usageEvent('x', { costNanoUsd: 10n }));
    expect((await open()).opened).toBe(true);
  });

  test('what a scope refuses is counted on no other', async () => {
    const { accounts } = await start();
    const limits = [limit({ requestsPerMinute: 1 }), limit({ counter: 'user:u1', requestsPerMinute: 0 })];
    const spends = [budget(1_000n), budget(0n, { counter: 'spend:user:u1' })];
    expect((await accounts.open(openRequest({ limits }), signal)).opened).toBe(false);
    expect((await accounts.open(openRequest({ budgets: spends }), signal)).opened).toBe(false);
    const limitsNow = [limit({ requestsPerMinute: 1 })];
    expect((await accounts.open(openRequest({ limits: limitsNow, budgets: [budget(100n)] }), signal)).opened).toBe(
      true,
    );
  });

  test('two budgets on one counter both hold, and it is charged once', async () => {
    const { accounts } = await start();
    const budgets = [budget(1_000n), budget(500n, { name: 'temporary' })];
    const request = openRequest({ budgets, estimatedNanoUsd: 200n });
    await accountOf(await accounts.open(request, signal)).settle(usageEvent('x', { costNanoUsd: 150n }));
    const next = await accounts.open(openRequest({ budgets: [budget(1_000n), budget(150n)] }), signal);
    expect(refusalOf(next)).toMatchObject({ spentNanoUsd: 150n, budget: { maxNanoUsd: 150n } });
  });

  test('what the tables know more of is taken over', async () => {
    const { accounts } = await start();
    const first = accountOf(await accounts.open(openRequest({ budgets: [budget(1_000n)] }), signal));
    const later = [budget(1_000n, { spentNanoUsd: 950n })];
    expect(refusalOf(await accounts.open(openRequest({ budgets: later }), signal))).toMatchObject({ held: true });
    await first.settle(usageEvent('x', { costNanoUsd: 50n }));
    expect(refusalOf(await accounts.open(openRequest({ budgets: later }), signal))).toMatchObject({
      spentNanoUsd: 1_000n,
    });
  });

  test('a call refused before is booked', async () => {
    const { accounts, booked } = await start();
    accounts.bookRefused(usageEvent('refused', { end: 'refused' }));
    expect(booked.map(({ requestId }) => requestId)).toEqual(['refused']);
  });
});

test('full books refuse', async () => {
  const accounts = new LocalAccounts({ enqueue: () => {}, isFull: () => true });
  await expect(accounts.open(openRequest(), signal)).rejects.toMatchObject({ code: 'accounts-unavailable' });
});

describe('what LiteLLM finds in Redis', () => {
  test('windows, counters, gauges and spend have its names, types and lives', async () => {
    const { accounts } = await replica();
    const limits = [limit({ requestsPerMinute: 9, tokensPerMinute: 900, maxParallelRequests: 3 })];
    const request = openRequest({ limits, budgets: [budget(1_000n, { spentNanoUsd: 7n })] });
    const account = accountOf(await accounts.open(request, signal));
    const name = `{api_key:${keyHash}}`;
    expect(await get(`${name}:requests`)).toBe('1');
    expect(await get(`${name}:tokens`)).toBe('100');
    expect(Number(await get(`${name}:window`))).toBeCloseTo(Date.now() / 1_000, -1);
    expect(await stage.raw.type(`${namespace}:${name}:max_parallel_requests`)).toBe('zset');
    expect(await spent()).toBe(107);
    for (const key of [`${name}:requests`, `${name}:tokens`, `${name}:window`, `spend:key:${keyHash}`]) {
      const ttl = await stage.raw.ttl(`${namespace}:${key}`);
      expect([key, ttl > 50 && ttl <= 60]).toEqual([key, true]);
    }
    await account.settle(usageEvent(request.requestId, { costNanoUsd: 30n }));
    expect(await get(`${name}:tokens`)).toBe('30');
    expect(await get(`${name}:requests`)).toBe('1');
    expect(await stage.raw.exists(`${namespace}:${name}:max_parallel_requests`)).toBe(0);
    expect(await spent()).toBe(37);
    expect(await held()).toEqual({});
  });

  test('tokens are not given back to a window that began later', async () => {
    const { accounts } = await replica();
    const account = accountOf(await accounts.open(openRequest({ limits: [limit({ tokensPerMinute: 900 })] }), signal));
    await stage.raw.set(`${namespace}:{api_key:${keyHash}}:window`, '1');
    await account.settle(usageEvent('x'));
    expect(await get(`{api_key:${keyHash}}:tokens`)).toBe('100');
  });

  test('spend without a budget is added where LiteLLM keeps a counter, and begins none', async () => {
    const { accounts } = await replica();
    await stage.raw.set(`${namespace}:spend:user:u1`, '0.5', 'EX', 30);
    const request = openRequest();
    await accountOf(await accounts.open(request, signal)).settle(usageEvent(request.requestId, { costNanoUsd: 25n }));
    expect(await spent('spend:user:u1')).toBe(500_000_025);
    expect(await stage.raw.ttl(`${namespace}:spend:user:u1`)).toBeLessThanOrEqual(30);
    expect(await get(`spend:key:${keyHash}`)).toBeNull();
  });

  test('the window of a budget per model has a start and is not prolonged', async () => {
    const { accounts } = await replica();
    const counter = `virtual_key_spend:${keyHash}:nova:1d`;
    const startCounter = `virtual_key_budget_start_time:${keyHash}:nova:1d`;
    const budgets = [budget(1_000n, { counter, startCounter, counterTtlSeconds: 86_400 })];
    const account = accountOf(await accounts.open(openRequest({ budgets }), signal));
    expect(Number(await get(startCounter))).toBeCloseTo(Date.now() / 1_000, -1);
    await stage.raw.expire(`${namespace}:${counter}`, 100);
    await account.settle(usageEvent('x', { costNanoUsd: 25n }));
    expect(await spent(counter)).toBe(25);
    expect(await stage.raw.ttl(`${namespace}:${counter}`)).toBeLessThanOrEqual(100);
  });

  test('a counter of a wrong type refuses and is logged, and does not stop other calls', async () => {
    const { accounts, lines, booked } = await replica();
    await stage.raw.lpush(`${namespace}:spend:key:${keyHash}`, 'x');
    const open = accounts.open(openRequest({ budgets: [budget(1_000n)] }), signal);
    await expect(open).rejects.toMatchObject({ code: 'accounts-unavailable' });
    expect(lines).toEqual([expect.stringContaining('WRONGTYPE')]);
    const other = openRequest({ budgets: [budget(1_000n, { counter: 'spend:user:u1' })] });
    await accountOf(await accounts.open(other, signal)).settle(usageEvent(other.requestId));
    expect(booked).toHaveLength(1);
  });
});

describe('several replicas', () => {
  test('of 200 at once on two replicas, a limit of 50 lets 50 through', async () => {
    const [one, two] = [await replica(), await replica()];
    const limits = [limit({ requestsPerMinute: 50 })];
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (index % 2 === 0 ? one : two).accounts.open(openRequest({ limits }), signal),
      ),
    );
    expect(outcomes.filter(({ opened }) => opened)).toHaveLength(50);
  });

  test('of 20 at once on two replicas, a budget lets one overrun it at most', async () => {
    const [one, two] = [await replica(), await replica()];
    const budgets = [budget(250n)];
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : two).accounts.open(openRequest({ budgets, estimatedNanoUsd: 100n }), signal),
      ),
    );
    expect(outcomes.filter(({ opened }) => opened)).toHaveLength(2);
    expect(outcomes.map(refusalOf).filter((refusal) => refusal?.kind === 'budget' && refusal.held)).toHaveLength(18);
  });

  test('what a dead replica held is free, and what it had open is booked as it said', async () => {
    const [dead, living] = [await replica(), await replica()];
    const limits = [limit({ maxParallelRequests: 1 })];
    const requestId = newId();
    const ifLost = usageEvent(requestId, { costNanoUsd: 300n, end: 'cut', isEstimate: true });
    const request = openRequest({ requestId, ifLost, limits, budgets: [budget(1_000n)], estimatedNanoUsd: 900n });
    accountOf(await dead.accounts.open(request, signal));
    await stage.raw.set(`${namespace}:spend:user:u1`, '1', 'EX', 60);
    const settled = openRequest();
    await accountOf(await dead.accounts.open(settled, signal)).settle(usageEvent(settled.requestId));
    await kill(dead);
    const other = { limits: [limit({ maxParallelRequests: 1 })], budgets: [budget(1_000n)], estimatedNanoUsd: 900n };
    const whileHeld = await living.accounts.open(openRequest(other), signal);
    expect(refusalOf(whileHeld)).toMatchObject({ kind: 'budget', held: true });
    const adopted: UsageEvent[] = [];
    await living.accounts.adopt((events) => void adopted.push(...events));
    expect(
      adopted.map(({ requestId, isEstimate, costNanoUsd }) => [requestId, isEstimate, costNanoUsd]).sort(),
    ).toEqual(
      [
        [request.requestId, true, 300n],
        [settled.requestId, false, 0n],
      ].sort(),
    );
    expect(await spent()).toBe(300);
    expect(await held()).toEqual({});
    expect(await spent('spend:user:u1')).toBe(1_000_000_300);
    accountOf(await living.accounts.open(openRequest({ ...other, estimatedNanoUsd: 700n }), signal));
    await living.accounts.adopt(() => expect.fail('there was nothing left'));
    await living.accounts.confirm(adopted.map(({ requestId }) => requestId));
  });

  test('two who adopt at once do not adopt twice', async () => {
    const [dead, one, two] = [await replica(), await replica(), await replica()];
    for (let index = 0; index < 300; index++)
      accountOf(await dead.accounts.open(openRequest({ budgets: [budget(10n ** 9n)] }), signal));
    await kill(dead);
    const adopted: UsageEvent[] = [];
    const book = (events: readonly UsageEvent[]) => void adopted.push(...events);
    await Promise.all([one.accounts.adopt(book), two.accounts.adopt(book)]);
    expect(new Set(adopted.map(({ requestId }) => requestId)).size).toBe(300);
    expect(adopted).toHaveLength(300);
    expect(await spent()).toBe(30_000);
    expect(await held()).toEqual({});
  });

  test('what could not be booked is handed over again', async () => {
    const [dead, living] = [await replica(), await replica()];
    accountOf(await dead.accounts.open(openRequest(), signal));
    await kill(dead);
    await expect(living.accounts.adopt(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const adopted: UsageEvent[] = [];
    await living.accounts.adopt((events) => void adopted.push(...events));
    expect(adopted).toHaveLength(1);
  });

  test('a replica that was only paused goes on under a new name, and still holds what it held', async () => {
    const { accounts, booked } = await replica();
    const request = openRequest({ limits: [limit({ maxParallelRequests: 9 })], budgets: [budget(1_000n)] });
    const account = accountOf(await accounts.open(request, signal));
    await loseLease();
    const other = await replica();
    const second = openRequest({ budgets: [budget(1_000n)], estimatedNanoUsd: 500n });
    accountOf(await other.accounts.open(second, signal));
    accountOf(await accounts.open(openRequest(), signal)); // a new life begins
    expect(await spent()).toBe(600);
    await until(async () => Object.keys(await held()).length === 2);
    expect(Object.values(await held()).sort()).toEqual(['100', '500']);
    await account.settle(usageEvent(request.requestId, { costNanoUsd: 60n }));
    expect(await spent()).toBe(560);
    expect(Object.values(await held())).toEqual(['500']);
    expect(booked).toHaveLength(1);
  });

  test('a call may settle, and be booked, at any moment while its replica comes back', async () => {
    for (let waitMs = 0; waitMs < 160; waitMs += 10) {
      namespace = newId();
      const way = await relay();
      const one = await replica(way.url);
      const request = openRequest({ limits: [limit({ maxParallelRequests: 9 })], budgets: [budget(1_000n)] });
      const account = accountOf(await one.accounts.open(request, signal));
      await loseLease();
      way.answersTakeMs = 20; // about six of them make a replica whole again
      const next = openRequest();
      const opening = one.accounts.open(next, signal);
      await sleep(waitMs);
      await account.settle(usageEvent(request.requestId, { costNanoUsd: 60n }));
      await one.accounts.confirm([request.requestId]);
      await accountOf(await opening).settle(usageEvent(next.requestId));
      await sleep(150); // all that is on its way arrives
      await one.accounts.confirm([next.requestId]);
      await one.accounts.adopt(() => {});
      expect([waitMs, await spent(), await held(), await ours('journal')]).toEqual([waitMs, 60, {}, []]);
      expect(await stage.raw.exists(`${namespace}:{api_key:${keyHash}}:max_parallel_requests`)).toBe(0);
    }
  }, 30_000);

  test('a paused replica whose call was booked as lost is not charged for it again', async () => {
    const paused = await replica();
    const request = openRequest({ budgets: [budget(1_000n)] });
    const account = accountOf(await paused.accounts.open(request, signal));
    await loseLease();
    const other = await replica();
    let adopted = 0;
    await other.accounts.adopt((events) => {
      adopted += events.length;
    });
    expect(adopted).toBe(1);
    await account.settle(usageEvent(request.requestId, { costNanoUsd: 60n }));
    expect(await spent()).toBe(100);
    expect(await held()).toEqual({});
  });

  test('what is confirmed leaves the journal', async () => {
    const { accounts } = await replica();
    const request = openRequest();
    await accountOf(await accounts.open(request, signal)).settle(usageEvent(request.requestId));
    accounts.bookRefused(usageEvent('refused'));
    await until(async () => (await stage.raw.hlen((await ours('journal'))[0] ?? '')) === 2);
    await accounts.confirm([request.requestId, 'refused']);
    expect(await ours('journal')).toEqual([]);
  });
});

describe('without Redis', () => {
  test('limits are divided, budgets refuse, settling goes on, and nothing is forgotten afterwards', async () => {
    const way = await relay();
    const one = await replica(way.url);
    const before = openRequest({ limits: [limit({ maxParallelRequests: 5 })], budgets: [budget(1_000n)] });
    const account = accountOf(await one.accounts.open(before, signal));
    way.cut();
    await until(() => !one.accounts.isShared);
    await expect(one.accounts.open(openRequest({ budgets: [budget(1_000n)] }), signal)).rejects.toMatchObject({
      code: 'accounts-unavailable',
      retryAfterSeconds: 1,
    });
    const limits = [limit({ requestsPerMinute: 2 })];
    const locals = [1, 2, 3].map(() => one.accounts.open(openRequest({ limits }), signal));
    const outcomes = await Promise.all(locals);
    expect(outcomes.map(({ opened }) => opened)).toEqual([true, true, false]);
    await account.settle(usageEvent(before.requestId, { costNanoUsd: 70n }));
    expect(one.booked).toHaveLength(1);
    expect(await spent()).toBe(100);
    await one.accounts.confirm([before.requestId]); // Postgres was there all the time
    await way.start();
    await until(() => one.accounts.isShared);
    expect(await spent()).toBe(70);
    expect(await held()).toEqual({});
    const [journal] = await ours('journal');
    expect(await stage.raw.hlen(journal ?? '')).toBe(2); // the two that were let through meanwhile
  });

  test('each of two replicas lets half of a limit through, and one of a limit of one', async () => {
    await replica();
    const way = await relay();
    const one = await replica(way.url);
    way.cut();
    await until(() => !one.accounts.isShared);
    const open = (limits: ReturnType<typeof limit>[]) => one.accounts.open(openRequest({ limits }), signal);
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => open([limit({ requestsPerMinute: 5 })])));
    expect(outcomes.map(({ opened }) => opened)).toEqual([true, true, false, false]);
    expect((await open([limit({ counter: 'user:u1', requestsPerMinute: 1 })])).opened).toBe(true);
    expect((await open([limit({ counter: 'user:u2', requestsPerMinute: 0 })])).opened).toBe(false);
  });

  test('a Redis that hangs costs the calls that were waiting once, and none after', async () => {
    const way = await relay();
    const one = await replica(way.url, { timeoutMs: 150 });
    way.stall();
    const limits = [limit({ requestsPerMinute: 9 })];
    const startedAt = performance.now();
    accountOf(await one.accounts.open(openRequest({ limits }), signal));
    const waitedMs = performance.now() - startedAt;
    expect(waitedMs).toBeGreaterThan(140);
    expect(waitedMs).toBeLessThan(400);
    const next = performance.now();
    for (let index = 0; index < 8; index++) accountOf(await one.accounts.open(openRequest({ limits }), signal));
    expect(performance.now() - next).toBeLessThan(50);
    way.carryOn();
    await until(() => one.accounts.isShared);
    expect(one.lines).toHaveLength(2);
  });

  test('what was opened or settled without an answer is not opened or settled twice', async () => {
    const way = await relay();
    const one = await replica(way.url, { timeoutMs: 150 });
    const limits = [limit({ maxParallelRequests: 9, tokensPerMinute: 900 })];
    const settled = openRequest({ limits, budgets: [budget(1_000n)] });
    const account = accountOf(await one.accounts.open(settled, signal));
    way.stallAnswers();
    const lost = one.accounts.open(openRequest({ limits, budgets: [budget(1_000n)] }), signal);
    const settling = account.settle(usageEvent(settled.requestId, { costNanoUsd: 70n }));
    await expect(lost).rejects.toMatchObject({ code: 'accounts-unavailable' });
    await settling;
    expect(await spent()).toBe(170); // Redis did both
    way.carryOn();
    await until(() => one.accounts.isShared);
    expect(await spent()).toBe(70);
    expect(await held()).toEqual({});
    expect(await stage.raw.zcard(`${namespace}:{api_key:${keyHash}}:max_parallel_requests`)).toBe(0);
    expect(await get(`{api_key:${keyHash}}:tokens`)).toBe('130'); // where its window is not known, they stay counted
    expect(await stage.raw.hkeys((await ours('journal'))[0] ?? '')).toEqual([settled.requestId]);
  });

  test('what the tables hold already is not charged to a Redis that forgot it', async () => {
    const way = await relay();
    const one = await replica(way.url);
    const request = openRequest({ budgets: [budget(1_000n)] });
    const account = accountOf(await one.accounts.open(request, signal));
    way.cut();
    await until(() => !one.accounts.isShared);
    await account.settle(usageEvent(request.requestId, { costNanoUsd: 70n }));
    await one.accounts.confirm([request.requestId]);
    for (const key of await stage.raw.keys(`${namespace}:*`)) await stage.raw.del(key);
    await stage.raw.set(`${namespace}:spend:key:${keyHash}`, '0.00000007', 'EX', 60);
    await way.start();
    await until(() => one.accounts.isShared);
    expect(await spent()).toBe(70);
    expect(await ours('journal')).toEqual([]);
  });

  test('with budgets counted by each replica, they hold in the process', async () => {
    const way = await relay();
    const one = await replica(way.url, { budgetsWithoutRedis: 'local' });
    way.cut();
    await until(() => !one.accounts.isShared);
    const open = () => one.accounts.open(openRequest({ budgets: [budget(150n)] }), signal);
    const account = accountOf(await open());
    expect(refusalOf(await open())).toMatchObject({ held: true });
    await account.settle(usageEvent('x', { costNanoUsd: 150n }));
    expect(refusalOf(await open())).toMatchObject({ held: false });
  });

  test('after a Redis that forgot everything, what is in flight is held again and settles once', async () => {
    const way = await relay();
    const one = await replica(way.url);
    const limits = [limit({ maxParallelRequests: 5 })];
    const budgets = [budget(1_000n, { spentNanoUsd: 500n })];
    const calls = [1, 2].map(() => openRequest({ limits, budgets }));
    const accounts = [];
    for (const call of calls) accounts.push(accountOf(await one.accounts.open(call, signal)));
    const settled = openRequest();
    await accountOf(await one.accounts.open(settled, signal)).settle(usageEvent(settled.requestId));
    way.cut();
    await until(() => !one.accounts.isShared);
    for (const key of await stage.raw.keys(`${namespace}:*`)) await stage.raw.del(key);
    await way.start();
    await until(() => one.accounts.isShared);
    expect(await spent()).toBe(700);
    expect(Object.values(await held())).toEqual(['200']);
    expect(await stage.raw.zcard(`${namespace}:{api_key:${keyHash}}:max_parallel_requests`)).toBe(2);
    expect(await stage.raw.hlen((await ours('journal'))[0] ?? '')).toBe(3);
    for (const [index, account] of accounts.entries()) {
      await account.settle(usageEvent(calls[index]?.requestId ?? '', { costNanoUsd: 30n }));
    }
    expect(await spent()).toBe(560);
    expect(await held()).toEqual({});
    expect(await stage.raw.zcard(`${namespace}:{api_key:${keyHash}}:max_parallel_requests`)).toBe(0);
  });
});
