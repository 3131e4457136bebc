import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UsageEvent } from '@genai-gateway/governance';
import { BookWriter, connectPostgres, PostgresBooks } from '@genai-gateway/litellm';
import type pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from './testing/test-database.ts';

const database = testDatabase({ max: 4 });
const signal = AbortSignal.timeout(600_000);

/** Calls of a few who share keys, teams and tags, so that every writer wants the same rows. */
const few = [0, 1, 2, 3];
const keys = few.map((n) => `key-${n}`);

beforeEach(async () => {
  await database.pool.query(`TRUNCATE "LiteLLM_SpendLogs", "LiteLLM_UserTable", "LiteLLM_EndUserTable", "LiteLLM_VerificationToken",
    "LiteLLM_TeamTable", "LiteLLM_TeamMembership", "LiteLLM_TagTable", "LiteLLM_DailyUserSpend", "LiteLLM_DailyTeamSpend",
    "LiteLLM_DailyTagSpend", "LiteLLM_DailyEndUserSpend", "LiteLLM_DailyModelUsage", "LiteLLM_DailyGatewayRequests",
    "LiteLLM_BudgetWindowSpend" CASCADE`);
  const limits = JSON.stringify([{ budget_duration: '1d', max_budget: 5, reset_at: '2026-11-24T00:00:00+00:00' }]);
  for (const n of few) {
    await database.pool.query(`INSERT INTO "LiteLLM_UserTable" (user_id) VALUES ($1)`, [`user-${n}`]);
    await database.pool.query(`INSERT INTO "LiteLLM_TagTable" (tag_name, models) VALUES ($1, '{}')`, [`tag-${n}`]);
    await database.pool.query(`INSERT INTO "LiteLLM_VerificationToken" (token, budget_limits) VALUES ($1, $2)`, [
      `key-${n}`,
      limits,
    ]);
    const members = few.map((user) => ({ role: 'user', user_id: `user-${user}` }));
    await database.pool.query(`INSERT INTO "LiteLLM_TeamTable" (team_id, members_with_roles) VALUES ($1, $2)`, [
      `team-${n}`,
      JSON.stringify(members),
    ]);
  }
});

const any = () => few[Math.floor(Math.random() * few.length)] ?? 0;

function call(requestId: string = randomUUID()): UsageEvent {
  const startedAtMs = Date.UTC(2026, 10, 23, 12);
  const end = Math.random() < 0.8 ? 'delivered' : 'cut';
  return {
    requestId,
    payer: {
      keyHash: `key-${any()}`,
      keyAlias: undefined,
      userId: `user-${any()}`,
      teamId: `team-${any()}`,
      teamAlias: undefined,
      organizationId: undefined,
      projectId: undefined,
      endUserId: `end-${any()}`,
      tags: [`tag-${any()}`, `tag-${any()}`],
      accessGroups: [],
    },
    operation: 'chat',
    endpoint: '/v1/chat/completions',
    stream: true,
    requestedModel: 'nova',
    modelId: 'amazon.nova-lite-v1:0',
    region: 'us-east-1',
    deploymentId: undefined,
    startedAtMs,
    firstByteAtMs: startedAtMs + 1,
    endedAtMs: startedAtMs + 10,
    end,
    errorCode: undefined,
    errorMessage: undefined,
    usage: { inputTokens: 10, outputTokens: any() },
    isEstimate: end === 'cut',
    costNanoUsd: BigInt(1 + Math.floor(Math.random() * 1e9)),
  };
}

const dollars = (events: readonly UsageEvent[]) =>
  Number(events.reduce((sum, each) => sum + each.costNanoUsd, 0n)) / 1e9;

async function number(sql: string): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(`SELECT (${sql})::float8 AS n`);
  return rows[0]?.n ?? Number.NaN;
}

