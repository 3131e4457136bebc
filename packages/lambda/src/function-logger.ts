import { Logger } from '@aws-lambda-powertools/logger';
import type { LogLevel } from '@aws-lambda-powertools/logger/types';
import type { FunctionLogger } from './function-environment.ts';

/** The gateway's levels in the words of Powertools. */
const levels: Readonly<Record<string, LogLevel>> = {
  fatal: 'CRITICAL',
  error: 'ERROR',
  warn: 'WARN',
  info: 'INFO',
  debug: 'DEBUG',
  trace: 'TRACE',
  silent: 'SILENT',
};

/** A function's log: JSON lines by Powertools on standard output, as Lambda collects them. `level` is a LOG_LEVEL. */
export function functionLogger(name: string, level: string | undefined): FunctionLogger {
  const logger = new Logger({ serviceName: name, logLevel: levels[level ?? ''] ?? 'INFO' });
  return {
    debug: (message, fields) => logger.debug(message, present(fields)),
    info: (message, fields) => logger.info(message, present(fields)),
    warn: (message, fields) => logger.warn(message, present(fields)),
    error: (message, fields) => logger.error(message, present(fields)),
  };
}

function present(fields: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
}
