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

type LineLevel = 'debug' | 'info' | 'warn' | 'error';

/** What a line says, by name. */
type LineFields = Readonly<Record<string, string | number | boolean | object | undefined>>;

/**
 * Writes the line that the logger would write, where its level is on, in half of the time: no field is looked at for
 * secrets. For what is logged of every call.
 */
export type WriteLine = (level: LineLevel, fields: LineFields, message: string) => void;

export interface LogHandle {
  readonly logger: Logger;
  readonly writeLine: WriteLine;
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
  const writeLine: WriteLine = (level, fields, message) => {
    if (!logger.isLevelEnabled(level)) return;
    const inner = JSON.stringify({ ...fields, msg: message }).slice(1);
    output.write(`{"level":"${level}","time":"${isoTime(Date.now())}",${inner}\n`);
  };
  return { logger, writeLine, close: () => output.close(), writeRestNow: () => output.writeRestNow() };
}
