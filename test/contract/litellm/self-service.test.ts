import { hash } from 'node:crypto';
import { type OidcSimulator, startOidcSimulator } from '@genai-gateway/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, chat, generateKey, manage } from '../support/litellm.ts';
import type { OwnGateway } from '../support/own-gateway.ts';
import { at } from '../support/reply.ts';
import { world } from '../support/world.ts';
import { startBesideLitellm } from './support/gateway-beside-litellm.ts';

let oidc: OidcSimulator;
let gateway: OwnGateway;
let second: OwnGateway;

/** Logins of an issuer whose claims say team, role and models; small limits, so that they can be reached. */
const environment = () => ({
  OIDC_ISSUERS: JSON.stringify([
    {
      name: 'main',
      issuer: oidc.issuer,
      audiences: [oidc.audience],
      tokenUse: 'any',
      userIdPrefix: '',
      claims: {
        team: { claim: 'team' },
        role: { claim: 'groups', admin: ['gateway-admins'] },
        models: { claim: 'models' },
      },
      defaults: { maxBudgetUsd: 5, budgetDuration: '30d', requestsPerMinute: 1_000 },
    },
  ]),
  SELF_SERVICE_MAX_KEYS: '3',
  SELF_SERVICE_MAX_KEY_DURATION: '90d',
});

