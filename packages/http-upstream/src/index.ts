export type { HttpCall, HttpFailure } from './http-call.ts';
export { dispatchHttpCall } from './http-call.ts';
