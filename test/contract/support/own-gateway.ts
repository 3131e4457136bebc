import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { defaultConfigFile, simulatorCredentials } from '@genai-gateway/local';
import { world } from './world.ts';

const MAIN = resolve(import.meta.dirname, '../../../containers/gateway/src/main.ts');

/** A gateway of a test's own, on the shared Postgres, Redis, sessions and simulator: it can be configured and killed. */
export interface OwnGateway {
  readonly http: string;
  readonly pid: number;
  /** Settles when the process has ended. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** What it has logged so far. */
  log(): string;
  terminate(): void;
  /** Ends it at once, for `afterEach`. */
  kill(): void;
}

/** Starts one; it listens, but need not be ready. `env` overrides the configuration; undefined takes a variable away. */
export async function startOwnGateway(env: Readonly<Record<string, string | undefined>> = {}): Promise<OwnGateway> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...(process.env['PATH'] === undefined ? {} : { PATH: process.env['PATH'] }),
      GATEWAY_HOST: '127.0.0.1',
      GATEWAY_PORT: '0',
      DATABASE_URL: world.databaseUrl,
      ...(world.redisUrl === undefined ? {} : { REDIS_URL: world.redisUrl }),
      LITELLM_CONFIG_FILE: defaultConfigFile,
      LITELLM_MASTER_KEY: world.masterKey,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: simulatorCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: simulatorCredentials.secretAccessKey,
      BEDROCK_RUNTIME_ENDPOINT_URL: world.simulator,
      BEDROCK_ENDPOINT_URL: world.simulator,
      BEDROCK_AGENT_ENDPOINT_URL: world.simulator,
      ...world.history?.environment,
      ...env,
    },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log += chunk.toString('utf8');
    });
  }
  const exited = new Promise<Awaited<OwnGateway['exited']>>((settle) => {
    child.once('exit', (code, signal) => settle({ code, signal }));
  });
  const port = await listening(child, () => log);
  return {
    http: `http://localhost:${port}`,
    pid: child.pid ?? 0,
    exited,
    log: () => log,
    terminate: () => child.kill('SIGTERM'),
    kill: () => child.kill('SIGKILL'),
  };
}

function listening(child: ChildProcess, log: () => string): Promise<number> {
  return new Promise((settle, reject) => {
    child.once('exit', (code) => reject(new Error(`The gateway ended (${code}): ${log()}`)));
    child.once('message', (message) => {
      if (message !== null && typeof message === 'object' && 'httpPort' in message) settle(Number(message.httpPort));
    });
  });
}

/** Waits until its readiness answers with this status. */
export async function untilReadiness(http: string, status: number, withinMs = 15_000): Promise<unknown> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const reply = await fetch(`${http}/health/readiness`);
    const body: unknown = await reply.json();
    if (reply.status === status) return body;
    if (Date.now() > deadline) throw new Error(`Readiness is ${reply.status} ${JSON.stringify(body)}, not ${status}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}
