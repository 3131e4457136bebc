import { afterAll, describe, expect, it } from 'vitest';
import { ask, generateKey, manage } from '../support/litellm.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { world } from '../support/world.ts';
import { all, everyWay, joinTeam, modelWays, newPerson, newTeam, ownKey, soon, spentBudget } from './support/people.ts';

afterAll(stopPython);

const skip = world.litellm === undefined;
/** Less than any call costs: the first one passes, since nothing is spent yet. */
const tiny = 1e-10;

/** Who can have a budget, and a key that is bound by it. */
const holders: readonly (readonly [string, (max_budget: number) => Promise<string>])[] = [
  ['a key', (max_budget) => generateKey({ max_budget })],
  ['a user', async (max_budget) => ownKey(await newPerson({ max_budget }))],
  ['a team', async (max_budget) => generateKey({ team_id: await newTeam({ max_budget }) })],
  [
    'a member of a team',
    async (max_budget) => {
      const [team_id, person] = [await newTeam(), await newPerson()];
      await joinTeam(team_id, person, { max_budget_in_team: max_budget });
      return generateKey({ team_id, user_id: person.userId });
    },
  ],
];

describe.skipIf(skip)('the budget of', () => {
  describe.each(holders)('%s', (_who, holding) => {
    it.each(modelWays)('that is spent by $name is spent for every way to call', async ({ send }) => {
      const key = await holding(tiny);
      expect(await send({ key })).toBe(undefined);
      await expect.poll(() => everyWay(key), soon).toEqual(all(spentBudget));
      for (const way of modelWays) {
        const failure = await way.send({ key });
        expect([way.name, failure?.message]).toEqual([way.name, expect.stringMatching(/budget|spend|limit/i)]);
      }
    });

    it('that is large enough lets every call pass', async () => {
      expect(await everyWay(await holding(100))).toEqual(all(() => 'works'));
    });
  });

  it('a key of nothing refuses the first call', async () => {
    expect(await everyWay(await generateKey({ max_budget: 0 }))).toEqual(all(spentBudget));
  });

  it('a key that is larger than its user’s is worth no more than that', async () => {
    const person = await newPerson({ max_budget: tiny });
    const made = await ask('/key/generate', { key: person.key, body: { user_id: person.userId, max_budget: 50 } });
    if (made.status !== 200) {
      expect([made.status, made.text]).toEqual([400, expect.stringMatching(/budget/i)]);
      return;
    }
    const key = String(at(made.json, 'key'));
    await everyWay(key);
    await expect.poll(() => everyWay(key), soon).toEqual(all(spentBudget));
  });

  it('a key that is raised lets it call again', async () => {
    const key = await generateKey({ max_budget: 0 });
    expect(await everyWay(key)).toEqual(all(spentBudget));
    await manage('/key/update', { key, max_budget: 100 });
    await expect.poll(() => everyWay(key), soon).toEqual(all(() => 'works'));
  });
});

describe.skipIf(skip)('a budget', () => {
  it('is told with what is spent of it', async () => {
    const key = await generateKey({ max_budget: 7.5, budget_duration: '30d' });
    await everyWay(key);
    const info = async () => at((await ask('/key/info', { key })).json, 'info');
    expect(await info()).toMatchObject({
      max_budget: 7.5,
      budget_duration: '30d',
      budget_reset_at: expect.any(String),
    });
    await expect.poll(async () => at(await info(), 'spend'), soon).toBeGreaterThan(0);
  });
});
