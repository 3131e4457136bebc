import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningPostgres, StateFolder, startPostgres, startRedis } from '@genai-gateway/local';
import { Redis } from 'ioredis';

/** A part of the system that is killed without warning, and comes back at the same address. */
export interface Restartable {
  readonly name: string;
  readonly url: string;
  /** `kill -9`; resolves once the process has ended. */
  kill(): Promise<void>;
  /** Resolves once it serves again. */
  start(): Promise<void>;
}

const signal = AbortSignal.timeout(4 * 3_600_000);

/**
 * The launcher's Postgres, with its data in this folder: what is committed outlives its death. Throws where its user
 * cannot reach the folder.
 */
export async function restartablePostgres(folder: string, cacheDir: string): Promise<Restartable> {
  const state = StateFolder.open(join(folder, 'postgres'));
  let running: RunningPostgres = await startPostgres({ state, cacheDir, signal });
  const { url, dataOutside } = running;
  if (dataOutside !== undefined) {
    await running.stop();
    throw new Error(`Postgres cannot reach ${folder}, and has put its data in ${dataOutside}: delete that by hand.`);
  }
  return {
    ...{ name: 'Postgres', url },
    async kill() {
      running.daemon.kill();
      await running.daemon.exited;
    },
    async start() {
      const deadline = Date.now() + 30_000;
      for (;;) {
        try {
          running = await startPostgres({ state, cacheDir, signal });
          return;
        } catch (error) {
          // The killed one's children hold its shared memory until they have noticed.
          if (Date.now() > deadline) throw error;
          await sleep(100);
        }
      }
    },
  };
}

/** The launcher's Valkey, which keeps nothing on disk: it comes back empty. Throws where none can be had. */
export async function restartableRedis(folder: string, cacheDir: string): Promise<Restartable> {
  const state = StateFolder.open(join(folder, 'redis'));
  const first = await startRedis({ state, cacheDir, signal });
  const { url, daemon } = first;
  if (url === undefined || daemon === undefined) throw new Error(`The proof needs a Redis: ${first.label}`);
  const { port, password } = new URL(url);
  let child = daemon.child;
  const settings = `bind 127.0.0.1\nport ${port}\nrequirepass ${password}\nsave ""\nappendonly no\n`;
  return {
    ...{ name: 'Valkey', url },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    async start() {
      // The same program by the same password: the launcher would take another one.
      child = spawn(daemon.child.spawnfile, ['-'], { stdio: ['pipe', 'ignore', 'ignore'] });
      child.stdin?.end(settings);
      const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
      client.on('error', () => undefined);
      await client.ping();
      client.disconnect();
    },
  };
}
