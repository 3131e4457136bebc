import { GatewayError } from '@genai-gateway/core';
import type { AuditLog, AuditRecord } from '@genai-gateway/governance';
import type pg from 'pg';
import { boundedQuery } from './bounded-query.ts';

/** A record that is there already is the same one, written by a try before. The column is a timestamp without zone, in UTC. */
const sql = `INSERT INTO "LiteLLM_AuditLog"
  (id, updated_at, changed_by, changed_by_api_key, action, table_name, object_id, before_value, updated_values)
VALUES ($1, to_timestamp($2::float8 / 1000) AT TIME ZONE 'UTC', $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb)
ON CONFLICT (id) DO NOTHING`;

/** What stands in `table_name`; none of LiteLLM's own tables, so that its rows and ours are told apart. */
const tableNames: Readonly<Record<AuditRecord['object']['kind'], string>> = {
  prompt: 'genai_gateway_prompt',
  session: 'genai_gateway_session',
};

/**
 * The audit log in LiteLLM's own table, where its route `/audit` and its Admin UI show our rows beside its own: they
 * take any text for action and table, and objects for the values.
 * Source: LiteLLM 1.106.2, proxy/schema.prisma (LiteLLM_AuditLog), litellm_enterprise/proxy/audit_logging_endpoints.py
 * and types/proxy/audit_logging_endpoints.py (AuditLogResponse), https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export class PostgresAuditLog implements AuditLog {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Rejects with `identity-unavailable` when the record cannot be kept, or with the signal's reason. */
  async record(entry: AuditRecord, signal: AbortSignal): Promise<void> {
    const { id, atMs, actor, keyHash, action, object, before, after } = entry;
    const values = [
      ...[id, atMs, actor, keyHash, action, tableNames[object.kind]],
      ...[storable(object.id), json(before), json(after)],
    ];
    try {
      await boundedQuery(this.#pool, { name: 'genai-gateway-audit', text: sql, values }, signal);
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new GatewayError(
        'identity-unavailable',
        'What was asked for has to be written into the audit log, which cannot be reached at the moment. Try again shortly.',
        { cause, retryAfterSeconds: 2 },
      );
    }
  }
}

function json(value: Readonly<Record<string, unknown>> | undefined): string | null {
  if (value === undefined) return null;
  return JSON.stringify(value, (_name, each: unknown) => (typeof each === 'string' ? storable(each) : each));
}

/** Postgres keeps no NUL and no half of a surrogate pair, and who sends one must not pass for a log out of reach. */
function storable(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\u{fffd}');
}
