import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { errorCode } from './launch-failure.ts';
import { commandLine } from './process-identity.ts';

/** The range services of ours take ports from: below 32768, where Linux starts giving out client ports. */
const lowestPort = 20_000;
const highestPort = 31_999;

/** Whether a server could listen on this port of 127.0.0.1, and nobody else answers on `localhost` there. */
export async function isPortFree(port: number): Promise<boolean> {
  // macOS lets a server bind 127.0.0.1 beside another one on all addresses, so binding alone proves nothing.
  const [bound, answersV4, answersV6] = await Promise.all([
    canListen(port),
    answers('127.0.0.1', port),
    answers('::1', port),
  ]);
  return bound && !answersV4 && !answersV6;
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const code = errorCode(error);
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(false);
      else reject(error);
    });
    // Exclusive and closed again before anyone can connect.
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(500, () => done(false));
    socket.once('connect', () => done(!isSelfConnection(socket.localPort, port)));
    socket.once('error', () => done(false));
  });
}

/** TCP lets a socket connect to itself when the kernel happens to give it the very port it calls. */
function isSelfConnection(localPort: number | undefined, port: number): boolean {
  return localPort === port;
}

/**
 * A free port of 127.0.0.1: the preferred one when it is free, so that a second start has the same
 * addresses as the first, else one between 20000 and 31999.
 */
export async function pickPort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return preferred;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(lowestPort, highestPort + 1);
    if (await isPortFree(port)) return port;
  }
  throw new Error('No free port found between 20000 and 31999.');
}

/** The next free port after this one, as a proposal for a person. */
export async function nextFreePort(port: number): Promise<number> {
  for (let candidate = port + 1; candidate < Math.min(port + 200, 65_536); candidate += 1) {
    if (await isPortFree(candidate)) return candidate;
  }
  return pickPort();
}

/** Who listens on this port, like `node server.js (pid 123)`; undefined when that cannot be found out. */
export function whoListens(port: number): string | undefined {
  const pid = listenerFromProc(port) ?? listenerFromLsof(port);
  if (pid === undefined) return undefined;
  const command = commandLine(pid).replace(/^\S*\//, '');
  const shown = command.length > 120 ? `${command.slice(0, 117)}...` : command;
  return shown === '' ? `pid ${pid}` : `${shown} (pid ${pid})`;
}

function listenerFromLsof(port: number): number | undefined {
  const { stdout } = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp'], { encoding: 'utf8' });
  const match = /^p(\d+)/m.exec(stdout ?? '');
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** Finds the listening socket's inode in /proc/net/tcp, then the process that has it open. */
function listenerFromProc(port: number): number | undefined {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readLines(table)) {
      const fields = line.trim().split(/\s+/);
      const local = fields[1]?.split(':')[1];
      const listening = fields[3] === '0A';
      if (listening && local !== undefined && Number.parseInt(local, 16) === port && fields[9] !== undefined) {
        inodes.add(`socket:[${fields[9]}]`);
      }
    }
  }
  if (inodes.size === 0) return undefined;
  for (const pid of list('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    for (const fd of list(`/proc/${pid}/fd`)) {
      if (inodes.has(linkTarget(`/proc/${pid}/fd/${fd}`))) return Number(pid);
    }
  }
  return undefined;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
