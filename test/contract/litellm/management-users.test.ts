import { afterAll, describe, expect, it } from 'vitest';
import { ask, manage } from '../support/litellm.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { uniqueWord } from '../support/simulator.ts';
import { world } from '../support/world.ts';
import { all, everyWay, modelWays, newPerson, ownKey, soon, unknownKey } from './support/people.ts';

afterAll(stopPython);

const skip = world.litellm === undefined;

describe.skipIf(skip)('the way of a user', () => {
  it('goes from being made, over a key and its calls, to the end of both', async () => {
    const person = await newPerson({ max_budget: 10 });
    const key = await ownKey(person, { key_alias: uniqueWord(), max_budget: 1, duration: '1h' });
    expect(await everyWay(key)).toEqual(all(() => 'works'));

    const { json } = await ask('/key/info', { key });
    expect(at(json, 'info')).toMatchObject({ user_id: person.userId, max_budget: 1, expires: expect.any(String) });
    // What both planes served is spent.
    await expect.poll(async () => at((await ask('/key/info', { key })).json, 'info', 'spend'), soon).toBeGreaterThan(0);

    await manage('/key/delete', { keys: [key] }, { key: person.key });
    await expect.poll(() => everyWay(key), soon).toEqual(all(unknownKey));

    await manage('/user/delete', { user_ids: [person.userId] });
    await expect.poll(() => everyWay(person.key), soon).toEqual(all(unknownKey));
  });

  it('begins with a key that LiteLLM gives with the user', async () => {
    const { key } = await newPerson();
    expect(await everyWay(key)).toEqual(all(() => 'works'));
  });

  it('is made by an administrator only', async () => {
    const person = await newPerson();
    for (const path of ['/user/new', '/team/new']) {
      const { status, text } = await ask(path, { key: person.key, body: { user_id: uniqueWord() } });
      expect([path, status]).toEqual([path, 401]);
      expect(text).toMatch(/Only proxy admin/);
    }
  });

  it('shows in what LiteLLM knows of them', async () => {
    const person = await newPerson({ max_budget: 10 });
    const key = await ownKey(person);
    expect(await everyWay(key)).toEqual(all(() => 'works'));
    const info = async () => (await ask(`/user/info?user_id=${person.userId}`, { key: person.key })).json;
    expect(at(await info(), 'user_info')).toMatchObject({ user_id: person.userId, max_budget: 10 });
    expect(at(await info(), 'keys')).toHaveLength(2);
    await expect.poll(async () => at(await info(), 'user_info', 'spend'), soon).toBeGreaterThan(0);
  });
});

describe.skipIf(skip)('a key with a life of seconds', () => {
  it('works until then', async () => {
    const person = await newPerson();
    const key = await ownKey(person, { duration: '5s' });
    const [first] = modelWays;
    expect(await first?.send({ key })).toBe(undefined);
    await expect.poll(() => everyWay(key), soon).toEqual(all(unknownKey));
  });
});
