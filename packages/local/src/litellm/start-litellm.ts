import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureVenv } from '../../../../scripts/lib/python.mjs';
import { lastLines, startDaemon } from '../daemon.ts';
import { errorText, LaunchFailure } from '../launch-failure.ts';
import { generatePrismaClient } from '../prisma-engine/prisma-client.ts';
import { prismaEngineEnvironment } from '../prisma-engine/prisma-environment.ts';
import type { StateFolder } from '../state-folder.ts';
import { type LitellmSettings, litellmEnvironment } from './litellm-environment.ts';
import { inspectPython, type LitellmPython, type LitellmSource } from './litellm-python.ts';
import { type Supervised, supervise } from './supervisor.ts';

/** Everything of LiteLLM's environment that must be known when the gateway serves. */
type LitellmServices = Omit<LitellmSettings, 'prisma'>;

/** What {@link startLitellm} needs. */
export interface LitellmOptions {
  readonly source: Exclude<LitellmSource, { kind: 'none' }>;
  readonly state: StateFolder;
  /** Where what is made for a machine is kept, shared between state folders. */
  readonly cacheDir: string;
  readonly port: number;
  readonly configFile: string;
  readonly services: LitellmServices;
  /** Something that a person should know. */
  readonly onNotice: (text: string) => void;
}

/** LiteLLM, being made ready or running. */
export interface RunningLitellm {
  readonly logFile: string;
  /** Settles with the seconds it took when it first serves; rejects when it cannot be made to. */
  readonly ready: Promise<number>;
  /** Its process, when there is one at the moment. */
  pid(): number | undefined;
  /** It goes on, but is not started again: the first step of a stop. */
  retire(): void;
  stop(): Promise<void>;
  kill(): void;
}

const requirements = fileURLToPath(new URL('../../litellm/requirements.lock', import.meta.url));
const startScript = fileURLToPath(new URL('../../litellm/start.py', import.meta.url));

/**
 * Makes LiteLLM ready and starts it, all in the background: its Python packages (once, about a
 * minute), the Prisma client for its tables (once, seconds), then the process, which is started again
 * whenever it ends. Never throws: what goes wrong is told by `onNotice`, and by `ready`.
 */
export function startLitellm(options: LitellmOptions): RunningLitellm {
  const { state, onNotice } = options;
  const logFile = state.file('litellm.log');
  const stopping = new AbortController();
  const { signal } = stopping;
  const begun = performance.now();
  let supervised: Supervised | undefined;
  let served = false;
  let settle: { resolve(seconds: number): void; reject(reason: unknown): void } | undefined;
  const ready = new Promise<number>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // A caller who is not interested must not have an unhandled rejection.
  ready.catch(() => undefined);

  const prepared = prepare(options, signal).then(
    (command) => {
      if (signal.aborted) return;
      supervised = supervise({
        start: (again) =>
          startDaemon({
            name: 'litellm',
            command: command.python,
            args: command.args,
            env: command.env,
            state,
            logFile,
            stopSignal: 'SIGTERM',
            group: true,
            continueLog: again,
          }),
        untilReady: (until) => untilReady(options.port, until),
        onReady: (durationMs) => {
          if (served) onNotice(`LiteLLM is ready again after ${(durationMs / 1000).toFixed(1)} s.`);
          served = true;
          settle?.resolve((performance.now() - begun) / 1000);
        },
        onOutage: ({ wasReady, how }) => onNotice(wasReady ? outageText(how, logFile) : failedText(how, logFile)),
        startTimeoutMs: 300_000,
        firstDelayMs: 500,
      });
    },
    (error: unknown) => {
      if (signal.aborted) return;
      onNotice(`LiteLLM is off: ${errorText(error)}\nWhat is plain Bedrock works without it.`);
      settle?.reject(error);
    },
  );

  return {
    logFile,
    ready,
    pid: () => supervised?.pid(),
    retire: () => supervised?.retire(),
    async stop() {
      stopping.abort(new LaunchFailure('LiteLLM was stopped before it was ready.'));
      settle?.reject(signal.reason);
      await prepared;
      await supervised?.stop(10_000);
    },
    kill() {
      stopping.abort();
      supervised?.kill();
    },
  };
}

interface Command {
  readonly python: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

async function prepare(options: LitellmOptions, signal: AbortSignal): Promise<Command> {
  const { source, cacheDir, services, configFile, port } = options;
  const litellm = source.kind === 'given' ? source.litellm : await ownPython(options, signal);
  const node = process.execPath;
  const common = { ...litellm, folder: cacheDir, node, signal };
  const engine = await prismaEngineEnvironment({ ...common, environment: services.base });
  const client = await generatePrismaClient(common);
  const env = litellmEnvironment({ ...services, prisma: engine.environment });
  const address = ['--host', '127.0.0.1', '--port', String(port)];
  return {
    python: litellm.python,
    args: [
      // -P: nothing is imported from the script's own folder.
      ...['-P', startScript, '--config', configFile, ...address],
      ...['--telemetry', 'False', '--num_workers', '1'],
    ],
    env: { ...env, PYTHONPATH: client.pythonPath },
  };
}

async function ownPython({ onNotice }: LitellmOptions, signal: AbortSignal): Promise<LitellmPython> {
  const python = await ensureVenv('litellm', requirements, onNotice, { signal, size: '750 MB' });
  return inspectPython(python, signal);
}

/** Waits until LiteLLM says that it serves and has its database. Rejects only with the signal. */
async function untilReady(port: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
      const reply = await fetch(`http://127.0.0.1:${port}/health/readiness`, { signal: limit });
      await reply.text();
      if (reply.ok) return;
    } catch {
      // Not yet.
    }
    await sleep(250, undefined, { signal });
  }
}

function outageText(how: string, logFile: string): string {
  return `LiteLLM ended (${how}). It is started again; until then its routes answer 503. Its log: ${logFile}`;
}

function failedText(how: string, logFile: string): string {
  return `LiteLLM did not start (${how}); it is tried again. The end of ${logFile}:\n${lastLines(logFile, 8)}`;
}
