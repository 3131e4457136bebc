import { describe, expect, it } from 'vitest';
import { CacheUserCredential } from './credentials/cache-user.ts';
import { DatabaseUserCredential } from './credentials/database-user.ts';
import { readLogin } from './credentials/login.ts';
import { MasterKeyCredential } from './credentials/master-key.ts';
import { unfinished } from './labels.ts';
import { rolloutProgress, startDueRollout } from './rolling.ts';
import { rotateNow } from './rotate-now.ts';
import type { Rotation } from './rotation.ts';
import { currentLabel, previousLabel } from './secret-versions.ts';
import { rotationStep, rotationSteps } from './steps.ts';
import { type Fault, Faults } from './test-support/faults.ts';
import { MemorySecretVersions } from './test-support/memory-secret-versions.ts';
import { MemoryCache, MemoryDatabase, MemoryService, opens } from './test-support/memory-systems.ts';

const secretId = 'the-secret';
const signal = new AbortController().signal;
const kinds = ['database', 'litellm-database', 'cache', 'master-key'] as const;
type Kind = (typeof kinds)[number];

/** A system, its secret, the service that reads that at its start, and calls that break. */
async function world(kind: Kind) {
  const faults = new Faults();
  let clock = 1_000;
  const now = () => {
    clock += 1;
    return clock;
  };
  const versions = new MemorySecretVersions(now);
  const database = new MemoryDatabase();
  const cache = new MemoryCache();
  const first = kind === 'master-key' ? `sk-${'a'.repeat(40)}` : JSON.stringify({ username: 'gateway', password: 'p' });
  versions.create(secretId, 'v1', first);
  await database.set({ username: 'gateway', password: 'p' });
  cache.start('p');
  const service = new MemoryService(secretId, versions, now);
  await service.settle();
  const readByService = kind === 'database' ? undefined : service;
  const pause = async () => {};
  const credential = {
    database: () => new DatabaseUserCredential(faults.through('database', database)),
    'litellm-database': () => new DatabaseUserCredential(faults.through('database', database)),
    cache: () => {
      const port = faults.through('cache', cache);
      // A login that fails is tried again, so a fault has to last.
      return new CacheUserCredential({ user: port, logins: cache, pause });
    },
    'master-key': () => new MasterKeyCredential(faults.through('salt', { isSet: async () => true })),
  }[kind]();
  const rotation: Rotation = {
    secretId,
    versions: faults.through('versions', versions),
    credential,
    rollout: readByService === undefined ? undefined : faults.through('service', readByService),
  };
  const textAt = async (label: string) => (await versions.read(secretId, { label }))?.text;
  const doesOpen = async (text: string): Promise<boolean> => {
    if (kind === 'cache') return opens((login) => cache.check(login), text);
    if (kind !== 'master-key') return opens((login) => database.check(login), text);
    // The gateway takes the current and the previous one, and tries both with LiteLLM.
    return [await textAt(currentLabel), await textAt(previousLabel)].includes(text);
  };
  return { faults, versions, service, readByService, rotation, textAt, doesOpen };
}

type World = Awaited<ReturnType<typeof world>>;

/** As Secrets Manager calls: one step after the other until one fails. */
async function rotate({ rotation }: World, versionId: string): Promise<Error | undefined> {
  for (const step of rotationSteps) {
    try {
      await rotationStep(rotation, step, versionId, signal);
    } catch (error) {
      return error as Error;
    }
  }
  return undefined;
}

/** Nobody is locked out: the current value opens, what a gateway has read before opens, what the service holds opens. */
async function demandOpen({ doesOpen, textAt, readByService }: World, readBefore: string): Promise<void> {
  const texts = { current: await textAt(currentLabel), readBefore, held: readByService?.holds };
  for (const text of [texts.current ?? '', readBefore, ...(readByService?.holds ?? [])]) {
    expect(await doesOpen(text), JSON.stringify(texts)).toBe(true);
  }
}

async function demandFinished(stage: World, versionId: string, was: string): Promise<void> {
  const { versions, textAt, readByService, rotation, faults } = stage;
  faults.arm(undefined);
  await readByService?.settle();
  const list = await versions.list(secretId);
  expect(list.find(({ labels }) => labels.includes(currentLabel))?.id).toBe(versionId);
  expect(unfinished(list)).toBeUndefined();
  expect(await textAt(previousLabel)).toBe(was);
  const current = await textAt(currentLabel);
  expect(current).not.toBe(was);
  for (const held of readByService?.holds ?? []) expect(held).toBe(current);
  expect(await rolloutProgress(rotation, signal)).toBe(readByService === undefined ? 'none' : 'done');
  await demandOpen(stage, was);
}

/** How many calls a rotation makes, so that each of them can break. */
async function callsOf(kind: Kind): Promise<readonly string[]> {
  const stage = await world(kind);
  stage.faults.arm(undefined);
  expect(await rotate(stage, 'v2')).toBeUndefined();
  return [...stage.faults.calls];
}

