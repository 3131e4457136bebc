import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindAdapter } from '@prisma/driver-adapter-utils';
import { connectionSettings } from './connection-settings.ts';
import { createPool, driverError, serverDownError } from './driver.ts';
import { EngineError, type EngineErrorItem, errorItem } from './engine-error.ts';
import { type EngineReply, isRecord } from './engine-reply.ts';
import type { JsonQuery } from './json-protocol.ts';
import { wasmEngineClass } from './wasm-engine.ts';

/** What {@link startEngine} needs. */
export interface EngineOptions {
  /** The text of a Prisma schema. */
  readonly schema: string;
  /** `postgresql://…`, with Prisma's parameters. */
  readonly databaseUrl: string;
  /** Hears of what is no answer to a request. */
  readonly log: (line: string) => void;
}

/** The replies to a batch in its order, or the error that ended it. Both are absent for an empty batch. */
export interface BatchReply {
  readonly batchResult?: readonly EngineReply[];
  readonly errors?: readonly EngineErrorItem[];
}

/** How an interactive transaction begins: both times in milliseconds. */
export interface TransactionOptions {
  /** How long to wait for a connection; 2000 when not given. */
  readonly max_wait?: number;
  /** How long it may take, until it is rolled back; 5000 when not given. */
  readonly timeout?: number;
  readonly isolation_level?: string;
}

/** Prisma's query engine over node-postgres. What fails in the database is answered with `errors`. */
export interface QueryEngine {
  /** `transaction` is an id that {@link QueryEngine.startTransaction} gave. */
  query(operation: JsonQuery, transaction?: string): Promise<EngineReply>;
  /** With `atomic`, all of the operations take effect or none. */
  batch(operations: readonly JsonQuery[], atomic: boolean, transaction?: string): Promise<BatchReply>;
  /** The new transaction's id. Throws {@link EngineError}: P2028 when no connection came in time, P1001, … */
  startTransaction(options: TransactionOptions): Promise<string>;
  /** Throws {@link EngineError} P2028 when the transaction has ended already or never was. */
  endTransaction(id: string, how: 'commit' | 'rollback'): Promise<void>;
  /** Closes the connections, once what runs on them is done. */
  close(): Promise<void>;
}

/** The engine's argument for tracing, which is off. */
const trace = '{}';

const engineConfig = {
  configDir: '.',
  env: {},
  datasourceOverrides: {},
  ignoreEnvVarErrors: true,
  logQueries: false,
  logLevel: 'error',
  engineProtocol: 'json',
} as const;

/**
 * Starts the engine. No connection is opened yet: that the database is down, the first query tells.
 * Throws for a schema that the engine does not take and for a URL that is none.
 */
export async function startEngine({ schema, databaseUrl, log }: EngineOptions): Promise<QueryEngine> {
  const settings = connectionSettings(databaseUrl);
  const pool = createPool(settings, log);
  const adapter = bindAdapter(new PrismaPg(pool, settings.schema === undefined ? {} : { schema: settings.schema }));
  const Engine = wasmEngineClass();
  const engine = new Engine({ ...engineConfig, datamodel: schema }, log, adapter);
  await engine.connect(trace);

  /** What the driver threw reaches the engine as a number, which P2036 tells. */
  const explained = (item: EngineErrorItem): EngineErrorItem => {
    const { error_code: code, message, meta } = item.user_facing_error;
    const id = meta?.['id'];
    if (code === 'P2036' && typeof id === 'number') {
      return errorItem(driverError(adapter.errorRegistry.consumeError(id)?.error ?? message, settings));
    }
    const error = serverDownError(item.error, meta, settings);
    return error === undefined ? item : errorItem(error);
  };
  const explainedReply = (reply: EngineReply): EngineReply =>
    reply.errors === undefined ? reply : { ...reply, errors: reply.errors.map(explained) };

  const ask = async (request: unknown, transaction: string | undefined): Promise<EngineReply & BatchReply> => {
    if (transaction !== undefined) checkId(transaction);
    const reply = parseReply(await engine.query(JSON.stringify(request), trace, transaction));
    const explainedAll = explainedReply(reply);
    if (reply.batchResult === undefined) return explainedAll;
    return { ...explainedAll, batchResult: reply.batchResult.map(explainedReply) };
  };

  /** The answers about transactions are an error itself, when they are one. */
  const askTransaction = async (answer: Promise<string>): Promise<unknown> => {
    const reply: unknown = JSON.parse(await answer);
    if (!isRecord(reply) || typeof reply['message'] !== 'string') return reply;
    const { message, error_code: code, meta } = reply;
    const item = errorItem(new EngineError(String(code), message, isRecord(meta) ? meta : {}));
    const { user_facing_error: facing } = explained(item);
    throw new EngineError(facing.error_code ?? '', facing.message, facing.meta);
  };

  return {
    query: ask,
    batch: (operations, atomic, transaction) =>
      ask({ batch: operations, ...(atomic ? { transaction: {} } : {}) }, transaction),

    async startTransaction(options) {
      const begun = askTransaction(engine.startTransaction(JSON.stringify(withDefaults(options)), trace));
      const inTime = new AbortController();
      const waited = sleep(options.max_wait ?? 2000, 'late' as const, inTime).catch(() => 'late' as const);
      const first = await Promise.race([begun, waited]).finally(() => inTime.abort());
      if (first !== 'late') return idOf(first);
      // The engine goes on waiting for a connection: what it gets then nobody will end.
      begun.then((reply) => engine.rollbackTransaction(idOf(reply), trace)).catch(() => undefined);
      throw new EngineError('P2028', 'Transaction API error: Unable to start a transaction in the given time.');
    },

    async endTransaction(id, how) {
      checkId(id);
      await askTransaction(
        how === 'commit' ? engine.commitTransaction(id, trace) : engine.rollbackTransaction(id, trace),
      );
    },

    async close() {
      await pool.end();
    },
  };
}

function withDefaults({ max_wait = 2000, timeout = 5000, isolation_level }: TransactionOptions): TransactionOptions {
  return { max_wait, timeout, ...(isolation_level === undefined ? {} : { isolation_level }) };
}

/** The engine panics on an id that is shorter than any of its own. */
function checkId(id: string): void {
  if (id.length < 24) throw new EngineError('P2028', 'Transaction API error: Transaction not found.');
}

function idOf(reply: unknown): string {
  if (isRecord(reply) && typeof reply['id'] === 'string') return reply['id'];
  throw new Error('The engine gave no transaction id.');
}

function parseReply(text: string): EngineReply & BatchReply {
  const reply: unknown = JSON.parse(text);
  // The shape is the engine's own, of a pinned version; tests with a real database hold it.
  if (isRecord(reply)) return reply as EngineReply & BatchReply;
  throw new Error('The engine answered something else than an object.');
}
