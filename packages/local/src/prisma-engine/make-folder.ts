import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const prefix = 'prisma-making-';
const abandonedAfterMs = 3_600_000;

/**
 * Makes a folder of a cache once: `fill` gets an empty one, which takes the name `place` when it is complete, so
 * the name never shows a half-made one. When two processes make it at once the first one's stays.
 */
export async function makeFolder(place: string, fill: (work: string) => void | Promise<void>): Promise<void> {
  if (existsSync(place)) return;
  const cache = dirname(place);
  mkdirSync(cache, { recursive: true });
  clearAbandoned(cache);
  const work = mkdtempSync(join(cache, prefix));
  try {
    chmodSync(work, 0o755);
    await fill(work);
    renameSync(work, place);
  } catch (error) {
    // Two processes would have filled it with the same.
    if (!existsSync(place)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A process that was killed leaves its folder behind. */
function clearAbandoned(cache: string): void {
  for (const name of readdirSync(cache).filter((each) => each.startsWith(prefix))) {
    const path = join(cache, name);
    const madeAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - madeAt > abandonedAfterMs) rmSync(path, { recursive: true, force: true });
  }
}
