import { make } from './make.ts';
import type { ProofWorld } from './world.ts';

/** Who pays for the calls of a run: a member of a team, with several keys. */
export interface Payers {
  readonly keys: readonly string[];
  readonly userId: string;
  readonly teamId: string;
}

/** Every sum in which LiteLLM's tables keep what these payers have spent, beside the rows of SpendLogs. */
const sums: readonly (readonly [name: string, sql: string])[] = [
  ['the keys', 'SELECT sum(spend) AS spend FROM "LiteLLM_VerificationToken" WHERE token = ANY($1)'],
  ['the user', 'SELECT spend FROM "LiteLLM_UserTable" WHERE user_id = $2'],
  ['the team', 'SELECT spend FROM "LiteLLM_TeamTable" WHERE team_id = $3'],
  ['the member', 'SELECT spend FROM "LiteLLM_TeamMembership" WHERE user_id = $2 AND team_id = $3'],
  ['the users by day', 'SELECT sum(spend) AS spend FROM "LiteLLM_DailyUserSpend" WHERE api_key = ANY($1)'],
  ['the teams by day', 'SELECT sum(spend) AS spend FROM "LiteLLM_DailyTeamSpend" WHERE api_key = ANY($1)'],
  ['the end users by day', 'SELECT sum(spend) AS spend FROM "LiteLLM_DailyEndUserSpend" WHERE api_key = ANY($1)'],
  [
    'the end users',
    'SELECT sum(spend) AS spend FROM "LiteLLM_EndUserTable" WHERE user_id IN (SELECT end_user FROM "LiteLLM_SpendLogs" WHERE api_key = ANY($1))',
  ],
];

const counts: readonly (readonly [name: string, sql: string])[] = [
  ['rows', 'SELECT count(*) AS count FROM "LiteLLM_SpendLogs" WHERE api_key = ANY($1)'],
  ['the users by day', 'SELECT sum(api_requests) AS count FROM "LiteLLM_DailyUserSpend" WHERE api_key = ANY($1)'],
  ['the teams by day', 'SELECT sum(api_requests) AS count FROM "LiteLLM_DailyTeamSpend" WHERE api_key = ANY($1)'],
];

/** What does not agree with the rows of SpendLogs, to a nano-dollar; and the sum. */
export async function compareTables(
  world: ProofWorld,
  payers: Payers,
): Promise<{ readonly wrong: readonly string[]; readonly spentUsd: number; readonly rows: number }> {
  const { userId, teamId } = payers;
  const values = [payers.keys.map(make.hashOf), userId, teamId];
  const ask = async (sql: string, column: string) => {
    // A query may name fewer of the three.
    const used = values.map((value, index) => (sql.includes(`$${index + 1}`) ? value : undefined));
    const kept = used.filter((value) => value !== undefined);
    let renumbered = sql;
    used.reduce((next: number, value, index) => {
      if (value === undefined) return next;
      renumbered = renumbered.replaceAll(`$${index + 1}`, `#${next}`);
      return next + 1;
    }, 1);
    return Number((await world.sql(renumbered.replaceAll('#', '$'), kept))[0]?.[column] ?? 0);
  };
  const spentUsd = await ask('SELECT sum(spend) AS spend FROM "LiteLLM_SpendLogs" WHERE api_key = ANY($1)', 'spend');
  const wrong: string[] = [];
  for (const [name, sql] of sums) {
    const spend = await ask(sql, 'spend');
    if (Math.abs(spend - spentUsd) > 1e-9) wrong.push(`${name} say ${spend}, the rows ${spentUsd}`);
  }
  const found: number[] = [];
  for (const [name, sql] of counts) {
    const count = await ask(sql, 'count');
    if (found[0] !== undefined && count !== found[0])
      wrong.push(`${name} count ${count} calls, there are ${found[0]} rows`);
    found.push(count);
  }
  return { wrong, spentUsd, rows: found[0] ?? 0 };
}

/** What is still held or noted in Valkey although no call is open, and counters that say something else than the tables. */
export async function leftInRedis(world: ProofWorld, payers: Payers): Promise<readonly string[]> {
  const left: string[] = [];
  await world.withRedis(async (redis) => {
    for (const name of await redis.keys('genai-gateway:*')) {
      if ((await redis.type(name)) !== 'hash') continue;
      const fields = Object.entries(await redis.hgetall(name)).filter(([, value]) => Number(value) !== 0);
      if (fields.length > 0)
        left.push(`${name} has ${fields.length} fields, such as ${fields[0]?.join(' ').slice(0, 200)}`);
    }
    for (const name of await redis.keys('*:max_parallel_requests')) {
      const open = (await redis.type(name)) === 'zset' ? await redis.zcard(name) : 0;
      if (open > 0) left.push(`${name} counts ${open} open calls`);
    }
    const tables = { [`spend:user:${payers.userId}`]: sums[1], [`spend:team:${payers.teamId}`]: sums[2] } as const;
    const values = { [`spend:user:${payers.userId}`]: payers.userId, [`spend:team:${payers.teamId}`]: payers.teamId };
    for (const [name, table] of Object.entries(tables)) {
      const counter = await redis.get(name);
      if (counter === null || table === undefined) continue;
      const spend = Number((await world.sql(table[1].replace(/\$\d/, '$1'), [values[name]]))[0]?.['spend']);
      if (Math.abs(Number(counter) - spend) > 1e-9) left.push(`${name} is ${counter}, ${table[0]} say ${spend}`);
    }
  });
  return left;
}
