import { setTimeout as sleep } from 'node:timers/promises';
import { MigrationFailure, type MigrationResult, migrate, openConnection, refuseNewer } from '@genai-gateway/litellm';
import type pg from 'pg';
import { errorText, LaunchFailure } from './launch-failure.ts';
import { createKeys } from './virtual-keys.ts';

const otherDatabase =
  'A local database can be made anew with --reset, or beside this one with --state DIR; another one is given with --database-url.';

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
    await refuseNewer(client);
    const result = await migrate(client);
    await createKeys(client, keys);
    return result;
  } catch (error) {
    if (!(error instanceof MigrationFailure)) throw error;
    throw new LaunchFailure(error.message, { mend: `${error.mend}\n${otherDatabase}`, cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connect(url: string, signal: AbortSignal): Promise<pg.Client> {
  const deadline = Date.now() + 2_000;
  for (;;) {
    try {
      return await openConnection({ connectionString: url, connectionTimeoutMillis: 5_000 });
    } catch (error) {
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
