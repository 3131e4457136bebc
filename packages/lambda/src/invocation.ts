/** As much of Lambda's context as functions look at. */
export interface InvocationContext {
  readonly awsRequestId?: string;
  getRemainingTimeInMillis?(): number;
}

/** So long before Lambda ends a function its work is given up, to leave time for the answer and the log. */
export const reserveMs = 1_000;
/** Where nobody says how long there is, as in tests: Lambda's own longest time. */
const LONGEST_MS = 900_000;

/** Milliseconds until the work has to end. */
export function remainingMs(context: InvocationContext): number {
  return Math.max(0, (context.getRemainingTimeInMillis?.() ?? LONGEST_MS) - reserveMs);
}
