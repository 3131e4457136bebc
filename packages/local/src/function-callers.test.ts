import { generateKeyPairSync, hash, sign } from 'node:crypto';
import { httpFunction } from '@genai-gateway/lambda';
import { albEvent, seenAnswer } from '@genai-gateway/lambda/testing/alb';
import { KeyDerivation } from '@genai-gateway/litellm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { testDatabase } from './testing/test-database.ts';

/*
 * Who may call a function, and as what: every kind of credential against LiteLLM's own tables.
 */

const database = testDatabase({ max: 2 });
const masterKey = 'sk-master-of-the-tests';
const gatewaySecret = 'a secret of at least thirty-two characters';
const issuer = 'https://issuer.example';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const sha256 = (text: string) => hash('sha256', text, 'hex');
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(claims: Record<string, unknown>, key = privateKey, header: Record<string, unknown> = {}): string {
  const seconds = Math.floor(Date.now() / 1_000);
  const all = { iss: issuer, aud: 'gateway', iat: seconds, exp: seconds + 600, scope: 'call', ...claims };
  const signed = `${part({ alg: 'ES256', kid: 'k', ...header })}.${part(all)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

const handler = httpFunction({
  name: 'callers',
  compose: async () => ({}),
  routes: [
    {
      method: 'GET',
      path: '/v1/who',
      handle: async ({ principal, isAdministrator, isAuditor }) => {
        const who =
          principal.kind === 'master' ? 'master' : (principal.login?.userId ?? principal.key.keyAlias ?? 'nobody');
        const roles = [isAdministrator ? 'administrator' : [], isAuditor ? 'auditor' : []].flat();
        return { status: 200, body: [who, ...roles] };
      },
    },
  ],
});

async function ask(credential: string | undefined, header = 'authorization') {
  const value = header === 'authorization' ? `Bearer ${credential}` : String(credential);
  const event = albEvent({ target: '/v1/who', headers: credential === undefined ? {} : { [header]: value } });
  const { status, json } = seenAnswer(await handler(event, {}));
  const { error } = json as { error?: { code: string; message: string } };
  return error === undefined ? { status, who: json } : { status, code: error.code, message: error.message };
}

const addKey = (alias: string, values: Readonly<Record<string, unknown>> = {}) =>
  database.insert('LiteLLM_VerificationToken', { token: sha256(`sk-${alias}`), key_alias: alias, ...values });

const derived = (userId: string, teamId?: string) =>
  new KeyDerivation(gatewaySecret).keyOf({ issuer, userId, teamId, models: undefined }).keyHash;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  vi.spyOn(console, 'info').mockImplementation(() => {});
  for (const name of ['warn', 'error'] as const) vi.spyOn(console, name).mockImplementation(() => {});
  const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }] };
  const issuers = [
    {
      name: 'main',
      issuer,
      audiences: ['gateway'],
      userIdPrefix: '',
      jwks,
      claims: { userId: 'sub', role: { claim: 'roles', admin: ['admins'] } },
    },
  ];
  const env = {
    AWS_REGION: 'eu-west-1',
    DATABASE_URL: database.postgres.url,
    LITELLM_MASTER_KEY: masterKey,
    GATEWAY_SECRET: gatewaySecret,
    OIDC_ISSUERS: JSON.stringify(issuers),
    POWERTOOLS_DEV: 'true',
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);

  const user = (user_id: string, user_role: string) => database.insert('LiteLLM_UserTable', { user_id, user_role });
  await user('alice', 'internal_user');
  await user('root', 'proxy_admin');
  await user('viewer', 'proxy_admin_viewer');
  await database.insert('LiteLLM_TeamTable', { team_id: 'closed', blocked: true });
  const past = new Date(Date.now() - 60_000).toISOString();
  await addKey('plain', { user_id: 'alice' });
  await addKey('of-nobody');
  await addKey('blocked', { user_id: 'root', blocked: true });
  await addKey('team-blocked', { user_id: 'root', team_id: 'closed' });
  await addKey('expired', { user_id: 'root', expires: past });
  await addKey('admin', { user_id: 'root' });
  await addKey('admin-for-models', { user_id: 'root', allowed_routes: ['llm_api_routes'] });
  await addKey('admin-for-management', { user_id: 'root', allowed_routes: ['management_routes'] });
  await addKey('viewer', { user_id: 'viewer' });
  await addKey('soon-blocked', { user_id: 'root' });
  const login = (token: string, alias: string, values: Readonly<Record<string, unknown>> = {}) =>
    database.insert('LiteLLM_VerificationToken', { token, key_alias: alias, user_id: 'alice', ...values });
  await login(derived('alice'), 'login-alice');
  await login(derived('bob'), 'login-bob', { blocked: true });
  await login(derived('carol'), 'login-carol', { expires: past });
}, 180_000);

afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('is let in', () => {
  test.each<[string, () => string, readonly string[]]>([
    ['a key', () => 'sk-plain', ['plain']],
    ['a key of no user', () => 'sk-of-nobody', ['of-nobody']],
    ['a key of an administrator', () => 'sk-admin', ['admin', 'administrator', 'auditor']],
    ['a key of an administrator that is for models alone', () => 'sk-admin-for-models', ['admin-for-models']],
    [
      'a key of an administrator that is for management',
      () => 'sk-admin-for-management',
      ['admin-for-management', 'administrator', 'auditor'],
    ],
    ['a key of who may look at everything', () => 'sk-viewer', ['viewer', 'auditor']],
    ['the master key', () => masterKey, ['master', 'administrator', 'auditor']],
    ['a login', () => token({ sub: 'alice' }), ['alice']],
    [
      'a login of an administrator',
      () => token({ sub: 'alice', roles: ['admins'] }),
      ['alice', 'administrator', 'auditor'],
    ],
    ['a login of another role', () => token({ sub: 'alice', roles: ['users'] }), ['alice']],
  ])('%s', async (_what, credential, who) => {
    expect(await ask(credential())).toEqual({ status: 200, who });
  });

  test.each(['x-api-key', 'api-key', 'x-goog-api-key'])('whatever header the key comes in: %s', async (header) => {
    expect(await ask('sk-plain', header)).toEqual({ status: 200, who: ['plain'] });
  });
});

describe('is not let in', () => {
  const minutes = (count: number) => Math.floor(Date.now() / 1_000) + 60 * count;

  test.each<[string, () => string | undefined, number, string]>([
    ['nobody', () => undefined, 401, 'invalid_api_key'],
    ['an unknown key', () => 'sk-unknown', 401, 'invalid_api_key'],
    ['the hash of a key', () => sha256('sk-plain'), 401, 'invalid_api_key'],
    ['a key in SQL', () => "sk-' OR 1=1 --", 401, 'invalid_api_key'],
    ['nearly the master key', () => `${masterKey}x`, 401, 'invalid_api_key'],
    ['a blocked key', () => 'sk-blocked', 401, 'key_blocked'],
    ['a key of a blocked team', () => 'sk-team-blocked', 401, 'key_blocked'],
    ['an expired key', () => 'sk-expired', 401, 'key_expired'],
    ['a login whose key was blocked', () => token({ sub: 'bob' }), 401, 'key_blocked'],
    ['a login whose key has expired', () => token({ sub: 'carol' }), 401, 'key_expired'],
    [
      'a login of an administrator that never called the gateway',
      () => token({ sub: 'dave', roles: ['admins'] }),
      403,
      'not_permitted',
    ],
    [
      'a login with other claims than it called the gateway with',
      () => token({ sub: 'alice', iss: 'https://other.example' }),
      401,
      'invalid_api_key',
    ],
    ['a login that has ended', () => token({ sub: 'alice', exp: minutes(-2) }), 401, 'invalid_api_key'],
    ['a login that was made in the future', () => token({ sub: 'alice', iat: minutes(10) }), 401, 'invalid_api_key'],
    ['a login for another audience', () => token({ sub: 'alice', aud: 'other' }), 401, 'invalid_api_key'],
    ['an ID token', () => token({ sub: 'alice', nonce: 'n', scope: undefined }), 401, 'invalid_api_key'],
    ['a logout', () => token({ sub: 'alice', events: {} }), 401, 'invalid_api_key'],
    [
      'a token that is bound to a key of its holder',
      () => token({ sub: 'alice', cnf: { jkt: 'x' } }),
      401,
      'invalid_api_key',
    ],
    [
      'a token of another type',
      () => token({ sub: 'alice' }, privateKey, { typ: 'logout+jwt' }),
      401,
      'invalid_api_key',
    ],
    ['a forged login', () => token({ sub: 'alice', roles: ['admins'] }, foreign.privateKey), 401, 'invalid_api_key'],
    [
      'a login without a signature',
      () => `${token({ sub: 'alice' }, privateKey, { alg: 'none' })}`,
      401,
      'invalid_api_key',
    ],
    ['a login of LiteLLM’s own', () => token({ sub: 'default_user_id' }), 401, 'invalid_api_key'],
  ])('%s', async (_what, credential, status, code) => {
    expect(await ask(credential())).toMatchObject({ status, code });
  });

  test('and a first login is told how to be', async () => {
    expect((await ask(token({ sub: 'erin' }))).message).toContain('GET /v1/models once with the same token');
  });

  test('a key five seconds after it was blocked', async () => {
    expect(await ask('sk-soon-blocked')).toMatchObject({ status: 200 });
    await database.pool.query('UPDATE "LiteLLM_VerificationToken" SET blocked = true WHERE key_alias = $1', [
      'soon-blocked',
    ]);
    vi.setSystemTime(Date.now() + 5_000);
    expect(await ask('sk-soon-blocked')).toMatchObject({ status: 401, code: 'key_blocked' });
  });
});
