import pg from 'pg';

/**
 * Indexes of the spend log that no migration of LiteLLM's makes, because that would stop all booking while it lasts: its
 * own migration job makes them afterwards. Source: LiteLLM 1.106.2, litellm_proxy_extras/request_log_indexes.py
 * (read 2026-11-23).
 */
const indexes: Readonly<Record<string, readonly string[]>> = {
  LiteLLM_SpendLogs_api_key_startTime_idx: ['api_key', 'startTime'],
  LiteLLM_SpendLogs_litellm_call_id_idx: ['litellm_call_id'],
};

/** Makes those that are missing while others read and write. Gives how many that were. */
export async function createRequestLogIndexes(client: pg.Client): Promise<number> {
  let made = 0;
  for (const [name, columns] of Object.entries(indexes)) {
    const index = pg.escapeIdentifier(name);
    const { rows } = await client.query<{ valid: boolean }>(
      'SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)',
      [index],
    );
    if (rows[0]?.valid === true) continue;
    // What an attempt that was broken off has left is kept up to date, and never used.
    if (rows.length > 0) await client.query(`DROP INDEX CONCURRENTLY ${index}`);
    const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
    await client.query(`CREATE INDEX CONCURRENTLY ${index} ON "LiteLLM_SpendLogs" (${list})`);
    made += 1;
  }
  return made;
}
