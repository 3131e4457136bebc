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

const unreachable = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ENOENT'];
const closed = ['ECONNRESET', 'EPIPE'];

/**
 * The engine's error for one that node-postgres threw: P1001 no server, P1017 it closed the connection, P2024
 * none free in the pool. LiteLLM reconnects on P1001, by the words "can't reach database server", and waits
 * on P2024 (litellm/proxy/db/exception_handler.py of 1.106.2, read 2026-11-23). Others keep their text, as P2010.
 */
export function driverError(error: unknown, { address, pool }: ConnectionSettings): EngineError {
  const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : '';
  const text = error instanceof Error ? error.message : String(error);
  if (text === 'timeout exceeded when trying to connect') {
    const timeout = pool.connectionTimeoutMillis / 1000;
    const message = `No connection of the pool became free (pool_timeout ${timeout} s, connection_limit ${pool.max}).`;
    return new EngineError('P2024', message, { connection_limit: pool.max, timeout });
  }
  if (closed.includes(code) || /^Connection terminated( unexpectedly)?$|is not queryable$/.test(text)) {
    return new EngineError('P1017', 'Server has closed the connection.');
  }
  if (unreachable.includes(code) || text === 'Connection terminated due to connection timeout' || code === startingUp) {
    return unreachableServer(address, text);
  }
  return new EngineError('P2010', `Error in the database driver: ${text}`, { code, message: text });
}

/** Postgres's "cannot connect now": it is starting up, shutting down or recovering. */
const startingUp = '57P03';

/** P1001, when a reply's error says that Postgres takes no connections now. The code is in `meta` for raw SQL only. */
export function startingUpError(text: string, meta: unknown, settings: ConnectionSettings): EngineError | undefined {
  const code = isRecord(meta) ? meta['code'] : undefined;
  if (code !== startingUp && !text.includes(`PostgresError { code: "${startingUp}"`)) return undefined;
  return unreachableServer(settings.address, 'it takes no connections now');
}

function unreachableServer({ host, port }: ConnectionSettings['address'], why: string): EngineError {
  const meta = { database_host: host, database_port: port };
  return new EngineError('P1001', `Can't reach database server at \`${host}:${port}\`: ${why}`, meta);
}
