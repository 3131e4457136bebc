import type { EngineErrorItem } from './engine-error.ts';

/** What the engine answers to one operation, in either protocol: its value under one name, or errors. */
export interface EngineReply {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly EngineErrorItem[];
}

/**
 * The reply to one operation of the JSON protocol as the GraphQL protocol has it: the value under the alias
 * that the document gave, and no tags. BigInt stays text, as the native engine sends it; a Decimal becomes a
 * number (prisma-engines, libs/prisma-value/src/lib.rs, and its tests of native types, read 2026-11-23).
 */
export function graphqlReply(reply: EngineReply, alias: string, raw: boolean): EngineReply {
  if (reply.data === undefined) return reply;
  const [value] = Object.values(reply.data);
  return { data: { [alias]: raw ? rawRows(value) : untagged(value) } };
}

/** Takes the tags out in place: replies can be long, and nobody else has this one. */
function untagged(value: unknown): unknown {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) value[index] = untagged(value[index]);
    return value;
  }
  if (!isRecord(value)) return value;
  const { $type: tag } = value;
  if (tag !== undefined) return tag === 'Decimal' ? Number(value['value']) : value['value'];
  for (const name in value) value[name] = untagged(value[name]);
  return value;
}

/**
 * Rows of raw SQL in the form that prisma-client-python 0.11 reads: an object per row, and each cell with
 * the type of its own value. The engine of 5.17 gives columns, types and rows apart; a count of changed
 * rows is no rows and stays. (prisma/_raw_query.py of prisma 0.11.0, read 2026-11-23)
 */
function rawRows(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { columns, types, rows } = value;
  if (!Array.isArray(columns) || !Array.isArray(types) || !Array.isArray(rows)) return value;
  return rows.map((row: readonly unknown[]) =>
    Object.fromEntries(columns.map((column, index) => [String(column), rawCell(String(types[index]), row[index])])),
  );
}

function rawCell(type: string, value: unknown): unknown {
  if (value === null || value === undefined) return { prisma__type: 'null', prisma__value: null };
  if (Array.isArray(value) && type.endsWith('-array')) {
    const items = value.map((item) => rawCell(type.slice(0, -'-array'.length), item));
    return { prisma__type: 'array', prisma__value: items };
  }
  return { prisma__type: type, prisma__value: value };
}

/** Whether this is an object with names, not a list and not null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
