const words: Readonly<Record<string, string>> = { hourly: '1h', daily: '24h', weekly: '7d', monthly: '30d' };
const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/**
 * The seconds of a budget's duration (`30s`, `1d`, `weekly`); undefined for what is none. `1mo` is as long as from
 * `nowMs` to the same day of the next month, or its last.
 * Source: LiteLLM 1.106.2, litellm_core_utils/duration_parser.py (duration_in_seconds),
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export function durationSeconds(duration: string, nowMs: number): number | undefined {
  const [, digits, unit] = /^(\d+)(mo|[smhdw])/.exec(words[duration.trim().toLowerCase()] ?? duration) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const count = Number(digits);
  const seconds = unitSeconds[unit];
  return seconds === undefined ? monthsSeconds(count, nowMs) : count * seconds;
}

function monthsSeconds(count: number, nowMs: number): number {
  const now = new Date(nowMs);
  const lastDay = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + count + 1, 0)).getUTCDate();
  const then = new Date(nowMs);
  then.setUTCDate(1);
  then.setUTCMonth(now.getUTCMonth() + count);
  then.setUTCDate(Math.min(now.getUTCDate(), lastDay));
  return Math.floor((then.getTime() - nowMs) / 1_000);
}
