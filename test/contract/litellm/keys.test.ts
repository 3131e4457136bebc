import { describe, expect, it } from 'vitest';
import { ask, chat, generateKey, manage } from '../support/litellm.ts';
import { says } from '../support/prompts.ts';
import { at } from '../support/reply.ts';
import { world } from '../support/world.ts';

const skip = world.litellm === undefined;

/** A call of a model by each dialect, as a status. */
const byChat = async (key: string, model: string) =>
  (await ask('/v1/chat/completions', { key, body: chat(model, 'Hello.') })).status;
const byConverse = async (key: string, model: string) =>
  (await ask(`/bedrock/model/${model}/converse`, { key, body: says('Hello.') })).status;

/** What the hot path serves, and what LiteLLM serves: by chat and by Converse each, and a route that is LiteLLM's alone. */
const calls = [
  ['chat', 'claude-sonnet', byChat],
  ['Converse', 'claude-sonnet', byConverse],
  ['chat', 'gpt-4o-mini', byChat],
  ['Converse', 'gpt-4o-mini', byConverse],
  [
    'embeddings',
    'text-embedding-3-small',
    async (key: string, model: string) =>
      (await ask('/v1/embeddings', { key, body: { model, input: 'Hello.' } })).status,
  ],
] as const;

const everyCall = (key: string) =>
  Promise.all(calls.map(async ([how, model, send]) => [how, model, await send(key, model)]));
const all = (openai: number, bedrock = openai) =>
  calls.map(([how, model]) => [how, model, how === 'Converse' ? bedrock : openai]);

/** Without Redis a change is seen when the key is read again, seconds later. */
const soon = { timeout: 10_000, interval: 100 };

describe.skipIf(skip)('a key that LiteLLM has made', () => {
  it('works at once, on the hot path and beyond', async () => {
    expect(await everyCall(await generateKey())).toEqual(all(200));
  });

  it('stops everywhere when it is blocked, and works again when it is not', async () => {
    const key = await generateKey();
    expect(await everyCall(key)).toEqual(all(200));
    await manage('/key/block', { key });
    await expect.poll(() => everyCall(key), soon).toEqual(all(401, 403));
    await manage('/key/unblock', { key });
    await expect.poll(() => everyCall(key), soon).toEqual(all(200));
  });

  it('stops everywhere when it is deleted', async () => {
    const key = await generateKey();
    expect(await everyCall(key)).toEqual(all(200));
    await manage('/key/delete', { keys: [key] });
    await expect.poll(() => everyCall(key), soon).toEqual(all(401, 403));
  });

  it('stops everywhere when its time is over', async () => {
    const key = await generateKey({ duration: '3s' });
    expect(await everyCall(key)).toEqual(all(200));
    await expect.poll(() => everyCall(key), soon).toEqual(all(401, 403));
  });

  it('may call the models that it is updated to, and no others', async () => {
    const key = await generateKey();
    expect(await everyCall(key)).toEqual(all(200));
    await manage('/key/update', { key, models: ['nova-lite', 'gpt-5-mini'] });
    await expect.poll(() => everyCall(key), soon).toEqual(all(403));
    for (const model of ['nova-lite', 'gpt-5-mini']) {
      expect([model, await byChat(key, model), await byConverse(key, model)]).toEqual([model, 200, 200]);
    }
  });

  it('sees its own models in the list, LiteLLM’s among them', async () => {
    const key = await generateKey({ models: ['nova-lite', 'gpt-5-mini'] });
    const { json } = await ask('/v1/models', { key });
    expect((at(json, 'data') as unknown[]).map((model) => at(model, 'id')).toSorted()).toEqual([
      'gpt-5-mini',
      'nova-lite',
    ]);
  });

  it('may call no models when it was made for management, and manage nothing when it was made for models', async () => {
    expect(await everyCall(await generateKey({ key_type: 'management' }))).toEqual(all(403));
    const key = await generateKey({ key_type: 'llm_api' });
    expect(await everyCall(key)).toEqual(all(200));
    expect(await ask('/key/info', { key })).toMatchObject({ status: 403 });
  });
});

describe.skipIf(skip)('a key of a team', () => {
  it('may call the models of its team, and no others, also when they change', async () => {
    const team = at(
      await manage('/team/new', { models: ['claude-sonnet', 'gpt-4o-mini', 'text-embedding-3-small'] }),
      'team_id',
    );
    const key = await generateKey({ team_id: team });
    expect(await everyCall(key)).toEqual(all(200));
    for (const model of ['nova-lite', 'gpt-5-mini']) {
      expect([model, await byChat(key, model), await byConverse(key, model)]).toEqual([model, 403, 403]);
    }
    await manage('/team/update', { team_id: team, models: ['nova-lite'] });
    await expect.poll(() => everyCall(key), soon).toEqual(all(403));
    expect(await byChat(key, 'nova-lite')).toBe(200);
  });

  it('stops everywhere when its team is blocked', async () => {
    const team = at(await manage('/team/new', {}), 'team_id');
    const key = await generateKey({ team_id: team });
    expect(await everyCall(key)).toEqual(all(200));
    await manage('/team/block', { team_id: team });
    await expect.poll(() => everyCall(key), soon).toEqual(all(401, 403));
  });
});

describe.skipIf(skip)('management', () => {
  it.each([
    ['GET', '/user/list', undefined],
    ['GET', '/global/spend', undefined],
    ['GET', '/credentials', undefined],
    ['POST', '/key/generate', {}],
    ['POST', '/team/new', { team_alias: 'mine' }],
    ['POST', '/user/new', { user_role: 'proxy_admin' }],
    ['POST', '/model/new', { model_name: 'mine', litellm_params: { model: 'openai/x' } }],
  ])('by %s %s with a virtual key gets LiteLLM’s own refusal', async (method, path, body) => {
    const reply = await ask(path, { method, ...(body === undefined ? {} : { body }) });
    const direct = await ask(path, { method, ...(body === undefined ? {} : { body }), http: world.litellm?.url ?? '' });
    expect([401, 403]).toContain(reply.status);
    expect([reply.status, reply.json]).toEqual([direct.status, direct.json]);
    expect(reply.headers.get('x-gateway-served-by')).toBe('litellm');
  });

  it.each([
    ['no key', null],
    ['an unknown key', 'sk-unknown'],
    ['a blocked key', world.keys.blocked],
  ])('with %s gets LiteLLM’s own 401', async (_what, key) => {
    const reply = await ask('/key/info', { key });
    expect([reply.status, at(reply.json, 'error', 'code')]).toEqual([401, '401']);
  });

  it('by the master key makes teams, users, keys and budgets that can be read again', async () => {
    const team = at(await manage('/team/new', { team_alias: 'readers' }), 'team_id');
    const user = at(await manage('/user/new', { user_email: `${Date.now()}@example.com` }), 'user_id');
    const key = await generateKey({ team_id: team, user_id: user, max_budget: 5 });
    expect(at(await manage(`/team/info?team_id=${team}`), 'team_info', 'team_alias')).toBe('readers');
    expect(at(await manage(`/key/info?key=${key}`), 'info')).toMatchObject({
      user_id: user,
      team_id: team,
      max_budget: 5,
    });
  });

  it('of a key about itself is LiteLLM’s to answer', async () => {
    const key = await generateKey({ key_alias: `self-${Date.now()}` });
    expect(at((await ask('/key/info', { key })).json, 'info', 'key_alias')).toMatch(/^self-/);
  });
});
