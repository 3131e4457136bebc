import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server on this machine, for the time of some tests. */
export interface LocalServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

const READY_TIMEOUT_MS = 30_000;

/** Runs a server that is told its port, and waits until it takes connections. */
export async function startLocalServer(
  program: string,
  argsFor: (port: number) => readonly string[],
  options: SpawnOptions = {},
): Promise<LocalServer> {
  const port = await freePort();
  const child = spawn(program, [...argsFor(port)], { stdio: 'ignore', ...options });
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${program} does not take connections on port ${port}`);
    }
    await sleep(50);
  }
  return { endpoint: `http://127.0.0.1:${port}`, close: () => end(child) };
}

/** Ends a process and waits for that. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}
