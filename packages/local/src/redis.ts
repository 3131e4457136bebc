import { accessSync, constants } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { type Daemon, lastLines, startDaemon } from './daemon.ts';
import { LaunchFailure } from './launch-failure.ts';
import { pickPort } from './ports.ts';
import { randomToken } from './secrets.ts';
import type { StateFolder } from './state-folder.ts';
import { valkeyFromPypi } from './valkey-wheel.ts';

/** What {@link startRedis} needs. */
export interface RedisOptions {
  readonly state: StateFolder;
  readonly cacheDir: string;
  /** A Redis that is there already (`REDIS_URL`). It is used as it is and left running. */
  readonly url?: string;
  readonly signal: AbortSignal;
  readonly onSpawn?: (daemon: Daemon) => void;
}

/** A Redis to use, or the reason why the gateway counts in its own process instead. */
export interface RunningRedis {
  /** Undefined: none could be had. */
  readonly url: string | undefined;
  /** Which one it is, in words for the terminal. */
  readonly label: string;
  readonly daemon: Daemon | undefined;
  stop(): Promise<void>;
}

/**
 * Finds a Redis: the given URL, else a server program on PATH, else Valkey from PyPI, else none.
 * One that is started here listens on 127.0.0.1, wants a password and keeps nothing on disk.
 * Throws {@link LaunchFailure} only when the given URL does not answer.
 */
export async function startRedis(options: RedisOptions): Promise<RunningRedis> {
  if (options.url !== undefined) return existingRedis(options.url, options.signal);
  const onPath = findOnPath(['valkey-server', 'redis-server']);
  const program = onPath === undefined ? await valkeyFromPypi(options.cacheDir, options.signal) : { path: onPath };
  if ('missing' in program) return noRedis(program.missing);
  return startServer(program.path, options);
}

function noRedis(reason: string): RunningRedis {
  return {
    url: undefined,
    label: `none, counters are in-process: ${reason}`,
    daemon: undefined,
    stop: async () => undefined,
  };
}

async function existingRedis(url: string, signal: AbortSignal): Promise<RunningRedis> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['redis:', 'rediss:'].includes(parsed.protocol)) {
    throw new LaunchFailure('REDIS_URL is not a redis:// or rediss:// URL.', {
      mend: 'Mend it, or unset it: the launcher then starts a Redis of its own.',
      exitCode: 2,
    });
  }
  const port = parsed.port === '' ? 6379 : Number(parsed.port);
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  signal.throwIfAborted();
  if (!(await pings({ host, port, tls: parsed.protocol === 'rediss:' }))) {
    throw new LaunchFailure(`REDIS_URL points to ${host}:${port}, where no Redis answers.`, {
      mend: 'Start it, or unset REDIS_URL: the launcher then starts a Redis of its own.',
    });
  }
  return { url, label: `${host}:${port} (REDIS_URL)`, daemon: undefined, stop: async () => undefined };
}

async function startServer(program: string, options: RedisOptions): Promise<RunningRedis> {
  const { state, signal } = options;
  const port = await pickPort(state.port('redis'));
  const password = randomToken();
  const logFile = state.file('redis.log');
  const settings = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    'daemonize no',
  ];
  const daemon = await startDaemon({
    name: 'redis',
    command: program,
    // The configuration comes by standard input, so that the password shows in no process list.
    args: ['-'],
    input: `${settings.join('\n')}\n`,
    env: process.env,
    state,
    logFile,
    stopSignal: 'SIGTERM',
  });
  options.onSpawn?.(daemon);
  const deadline = Date.now() + 10_000;
  while (!(await pings({ host: '127.0.0.1', port, tls: false, password }))) {
    signal.throwIfAborted();
    if (daemon.hasExited() || Date.now() > deadline) {
      await daemon.stop(1_000);
      return noRedis(`${program} did not start (${lastLines(logFile, 1)})`);
    }
    await sleep(15);
  }
  state.keepPort('redis', port);
  const label = `127.0.0.1:${port} (${program.split('/').at(-1)})`;
  return { url: `redis://:${password}@127.0.0.1:${port}`, label, daemon, stop: () => daemon.stop(5_000) };
}

interface PingOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly password?: string;
}

/** Whether a Redis answers. With a password the answer must be PONG; without one a refusal for want of it counts too. */
function pings({ host, port, tls, password }: PingOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = tls ? connectTls({ host, port, servername: host }) : connect({ host, port });
    let answer = '';
    const done = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(3_000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      if (answer.includes('+PONG')) done(true);
      else if (password === undefined && answer.startsWith('-NOAUTH')) done(true);
      else if (/^-.*\n/m.test(answer)) done(false);
    });
    socket.write(`${password === undefined ? '' : `AUTH ${password}\r\n`}PING\r\n`);
  });
}

function findOnPath(names: readonly string[]): string | undefined {
  for (const name of names) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      if (!folder.startsWith('/')) continue;
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  return undefined;
}
