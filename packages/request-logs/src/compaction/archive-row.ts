import { createHash } from 'node:crypto';
import { type ArchiveColumn, archiveColumns, archiveSchemaVersion } from './archive-columns.ts';

/** A value as it stands in a row: a `time` is milliseconds, an `integer` is a safe one. */
export type Cell = string | number | boolean | null;

/** A call that was logged; its cells are in the order of `archiveColumns`. */
export interface ArchiveRow {
  readonly atMs: number;
  readonly cells: readonly Cell[];
}

/** Why a line or an object is no row. */
type PoisonReason = 'not-utf8' | 'not-json' | 'not-a-payload' | 'wrong-type' | 'too-large' | 'empty' | 'not-written';

/** What is wrong, in words that hold none of the line's own. */
export interface Poison {
  readonly reason: PoisonReason;
  readonly detail: string;
}

export interface RowSource {
  readonly key: string;
  /** From 1. */
  readonly line: number;
}

/** Calls are between these: a payload with milliseconds in place of seconds is none. */
const [EARLIEST_S, LATEST_S] = [Date.UTC(2000, 0) / 1000, Date.UTC(2200, 0) / 1000];
const decoder = new TextDecoder('utf-8', { fatal: true });
const payloadFields = new Set(archiveColumns.flatMap(({ from }) => (from?.[0] === undefined ? [] : [from[0]])));

/** The row of a line, which is one payload; the same line gives the same row. */
export function archiveRow(line: Uint8Array, source: RowSource): ArchiveRow | Poison {
  let text: string;
  try {
    text = decoder.decode(line);
  } catch {
    return { reason: 'not-utf8', detail: 'The bytes are no UTF-8.' };
  }
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return { reason: 'not-json', detail: 'The text is no JSON.' };
  }
  if (!isRecord(payload)) return { reason: 'not-a-payload', detail: 'The JSON is no object.' };
  const start = payload['startTime'];
  if (typeof start !== 'number' || start < EARLIEST_S || start >= LATEST_S) {
    return { reason: 'not-a-payload', detail: 'startTime is no time of a call in seconds.' };
  }
  if (typeof payload['id'] !== 'string') return { reason: 'not-a-payload', detail: 'id is no text.' };
  try {
    return { atMs: Math.round(start * 1000), cells: cellsOf(payload, line, source) };
  } catch (error) {
    if (error instanceof WrongType) return { reason: 'wrong-type', detail: error.message };
    // What JSON.parse takes and JSON.stringify does not: nesting of some thousands.
    return { reason: 'not-a-payload', detail: 'It is nested too deeply.' };
  }
}

class WrongType extends Error {}

function cellsOf(payload: Record<string, unknown>, line: Uint8Array, source: RowSource): Cell[] {
  const own: Readonly<Record<string, Cell>> = {
    schema_version: archiveSchemaVersion,
    source: source.key.slice(0, source.key.indexOf('/')),
    source_key: wellFormed(source.key),
    source_line: source.line,
    row_hash: createHash('sha256').update(line).digest('hex').slice(0, 32),
    other: otherFields(payload),
  };
  return archiveColumns.map((column) =>
    column.from === undefined ? (own[column.name] ?? null) : cellOf(column, valueAt(payload, column.from)),
  );
}

function valueAt(payload: Record<string, unknown>, path: readonly string[]): unknown {
  let value: unknown = payload;
  for (const name of path) value = isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

function cellOf({ name, kind, from }: ArchiveColumn, value: unknown): Cell {
  if (value === undefined || value === null) return null;
  switch (kind) {
    case 'json':
      return JSON.stringify(value);
    case 'text':
      if (typeof value === 'string') return wellFormed(value);
      break;
    case 'boolean':
      if (typeof value === 'boolean') return value;
      break;
    case 'integer':
      if (Number.isSafeInteger(value)) return value as number;
      break;
    case 'number':
      if (typeof value === 'number') return value;
      break;
    case 'time':
      if (typeof value === 'number' && Math.abs(value) < LATEST_S) return Math.round(value * 1000);
      break;
  }
  throw new WrongType(`${from?.join('.')} is a ${typeof value}, and the column ${name} takes a ${kind}.`);
}

/** A half of a surrogate pair, which JSON may hold and UTF-8 may not, becomes U+FFFD. */
function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? Buffer.from(text).toString() : text;
}

/** Fields of the payload that have no column, as JSON; null: there are none. */
function otherFields(payload: Record<string, unknown>): string | null {
  const other = Object.entries(payload).filter(([name]) => !payloadFields.has(name));
  return other.length === 0 ? null : JSON.stringify(Object.fromEntries(other));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
