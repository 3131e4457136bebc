import { beforeAll, describe, expect, it } from 'vitest';
import { ask, manage } from '../support/litellm.ts';
import { at } from '../support/reply.ts';
import { world } from '../support/world.ts';
import { newPerson, newTeam, ownKey, type Person, soon } from './support/people.ts';

/** Two users who have nothing to do with each other, each with a key to manage and one that they made. */
describe.skipIf(world.litellm === undefined)('whoever is no administrator', () => {
  let anna: Person;
  let bert: Person;
  let annasKey = '';
  let bertsKey = '';

  beforeAll(async () => {
    [anna, bert] = [await newPerson(), await newPerson()];
    [annasKey, bertsKey] = [await ownKey(anna), await ownKey(bert)];
  });

  const asAnna = (path: string, body?: object) => ask(path, { key: anna.key, ...(body === undefined ? {} : { body }) });

  it('makes no key for somebody else', async () => {
    const { status, text } = await asAnna('/key/generate', { user_id: bert.userId });
    expect(status).toBe(403);
    expect(text).toMatch(/only create keys for themselves/);
  });

  it('makes keys that are their own, whether they say so or not', async () => {
    const { status, json } = await asAnna('/key/generate', {});
    expect([status, at(json, 'user_id')]).toEqual([200, anna.userId]);
  });

  it.each([
    ['deletes', '/key/delete', () => ({ keys: [bertsKey] })],
    ['updates', '/key/update', () => ({ key: bertsKey, max_budget: 1_000 })],
    ['blocks', '/key/block', () => ({ key: bertsKey })],
  ] as const)('%s no key of somebody else', async (_what, path, body) => {
    const { status } = await asAnna(path, body());
    expect(status).toBe(403);
    expect((await ask('/v1/models', { key: bertsKey })).status).toBe(200);
    const { json } = await ask('/key/info', { key: bertsKey });
    expect(at(json, 'info')).toMatchObject({ user_id: bert.userId, max_budget: null, blocked: null });
  });

  it('gives no key of theirs to somebody else', async () => {
    const { status } = await asAnna('/key/update', { key: annasKey, user_id: bert.userId });
    expect(status).toBe(403);
    expect(at((await ask('/key/info', { key: annasKey })).json, 'info', 'user_id')).toBe(anna.userId);
  });

  it('sees no key of somebody else', async () => {
    expect((await asAnna(`/key/info?key=${bertsKey}`)).status).toBe(403);
    expect((await asAnna(`/key/list?user_id=${bert.userId}`)).status).toBe(403);
    expect((await asAnna(`/user/info?user_id=${bert.userId}`)).status).toBe(403);
  });

  it('lists their own keys and no others', async () => {
    const { json } = await asAnna('/key/list?return_full_object=true&size=100');
    const owners = (at(json, 'keys') as unknown[]).map((key) => at(key, 'user_id'));
    expect(owners.length).toBeGreaterThanOrEqual(2);
    expect(new Set(owners)).toEqual(new Set([anna.userId]));
  });

  it('makes no key for a team that they are not in', async () => {
    const { status } = await asAnna('/key/generate', { team_id: await newTeam() });
    expect([400, 401, 403]).toContain(status);
  });

  it('makes nobody an administrator, least of all themselves', async () => {
    const { status } = await asAnna('/user/update', { user_id: anna.userId, user_role: 'proxy_admin' });
    expect([401, 403]).toContain(status);
    const { json } = await ask(`/user/info?user_id=${anna.userId}`, { key: world.masterKey });
    expect(at(json, 'user_info', 'user_role')).toBe('internal_user');
  });

  it('deletes their own key', async () => {
    const key = await ownKey(anna);
    await manage('/key/delete', { keys: [key] }, { key: anna.key });
    await expect.poll(async () => (await ask('/v1/models', { key })).status, soon).toBe(401);
  });
});
