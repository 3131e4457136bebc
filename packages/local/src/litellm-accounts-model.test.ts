import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  accountsStage,
  budget,
  keyHash,
  limit,
  newId,
  openRequest,
  type Replica,
  signal,
  startReplica,
  usageEvent,
} from './testing/accounts-stage.ts';

const stage = accountsStage();

const maxNanoUsd = 1_000n;
const largestEstimate = 1_500;

/** What happens to two replicas: what stands in one `calls` is sent at once. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('calls' as const),
      opens: fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 1, max: largestEstimate })), {
        maxLength: 6,
      }),
      settles: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 100 })), { maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), at: fc.integer({ min: 0, max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const), at: fc.integer({ min: 0, max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('adopt' as const), at: fc.integer({ min: 0, max: 1 }) }) },
);

interface Open {
  readonly replica: Replica;
  readonly requestId: string;
  readonly estimate: number;
  readonly settle: (event: ReturnType<typeof usageEvent>) => Promise<void>;
}

test('whatever happens in whatever order, each call is booked once and no budget is overrun by more than one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      const namespace = newId();
      const start = () => startReplica(stage.url(), namespace);
      const everyone: Replica[] = [];
      const replicas: Replica[] = [];
      for (let index = 0; index < 2; index++) replicas.push(await start());
      everyone.push(...replicas);
      const opened = new Set<string>();
      const booked = new Map<string, bigint>();
      let open: Open[] = [];
      const book = (events: readonly ReturnType<typeof usageEvent>[]) => {
        // As the tables do: the first event of an id counts.
        for (const event of events) if (!booked.has(event.requestId)) booked.set(event.requestId, event.costNanoUsd);
      };
      const collect = () => {
        for (const { booked: events } of everyone) book(events.splice(0));
      };
      const loseLease = async ({ replicaId }: Replica) => {
        const leases = await stage.raw.keys(`${namespace}:genai-gateway:lease:${replicaId}.*`);
        if (leases.length > 0) await stage.raw.del(...leases);
      };
      const send = async (at: number, estimate: number) => {
        const replica = replicas[at];
        if (replica === undefined) return;
        const request = openRequest({
          limits: [limit({ maxParallelRequests: 1_000 })],
          budgets: [budget(maxNanoUsd)],
          estimatedNanoUsd: BigInt(estimate),
        });
        const outcome = await replica.accounts.open(request, signal);
        if (!outcome.opened) return;
        const { requestId } = request;
        opened.add(requestId);
        const { account } = outcome;
        open.push({ replica, requestId, estimate, settle: (event) => account.settle(event) });
      };
      const settle = async ({ requestId, estimate, settle: end }: Open, percent: number) => {
        const costNanoUsd = BigInt(Math.floor((estimate * percent) / 100));
        const event = usageEvent(requestId, { costNanoUsd });
        await Promise.all([end(event), end(event)]);
      };
      const adopt = async (at: number) => {
        collect();
        await replicas[at]?.accounts.adopt(book);
      };

      for (const each of steps) {
        if (each.kind === 'calls') {
          const chosen = new Map(each.settles.map(([at, percent]) => [open[at % Math.max(1, open.length)], percent]));
          open = open.filter((call) => !chosen.has(call));
          const settles = [...chosen].map(([call, percent]) =>
            call === undefined ? undefined : settle(call, percent),
          );
          await Promise.all([...each.opens.map(([at, estimate]) => send(at, estimate)), ...settles]);
        } else if (each.kind === 'kill') {
          const dead = replicas[each.at];
          if (dead === undefined) continue;
          await loseLease(dead);
          dead.redis.disconnect();
          open = open.filter(({ replica }) => replica !== dead);
          const fresh = await start();
          everyone.push(fresh);
          replicas[each.at] = fresh;
        } else if (each.kind === 'pause') {
          const paused = replicas[each.at];
          if (paused !== undefined) await loseLease(paused);
        } else {
          await adopt(each.at);
        }
      }
      for (const call of open) await settle(call, 100);
      await adopt(0);
      await adopt(1);

      const total = [...booked.values()].reduce((sum, cost) => sum + cost, 0n);
      expect([...booked.keys()].sort()).toEqual([...opened].sort());
      expect(total <= maxNanoUsd + BigInt(largestEstimate)).toBe(true);
      const counter = Number(await stage.raw.get(`${namespace}:spend:key:${keyHash}`));
      expect(BigInt(Math.round(counter * 1e9))).toBe(total);
      expect(await stage.raw.hgetall(`${namespace}:genai-gateway:held:spend:key:${keyHash}`)).toEqual({});
      expect(await stage.raw.exists(`${namespace}:{api_key:${keyHash}}:max_parallel_requests`)).toBe(0);
      for (const each of everyone) await each.stop();
    }),
    { numRuns: 40, seed: 7, endOnFailure: true },
  );
}, 120_000);
