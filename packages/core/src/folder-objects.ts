import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { contentEtag } from './memory-objects.ts';
import type { ListedObject, ObjectPage, ObjectStore, PutOptions } from './object-store.ts';

/** Makes the URL of an object: whoever serves the folder knows how. */
export type FolderLink = (key: string, seconds: number, fileName: string) => Promise<string>;

const PART = /^[A-Za-z0-9_.=-]{1,200}$/;
/** Files on their way; no key begins with it. */
const UNFINISHED = '.unfinished';
/** How often a folder is made again that somebody else removed because it was empty. */
const MKDIR_ATTEMPTS = 20;

/**
 * A folder in place of a bucket, for one machine: a key is a path, so no key can be the folder of another one. What is
 * written is there whole or not at all, also for other processes, and `ifAbsent` holds among them; `ifMatch` holds among
 * the calls of one instance.
 */
export class FolderObjects implements ObjectStore {
  readonly #folder: string;
  readonly #link: FolderLink;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string, link: FolderLink) {
    this.#folder = folder;
    this.#link = link;
  }

  put(key: string, bytes: Uint8Array, options: PutOptions, signal: AbortSignal): Promise<string | undefined> {
    if (options.ifMatch === undefined) return this.#put(key, bytes, options, signal);
    const mine = this.#last.then(async () => {
      const there = await this.get(key, signal);
      return there?.etag === options.ifMatch ? this.#put(key, bytes, {}, signal) : undefined;
    });
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async get(key: string, signal: AbortSignal): Promise<{ bytes: Uint8Array; etag: string } | undefined> {
    signal.throwIfAborted();
    const bytes = await unlessMissing(readFile(this.#path(key), { signal }), signal);
    return bytes === undefined ? undefined : { bytes, etag: contentEtag(bytes) };
  }

  async list(prefix: string, after: string | undefined, limit: number, signal: AbortSignal): Promise<ObjectPage> {
    signal.throwIfAborted();
    const objects: ListedObject[] = [];
    for await (const key of this.#keys('', prefix, after ?? '')) {
      if (objects.length === limit) return { objects, next: objects.at(-1)?.key };
      const listed = await this.#listed(key, signal);
      if (listed !== undefined) objects.push(listed);
    }
    return { objects, next: undefined };
  }

  async delete(keys: readonly string[], signal: AbortSignal): Promise<void> {
    for (const key of keys) {
      signal.throwIfAborted();
      const path = this.#path(key);
      await rm(path, { force: true });
      await this.#removeEmptyFolders(dirname(path));
    }
  }

  link(key: string, seconds: number, fileName: string): Promise<string> {
    this.#path(key);
    return this.#link(key, seconds, fileName);
  }

  /** Writes it elsewhere first; `link` refuses where there is one already, `rename` puts it in the place of that. */
  async #put(key: string, bytes: Uint8Array, { ifAbsent }: PutOptions, signal: AbortSignal) {
    signal.throwIfAborted();
    const path = this.#path(key);
    const unfinished = join(this.#folder, UNFINISHED, randomUUID());
    await mkdir(dirname(unfinished), { recursive: true });
    try {
      await writeDurably(unfinished, bytes);
      signal.throwIfAborted();
      await inFolder(dirname(path), () => (ifAbsent === true ? link(unfinished, path) : rename(unfinished, path)));
    } catch (error) {
      if (isCode(error, 'EEXIST')) return undefined;
      throw error;
    } finally {
      await rm(unfinished, { force: true });
    }
    return contentEtag(bytes);
  }

  #path(key: string): string {
    const parts = key.split('/');
    if (parts[0] === UNFINISHED || parts.some((part) => !PART.test(part) || part === '.' || part === '..')) {
      throw new Error(`"${key}" is not a key: parts of A-Z, a-z, 0-9, _ . = - with / between them are`);
    }
    return join(this.#folder, ...parts);
  }

  /** Keys in the order of their bytes, a folder as its name with `/`; folders are read when their turn comes. */
  async *#keys(folder: string, prefix: string, after: string): AsyncGenerator<string> {
    const entries = (await unlessMissing(readdir(join(this.#folder, folder), { withFileTypes: true }))) ?? [];
    const names = entries.filter(({ name }) => folder !== '' || name !== UNFINISHED).map((entry) => keyPart(entry));
    for (const name of names.sort()) {
      const key = `${folder}${name}`;
      if (!name.endsWith('/')) {
        if (key.startsWith(prefix) && key > after) yield key;
      } else if (
        (key.startsWith(prefix) || prefix.startsWith(key)) &&
        (key >= after.slice(0, key.length) || after === '')
      ) {
        yield* this.#keys(key, prefix, after);
      }
    }
  }

  async #listed(key: string, signal: AbortSignal): Promise<ListedObject | undefined> {
    const found = await this.get(key, signal);
    const facts = await unlessMissing(stat(this.#path(key)));
    if (found === undefined || facts === undefined) return undefined;
    return { key, bytes: found.bytes.byteLength, etag: found.etag, lastModifiedMs: facts.mtimeMs };
  }

  async #removeEmptyFolders(folder: string): Promise<void> {
    for (let at = folder; at !== this.#folder; at = dirname(at)) {
      try {
        await rmdir(at);
      } catch {
        return; // It holds something, or is gone.
      }
    }
  }
}

function keyPart(entry: Dirent): string {
  return entry.isDirectory() ? `${entry.name}/` : entry.name;
}

/** On the disk when it returns, so that a name never stands for half a file. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function inFolder(folder: string, place: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await mkdir(folder, { recursive: true });
    try {
      await place();
      return;
    } catch (error) {
      if (!isCode(error, 'ENOENT') || attempt === MKDIR_ATTEMPTS) throw error;
    }
  }
}

async function unlessMissing<Value>(found: Promise<Value>, signal?: AbortSignal): Promise<Value | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
    signal?.throwIfAborted();
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
