import { hash } from 'node:crypto';
import { connectCounters } from '@genai-gateway/litellm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accountOf,
  budget,
  limit,
  openRequest,
  type Replica,
  refusalOf,
  signal,
  startReplica,
  usageEvent,
} from '../../../packages/local/src/testing/accounts-stage.ts';
import { type Answer, ask, chat, generateKey } from '../support/litellm.ts';
import { litellmWorld, world } from '../support/world.ts';

const skip = world.litellm === undefined || world.redisUrl === undefined;

/** The counters of two replicas, driven directly beside calls to LiteLLM itself. */
describe.skipIf(skip)('with LiteLLM itself, of one key', () => {
  const replicas: Replica[] = [];
  const redis = connectCounters({ url: world.redisUrl ?? '' });

  beforeAll(async () => {
    for (let index = 0; index < 2; index++) replicas.push(await startReplica(world.redisUrl ?? '', undefined));
  });
  afterAll(async () => {
    for (const each of replicas) await each.stop();
    redis.disconnect();
  });

  const theirs = (key: string, body: object = {}): Promise<Answer> =>
    ask('/v1/chat/completions', {
      key,
      http: litellmWorld().url,
      body: { ...chat('nova-lite', 'Hello.'), max_tokens: 10, ...body },
    });
  const ours = (index: number, figures: Parameters<typeof openRequest>[0]) => {
    const request = openRequest(figures);
    const outcome = replicas[index % 2]?.accounts.open(request, signal);
    if (outcome === undefined) throw new Error('there is no replica');
    return outcome;
  };
  const hashOf = (key: string) => hash('sha256', key, 'hex');
  const keyLimit = (key: string, figures: Parameters<typeof limit>[0]) =>
    limit({ counter: `api_key:${hashOf(key)}`, ...figures });
  const keyBudget = (key: string, maxNanoUsd: bigint) =>
    budget(maxNanoUsd, { counter: `spend:key:${hashOf(key)}`, refusesWhen: 'reached' });
  const spentUsd = async (key: string) => Number(await redis.get(`spend:key:${hashOf(key)}`));

  it('50 requests per minute are 50, whoever serves them', async () => {
    const key = await generateKey({ rpm_limit: 50 });
    const limits = [keyLimit(key, { requestsPerMinute: 50 })];
    let passed = 0;
    await Promise.all(
      Array.from({ length: 80 }, async (_, index) => {
        if (index % 2 === 0) {
          const { status } = await theirs(key);
          expect([200, 429]).toContain(status);
          if (status === 200) passed += 1;
        } else {
          await new Promise((resolve) => setTimeout(resolve, index * 20));
          if ((await ours(index, { limits })).opened) passed += 1;
        }
      }),
    );
    expect(passed).toBe(50);
    expect((await theirs(key)).status).toBe(429);
    expect(refusalOf(await ours(0, { limits }))).toMatchObject({ kind: 'requests-per-minute' });
  });

  it('tokens used here are gone there', async () => {
    const key = await generateKey({ tpm_limit: 1_000 });
    const limits = [keyLimit(key, { tokensPerMinute: 1_000 })];
    expect((await theirs(key)).status).toBe(200);
    const account = accountOf(await ours(0, { limits, estimatedTokens: 900 }));
    expect((await theirs(key, { max_tokens: 300 })).status).toBe(429);
    await account.settle(usageEvent('x', { usage: { inputTokens: 10, outputTokens: 20 } }));
    expect((await theirs(key, { max_tokens: 300 })).status).toBe(200);
  });

  it('requests at one time hold each other off', async () => {
    const key = await generateKey({ max_parallel_requests: 2 });
    const limits = [keyLimit(key, { maxParallelRequests: 2 })];
    const accounts = [accountOf(await ours(0, { limits })), accountOf(await ours(1, { limits }))];
    expect((await theirs(key)).status).toBe(429);
    await accounts[0]?.settle(usageEvent('x'));
    expect((await theirs(key)).status).toBe(200);
    await accounts[1]?.settle(usageEvent('y'));
  });

  it('a budget spent here refuses there', async () => {
    const key = await generateKey({ max_budget: 0.001 });
    expect((await theirs(key)).status).toBe(200);
    const account = accountOf(await ours(0, { budgets: [keyBudget(key, 1_000_000n)], estimatedNanoUsd: 500_000n }));
    await account.settle(usageEvent('x', { costNanoUsd: 1_000_000n }));
    expect((await theirs(key)).status).toBe(422);
  });

  it('a budget spent there refuses here', async () => {
    const key = await generateKey({ max_budget: 1e-9 });
    expect((await theirs(key)).status).toBe(200);
    const budgets = [keyBudget(key, 1n)];
    // LiteLLM books a call after it has answered.
    await expect
      .poll(async () => {
        const outcome = await ours(0, { budgets, estimatedNanoUsd: 1n });
        if (outcome.opened) await outcome.account.settle(usageEvent('x'));
        return refusalOf(outcome)?.kind;
      })
      .toBe('budget');
  });

  it('what both spend at once adds up to the last nano-dollar', async () => {
    const key = await generateKey({ max_budget: 100 });
    const budgets = [keyBudget(key, 100_000_000_000n)];
    let total = 0;
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        if (index % 4 === 0) {
          const { status, headers } = await theirs(key);
          expect(status).toBe(200);
          total += Number(headers.get('x-litellm-response-cost'));
        } else {
          const account = accountOf(await ours(index, { budgets, estimatedNanoUsd: 1_000_000n }));
          await new Promise((resolve) => setTimeout(resolve, index * 10));
          await account.settle(usageEvent(`call-${index}`, { costNanoUsd: 12_345n }));
          total += 12_345e-9;
        }
      }),
    );
    await expect.poll(() => spentUsd(key), { timeout: 10_000 }).toBeCloseTo(total, 11);
  });
});
