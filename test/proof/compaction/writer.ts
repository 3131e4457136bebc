// Writes request logs of every kind until it is told to stop, and a ledger of what must come of each line:
//   node writer.ts ENDPOINT LEDGER
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { samplePayload } from '@genai-gateway/request-logs/testing/sample-payload';
import { proofObjects } from './stores.ts';

/** A line of the ledger: what must come of a line of an object. */
export interface LedgerLine {
  readonly at: string;
  readonly becomes: 'row' | 'poison';
  /** Of the call, which is told from all others by it; but for what is written twice. */
  readonly id?: string;
  /** The store has not said whether the object was written. */
  readonly isDoubtful?: true;
}

interface Line extends Omit<LedgerLine, 'at'> {
  readonly text: string;
}

const [endpoint = '', ledger = ''] = process.argv.slice(2);
const objects = proofObjects(endpoint);
const signal = new AbortController().signal;
const hour = Date.UTC(2026, 10, 23, 16) / 1000;
const poisons = [
  '{"id":"cut',
  '[]',
  '{"id":"a","startTime":"noon"}',
  `{"id":"a","startTime":${hour},"response_cost":"much"}`,
];
let [count, isOver] = [0, false];
process.once('SIGTERM', () => {
  isOver = true;
});

for (; !isOver; await sleep(20)) {
  count += 1;
  const { key, lines } = nextObject(count);
  let isDoubtful = false;
  try {
    await objects.put(key, Buffer.from(lines.map(({ text }) => text).join('\n')), {}, signal);
  } catch {
    isDoubtful = true;
  }
  const written = lines.map(({ text: _, ...line }, at) => ({ at: `${key}:${at + 1}`, ...line }));
  appendFileSync(
    ledger,
    written.map((line) => `${JSON.stringify(isDoubtful ? { ...line, isDoubtful } : line)}\n`).join(''),
  );
}
process.exit();

/** By turns: a batch of the gateway, a call and a batch of LiteLLM, a late batch, one that was sent twice, and poison. */
function nextObject(nth: number): { key: string; lines: Line[] } {
  const now = new Date(Date.now()).toISOString();
  const gateway = `gateway/${now.slice(0, 10)}/${now.slice(11, 13)}/proof-${Date.now()}-${nth}.jsonl`;
  const litellm = `litellm/${now.slice(0, 10)}`;
  switch (nth % 6) {
    case 0:
      return { key: gateway, lines: [1, 2, 3, 4].map((line) => call(`g-${nth}-${line}`, line % 2)) };
    case 1:
      return { key: `${litellm}/time-16-00-00-${String(nth).padStart(6, '0')}_l.json`, lines: [call(`l-${nth}`, 0)] };
    case 2:
      return {
        key: `${litellm}/batch_16-00-00_${nth}.jsonl`,
        lines: [1, 2, 3].map((line) => call(`b-${nth}-${line}`, 0)),
      };
    case 3:
      return {
        key: `litellm/Team One/2026-11-20/batch_16-00-00_${nth}.jsonl`,
        lines: [call(`late-${nth}`, -72), call(`later-${nth}`, -71)],
      };
    case 4:
      return { key: `${litellm}/batch_again_${nth}.jsonl`, lines: [call(`twice-${Math.floor(nth / 12)}`, 1)] };
    default:
      return {
        key: gateway,
        lines: [
          call(`p-${nth}`, 0),
          { text: poisons[nth % poisons.length] ?? '', becomes: 'poison' },
          call(`q-${nth}`, 0),
        ],
      };
  }
}

function call(id: string, hours: number): Line {
  return { text: JSON.stringify(samplePayload(id, hour + hours * 3600 + 1)), becomes: 'row', id };
}
