import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureVenv, findPython } from '../lib/python.mjs';

export interface MotoServer {
  /** For AWS_ENDPOINT_URL. */
  readonly url: string;
  /** What a client of AWS finds in its environment: the endpoint, a region, and credentials that are good here only. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** A laptop without Python skips what needs moto; CI must not. */
export const lacksMoto = findPython().missing !== undefined && process.env['CI'] !== 'true';

/** What moto calls the tasks that run of every ECS service; a service that wants more never gets them. */
export const runningTasks = 2;

/** Starts a fresh, empty AWS on a free port of the loopback address; it is gone when this process ends. */
export async function startMoto(region: string, say: (line: string) => void = () => {}): Promise<MotoServer> {
  const python = await ensureVenv(
    'aws',
    resolve(import.meta.dirname, '../../stacks/proof/python/requirements.txt'),
    say,
  );
  const port = await freePort();
  // Its Python ends when this end of the pipe closes, however this process dies.
  const untilClosed =
    'import os, sys, threading\n' +
    'threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()\n' +
    'from moto.server import main\n' +
    'main(sys.argv[1:])';
  const child = spawn(python, ['-c', untilClosed, '-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, MOTO_ACCOUNT_ID: '111122223333', MOTO_ECS_SERVICE_RUNNING: String(runningTasks) },
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = `${errors}${chunk.toString()}`.slice(-4000);
  });
  const ended = new Promise<void>((settle) => child.on('close', () => settle()));
  const url = `http://127.0.0.1:${port}`;
  for (const startedAt = performance.now(); !(await answers(url)); await sleep(100)) {
    if (child.exitCode !== null || performance.now() - startedAt > 60_000) {
      child.kill('SIGKILL');
      throw new Error(`moto_server did not start:\n${errors}`);
    }
  }
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { url, environment: environmentOf(url, region), stop };
}

function environmentOf(url: string, region: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/moto-api/data.json`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((settle, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? settle(address.port) : reject(new Error()),
      );
    });
  });
}
