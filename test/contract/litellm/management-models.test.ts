import { afterAll, describe, expect, it } from 'vitest';
import { ask, generateKey, manage } from '../support/litellm.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { world } from '../support/world.ts';
import {
  all,
  everyWay,
  foreignModel,
  joinTeam,
  modelWays,
  newPerson,
  newTeam,
  ownKey,
  soon,
} from './support/people.ts';

afterAll(stopPython);

const mine = ['nova-lite', 'gpt-4o-mini'];
/** For each model of `modelWays` one that is served in the same way. */
const foreign = { 'hot path': 'nova-pro', LiteLLM: 'gpt-5-mini' } as const;

/** Who can be given models, and a key that is bound by that. */
const holders: readonly (readonly [string, (models: readonly string[]) => Promise<string>])[] = [
  ['a key', (models) => generateKey({ models })],
  ['a user', async (models) => ownKey(await newPerson({ models }))],
  ['a team', async (models) => generateKey({ team_id: await newTeam({ models }) })],
  [
    'a team, with a key for all of it',
    async (models) => generateKey({ team_id: await newTeam({ models }), models: ['all-team-models'] }),
  ],
];

describe.skipIf(world.litellm === undefined)('the models of', () => {
  describe.each(holders)('%s', (_who, holding) => {
    it('may be called, and no others, and the refusal says why', async () => {
      const key = await holding(mine);
      expect(await everyWay(key)).toEqual(all(() => 'works'));
      for (const way of modelWays) {
        const failure = await way.send({ key }, foreign[way.plane]);
        expect([way.name, failure?.status]).toEqual([way.name, 403]);
        expect(failure?.message).toMatch(/model|access|permission/i);
      }
    });

    it('are what the list of models shows', async () => {
      const { json } = await ask('/v1/models', { key: await holding(mine) });
      expect((at(json, 'data') as unknown[]).map((each) => at(each, 'id')).toSorted()).toEqual(mine.toSorted());
    });
  });

  it('a key are never more than its team has', async () => {
    const team_id = await newTeam({ models: ['nova-lite'] });
    const made = await ask('/key/generate', { key: world.masterKey, body: { team_id, models: mine } });
    if (made.status !== 200) {
      expect([made.status, made.text]).toEqual([403, expect.stringMatching(/model/i)]);
      return;
    }
    const key = String(at(made.json, 'key'));
    expect(await everyWay(key)).toEqual(all(({ plane }) => (plane === 'hot path' ? 'works' : 403)));
  });

  it('a key change with it, on both planes', async () => {
    const key = await generateKey({ models: mine });
    expect(await everyWay(key)).toEqual(all(() => 'works'));
    await manage('/key/update', { key, models: ['nova-pro'] });
    await expect.poll(() => everyWay(key), soon).toEqual(all(foreignModel));
  });

  it('a team bind a member whose own list is longer', async () => {
    const [team_id, person] = [await newTeam({ models: ['nova-lite'] }), await newPerson({ models: mine })];
    await joinTeam(team_id, person);
    const key = await generateKey({ team_id, user_id: person.userId });
    expect(await everyWay(key)).toEqual(all(({ plane }) => (plane === 'hot path' ? 'works' : 403)));
  });
});
