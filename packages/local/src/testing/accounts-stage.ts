import { randomBytes } from 'node:crypto';
import { connectCounters, RedisAccounts } from '@genai-gateway/litellm';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { Relay } from './relay.ts';
import { testRedis } from './test-redis.ts';

export type OpenRequest = Parameters<RedisAccounts['open']>[0];
export type Outcome = Awaited<ReturnType<RedisAccounts['open']>>;
export type UsageEvent = OpenRequest['ifLost'];
type Limit = OpenRequest['limits'][number];
type Budget = OpenRequest['budgets'][number];

export const keyHash = 'a'.repeat(64);
export const signal = AbortSignal.timeout(600_000);

export function limit(figures: Partial<Limit>): Limit {
  return {
    scope: 'key',
    counter: `api_key:${keyHash}`,
    model: undefined,
    requestsPerMinute: undefined,
    tokensPerMinute: undefined,
    maxParallelRequests: undefined,
    ...figures,
  };
}

export function budget(maxNanoUsd: bigint, figures: Partial<Budget> = {}): Budget {
  return {
    scope: 'key',
    counter: `spend:key:${keyHash}`,
    name: 'max_budget',
    model: undefined,
    maxNanoUsd,
    spentNanoUsd: 0n,
    refusesWhen: 'reached',
    counterTtlSeconds: 60,
    ...figures,
  };
}

export function usageEvent(requestId: string, figures: Partial<UsageEvent> = {}): UsageEvent {
  return {
    requestId,
    payer: {
      keyHash,
      keyAlias: undefined,
      userId: 'u1',
      teamId: undefined,
      teamAlias: undefined,
      organizationId: undefined,
      projectId: undefined,
      endUserId: undefined,
      tags: [],
      accessGroups: [],
    },
    operation: 'chat',
    endpoint: '/v1/chat/completions',
    stream: false,
    requestedModel: 'nova',
    modelId: 'amazon.nova-lite-v1:0',
    region: 'eu-central-1',
    deploymentId: undefined,
    startedAtMs: 1_000,
    firstByteAtMs: undefined,
    endedAtMs: 2_000,
    end: 'delivered',
    errorCode: undefined,
    errorMessage: undefined,
    usage: { inputTokens: 10, outputTokens: 20 },
    isEstimate: false,
    costNanoUsd: 0n,
    ...figures,
  };
}

export function openRequest(figures: Partial<OpenRequest> = {}): OpenRequest {
  const requestId = figures.requestId ?? newId();
  const cost = figures.estimatedNanoUsd ?? 100n;
  return {
    limits: [],
    budgets: [],
    estimatedTokens: 100,
    estimatedNanoUsd: cost,
    ifLost: usageEvent(requestId, { costNanoUsd: cost, end: 'cut', isEstimate: true, usage: undefined }),
    ...figures,
    requestId,
  };
}

export function newId(): string {
  return randomBytes(8).toString('hex');
}

/** The account of a call that has to be let through. */
export function accountOf(outcome: Outcome) {
  if (!outcome.opened) throw new Error(`refused: ${outcome.refusal.kind}`);
  return outcome.account;
}

/** What a call was refused for; undefined when it was let through. */
export function refusalOf(outcome: Outcome) {
  return outcome.opened ? undefined : outcome.refusal;
}

export type Replica = Awaited<ReturnType<typeof startReplica>>;

/** A replica's accounts on a connection of its own, and what it sent to the books and the log. */
export async function startReplica(
  url: string,
  namespace: string | undefined,
  options: { budgetsWithoutRedis?: 'local'; timeoutMs?: number } = {},
) {
  const booked: UsageEvent[] = [];
  const lines: string[] = [];
  const redis = connectCounters({ url });
  const replicaId = `replica-${newId()}`;
  const accounts = new RedisAccounts({
    redis,
    replicaId,
    ...(namespace === undefined ? {} : { namespace }),
    enqueue: (event) => void booked.push(event),
    isFull: () => false,
    log: (line) => void lines.push(line),
    timeoutMs: 2_000, // the machine of the tests is busy
    ...options,
  });
  await until(() => accounts.isShared);
  return {
    replicaId,
    accounts,
    booked,
    lines,
    redis,
    stop: async () => {
      await accounts.close();
      redis.disconnect();
    },
  };
}

/** Waits until something holds, at most 20 seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come to pass within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A Redis for one file of tests, and what ends with each of them: replicas, and ways to the Redis that can be cut. */
export function accountsStage() {
  const redis = testRedis();
  let raw: ReturnType<typeof connectCounters>;
  let replicas: Replica[] = [];
  let relays: Relay[] = [];
  const url = (): string => {
    if (redis.url === undefined) throw new Error(redis.label);
    return redis.url;
  };

  beforeAll(async () => {
    raw = connectCounters({ url: url() });
    await until(() => raw.status === 'ready');
  });
  afterAll(() => raw.disconnect());
  afterEach(async () => {
    for (const each of replicas) await each.stop();
    for (const each of relays) each.cut();
    replicas = [];
    relays = [];
  });

  return {
    url,
    /** A connection of the test's own. */
    get raw() {
      return raw;
    },
    /** Those that the test has started. */
    get replicas(): readonly Replica[] {
      return replicas;
    },
    async replica(namespace: string, by = url(), options: Parameters<typeof startReplica>[2] = {}): Promise<Replica> {
      const started = await startReplica(by, namespace, options);
      replicas.push(started);
      return started;
    },
    async relay(): Promise<Relay> {
      const started = new Relay(url());
      relays.push(started);
      await started.start();
      return started;
    },
  };
}
