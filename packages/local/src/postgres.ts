import { execFile } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Daemon, lastLines, startDaemon } from './daemon.ts';
import { errorCode, errorText, LaunchFailure } from './launch-failure.ts';
import { pickPort } from './ports.ts';
import { layOutPostgres, type PostgresFolders } from './postgres-folders.ts';
import { commandLine } from './process-identity.ts';
import { randomToken } from './secrets.ts';
import type { StateFolder } from './state-folder.ts';

const run = promisify(execFile);
const superuser = 'gateway';

/** What {@link startPostgres} needs. */
export interface PostgresOptions {
  readonly state: StateFolder;
  /** Where the server's programs are kept, shared between state folders. */
  readonly cacheDir: string;
  readonly signal: AbortSignal;
  /** Called as soon as there is a process to stop, before it is ready. */
  readonly onSpawn?: (daemon: Daemon) => void;
}

/** A running embedded Postgres with an empty or a kept database `litellm`. */
export interface RunningPostgres {
  /** `postgresql://…@127.0.0.1:PORT/litellm` */
  readonly url: string;
  readonly port: number;
  /** Set when its data is outside the state folder, because root's Postgres user cannot reach that one. */
  readonly dataOutside: string | undefined;
  readonly daemon: Daemon;
  /** Postgres's fast shutdown: sessions are cut, data is complete. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded Postgres on 127.0.0.1, with its data in the state folder. The data directory
 * is made the first time (under a second). Throws {@link LaunchFailure} when it cannot start.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { state, signal } = options;
  const folders = layOutPostgres(state, options.cacheDir);
  const cluster = join(folders.data, 'cluster');
  const password = state.secret('postgresPassword', randomToken);
  if (!existsSync(cluster)) await initialise(folders, cluster, password, signal);
  else clearStalePid(cluster, state);

  const port = await pickPort(state.port('postgres'));
  const logFile = state.file('postgres.log');
  const daemon = await startDaemon({
    name: 'postgres',
    command: join(folders.programs, 'bin/postgres'),
    args: ['-D', cluster, ...serverSettings(port)],
    env: serverEnvironment(),
    state,
    logFile,
    stopSignal: 'SIGINT',
    ...(folders.user === undefined ? {} : { user: folders.user }),
  });
  options.onSpawn?.(daemon);
  const url = `postgresql://${superuser}:${password}@127.0.0.1:${port}/litellm`;
  await waitUntilReady({ daemon, port, password, logFile, state, signal });
  state.keepPort('postgres', port);
  return { url, port, dataOutside: folders.outside, daemon, stop: () => daemon.stop(10_000) };
}

/** Settings for a laptop: nothing is forced to disk (what is committed outlives the server, not the machine), and only TCP on 127.0.0.1 is served. */
function serverSettings(port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // A socket file would need a path below 108 bytes that both users can reach.
    unix_socket_directories: '',
    max_connections: '200',
    fsync: 'off',
    full_page_writes: 'off',
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** PGDATA, PGPORT and their like in the caller's shell are about another server. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_'));
  return { ...Object.fromEntries(kept), LANG: 'C' };
}

async function initialise(folders: PostgresFolders, cluster: string, password: string, signal: AbortSignal) {
  // Made beside its place and moved there when complete: an interrupted start leaves nothing half made.
  const work = mkdtempSync(join(folders.data, 'making-'));
  const passwordFile = join(work, 'password');
  const fresh = join(work, 'cluster');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  mkdirSync(fresh, { mode: 0o700 });
  if (folders.user !== undefined) {
    for (const path of [work, passwordFile, fresh]) chownSync(path, folders.user.uid, folders.user.gid);
  }
  const args = [
    ...['-D', fresh, '-U', superuser, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ...['--no-sync', '--no-instructions'],
  ];
  try {
    await run(join(folders.programs, 'bin/initdb'), args, {
      env: serverEnvironment(),
      cwd: '/',
      signal,
      ...folders.user,
    });
    renameSync(fresh, cluster);
  } catch (error) {
    if (signal.aborted) throw error;
    throw initFailure(error, dirname(cluster));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function initFailure(error: unknown, place: string): LaunchFailure {
  const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  if (/No space left on device/.test(output)) {
    return new LaunchFailure(`The disk is full: the database cannot be made in ${place}.`, {
      mend: 'Free some space (a first start needs about 200 MB), or give another disk with --state DIR.',
      cause: error,
    });
  }
  const glibc = errorCode(error) === 'ENOENT' || /not found|GLIBC/.test(output);
  return new LaunchFailure(`The embedded Postgres could not make its data folder in ${place}.\n${output}`.trim(), {
    mend: glibc
      ? 'Its programs need glibc (Alpine and other musl systems lack it): give a database of your own with --database-url.'
      : 'Give another folder with --state DIR, or a database of your own with --database-url.',
    cause: error,
  });
}

/**
 * A killed Postgres leaves its pid file, and does not start when another process has that id by now.
 * The state folder's lock is ours and leftovers were ended, so it is stale unless a postgres with this
 * very folder runs.
 */
function clearStalePid(cluster: string, state: StateFolder): void {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (Number.isInteger(pid) && pid > 0 && commandLine(pid).includes(cluster)) {
    throw new LaunchFailure(`A Postgres (pid ${pid}) already runs on ${cluster}.`, {
      mend: `Stop it with \`kill -INT ${pid}\`, or use another folder than ${state.path} with --state DIR.`,
    });
  }
  rmSync(file, { force: true });
}

interface ReadyOptions {
  readonly daemon: Daemon;
  readonly port: number;
  readonly password: string;
  readonly logFile: string;
  readonly state: StateFolder;
  readonly signal: AbortSignal;
}

/** Waits for the first accepted connection and makes the database `litellm` when it is missing. */
async function waitUntilReady(options: ReadyOptions): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    options.signal.throwIfAborted();
    if (options.daemon.hasExited()) throw startFailure(options);
    const client = new pg.Client({
      host: '127.0.0.1',
      port: options.port,
      user: superuser,
      password: options.password,
      database: 'postgres',
      connectionTimeoutMillis: 5_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', ['litellm']);
      if (found.rowCount === 0) await client.query('CREATE DATABASE litellm');
      return;
    } catch (error) {
      // 28P01: the password kept in the state is not the one this data folder was made with.
      if (errorCode(error) === '28P01') {
        throw options.state.corrupt('secrets.json', 'its password does not open the database beside it', error);
      }
      if (Date.now() > deadline) {
        throw new LaunchFailure(`Postgres does not answer: ${errorText(error)}.`, {
          mend: `Its log is ${options.logFile}.`,
          cause: error,
        });
      }
      await sleep(15);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function startFailure({ logFile, state }: ReadyOptions): LaunchFailure {
  const tail = lastLines(logFile, 5);
  if (/No space left on device/.test(tail)) {
    return new LaunchFailure(`The disk is full: Postgres cannot start.\n${tail}`, { mend: 'Free some space.' });
  }
  return new LaunchFailure(`Postgres did not start. The end of ${logFile}:\n${tail}`, {
    mend:
      `If its data is damaged (after a power cut, say), start once with --reset: this deletes ${state.path}\n` +
      'with the local keys and spend records in it. Or use another folder with --state DIR.',
  });
}
