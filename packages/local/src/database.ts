import { setTimeout as sleep } from 'node:timers/promises';
import { supportedLitellmVersion, unknownMigrations } from '@genai-gateway/litellm';
import pg from 'pg';
import { errorText, LaunchFailure } from './launch-failure.ts';
import { type MigrationResult, migrate } from './migrations.ts';
import { createKeys } from './virtual-keys.ts';

/**
 * Makes a database ready for the gateway over one connection: LiteLLM's tables, then these virtual
 * keys. Throws {@link LaunchFailure} when it cannot be reached, and, before anything is written to it,
 * when a newer LiteLLM has been there.
 */
export async function prepareDatabase(
  url: string,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<MigrationResult> {
  signal.throwIfAborted();
  const client = await connect(url, signal);
  try {
    await refuseNewerTables(client);
    const result = await migrate(client);
    await createKeys(client, keys);
    return result;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function refuseNewerTables(client: pg.Client): Promise<void> {
  const unknown = await unknownMigrations(client);
  if (unknown.length === 0) return;
  const shown = unknown.slice(0, 5).join(', ');
  const more = unknown.length > 5 ? ` and ${unknown.length - 5} more` : '';
  throw new LaunchFailure(
    `The database was migrated by a LiteLLM newer than ${supportedLitellmVersion}, the one that this gateway works with. ` +
      `It does not know: ${shown}${more}.`,
    {
      mend:
        'Nothing was written to it. Use a gateway made for that LiteLLM, or another database: another --database-url,\n' +
        'or for a local one --state DIR.',
    },
  );
}

async function connect(url: string, signal: AbortSignal): Promise<pg.Client> {
  const deadline = Date.now() + 2_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    // A connection that breaks later rejects the query under way; without a listener it would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      signal.throwIfAborted();
      if (Date.now() > deadline) {
        const { host, pathname } = new URL(url);
        throw new LaunchFailure(`The database ${host}${pathname} cannot be opened: ${errorText(error)}.`, {
          mend: 'Check --database-url and that the server runs.',
          cause: error,
        });
      }
      await sleep(100, undefined, { signal });
    }
  }
}
