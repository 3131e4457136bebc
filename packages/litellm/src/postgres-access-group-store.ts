import type { Budget } from '@genai-gateway/core';
import type { AccessGroupStore } from '@genai-gateway/identity';
import type pg from 'pg';
import { boundedQuery } from './bounded-query.ts';
import { limitOf, maxBudget } from './budgets.ts';

const sql = `SELECT g.spend, b.max_budget
FROM "LiteLLM_ModelAccessGroupBudgetTable" g JOIN "LiteLLM_BudgetTable" b ON b.budget_id = g.budget_id
WHERE g.access_group_name = $1`;

/**
 * Budgets of access groups in LiteLLM's tables: one statement by the primary key. An amount of 0 or less is no budget.
 * Source: LiteLLM 1.106.2, proxy/auth/auth_checks.py (_model_access_group_max_budget_check),
 * proxy/spend_tracking/budget_reservation.py (_model_access_group_counter),
 * proxy/common_utils/user_api_key_cache.py (model_access_group_spend_counter_key),
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export class PostgresAccessGroupStore implements AccessGroupStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Rejects with the database's error as it is, or with the signal's reason. */
  async budgetsOf(group: string, signal: AbortSignal): Promise<readonly Budget[]> {
    const [found] = await boundedQuery(this.#pool, { text: sql, values: [group] }, signal);
    const row = found ?? {};
    const max = limitOf(row['max_budget']);
    const holder = { scope: 'access-group', counter: `spend:model_access_group:${group}` } as const;
    return maxBudget(holder, max !== undefined && max > 0n ? max : undefined, row['spend']);
  }
}
