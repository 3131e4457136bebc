import {
  defaultSelfServicePolicy,
  type OwnState,
  type SelfServiceForward,
  type SelfServicePolicy,
} from '@genai-gateway/governance';
import { describe, expect, test } from 'vitest';
import type { PassThroughRequest } from './litellm.ts';
import { SelfService } from './self-service.ts';
import type { LitellmManagement, ManagementReply, SelfServiceLogin } from './self-service-port.ts';
import { type Harness, harness } from './test-support/harness.ts';

const HASH = 'a'.repeat(64);
const INTERNAL = 'b'.repeat(64);

/** LiteLLM's management in the test's own hands: what it holds of alice, and what it was asked. */
class Management implements LitellmManagement {
  readonly asked: [SelfServiceForward, string][] = [];
  readonly keys: OwnState['keys'][number][] = [
    { keyHash: HASH, keyAlias: 'mine', teamId: undefined, isInternal: false },
    { keyHash: INTERNAL, keyAlias: 'gateway-login', teamId: undefined, isInternal: true },
  ];
  answer: (request: SelfServiceForward) => ManagementReply = () => ({ status: 200, json: { key: 'sk-new' } });

  async ownState(userId: string): Promise<OwnState> {
    const limits = { requestsPerMinute: undefined, tokensPerMinute: undefined, maxParallelRequests: undefined };
    const keys = userId === 'alice' ? [...this.keys] : [];
    return { ...limits, maxBudgetUsd: 5, budgetDuration: undefined, models: [], teamIds: ['readers'], keys };
  }

  async ask(request: SelfServiceForward, credential: string): Promise<ManagementReply> {
    this.asked.push([request, credential]);
    await new Promise((next) => setImmediate(next));
    if (request.target === '/key/generate') {
      this.keys.push({ keyHash: `${this.keys.length}`, keyAlias: undefined, teamId: undefined, isInternal: false });
    }
    return this.answer(request);
  }
}

const alice: SelfServiceLogin = {
  userId: 'alice',
  email: 'alice@example.com',
  teamId: undefined,
  models: undefined,
  role: 'user',
};

function setUp(policy: Partial<SelfServicePolicy> = {}) {
  const management = new Management();
  const service = new SelfService({
    management,
    policy: { ...defaultSelfServicePolicy, ...policy },
    masterKey: () => 'sk-master',
  });
  const running = (
    request: Partial<PassThroughRequest>,
    login: Partial<SelfServiceLogin> = {},
    body?: unknown,
  ): [Harness, Promise<void>] => {
    const of = harness({ dialect: 'openai', withLitellm: true, ...(body === undefined ? {} : { body }) });
    const asked: PassThroughRequest = { access: 'litellm', method: 'POST', target: '/', headers: {}, ...request };
    return [
      of,
      of.run((call, services) => service.serve(call, services, asked, { ...alice, ...login }, 'sk-internal')),
    ];
  };
  const run = async (request: Partial<PassThroughRequest>, body?: unknown): Promise<Harness> => {
    const [of, done] = running(request, {}, body);
    await done;
    return of;
  };
  return { management, running, run };
}

const json = (of: Harness): unknown => JSON.parse(of.reply.body.toString());

