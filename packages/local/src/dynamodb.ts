import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CredentialSource, createHistoryTable } from '@genai-gateway/aws';
import { type Daemon, lastLines, startDaemon } from './daemon.ts';
import { errorText } from './launch-failure.ts';
import { pickPort } from './ports.ts';
import type { StateFolder } from './state-folder.ts';

/** What {@link startDynamodb} needs. */
export interface DynamodbOptions {
  readonly state: StateFolder;
  readonly region: string;
  readonly signal: AbortSignal;
  readonly onSpawn?: (daemon: Daemon) => void;
}

/** The DynamoDB that keeps the sessions of chat history. */
export interface RunningDynamodb {
  readonly url: string;
  readonly daemon: Daemon;
  /** The gateway's variables for it. */
  readonly environment: NodeJS.ProcessEnv;
}

const serverMain = fileURLToPath(new URL('./dynamodb-server.ts', import.meta.url));
const tableName = 'genai-gateway-sessions';
const folder = 'dynamodb';
const TABLE_TIMEOUT_MS = 20_000;

/** Chat history stays on this machine, so what leads it elsewhere is taken out of the gateway's environment. */
export const historyElsewhere: readonly string[] = [
  'HISTORY_TABLE',
  'HISTORY_BUCKET',
  'HISTORY_BLOB_DIR',
  'DYNAMODB_ENDPOINT_URL',
  'S3_ENDPOINT_URL',
];

/**
 * Starts dynalite as a process of its own on what it has kept in the state folder, and makes the table there; large turns
 * are files beside it. Gives the reason, for a person, when it cannot be run on this machine.
 * Throws a `LaunchFailure` when its data cannot be read.
 */
export async function startDynamodb(options: DynamodbOptions): Promise<RunningDynamodb | { readonly missing: string }> {
  const { state, region, signal } = options;
  const logFile = state.file('dynamodb.log');
  const port = await pickPort(state.port('dynamodb'));
  const daemon = await startDaemon({
    name: 'dynamodb',
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', serverMain, String(port), state.file(folder)],
    env: process.env,
    state,
    logFile,
    stopSignal: 'SIGTERM',
    ipc: true,
  });
  options.onSpawn?.(daemon);
  const listens = await listening(daemon, signal);
  if (!listens) return { missing: `dynalite did not start (${lastLines(logFile, 1)}; ${logFile})` };
  state.keepPort('dynamodb', port);
  const url = `http://127.0.0.1:${port}`;
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TABLE_TIMEOUT_MS)]);
    await createHistoryTable({ credentials: anybody, region, endpoint: url, tableName }, limit);
  } catch (error) {
    signal.throwIfAborted();
    await daemon.stop(1_000);
    throw state.corrupt(folder, `dynalite cannot use it (${causeText(error)})`, error);
  }
  return {
    url,
    daemon,
    environment: {
      HISTORY_TABLE: tableName,
      DYNAMODB_ENDPOINT_URL: url,
      HISTORY_BLOB_DIR: state.file('history-blobs'),
    },
  };
}

/** It takes any. Real ones have no business on this port. */
const anybody = new CredentialSource(async () => ({ accessKeyId: 'local', secretAccessKey: 'local' }), Date.now);

/** Whether it serves; false: it has ended before. */
async function listening(daemon: Daemon, signal: AbortSignal): Promise<boolean> {
  let serves = false;
  daemon.child.once('message', () => {
    serves = true;
  });
  while (!serves && !daemon.hasExited()) await sleep(5, undefined, { signal });
  return serves;
}

function causeText(error: unknown): string {
  return errorText(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
