import { type Logger, pino } from 'pino';
import { BatchedOutput } from './batched-output.ts';

export type { Logger } from 'pino';

/** Names under which a secret could ever reach a log object; their values are never written. */
const SECRET_PATHS = ['authorization', 'password', 'credential', 'secret', 'masterKey'];

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
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    },
    output,
  );
  return { logger, close: () => output.close(), writeRestNow: () => output.writeRestNow() };
}
