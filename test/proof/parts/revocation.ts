import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../support/call.ts';
import { make } from '../support/make.ts';
import { must, type Report } from '../support/report.ts';
import type { ProofWorld } from '../support/world.ts';

/** By whom a change is made. */
type Way = 'through the gateway' | 'in LiteLLM' | 'by SQL';
const ways: readonly Way[] = ['through the gateway', 'in LiteLLM', 'by SQL'];

/** Someone whose calls are to end. */
interface Case {
  readonly key: string;
  /** The management call that ends them. */
  readonly path: string;
  readonly body: object;
  /** The same in LiteLLM's tables. */
  readonly sql: readonly [text: string, value: string];
}

const cases: Readonly<Record<string, (world: ProofWorld) => Promise<Case>>> = {
  async 'key deleted'(world) {
    const key = await world.generateKey();
    const sql = ['DELETE FROM "LiteLLM_VerificationToken" WHERE token = $1', make.hashOf(key)] as const;
    return { key, path: '/key/delete', body: { keys: [key] }, sql };
  },
  async 'key blocked'(world) {
    const key = await world.generateKey();
    const sql = ['UPDATE "LiteLLM_VerificationToken" SET blocked = true WHERE token = $1', make.hashOf(key)] as const;
    return { key, path: '/key/block', body: { key }, sql };
  },
  async 'team blocked'(world) {
    const team_id = await make.team(world, {});
    const sql = ['UPDATE "LiteLLM_TeamTable" SET blocked = true WHERE team_id = $1', team_id] as const;
    return { key: await world.generateKey({ team_id }), path: '/team/block', body: { team_id }, sql };
  },
  async "team's models changed"(world) {
    const team_id = await make.team(world, {});
    const sql = [`UPDATE "LiteLLM_TeamTable" SET models = '{nova-pro}' WHERE team_id = $1`, team_id] as const;
    const body = { team_id, models: ['nova-pro'] };
    return { key: await world.generateKey({ team_id }), path: '/team/update', body, sql };
  },
  async "user's models changed"(world) {
    const user_id = await make.user(world, {});
    const sql = [`UPDATE "LiteLLM_UserTable" SET models = '{nova-pro}' WHERE user_id = $1`, user_id] as const;
    const body = { user_id, models: ['nova-pro'] };
    return { key: await world.generateKey({ user_id }), path: '/user/update', body, sql };
  },
};

/** Who may call no more is refused everywhere within seconds, by whatever way that was said. */
export async function proveRevocation(
  world: ProofWorld,
  report: Report,
  { short }: { readonly short: boolean },
): Promise<void> {
  await report.prove('revocation: with Valkey within 5 s', () => revokeAll(world, 5));
  if (short) return;
  await report.prove('revocation: without Valkey within 60 s', async () => {
    const prepared = await prepareAll(world);
    await world.redis.kill();
    try {
      return await revoke(world, prepared, 60);
    } finally {
      await world.redis.start();
    }
  });
}

type Prepared = readonly (readonly [what: string, way: Way, each: Case])[];

async function prepareAll(world: ProofWorld): Promise<Prepared> {
  const prepared: (readonly [string, Way, Case])[] = [];
  for (const [what, prepare] of Object.entries(cases)) {
    for (const way of ways) prepared.push([what, way, await prepare(world)]);
  }
  return prepared;
}

const revokeAll = async (world: ProofWorld, withinS: number) => revoke(world, await prepareAll(world), withinS);

async function revoke(world: ProofWorld, prepared: Prepared, withinS: number): Promise<string> {
  // One way after the other, since word of one change has replicas look at everything again; the cases of a way at once.
  const seconds = new Map<Prepared[number], number>();
  for (const way of ways) {
    const some = prepared.filter(([, by]) => by === way);
    await Promise.all(
      some.map(async (one) => {
        seconds.set(one, await revokeOne(world, one[0], way, one[2], withinS));
      }),
    );
  }
  const byWay = ways.map((way) => {
    const some = prepared.flatMap((one) => (one[1] === way ? [`${one[0]} ${seconds.get(one)?.toFixed(1)}`] : []));
    return `${way}: ${some.join(', ')} s`;
  });
  const late = prepared.filter((one) => (seconds.get(one) ?? 0) > withinS);
  must(late.length === 0, `${byWay.join('; ')}. Too late: ${late.map(([what, way]) => `${what} ${way}`).join(', ')}`);
  return byWay.join('; ');
}

/** Seconds from the change to the last call that still passed, on either replica. */
async function revokeOne(
  world: ProofWorld,
  what: string,
  way: Way,
  { key, path, body, sql }: Case,
  withinS: number,
): Promise<number> {
  const probe = (replica: number) =>
    call(world.replica(replica), { key, model: 'nova-lite', text: 'Hello.', dialect: 'converse' });
  for (const replica of [0, 1]) {
    const { status, text } = await probe(replica);
    must(status === 200, `${what}: the call before it was answered ${status}: ${text.slice(0, 300)}`);
  }
  if (way === 'by SQL') await world.sql(sql[0], [sql[1]]);
  else await world.manage(path, body, way === 'in LiteLLM' ? world.litellm : undefined);
  const changed = performance.now();
  let last = changed;
  const watch = async (replica: number) => {
    // Three refusals in a row: a change that comes and goes is none.
    for (let refused = 0; refused < 3; ) {
      const asked = performance.now();
      if ((asked - changed) / 1000 > withinS + 10) return;
      const { status } = await probe(replica);
      if (status === 200) {
        last = Math.max(last, asked);
        refused = 0;
      } else if ([401, 403].includes(status)) {
        refused += 1;
      }
      await sleep(250);
    }
  };
  await Promise.all([watch(0), watch(1)]);
  return (last - changed) / 1000;
}
