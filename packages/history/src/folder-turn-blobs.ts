import { hash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, GatewayError } from '@genai-gateway/core';
import type { BlobPage, ListedBlob, TurnBlobs } from './session-store.ts';

const DAY_MS = 86_400_000;
/** A file begins with `name`, its blob's name, and a line break; files of before have no such line. */
const HEAD = 'name ';
/** A head with the longest of names. */
const MAX_HEAD_BYTES = HEAD.length + 500 + 1;
const NAME = /^[A-Za-z0-9_/-]{1,500}$/;
const FILE = /^[0-9a-f]{62}$/;

export interface FolderTurnBlobsOptions {
  /** Is made where it is missing. */
  readonly folder: string;
  readonly now: Clock;
  /** How many days a blob is kept at least; its turn is gone by then. */
  readonly retentionDays: number;
}

/**
 * Large turns as files, for one machine: `folder/<2 hex digits>/<62 hex digits>`, the SHA-256 of the name, since not every
 * file system tells the case of letters apart; the name itself is the first line of the file. Nobody tells a folder that a turn has outlived its retention, so each
 * writing takes away what is too old in the one of the 256 folders that it writes into.
 */
export class FolderTurnBlobs implements TurnBlobs {
  readonly #folder: string;
  readonly #now: Clock;
  readonly #maxAgeMs: number;

  constructor({ folder, now, retentionDays }: FolderTurnBlobsOptions) {
    this.#folder = folder;
    this.#now = now;
    // A day more, because a blob is written before its turn is.
    this.#maxAgeMs = (retentionDays + 1) * DAY_MS;
  }

  put(name: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return asked(signal, async () => {
      const path = this.#pathOf(name);
      const unfinished = `${path}.${randomUUID()}`;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await this.#removeOld(dirname(path));
      try {
        await writeFile(unfinished, Buffer.concat([headOf(name), bytes]), {
          flag: 'wx',
          mode: 0o600,
          flush: true,
          signal,
        });
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    });
  }

  get(name: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return asked(signal, async () => {
      const content = await orMissing(readFile(this.#pathOf(name), { signal }));
      const head = headOf(name);
      return content?.subarray(content.subarray(0, head.length).equals(head) ? head.length : 0);
    });
  }

  delete(names: readonly string[], signal: AbortSignal): Promise<void> {
    return asked(signal, async () => {
      for (const name of names) {
        signal.throwIfAborted();
        await rm(this.#pathOf(name), { force: true });
      }
    });
  }

  /** All at once: a folder is for one machine. */
  list(folder: string, after: string | undefined, signal: AbortSignal): Promise<BlobPage> {
    return asked(signal, async () => {
      const blobs: ListedBlob[] = [];
      for (const outer of (await orMissing(readdir(this.#folder))) ?? []) {
        signal.throwIfAborted();
        for (const file of (await orMissing(readdir(join(this.#folder, outer)))) ?? []) {
          const blob = FILE.test(file) ? await listed(join(this.#folder, outer, file)) : undefined;
          if (blob?.name.startsWith(`${folder}/`) && blob.name > (after ?? '')) blobs.push(blob);
        }
      }
      return { blobs: blobs.sort((one, other) => (one.name < other.name ? -1 : 1)), next: undefined };
    });
  }

  #pathOf(name: string): string {
    const digest = hash('sha256', name, 'hex');
    return join(this.#folder, digest.slice(0, 2), digest.slice(2));
  }

  /** What was left unfinished goes this way too. */
  async #removeOld(folder: string): Promise<void> {
    const oldest = this.#now() - this.#maxAgeMs;
    for (const file of await readdir(folder)) {
      const path = join(folder, file);
      const found = await orMissing(stat(path));
      if (found !== undefined && found.mtimeMs < oldest) await rm(path, { force: true });
    }
  }
}

async function listed(path: string): Promise<ListedBlob | undefined> {
  const file = await orMissing(open(path));
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_HEAD_BYTES), 0, MAX_HEAD_BYTES, 0);
    const name = nameIn(buffer.subarray(0, bytesRead));
    return name === undefined ? undefined : { name, savedAtMs: (await file.stat()).mtimeMs };
  } finally {
    await file.close();
  }
}

/** Nothing for a name that the port does not have. */
function headOf(name: string): Buffer {
  return Buffer.from(NAME.test(name) ? `${HEAD}${name}\n` : '');
}

function nameIn(content: Buffer): string | undefined {
  const [line = ''] = content.toString('latin1').split('\n', 1);
  const name = line.slice(HEAD.length);
  return line.startsWith(HEAD) && NAME.test(name) ? name : undefined;
}

async function asked<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  signal.throwIfAborted();
  try {
    return await work();
  } catch (cause) {
    signal.throwIfAborted();
    throw new GatewayError(
      'history-unavailable',
      'The history of sessions cannot be reached at the moment. Try again shortly.',
      { cause, retryAfterSeconds: 2 },
    );
  }
}

async function orMissing<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
