import { durationSeconds } from '../duration.ts';
import { asObject } from '../values.ts';
import type { PostedCalls } from './posted-calls.ts';
import type { Addition } from './spend-columns.ts';
import { Tally } from './tally.ts';

/*
 * What was spent in the windows of `budget_limits` of keys and teams, one row per window length that rolls forward.
 * Source: LiteLLM 1.106.2, proxy/db/budget_window_spend_writer.py, proxy/spend_tracking/budget_reservation.py (read
 * 2026-11-23).
 */

/** The windows of those who pay for a batch. $1: rows of `entity_type` and `entity_id`. */
export const findWindowsSql = `WITH x AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(entity_type text, entity_id text))
  SELECT x.entity_type, x.entity_id, v.budget_limits FROM x
  JOIN "LiteLLM_VerificationToken" v ON x.entity_type = 'key' AND v.token = x.entity_id
  WHERE v.budget_limits IS NOT NULL
  UNION ALL
  SELECT x.entity_type, x.entity_id, t.budget_limits FROM x
  JOIN "LiteLLM_TeamTable" t ON x.entity_type = 'team' AND t.team_id = x.entity_id
  WHERE t.budget_limits IS NOT NULL`;

/** Keys and teams of a batch, with what each of them spent. */
export function windowEntities(batch: readonly PostedCalls[]): readonly Readonly<Record<string, string | number>>[] {
  const tally = new Tally();
  for (const { payer, nanoUsd } of batch) {
    tally.add({ entity_type: 'key', entity_id: payer.api_key }, nanoUsd);
    if (payer.team_id !== '') tally.add({ entity_type: 'team', entity_id: payer.team_id }, nanoUsd);
  }
  return tally.rows();
}

/**
 * What a batch adds to the windows. A window that has no row yet begins with what the spend log holds of it, this
 * batch left out; the second addition adds the batch to all of them. A window without a moment of reset slides, and
 * no row can hold it: LiteLLM adds up the spend log for those.
 */
export function windowAdditions(
  spent: readonly Readonly<Record<string, string | number>>[],
  found: readonly Readonly<Record<string, unknown>>[],
  nowMs: number,
): readonly Addition[] {
  const amounts = new Map(spent.map((row) => [`${row['entity_type']} ${row['entity_id']}`, row['spend']]));
  const rows = found.flatMap(({ entity_type, entity_id, budget_limits }) =>
    windowsOf(budget_limits, nowMs).map((window) => {
      return { entity_type, entity_id, ...window, spend: amounts.get(`${entity_type} ${entity_id}`) };
    }),
  );
  return [
    { text: beginWindows, rows },
    { text: addToWindows, rows },
  ];
}

interface Window {
  readonly window_duration: string;
  /** Without a zone: UTC, as the column. */
  readonly window_start: string;
}

function windowsOf(limits: unknown, nowMs: number): readonly Window[] {
  const list = typeof limits === 'string' ? parsed(limits) : limits;
  if (!Array.isArray(list)) return [];
  const windows = new Map<string, Window>();
  for (const each of list) {
    const { budget_duration: duration, reset_at: resetAt } = asObject(each) ?? {};
    if (typeof duration !== 'string' || typeof resetAt !== 'string') continue;
    const length = durationSeconds(duration, nowMs);
    const resetMs = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(resetAt) ? resetAt : `${resetAt}Z`);
    if (length === undefined || Number.isNaN(resetMs)) continue;
    const start = new Date(resetMs - length * 1_000);
    windows.set(duration, { window_duration: duration, window_start: start.toISOString().slice(0, -1) });
  }
  return [...windows.values()];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const windowRows = `jsonb_to_recordset($1::jsonb)
    AS x(entity_type text, entity_id text, window_duration text, window_start timestamp, spend float8)`;
const windowOrder = 'x.entity_type COLLATE "C", x.entity_id COLLATE "C", x.window_duration COLLATE "C"';

const beginWindows = `INSERT INTO "LiteLLM_BudgetWindowSpend"
    (entity_type, entity_id, window_duration, window_start, spend, updated_at)
  SELECT x.entity_type, x.entity_id, x.window_duration, x.window_start,
    greatest(0, CASE x.entity_type
      WHEN 'key' THEN (SELECT sum(s.spend) FROM "LiteLLM_SpendLogs" s
        WHERE s.api_key = x.entity_id AND s."startTime" >= x.window_start)
      ELSE (SELECT sum(s.spend) FROM "LiteLLM_SpendLogs" s
        WHERE s.team_id = x.entity_id AND s."startTime" >= x.window_start) END - x.spend),
    now() AT TIME ZONE 'UTC'
  FROM ${windowRows}
  WHERE NOT EXISTS (SELECT FROM "LiteLLM_BudgetWindowSpend" w WHERE w.entity_type = x.entity_type
    AND w.entity_id = x.entity_id AND w.window_duration = x.window_duration)
  ORDER BY ${windowOrder}
  ON CONFLICT DO NOTHING`;

const addToWindows = `INSERT INTO "LiteLLM_BudgetWindowSpend" AS w
    (entity_type, entity_id, window_duration, window_start, spend, updated_at)
  SELECT x.entity_type, x.entity_id, x.window_duration, x.window_start, x.spend, now() AT TIME ZONE 'UTC'
  FROM ${windowRows}
  ORDER BY ${windowOrder}
  ON CONFLICT (entity_type, entity_id, window_duration) DO UPDATE
  SET spend = CASE WHEN w.window_start >= EXCLUDED.window_start THEN w.spend ELSE 0 END + EXCLUDED.spend,
    window_start = greatest(w.window_start, EXCLUDED.window_start), updated_at = EXCLUDED.updated_at`;
