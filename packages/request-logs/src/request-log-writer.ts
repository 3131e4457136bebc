import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type Clock, errorMessage, type ObjectStore, Outage, unlessAborted } from '@genai-gateway/core';
import { requestLogKey } from './request-log-key.ts';
import type { LeftFile, RequestLogSpool, SpoolFile } from './request-log-spool.ts';

/** Where the writer says what people should know; the lines hold no secrets and nothing of a call. */
export interface RequestLogReports {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface RequestLogWriterOptions<Entry> {
  readonly objects: ObjectStore;
  /** JSON in one line. A call of which it throws has none, and counts as dropped. */
  readonly lineOf: (entry: Entry) => string;
  /** Roughly what an entry holds in memory until its line is made, and what its line has, bytes. */
  readonly weightOf: (entry: Entry) => number;
  /** Stands in the keys: letters, digits, dashes and dots; no two processes are the same. */
  readonly instance: string;
  readonly now: Clock;
  readonly reports: RequestLogReports;
  /** What the store needs, as a sentence for the log. */
  readonly mend?: string;
  /** Undefined: what waits is in memory alone. */
  readonly spool: RequestLogSpool | undefined;
  /** An object is written at this size, bytes; default 1 MiB, whose checksums hold up the event loop for a few milliseconds. */
  readonly objectBytes?: number;
  /** And this long after its first line, ms; default 10 000. */
  readonly objectAgeMs?: number;
  /** What may wait in memory, bytes; default 64 MiB. */
  readonly memoryBytes?: number;
  /** What may go into lines in one turn of the event loop, by the weight of the calls, bytes; default 512 KiB, or one call. */
  readonly turnBytes?: number;
  /** How long calls wait until their lines are made or in the spool, ms; default 250. */
  readonly lingerMs?: number;
  /** How often the spool is asked for what dead processes have left, ms; default 30 000. */
  readonly adoptEveryMs?: number;
  /** The first wait after a failure, ms, doubled up to 120 times of it; default 250. */
  readonly retryMs?: number;
}

/** A call whose line is not made yet. */
interface Waiting<Entry> {
  readonly entry: Entry;
  readonly weight: number;
}

/** One object on its way. */
interface Batch {
  key: string;
  lines: number;
  bytes: number;
  /** Begins with its bytes. Undefined: they are in the file alone. */
  buffer: Buffer | undefined;
  /** Where what is not in the spool yet begins; undefined: it is to be in memory alone. */
  spooledBytes: number | undefined;
  file: SpoolFile | undefined;
  /** The spool has all of it that it takes, so that it can be written. */
  isFinished: boolean;
}

const LINE_BREAK = 10;
/** Lines that are made at most in one turn of the event loop, of those that are made later: a millisecond or two. */
const TURN = 50;
/** One attempt to write an object, ms. */
const PUT_TIMEOUT_MS = 20_000;
const LONGEST_BACKOFF = 120;
/** How often the same trouble is told, ms. */
const REPORT_EVERY_MS = 60_000;
const CONTENT_TYPE = 'application/x-ndjson';
/** Bytes of UTF-8 for a unit of a string's length at most. */
const MOST_BYTES = 3;
/** Beside the bytes of an object: its last line goes beyond them. Memory that is not written to is not taken. */
const SPARE_BYTES = 256 * 1024;

/**
 * Writes the request log: takes calls without waiting for anything, and puts their lines into objects by size and age. Lines
 * wait as bytes outside the heap of JavaScript, where no garbage collection copies them. An object that could not be written is tried again under its own key, only where
 * there is none, so that a lost answer doubles nothing. While the store is down, lines wait in the spool, where there is
 * one, else in memory up to a bound; a call beyond it is dropped, counted, and told as an error.
 */
export class RequestLogWriter<Entry> {
  readonly #options: Required<RequestLogWriterOptions<Entry>>;
  #entries: Waiting<Entry>[] = [];
  #entryBytes = 0;
  #open: Batch | undefined;
  readonly #full: Batch[] = [];
  #sequence = 0;
  #dropped = 0;
  #unreported = 0;
  #reportedAtMs = Number.NEGATIVE_INFINITY;
  #collectTimer: NodeJS.Timeout | undefined;
  #ageTimer: NodeJS.Timeout | undefined;
  readonly #adoptTimer: NodeJS.Timeout | undefined;
  /** Lines are made and files written by one at a time. */
  #work: Promise<void> = Promise.resolve();
  #uploading: Promise<void> | undefined;
  readonly #outage: Outage;
  #spoolReportedAtMs = Number.NEGATIVE_INFINITY;
  /** Before it closes: an attempt is made at once, and from then on again and again. */
  readonly #last = new AbortController();
  readonly #closing = new AbortController();

