import type { Allowance } from '@genai-gateway/core';
import type { TagStore } from '@genai-gateway/identity';
import type pg from 'pg';
import { boundedQuery } from './bounded-query.ts';
import { limitOf, maxBudget } from './budgets.ts';
import { rateLimits } from './rate-limits.ts';

const sql = `SELECT t.spend, b.max_budget, b.rpm_limit, b.tpm_limit
FROM "LiteLLM_TagTable" t JOIN "LiteLLM_BudgetTable" b ON b.budget_id = t.budget_id WHERE t.tag_name = $1`;

/**
 * Tags in LiteLLM's tables: one statement by the primary key. It looks at the budget and the limits per minute.
 * Source: LiteLLM 1.106.2, proxy/auth/auth_checks.py (tag_max_budget_check_for_tags),
 * proxy/hooks/parallel_request_limiter_v3.py (resolve_tag_rate_limits_from_db),
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export class PostgresTagStore implements TagStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Rejects with the database's error as it is, or with the signal's reason. */
  async allowanceOf(tag: string, signal: AbortSignal): Promise<Allowance> {
    const [found] = await boundedQuery(this.#pool, { text: sql, values: [tag] }, signal);
    const row = found ?? {};
    return {
      limits: rateLimits('tag', `tag:${tag}`, { requests: row['rpm_limit'], tokens: row['tpm_limit'] }),
      budgets: maxBudget({ scope: 'tag', counter: `spend:tag:${tag}` }, limitOf(row['max_budget']), row['spend'], {
        zeroLetsFirstCallThrough: true,
      }),
    };
  }
}
