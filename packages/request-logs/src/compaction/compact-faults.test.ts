import { MemoryObjects, type ObjectStore } from '@genai-gateway/core';
import { describe, expect, it } from 'vitest';
import { compactionWorld, putSamples } from '../test-support/compaction-world.ts';

type Call = 'put' | 'get' | 'list' | 'delete';

/** A store whose calls go through `before`, which may reject, and `after`, when they are done but not answered. */
function through(
  store: ObjectStore,
  before: (call: Call) => Promise<void>,
  after: (call: Call) => Promise<void>,
): ObjectStore {
  const wrapped = async <Value>(call: Call, send: () => Promise<Value>): Promise<Value> => {
    await before(call);
    const value = await send();
    await after(call);
    return value;
  };
  return {
    put: (...args) => wrapped('put', () => store.put(...args)),
    get: (...args) => wrapped('get', () => store.get(...args)),
    list: (...args) => wrapped('list', () => store.list(...args)),
    delete: (...args) => wrapped('delete', () => store.delete(...args)),
    link: (...args) => store.link(...args),
  };
}

const pass = async () => undefined;

describe('compact, while stores fail', () => {
  it.each(['before', 'after'] as const)(
    'loses and doubles nothing, whichever call fails %s it was done',
    async (when) => {
      for (let nth = 1; ; nth += 1) {
        const world = compactionWorld();
        const limits = { ...world.limits, objectsPerRun: 20 };
        const expected = await putSamples(world);
        let calls = 0;
        const fail = async () => {
          calls += 1;
          if (calls === nth) throw new Error(`call ${nth}`);
        };
        const faulty = (store: ObjectStore) =>
          through(store, when === 'before' ? fail : pass, when === 'after' ? fail : pass);
        const failing = world.compact({ raw: faulty(world.raw), archive: faulty(world.archive), limits });
        const failed = await failing.then(
          () => undefined,
          (error: Error) => error.message,
        );
        // A source that cannot be read now is not a source that is gone.
        if (calls >= nth) expect(failed).toBe(`call ${nth}`);
        await world.compact({ limits });
        expect({ nth, ...(await world.outcome()) }).toEqual({ nth, ...expected });
        if (calls < nth) {
          expect(nth).toBeGreaterThan(30);
          return;
        }
      }
    },
    60_000,
  );

  it('keeps every source of a run whose file is read back as something else', async () => {
    const world = compactionWorld();
    const expected = await putSamples(world);
    const { archive } = world;
    const lying: ObjectStore = {
      ...through(archive, pass, pass),
      async put(key, bytes, options, signal) {
        const kept = key.endsWith('.parquet') ? bytes.slice(0, -9) : bytes;
        return archive.put(key, kept, options, signal);
      },
    };
    await expect(world.compact({ archive: lying })).rejects.toThrow();
    expect((await world.outcome().catch(() => ({ left: [] }))).left).toEqual([]);
    await world.compact();
    expect(await world.outcome()).toEqual(expected);
  });

  it('ends with the reason of whoever stops it, and is finished by the next', async () => {
    const world = compactionWorld();
    const expected = await putSamples(world);
    const leaving = new AbortController();
    const atStep = async () => leaving.abort(new Error('no time left'));
    await expect(world.compact({ signal: leaving.signal, atStep })).rejects.toThrow('no time left');
    await world.compact();
    expect(await world.outcome()).toEqual(expected);
  });
});

describe('compact, many at once', () => {
  /** Each call waits for some turns first, so the processes go through each other; a dead one's calls never come back. */
  function jittered(store: ObjectStore, random: () => number, isDead: () => boolean): ObjectStore {
    const wait = async () => {
      for (let turns = Math.floor(random() * 20); turns > 0; turns -= 1) await new Promise(setImmediate);
      if (isDead()) await new Promise(() => undefined);
    };
    return through(store, wait, wait);
  }

  it('loses and doubles nothing, however four of them go through each other and die', async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const random = randomOf(seed);
      const world = compactionWorld(new MemoryObjects(() => 0), new MemoryObjects());
      const expected = await putSamples(world);
      // A lease that ends at once: everybody helps everybody.
      const limits = { ...world.limits, leaseMs: 0 };
      const processes = [1, 2, 3, 4].map((index) => {
        let callsLeft = index === 4 ? Number.POSITIVE_INFINITY : 10 + random() * 150;
        const isDead = () => {
          callsLeft -= 1;
          return callsLeft < 0;
        };
        const stores = { raw: jittered(world.raw, random, isDead), archive: jittered(world.archive, random, isDead) };
        return world.compact({ ...stores, limits });
      });
      await Promise.race([Promise.all(processes), processes[3]]);
      while ((await world.compact({ limits })).busy) await new Promise(setImmediate);
      expect({ seed, ...(await world.outcome()) }).toEqual({ seed, ...expected });
    }
  }, 60_000);
});

/** Numbers from 0 to 1 that a seed gives (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