describe.skipIf(world.litellm === undefined)('a login', () => {
  beforeAll(async () => {
    oidc = await startOidcSimulator();
    [gateway, second] = await Promise.all([startBesideLitellm(environment()), startBesideLitellm(environment())]);
  });

  afterAll(async () => {
    gateway?.kill();
    second?.kill();
    await oidc?.close();
  });

  let count = 0;
  const someone = (): string => `person-${Date.now()}-${count++}`;
  /** A token that says nothing of models would allow none. */
  const tokenOf = (username: string, claims: Readonly<Record<string, unknown>> = {}) =>
    oidc.issue('plain', { username, claims: { models: ['*'], ...claims } });
  /** Through the gateway with these logins, unless another is named. */
  const by = (key: string, path: string, body?: object, http = gateway.http) =>
    ask(path, { key, http, ...(body === undefined ? {} : { body }) });
  const calls = async (key: string, model: string, http = gateway.http) =>
    (await by(key, '/v1/chat/completions', chat(model, 'Hello.'), http)).status;
  const internalKeysOf = async (user: string) => {
    const keys = at(await manage(`/user/info?user_id=${encodeURIComponent(user)}`), 'keys') as unknown[];
    return keys.filter((key) => at(key, 'metadata', 'genai_gateway_principal') !== undefined);
  };

  it('calls models on both planes as a user of LiteLLM’s with the defaults', async () => {
    const user = someone();
    const token = await tokenOf(user);
    expect([await calls(token, 'claude-sonnet'), await calls(token, 'gpt-4o-mini')]).toEqual([200, 200]);
    expect(at(await manage(`/user/info?user_id=${user}`), 'user_info')).toMatchObject({
      user_id: user,
      user_role: 'internal_user',
      max_budget: 5,
      budget_duration: '30d',
      rpm_limit: 1_000,
    });
  });

  it('that comes to two replicas at once for the first time is one user with one key', async () => {
    const user = someone();
    const token = await tokenOf(user);
    const places = [gateway.http, second.http, gateway.http, second.http];
    expect(await Promise.all(places.map((http) => calls(token, 'nova-lite', http)))).toEqual([200, 200, 200, 200]);
    expect(await internalKeysOf(user)).toHaveLength(1);
  });

  it('may use the models of its claims, on both planes, and no others', async () => {
    const token = await tokenOf(someone(), { models: ['nova-lite', 'gpt-5-mini'] });
    const statuses = ['nova-lite', 'gpt-5-mini', 'claude-sonnet', 'gpt-4o-mini'].map((model) => calls(token, model));
    expect(await Promise.all(statuses)).toEqual([200, 200, 403, 403]);
  });

  it('whose claims name no model may use none', async () => {
    const token = await tokenOf(someone(), { models: [] });
    expect([await calls(token, 'nova-lite'), await calls(token, 'gpt-5-mini')]).toEqual([403, 403]);
    const made = await by(token, '/key/generate', {});
    expect([made.status, at(made.json, 'models')]).toEqual([200, ['no-default-models']]);
    expect((await by(token, '/key/generate', { models: ['nova-lite'] })).status).toBe(403);
  });

  it('of a team is bound by the team, and refused where there is none', async () => {
    const team = String(at(await manage('/team/new', { models: ['nova-lite'] }), 'team_id'));
    const user = someone();
    const token = await tokenOf(user, { team });
    expect([await calls(token, 'nova-lite'), await calls(token, 'claude-sonnet')]).toEqual([200, 403]);
    expect(await internalKeysOf(user)).toMatchObject([{ team_id: team }]);
    const lost = await by(
      await tokenOf(someone(), { team: 'nowhere' }),
      '/v1/chat/completions',
      chat('nova-lite', '.'),
    );
    expect(lost.status).toBe(403);
    expect(lost.text).toContain('nowhere');
  });

  it('whose key is blocked is refused, also when the key was deleted', async () => {
    const user = someone();
    const token = await tokenOf(user);
    expect(await calls(token, 'nova-lite')).toBe(200);
    const [key] = (await internalKeysOf(user)).map((each) => at(each, 'token'));
    await manage('/key/block', { key });
    await expect.poll(() => calls(token, 'nova-lite'), { timeout: 10_000 }).toBe(401);
    await manage('/key/delete', { keys: [key] });
    for (let tries = 0; tries < 3; tries += 1) expect(await calls(token, 'nova-lite')).toBe(401);
  });

  it('becomes a user, and gets a key that calls models and manages nothing', async () => {
    const user = someone();
    const token = await tokenOf(user);
    const { status, json } = await by(token, '/user/new', { user_id: user, user_role: 'internal_user' });
    expect([status, at(json, 'user_id'), at(json, 'user_role')]).toEqual([200, user, 'internal_user']);
    const key = String(at(json, 'key'));
    expect([await calls(key, 'claude-sonnet'), await calls(key, 'gpt-4o-mini')]).toEqual([200, 200]);
    expect((await by(key, '/key/generate', {})).status).toBe(403);
  });

  it('makes, sees, changes and deletes keys of its own', async () => {
    const token = await tokenOf(someone());
    const alias = someone();
    const made = await by(token, '/key/generate', {
      key_alias: alias,
      max_budget: 1,
      rpm_limit: 9,
      metadata: { app: 'x' },
    });
    expect(made.json).toMatchObject({ key_alias: alias, max_budget: 1, rpm_limit: 9 });
    const days = (Date.parse(String(at(made.json, 'expires'))) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(90);
    const key = String(at(made.json, 'key'));
    expect(await calls(key, 'nova-lite')).toBe(200);
    expect((await by(token, '/key/list')).json).toMatchObject({ keys: [hash('sha256', key, 'hex')], total_count: 1 });
    expect((await by(token, '/key/update', { key, models: ['nova-lite'] })).status).toBe(200);
    expect(at((await by(token, `/key/info?key=${key}`)).json, 'info', 'models')).toEqual(['nova-lite']);
    expect(at((await by(token, '/user/info')).json, 'keys')).toHaveLength(1);
    expect((await by(token, '/key/delete', { keys: [key] })).json).toEqual({ deleted_keys: [key] });
    expect((await by(token, '/key/list')).json).toMatchObject({ keys: [], total_count: 0 });
  });

  it('has as many keys as the administrator lets it', async () => {
    const token = await tokenOf(someone());
    const all = await Promise.all(Array.from({ length: 5 }, () => by(token, '/key/generate', {})));
    expect(all.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 400, 400]);
  });

  it.each([
    ['POST', '/key/generate', { user_id: 'somebody-else' }, 400],
    ['POST', '/key/generate', { max_budget: 5.01 }, 400],
    ['POST', '/key/generate', { max_budget: null }, 400],
    ['POST', '/key/generate', { max_budget: '1' }, 400],
    ['POST', '/key/generate', { team_id: 'nowhere' }, 400],
    ['POST', '/key/generate', { allowed_routes: ['/*'] }, 400],
    ['POST', '/key/generate', { metadata: { guardrails: [] } }, 400],
    ['POST', '/key/generate', { duration: '1000d' }, 400],
    ['POST', '/user/new', { user_id: 'somebody-else' }, 400],
    ['POST', '/user/new', { user_role: 'proxy_admin' }, 400],
    ['POST', '/user/new', { max_budget: 1_000 }, 400],
    ['GET', '/key/list?user_id=somebody-else', undefined, 400],
    ['GET', '/user/info?user_id=somebody-else', undefined, 400],
    ['GET', '/user/list', undefined, 403],
    ['POST', '/team/new', {}, 403],
    ['POST', '/key/block', { key: 'sk-1' }, 403],
    ['POST', '/model/new', {}, 403],
    ['GET', '/ui/', undefined, 403],
    ['POST', '/config/update', {}, 403],
  ])('is refused %s %s %j: %i', async (_method, path, body, status) => {
    expect((await by(await tokenOf('somebody'), path, body)).status).toBe(status);
  });

  it('gets nothing by the keys of others, nor by the gateway’s own', async () => {
    const [user, token] = await tokenPair();
    const alias = someone();
    const theirs = await generateKey({ key_alias: alias });
    const [own] = (await internalKeysOf(user)).map((key) => at(key, 'token'));
    const tries: [string, object | undefined][] = [theirs, hash('sha256', theirs, 'hex'), String(own)].flatMap(
      (key): [string, object | undefined][] => [
        ['/key/update', { key, models: [] }],
        ['/key/delete', { keys: [key] }],
        [`/key/info?key=${key}`, undefined],
      ],
    );
    tries.push(['/key/delete', { key_aliases: [alias] }], ['/key/update', { key_alias: alias, models: [] }]);
    for (const [path, body] of tries) expect([path, (await by(token, path, body)).status]).toEqual([path, 403]);
    expect(await calls(theirs, 'nova-lite')).toBe(200);
  });

  /** Somebody whom LiteLLM has already. */
  async function tokenPair(): Promise<[string, string]> {
    const user = someone();
    const token = await tokenOf(user);
    expect(await calls(token, 'nova-lite')).toBe(200);
    return [user, token];
  }

  it('of an administrator manages everything but what takes the master key, until the role is gone', async () => {
    const user = someone();
    const admin = await tokenOf(user, { groups: ['gateway-admins'] });
    const made = await by(admin, '/team/new', { team_alias: someone() });
    expect([made.status, typeof at(made.json, 'team_id')]).toEqual([200, 'string']);
    expect((await by(admin, '/key/generate', { user_id: 'somebody-else', max_budget: 100 })).status).toBe(200);
    expect((await by(admin, '/config/update', {})).status).toBe(403);
    expect((await by(await tokenOf(user), '/team/new', {})).status).toBe(403);
    expect(at(await manage(`/user/info?user_id=${user}`), 'user_info', 'user_role')).toBe('internal_user');
  });

  it.each(['/key/delete', '/team/update'])('and any key stops at once on every replica after %s', async (path) => {
    const team = String(at(await manage('/team/new', { models: ['nova-lite'] }), 'team_id'));
    const key = await generateKey({ team_id: team });
    expect([await calls(key, 'nova-lite'), await calls(key, 'nova-lite', second.http)]).toEqual([200, 200]);
    const body = path === '/key/delete' ? { keys: [key] } : { team_id: team, models: ['claude-sonnet'] };
    await manage(path, body, { http: gateway.http });
    const refused = path === '/key/delete' ? 401 : 403;
    expect(await calls(key, 'nova-lite')).toBe(refused);
    await expect.poll(() => calls(key, 'nova-lite', second.http), { timeout: 1_000, interval: 20 }).toBe(refused);
  });
});
