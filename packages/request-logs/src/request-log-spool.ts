import { type FileHandle, mkdir, open, readdir, readFile, rename, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Knows processes by a name that no later one can have; only letters, digits and dashes. */
export interface ProcessMarks {
  readonly own: string;
  /** Whether the process of a mark runs; undefined: that cannot be seen from here. */
  runs(mark: string): boolean | undefined;
}

export interface RequestLogSpoolOptions {
  /** A folder that outlives the process; made when it is not there. */
  readonly folder: string;
  readonly marks: ProcessMarks;
  /** What may lie there of this process, bytes; default 1 GiB. */
  readonly maxBytes?: number;
  /** A file whose process cannot be seen from here is taken over when it was not touched for so long, ms; default 60 000. */
  readonly silenceMs?: number;
}

/** The lines of one object in a file, as long as the object is not written. */
export interface SpoolFile {
  /** Of the object. */
  readonly key: string;
  readonly path: string;
  bytes: number;
  handle: FileHandle | undefined;
}

/** What another process has left. */
export interface LeftFile {
  readonly file: SpoolFile;
  readonly lines: number;
  /** A last line that was not written to its end. */
  readonly isTorn: boolean;
}

const SUFFIX = '.request-log';

/**
 * Lines of the request log in files that outlive the process, not the machine: nothing is flushed to the disk. A file is
 * named after its process and the key of its object, so that whoever takes it over writes the same object.
 */
export class RequestLogSpool {
  readonly #options: Required<RequestLogSpoolOptions>;
  readonly #files = new Set<SpoolFile>();

  constructor(options: RequestLogSpoolOptions) {
    this.#options = { maxBytes: 1024 ** 3, silenceMs: 60_000, ...options };
  }

  /** Rejects where the folder takes nothing. */
  async create(key: string): Promise<SpoolFile> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
    const path = this.#path(key);
    const file: SpoolFile = { key, path, bytes: 0, handle: await open(path, 'ax', 0o600) };
    this.#files.add(file);
    return file;
  }

  /** Rejects where the disk or what may lie there is full: then a part of it may be there. */
  async append(file: SpoolFile, bytes: Uint8Array): Promise<void> {
    let lying = 0;
    for (const each of this.#files) lying += each.bytes;
    const { maxBytes } = this.#options;
    if (lying + bytes.length > maxBytes) throw new Error(`more than ${maxBytes} bytes would lie there`);
    await file.handle?.writeFile(bytes);
    file.bytes += bytes.length;
  }

  /** No more lines come. */
  async finish(file: SpoolFile): Promise<void> {
    const { handle } = file;
    file.handle = undefined;
    await handle?.close();
  }

  /** Its whole lines; undefined: another process has taken it over. */
  async read(file: SpoolFile): Promise<Buffer | undefined> {
    try {
      const bytes = await readFile(file.path);
      return bytes.subarray(0, bytes.lastIndexOf(10) + 1);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** False when another process took this one for dead. */
  async isOurs({ path }: SpoolFile): Promise<boolean> {
    try {
      await stat(path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async remove(file: SpoolFile): Promise<void> {
    this.#files.delete(file);
    await this.finish(file);
    try {
      await unlink(file.path);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /**
   * Takes over what dead processes have left, and tells others that this one lives. What cannot be taken over is told
   * to `onFailure`, and tried again the next time.
   */
  async adopt(onFailure: (error: unknown) => void): Promise<LeftFile[]> {
    await this.#touch();
    const left: LeftFile[] = [];
    for (const name of await this.#names()) {
      try {
        const taken = await this.#take(name);
        if (taken !== undefined) left.push(taken);
      } catch (error) {
        // Missing: another process was faster.
        if (!isMissing(error)) onFailure(error);
      }
    }
    return left;
  }

  /** Undefined: it is somebody's, or has no line. */
  async #take(name: string): Promise<LeftFile | undefined> {
    const [mark = '', ...rest] = name.slice(0, -SUFFIX.length).split('_');
    const key = rest.join('_').replaceAll('~', '/');
    if (mark === this.#options.marks.own || !(await this.#isLeft(name, mark))) return undefined;
    // Read first: one that cannot be read stays where it is, and is come back to.
    const bytes = await readFile(join(this.#options.folder, name));
    const file: SpoolFile = { key, path: this.#path(key), bytes: bytes.length, handle: undefined };
    await rename(join(this.#options.folder, name), file.path);
    this.#files.add(file);
    let lines = 0;
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1;
    if (lines > 0) return { file, lines, isTorn: bytes.at(-1) !== 10 };
    await this.remove(file);
    return undefined;
  }

  async #names(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#options.folder)).filter((name) => name.endsWith(SUFFIX));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async #isLeft(name: string, mark: string): Promise<boolean> {
    const runs = this.#options.marks.runs(mark);
    if (runs !== undefined) return !runs;
    try {
      return Date.now() - (await stat(join(this.#options.folder, name))).mtimeMs > this.#options.silenceMs;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async #touch(): Promise<void> {
    const now = new Date();
    for (const { path } of this.#files) {
      await utimes(path, now, now).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    }
  }

  #path(key: string): string {
    return join(this.#options.folder, `${this.#options.marks.own}_${key.replaceAll('/', '~')}${SUFFIX}`);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
