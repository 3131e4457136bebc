import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { defaultConfigFile, keyHash, randomKey, StateFolder, simulatorCredentials } from '@genai-gateway/local';
import { startBedrockSimulator, startOpenaiSimulator } from '@genai-gateway/simulators';
import pg from 'pg';
import { Relay } from '../../packages/local/src/testing/relay.ts';
import { type RotatedKind, startRotationWorld } from '../contract/support/rotation-world.ts';
import { call } from './support/call.ts';
import { LitellmService } from './support/litellm-service.ts';
import { startReplica } from './support/replica.ts';
import { must, Report, say } from './support/report.ts';
import { judged, RotationTraffic } from './support/rotation-traffic.ts';

const usage = `Rotates every secret under traffic: two gateways, moto's Secrets Manager, real Postgres and Valkey, the real LiteLLM.

  node scripts/run.mjs test/proof/rotation.ts [--short] [--only KIND]

  --short       without LiteLLM: what only the gateway reads, in less than a minute
  --only KIND   one secret alone: database, cache, litellm-database or master-key
`;

const { values } = parseArgs({
  options: { short: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
});
const short = values.short === true;
const saltKey = 'salt';
const FRESH_KEYS = short ? 2_000 : 10_000;
/** Both of LiteLLM's tasks serve for so long, one with each master key. */
const MIXED_MS = 4_000;

async function main(): Promise<number> {
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const stops: (() => unknown)[] = [];
  try {
    return await prove(stops);
  } finally {
    for (const stop of stops.toReversed())
      await Promise.resolve(stop()).catch((error) => say(`While stopping: ${error}`));
  }
}

async function prove(stops: (() => unknown)[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'rotation-proof-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const world = await startRotationWorld();
  stops.push(() => world.stop());
  Object.assign(process.env, world.environment, { LOG_LEVEL: 'error' });
  const { handler } = await import('../../functions/secret-rotation/src/handler.ts');
  const bedrock = await startBedrockSimulator({ credentials: [simulatorCredentials] });
  stops.push(() => bedrock.close());

  const login = async (kind: RotatedKind) =>
    JSON.parse((await world.text(kind, 'AWSCURRENT')) ?? '') as { username: string; password: string };
  const masterKey = async () => (await world.text('master-key', 'AWSCURRENT')) ?? '';
  const { DATABASE_HOST = '', DATABASE_PORT = '', REDIS_HOST = '', REDIS_PORT = '' } = world.environment;
  const databaseUrl = ({ username, password }: { username: string; password: string }) =>
    `postgresql://${username}:${encodeURIComponent(password)}@${DATABASE_HOST}:${DATABASE_PORT}/rotation`;

  const pool = Array.from({ length: FRESH_KEYS }, () => randomKey());
  const known = pool.splice(0, 5);
  await writeKeys(databaseUrl(await login('litellm-database')), [...known, ...pool]);

  const litellm = short ? undefined : await startService();
  async function startService(): Promise<LitellmService> {
    const openai = await startOpenaiSimulator();
    stops.push(() => openai.close());
    const { AWS_ENDPOINT_URL: _moto, AWS_ENDPOINT_URL_ELASTICACHE: _cache, ...env } = process.env;
    const service = await LitellmService.start({
      stateOf: (start) => StateFolder.open(join(folder, `litellm-${start}`)),
      cacheDir: resolve(import.meta.dirname, '../../.cache'),
      saltKey,
      base: {
        ...env,
        AWS_REGION: 'us-east-1',
        OPENAI_API_KEY: 'sk-simulated-openai',
        OPENAI_API_BASE: `${openai.url}/v1`,
        OPENAI_BASE_URL: `${openai.url}/v1`,
      },
      readSecrets: async () => {
        const cache = await login('cache');
        return {
          databaseUrl: databaseUrl(await login('litellm-database')),
          redisUrl: `redis://${cache.username}:${encodeURIComponent(cache.password)}@${REDIS_HOST}:${REDIS_PORT}`,
          masterKey: await masterKey(),
        };
      },
    });
    stops.push(() => service.stop());
    return service;
  }

  const environment = (postgres: URL, redis: URL, refreshMs: number) => ({
    ...(process.env['PATH'] === undefined ? {} : { PATH: process.env['PATH'] }),
    ...{ DATABASE_HOST: postgres.hostname, DATABASE_PORT: postgres.port, DATABASE_NAME: 'rotation' },
    ...{ REDIS_HOST: redis.hostname, REDIS_PORT: redis.port },
    DATABASE_SECRET_ARN: world.arns.database,
    REDIS_SECRET_ARN: world.arns.cache,
    LITELLM_MASTER_KEY_SECRET_ARN: world.arns['master-key'],
    LITELLM_SALT_KEY_SECRET_ARN: world.arns.salt,
    SECRETS_MANAGER_ENDPOINT_URL: world.environment['AWS_ENDPOINT_URL'] ?? '',
    SECRETS_REFRESH_MS: String(refreshMs),
    LITELLM_CONFIG_FILE: defaultConfigFile,
    STORE_MODEL_IN_DB: 'True',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: simulatorCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: simulatorCredentials.secretAccessKey,
    BEDROCK_RUNTIME_ENDPOINT_URL: bedrock.url,
    ...(litellm === undefined ? {} : { LITELLM_URL: litellm.url }),
  });
  const postgres = new URL(`postgresql://${DATABASE_HOST}:${DATABASE_PORT}`);
  const redis = new URL(`redis://${REDIS_HOST}:${REDIS_PORT}`);
  // One whose timer never comes, and whose connections are cut when all its passwords are old.
  const toPostgres = new Relay(postgres.href);
  const toRedis = new Relay(redis.href);
  await Promise.all([toPostgres.start(), toRedis.start()]);
  stops.push(() => {
    toPostgres.cut();
    toRedis.cut();
  });
  const replicas = await Promise.all([
    startReplica('replica A', environment(postgres, redis, 5_000)),
    startReplica('replica B', environment(postgres, redis, 60_000)),
    startReplica('replica C', environment(new URL(toPostgres.url), new URL(toRedis.url), 3_600_000)),
  ]);
  const [a, b, c] = replicas;
  stops.push(() => Promise.all(replicas.map((each) => each.kill())));

  const freshKey = () => pool.pop() ?? '';
  const report = new Report(() => replicas.flatMap((each) => each.complaints()));
  const traffic = new RotationTraffic({
    replicas: [a.url, b.url],
    keys: known,
    freshKey,
    masterKey: litellm === undefined ? undefined : masterKey,
  });
  const rotate = async (kind: RotatedKind) => {
    const token = randomUUID();
    for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
      await handler({ SecretId: world.arns[kind], ClientRequestToken: token, Step }, { awsRequestId: randomUUID() });
    }
    if (litellm !== undefined && kind !== 'database') await litellm.roll(MIXED_MS);
    await sleep(2_000);
  };
  const rotated = async (name: string, kinds: readonly RotatedKind[]) => {
    if (values.only !== undefined && !kinds.some((kind) => kind === values.only)) return;
    await report.prove(`rotation: ${name}`, async () => {
      const from = traffic.asked.length;
      for (const kind of kinds) await rotate(kind);
      return judged(traffic.asked.slice(from));
    });
  };

  say(`Everything runs after ${(performance.now() / 1000).toFixed(0)} s.`);
  await sleep(1_000);
  await rotated('the gateway’s user of the database, twice', ['database', 'database']);
  await rotated('the user of the cache, twice', ['cache', 'cache']);
  const old = await masterKey();
  if (litellm !== undefined) {
    await rotated('LiteLLM’s user of the database', ['litellm-database']);
    await rotated('the master key, twice', ['master-key', 'master-key']);
  }
  await traffic.end();

  await report.prove('rotation: a replica that has heard of nothing connects anew', async () => {
    toPostgres.cut();
    toRedis.cut();
    await Promise.all([toPostgres.start(), toRedis.start()]);
    // A connection that was lost a moment ago would fail a call by itself.
    await sleep(300);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        call(c.url, { key: freshKey(), model: 'nova-lite', text: 'word', dialect: 'chat' }),
      ),
    );
    const failed = answers.filter(({ status }) => status !== 200);
    must(failed.length === 0, `${failed.length} of 20 calls failed: ${failed[0]?.status} ${failed[0]?.text}`);
    return '20 calls with keys that it had to ask Postgres for, all answered';
  });

  await report.prove('rotation: who may come as master', async () => {
    const ask = async (key: string, url: string) =>
      (await call(url, { key, model: 'nova-lite', text: 'word', dialect: 'chat' })).status;
    if (short) await rotate('master-key');
    const newest = await masterKey();
    const previous = (await world.text('master-key', 'AWSPREVIOUS')) ?? newest;
    must(
      (await ask(newest, c.url)) === 200,
      'the newest master key is not taken by a replica that has not read it yet',
    );
    must((await ask(previous, a.url)) === 200, 'the master key before the newest is not taken within its time');
    if (!short && (values.only ?? 'master-key') === 'master-key')
      must((await ask(old, a.url)) === 401, 'a master key that was replaced twice is taken');
    return 'the newest and the one before it, at once; none older';
  });
  return report.end();
}

async function writeKeys(url: string, keys: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const insert = `INSERT INTO "LiteLLM_VerificationToken" (token, key_name, models, created_by, updated_by)
    SELECT token, 'sk-...', '{}', 'proof', 'proof' FROM unnest($1::text[]) AS token`;
  await client.query(insert, [keys.map((key) => keyHash(key))]).finally(() => client.end());
}

process.exitCode = await main();
