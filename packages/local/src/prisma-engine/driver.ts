import pg from 'pg';
import type { ConnectionSettings } from './connection-settings.ts';
import { EngineError } from './engine-error.ts';
import { isRecord } from './engine-reply.ts';

/** The pool of connections that the engine's official adapter works with. `log` hears of connections that break while idle. */
export function createPool({ pool }: ConnectionSettings, log: (line: string) => void): pg.Pool {
  const created = new pg.Pool(pool);
  created.on('error', (error) => log(`an idle connection broke: ${error.message}`));
  created.on('connect', ({ connection }) => {
    // Before the client's own listener, which chooses the parsers by the types.
    connection.prependListener('rowDescription', ({ fields }: { readonly fields: { dataTypeID: number }[] }) => {
      for (const field of fields) field.dataTypeID = readAs.get(field.dataTypeID) ?? field.dataTypeID;
    });
  });
  return created;
}

const { INT8, TEXT } = pg.types.builtins;
const textList = 1009;
const int8List = 1016;

/**
 * Types that the adapter 5.17 refuses or reads wrongly, and what it takes in their place. Type ids:
 * https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/catalog/pg_type.dat (as of 2026-11-23)
 */
const readAs: ReadonlyMap<number, number> = new Map([
  [18, TEXT], // "char"
  [19, TEXT], // name
  [194, TEXT], // pg_node_tree
  [705, TEXT], // unknown
  [1186, TEXT], // interval
  [2205, TEXT], // regclass
  [2206, TEXT], // regtype
  [2278, TEXT], // void
  [3220, TEXT], // pg_lsn
  [26, INT8], // oid
  [28, INT8], // xid
  [1002, textList], // "char"[]
  [1003, textList], // name[]
  [1187, textList], // interval[]
  [2210, textList], // regclass[]
  [1028, int8List], // oid[]
]);

const networkErrors = [
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ENOENT'],
  ...['ECONNRESET', 'EPIPE'],
];

/** Postgres's codes of a server that goes down or is not up yet. https://www.postgresql.org/docs/18/errcodes-appendix.html */
const serverIsDown = ['57P01', '57P02', '57P03'];

/** What node-postgres 8.23 says of a connection that it could not make or that broke. */
const brokenConnection = /^Connection terminated\b|is not queryable$/;

/**
 * The engine's error for one that node-postgres threw: P1001 without a server, P2024 without a free connection.
 * LiteLLM reconnects on P1001, by the words "can't reach database server", and waits on P2024; what it does not
 * know as an outage it takes for an answer, in the worst case that there is no such key
 * (litellm/proxy/db/exception_handler.py of 1.106.2, read 2026-11-23). Others keep their text, as P2010.
 */
export function driverError(error: unknown, { address, pool }: ConnectionSettings): EngineError {
  const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : '';
  const text = error instanceof Error ? error.message : String(error);
  if (text === 'timeout exceeded when trying to connect') {
    const timeout = pool.connectionTimeoutMillis / 1000;
    const message = `No connection of the pool became free (pool_timeout ${timeout} s, connection_limit ${pool.max}).`;
    return new EngineError('P2024', message, { connection_limit: pool.max, timeout });
  }
  if (networkErrors.includes(code) || serverIsDown.includes(code) || brokenConnection.test(text)) {
    return unreachableServer(address, text);
  }
  return new EngineError('P2010', `Error in the database driver: ${text}`, { code, message: text });
}

/**
 * P1001 for an error that the engine reports of Postgres, when it says that the server is down. Its code is in
 * `meta` for raw SQL, for all else in the text only.
 */
export function serverDownError(text: string, meta: unknown, settings: ConnectionSettings): EngineError | undefined {
  const given = isRecord(meta) ? meta['code'] : undefined;
  const code = typeof given === 'string' ? given : /PostgresError \{ code: "(\w+)"/.exec(text)?.[1];
  if (code === undefined || !serverIsDown.includes(code)) return undefined;
  return unreachableServer(settings.address, `it ends connections (${code})`);
}

function unreachableServer({ host, port }: ConnectionSettings['address'], why: string): EngineError {
  const meta = { database_host: host, database_port: port };
  return new EngineError('P1001', `Can't reach database server at \`${host}:${port}\`: ${why}`, meta);
}
