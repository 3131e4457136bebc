import { GatewayError } from '@genai-gateway/core';

/*
 * The values that people may set on keys of their own. Every function gives the value as it goes on, or throws
 * `invalid-request` that names the field: a number is a number and no text, and nothing is infinite.
 */

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const DURATION = /^([1-9]\d{0,8})(s|m|h|d|w|mo)$/;
const SHORTEST_MONTH_DAYS = 28;
const LONGEST_MONTH_DAYS = 31;

/**
 * Seconds of one of LiteLLM's durations; undefined for text that is none. A month is as long as its bound says.
 * Source: LiteLLM 1.106.2, litellm_core_utils/duration_parser.py, https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export function durationSeconds(text: string, month: 'shortest' | 'longest'): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const days = month === 'shortest' ? SHORTEST_MONTH_DAYS : LONGEST_MONTH_DAYS;
  return Number(count) * (unit === 'mo' ? days * 86_400 : (SECONDS[unit] ?? Number.NaN));
}

/** Text of one line: 1 to 200 characters, no control characters. */
export function textField(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= 200 && !/\p{Cc}/u.test(value)) return value;
  throw badField(name, 'has to be text of 1 to 200 characters');
}

/** A whole number from 0 up to a limit. `null` stands for no limit, so it is refused where there is one. */
export function countField(name: string, value: unknown, limit: number | undefined): number | null {
  if (value === null && limit === undefined) return null;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw badField(name, 'has to be a whole number, 0 or more');
  }
  if (limit !== undefined && value > limit) throw badField(name, `can be ${limit} at most, which is your own limit`);
  return value;
}

/** A duration of LiteLLM's, no longer than the limit. */
export function durationField(name: string, value: unknown, limit: string | undefined): string {
  const seconds = typeof value === 'string' ? durationSeconds(value, 'longest') : undefined;
  if (typeof value !== 'string' || seconds === undefined) {
    throw badField(name, 'has to be a duration such as 30s, 12h, 30d or 1mo');
  }
  const most = limit === undefined ? Number.POSITIVE_INFINITY : durationSeconds(limit, 'shortest');
  if (most === undefined || seconds > most) throw badField(name, `can be ${limit} at most`);
  return value;
}

/** Limits by model, each a whole number up to a limit. */
export function countsByModel(name: string, value: unknown, limit: number | undefined): Record<string, number> {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length > 100) {
    throw badField(name, 'has to be an object of model names with a whole number each');
  }
  const checked = Object.entries(value).map(([model, count]): [string, number] => {
    const figure = countField(`${name}.${model}`, count, limit);
    if (figure === null) throw badField(`${name}.${model}`, 'has to be a whole number, 0 or more');
    return [textField(name, model), figure];
  });
  return Object.fromEntries(checked);
}

const MAX_METADATA_BYTES = 2_048;

/**
 * Notes of the caller's own: words, numbers and flags under names that mean nothing to LiteLLM. It reads limits,
 * guardrails, callbacks and budgets out of the same object.
 */
export function metadataField(value: unknown, isReserved: (name: string) => boolean): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw badField('metadata', 'has to be an object');
  }
  if (JSON.stringify(value).length > MAX_METADATA_BYTES) {
    throw badField('metadata', `can be ${MAX_METADATA_BYTES} characters at most`);
  }
  for (const [name, each] of Object.entries(value)) {
    if (!/^[A-Za-z][\w.-]{0,63}$/.test(name) || isReserved(name)) {
      throw badField(
        `metadata.${name}`,
        "is not yours to set: LiteLLM gives that name a meaning, or it isn't a plain word",
      );
    }
    if (!['string', 'number', 'boolean'].includes(typeof each)) {
      throw badField(`metadata.${name}`, 'has to be text, a number, true or false');
    }
  }
  return { ...value };
}

/** The refusal of a field: `param` names it, and so does the message. */
export function badField(name: string, problem: string): GatewayError {
  const shown = name.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
  return new GatewayError('invalid-request', `The field '${shown}' ${problem}.`, { param: shown });
}

/** Refuses names that are not on a list. */
export function checkAllowed(names: readonly string[], allowed: readonly string[]): void {
  const other = names.find((name) => !allowed.includes(name));
  if (other === undefined) return;
  const which = allowed.length === 0 ? 'nothing is to be sent there' : `you may set ${allowed.join(', ')}`;
  throw badField(other, `is not one that a login can set here: ${which}. Ask an administrator for more`);
}
