import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Daemon, lastLines, startDaemon } from '../daemon.ts';
import { LaunchFailure } from '../launch-failure.ts';
import type { StateFolder } from '../state-folder.ts';

const functionsMain = fileURLToPath(new URL('./functions-main.ts', import.meta.url));

/** What {@link startFunctions} needs. */
export interface FunctionsOptions {
  /** Its whole environment, by the names that the functions know. */
  readonly env: NodeJS.ProcessEnv;
  readonly state: StateFolder;
  readonly signal: AbortSignal;
  readonly onSpawn: (daemon: Daemon) => void;
}

/** Starts the process that serves the Lambda functions. Throws {@link LaunchFailure} when it ends before it serves. */
export async function startFunctions({ env, state, signal, onSpawn }: FunctionsOptions): Promise<{
  readonly url: string;
  readonly daemon: Daemon;
}> {
  const logFile = state.file('functions.log');
  const daemon = await startDaemon({
    name: 'functions',
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', functionsMain],
    env,
    state,
    logFile,
    stopSignal: 'SIGTERM',
    ipc: true,
  });
  onSpawn(daemon);
  let url: string | undefined;
  daemon.child.once('message', (message) => {
    const { url: told } = Object(message) as { readonly url?: unknown };
    if (typeof told === 'string') url = told;
  });
  while (url === undefined && !daemon.hasExited()) await sleep(5, undefined, { signal });
  if (url === undefined) {
    throw new LaunchFailure(`The functions did not start. The end of ${logFile}:\n${lastLines(logFile, 12)}`);
  }
  return { url, daemon };
}
