import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLogged, startServer } from './child.ts';
import { listProcesses, treeOf } from './process-usage.ts';

/** The programs that are compared, in the order of the table. */
export const targetNames = ['nginx', 'go', 'gateway'] as const;
export type TargetName = (typeof targetNames)[number];

/** Something that answers on `origin` and whose process tree under `pid` is measured. */
export interface Target {
  readonly origin: string;
  readonly pid: number;
}

/** What a target needs to be started. `directory` is its own place for configuration, state and logs. */
export interface StartOptions {
  readonly repository: string;
  readonly binaries: string;
  readonly directory: string;
  readonly upstream: string;
  readonly key: string;
}

/** A started target, or why this machine has none. */
export type Started = Target | { readonly missing: string };

/** How each target is started; a target that cannot be there says why, and one that fails to start throws. */
export const starters: Readonly<Record<TargetName, (options: StartOptions) => Promise<Started>>> = {
  nginx: startNginx,
  go: startGo,
  gateway: startGateway,
};

/** The fake Bedrock of bench/go. */
export function startUpstream(binaries: string): Promise<Target> {
  return startServer(join(binaries, 'upstream'), []);
}

function startGo(options: StartOptions): Promise<Target> {
  return startServer(join(options.binaries, 'proxy'), ['-upstream', options.upstream]);
}

/** The file that a shell would run for `name`, or undefined. */
export function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => listener.once('listening', resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function until(what: string, child: ChildProcess, limitMs: number, ready: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + limitMs; !(await ready()); await sleep(100)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${what} ended while it was starting`);
    if (Date.now() > deadline) throw new Error(`${what} was not ready after ${limitMs / 1000} s`);
  }
}

/** One worker, as the gateway has one process; no access log, nothing but forwarding. */
function nginxConfiguration(directory: string, port: number, upstream: string): string {
  return `daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  keepalive_requests 100000000;
  upstream bedrock { server ${new URL(upstream).host}; keepalive 1024; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://bedrock;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }
}
`;
}

async function startNginx({ directory, upstream }: StartOptions): Promise<Started> {
  const nginx = onPath('nginx');
  if (nginx === undefined) return { missing: 'nginx is not on PATH' };
  mkdirSync(directory, { recursive: true });
  const port = await freePort();
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, nginxConfiguration(directory, port, upstream));
  const log = join(directory, 'error.log');
  const child = await startLogged(nginx, ['-p', directory, '-c', file, '-e', log], log, 'SIGTERM');
  const origin = `http://127.0.0.1:${port}`;
  await until('nginx', child, 10_000, () => answers(origin));
  return { origin, pid: child.pid };
}

async function answers(origin: string): Promise<boolean> {
  try {
    await (await fetch(origin)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts the gateway with all its features by the launcher, and gives the key limits and a budget that the load never
 * reaches, so that both are held in Redis for every request. The launcher itself, its Postgres, its Redis and LiteLLM
 * are not part of what is measured: the process of the gateway (`gateway-main.ts`) is.
 */
async function startGateway(options: StartOptions): Promise<Started> {
  const launcher = join(options.repository, 'scripts', 'start.mjs');
  if (!existsSync(launcher)) return { missing: 'scripts/start.mjs does not exist' };
  mkdirSync(options.directory, { recursive: true });
  const readyFile = join(options.directory, 'ready.json');
  const child = await startLogged(
    process.execPath,
    [
      launcher,
      ...['--port', String(await freePort()), '--tls-port', String(await freePort())],
      ...['--upstream', options.upstream, '--key', options.key],
      ...['--state', join(options.directory, 'state'), '--ready-file', readyFile],
    ],
    join(options.directory, 'launcher.log'),
    'SIGINT',
  );
  let ready: Ready | undefined;
  await until('the launcher, and LiteLLM, which gives a key its limits,', child, 300_000, async () => {
    ready = readyIn(readyFile);
    return ready !== undefined;
  });
  const gateway = treeOf(listProcesses(), child.pid).findLast(({ command }) => isGateway(command));
  if (gateway === undefined) throw new Error('no process below the launcher runs gateway-main.ts');
  // The load generator goes to the loopback address and leaves no choice to a resolver.
  const origin = `http://127.0.0.1:${new URL(ready?.http ?? '').port}`;
  await limitKey(origin, ready?.masterKey ?? '', options.key);
  return { origin, pid: gateway.pid };
}

interface Ready {
  readonly http: string;
  readonly masterKey: string;
}

/** What the ready file says once LiteLLM serves; it may be seen before its last byte is written. */
function readyIn(readyFile: string): Ready | undefined {
  try {
    const { http, masterKey, litellm } = JSON.parse(readFileSync(readyFile, 'utf8')) as Record<string, unknown>;
    const isReady = typeof http === 'string' && typeof masterKey === 'string' && litellm !== null;
    return isReady ? { http, masterKey } : undefined;
  } catch {
    return undefined;
  }
}

/** Far above what a run asks for. */
const limits = { rpm_limit: 100_000_000, tpm_limit: 1_000_000_000_000, max_budget: 1_000_000_000 };

/** The gateway sees by itself that LiteLLM serves, a moment after the launcher does. */
const limitKeyWithinMs = 30_000;

async function limitKey(origin: string, masterKey: string, key: string): Promise<void> {
  for (const deadline = Date.now() + limitKeyWithinMs; ; await sleep(200)) {
    const response = await fetch(`${origin}/key/update`, {
      method: 'POST',
      headers: { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ key, ...limits }),
    });
    const text = await response.text();
    if (response.ok) return;
    if (response.status !== 503 || Date.now() > deadline) {
      throw new Error(`the key got no limits: ${response.status} ${text}`);
    }
  }
}

function isGateway(command: string): boolean {
  return command.includes('/gateway-main.ts');
}
