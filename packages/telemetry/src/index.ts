export type { Logger, WriteLine } from './logger.ts';
export { createLogger } from './logger.ts';
export { errorText } from './text.ts';
