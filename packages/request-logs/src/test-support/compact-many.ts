// Compacts as many small objects as it is told, and prints how many rows came of them:  node compact-many.ts OBJECTS
import { MemoryObjects } from '@genai-gateway/core';
import { compact } from '../compaction/compact.ts';
import { keysOf } from './archive-contents.ts';
import { samplePayload } from './sample-payload.ts';

const objects = Number(process.argv[2]);
const signal = new AbortController().signal;
const [raw, archive] = [new MemoryObjects(() => 0), new MemoryObjects()];
const hour = Date.UTC(2026, 10, 23, 16) / 1000;
for (let index = 0; index < objects; index += 1) {
  const payload = samplePayload(`chatcmpl-${index}`, hour + (index % 7_200), { messages: `${index} `.repeat(300) });
  const key = `litellm/2026-11-23/time-16-00-00-${String(index).padStart(6, '0')}_chatcmpl-${index}.json`;
  await raw.put(key, Buffer.from(JSON.stringify(payload)), {}, signal);
}
const stores = { raw, archive, now: Date.now, owner: 'compact-many', signal };
const startedAtMs = performance.now();
const { rows, runs, bytesIn } = await compact(stores, { untilMs: Date.now(), remainingMs: () => 900_000 });
const ms = Math.round(performance.now() - startedAtMs);
const left = (await keysOf(raw)).length;
process.stdout.write(
  `${JSON.stringify({ rows, runs, bytesIn, left, ms, peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024) })}\n`,
);
