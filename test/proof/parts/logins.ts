import { type Calling, call, dialects } from '../support/call.ts';
import { forgeries } from '../support/forgeries.ts';
import { must, type Report } from '../support/report.ts';
import type { ProofWorld } from '../support/world.ts';

/** A token of the configured issuer calls every model, and what only looks like one calls none. */
export async function proveLogins(world: ProofWorld, report: Report): Promise<void> {
  const { oidc } = world;

  await report.prove('logins: a new user calls both planes at once, by both replicas', async () => {
    const username = `proof-${Date.now()}@example.com`;
    const key = await oidc.issue('okta-access', { username });
    const outcomes = await Promise.all(
      Array.from({ length: 24 }, (_, index) => call(world.replica(index), callingOf(key, index))),
    );
    for (const { status, text } of outcomes)
      must(status === 200, `a call was answered ${status}: ${text.slice(0, 300)}`);
    const users = await world.sql('SELECT user_role, user_email FROM "LiteLLM_UserTable" WHERE user_id = $1', [
      username,
    ]);
    must(users.length === 1, `there are ${users.length} rows of the user`);
    must(users[0]?.['user_email'] === username, `the user's address is ${users[0]?.['user_email']}`);
    must(users[0]?.['user_role'] === 'internal_user', `the user is ${users[0]?.['user_role']}`);
    const keys = await world.sql('SELECT token FROM "LiteLLM_VerificationToken" WHERE user_id = $1', [username]);
    must(keys.length === 1, `there are ${keys.length} keys of the user`);
    const viaLitellm = outcomes.filter((each) => each.viaLitellm).length;
    return `24 first calls, ${viaLitellm} of them through LiteLLM; one user and one key were made`;
  });

  await report.prove('logins: forged tokens are refused', async () => {
    const forged = await forgeries(oidc);
    const usersBefore = await count(world);
    for (const [what, key] of Object.entries(forged)) {
      for (const [index, dialect] of dialects.entries()) {
        const { status, text } = await call(world.replica(index), { ...callingOf(key, 0), dialect });
        const expected = dialect.startsWith('chat') ? 401 : 403;
        must(status === expected, `${what}: ${dialect} was answered ${status}: ${text.slice(0, 300)}`);
        must(!text.includes(key) && !text.includes(key.split('.')[1] ?? key), `${what}: the answer repeats the token`);
      }
      const management = await fetch(`${world.replica(0)}/key/generate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: '{}',
      });
      must([401, 403].includes(management.status), `${what}: /key/generate was answered ${management.status}`);
    }
    must((await count(world)) === usersBefore, 'a user was made for one of them');
    const { status, text } = await call(world.replica(0), callingOf(await oidc.issue('okta-access'), 0));
    must(status === 200, `the real one was answered ${status}: ${text.slice(0, 300)}`);
    return `${Object.keys(forged).length} kinds, by every dialect and at management; the real one works`;
  });
}

function callingOf(key: string, index: number): Calling {
  if (index % 4 === 3) return { key, model: 'gpt-4o-mini', text: 'Hello.', dialect: 'chat' };
  return { key, model: 'nova-lite', text: 'Hello.', dialect: dialects[index % dialects.length] ?? 'chat' };
}

async function count(world: ProofWorld): Promise<number> {
  return Number((await world.sql('SELECT count(*) AS count FROM "LiteLLM_UserTable"'))[0]?.['count']);
}