/** What each table says was spent, beside what LiteLLM's stand-in has added itself. */
async function expectBooked(events: readonly UsageEvent[], byLitellm = { each: 0, daily: 0 }): Promise<void> {
  expect(await number('SELECT count(*) FROM "LiteLLM_SpendLogs"')).toBe(events.length);
  const spent = dollars(events);
  const tagged = dollars(events.flatMap((each) => [...new Set(each.payer.tags)].map(() => each)));
  const sums: readonly (readonly [string, string, number])[] = [
    ['SpendLogs', 'spend', spent],
    ['VerificationToken', 'spend', spent + byLitellm.each],
    ['VerificationToken', 'total_spend', spent + byLitellm.each],
    ['UserTable', 'spend', spent + byLitellm.each],
    ['TeamTable', 'spend', spent + byLitellm.each],
    ['TeamMembership', 'spend', spent + byLitellm.each],
    ['TeamMembership', 'total_spend', spent + byLitellm.each],
    ['EndUserTable', 'spend', spent],
    ['TagTable', 'spend', tagged],
    ['DailyUserSpend', 'spend', spent + byLitellm.daily],
    ['DailyUserSpend', 'api_requests', events.length],
    ['DailyTeamSpend', 'spend', spent],
    ['DailyTeamSpend', 'failed_requests', events.filter((each) => each.end === 'cut').length],
    ['DailyEndUserSpend', 'spend', spent],
    ['DailyTagSpend', 'spend', tagged],
    ['DailyModelUsage', 'spend', spent],
    ['DailyModelUsage', 'request_count', events.length],
    ['BudgetWindowSpend', 'spend', spent],
  ];
  for (const [table, column, expected] of sums) {
    const found = await number(`SELECT coalesce(sum(${column}), 0) FROM "LiteLLM_${table}"`);
    expect([table, column, Math.abs(found - expected) < 1e-6 ? expected : found]).toEqual([table, column, expected]);
  }
  for (const key of keys) {
    const own = dollars(events.filter((each) => each.payer.keyHash === key)) + byLitellm.each / keys.length;
    expect(await number(`SELECT spend FROM "LiteLLM_VerificationToken" WHERE token = '${key}'`)).toBeCloseTo(own, 9);
  }
}

/** Adds as LiteLLM's own writer does: a transaction per table, a statement per row, in the order of the ids. */
async function addLikeLitellm(client: pg.PoolClient): Promise<void> {
  const inTable = async (table: string, id: string, ids: readonly string[], more = '') => {
    await client.query('BEGIN');
    for (const each of ids) {
      await client.query(`UPDATE "LiteLLM_${table}" SET spend = spend + 1${more} WHERE ${id} = $1`, [each]);
    }
    await client.query('COMMIT');
  };
  await inTable(
    'UserTable',
    'user_id',
    few.map((n) => `user-${n}`),
  );
  await inTable('VerificationToken', 'token', keys, ', total_spend = total_spend + 1');
  await inTable(
    'TeamTable',
    'team_id',
    few.map((n) => `team-${n}`),
  );
  await client.query('BEGIN');
  for (const n of few) await client.query(`SELECT pg_advisory_xact_lock(hashtext('team-${n}'))`);
  for (const n of few) {
    await client.query(
      `INSERT INTO "LiteLLM_TeamMembership" AS m (user_id, team_id, spend, total_spend) VALUES ($1, $2, 1, 1)
       ON CONFLICT (user_id, team_id) DO UPDATE SET spend = m.spend + 1, total_spend = m.total_spend + 1`,
      [`user-${n}`, `team-${n}`],
    );
  }
  await client.query('COMMIT');
  await client.query(
    `INSERT INTO "LiteLLM_DailyUserSpend" AS d (id, user_id, date, api_key, model, custom_llm_provider,
       mcp_namespaced_tool_name, endpoint, spend, updated_at)
     SELECT gen_random_uuid(), 'user-' || n, '2026-11-23', 'key-' || n, 'bedrock/amazon.nova-lite-v1:0', 'bedrock', '',
       '/chat/completions', 1, now() FROM generate_series(0, 3) n
     ON CONFLICT (user_id, date, api_key, model, custom_llm_provider, mcp_namespaced_tool_name, endpoint)
     DO UPDATE SET spend = d.spend + 1`,
  );
}

