import { destination, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** When nobody reads the log, this much is kept; what comes then is dropped rather than fill the memory. */
const MAX_UNWRITTEN_BYTES = 64 * 1024 * 1024;

/** Names under which a secret could ever reach a log object; their values are never written. */
const SECRET_PATHS = ['authorization', 'password', 'credential', 'secret', 'masterKey'];

/**
 * A JSON logger on standard output, written in the background so that a slow reader of the log never
 * holds up a request. `flush` writes what is left.
 */
export function createLogger(level: string): { readonly logger: Logger; readonly flush: () => void } {
  const out = destination({
    dest: 1,
    sync: false,
    minLength: 4096,
    periodicFlush: 500,
    maxLength: MAX_UNWRITTEN_BYTES,
  });
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    },
    out,
  );
  return {
    logger,
    flush: () => {
      try {
        out.flushSync();
      } catch {
        // The destination is not open yet or the pipe is gone: there is nowhere left to say so.
      }
    },
  };
}
