import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, unlinkSync, utimesSync, writeSync } from 'node:fs';
import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { UsageEvent } from '@genai-gateway/governance';
import { usageEventFromJson, usageEventToJson } from './event-json.ts';
import type { Journal } from './journal.ts';
import { processMark, runsHere } from './process-mark.ts';

export interface FileSpoolOptions {
  /** A folder that outlives the process; made when it is not there. */
  readonly folder: string;
  /** Lines for the log; they hold no secrets. */
  readonly log: (message: string) => void;
  /** A file is left for a new one at this size, bytes; default 4 MiB. */
  readonly fileBytes?: number;
  /** A file whose process cannot be seen from here is taken over when it was not touched for so long, ms; default 60 000. */
  readonly silenceMs?: number;
}

interface OpenFile {
  readonly path: string;
  readonly fd: number;
  bytes: number;
  /** A part of a line was written last. */
  torn: boolean;
}

const SUFFIX = '.usage.jsonl';

/**
 * A journal in files: one line of JSON per event, written before the last frame leaves. It survives the process, not
 * the machine (nothing is flushed to the disk). Files of dead processes are taken over by renaming them; whoever has
 * appended looks whether the file still bears its name, and writes again into a new one if not. So an event can be
 * there twice, but a process that only seemed to be dead loses none.
 */
export class FileSpool implements Journal {
  readonly #folder: string;
  readonly #log: (message: string) => void;
  readonly #fileBytes: number;
  readonly #silenceMs: number;
  readonly #mark = processMark();
  /** Files of this process, each with the events in it that are not in the books yet. */
  readonly #files = new Map<string, Set<string>>();
  #open: OpenFile | undefined;
  #isBroken = false;

  constructor(options: FileSpoolOptions) {
    this.#folder = options.folder;
    this.#log = options.log;
    this.#fileBytes = options.fileBytes ?? 4 * 1024 * 1024;
    this.#silenceMs = options.silenceMs ?? 60_000;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Keeps an event until it is confirmed; false: it could not be kept, which the log tells once. Never throws. */
  append(event: UsageEvent): boolean {
    try {
      this.#append(event);
      this.#isBroken = false;
      return true;
    } catch (error) {
      if (!this.#isBroken)
        this.#log(`Usage cannot be kept in ${this.#folder}: ${String(error)}. It is in memory only.`);
      this.#isBroken = true;
      return false;
    }
  }

  #append(event: UsageEvent): void {
    const line = usageEventToJson(event);
    for (;;) {
      const file = this.#file();
      this.#write(file, `${file.torn ? '\n' : ''}${line}\n`);
      if (!this.#isStillOurs(file)) continue;
      this.#files.get(file.path)?.add(event.requestId);
      return;
    }
  }

  async confirm(requestIds: readonly string[]): Promise<void> {
    for (const [path, waiting] of this.#files) {
      const before = waiting.size;
      for (const id of requestIds) waiting.delete(id);
      if (waiting.size > 0 || before === 0) continue;
      if (path === this.#open?.path) {
        ftruncateSync(this.#open.fd, 0);
        this.#open.bytes = 0;
        this.#open.torn = false;
      } else this.#remove(path);
    }
  }

  async adopt(book: (events: readonly UsageEvent[]) => void): Promise<void> {
    this.#touch();
    for (const name of await readdir(this.#folder)) {
      if (!name.endsWith(SUFFIX) || this.#files.has(join(this.#folder, name))) continue;
      if (!(await this.#isLeft(name))) continue;
      const path = this.#newPath();
      try {
        await rename(join(this.#folder, name), path);
      } catch (error) {
        if (isMissing(error)) continue; // another process was faster
        throw error;
      }
      const events = await this.#read(path);
      this.#files.set(path, new Set(events.map((event) => event.requestId)));
      if (events.length === 0) this.#remove(path);
      book(events);
    }
  }

  /** Closes the file; what is in it is for another process to take over. */
  close(): void {
    if (this.#open === undefined) return;
    const { path, fd } = this.#open;
    this.#open = undefined;
    closeSync(fd);
    if (this.#files.get(path)?.size === 0) this.#remove(path);
  }

  #file(): OpenFile {
    if (this.#open !== undefined && this.#open.bytes < this.#fileBytes) return this.#open;
    this.close();
    const path = this.#newPath();
    this.#open = { path, fd: openSync(path, 'ax', 0o600), bytes: 0, torn: false };
    this.#files.set(path, new Set());
    return this.#open;
  }

  #write(file: OpenFile, text: string): void {
    const bytes = Buffer.from(text);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(file.fd, bytes, written);
      file.torn = false;
    } catch (error) {
      file.torn ||= written > 0; // a full disk takes a part of a line
      throw error;
    } finally {
      file.bytes += written;
    }
  }

  /** False when a file was taken over by another process: it is left to that one then. No other file ever has its name. */
  #isStillOurs({ path, fd }: OpenFile): boolean {
    if (existsSync(path)) return true;
    this.#log('A file of usage was taken over by another gateway, which took this one for dead. A new one is begun.');
    this.#open = undefined;
    this.#files.delete(path);
    closeSync(fd);
    return false;
  }

  /** Tells others, who cannot see this process, that it lives. */
  #touch(): void {
    const now = new Date();
    for (const path of this.#files.keys()) {
      try {
        utimesSync(path, now, now);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
  }

  /** Whether the process that a file belongs to is gone. */
  async #isLeft(name: string): Promise<boolean> {
    const runs = runsHere(name.split('_', 1)[0] ?? '');
    if (runs !== undefined) return !runs;
    try {
      return Date.now() - (await stat(join(this.#folder, name))).mtimeMs > this.#silenceMs;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** The events of a file. The last line may be torn: its event was never promised to anybody. */
  async #read(path: string): Promise<readonly UsageEvent[]> {
    const lines = (await readFile(path, 'utf8')).split('\n');
    const events = lines.flatMap((line) => usageEventFromJson(line) ?? []);
    const unread = lines.slice(0, -1).filter((line) => line !== '').length - events.length;
    if (unread > 0) this.#log(`${unread} lines of usage in ${path} are torn or no usage: they are not booked.`);
    return events;
  }

  #remove(path: string): void {
    this.#files.delete(path);
    try {
      unlinkSync(path);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  #newPath(): string {
    return join(this.#folder, `${this.#mark}_${randomUUID()}${SUFFIX}`);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
