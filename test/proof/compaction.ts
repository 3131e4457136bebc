import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CompactionStep } from '@genai-gateway/request-logs';
import { findVersitygw, startVersitygw } from '../../packages/aws/src/test-support/local-s3.ts';
import { auditArchive } from './compaction/audit.ts';
import { start, stop, stopAll } from './compaction/processes.ts';
import { proofObjects } from './compaction/stores.ts';
import { must, Report, say } from './support/report.ts';

const usage = `Proves that compaction makes each logged line one row, while its processes are killed.

  node scripts/run.mjs test/proof/compaction.ts [--kills N]

  --kills N   how often a process is killed with SIGKILL (default 50): at each step in turn, and at any time
`;

/** Three at a time, so that the living meet what the dead have left, and each other. */
const PROCESSES = 3;
/** Nothing is measured by it: it ends a proof that hangs. */
const MAX_WAIT_MS = 180_000;
const steps: readonly CompactionStep[] = [
  'claimed',
  'manifest-written',
  'some-deleted',
  'file-written',
  'marked-written',
  'read',
  'deleted',
  'listed',
  'files-verified',
  'quarantined',
  'finished',
];

async function prove(endpoint: string, folder: string, kills: number): Promise<string> {
  const ledger = join(folder, 'ledger.jsonl');
  const writer = start('writer.ts', [endpoint, ledger]);
  let left = kills;
  let atSteps = 0;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      const nth = kills - left;
      const step = nth % 2 === 1 ? steps[((nth - 1) / 2) % steps.length] : undefined;
      const child = start('compactor.ts', step === undefined ? [endpoint] : [endpoint, step]);
      const ended = once(child, 'exit');
      if (step === undefined) {
        await Promise.race([once(child.stdout ?? child, 'data'), ended]);
        await sleep(Math.random() * 1_000);
        child.kill('SIGKILL');
      } else {
        const late = await Promise.race([ended, sleep(MAX_WAIT_MS, 'late', { ref: false })]);
        must(late !== 'late', `no process came to ${step}`);
        atSteps += 1;
      }
      must((await stop(child, 'SIGKILL')) === 'SIGKILL', `a process ended by itself: ${child.exitCode}`);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, worker));
  must((await stop(writer, 'SIGTERM')) === 0, 'the writer failed');
  await compactRest(endpoint);
  const figures = await auditArchive(proofObjects(endpoint), ledger, folder);
  return `${kills} kills, ${atSteps} of them at steps: ${figures}`;
}

/** One process that nobody kills, until it finds nothing more. */
async function compactRest(endpoint: string): Promise<void> {
  let isDone: () => void = () => undefined;
  const done = new Promise<void>((settle) => {
    isDone = settle;
  });
  const child = start('compactor.ts', [endpoint, 'rest'], (line) => {
    if (line === 'ready') return;
    const { busy, objects } = JSON.parse(line) as { busy: boolean; objects: number };
    if (!busy && objects === 0) isDone();
  });
  const late = await Promise.race([done, once(child, 'exit'), sleep(MAX_WAIT_MS, 'late', { ref: false })]);
  await stop(child, 'SIGKILL');
  must(late === undefined, 'compaction does not come to an end');
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { kills: { type: 'string', default: '50' }, help: { type: 'boolean' } } });
  const kills = Number(values.kills);
  if (values.help === true || !Number.isInteger(kills) || kills < 0) {
    process.stderr.write(usage);
    return values.help === true ? 0 : 2;
  }
  const versitygw = await findVersitygw();
  if ('missing' in versitygw) {
    say(`FAIL  compaction: ${versitygw.missing}`);
    return 1;
  }
  const server = await startVersitygw(versitygw.folder);
  const folder = mkdtempSync(join(tmpdir(), 'compaction-'));
  const report = new Report(() => []);
  try {
    await report.prove('compaction, killed', () => prove(server.endpoint, folder, kills));
  } finally {
    await stopAll();
    await server.close();
    rmSync(folder, { recursive: true });
  }
  return report.end();
}

process.exitCode = await main();
