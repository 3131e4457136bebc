import type { AdminSettingKind } from '@genai-gateway/core';
import type { EndUserLimits, EndUserStore } from '@genai-gateway/identity';
import type pg from 'pg';
import { boundedQuery } from './bounded-query.ts';
import { limitOf, maxBudget, modelBudgets } from './budgets.ts';
import { rateLimits } from './rate-limits.ts';
import { isFilled, isOn } from './values.ts';

/** What a column says that only LiteLLM holds; the rules of them all are in stored-tables.ts. */
const settingColumns: readonly [column: string, kind: AdminSettingKind, counts: (value: unknown) => boolean][] = [
  ['blocked', 'access-restriction', isOn],
  ['models', 'access-restriction', isFilled],
  ['allowed_model_region', 'access-restriction', isFilled],
  ['default_model', 'access-restriction', isFilled],
  ['object_permission_id', 'access-restriction', isFilled],
];

/** $1: the end user. $2: ids of the budgets for those who have none, the first before the others. */
const sql = `SELECT ${settingColumns.map(([column]) => `e.${column}`).join(', ')}, e.spend,
  b.max_budget, b.model_max_budget, b.rpm_limit, b.tpm_limit, (extract(epoch FROM now()) * 1000)::float8 AS "nowMs"
FROM (SELECT $1::text AS id) named
LEFT JOIN "LiteLLM_EndUserTable" e ON e.user_id = named.id
LEFT JOIN LATERAL (
  SELECT * FROM "LiteLLM_BudgetTable"
  WHERE budget_id = e.budget_id OR budget_id = ANY($2::text[])
  ORDER BY array_position(array_prepend(e.budget_id, $2::text[]), budget_id) LIMIT 1) b ON true`;

/**
 * End users in LiteLLM's tables: one statement by the primary key.
 * Source: LiteLLM 1.106.2, proxy/auth/auth_checks.py (check_end_user_budget, resolve_default_end_user_budget),
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export class PostgresEndUserStore implements EndUserStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Rejects with the database's error as it is, or with the signal's reason. */
  async limitsOf(endUserId: string, defaultBudgetIds: readonly string[], signal: AbortSignal): Promise<EndUserLimits> {
    const [found] = await boundedQuery(this.#pool, { text: sql, values: [endUserId, [...defaultBudgetIds]] }, signal);
    const row = found ?? {};
    const holder = { scope: 'end-user', counter: `spend:end_user:${endUserId}` } as const;
    return {
      settings: settingColumns
        .filter(([column, , counts]) => counts(row[column]))
        .map(([column, kind]) => ({ scope: 'end-user', kind, name: column })),
      allowance: {
        limits: rateLimits('end-user', `end_user:${endUserId}`, {
          requests: row['rpm_limit'],
          tokens: row['tpm_limit'],
        }),
        budgets: [
          ...maxBudget(holder, limitOf(row['max_budget']), row['spend'], { zeroLetsFirstCallThrough: true }),
          ...modelBudgets('end-user', endUserId, row['model_max_budget'], Number(row['nowMs'])),
        ],
      },
    };
  }
}
