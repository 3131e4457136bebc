import { unlessAborted } from '@genai-gateway/core';
import pg from 'pg';

/**
 * Runs one statement on a connection of the pool. Rejects with the database's error as it is, or with the
 * signal's reason; a connection that is still busy then is closed, never given to the next caller.
 */
export async function boundedQuery(
  pool: pg.Pool,
  query: pg.QueryConfig,
  signal: AbortSignal,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = await connect(pool, signal);
  let broken: Error | undefined;
  try {
    const result = await unlessAborted(client.query<Record<string, unknown>>(query), signal);
    return result.rows;
  } catch (error) {
    // A connection in the middle of an answer cannot be used again, nor can one that was lost; one
    // whose statement Postgres refused can.
    const refused = error instanceof pg.DatabaseError && error.severity === 'ERROR';
    if (!refused) broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken);
  }
}

/** A connection of the pool; one that comes after the caller has left goes straight back. */
async function connect(pool: pg.Pool, signal: AbortSignal): Promise<pg.PoolClient> {
  signal.throwIfAborted();
  const connecting = pool.connect();
  try {
    return await unlessAborted(connecting, signal);
  } catch (error) {
    connecting.then(
      (client) => client.release(),
      () => {},
    );
    throw error;
  }
}
