import type { AdminSetting, AdminSettingKind } from '@genai-gateway/core';
import type { EndUserStore } from '@genai-gateway/identity';
import type pg from 'pg';
import { boundedQuery } from './bounded-query.ts';
import { isFilled, isOn } from './values.ts';

/** What a column says that is more than a name; the rules of them all are in stored-tables.ts. */
const columns: readonly [column: string, kind: AdminSettingKind, counts: (value: unknown) => boolean][] = [
  ['blocked', 'access-restriction', isOn],
  ['models', 'access-restriction', isFilled],
  ['allowed_model_region', 'access-restriction', isFilled],
  ['default_model', 'access-restriction', isFilled],
  ['object_permission_id', 'access-restriction', isFilled],
  ['budget_id', 'budget', isFilled],
];

const sql = `SELECT ${columns.map(([column]) => column).join(', ')} FROM "LiteLLM_EndUserTable" WHERE user_id = $1`;

/** End users in LiteLLM's tables: one statement by the primary key. */
export class PostgresEndUserStore implements EndUserStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Rejects with the database's error as it is, or with the signal's reason. */
  async settingsOf(endUserId: string, signal: AbortSignal): Promise<readonly AdminSetting[]> {
    const [row] = await boundedQuery(this.#pool, { text: sql, values: [endUserId] }, signal);
    if (row === undefined) return [];
    return columns
      .filter(([column, , counts]) => counts(row[column]))
      .map(([column, kind]) => ({ scope: 'end-user', kind, name: column }));
  }
}
