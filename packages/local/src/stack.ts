import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BedrockSimulator, startBedrockSimulator } from '@genai-gateway/simulators';
import type { Daemon, Exit } from './daemon.ts';
import { endLeftovers } from './daemon.ts';
import { prepareDatabase } from './database.ts';
import { gatewayMain, startGateway } from './gateway-process.ts';
import { LaunchFailure } from './launch-failure.ts';
import { ensureTlsFiles } from './local-ca.ts';
import { isPortFree, nextFreePort, pickPort, whoListens } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { clearPostgresOutside } from './postgres-folders.ts';
import { startRedis } from './redis.ts';
import { randomKey } from './secrets.ts';
import { StateFolder } from './state-folder.ts';
import { simulatorCredentials, type Upstream, upstreamEnvironment } from './upstream.ts';

/** The LiteLLM configuration that is used when no other is given. */
export const defaultConfigFile = fileURLToPath(new URL('../litellm.config.yaml', import.meta.url));
const defaultCacheDir = fileURLToPath(new URL('../../../.cache', import.meta.url));

/** One finished step of a start, for a line on the terminal. */
export interface Step {
  readonly name: string;
  readonly detail: string;
  readonly durationMs: number;
}

/** What {@link startStack} needs. Ports of 0 take any free one. */
export interface StackOptions {
  readonly stateDir: string;
  readonly port: number;
  readonly tlsPort: number;
  /** Default: the simulator. */
  readonly upstream?: Upstream;
  /** Virtual keys to make; none makes one of its own, the same at every start. */
  readonly keys?: readonly string[];
  readonly configFile?: string;
  /** A Postgres to use in place of the embedded one. LiteLLM's migrations are applied to it. */
  readonly databaseUrl?: string;
  /** Deletes the state first. */
  readonly reset?: boolean;
  /** Shows the gateway's log on this process's standard error as well. */
  readonly echoLog?: boolean;
  /** Where programs of the machine's platform are kept, shared between state folders. */
  readonly cacheDir?: string;
  /** Default: this process's environment. `REDIS_URL`, `LOG_LEVEL` and the AWS variables are read from it. */
  readonly env?: NodeJS.ProcessEnv;
  /** The gateway's entry point, for a gateway other than the repository's. */
  readonly gatewayMain?: string;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: Step) => void;
  /** Something that a person should know and that stops nothing. */
  readonly onNotice?: (text: string) => void;
}

/** Everything running. */
export interface Stack {
  /** `http://localhost:3000` */
  readonly http: string;
  /** `https://localhost:3443` */
  readonly https: string;
  /** Path of the PEM file with the local authority's certificate. */
  readonly ca: string;
  readonly keys: readonly string[];
  readonly masterKey: string;
  readonly databaseUrl: string;
  /** Undefined: no Redis could be had. */
  readonly redisUrl: string | undefined;
  /** Undefined unless the upstream is the simulator. */
  readonly simulator: BedrockSimulator | undefined;
  readonly gatewayLog: string;
  /** Settles when the gateway's process ends, by {@link Stack.stop} or by itself. */
  readonly gatewayExited: Promise<Exit>;
  /** Stops everything in order: gateway, Postgres, Redis, simulator. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends every process at once. */
  kill(): void;
  /** Stops, then deletes the state folder and what Postgres may keep outside of it: for tests. */
  destroy(): Promise<void>;
}

