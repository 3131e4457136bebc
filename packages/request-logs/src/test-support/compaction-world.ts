import { MemoryObjects, type ObjectStore } from '@genai-gateway/core';
import { type CompactOptions, compact } from '../compaction/compact.ts';
import type { CompactionStep, CompactionStores } from '../compaction/compaction-stores.ts';
import { archivedRows, keysOf, quarantinedLines } from './archive-contents.ts';
import { samplePayload } from './sample-payload.ts';

const signal = new AbortController().signal;
/** 2026-11-23T16:00:00Z, in seconds. */
export const sampleHour = Date.UTC(2026, 10, 23, 16) / 1000;

/** Two buckets in memory, a clock that is set by hand, and objects of every kind. */
export function compactionWorld(
  raw: ObjectStore = new MemoryObjects(() => 0),
  archive: ObjectStore = new MemoryObjects(),
) {
  const clock = { nowMs: Date.UTC(2026, 10, 23, 18, 10) };
  let owners = 0;
  const limits = { objectsPerRun: 5, bytesPerRun: 1_000_000, leaseMs: 60_000 };

  return {
    raw,
    archive,
    clock,
    limits,
    put: (key: string, text: string | Uint8Array) =>
      raw.put(key, typeof text === 'string' ? Buffer.from(text) : text, {}, signal),

    /** Calls compaction as a process of its own does. */
    compact(options: Partial<CompactOptions> & Partial<CompactionStores> = {}) {
      owners += 1;
      const stores: CompactionStores = {
        raw: options.raw ?? raw,
        archive: options.archive ?? archive,
        now: () => clock.nowMs,
        owner: `owner-${owners}`,
        signal: options.signal ?? signal,
        ...(options.atStep === undefined ? {} : { atStep: options.atStep }),
      };
      return compact(stores, { untilMs: clock.nowMs, remainingMs: () => 900_000, limits, ...options });
    },

    /** What came of everything: `key:line` of each row and of each line set aside, and what is left in the raw bucket. */
    async outcome() {
      const at = ({ source_key, source_line }: Record<string, unknown>) => `${source_key}:${source_line}`;
      return {
        rows: (await archivedRows(archive)).map(at).sort(),
        quarantined: (await quarantinedLines(archive)).map(at).sort(),
        left: await keysOf(raw),
      };
    },
  };
}

export type CompactionWorld = ReturnType<typeof compactionWorld>;

/** Fourteen objects: of both writers, single and batched, late, twice the same, and poison. Gives what must come of them. */
export async function putSamples({ put }: Pick<CompactionWorld, 'put'>) {
  const line = (id: string, hours = 0) => JSON.stringify(samplePayload(id, sampleHour + hours * 3600 + 1));
  const single = 'litellm/2026-11-23/time-16-00-01-000000_';
  const objects: Record<string, string> = {
    'gateway/2026-11-23/16/a-1.jsonl': [line('g1'), line('g2', 1), line('g3')].join('\n'),
    'gateway/2026-11-23/16/a-2.jsonl': `${line('g4')}\n\n{"broken":\n${line('g5', -30)}\n`,
    'gateway/2026-11-23/17/a-3.jsonl': `${line('g6', 1)}\n`,
    'gateway/2026-11-23/17/again.jsonl': `${line('g6', 1)}\n`,
    'gateway/2026-11-23/17/nothing.jsonl': '',
    [`${single}1.json`]: line('l1'),
    [`${single}2.json`]: line('l2', 1),
    [`${single}3.json`]: line('l3', -1),
    [`${single}4.json`]: '{"id":7,"startTime":1}',
    [`${single}5.json`]: `{"id":"x","startTime":${sampleHour},"response_cost":"much"}`,
    'litellm/2026-11-23/batch_16-00-09_0a.jsonl': [line('b1'), line('b2'), line('b3', 1)].join('\n'),
    'litellm/Team One/2026-11-23/batch_16-00-09_0b.jsonl': line('b4'),
    'litellm/late/2026-11-20/batch_16-00-09_0c.jsonl': line('b5', -72),
    'litellm/latest.txt': line('b6'),
  };
  for (const [key, text] of Object.entries(objects)) await put(key, text);
  const poison = [
    'gateway/2026-11-23/16/a-2.jsonl:3',
    'gateway/2026-11-23/17/nothing.jsonl:0',
    `${single}4.json:1`,
    `${single}5.json:1`,
  ];
  const rows = Object.entries(objects).flatMap(([key, text]) =>
    text
      .split('\n')
      .flatMap((one, at) => (one === '' || poison.includes(`${key}:${at + 1}`) ? [] : [`${key}:${at + 1}`])),
  );
  return { rows: rows.sort(), quarantined: poison.sort(), left: [] as string[] };
}

/** Ends a process at a step, as a kill does: nothing of it goes on until it is let. */
export function frozenAt(step: CompactionStep, nth = 1) {
  let thaw: () => void = () => undefined;
  let reached: () => void = () => undefined;
  const frozen = new Promise<void>((settle) => {
    reached = settle;
  });
  let times = 0;
  const atStep = (at: CompactionStep) =>
    new Promise<void>((settle) => {
      times += at === step ? 1 : 0;
      if (at !== step || times !== nth) return settle();
      thaw = settle;
      reached();
    });
  return { atStep, frozen, thaw: () => thaw() };
}
