import { setTimeout as sleep } from 'node:timers/promises';
import { type Audit, auditCalls, spendRow } from '../support/audit.ts';
import { compareTables, leftInRedis, type Payers } from '../support/ledgers.ts';
import { type Call, Load, wordOf } from '../support/load.ts';
import { make } from '../support/make.ts';
import { ProviderLog } from '../support/provider-log.ts';
import { must, type Report } from '../support/report.ts';
import type { Restartable } from '../support/restartable.ts';
import { type ProofWorld, untilGood } from '../support/world.ts';

/** Long enough for the calls of a dead replica to be found and booked by the other one. */
const DRAIN_MS = 60_000;
/** After so long a killed replica counts as dead. */
const LEASE_MS = 16_000;
/** And so long after that another one has surely looked for what it left. */
const SWEPT_MS = 15_000;

/**
 * Under load one of a replica, Valkey and Postgres at a time is killed and comes back, again and again. Afterwards every
 * call is booked once.
 */
export async function proveKills(world: ProofWorld, report: Report, { runs }: { runs: number }): Promise<void> {
  await report.prove('kills: none, for comparison', () => run(world, []));
  for (let count = 1; count <= runs; count += 1) {
    const victims = shuffled([...world.replicas, world.redis, world.postgres]);
    const names = victims.map(({ name }) => name).join(', ');
    await report.prove(`kills: run ${count}, ${names}`, () => run(world, victims));
  }
}

async function run(world: ProofWorld, victims: readonly Restartable[]): Promise<string> {
  const payers = await makePayers(world);
  const price = await world.price('nova-lite');
  const provider = new ProviderLog(world.bedrock);
  const load = new Load(world, payers.keys, 16);
  await sleep(2_000);
  let replicaKilledAt = Number.NEGATIVE_INFINITY;
  for (const victim of victims) {
    await sleep(between(500, 2_000));
    if (victim === world.redis) await untilSwept(world, replicaKilledAt);
    await victim.kill();
    if (world.replicas.some((replica) => replica === victim)) replicaKilledAt = performance.now();
    await sleep(between(100, 2_500));
    await victim.start();
  }
  await sleep(1_500);
  const calls = await load.end();
  const reached = provider.end(wordOf);

  const audit = async (): Promise<Audit> => {
    const rows = await world.sql(
      'SELECT request_id, end_user, spend, prompt_tokens, completion_tokens, status, metadata FROM "LiteLLM_SpendLogs" WHERE api_key = ANY($1)',
      [payers.keys.map(make.hashOf)],
    );
    return auditCalls(calls, rows.map(spendRow), reached, price);
  };
  const wrongs = async () => {
    const all = [
      ...(await audit()).wrong,
      ...(await compareTables(world, payers)).wrong,
      ...(await leftInRedis(world, payers)),
    ];
    return all.length === 0
      ? undefined
      : `${all.length} things are wrong:\n        ${all.slice(0, 12).join('\n        ')}`;
  };
  const drained = performance.now();
  const wrong = await untilGood(wrongs, DRAIN_MS, 1_000);
  must(wrong === undefined, `of ${calls.length} calls ${wrong}`);
  const seconds = ((performance.now() - drained) / 1000).toFixed(0);
  const { spentUsd, rows } = await compareTables(world, payers);
  const { delivered, estimates, wholeAfterAll, failed, unheard } = await audit();
  const byStatus = Object.entries(Object.groupBy(calls, ({ outcome }) => outcome.status)).map(
    ([status, some]: [string, readonly Call[] | undefined]) => `${some?.length} × ${status}`,
  );
  return (
    `${calls.length} calls (${byStatus.join(', ')}), ${rows} rows: ${delivered} delivered, ${estimates} cut and estimated, ` +
    `${wholeAfterAll} cut for the client alone, ${failed} failed for nothing; ${unheard} never got anywhere; ` +
    `$${spentUsd.toFixed(9)} in every table, booked ${seconds} s after the last call`
  );
}

/**
 * One thing is dead at a time: what a killed replica left is in Valkey alone until another replica has found it, which
 * takes as long as its lease, so Valkey lives on for that long.
 */
async function untilSwept(world: ProofWorld, replicaKilledAt: number): Promise<void> {
  await sleep(Math.max(0, replicaKilledAt + LEASE_MS - performance.now()));
  const wrong = await untilGood(
    () =>
      world.withRedis(async (redis) => {
        for (const holder of await redis.smembers('genai-gateway:holders')) {
          const isDead = (await redis.exists(`genai-gateway:lease:${holder}`)) === 0;
          if (isDead && (await redis.hlen(`genai-gateway:journal:${holder}`)) > 0) return holder;
        }
        return undefined;
      }),
    SWEPT_MS,
  );
  // What was found has to be booked too.
  await sleep(1_000);
  must(wrong === undefined, `nobody has found what ${wrong} left within ${SWEPT_MS} ms`);
}

/** A key without limits, one with budgets above and below it, one with limits: all of one member of one team. */
async function makePayers(world: ProofWorld): Promise<Payers> {
  const teamId = await make.team(world, {});
  const userId = await make.user(world, {});
  await world.manage('/team/member_add', { team_id: teamId, member: { role: 'user', user_id: userId } });
  const whose = { team_id: teamId, user_id: userId };
  const keys = [
    await world.generateKey(whose),
    await world.generateKey({ ...whose, max_budget: 1_000 }),
    await world.generateKey({ ...whose, rpm_limit: 1_000_000, tpm_limit: 100_000_000, max_parallel_requests: 1_000 }),
  ];
  return { keys, userId, teamId };
}

const between = (low: number, high: number): number => low + Math.random() * (high - low);

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, order: Math.random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ value }) => value);
}
