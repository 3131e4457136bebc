// Compacts again and again until it is killed, from outside or by itself when it comes to a step:
//   node compactor.ts ENDPOINT [STEP | rest]
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CompactionStep, compact } from '@genai-gateway/request-logs';
import { proofObjects } from './stores.ts';

const [endpoint = '', step] = process.argv.slice(2);
const objects = proofObjects(endpoint);
/** Short, so that the dead are soon followed, and often somebody who is only slow; whoever does the rest takes more at once. */
const limits = { objectsPerRun: step === 'rest' ? 5_000 : 25, bytesPerRun: 16_000_000, leaseMs: 300 };
const atStep = async (at: CompactionStep) => {
  if (at === step) process.kill(process.pid, 'SIGKILL');
};
process.stdout.write('ready\n');

for (;;) {
  const signal = AbortSignal.timeout(60_000);
  const stores = { raw: objects, archive: objects, now: Date.now, owner: randomUUID(), signal, atStep };
  const options = { untilMs: Number.POSITIVE_INFINITY, remainingMs: () => 900_000, limits };
  try {
    process.stdout.write(`${JSON.stringify(await compact(stores, options))}\n`);
  } catch (error) {
    // As Lambda does it: the next call tries again. versitygw replaces bytes and checksum of an object one after the other.
    process.stderr.write(`a call failed: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  await sleep(50);
}
