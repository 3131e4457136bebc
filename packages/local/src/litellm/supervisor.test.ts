import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDaemon } from '../daemon.ts';
import { processIdentity } from '../process-identity.ts';
import { temporaryState } from '../testing/temporary-state.ts';
import { type Outage, type Supervised, type SupervisorOptions, supervise } from './supervisor.ts';

let kept: ReturnType<typeof temporaryState>;
let supervised: Supervised | undefined;
let outages: Outage[];
let readies: number;
beforeEach(() => {
  kept = temporaryState();
  outages = [];
  readies = 0;
});
afterEach(async () => {
  await supervised?.stop(1_000);
  supervised = undefined;
  kept.remove();
});

const logFile = () => kept.state.file('life.log');
const log = () => readFileSync(logFile(), 'utf8');
const runs = (pid: number) => processIdentity(pid) !== undefined;

/** Supervises a shell script, which is ready when its log says so. */
function start(script: string, more: Partial<SupervisorOptions> = {}): Supervised {
  const begun = Date.now();
  supervised = supervise({
    start: (again) =>
      startDaemon({
        name: 'life',
        command: '/bin/sh',
        args: ['-c', `echo ${again ? 'again' : 'first'} at ${begun}; ${script}`],
        env: process.env,
        state: kept.state,
        logFile: logFile(),
        stopSignal: 'SIGTERM',
        group: true,
        continueLog: again,
      }),
    untilReady: async (signal) => {
      const lives = () => log().split('ready').length - 1;
      const before = readies;
      while (lives() <= before) await sleep(10, undefined, { signal });
    },
    onReady: () => {
      readies += 1;
    },
    onOutage: (outage) => outages.push(outage),
    startTimeoutMs: 5_000,
    firstDelayMs: 10,
    ...more,
  });
  return supervised;
}

async function until(done: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!done()) {
    if (Date.now() > deadline) throw new Error(`not in time; log: ${log()}`);
    await sleep(10);
  }
}

describe('supervise', () => {
  it('starts a killed process again, with its own processes ended, and tells it once', async () => {
    const life = start('sleep 60 & echo child $!; echo ready; wait');
    await until(() => readies === 1);
    const pid = life.pid() ?? 0;
    const child = Number(/child (\d+)/.exec(log())?.[1]);
    expect([pid, child].map(runs)).toEqual([true, true]);
    process.kill(pid, 'SIGKILL');
    await until(() => readies === 2);
    expect(outages).toEqual([{ wasReady: true, how: 'SIGKILL' }]);
    expect([pid, child].map(runs)).toEqual([false, false]);
    expect(log()).toMatch(/first[\s\S]*again/);
  }, 20_000);

  it('tells one outage, however often the start fails', async () => {
    start('exit 3');
    await until(() => log().split('again').length > 3);
    expect(outages).toEqual([{ wasReady: false, how: 'exit code 3' }]);
  }, 20_000);

  it('waits longer each time a process does not live', async () => {
    const starts: number[] = [];
    start('exit 3', {
      firstDelayMs: 50,
      start: async () => {
        starts.push(performance.now());
        throw new Error('cannot be started');
      },
    });
    await until(() => starts.length === 4);
    const waits = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(waits[1]).toBeGreaterThan((waits[0] ?? 0) * 1.5);
    expect(waits[2]).toBeGreaterThan((waits[1] ?? 0) * 1.5);
    expect(outages).toEqual([{ wasReady: false, how: 'cannot be started' }]);
  }, 20_000);

  it('ends a process that does not become ready', async () => {
    start('exec sleep 60', { startTimeoutMs: 200 });
    await until(() => outages.length === 1);
    expect(outages).toEqual([{ wasReady: false, how: 'not ready after 0.2 s' }]);
    await until(() => log().includes('again'));
  }, 20_000);

  it.each([
    ['while it is started', 'exec sleep 60', 0],
    ['while it serves', 'echo ready; exec sleep 60', 1],
    ['while it waits to start it again', 'exit 1', 0],
  ])(
    'stops for good %s',
    async (_name, script, ready) => {
      const life = start(script, { firstDelayMs: 300 });
      await until(() => readies === ready && (life.pid() !== undefined || outages.length > 0));
      const pid = life.pid();
      await life.stop(2_000);
      const said = log();
      await sleep(500);
      expect(log()).toBe(said);
      expect(pid === undefined || !runs(pid)).toBe(true);
      expect(life.pid()).toBeUndefined();
    },
    20_000,
  );

  it('leaves one that is retired running, and does not start it again', async () => {
    const life = start('echo ready; exec sleep 60', { firstDelayMs: 50 });
    await until(() => readies === 1);
    const pid = life.pid() ?? 0;
    life.retire();
    await sleep(100);
    expect(runs(pid)).toBe(true);
    process.kill(pid, 'SIGTERM');
    await until(() => !runs(pid));
    await sleep(300);
    expect([log().includes('again'), outages]).toEqual([false, []]);
    await life.stop(2_000);
  }, 20_000);

  it('kills one that does not stop, with its processes', async () => {
    const life = start('trap "" TERM; (trap "" TERM; while :; do sleep 1; done) & echo child $!; echo ready; wait');
    await until(() => readies === 1);
    const pids = [life.pid() ?? 0, Number(/child (\d+)/.exec(log())?.[1])];
    await life.stop(200);
    await until(() => !pids.some(runs));
  }, 20_000);
});
