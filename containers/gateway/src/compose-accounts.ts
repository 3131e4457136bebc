import { hostname } from 'node:os';
import type { Accounts, UsageEvent } from '@genai-gateway/governance';
import type { MasterKeys } from '@genai-gateway/identity';
import {
  BookWriter,
  checkLedgerTables,
  connectCounters,
  FileSpool,
  type Journal,
  LocalAccounts,
  PostgresBooks,
  RedisAccounts,
} from '@genai-gateway/litellm';
import { errorText, type Logger } from '@genai-gateway/telemetry';
import type { ComposedSecrets } from './compose-secrets.ts';
import { postgresPool } from './postgres-pool.ts';

/** Counters and books, and how they are left. */
export interface ComposedAccounts {
  readonly accounts: Accounts;
  /** How many calls wait to be booked. */
  readonly waiting: () => number;
  /** Rejects where the tables are not those that can be written. */
  readonly check: (signal: AbortSignal) => Promise<void>;
  /** Writes what is not booked yet, as long as that may take, and gives up this replica's place among the others. */
  readonly close: () => Promise<void>;
}

/** Beside the pool that keys are read by, so that a batch under way never keeps a caller waiting. */
const BOOK_CONNECTIONS = 2;
const CHECK_TIMEOUT_MS = 5_000;
/** What is not written by then is in the journal, and another replica books it. */
const LAST_FLUSH_MS = 10_000;

/** Wires counters and books: in Redis, which all replicas share, else in this process alone. */
export function composeAccounts(
  { config, databaseLogin, redis: address }: ComposedSecrets,
  logger: Logger,
  masterKeys: MasterKeys | undefined,
): ComposedAccounts {
  const log = (message: string): void => logger.warn(message);
  const pool = postgresPool(config, databaseLogin, BOOK_CONNECTIONS, logger);
  const spool =
    config.GATEWAY_SPOOL_DIR === undefined ? undefined : new FileSpool({ folder: config.GATEWAY_SPOOL_DIR, log });
  const journals: Journal[] = spool === undefined ? [] : [spool];
  const enqueue = (event: UsageEvent): void => {
    spool?.append(event);
    writer.enqueue(event);
  };
  const redis = address === undefined ? undefined : connectCounters(address);
  const shared =
    redis === undefined
      ? undefined
      : new RedisAccounts({
          redis,
          replicaId: hostname(),
          enqueue,
          isFull: () => writer.isFull(),
          log,
          budgetsWithoutRedis: config.BUDGETS_WITHOUT_REDIS,
        });
  if (shared !== undefined) journals.push(shared);
  const writer = new BookWriter({
    books: new PostgresBooks(pool, { isMasterKey: (keyHash) => masterKeys?.isOrWas(keyHash) === true }),
    journals,
    log: {
      info: (message) => logger.info(message),
      warn: log,
      error: (message) => logger.error(message),
    },
  });
  return {
    accounts: shared ?? new LocalAccounts({ enqueue, isFull: () => writer.isFull() }),
    waiting: () => writer.pending,
    check: (signal) => checkLedgerTables(pool, AbortSignal.any([signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)])),
    close: async () => {
      await writer.flush(AbortSignal.timeout(LAST_FLUSH_MS)).catch((error: unknown) => {
        logger.error(
          { error: errorText(error), events: writer.pending },
          'not all calls could be booked before the end',
        );
      });
      await writer.close();
      await shared?.close();
      spool?.close();
      redis?.disconnect();
      await pool.end();
    },
  };
}
