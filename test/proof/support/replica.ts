import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pickPort } from '@genai-gateway/local';
import type { Restartable } from './restartable.ts';

const MAIN = resolve(import.meta.dirname, '../../../containers/gateway/src/main.ts');

/** A gateway of the proof's own. */
export interface Replica extends Restartable {
  /** From its readiness to its death: what a load balancer would send calls to. */
  isReady(): boolean;
  /** Warnings and errors in its log since it was last asked, and what is no line of the log. */
  complaints(): readonly string[];
}

/** Starts one, with this as its whole environment but for the port; it is ready, and has seen LiteLLM. */
export async function startReplica(name: string, env: Readonly<Record<string, string>>): Promise<Replica> {
  const port = await pickPort();
  const url = `http://127.0.0.1:${port}`;
  let log = '';
  let read = 0;
  let child: ChildProcess;
  let isReady = false;
  const start = async () => {
    child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
      // By the channel it notices when the proof is killed.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...env, GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: String(port) },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        log += chunk.toString('utf8');
      });
    }
    await untilReady(url, child, () => log);
    isReady = true;
  };
  await start();
  return {
    ...{ name, url, start },
    isReady: () => isReady,
    complaints() {
      const lines = log.slice(read).split('\n');
      read = log.length;
      return lines.filter(
        (line) => /"level":"(?:warn|error|fatal)"/.test(line) || (line !== '' && !line.startsWith('{')),
      );
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      isReady = false;
    },
  };
}

async function untilReady(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + 60_000;
  let last = '';
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`A replica ended:\n${log().slice(-2_000)}`);
    try {
      const reply = await fetch(`${url}/health/readiness`);
      last = await reply.text();
      if (reply.ok && /"litellm":"(?:ready|off)"/.test(last)) return;
    } catch {
      // It does not listen yet.
    }
    await sleep(50);
  }
  throw new Error(`A replica is not ready: ${last}\n${log().slice(-2_000)}`);
}