describe('a person', () => {
  test('makes a key by a key of their own, and LiteLLM’s answer comes back', async () => {
    const { management, run } = setUp();
    const of = await run({ target: '/key/generate' }, { key_alias: 'one' });
    expect(management.asked).toMatchObject([
      [{ target: '/key/generate', body: { user_id: 'alice', key_alias: 'one', max_budget: 5 } }, 'sk-internal'],
    ]);
    expect([of.reply.status, json(of)]).toEqual([200, { key: 'sk-new' }]);
    expect(of.reply.headers).toEqual({ 'content-type': 'application/json', 'x-gateway-served-by': 'litellm' });
    expect(of.outcomes).toEqual(['ok']);
  });

  test('becomes a user in the shape of LiteLLM’s answer to /user/new', async () => {
    const { run } = setUp();
    expect(json(await run({ target: '/user/new' }))).toEqual({
      key: 'sk-new',
      user_id: 'alice',
      user_email: 'alice@example.com',
      user_role: 'internal_user',
      teams: ['readers'],
    });
  });

  test('becomes a user without a key', async () => {
    const { management, run } = setUp();
    management.answer = () => ({ status: 200, json: { user_info: { user_id: 'alice', max_budget: 5 }, keys: [] } });
    const of = await run({ target: '/user/new' }, { auto_create_key: false });
    expect(json(of)).toMatchObject({ key: '', user_id: 'alice', max_budget: 5, user_role: 'internal_user' });
  });

  test('sees keys without the gateway’s own, by hash and as a whole', async () => {
    const { management, run } = setUp();
    management.answer = () => ({ status: 200, json: { keys: [HASH, INTERNAL], total_count: 2 } });
    expect(json(await run({ method: 'GET', target: '/key/list' }))).toEqual({ keys: [HASH], total_count: 1 });
    management.answer = () => ({ status: 200, json: { user_info: {}, keys: [{ token: INTERNAL }, { token: HASH }] } });
    expect(json(await run({ method: 'GET', target: '/user/info' }))).toEqual({
      user_info: {},
      keys: [{ token: HASH }],
    });
  });

  test('gets LiteLLM’s own refusal as it is', async () => {
    const { management, run } = setUp();
    management.answer = () => ({ status: 401, json: { error: { message: 'Team member does not have permissions' } } });
    const of = await run({ target: '/key/generate' });
    expect([of.reply.status, json(of)]).toEqual([401, { error: { message: 'Team member does not have permissions' } }]);
    expect(of.record.errorCode).toBe('upstream-rejected');
  });

  test.each([
    ['POST', '/key/block'],
    ['POST', '/team/new'],
    ['POST', '/user/update'],
    ['GET', '/user/list'],
    ['GET', '/ui/'],
    ['GET', '/key/generate'],
    ['POST', '/key/%67enerate'],
    ['DELETE', '/key/delete'],
  ])('may not %s %s', async (method, target) => {
    const { management, run } = setUp();
    const of = await run({ method, target });
    expect([of.reply.failure?.code, management.asked]).toEqual(['not-permitted', []]);
  });

  test('is refused before LiteLLM is asked for anything', async () => {
    const { management, run } = setUp();
    const of = await run({ target: '/key/generate' }, { user_id: 'bob' });
    expect([of.reply.failure?.code, of.reply.failure?.param, management.asked]).toEqual([
      'invalid-request',
      'user_id',
      [],
    ]);
  });

  test('who names a field twice gets what was checked', async () => {
    const { management, run } = setUp();
    await run({ target: '/key/generate' }, '{"user_id":"bob","user_id":"alice","max_budget":9,"max_budget":1}');
    expect(management.asked[0]?.[0].body).toMatchObject({ user_id: 'alice', max_budget: 1 });
  });

  test('does not get more keys by asking for many at once', async () => {
    const { management, run } = setUp({ maxKeys: 3 });
    const all = await Promise.all(Array.from({ length: 6 }, () => run({ target: '/key/generate' })));
    expect(all.filter(({ reply }) => reply.status === 200)).toHaveLength(2);
    expect(management.asked).toHaveLength(2);
  });

  test.each(['[]', 'null', '"text"', '{"a":', '{"user_id":"bob"}'])('who sends %s is refused', async (body) => {
    const { management, run } = setUp();
    expect((await run({ target: '/key/generate' }, body)).reply.failure?.fault).toBe('caller');
    expect(management.asked).toEqual([]);
  });
});

describe('an administrator', () => {
  const admin = { role: 'admin', userId: 'röot' } as const;

  test('acts by the master key, and LiteLLM is told who it was', async () => {
    const { running } = setUp();
    const [of, done] = running({ target: '/team/new?x=1' }, admin, { team_id: 't' });
    while (of.litellm.listener === undefined) await new Promise((next) => setImmediate(next));
    const [request] = of.litellm.requests;
    expect(request).toMatchObject({
      method: 'POST',
      target: '/team/new?x=1',
      headers: { authorization: 'Bearer sk-master', 'litellm-changed-by': 'r%C3%B6ot' },
    });
    of.litellm
      .head(200, { 'content-type': 'application/json', 'set-cookie': ['a=b'] })
      .bytes('{"team_id":"t"}')
      .end();
    await done;
    expect([of.reply.status, json(of)]).toEqual([200, { team_id: 't' }]);
    expect(of.reply.headers).not.toHaveProperty('set-cookie');
  });

  test.each(['master', 'model', 'upload'] as const)('does not by routes that are %s', async (access) => {
    const { running } = setUp();
    const [of, done] = running({ access, target: '/config/update' }, admin);
    await done;
    expect([of.reply.failure?.code, of.litellm.requests]).toEqual(['not-permitted', []]);
  });
});
