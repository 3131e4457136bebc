import { createWriteStream, type WriteStream, writeSync } from 'node:fs';

/** Lines are written together: one write per line costs more than making the line. */
const BATCH_CHARACTERS = 64 * 1024;
/** No line waits longer than this. */
const FLUSH_MS = 250;
/** When nobody reads the log, this much is kept; what comes then is counted and dropped. */
const MAX_UNWRITTEN_BYTES = 64 * 1024 * 1024;

/**
 * Where a logger writes: gathers lines and hands them to the file descriptor in the background, so
 * that a slow reader of the log never holds up a request. It replaces pino's own destination, which
 * measures every line in bytes: that flattens the string pino has just joined, and is as expensive as
 * making it (bench/results).
 */
export class BatchedOutput {
  readonly #fd: number;
  readonly #stream: WriteStream;
  readonly #timer: NodeJS.Timeout;
  #pending = '';
  #dropped = 0;

  constructor(fd: number) {
    this.#fd = fd;
    this.#stream = createWriteStream('', { fd, autoClose: false });
    // A log that nobody can read any more is no reason to stop serving.
    this.#stream.on('error', () => {});
    this.#timer = setInterval(() => this.#hand(), FLUSH_MS);
    this.#timer.unref();
  }

  write(line: string): void {
    this.#pending += line;
    if (this.#pending.length >= BATCH_CHARACTERS) this.#hand();
  }

  /** Writes what is left and waits for it. Nothing may be written afterwards. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    this.#hand();
    return new Promise((resolve) => this.#stream.end(resolve));
  }

  /** Writes what was not handed over yet, at once: for a process that is about to die. */
  writeRestNow(): void {
    try {
      writeSync(this.#fd, this.#pending);
    } catch {
      // Nowhere left to say so.
    }
    this.#pending = '';
  }

  #hand(): void {
    if (this.#pending === '') return;
    const batch = this.#pending;
    this.#pending = '';
    if (this.#stream.writableLength + batch.length > MAX_UNWRITTEN_BYTES) {
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0) {
      this.#stream.write(
        `{"level":"error","msg":"the log was not read: ${this.#dropped} batches of lines were dropped"}\n`,
      );
      this.#dropped = 0;
    }
    this.#stream.write(batch);
  }
}
