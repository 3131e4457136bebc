import { GatewayError } from '@genai-gateway/core';
import type { ChatApi } from '@genai-gateway/protocol';
import type { SessionQuery, TurnQuery } from './session-store.ts';

/** The parameters of a query string, each once, decoded. */
export type QueryParameters = Readonly<Record<string, string | undefined>>;

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const MAX_TERM_CHARS = 200;

/** A point in time has a zone, or it would mean another one on every machine. */
const ISO_8601 = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
/** Not a year: that would be taken for a time in 1970. */
const EPOCH_SECONDS = /^(?:0|\d{6,11})(?:\.\d{1,9})?$/;

/** What is searched for in sessions. */
export interface SearchTerms {
  /** The name of a model as a turn has it, whole. */
  readonly model: string | undefined;
  /** A text, in any case of letters. */
  readonly text: string | undefined;
}

/** `limit`, `after`, `from`, `to`, `model` and `q` of a list of sessions. Throws `invalid-request`, for other names too. */
export function parseSessionQuery(query: QueryParameters): SessionQuery & SearchTerms {
  checkNames(query, ['limit', 'after', 'from', 'to', 'model', 'q']);
  return {
    model: termOf(query['model'], 'model'),
    text: termOf(query['q'], 'q'),
    limit: limitOf(query['limit']),
    cursor: query['after'],
    fromMs: timeOf(query['from'], 'from'),
    toMs: timeOf(query['to'], 'to'),
  };
}

/** `limit`, `after` and `api` of the turns of a session. Throws `invalid-request`, for other names too. */
export function parseTurnQuery(query: QueryParameters): TurnQuery & { readonly api: ChatApi } {
  checkNames(query, ['limit', 'after', 'api']);
  return { limit: limitOf(query['limit']), after: positionOf(query['after']), api: apiOf(query['api']) };
}

function checkNames(query: QueryParameters, known: readonly string[]): void {
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || known.includes(name)) continue;
    const shown = JSON.stringify(name.slice(0, 40));
    throw invalid(`There is no parameter ${shown} here. Send any of: ${known.join(', ')}.`, name);
  }
}

function limitOf(value: string | undefined): number {
  if (value === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw invalid(`'limit' must be a whole number from 1 to ${MAX_LIMIT}.`, 'limit');
}

function termOf(value: string | undefined, name: 'model' | 'q'): string | undefined {
  if (value === undefined || (value.trim() !== '' && value.length <= MAX_TERM_CHARS)) return value;
  throw invalid(`'${name}' must be a text of 1 to ${MAX_TERM_CHARS} characters.`, name);
}

function positionOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw invalid("'after' must be the position of a turn. Send 'next' of the page before, or nothing.", 'after');
}

/** A point in time as callers name it. Throws `invalid-request`. */
export function timeOf(value: string | undefined, name: 'from' | 'to'): number | undefined {
  if (value === undefined) return undefined;
  if (EPOCH_SECONDS.test(value)) return Math.round(Number(value) * 1_000);
  const [, day] = ISO_8601.exec(value) ?? [];
  const timeMs = Date.parse(value);
  if (day !== undefined && isDay(day) && !Number.isNaN(timeMs)) return timeMs;
  throw invalid(
    `'${name}' must be seconds since 1970, or a time such as 2026-11-23, 2026-11-23T10:00:00Z or 2026-11-23T10:00:00%2B01:00.`,
    name,
  );
}

/** `Date` takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const timeMs = Date.parse(day);
  return !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(day);
}

/** `openai` where none is named. Throws `invalid-request`. */
export function apiOf(value: string | undefined): ChatApi {
  switch (value) {
    case undefined:
      return 'openai';
    case 'openai':
    case 'converse':
    case 'anthropic':
      return value;
    default:
      throw invalid("'api' must be openai, converse or anthropic.", 'api');
  }
}

function invalid(message: string, param: string): GatewayError {
  return new GatewayError('invalid-request', message, { param });
}
