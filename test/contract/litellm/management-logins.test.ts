import { type OidcSimulator, startOidcSimulator } from '@genai-gateway/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ask, manage } from '../support/litellm.ts';
import type { OwnGateway } from '../support/own-gateway.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { uniqueWord } from '../support/simulator.ts';
import { world } from '../support/world.ts';
import { startBesideLitellm } from './support/gateway-beside-litellm.ts';
import {
  all,
  everyWay,
  foreignModel,
  joinTeam,
  modelWays,
  newTeam,
  soon,
  spentBudget,
  unknownKey,
} from './support/people.ts';

afterAll(stopPython);

/** The flows of users once more, for people who come with a token of their company's issuer in place of a key. */
describe.skipIf(world.litellm === undefined)('whoever logs in with a token', () => {
  let oidc: OidcSimulator;
  let gateway: OwnGateway;

  beforeAll(async () => {
    oidc = await startOidcSimulator();
    gateway = await startBesideLitellm({ OKTA_ISSUER: oidc.issuer, OKTA_AUDIENCE: oidc.audience });
    return async () => {
      gateway.kill();
      await oidc.close();
    };
  });

  interface Login {
    readonly userId: string;
    readonly token: string;
  }
  const newLogin = async (): Promise<Login> => {
    const userId = `${uniqueWord()}@example.com`;
    return { userId, token: await oidc.issue('okta-access', { username: userId }) };
  };
  const as = ({ token }: Login, path: string, body?: object): Promise<Answer> =>
    ask(path, { key: token, http: gateway.http, ...(body === undefined ? {} : { body }) });
  const ways = modelWays.map((way) => ({
    ...way,
    send: (options: { key?: string | null }, model?: string) => way.send({ ...options, http: gateway.http }, model),
  }));
  const made = async (answer: Promise<Answer>): Promise<string> => {
    const { status, text, json } = await answer;
    expect([status, text]).toEqual([200, expect.any(String)]);
    return String(at(json, 'key'));
  };

  it('calls every model at once, on both planes, and is a user then', async () => {
    const login = await newLogin();
    expect(await everyWay(login.token, ways)).toEqual(all(() => 'works'));
    const info = at(await manage(`/user/info?user_id=${encodeURIComponent(login.userId)}`), 'user_info');
    expect(info).toMatchObject({ user_id: login.userId, user_email: login.userId, user_role: 'internal_user' });
    const spend = async () =>
      at(await manage(`/user/info?user_id=${encodeURIComponent(login.userId)}`), 'user_info', 'spend');
    await expect.poll(spend, soon).toBeGreaterThan(0);
  });

  it('makes a user of themselves only', async () => {
    const login = await newLogin();
    const { status, json } = await as(login, '/user/new', {});
    expect([status, at(json, 'user_id')]).toEqual([200, login.userId]);
    const other = await as(login, '/user/new', { user_id: 'somebody-else' });
    expect([400, 403]).toContain(other.status);
    const admin = await as(login, '/user/new', { user_role: 'proxy_admin' });
    expect([400, 403]).toContain(admin.status);
  });

  it('makes a key that works on both planes, and takes it away again', async () => {
    const login = await newLogin();
    const key = await made(
      as(login, '/key/generate', { key_alias: uniqueWord(), models: ['nova-lite', 'gpt-4o-mini'] }),
    );
    expect(await everyWay(key, ways)).toEqual(all(() => 'works'));
    for (const way of ways) {
      const foreign = way.plane === 'hot path' ? 'nova-pro' : 'gpt-5-mini';
      expect([way.name, (await way.send({ key }, foreign))?.status]).toEqual([way.name, foreignModel()]);
    }
    expect((await as(login, '/key/delete', { keys: [key] })).status).toBe(200);
    await expect.poll(() => everyWay(key, ways), soon).toEqual(all(unknownKey));
    expect(await everyWay(login.token, ways)).toEqual(all(() => 'works'));
  });

  it('is told the limits of a key as they were set', async () => {
    const limits = { rpm_limit: 7, tpm_limit: 900, max_parallel_requests: 2, model_rpm_limit: { 'nova-lite': 3 } };
    const { status, json } = await as(await newLogin(), '/key/generate', limits);
    const { model_rpm_limit, ...plain } = limits;
    expect([status, json]).toEqual([
      200,
      expect.objectContaining({ ...plain, metadata: expect.objectContaining({ model_rpm_limit }) }),
    ]);
  });

  it('is held to the budget of a key of theirs', async () => {
    const key = await made(as(await newLogin(), '/key/generate', { max_budget: 1e-9 }));
    await everyWay(key, ways);
    await expect.poll(() => everyWay(key, ways), soon).toEqual(all(spentBudget));
  });

  it('is held to the budget that an administrator gave them, with every key', async () => {
    const login = await newLogin();
    const key = await made(as(login, '/key/generate', {}));
    await manage('/user/update', { user_id: login.userId, max_budget: 0 });
    await expect.poll(() => everyWay(login.token, ways), soon).toEqual(all(spentBudget));
    await expect.poll(() => everyWay(key, ways), soon).toEqual(all(spentBudget));
    expect([400, 403]).toContain((await as(login, '/key/generate', { max_budget: 5 })).status);
  });

  it('has nothing to do with the keys of others', async () => {
    const [anna, bert] = [await newLogin(), await newLogin()];
    const key = await made(as(bert, '/key/generate', {}));
    for (const [path, body] of [
      ['/key/generate', { user_id: bert.userId }],
      ['/key/delete', { keys: [key] }],
      ['/key/update', { key, max_budget: 1_000 }],
    ] as const) {
      expect([path, [400, 403]]).toEqual([path, expect.arrayContaining([(await as(anna, path, body)).status])]);
    }
    expect((await as(anna, `/key/info?key=${key}`)).status).toBe(403);
    const { json } = await as(anna, '/key/list?return_full_object=true');
    expect((at(json, 'keys') as unknown[]).filter((each) => at(each, 'user_id') !== anna.userId)).toEqual([]);
    expect(await everyWay(key, ways)).toEqual(all(() => 'works'));
  });

  it('may make a key for a team that they are in, and for no other', async () => {
    const login = await newLogin();
    await as(login, '/user/new', { auto_create_key: false });
    const [own, other] = [await newTeam({ models: ['nova-lite', 'gpt-4o-mini'] }), await newTeam()];
    await joinTeam(own, { userId: login.userId, key: login.token });
    expect([400, 403]).toContain((await as(login, '/key/generate', { team_id: other })).status);
    const mine = await as(login, '/key/generate', { team_id: own });
    // Whether members may make keys is the team's own setting.
    expect([200, 401, 403]).toContain(mine.status);
    if (mine.status === 200) {
      expect(await everyWay(String(at(mine.json, 'key')), ways)).toEqual(all(() => 'works'));
    }
  });

  it.each([
    ['GET', '/user/list'],
    ['GET', '/global/spend'],
    ['POST', '/team/new'],
    ['POST', '/model/new'],
    ['POST', '/key/block'],
  ])('may not %s %s', async (method, path) => {
    const { token } = await newLogin();
    const { status, text } = await ask(path, {
      ...{ key: token, http: gateway.http, method },
      ...(method === 'POST' ? { body: {} } : {}),
    });
    expect([status, text]).toEqual([403, expect.stringMatching(/admin|master|permission/i)]);
  });
});