  constructor(options: RequestLogWriterOptions<Entry>) {
    this.#options = {
      objectBytes: 1024 * 1024,
      objectAgeMs: 10_000,
      memoryBytes: 64 * 1024 * 1024,
      turnBytes: 512 * 1024,
      mend: '',
      lingerMs: 250,
      adoptEveryMs: 30_000,
      retryMs: 250,
      ...options,
    };
    const { now, reports, mend } = this.#options;
    this.#outage = new Outage({
      now,
      begins: (error) => {
        const told = `The request log cannot be written: ${errorMessage(error)}. It waits, and calls go on. ${mend}`;
        reports.error(told.trimEnd());
      },
      isOver: (seconds) =>
        reports.info(`The request log is written again, after ${seconds} s; ${this.waiting} lines still wait.`),
    });
    if (options.spool === undefined) return;
    this.#soon(() => this.#adopt());
    this.#adoptTimer = setInterval(() => this.#soon(() => this.#adopt()), this.#options.adoptEveryMs);
    this.#adoptTimer.unref();
  }

  /** Takes a call that has ended, and makes its line at once. Never throws and never waits. */
  add(entry: Entry): void {
    if (!this.#hasRoom(this.#options.weightOf(entry))) return;
    this.#write(entry);
    this.#collectSoon();
  }

  /** The same for a call whose line takes long, as of one with what was said: it is made later, with few others in a turn. */
  addLater(entry: Entry): void {
    const weight = this.#options.weightOf(entry);
    if (!this.#hasRoom(weight)) return;
    this.#entries.push({ entry, weight });
    this.#entryBytes += weight;
    this.#collectSoon();
  }

  /** Calls whose lines are not in the store yet. */
  get waiting(): number {
    return this.#full.reduce((sum, { lines }) => sum + lines, this.#entries.length + (this.#open?.lines ?? 0));
  }

  /** Calls that have no line, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Writes what waits. Resolves once it is in the store; rejects with the signal's reason. */
  async flush(signal: AbortSignal): Promise<void> {
    while (this.waiting > 0) {
      signal.throwIfAborted();
      this.#soon(async () => {
        await this.#collect();
        this.#finishOpen();
      });
      await unlessAborted(
        this.#work.then(() => this.#uploading),
        signal,
      );
    }
  }

  /** Writes what waits, as long as the signal lets it; the rest stays in the spool, or is told as dropped. Never rejects. */
  async close(signal: AbortSignal): Promise<void> {
    this.#last.abort();
    await this.flush(signal).catch(() => undefined);
    this.#closing.abort(new Error('The gateway stops.'));
    clearInterval(this.#adoptTimer);
    clearTimeout(this.#collectTimer);
    await this.#work;
    clearTimeout(this.#ageTimer);
    await this.#uploading;
    const spooled = this.#full.filter(({ file }) => file !== undefined).reduce((sum, { lines }) => sum + lines, 0);
    if (spooled > 0) {
      this.#options.reports.warn(`${spooled} lines of the request log lie in the spool; the next gateway writes them.`);
    }
    if (this.waiting > spooled) this.#drop(this.waiting - spooled, 'the gateway stops and has no spool');
    this.#report();
  }

  #hasRoom(weight: number): boolean {
    if (!this.#closing.signal.aborted && this.#memoryBytes() + weight <= this.#options.memoryBytes) return true;
    this.#drop(1, 'more would wait in memory than may');
    return false;
  }

  #memoryBytes(): number {
    const inMemory = this.#full.reduce((sum, { buffer, bytes }) => (buffer === undefined ? sum : sum + bytes), 0);
    return this.#entryBytes + (this.#open?.bytes ?? 0) + inMemory;
  }

  #collectSoon(): void {
    this.#collectTimer ??= setTimeout(() => this.#soon(() => this.#collect()), this.#options.lingerMs);
  }

  #soon(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch((error: unknown) => {
      this.#options.reports.error(`The request log has a fault: ${errorMessage(error)}.`);
    });
  }

  /** Makes the lines that are to be made later, and puts what there is into the spool. */
  async #collect(): Promise<void> {
    clearTimeout(this.#collectTimer);
    this.#collectTimer = undefined;
    while (this.#entries.length > 0) {
      for (const { entry, weight } of this.#turn()) {
        this.#entryBytes -= weight;
        this.#write(entry);
      }
      if (this.#open !== undefined) await this.#keep(this.#open);
      await nextTurn();
    }
    if (this.#open !== undefined) await this.#keep(this.#open);
  }

  /** The next calls: one at least, and where prompts and answers come with them, few. */
  #turn(): Waiting<Entry>[] {
    let [calls, bytes] = [0, 0];
    for (const { weight } of this.#entries) {
      bytes += weight;
      if (calls === TURN || (calls > 0 && bytes > this.#options.turnBytes)) break;
      calls += 1;
    }
    return this.#entries.splice(0, calls);
  }

  #write(entry: Entry): void {
    let line: string;
    try {
      line = this.#options.lineOf(entry);
    } catch (error) {
      this.#drop(1, `its line cannot be made (${errorMessage(error)})`);
      return;
    }
    this.#open ??= this.#newBatch();
    const batch = this.#open;
    const buffer = bufferFor(line, batch);
    batch.buffer = buffer;
    batch.bytes += buffer.write(line, batch.bytes);
    batch.bytes = buffer.writeUInt8(LINE_BREAK, batch.bytes);
    batch.lines += 1;
    if (batch.bytes >= this.#options.objectBytes) this.#finishOpen();
  }

  #newBatch(): Batch {
    const { instance, now, spool, objectBytes, objectAgeMs } = this.#options;
    this.#sequence += 1;
    this.#ageTimer = setTimeout(() => this.#finishOpen(), objectAgeMs);
    return {
      key: requestLogKey({ atMs: now(), instance, sequence: this.#sequence }),
      lines: 0,
      bytes: 0,
      buffer: Buffer.allocUnsafeSlow(objectBytes + SPARE_BYTES),
      spooledBytes: spool === undefined ? undefined : 0,
      file: undefined,
      isFinished: false,
    };
  }

  /** In the spool too. What it does not take is in memory alone. */
  async #keep(batch: Batch): Promise<void> {
    const { spool } = this.#options;
    const { buffer, spooledBytes, bytes } = batch;
    if (spool === undefined || buffer === undefined || spooledBytes === undefined || spooledBytes === bytes) return;
    try {
      batch.file ??= await spool.create(batch.key);
      await spool.append(batch.file, buffer.subarray(spooledBytes, bytes));
      batch.spooledBytes = bytes;
    } catch (error) {
      const { file } = batch;
      batch.file = undefined;
      batch.spooledBytes = undefined;
      if (file !== undefined) await spool.remove(file).catch(() => undefined);
      const nowMs = this.#options.now();
      if (nowMs - this.#spoolReportedAtMs < REPORT_EVERY_MS) return;
      this.#spoolReportedAtMs = nowMs;
      this.#options.reports.error(
        `The request log cannot be kept in the spool: ${errorMessage(error)}. It is in memory only.`,
      );
    }
  }

  /** No more lines come into the open object: it is written, once the spool has it. */
  #finishOpen(): void {
    clearTimeout(this.#ageTimer);
    const batch = this.#open;
    if (batch === undefined) return;
    this.#open = undefined;
    batch.buffer = trimmed(batch);
    this.#full.push(batch);
    this.#soon(async () => {
      await this.#keep(batch);
      if (batch.file !== undefined) {
        const isWhole = await this.#finished(batch.file);
        // Behind others it has time: it is read again when its turn comes.
        if (isWhole && this.#full[0] !== batch) batch.buffer = undefined;
      }
      batch.isFinished = true;
      this.#upload();
    });
  }

  /** Whether the file can be relied on. */
  async #finished(file: SpoolFile): Promise<boolean> {
    try {
      await this.#options.spool?.finish(file);
      return true;
    } catch {
      return false;
    }
  }

  #upload(): void {
    this.#uploading ??= this.#run().finally(() => {
      this.#uploading = undefined;
      if (this.#full[0]?.isFinished === true && !this.#closing.signal.aborted) this.#upload();
    });
  }

  /** Writes the objects in their order, each for as long as that takes. */
  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { retryMs } = this.#options;
    let waitMs = retryMs;
    for (let batch = this.#full[0]; batch?.isFinished === true && !signal.aborted; batch = this.#full[0]) {
      try {
        await this.#put(batch);
        this.#full.shift();
        waitMs = retryMs;
        this.#outage.succeeded();
      } catch (error) {
        if (signal.aborted) return;
        this.#outage.failed(error);
        await this.#pause(waitMs * (0.5 + Math.random()));
        waitMs = Math.min(waitMs * 2, retryMs * LONGEST_BACKOFF);
      }
    }
  }

  /** Until the next attempt. */
  async #pause(ms: number): Promise<void> {
    const [last, closing] = [this.#last.signal, this.#closing.signal];
    const [waitMs, signal] = last.aborted ? [this.#options.retryMs, closing] : [ms, AbortSignal.any([closing, last])];
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }

  async #put(batch: Batch): Promise<void> {
    const { objects, spool } = this.#options;
    const { file } = batch;
    let bytes: Buffer | undefined;
    if (batch.buffer !== undefined) bytes = batch.buffer.subarray(0, batch.bytes);
    else if (file !== undefined) bytes = await spool?.read(file);
    // Another process took this one for dead, and writes what it found. It may not have found all that is in memory.
    if (bytes === undefined) return;
    if (file !== undefined && (await spool?.isOurs(file)) === false) {
      batch.key = batch.key.replace(/\.jsonl$/, '-again.jsonl');
      batch.file = undefined;
    }
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(PUT_TIMEOUT_MS)]);
    // There already: the answer to an earlier attempt was lost, or a process died behind it.
    await objects.put(batch.key, bytes, { ifAbsent: true, contentType: CONTENT_TYPE }, signal);
    if (batch.file !== undefined) await spool?.remove(batch.file).catch(() => undefined);
  }

  async #adopt(): Promise<void> {
    let left: readonly LeftFile[] = [];
    const failed = (error: unknown): void =>
      this.#options.reports.warn(
        `The spool of the request log cannot be read: ${errorMessage(error)}. It is tried again.`,
      );
    try {
      left = (await this.#options.spool?.adopt(failed)) ?? [];
    } catch (error) {
      failed(error);
    }
    for (const { file, lines, isTorn } of left) {
      const inFile = { key: file.key, lines, bytes: file.bytes, buffer: undefined, spooledBytes: undefined };
      this.#full.push({ ...inFile, file, isFinished: true });
      if (isTorn) this.#drop(1, 'a gateway died while it wrote its line');
    }
    if (left.length === 0) return;
    const lines = left.reduce((sum, each) => sum + each.lines, 0);
    this.#options.reports.info(`${lines} lines of the request log that another gateway has left are written.`);
    this.#upload();
  }

  #drop(calls: number, why: string): void {
    this.#dropped += calls;
    this.#unreported += calls;
    if (this.#options.now() - this.#reportedAtMs >= REPORT_EVERY_MS) this.#report(why);
  }

  #report(why = 'see above'): void {
    if (this.#unreported === 0) return;
    this.#options.reports.error(`${this.#unreported} calls are not in the request log: ${why}.`);
    this.#unreported = 0;
    this.#reportedAtMs = this.#options.now();
  }
}

/** With room for a line behind what is in the batch. */
function bufferFor(line: string, { buffer, bytes }: Batch): Buffer {
  const needed = bytes + MOST_BYTES * line.length + 1;
  if (buffer !== undefined && buffer.length >= needed) return buffer;
  const larger = Buffer.allocUnsafeSlow(needed);
  buffer?.copy(larger, 0, 0, bytes);
  return larger;
}

/** An object that is written for its age may be small, and may wait long. */
function trimmed({ buffer, bytes }: Batch): Buffer | undefined {
  return buffer === undefined || 2 * bytes > buffer.length ? buffer : Buffer.from(buffer.subarray(0, bytes));
}
