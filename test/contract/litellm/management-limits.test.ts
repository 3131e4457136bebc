import { afterAll, describe, expect, it } from 'vitest';
import { ask, generateKey, manage } from '../support/litellm.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { world } from '../support/world.ts';
import { modelWays, newPerson, newTeam, ownKey, soon } from './support/people.ts';

afterAll(stopPython);

const skip = world.litellm === undefined;
const limits = { rpm_limit: 7, tpm_limit: 900, max_parallel_requests: 2 };

describe.skipIf(skip)('limits', () => {
  it('are told as they were set, those of a model in the metadata', async () => {
    const settings = { ...limits, model_rpm_limit: { 'nova-lite': 3 }, model_tpm_limit: { 'nova-lite': 300 } };
    const made = await manage('/key/generate', settings);
    const metadata = { model_rpm_limit: { 'nova-lite': 3 }, model_tpm_limit: { 'nova-lite': 300 } };
    expect(made).toMatchObject({ ...limits, metadata });
    const { json } = await ask('/key/info', { key: String(at(made, 'key')) });
    expect(at(json, 'info')).toMatchObject({ ...limits, metadata });
  });

  it('of a user who sets them for a key of their own are told too', async () => {
    const key = await ownKey(await newPerson(), limits);
    expect(at((await ask('/key/info', { key })).json, 'info')).toMatchObject(limits);
  });
});

/** Who can be limited, and a key that is bound by it. */
const holders: readonly (readonly [string, (limits: object) => Promise<string>])[] = [
  ['a key', (each) => generateKey(each)],
  ['a user', async (each) => ownKey(await newPerson(each))],
  ['a team', async (each) => generateKey({ team_id: await newTeam(each) })],
];

describe.skipIf(skip)('requests per minute of', () => {
  it.each(holders)('%s are one number for every library, dialect and plane', async (_who, holding) => {
    const key = await holding({ rpm_limit: modelWays.length - 1 });
    const statuses: (number | undefined)[] = [];
    for (const way of modelWays) statuses.push((await way.send({ key }))?.status);
    expect(statuses).toEqual([...modelWays.slice(1).map(() => undefined), 429]);
    for (const way of modelWays) {
      const failure = await way.send({ key });
      expect([way.name, failure?.status, failure?.message]).toEqual([way.name, 429, expect.stringMatching(/limit/i)]);
      expect(Number(failure?.retryAfter ?? 1)).toBeGreaterThanOrEqual(0);
    }
  });

  it('a model leave the others alone', async () => {
    const key = await generateKey({ model_rpm_limit: { 'nova-lite': 1, 'gpt-4o-mini': 1 } });
    for (const [own, other] of [
      ['nova-lite', 'nova-pro'],
      ['gpt-4o-mini', 'gpt-5-mini'],
    ] as const) {
      const [way] = modelWays;
      expect([own, (await way?.send({ key }, own))?.status]).toEqual([own, undefined]);
      expect([own, (await way?.send({ key }, own))?.status]).toEqual([own, 429]);
      expect([other, (await way?.send({ key }, other))?.status]).toEqual([other, undefined]);
    }
  });
});

describe.skipIf(skip)('tokens per minute of', () => {
  it.each(holders)('%s hold, whoever uses them up', async (_who, holding) => {
    const key = await holding({ tpm_limit: 30 });
    for (const way of modelWays) {
      await expect.poll(async () => (await way.send({ key }))?.status, soon).toBe(429);
    }
  });
});