describe.each(kinds)('a rotation of %s', async (kind) => {
  const calls = await callsOf(kind);
  const faults = calls.flatMap((name, call) =>
    (['before', 'after'] as const).map((when): Fault & { name: string } => ({ call, when, name })),
  );

  it('leaves both values working, and the service with the new one', async () => {
    const stage = await world(kind);
    const was = (await stage.textAt(currentLabel)) ?? '';
    expect(await rotate(stage, 'v2')).toBeUndefined();
    await demandOpen(stage, was);
    expect(stage.service.rollouts).toBe(kind === 'database' ? 0 : 1);
    await demandFinished(stage, 'v2', was);
  });

  it.each(faults)('that breaks off $when call $call, $name, locks nobody out and is run again', async (fault) => {
    const stage = await world(kind);
    const was = (await stage.textAt(currentLabel)) ?? '';
    stage.faults.arm(fault);
    expect(await rotate(stage, 'v2')).toBeInstanceOf(Error);
    stage.faults.arm(undefined);
    await demandOpen(stage, was);
    // As Lambda and Secrets Manager do: all steps again, as often as it takes.
    let failure = await rotate(stage, 'v2');
    await demandOpen(stage, was);
    await stage.readByService?.settle();
    if (failure !== undefined) failure = await rotate(stage, 'v2');
    expect(failure).toBeUndefined();
    await demandFinished(stage, 'v2', was);
    expect(stage.service.rollouts).toBeLessThanOrEqual(2);
  });

  it.each(faults)(
    'that breaks off $when call $call, $name, is brought to its end on demand, or by a new one',
    async (fault) => {
      for (const other of [false, true]) {
        const stage = await world(kind);
        const was = (await stage.textAt(currentLabel)) ?? '';
        stage.faults.arm(fault);
        await rotate(stage, 'v2');
        stage.faults.arm(undefined);
        // The tick starts what is owing.
        await startDueRollout(stage.rotation, signal);
        await stage.readByService?.settle();
        await demandOpen(stage, was);
        const before = (await stage.textAt(currentLabel)) ?? '';
        if (other) expect(await rotate(stage, 'v3')).toBeUndefined();
        else await rotateNow(stage.rotation, { newVersionId: 'v3', onStep: () => {} }, signal);
        const list = await stage.versions.list(secretId);
        const id = list.find(({ labels }) => labels.includes(currentLabel))?.id ?? '';
        expect(['v2', 'v3']).toContain(id);
        await demandFinished(stage, id, before);
      }
    },
  );

  it('goes on for ever, and a value is worth nothing after two', async () => {
    const stage = await world(kind);
    const first = (await stage.textAt(currentLabel)) ?? '';
    for (const versionId of ['v2', 'v3', 'v4', 'v5']) {
      const was = (await stage.textAt(currentLabel)) ?? '';
      expect(await rotate(stage, versionId)).toBeUndefined();
      await demandFinished(stage, versionId, was);
      if (versionId === 'v3') expect(await stage.doesOpen(first)).toBe(false);
    }
  });

  it('may have each step twice', async () => {
    const stage = await world(kind);
    const was = (await stage.textAt(currentLabel)) ?? '';
    for (const step of [...rotationSteps, ...rotationSteps])
      await rotationStep(stage.rotation, step, 'v2', signal).catch(() => {});
    await demandFinished(stage, 'v2', was);
    expect(stage.service.rollouts).toBe(kind === 'database' ? 0 : 1);
  });

  it('changes nothing by a step that comes too early', async () => {
    const stage = await world(kind);
    const was = await stage.textAt(currentLabel);
    for (const step of rotationSteps.slice(1)) {
      await expect(rotationStep(stage.rotation, step, 'v2', signal), step).rejects.toThrow(/has no value/);
    }
    expect(await stage.textAt(currentLabel)).toBe(was);
    await rotationStep(stage.rotation, 'createSecret', 'v2', signal);
    // The master key is nothing that a server has to be told.
    if (kind === 'master-key') return;
    await expect(rotationStep(stage.rotation, 'finishSecret', 'v2', signal)).rejects.toThrow(
      /authentication|WRONGPASS/,
    );
    expect(await stage.textAt(currentLabel)).toBe(was);
  });
});

