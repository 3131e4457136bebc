import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultConfigFile, randomKey, type Stack, simulatorCredentials, startStack } from '@genai-gateway/local';
import {
  type BedrockSimulator,
  type OidcSimulator,
  type OpenaiSimulator,
  startOidcSimulator,
} from '@genai-gateway/simulators';
import { Redis } from 'ioredis';
import pg from 'pg';
import { at } from '../../contract/support/reply.ts';
import { type Replica, startReplica } from './replica.ts';
import { say } from './report.ts';
import { type Restartable, restartablePostgres, restartableRedis } from './restartable.ts';

const cacheDir = resolve(import.meta.dirname, '../../../.cache');

/** What a token of a model costs, in dollars, by LiteLLM's own word. */
export interface TokenPrice {
  readonly input: number;
  readonly output: number;
}

/** Two replicas of the gateway beside the real LiteLLM, on one Postgres and one Valkey, all of which can be killed. */
export interface ProofWorld {
  readonly replicas: readonly [Replica, Replica];
  readonly postgres: Restartable;
  readonly redis: Restartable;
  readonly bedrock: BedrockSimulator;
  readonly openai: OpenaiSimulator;
  /** The issuer whose tokens the replicas take: as an Okta, by the short form of its configuration. */
  readonly oidc: OidcSimulator;
  /** LiteLLM's own address, which no client uses. */
  readonly litellm: string;
  readonly masterKey: string;
  /** The address of a replica, by turns. */
  replica(index: number): string;
  /** Calls LiteLLM's management with the master key; through the first replica unless told otherwise. Throws unless that is a 200. */
  manage(path: string, body?: object, http?: string): Promise<unknown>;
  generateKey(settings?: object): Promise<string>;
  sql(text: string, values?: readonly unknown[]): Promise<Readonly<Record<string, unknown>>[]>;
  /** Runs something with a connection to Valkey. */
  withRedis<T>(use: (redis: Redis) => Promise<T>): Promise<T>;
  price(model: string): Promise<TokenPrice>;
  stop(): Promise<void>;
}

/** Starts everything: half a minute, once LiteLLM's packages are there. */
export async function startWorld(): Promise<ProofWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-proof-'));
  // Postgres's user, which is not root, can then reach its data in here, and nothing is kept anywhere else.
  chmodSync(folder, 0o711);
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const each of stops.toReversed()) await each().catch((error: unknown) => say(`While stopping: ${error}`));
    // This folder and nothing beside it: others work below the same one.
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const postgres = await restartablePostgres(folder, cacheDir);
    stops.push(() => postgres.kill());
    const redis = await restartableRedis(folder, cacheDir);
    stops.push(() => redis.kill());
    const saltKey = randomKey();
    // With a key of its own for OpenAI, the stack would call OpenAI itself.
    const { OPENAI_API_KEY: _openai, ...rest } = process.env;
    const stack = await startStack({
      stateDir: join(folder, 'stack'),
      ...{ port: 0, tlsPort: 0, litellm: 'on', cacheDir, databaseUrl: postgres.url },
      env: { ...rest, REDIS_URL: redis.url, LITELLM_SALT_KEY: saltKey },
      onNotice: (text) => {
        if (!text.includes('Python packages')) say(text);
      },
    });
    stops.push(() => stack.stop());
    const { litellm, simulator, providers, masterKey } = stack;
    const openai = providers?.openai;
    if (litellm === undefined || simulator === undefined || openai === undefined) throw new Error('LiteLLM is off.');
    await litellm.ready;
    const oidc = await startOidcSimulator();
    stops.push(() => oidc.close());
    const env = replicaEnvironment(stack, {
      postgres: postgres.url,
      redis: redis.url,
      saltKey,
      litellm: litellm.url,
      oidc,
    });
    const replicas = [await startReplica('replica A', env), await startReplica('replica B', env)] as const;
    stops.push(() => Promise.all(replicas.map((each) => each.kill())));
    return worldOf({
      replicas,
      postgres,
      redis,
      bedrock: simulator,
      openai,
      oidc,
      litellm: litellm.url,
      masterKey,
      stop,
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

function replicaEnvironment(
  { masterKey, simulator }: Stack,
  urls: {
    readonly postgres: string;
    readonly redis: string;
    readonly saltKey: string;
    readonly litellm: string;
    readonly oidc: OidcSimulator;
  },
): Readonly<Record<string, string>> {
  return {
    ...(process.env['PATH'] === undefined ? {} : { PATH: process.env['PATH'] }),
    DATABASE_URL: urls.postgres,
    REDIS_URL: urls.redis,
    LITELLM_URL: urls.litellm,
    LITELLM_CONFIG_FILE: defaultConfigFile,
    LITELLM_MASTER_KEY: masterKey,
    LITELLM_SALT_KEY: urls.saltKey,
    STORE_MODEL_IN_DB: 'True',
    OKTA_ISSUER: urls.oidc.issuer,
    OKTA_AUDIENCE: urls.oidc.audience,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: simulatorCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: simulatorCredentials.secretAccessKey,
    BEDROCK_RUNTIME_ENDPOINT_URL: simulator?.url ?? '',
  };
}

type Parts = Pick<
  ProofWorld,
  'replicas' | 'postgres' | 'redis' | 'bedrock' | 'openai' | 'oidc' | 'litellm' | 'masterKey' | 'stop'
>;

function worldOf(parts: Parts): ProofWorld {
  const { replicas, postgres, redis, masterKey } = parts;
  const manage: ProofWorld['manage'] = async (path, body, http = replicas[0].url) => {
    const reply = await fetch(http + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (reply.status !== 200) throw new Error(`${path} answered ${reply.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  };
  return {
    ...parts,
    manage,
    replica: (index) => (replicas[index % 2] ?? replicas[0]).url,
    generateKey: async (settings = {}) => String(at(await manage('/key/generate', settings), 'key')),
    async sql(text, values = []) {
      const client = new pg.Client({ connectionString: postgres.url });
      await client.connect();
      try {
        return (await client.query(text, [...values])).rows;
      } finally {
        await client.end();
      }
    },
    async withRedis(use) {
      const client = new Redis(redis.url, { maxRetriesPerRequest: null });
      client.on('error', () => undefined);
      try {
        return await use(client);
      } finally {
        client.disconnect();
      }
    },
    price: (model) => priceOf(manage, model),
  };
}

async function priceOf(manage: ProofWorld['manage'], model: string): Promise<TokenPrice> {
  const models = at(await manage('/model/info'), 'data');
  if (!Array.isArray(models)) throw new Error('LiteLLM lists no models.');
  const info = at(
    models.find((each) => at(each, 'model_name') === model),
    'model_info',
  );
  const [input, output] = [at(info, 'input_cost_per_token'), at(info, 'output_cost_per_token')];
  if (typeof input !== 'number' || typeof output !== 'number') throw new Error(`LiteLLM has no price of ${model}.`);
  return { input, output };
}

/** Asks again and again until the answer is `undefined`, which is good, or the time is over: then the last answer, which says what is wrong. */
export async function untilGood(
  look: () => Promise<string | undefined>,
  withinMs: number,
  everyMs = 200,
): Promise<string | undefined> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const wrong = await look();
    if (wrong === undefined || Date.now() > deadline) return wrong;
    await sleep(everyMs);
  }
}
