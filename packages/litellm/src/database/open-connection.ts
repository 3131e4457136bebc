import pg from 'pg';

/**
 * A connection of its own to a database. One that breaks later rejects the query under way, and the process goes on.
 * Rejects with what the way there or Postgres says; nothing stays open then.
 */
export async function openConnection(options: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(options);
  // Without a listener a broken connection would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}
