import { afterAll, describe, expect, it } from 'vitest';
import { ask, generateKey, manage } from '../support/litellm.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { world } from '../support/world.ts';
import {
  all,
  everyWay,
  joinTeam,
  newPerson,
  newTeam,
  ownKey,
  soon,
  spentBudget,
  unknownKey,
} from './support/people.ts';

afterAll(stopPython);

describe.skipIf(world.litellm === undefined)('a team', () => {
  it('lets a member make a key for it, and nobody else', async () => {
    const [team_id, member, stranger] = [await newTeam(), await newPerson(), await newPerson()];
    await joinTeam(team_id, member);
    const settings = { team_id };
    const made = await ask('/key/generate', { key: member.key, body: { ...settings, user_id: member.userId } });
    // Whether members may make keys is the team's own setting; strangers never may.
    expect([200, 401, 403]).toContain(made.status);
    if (made.status === 200) expect(await everyWay(String(at(made.json, 'key')))).toEqual(all(() => 'works'));
    const refused = await ask('/key/generate', { key: stranger.key, body: { ...settings, user_id: stranger.userId } });
    expect([400, 401, 403]).toContain(refused.status);
  });

  it('binds its keys only, not the other keys of its members', async () => {
    const [team_id, person] = [
      await newTeam({ max_budget: 1e-10, models: ['nova-lite', 'gpt-4o-mini'] }),
      await newPerson(),
    ];
    await joinTeam(team_id, person);
    const [ofTeam, own] = [await generateKey({ team_id, user_id: person.userId }), await ownKey(person)];
    await everyWay(ofTeam);
    await expect.poll(() => everyWay(ofTeam), soon).toEqual(all(spentBudget));
    expect(await everyWay(own)).toEqual(all(() => 'works'));
  });

  it('whose member has spent their part lets the others go on', async () => {
    const [team_id, poor, rich] = [await newTeam({ max_budget: 100 }), await newPerson(), await newPerson()];
    await joinTeam(team_id, poor, { max_budget_in_team: 1e-10 });
    await joinTeam(team_id, rich, { max_budget_in_team: 10 });
    const [poors, richs] = [
      await generateKey({ team_id, user_id: poor.userId }),
      await generateKey({ team_id, user_id: rich.userId }),
    ];
    await everyWay(poors);
    await expect.poll(() => everyWay(poors), soon).toEqual(all(spentBudget));
    expect(await everyWay(richs)).toEqual(all(() => 'works'));
  });

  it('counts what its members spend, and tells each part', async () => {
    const [team_id, person] = [await newTeam({ max_budget: 100 }), await newPerson()];
    await joinTeam(team_id, person, { max_budget_in_team: 10 });
    const key = await generateKey({ team_id, user_id: person.userId });
    expect(await everyWay(key)).toEqual(all(() => 'works'));
    const spends = async () => {
      const info = await manage(`/team/info?team_id=${team_id}`);
      const memberships = at(info, 'team_memberships');
      const own = Array.isArray(memberships)
        ? memberships.find((each) => at(each, 'user_id') === person.userId)
        : undefined;
      return [at(info, 'team_info', 'spend'), at(own, 'spend')];
    };
    await expect
      .poll(async () => {
        const [team, member] = await spends();
        return typeof team === 'number' && team > 0 && team === member;
      }, soon)
      .toBe(true);
  });

  it('that is blocked, stops; that is not any more, goes on', async () => {
    const team_id = await newTeam();
    const key = await generateKey({ team_id });
    expect(await everyWay(key)).toEqual(all(() => 'works'));
    await manage('/team/block', { team_id });
    await expect.poll(() => everyWay(key), soon).toEqual(all(unknownKey));
    await manage('/team/unblock', { team_id });
    await expect.poll(() => everyWay(key), { ...soon, timeout: 70_000 }).toEqual(all(() => 'works'));
  });

  it('that is deleted takes its keys with it', async () => {
    const team_id = await newTeam();
    const key = await generateKey({ team_id });
    expect(await everyWay(key)).toEqual(all(() => 'works'));
    await manage('/team/delete', { team_ids: [team_id] });
    await expect.poll(() => everyWay(key), soon).toEqual(all(unknownKey));
  });
});
