import type { UsageEvent } from '@genai-gateway/governance';
import pg from 'pg';

/** Port: where usage events become spend. */
export interface Books {
  /**
   * Books these events, all or none; one that is in the books already is passed over. Rejects with the store's
   * error as it is, or with the signal's reason: then it is not known whether they are booked, and they can be
   * written again.
   */
  write(events: readonly UsageEvent[], signal: AbortSignal): Promise<void>;
}

/** The classes of errors that Postgres gives for what is in the data: https://www.postgresql.org/docs/17/errcodes-appendix.html (as of 2026-11-23). */
const dataErrors = new Set(['21', '22', '23', '54']);

/** Whether an error is about the events themselves, so that writing the same again can never succeed. */
export function isRefusedForData(error: unknown): boolean {
  // A row that cannot even be built, of a time that is none, say.
  if (error instanceof RangeError) return true;
  return error instanceof pg.DatabaseError && dataErrors.has(error.code?.slice(0, 2) ?? '');
}

/** Whether Postgres gave up a transaction for the sake of another one: the same can be tried again at once. */
export function isGivenUpForOthers(error: unknown): boolean {
  return error instanceof pg.DatabaseError && ['40001', '40P01', '55P03'].includes(error.code ?? '');
}
