import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoggedRequest } from '@genai-gateway/simulators';
import { describe, expect, it } from 'vitest';
import { onceBooked } from './support/books.ts';
import { examplesFolder, examplesFor, nameOf, runExample, runProgram } from './support/examples.ts';
import { makeKey } from './support/keys.ts';
import { requestsWith } from './support/simulator.ts';
import { world } from './support/world.ts';

const { http, https, ca } = world;
const key = await makeKey(world.databaseUrl);
const examples = examplesFor(key).map((example) => ({ ...example, name: nameOf(example) }));
const runnable = examples.filter(({ program }) => world.python !== undefined || !program.endsWith('.py'));

describe('examples', () => {
  const before = new Set<string>();
  const asked = async (): Promise<readonly LoggedRequest[]> =>
    (await requestsWith('')).filter(
      ({ id, operation = '' }) => !before.has(id) && /^(converse|invoke)/.test(operation),
    );

  it('start from a known point', async () => {
    for (const { id } of await requestsWith('')) before.add(id);
  });

  // Most of the time of each is its start, and nothing here is measured in seconds.
  it.concurrent.each(runnable)(
    '$name does what it says',
    async (example) => {
      const { code, output } = await runExample(example);
      const expected: unknown =
        typeof example.prints === 'string' ? example.prints : expect.stringMatching(example.prints);
      expect([code, output]).toEqual([0, expected]);
    },
    180_000,
  );

  it('are all tested', () => {
    const folders = readdirSync(examplesFolder).filter(
      (name) => name !== 'smoke' && name !== 'node_modules' && statSync(join(examplesFolder, name)).isDirectory(),
    );
    const files = folders.flatMap((folder) =>
      readdirSync(join(examplesFolder, folder)).map((name) => `${folder}/${name}`),
    );
    const programs = files.filter((name) => /\.(sh|py|mjs)$/.test(name));
    expect(new Set(examples.map(({ program }) => program))).toEqual(new Set(programs));
    expect(folders.filter((folder) => !files.includes(`${folder}/README.md`))).toEqual([]);
  });

  it('that leave a stream have the model stop, and pay for every call', async () => {
    const left = async () => (await asked()).filter(({ bodyText }) => bodyText.includes('Count to a thousand'));
    const stopped = async () =>
      (await left()).filter(({ aborted, eventsSent }) => aborted && eventsSent < 1_000).length;
    const leaving = runnable.filter(({ leaves }) => leaves).length;
    await expect.poll(stopped, { timeout: 10_000 }).toBeGreaterThanOrEqual(leaving);
    await onceBooked(key, (await asked()).length);
  });
});

describe.skipIf(world.python === undefined)('smoke.mjs', () => {
  const readyFile = join(world.stateDir, 'ready.json');
  const smoke = join(examplesFolder, 'smoke.mjs');
  const run = (...args: string[]) => runProgram(process.execPath, [smoke, ...args], {});

  it('passes, and passes again', async () => {
    writeFileSync(
      readyFile,
      JSON.stringify({ http, https, ca, keys: [world.keys.good], masterKey: world.masterKey, litellm: null, pid: 1 }),
    );
    for (let round = 0; round < 2; round += 1) {
      const { code, output } = await run(readyFile);
      expect([code, output.trimEnd().split('\n').at(-1)]).toEqual([0, '16 passed, 0 failed']);
    }
  });

  it('fails with a key that is wrong, and says what', async () => {
    writeFileSync(readyFile, JSON.stringify({ http, https, ca, keys: ['sk-nobody'] }));
    const { code, output } = await run(readyFile);
    expect(code).toBe(1);
    expect(output).toContain('FAIL boto3 answer');
    expect(output.trimEnd().split('\n').at(-1)).toBe('4 passed, 12 failed');
  });

  it('says how to use it when it gets no ready file', async () => {
    expect((await run(join(world.stateDir, 'absent.json'))).code).toBe(2);
    expect((await run()).code).toBe(2);
  });
});
