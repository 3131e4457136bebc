import type pg from 'pg';
import { boundedQuery } from './bounded-query.ts';
import { supportedLitellmVersion } from './proxy/version.ts';

/** A Postgres type as `information_schema.columns.data_type` names it. */
export type ColumnType =
  | 'text'
  | 'integer'
  | 'bigint'
  | 'double precision'
  | 'jsonb'
  | 'timestamp without time zone'
  | 'boolean'
  | 'ARRAY';

export type ColumnTypes = Readonly<Record<string, ColumnType>>;

const findColumnsSql = `SELECT table_name, column_name, data_type FROM information_schema.columns
  WHERE table_schema = current_schema() AND table_name = ANY($1)`;

/**
 * Makes sure that these columns are in the database, with their types. Rejects with an Error that says `what` cannot be
 * done, names the tables and columns that are not as they should be, and how to mend it; or with the database's error,
 * or with the signal's reason.
 */
export async function checkColumns(
  pool: pg.Pool,
  expected: Readonly<Record<string, ColumnTypes>>,
  what: string,
  signal: AbortSignal,
): Promise<void> {
  const values = [Object.keys(expected)];
  const rows = await boundedQuery(pool, { text: findColumnsSql, values }, signal);
  const found = new Map(rows.map((row) => [`${row['table_name']}.${row['column_name']}`, row['data_type']]));
  const wrong = Object.entries(expected).flatMap(([table, columns]) =>
    Object.entries(columns).flatMap(([column, type]) => {
      const is = found.get(`${table}.${column}`);
      if (is === type) return [];
      const name = `${table}.${column}`;
      return [is === undefined ? `${name} (${type}) is not there` : `${name} is ${String(is)}, not ${type}`];
    }),
  );
  if (wrong.length === 0) return;
  const shown = wrong.slice(0, 5).join('; ');
  const more = wrong.length > 5 ? `; and ${wrong.length - 5} more` : '';
  throw new Error(
    `${what} in this database: ${shown}${more}. Its tables have to be those of LiteLLM ` +
      `${supportedLitellmVersion}: start that LiteLLM once on the database, which migrates it, or use a gateway made ` +
      'for the LiteLLM that was there.',
  );
}
