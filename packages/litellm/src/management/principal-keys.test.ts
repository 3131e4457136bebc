import { hash } from 'node:crypto';
import { GatewayError } from '@genai-gateway/core';
import type { LitellmProxy, LitellmRequest, UpstreamListener } from '@genai-gateway/pipeline';
import { describe, expect, test } from 'vitest';
import { ManagementApi } from './management-api.ts';
import { PrincipalKeyring, type PrincipalLogin } from './principal-keys.ts';

type Row = Record<string, unknown>;
type Answer = readonly [status: number, json: unknown];

/**
 * LiteLLM's management as far as a login needs it: its answers and their texts are those of LiteLLM 1.106.2, against
 * which the contract tests run the same.
 */
class ManagementStandIn implements LitellmProxy {
  readonly users = new Map<string, Row>();
  readonly keys = new Map<string, Row>();
  readonly deleted = new Map<string, Row>();
  /** Members by team, each with the budget within it. */
  readonly teams = new Map<string, Map<string, unknown>>();
  readonly asked: string[] = [];
  isDown = false;
  /** Gives another answer than the usual; undefined: the usual. */
  instead: (path: string, body: Row) => Answer | undefined = () => undefined;

  send({ method, target, body }: LitellmRequest, listener: UpstreamListener): void {
    if (this.isDown) {
      listener.onError(new GatewayError('litellm-unavailable', 'Not there.'));
      return;
    }
    const [path = '', query] = target.split('?');
    this.asked.push(`${method} ${path}`);
    const given = typeof body === 'string' ? (JSON.parse(body) as Row) : {};
    const params = new URLSearchParams(query);
    const [status, json] = this.instead(path, given) ?? this.#answer(path, given, params);
    queueMicrotask(() => {
      listener.onHead(status, {}, { pause: () => undefined, resume: () => undefined });
      listener.onBytes(Buffer.from(JSON.stringify(json)));
      listener.onEnd();
    });
  }

  #answer(path: string, body: Row, query: URLSearchParams): Answer {
    switch (path) {
      case '/user/new': {
        const isTaken = [...this.users.values()].some((user) => user['user_email'] === body['user_email']);
        if (this.users.has(String(body['user_id']))) return [409, { error: { message: 'User with id exists' } }];
        if (isTaken && body['user_email'] !== undefined) return [409, { error: { message: 'User with email exists' } }];
        this.users.set(String(body['user_id']), body);
        return [200, body];
      }
      case '/user/update': {
        Object.assign(this.users.get(String(body['user_id'])) ?? {}, body);
        return [200, {}];
      }
      case '/user/info': {
        const id = query.get('user_id') ?? '';
        const user = this.users.get(id);
        const keys = [...this.keys.values()].filter((key) => key['user_id'] === id);
        return user === undefined ? [404, { error: {} }] : [200, { user_info: user, keys }];
      }
      case '/team/new':
        this.teams.set(String(body['team_id']), new Map());
        return [200, {}];
      case '/team/member_add': {
        const team = this.teams.get(String(body['team_id']));
        const id = (body['member'] as { user_id: string }).user_id;
        if (team === undefined) return [404, { detail: {} }];
        if (team.has(id)) return [400, { error: { type: 'team_member_already_in_team' } }];
        team.set(id, body['max_budget_in_team']);
        return [200, {}];
      }
      case '/key/generate': {
        const aliases = [...this.keys.values()].map((key) => key['key_alias']);
        if (body['key_alias'] !== undefined && aliases.includes(body['key_alias'])) return [400, { error: {} }];
        const token = hash('sha256', String(body['key']), 'hex');
        if (!this.keys.has(token)) this.keys.set(token, { ...body, token, created_by: 'default_user_id' });
        return [200, {}];
      }
      case '/key/info': {
        const token = query.get('key') ?? '';
        const live = this.keys.get(token);
        const info = live === undefined ? this.deleted.get(token) : { ...live, status: 'active' };
        return info === undefined ? [404, { error: {} }] : [200, { info }];
      }
      default:
        return [404, {}];
    }
  }

  delete(keyHash: string): void {
    this.deleted.set(keyHash, { ...this.keys.get(keyHash), status: 'deleted' });
    this.keys.delete(keyHash);
  }
}

