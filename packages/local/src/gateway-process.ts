import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Daemon, lastLines, startDaemon } from './daemon.ts';
import { LaunchFailure } from './launch-failure.ts';
import type { StateFolder } from './state-folder.ts';

/** The gateway with the functions beside it. */
export const gatewayMain = fileURLToPath(new URL('./gateway-main.ts', import.meta.url));

/** What {@link startGateway} needs. */
export interface GatewayOptions {
  readonly main: string;
  /** Its whole environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly state: StateFolder;
  readonly echoLog: boolean;
  readonly signal: AbortSignal;
  readonly onSpawn?: (daemon: Daemon) => void;
}

/** The gateway, serving. */
export interface RunningGateway {
  readonly httpPort: number;
  readonly tlsPort: number;
  readonly daemon: Daemon;
}

/**
 * Starts the gateway as a process of its own and waits until it is ready (60 seconds at most).
 * Throws {@link LaunchFailure} with the end of its log when it is not.
 */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { state, signal } = options;
  const logFile = state.file('gateway.log');
  const daemon = await startDaemon({
    name: 'gateway',
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', options.main],
    env: options.env,
    state,
    logFile,
    stopSignal: 'SIGTERM',
    ipc: true,
    echo: options.echoLog,
  });
  options.onSpawn?.(daemon);
  const { httpPort, tlsPort } = await listening(daemon, logFile, signal);
  await ready(daemon, httpPort, logFile, signal);
  return { httpPort, tlsPort, daemon };
}

/** The failure of a gateway that ended, with what it said last. */
export function gatewayDied(when: string, logFile: string): LaunchFailure {
  return new LaunchFailure(`The gateway ended ${when}. The end of ${logFile}:\n${lastLines(logFile, 12)}`);
}

interface Ports {
  readonly httpPort: number;
  readonly tlsPort: number;
}

function listening(daemon: Daemon, logFile: string, signal: AbortSignal): Promise<Ports> {
  return new Promise<Ports>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new LaunchFailure(`The gateway did not open its ports in 60 seconds. Its log is ${logFile}.`));
    }, 60_000);
    const onAbort = () => reject(signal.reason);
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    daemon.child.on('message', (message) => {
      const ports = listeningMessage(message);
      if (ports === undefined) return;
      settle();
      resolve(ports);
    });
    void daemon.exited.then(() => {
      settle();
      reject(gatewayDied('before it served', logFile));
    });
  });
}

function listeningMessage(message: unknown): Ports | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  if (message.type !== 'listening' || !('httpPort' in message) || !('tlsPort' in message)) return undefined;
  const { httpPort, tlsPort } = message;
  return typeof httpPort === 'number' && typeof tlsPort === 'number' ? { httpPort, tlsPort } : undefined;
}

async function ready(daemon: Daemon, port: number, logFile: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + 60_000;
  let last = 'no answer';
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    if (daemon.hasExited()) throw gatewayDied('before it was ready', logFile);
    try {
      const timeout = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
      const reply = await fetch(`http://127.0.0.1:${port}/health/readiness`, { signal: timeout });
      const body = await reply.text();
      if (reply.ok) return;
      last = `status ${reply.status} ${body.slice(0, 200)}`;
    } catch {
      // Not yet.
    }
    await sleep(25);
  }
  throw new LaunchFailure(`The gateway is not ready after 60 seconds: ${last}. Its log is ${logFile}.`);
}