function writerOf(books: PostgresBooks, errors: string[]): BookWriter {
  const log = { info() {}, warn() {}, error: (line: string) => void errors.push(line) };
  return new BookWriter({ books, journals: [], log, batchSize: 40, lingerMs: 5 });
}

/** Breaks a connection of the books in the middle of what it does, again and again, until told to stop. */
async function kill(until: AbortSignal): Promise<number> {
  let killed = 0;
  while (!until.aborted) {
    await sleep(Math.random() * 400);
    const { rows } = await database.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'books' AND state <> 'idle'`);
    killed += rows.length;
  }
  return killed;
}

const connect = () => connectPostgres({ url: `${database.postgres.url}?application_name=books`, max: 2 });

describe('every call is booked once and everywhere', () => {
  test('though connections die at random, two write at once and LiteLLM writes as well', async () => {
    const errors: string[] = [];
    const pools = [connect(), connect()];
    const writers = pools.map((each) => writerOf(new PostgresBooks(each), errors));
    const events = Array.from({ length: 2_000 }, () => call());
    const stop = new AbortController();
    const killing = kill(stop.signal);
    let rounds = 0;
    const litellm = (async () => {
      const client = await database.pool.connect();
      while (!stop.signal.aborted) {
        await addLikeLitellm(client);
        rounds += 1;
      }
      client.release();
    })();
    for (const [index, event] of events.entries()) {
      writers[index % 2]?.enqueue(event);
      // What one replica has written another one says again, having found it in the journal.
      if (index % 3 === 0) writers[(index + 1) % 2]?.enqueue(event);
      if (index % 20 === 0) await sleep(5);
    }
    await Promise.all(writers.map((writer) => writer.flush(signal)));
    stop.abort();
    const killed = await killing;
    await litellm;
    await Promise.all(writers.map((writer) => writer.close()));
    await Promise.all(pools.map((each) => each.end()));
    expect(killed).toBeGreaterThan(3);
    expect(rounds).toBeGreaterThan(3);
    await expectBooked(events, { each: rounds * few.length, daily: rounds * few.length });
  }, 120_000);

  test('though Postgres was killed, and is back', async () => {
    const errors: string[] = [];
    const own = connect();
    const writer = writerOf(new PostgresBooks(own), errors);
    const events = Array.from({ length: 300 }, () => call());
    for (const event of events.slice(0, 150)) writer.enqueue(event);
    await sleep(10);
    database.postgres.daemon.kill();
    for (const event of events.slice(150)) writer.enqueue(event);
    await expect.poll(() => errors.length, { timeout: 10_000 }).toBe(1);
    await database.postgres.daemon.exited;
    await database.start();
    await writer.flush(signal);
    await writer.close();
    await own.end();
    await expectBooked(events);
  }, 120_000);
});

test('an event that Postgres refuses stops no other, and is told', async () => {
  const errors: string[] = [];
  const refusing = `"LiteLLM_SpendLogs" ADD CONSTRAINT refused CHECK (request_id NOT LIKE 'bad%')`;
  await database.whileAltered(refusing, '"LiteLLM_SpendLogs" DROP CONSTRAINT refused', async () => {
    const writer = writerOf(new PostgresBooks(database.pool), errors);
    const events = Array.from({ length: 50 }, () => call());
    for (const [index, event] of events.entries()) {
      if (index === 7 || index === 31) writer.enqueue(call(`bad-${index}`));
      writer.enqueue(event);
    }
    await writer.flush(signal);
    writer.enqueue(call('bad-7'));
    expect([writer.pending, writer.refused]).toEqual([0, 2]);
    await writer.close();
    await expectBooked(events);
    const told = errors.map((line) => /"requestId":"([^"]*)"/.exec(line)?.[1]);
    expect(told.sort()).toEqual(['bad-31', 'bad-7']);
  });
});
