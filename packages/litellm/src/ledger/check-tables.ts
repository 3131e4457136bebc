import type pg from 'pg';
import { checkColumns } from '../column-types.ts';
import { ledgerColumns } from './ledger-columns.ts';

/** Makes sure that the books can be written into this database. Rejects as `checkColumns` does. */
export function checkLedgerTables(pool: pg.Pool, signal: AbortSignal): Promise<void> {
  return checkColumns(pool, ledgerColumns, 'Spend cannot be booked', signal);
}
