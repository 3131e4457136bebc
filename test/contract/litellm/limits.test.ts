import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, ask, chat, generateKey, manage } from '../support/litellm.ts';
import { says } from '../support/prompts.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { requestOnce, requestsWith, uniqueWord } from '../support/simulator.ts';
import { world } from '../support/world.ts';
import { awsClients, chatClients } from './support/clients.ts';

afterAll(stopPython);

const skip = world.litellm === undefined;
/** Whoever is limited calls with this key, and with this in its requests. */
interface Caller {
  readonly key: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const byChat = (text: string, { key, body, headers = {} }: Caller): Promise<Answer> =>
  ask('/v1/chat/completions', { key, headers, body: { ...chat('nova-lite', text), ...body } });
const byConverse = (text: string, { key, headers = {} }: Caller): Promise<Answer> =>
  ask('/bedrock/model/nova-lite/converse', { key, headers, body: says(text) });

const idOf = async (path: string, settings: object, id: string) => String(at(await manage(path, settings), id));
const team = (settings: object) => idOf('/team/new', settings, 'team_id');
const user = (settings: object) => idOf('/user/new', { auto_create_key: false, ...settings }, 'user_id');
const customer = (settings: object) => idOf('/customer/new', { user_id: uniqueWord(), ...settings }, 'user_id');

/** Who can be given limits. */
const holders: readonly (readonly [string, (limits: object) => Promise<Caller>])[] = [
  ['key', async (limits) => ({ key: await generateKey(limits) })],
  ['user', async (limits) => ({ key: await generateKey({ user_id: await user(limits) }) })],
  ['team', async (limits) => ({ key: await generateKey({ team_id: await team(limits) }) })],
];
const member = async (limits: { max_budget: number }): Promise<Caller> => {
  const [team_id, user_id] = [await team({}), await user({})];
  const max_budget_in_team = limits.max_budget;
  await manage('/team/member_add', { team_id, member: { role: 'user', user_id }, max_budget_in_team });
  return { key: await generateKey({ team_id, user_id }) };
};
const endUser = async (limits: object): Promise<Caller> => ({
  key: world.keys.good,
  body: { user: await customer(limits) },
});
const endUserInHeader = async (limits: object): Promise<Caller> => ({
  key: world.keys.good,
  headers: { 'x-litellm-end-user-id': await customer(limits) },
});

describe.skipIf(skip)('the budget of a', () => {
  it.each([
    ...holders,
    ['team member', member] as const,
    ['end user', endUser] as const,
    ['end user', endUserInHeader] as const,
  ])('%s holds on the hot path, from the call after the one that spent it', async (_scope, make) => {
    const caller = await make({ max_budget: 1e-10 });
    const first = await byChat('Hello.', caller);
    expect([first.status, first.headers.get('x-gateway-served-by-reason')]).toEqual([200, null]);
    const word = uniqueWord();
    const { status, json } = await byChat(word, caller);
    expect(status).toBe(429);
    expect(at(json, 'error')).toMatchObject({ type: 'insufficient_quota', message: expect.stringMatching(/budget/i) });
    if (caller.body === undefined) {
      const native = await byConverse(word, caller);
      expect([native.status, native.headers.get('x-amzn-errortype')]).toEqual([400, 'ServiceQuotaExceededException']);
    }
    expect(await requestsWith(word)).toEqual([]);
  });

  // LiteLLM holds a team's budget for exceeded above it only, not when it is reached.
  it.each(holders.filter(([who]) => who !== 'team'))('%s of nothing refuses the first call', async (_scope, make) => {
    const caller = await make({ max_budget: 0 });
    expect((await byChat('Hello.', caller)).status).toBe(429);
    expect((await byConverse('Hello.', caller)).status).toBe(400);
  });

  it('key holds for what a guardrail costs', async () => {
    const key = await generateKey({ max_budget: 1e-10 });
    const check = () =>
      ask('/guardrail/abc123/version/1/apply', {
        key,
        body: { source: 'INPUT', content: [{ text: { text: 'Harmless.' } }] },
      });
    expect((await check()).status).toBe(200);
    const second = await check();
    expect([second.status, second.headers.get('x-amzn-errortype')]).toEqual([400, 'ServiceQuotaExceededException']);
    const spend = async () => at(await manage(`/key/info?key=${key}`), 'info', 'spend');
    // Of a topic and a content policy, a unit each.
    await expect.poll(spend, { timeout: 10_000 }).toBeCloseTo(0.0003, 12);
  });

  it('key is an error that no client tries again', async () => {
    const key = await generateKey({ max_budget: 0 });
    for (const client of chatClients) {
      for (const stream of [false, true]) {
        const { failure } = await client.chat({ ...chat('nova-lite', 'Hello.'), stream }, { key, attempts: 3 });
        expect(failure).toMatchObject({ name: 'RateLimitError', status: 429, type: 'insufficient_quota' });
      }
    }
    for (const client of awsClients) {
      for (const operation of ['Converse', 'ConverseStream'] as const) {
        const input = { modelId: 'nova-lite', ...says('Hello.') };
        const { failure } = await client.send(operation, input, { key, attempts: 3 });
        expect(failure).toMatchObject({ name: 'ServiceQuotaExceededException', status: 400 });
        expect(failure?.message).toContain('Budget has been exceeded');
      }
    }
  });

  it('key can be raised, and the key may call again', async () => {
    const key = await generateKey({ max_budget: 0 });
    expect((await byChat('Hello.', { key })).status).toBe(429);
    await manage('/key/update', { key, max_budget: 100 });
    await expect
      .poll(async () => (await byChat('Hello.', { key })).status, { timeout: 10_000, interval: 100 })
      .toBe(200);
  });
});

describe.skipIf(skip)('the rate of a', () => {
  it.each(holders)('%s holds for both planes together', async (_scope, make) => {
    const caller = await make({ rpm_limit: 2 });
    const first = await byChat('Hello.', caller);
    expect([first.status, first.headers.get('x-gateway-served-by-reason')]).toEqual([200, null]);
    expect((await ask('/v1/chat/completions', { key: caller.key, body: chat('gpt-4o-mini', 'Hello.') })).status).toBe(
      200,
    );
    const third = await byChat('Hello.', caller);
    expect([third.status, at(third.json, 'error', 'type')]).toEqual([429, 'rate_limit_error']);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    const native = await byConverse('Hello.', caller);
    expect([native.status, native.headers.get('x-amzn-errortype')]).toEqual([429, 'ThrottlingException']);
    expect(Number(native.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('key for one model holds for that one', async () => {
    const key = await generateKey({ model_rpm_limit: { 'nova-lite': 1 } });
    expect((await byChat('Hello.', { key })).status).toBe(200);
    expect((await byChat('Hello.', { key })).status).toBe(429);
    expect((await ask('/v1/chat/completions', { key, body: chat('nova-pro', 'Hello.') })).status).toBe(200);
  });

  it('key in tokens holds', async () => {
    const key = await generateKey({ tpm_limit: 10 });
    const long = 'word '.repeat(50);
    await byChat(long, { key });
    await expect.poll(async () => (await byChat(long, { key })).status, { timeout: 5_000 }).toBe(429);
  });

  it('key is what each client takes for throttling', async () => {
    const key = await generateKey({ rpm_limit: 1 });
    expect((await byChat('Hello.', { key })).status).toBe(200);
    for (const client of chatClients) {
      const { failure } = await client.chat({ ...chat('nova-lite', 'Hello.'), stream: true }, { key });
      expect(failure).toMatchObject({
        name: 'RateLimitError',
        status: 429,
        retryAfter: expect.stringMatching(/^\d+$/),
      });
    }
    for (const client of awsClients) {
      const { failure } = await client.send('ConverseStream', { modelId: 'nova-lite', ...says('Hello.') }, { key });
      expect(failure).toMatchObject({ name: 'ThrottlingException', status: 429 });
    }
  });
});

describe.skipIf(skip)('the number of calls that a key may have open', () => {
  it('holds by each dialect, and a call that has ended counts no more', async () => {
    const key = await generateKey({ max_parallel_requests: 1 });
    const word = uniqueWord();
    const open = byChat(`${word} [[sim firstByteMs=3000]]`, { key });
    await requestOnce(word, () => true, { withinMs: 10_000 });
    expect((await byChat('Hello.', { key })).status).toBe(429);
    expect((await byConverse('Hello.', { key })).status).toBe(429);
    expect((await open).status).toBe(200);
    await expect.poll(async () => (await byConverse('Hello.', { key })).status, { timeout: 5_000 }).toBe(200);
  });
});

describe.skipIf(skip)('an end user', () => {
  it('who is limited is one in whichever way the call names them, and others are not', async () => {
    const name = await customer({ rpm_limit: 4 });
    const status = async (caller: Omit<Caller, 'key'>) =>
      (await byChat('Hello.', { key: world.keys.good, ...caller })).status;
    expect(await status({ body: { user: name } })).toBe(200);
    expect(await status({ body: { metadata: { user_id: name } } })).toBe(200);
    expect(await status({ headers: { 'x-litellm-end-user-id': name } })).toBe(200);
    expect(await status({ headers: { 'x-litellm-customer-id': name } })).toBe(200);
    expect(await status({ body: { user: name } })).toBe(429);
    expect(await status({ body: { user: uniqueWord() } })).toBe(200);
  });
});