const alice: PrincipalLogin = {
  issuer: 'https://idp.example',
  userId: 'alice',
  email: 'alice@example.com',
  teamId: undefined,
  models: undefined,
  kind: 'person',
  defaults: {
    maxBudgetNanoUsd: 5_000_000_000n,
    budgetDuration: '30d',
    requestsPerMinute: 100,
    tokensPerMinute: undefined,
    maxParallelRequests: undefined,
  },
};
const open = new AbortController().signal;

function setUp(missingTeam: 'refuse' | 'create' = 'refuse') {
  const litellm = new ManagementStandIn();
  const api = new ManagementApi({ proxy: litellm, masterKey: () => 'sk-master' });
  const clock = { ms: 1_000_000 };
  const replica = () => new PrincipalKeyring({ api, secret: 'a secret', missingTeam, now: () => clock.ms });
  const keyring = replica();
  const rowOf = (login: PrincipalLogin) => litellm.keys.get(keyring.keyOf(login).keyHash);
  return { litellm, clock, keyring, replica, rowOf };
}

describe('a login that is new', () => {
  test('becomes a user with the defaults, and gets a key of its own', async () => {
    const { litellm, keyring, rowOf } = setUp();
    await keyring.provision(alice, open);
    expect(litellm.users.get('alice')).toEqual({
      user_id: 'alice',
      user_email: 'alice@example.com',
      user_role: 'internal_user',
      auto_create_key: false,
      max_budget: 5,
      budget_duration: '30d',
      rpm_limit: 100,
    });
    expect(rowOf(alice)).toMatchObject({
      user_id: 'alice',
      metadata: { genai_gateway_principal: { issuer: 'https://idp.example', kind: 'person' } },
    });
    expect(rowOf(alice)).not.toHaveProperty('models');
  });

  test('may use the models of its claims, and no others', async () => {
    const { keyring, rowOf } = setUp();
    await keyring.provision({ ...alice, models: ['nova'] }, open);
    await keyring.provision({ ...alice, models: [] }, open);
    expect(rowOf({ ...alice, models: ['nova'] })).toMatchObject({ models: ['nova'] });
    expect(rowOf({ ...alice, models: [] })).toMatchObject({ models: ['no-default-models'] });
  });

  test('is made once by many replicas at the same time', async () => {
    const { litellm, replica } = setUp();
    await Promise.all(
      [replica(), replica(), replica()].flatMap((each) => [each, each].map((ring) => ring.provision(alice, open))),
    );
    expect([litellm.users.size, litellm.keys.size]).toEqual([1, 1]);
  });

  test('is asked for once by many calls of one replica', async () => {
    const { litellm, keyring } = setUp();
    await Promise.all([keyring.provision(alice, open), keyring.provision(alice, open)]);
    expect(litellm.asked).toEqual(['GET /key/info', 'POST /user/new', 'POST /key/generate', 'GET /key/info']);
  });

  test('whose address another user has is a user without one', async () => {
    const { litellm, keyring } = setUp();
    litellm.users.set('old', { user_id: 'old', user_email: 'alice@example.com' });
    await keyring.provision(alice, open);
    expect(litellm.users.get('alice')).not.toHaveProperty('user_email');
  });

  test.each(['default_user_id', 'litellm-dashboard', 'LiteLLM_anything'])('as %s is refused', async (userId) => {
    const { litellm, keyring } = setUp();
    await expect(keyring.provision({ ...alice, userId }, open)).rejects.toMatchObject({ code: 'not-permitted' });
    expect(litellm.asked).toEqual([]);
  });
});

