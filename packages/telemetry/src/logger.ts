import { type Logger, pino } from 'pino';
import { BatchedOutput } from './batched-output.ts';

export type { Logger } from 'pino';

/** Names under which a secret could ever reach a log object; their values are never written. */
const SECRET_PATHS = ['authorization', 'password', 'credential', 'secret', 'masterKey'];

let second = Number.NaN;
let secondText = '';

/** ISO 8601 with milliseconds, in UTC; the part that holds for a second is made once a second. */
export function isoTime(nowMs: number): string {
  const thisSecond = Math.floor(nowMs / 1000);
  if (thisSecond !== second) {
    second = thisSecond;
    secondText = new Date(thisSecond * 1000).toISOString().slice(0, 20);
  }
  return `${secondText}${String(nowMs - thisSecond * 1000).padStart(3, '0')}Z`;
}

export interface LogHandle {
  readonly logger: Logger;
  /** Writes what is left; to be awaited before the process ends. */
  readonly close: () => Promise<void>;
  /** The same at once, for a process that is about to die. */
  readonly writeRestNow: () => void;
}

/** A logger of JSON lines on the file descriptor (standard output unless told otherwise). */
export function createLogger(level: string, fd = 1): LogHandle {
  const output = new BatchedOutput(fd);
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${isoTime(Date.now())}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    },
    output,
  );
  return { logger, close: () => output.close(), writeRestNow: () => output.writeRestNow() };
}
