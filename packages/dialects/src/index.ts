export type { ErrorAnswer } from './error-answer.ts';
export { errorAnswer, streamError } from './error-answer.ts';
