import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { routeTable } from '@genai-gateway/config';
import { defaultPrompts, defaultResources, startBedrockSimulator } from '@genai-gateway/simulators';
import { endLeftovers } from './daemon.ts';
import { prepareDatabase } from './database.ts';
import { historyElsewhere, startDynamodb } from './dynamodb.ts';
import { startFunctions } from './functions/start-functions.ts';
import { gatewayMain, startGateway } from './gateway-process.ts';
import { noIssuers, startIssuer } from './issuer.ts';
import { LaunchFailure } from './launch-failure.ts';
import { withoutProviderKeys } from './litellm/litellm-environment.ts';
import { findLitellm } from './litellm/litellm-python.ts';
import { startLitellm } from './litellm/start-litellm.ts';
import { ensureTlsFiles } from './local-ca.ts';
import { isPortFree, nextFreePort, pickPort, whoListens } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { clearPostgresOutside } from './postgres-folders.ts';
import { startProviders } from './providers.ts';
import { startRedis } from './redis.ts';
import { Running } from './running.ts';
import { randomKey, randomToken } from './secrets.ts';
import type { Stack, StackOptions, Step } from './stack-types.ts';
import { StateFolder } from './state-folder.ts';
import { historyOffText, litellmOffText } from './texts.ts';
import { simulatorCredentials, upstreamEnvironment, without } from './upstream.ts';

/** The LiteLLM configuration that is used when no other is given. */
export const defaultConfigFile = fileURLToPath(new URL('../litellm.config.yaml', import.meta.url));
const defaultCacheDir = fileURLToPath(new URL('../../../.cache', import.meta.url));
/** What functions answer, on the gateway's own host. */
const functionPaths = routeTable.filter(({ target }) => target !== 'gateway').map(({ paths }) => paths[0]);
/** Variables of the caller's shell that would lead the gateway to another database, Redis or configuration. */
const elsewhere = [
  ...[
    'DATABASE_URL',
    'DATABASE_HOST',
    'DATABASE_PORT',
    'DATABASE_NAME',
    'DATABASE_USER',
    'DATABASE_PASSWORD',
    'DATABASE_CA_FILE',
  ],
  ...['REDIS_URL', 'REDIS_HOST', 'REDIS_PORT', 'REDIS_USERNAME', 'REDIS_PASSWORD', 'REDIS_SSL'],
  ...['LITELLM_CONFIG_BUCKET_NAME', 'LITELLM_CONFIG_BUCKET_OBJECT_KEY'],
  ...['REQUEST_LOG_BUCKET', 'ARCHIVE_BUCKET', 'EXPORT_BUCKET', 'AWS_LAMBDA_FUNCTION_NAME'],
  ...['DATABASE_SECRET_ARN', 'REDIS_SECRET_ARN', 'GATEWAY_SECRET_ARN'],
  ...['LITELLM_MASTER_KEY_SECRET_ARN', 'LITELLM_SALT_KEY_SECRET_ARN'],
];