/**
 * Starts the whole gateway on this machine: Postgres, Redis, the Bedrock simulator and the gateway.
 * On failure everything that was started is stopped again, then it throws (what can be expected to
 * go wrong: {@link LaunchFailure}).
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const state = StateFolder.open(options.stateDir);
  const running = new Running(state);
  try {
    return await start(options, state, running);
  } catch (error) {
    running.abort.abort(error);
    await running.stop();
    throw error;
  }
}

async function start(options: StackOptions, state: StateFolder, running: Running): Promise<Stack> {
  const env = options.env ?? process.env;
  const upstream = options.upstream ?? { kind: 'simulator' };
  const cacheDir = options.cacheDir ?? defaultCacheDir;
  const notice = options.onNotice ?? (() => undefined);
  const configFile = options.configFile ?? defaultConfigFile;
  const signal = AbortSignal.any([running.abort.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const step = stepTimer(options.onStep);

  if (!existsSync(configFile))
    throw new LaunchFailure(`--config ${configFile}: there is no such file.`, { exitCode: 2 });
  const left = await endLeftovers(state);
  if (left.length > 0) notice(`Ended what an earlier start had left running: ${left.join(', ')}.`);
  if (options.reset === true) {
    state.clear();
    clearPostgresOutside(state);
    notice(`Deleted the state in ${state.path}.`);
  }
  await Promise.all([checkPort('--port', options.port), checkPort('--tls-port', options.tlsPort)]);

  const masterKey = state.secret('masterKey', randomKey);
  const given = options.keys ?? [];
  const keys = given.length > 0 ? given : [state.secret('virtualKey', randomKey)];

  const database = async () => {
    let url = options.databaseUrl;
    let detail = 'given by --database-url';
    if (url === undefined) {
      const postgres = await startPostgres({
        state,
        cacheDir,
        signal,
        onSpawn: (daemon) => running.add('postgres', daemon),
      });
      if (postgres.dataOutside !== undefined) {
        notice(
          `Postgres cannot run as root, and its user cannot enter ${state.path}: its data is in ${postgres.dataOutside}.`,
        );
      }
      running.warnOnEnd(
        postgres.daemon,
        notice,
        `Postgres ended. Keys the gateway has seen keep working. Its log: ${state.file('postgres.log')}`,
      );
      url = postgres.url;
      detail = `127.0.0.1:${postgres.port}`;
    }
    const { applied, total } = await prepareDatabase(url, keys, signal);
    return {
      value: url,
      detail: `${detail}, ${applied === 0 ? `${total} migrations in place` : `${applied} migrations applied`}`,
    };
  };
  const redis = async () => {
    const url = env['REDIS_URL'];
    const found = await startRedis({
      state,
      cacheDir,
      signal,
      ...(url === undefined || url === '' ? {} : { url }),
      onSpawn: (daemon) => running.add('redis', daemon),
    });
    if (found.daemon !== undefined) {
      running.warnOnEnd(
        found.daemon,
        notice,
        `Redis ended. The gateway goes on without it. Its log: ${state.file('redis.log')}`,
      );
    }
    return { value: found.url, detail: found.label };
  };
  const certificates = async () => {
    const files = ensureTlsFiles(state, Date.now());
    return { value: files, detail: files.ca };
  };
  const simulator = async () => {
    if (upstream.kind !== 'simulator')
      return { value: undefined, detail: upstream.kind === 'url' ? upstream.url : 'AWS' };
    const port = await pickPort(state.port('simulator'));
    const started = await startBedrockSimulator({ host: '127.0.0.1', port, credentials: [simulatorCredentials] });
    running.closeSimulator = () => started.close();
    state.keepPort('simulator', started.port);
    return { value: started, detail: `simulator on ${started.url}` };
  };

  const tasks = [
    step('Database', database),
    step('Redis', redis),
    step('Certificates', certificates),
    step('Bedrock', simulator),
  ] as const;
  const [databaseUrl, redisUrl, tls, simulated] = await Promise.all(tasks).catch(async (error: unknown) => {
    // What is still starting must come to its end before it can be stopped.
    running.abort.abort(error);
    await Promise.allSettled(tasks);
    throw options.signal?.aborted === true ? options.signal.reason : error;
  });

  const gatewayLog = state.file('gateway.log');
  const gateway = await step('Gateway', async () => {
    const { REDIS_URL: _redis, DATABASE_URL: _database, ...rest } = upstreamEnvironment(upstream, env, simulated?.url);
    const started = await startGateway({
      main: options.gatewayMain ?? gatewayMain,
      env: {
        ...rest,
        GATEWAY_HOST: '127.0.0.1',
        GATEWAY_PORT: String(options.port),
        GATEWAY_TLS_PORT: String(options.tlsPort),
        GATEWAY_TLS_CERT_FILE: tls.certificate,
        GATEWAY_TLS_KEY_FILE: tls.key,
        DATABASE_URL: databaseUrl,
        ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
        LITELLM_MASTER_KEY: masterKey,
        LITELLM_CONFIG_FILE: configFile,
        LOG_LEVEL: env['LOG_LEVEL'] ?? 'info',
        // No load balancer has to notice first, and nobody waits long at a terminal.
        GATEWAY_DRAIN_DELAY_MS: env['GATEWAY_DRAIN_DELAY_MS'] ?? '0',
        GATEWAY_DRAIN_TIMEOUT_MS: env['GATEWAY_DRAIN_TIMEOUT_MS'] ?? '5000',
      },
      state,
      echoLog: options.echoLog ?? false,
      signal,
      onSpawn: (daemon) => running.add('gateway', daemon),
    });
    return { value: started, detail: `ready, log in ${gatewayLog}` };
  });

  return {
    http: `http://localhost:${gateway.httpPort}`,
    https: `https://localhost:${gateway.tlsPort}`,
    ca: tls.ca,
    keys,
    masterKey,
    databaseUrl,
    redisUrl,
    simulator: simulated,
    gatewayLog,
    gatewayExited: gateway.daemon.exited,
    stop: () => running.stop(),
    kill: () => running.kill(),
    async destroy() {
      await running.stop();
      clearPostgresOutside(state);
      rmSync(state.path, { recursive: true, force: true });
    },
  };
}

type Part = 'gateway' | 'postgres' | 'redis';

/** What was started so far, and how it is stopped. */
class Running {
  readonly abort = new AbortController();
  closeSimulator: (() => Promise<void>) | undefined;
  readonly #daemons = new Map<Part, Daemon>();
  readonly #state: StateFolder;
  #stopping: Promise<void> | undefined;

  constructor(state: StateFolder) {
    this.#state = state;
  }

  add(part: Part, daemon: Daemon): void {
    this.#daemons.set(part, daemon);
  }

  warnOnEnd(daemon: Daemon, notice: (text: string) => void, text: string): void {
    void daemon.exited.then(() => {
      if (this.#stopping === undefined) notice(text);
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  kill(): void {
    for (const daemon of this.#daemons.values()) daemon.kill();
    this.#state.release();
  }

  async #stopAll(): Promise<void> {
    // The gateway first: it drains, and what it drains is booked in the others.
    await this.#daemons.get('gateway')?.stop(15_000);
    await this.#daemons.get('postgres')?.stop(10_000);
    await this.#daemons.get('redis')?.stop(5_000);
    await this.closeSimulator?.();
    this.#state.release();
  }
}

function stepTimer(onStep: ((step: Step) => void) | undefined) {
  return async <T>(name: string, work: () => Promise<{ value: T; detail: string }>): Promise<T> => {
    const begun = performance.now();
    const { value, detail } = await work();
    onStep?.({ name, detail, durationMs: performance.now() - begun });
    return value;
  };
}

async function checkPort(option: string, port: number): Promise<void> {
  if (port === 0 || (await isPortFree(port))) return;
  const who = whoListens(port);
  const free = await nextFreePort(port);
  throw new LaunchFailure(`${option} ${port} is in use${who === undefined ? '' : ` by ${who}`}.`, {
    mend: `Stop that, or take another port: ${option} ${free} is free, ${option} 0 takes any.`,
  });
}
