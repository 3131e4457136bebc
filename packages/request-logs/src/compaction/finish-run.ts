import { archiveSchemaVersion } from './archive-columns.ts';
import { manifestKey } from './archive-layout.ts';
import { bytesOfJson, type CompactionLimits, type CompactionStores, jsonOf } from './compaction-stores.ts';
import { deleteSources } from './delete-sources.ts';
import { type ClaimedHead, type FoundHead, type IdleHead, readHead, replaceHead, type WrittenHead } from './head.ts';
import type { RunManifest } from './manifest.ts';
import { readSources } from './read-sources.ts';
import { writeFiles } from './write-files.ts';

/**
 * Does what is left of a run, which may have been begun by a process that is dead. Each step may be done twice, also by
 * two processes at the same time: names and rows of the files follow from the claim alone. Undefined: another process has
 * taken the run over.
 */
export async function finishRun(
  stores: CompactionStores,
  limits: CompactionLimits,
  found: FoundHead<ClaimedHead | WrittenHead>,
): Promise<RunManifest | undefined> {
  const written =
    found.head.stage === 'written'
      ? { head: found.head, etag: found.etag }
      : await write(stores, limits, found as FoundHead<ClaimedHead>);
  if (written === undefined) return undefined;
  const manifest = await readManifest(stores, written.head);
  await deleteSources(stores, manifest.sources);
  await stores.atStep?.('deleted');
  const idle: IdleHead = { stage: 'idle', owner: stores.owner, run: written.head.run };
  if ((await replaceHead(stores, written, idle)) === undefined) return undefined;
  await stores.atStep?.('finished');
  return manifest;
}

/** From the claim to the manifest. */
async function write(
  stores: CompactionStores,
  limits: CompactionLimits,
  claimed: FoundHead<ClaimedHead>,
): Promise<FoundHead<WrittenHead> | undefined> {
  const { run, claimedAtMs, sources } = claimed.head;
  const read = await readSources(stores, sources);
  await stores.atStep?.('read');
  // Whoever is further with this run has deleted what it was made of.
  if (read.vanished.length > 0 && (await readHead(stores)).etag !== claimed.etag) return undefined;
  const { files, quarantined } = await writeFiles(stores, claimed.head, read);
  const manifest: RunManifest = {
    run,
    schemaVersion: archiveSchemaVersion,
    claimedAt: new Date(claimedAtMs).toISOString(),
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    files,
    quarantined,
    sources: sources.filter(({ key }) => !read.changed.includes(key)),
    vanished: read.vanished,
    changed: read.changed,
  };
  const key = manifestKey(claimedAtMs, run);
  await stores.archive.put(key, bytesOfJson(manifest), { contentType: 'application/json' }, stores.signal);
  await stores.atStep?.('manifest-written');
  const head: WrittenHead = {
    stage: 'written',
    owner: stores.owner,
    run,
    leaseUntilMs: stores.now() + limits.leaseMs,
    manifest: key,
  };
  const written = await replaceHead(stores, claimed, head);
  if (written !== undefined) await stores.atStep?.('marked-written');
  return written;
}

async function readManifest({ archive, signal }: CompactionStores, { manifest }: WrittenHead): Promise<RunManifest> {
  const found = await archive.get(manifest, signal);
  if (found === undefined) {
    throw new Error(
      `${manifest} is gone, which names the objects that are archived and are to be deleted. Restore it.`,
    );
  }
  return jsonOf(found.bytes) as RunManifest;
}