/**
 * Starts the whole gateway on this machine: Postgres, Redis, DynamoDB, the Bedrock simulator and the gateway, and
 * LiteLLM beside it, which goes on getting ready in the background.
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
  const saltKey = findSaltKey(options, state);
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
  const history = async () => {
    const found = await startDynamodb({
      state,
      region: env['AWS_REGION'] || 'us-east-1',
      signal,
      onSpawn: (daemon) => running.add('dynamodb', daemon),
    });
    if ('missing' in found) {
      notice(historyOffText(found.missing));
      return { value: undefined, detail: `none: ${found.missing}` };
    }
    running.warnOnEnd(
      found.daemon,
      notice,
      `DynamoDB ended. Sessions cannot be read or saved until the next start. Its log: ${state.file('dynamodb.log')}`,
    );
    return { value: found, detail: `dynalite on ${found.url}` };
  };
  const certificates = async () => {
    const files = ensureTlsFiles(state, Date.now());
    return { value: files, detail: files.ca };
  };
  const simulator = async () => {
    if (upstream.kind !== 'simulator')
      return { value: undefined, detail: upstream.kind === 'url' ? upstream.url : 'AWS' };
    const port = await pickPort(state.port('simulator'));
    const started = await startBedrockSimulator({
      host: '127.0.0.1',
      port,
      credentials: [simulatorCredentials],
      region: env['AWS_REGION'] || 'us-east-1',
      prompts: defaultPrompts,
      resources: defaultResources,
    });
    running.addCloser(() => started.close());
    state.keepPort('simulator', started.port);
    return { value: started, detail: `simulator on ${started.url}` };
  };

  const litellm = async () => {
    if (options.litellm !== 'on') return undefined;
    const source = await findLitellm(options.litellmPython, signal);
    if (source.kind === 'none') {
      notice(litellmOffText(source.reason));
      return undefined;
    }
    const port = await pickPort(state.port('litellm'));
    state.keepPort('litellm', port);
    const providers = await step('Providers', async () => {
      const started = await startProviders(state, upstream, env);
      running.addCloser(() => started.close());
      return { value: started, detail: started.label };
    });
    const issuer = await step('Logins', async () => {
      const started = await startIssuer(state, env);
      running.addCloser(async () => await started.simulator?.close());
      return { value: started, detail: started.simulator?.issuer ?? 'by the issuers of the environment' };
    });
    return { source, port, url: `http://127.0.0.1:${port}`, providers, issuer };
  };

  const tasks = [
    step('Database', database),
    step('Redis', redis),
    step('Chat history', history),
    step('Certificates', certificates),
    step('Bedrock', simulator),
    litellm(),
  ] as const;
  const [databaseUrl, redisUrl, dynamodb, tls, simulated, management] = await Promise.all(tasks).catch(
    async (error: unknown) => {
      // What is still starting must come to its end before it can be stopped.
      running.abort.abort(error);
      await Promise.allSettled(tasks);
      throw options.signal?.aborted === true ? options.signal.reason : error;
    },
  );

  const aws = upstreamEnvironment(upstream, env, simulated?.url);
  /** Of the gateway and of the functions. */
  const shared: NodeJS.ProcessEnv = {
    ...without(withoutProviderKeys(aws), [
      ...['LITELLM_URL', 'SECRETS_DIR', 'GATEWAY_TLS_SELF_SIGNED'],
      ...elsewhere,
      ...historyElsewhere,
    ]),
    DATABASE_URL: databaseUrl,
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    ...dynamodb?.environment,
    LITELLM_MASTER_KEY: masterKey,
    LITELLM_SALT_KEY: saltKey,
    // Models made in the Admin UI hold, whether LiteLLM runs this time or not.
    STORE_MODEL_IN_DB: 'True',
    LITELLM_CONFIG_FILE: configFile,
    ...(management === undefined ? noIssuers : management.issuer.environment),
    REQUEST_LOG_DIR: state.file('request-logs'),
    LOG_LEVEL: env['LOG_LEVEL'] ?? 'info',
  };
  const functions = await step('Functions', async () => {
    const started = await startFunctions({
      env: { ...shared, EXPORT_DIR: state.file('exports'), ARCHIVE_DIR: state.file('archive') },
      state,
      signal,
      onSpawn: (daemon) => running.add('functions', daemon),
    });
    const functionsLog = state.file('functions.log');
    running.warnOnEnd(
      started.daemon,
      notice,
      `The functions ended: ${functionPaths.join(', ')} answer 502 until the next start. Their log: ${functionsLog}`,
    );
    return { value: started, detail: `${functionPaths.join(', ')}; Lambda’s Invoke on ${started.url}` };
  });

  const gatewayLog = state.file('gateway.log');
  const gateway = await step('Gateway', async () => {
    const started = await startGateway({
      main: options.gatewayMain ?? gatewayMain,
      env: {
        ...shared,
        LOCAL_FUNCTIONS_URL: functions.url,
        GATEWAY_HOST: '127.0.0.1',
        GATEWAY_PORT: String(options.port),
        GATEWAY_TLS_PORT: String(options.tlsPort),
        GATEWAY_TLS_CERT_FILE: tls.certificate,
        GATEWAY_TLS_KEY_FILE: tls.key,
        ...(management === undefined ? {} : { LITELLM_URL: management.url }),
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

  const http = `http://localhost:${gateway.httpPort}`;
  const login = { username: 'admin', password: state.secret('uiPassword', randomToken) };
  if (management !== undefined) {
    running.litellm = startLitellm({
      ...{ state, cacheDir, configFile, onNotice: notice },
      source: management.source,
      port: management.port,
      services: {
        base: { ...aws, ...management.providers.environment },
        ...{ databaseUrl, redisUrl, masterKey, saltKey, publicUrl: http },
        ...login,
      },
    });
  }

  return {
    http,
    https: `https://localhost:${gateway.tlsPort}`,
    ca: tls.ca,
    keys,
    masterKey,
    databaseUrl,
    redisUrl,
    dynamodb: dynamodb && { url: dynamodb.url, pid: dynamodb.daemon.pid, environment: dynamodb.environment },
    simulator: simulated,
    functions: functions.url,
    litellm:
      management === undefined || running.litellm === undefined
        ? undefined
        : { ...running.litellm, url: management.url, adminUi: `${http}/ui/`, ...login },
    providers: management?.providers,
    issuer: management?.issuer.simulator,
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

/**
 * What LiteLLM encrypts credentials with in its database. A state has its own for good; a database that
 * was given may hold what was encrypted elsewhere, so there the environment's goes first.
 */
function findSaltKey({ databaseUrl, env = process.env }: StackOptions, state: StateFolder): string {
  const given = databaseUrl === undefined ? undefined : env['LITELLM_SALT_KEY'];
  return given || state.secret('saltKey', randomKey);
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