describe.each(['litellm-database', 'cache', 'master-key'] as const)(
  'the service that reads %s at its start',
  (kind) => {
    it('keeps the next rotation waiting until it has the value', async () => {
      const stage = await world(kind);
      await rotate(stage, 'v2');
      expect(await rolloutProgress(stage.rotation, signal)).toBe('rolling');
      const was = (await stage.textAt(currentLabel)) ?? '';
      expect((await rotate(stage, 'v3'))?.message).toMatch(/Nothing was changed.*\(rolling\)/);
      await demandOpen(stage, was);
      await stage.service.settle();
      expect(await rotate(stage, 'v3')).toBeUndefined();
    });

    it('keeps one waiting that has begun when a deployment comes in between', async () => {
      const stage = await world(kind);
      const was = (await stage.textAt(currentLabel)) ?? '';
      await rotationStep(stage.rotation, 'createSecret', 'v2', signal);
      await stage.service.start();
      expect((await rotate(stage, 'v2'))?.message).toMatch(/Nothing was changed/);
      await expect(rotationStep(stage.rotation, 'setSecret', 'v2', signal)).rejects.toThrow(/Nothing was changed/);
      await demandOpen(stage, was);
    });

    it('is started anew by the tick when that did not happen at the end', async () => {
      const stage = await world(kind);
      const call = (await callsOf(kind)).indexOf('service.start');
      stage.faults.arm({ call, when: 'before' });
      expect(await rotate(stage, 'v2')).toBeInstanceOf(Error);
      stage.faults.arm(undefined);
      expect(await rolloutProgress(stage.rotation, signal)).toBe('due');
      expect(await startDueRollout(stage.rotation, signal)).toBe(true);
      expect(await startDueRollout(stage.rotation, signal)).toBe(false);
      expect(await rolloutProgress(stage.rotation, signal)).toBe('rolling');
      await stage.service.settle();
      expect(await rolloutProgress(stage.rotation, signal)).toBe('done');
    });

    it('is not started for a value that somebody has put there by hand, which blocks rotations', async () => {
      const stage = await world(kind);
      await stage.versions.putPending(secretId, 'by-hand', (await stage.textAt(currentLabel)) ?? '');
      await stage.versions.move(secretId, { label: currentLabel, from: 'v1', to: 'by-hand' });
      expect(await startDueRollout(stage.rotation, signal)).toBe(false);
      expect((await rotate(stage, 'v2'))?.message).toMatch(/changed by hand/);
      expect(stage.service.rollouts).toBe(0);
    });
  },
);

it('takes up on demand what has begun and not ended, and begins anew otherwise', async () => {
  const stage = await world('database');
  await rotationStep(stage.rotation, 'createSecret', 'v2', signal);
  const steps: string[] = [];
  const options = {
    newVersionId: 'v3',
    onStep: (step: string, versionId: string) => void steps.push(`${step} ${versionId}`),
  };
  expect(await rotateNow(stage.rotation, options, signal)).toEqual({ versionId: 'v2', tookUp: true });
  expect(steps).toEqual(rotationSteps.map((step) => `${step} v2`));
  expect(await rotateNow(stage.rotation, options, signal)).toEqual({ versionId: 'v3', tookUp: false });
});

describe('what a rotation refuses', () => {
  it('a master key without a salt key', async () => {
    const stage = await world('master-key');
    const credential = new MasterKeyCredential({ isSet: async () => false });
    const failure = await rotate({ ...stage, rotation: { ...stage.rotation, credential } }, 'v2');
    expect(failure?.message).toMatch(/no salt key/);
    expect(stage.service.rollouts).toBe(0);
  });

  it.each([
    ['database', 'scribbled', /no JSON object/],
    ['database', JSON.stringify({ username: 'gateway', password: 'other' }), /turns are mixed up/],
    ['cache', JSON.stringify({ username: 'another', password: 'x' }), /the user of the cache is gateway/],
    ['master-key', 'sk-short', /sk- and at least 32/],
    ['master-key', `sk-${'a'.repeat(40)}`, /is the one in use/],
  ] as const)('of %s a pending value that is %s', async (kind, text, message) => {
    const stage = await world(kind);
    const was = (await stage.textAt(currentLabel)) ?? '';
    await stage.versions.putPending(secretId, 'v2', text);
    const failure = await rotate(stage, 'v2');
    expect(failure?.message).toMatch(message);
    expect(failure?.message).not.toContain(text);
    await demandOpen(stage, was);
  });

  it('a secret without a value', async () => {
    const stage = await world('cache');
    await stage.versions.move(secretId, { label: currentLabel, from: 'v1', to: undefined });
    expect((await rotate(stage, 'v2'))?.message).toMatch(/has no value. Deploy again/);
  });
});

it('takes a login of the cache that comes late', async () => {
  const stage = await world('cache');
  let refusals = 3;
  const logins = {
    check: async () => {
      refusals -= 1;
      if (refusals >= 0) throw new Error('WRONGPASS');
    },
  };
  const credential = new CacheUserCredential({ user: new MemoryCache(), logins, pause: async () => {} });
  expect(await rotate({ ...stage, rotation: { ...stage.rotation, credential } }, 'v2')).toBeUndefined();
  refusals = 1_000;
  await stage.service.settle();
  expect((await rotate({ ...stage, rotation: { ...stage.rotation, credential } }, 'v3'))?.message).toBe('WRONGPASS');
});

it('makes passwords of 48 letters and digits, and keeps what else the secret holds', async () => {
  const stage = await world('database');
  const next = stage.rotation.credential.next(JSON.stringify({ username: 'gateway_b', password: 'p', host: 'db' }));
  expect(readLogin(next)).toEqual({ username: 'gateway', password: expect.stringMatching(/^[A-Za-z0-9]{48}$/) });
  expect(JSON.parse(next)).toHaveProperty('host', 'db');
});