describe('a login that LiteLLM has', () => {
  test('costs one question', async () => {
    const { litellm, keyring } = setUp();
    await keyring.provision(alice, open);
    litellm.asked.length = 0;
    await keyring.provision(alice, open);
    expect(litellm.asked).toEqual(['GET /key/info']);
  });

  test('keeps the budget that an administrator gave, and takes the address of its claims', async () => {
    const { litellm, keyring } = setUp();
    litellm.users.set('alice', { user_id: 'alice', user_email: 'before@example.com', max_budget: 1 });
    await keyring.provision(alice, open);
    expect(litellm.users.get('alice')).toMatchObject({ max_budget: 1, user_email: 'alice@example.com' });
  });

  test('that was blocked, and its key deleted, is blocked', async () => {
    const { litellm, keyring, rowOf } = setUp();
    await keyring.provision(alice, open);
    Object.assign(rowOf(alice) ?? {}, { blocked: true });
    litellm.delete(keyring.keyOf(alice).keyHash);
    await keyring.provision(alice, open);
    expect(rowOf(alice)).toMatchObject({ blocked: true });
  });

  test('that was blocked is blocked with other claims too', async () => {
    const { litellm, keyring, rowOf } = setUp();
    litellm.teams.set('readers', new Map());
    await keyring.provision(alice, open);
    Object.assign(rowOf(alice) ?? {}, { blocked: true });
    await keyring.provision({ ...alice, teamId: 'readers' }, open);
    expect(rowOf({ ...alice, teamId: 'readers' })).toMatchObject({ blocked: true });
  });

  test('whose key was deleted, and that is not blocked, gets it again', async () => {
    const { litellm, keyring, rowOf } = setUp();
    await keyring.provision(alice, open);
    litellm.delete(keyring.keyOf(alice).keyHash);
    await keyring.provision(alice, open);
    expect(rowOf(alice)).not.toHaveProperty('blocked');
  });

  test('whose key an administrator gave to another is refused', async () => {
    const { keyring, rowOf } = setUp();
    await keyring.provision(alice, open);
    Object.assign(rowOf(alice) ?? {}, { user_id: 'bob' });
    await expect(keyring.provision(alice, open)).rejects.toMatchObject({ code: 'key-blocked' });
  });

  test('whose alias is taken gets its key without one', async () => {
    const { litellm, keyring, rowOf } = setUp();
    const { keyHash } = keyring.keyOf(alice);
    litellm.keys.set('x', { key_alias: `gateway-login-${keyHash.slice(0, 16)}` });
    await keyring.provision(alice, open);
    expect(rowOf(alice)).not.toHaveProperty('key_alias');
  });
});

describe('a login of a team', () => {
  const reader = { ...alice, teamId: 'readers' };

  test('is a member, with the default budget within the team, and its key is the team’s', async () => {
    const { litellm, keyring, rowOf } = setUp();
    litellm.teams.set('readers', new Map());
    await keyring.provision(reader, open);
    await keyring.provision({ ...reader, models: ['nova'] }, open);
    expect([...(litellm.teams.get('readers') ?? [])]).toEqual([['alice', 5]]);
    expect(rowOf(reader)).toMatchObject({ user_id: 'alice', team_id: 'readers' });
  });

  test('that is not there is refused, and no key is made', async () => {
    const { litellm, keyring } = setUp();
    await expect(keyring.provision(reader, open)).rejects.toMatchObject({
      code: 'not-permitted',
      message: expect.stringContaining('readers'),
    });
    expect(litellm.keys.size).toBe(0);
  });

  test('that is not there is made where an administrator wants it', async () => {
    const { litellm, keyring } = setUp('create');
    await keyring.provision(reader, open);
    expect(litellm.teams.has('readers')).toBe(true);
  });
});

test('a LiteLLM that is not there is asked at every try', async () => {
  const { litellm, keyring, rowOf } = setUp();
  litellm.isDown = true;
  await expect(keyring.provision(alice, open)).rejects.toMatchObject({ code: 'litellm-unavailable' });
  litellm.isDown = false;
  await keyring.provision(alice, open);
  expect(rowOf(alice)).toBeDefined();
});

describe('a LiteLLM that refuses', () => {
  test('is asked again: another replica may have been at the same', async () => {
    const { litellm, keyring, rowOf } = setUp();
    let refusals = 1;
    litellm.instead = (path) => (path === '/user/new' && refusals-- > 0 ? [500, { detail: 'unique' }] : undefined);
    await keyring.provision(alice, open);
    expect(rowOf(alice)).toBeDefined();
  });

  test('keys of others’ choice says which setting it is', async () => {
    const { litellm, keyring } = setUp();
    const detail = { error: 'Custom API key values are disabled by your administrator. Keys must be auto-generated.' };
    litellm.instead = (path) => (path === '/key/generate' ? [403, { detail }] : undefined);
    await expect(keyring.provision(alice, open)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('disable_custom_api_keys'),
    });
  });

  test('is left alone for a moment, and the same login later is tried anew', async () => {
    const { litellm, clock, keyring, rowOf } = setUp();
    litellm.instead = () => [500, {}];
    await expect(keyring.provision(alice, open)).rejects.toMatchObject({ code: 'internal' });
    litellm.asked.length = 0;
    litellm.instead = () => undefined;
    clock.ms += 4_999;
    await expect(keyring.provision(alice, open)).rejects.toMatchObject({ code: 'internal' });
    expect(litellm.asked).toEqual([]);
    clock.ms += 1;
    await keyring.provision(alice, open);
    expect(rowOf(alice)).toBeDefined();
  });
});
