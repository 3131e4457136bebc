import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connectCounters, RedisAccounts } from '@genai-gateway/litellm';

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
  const redis = connectCounters(url);
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

/** A way to a server that can be cut, and that can stop to carry anything without saying so. */
export class Relay {
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  readonly #farSockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #stalled = false;
  #holdsBack = false;
  readonly #heldBack = new Map<Socket, Buffer[]>();
  /** How much later answers arrive. */
  answersTakeMs = 0;

  constructor(target: string) {
    this.#target = new URL(target);
  }

  get url(): string {
    const url = new URL(this.#target);
    url.port = String(this.#port);
    return url.href;
  }

  async start(): Promise<void> {
    const server = createServer((near) => {
      const far = connect({ host: '127.0.0.1', port: Number(this.#target.port) });
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        if (this.#stalled) socket.pause();
      }
      this.#farSockets.add(far);
      near.on('data', (bytes: Buffer) => {
        if (this.#holdsBack) this.#heldBack.set(far, [...(this.#heldBack.get(far) ?? []), bytes]);
        else far.write(bytes);
      });
      far.on('data', (bytes) => {
        if (this.answersTakeMs === 0) near.write(bytes);
        else setTimeout(() => near.write(bytes), this.answersTakeMs);
      });
      near.on('close', () => {
        if (!this.#heldBack.has(far)) far.destroy();
      });
      far.on('close', () => near.destroy());
      if (this.#stalled) for (const socket of [near, far]) socket.pause();
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  stall(): void {
    this.#stalled = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** From now on commands arrive, but no answer comes. */
  stallAnswers(): void {
    for (const socket of this.#farSockets) socket.pause();
  }

  /** From now on commands are on their way, as in a network that lost their packets. */
  holdBack(): void {
    this.#holdsBack = true;
  }

  /** The client gives its connection up; it can have another one. */
  giveUp(): void {
    this.#holdsBack = false;
    for (const socket of this.#sockets) if (!this.#farSockets.has(socket)) socket.destroy();
  }

  /** What was held back arrives after all. */
  arrive(): void {
    for (const [far, parts] of this.#heldBack) far.end(Buffer.concat(parts));
    this.#heldBack.clear();
  }

  carryOn(): void {
    this.#stalled = false;
    for (const socket of this.#sockets) socket.resume();
  }

  cut(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}
