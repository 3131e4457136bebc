import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { prepareLitellmDatabase, RedisLogins } from '@genai-gateway/litellm';
import { startPostgres, startRedis } from '@genai-gateway/local';
import { Redis } from 'ioredis';
import pg from 'pg';
import {
  type ElastiCacheServer,
  startElastiCacheServer,
} from '../../../packages/aws/src/test-support/elasticache-server.ts';
import { as, databaseOfOwner } from '../../../packages/local/src/testing/database-owner.ts';
import { cacheDir, temporaryState } from '../../../packages/local/src/testing/temporary-state.ts';
import { startMoto } from '../../../scripts/moto/moto-server.ts';
import { cacheAccess } from '../../../stacks/data/cache-user.ts';

const region = 'eu-west-1';
const signal = AbortSignal.timeout(600_000);
/** Of the database; its superuser here is called `gateway`. */
const logins = ['rows_gateway', 'rows_litellm'] as const;

export type RotatedKind = 'database' | 'litellm-database' | 'cache' | 'master-key';

interface LoginText {
  readonly username: string;
  readonly password: string;
}

/** What secret-rotation works on: moto, a real Postgres and Valkey, ElastiCache's users on the wire. */
export interface RotationWorld {
  /** The function's variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly elastiCache: ElastiCacheServer;
  readonly arns: Readonly<Record<RotatedKind | 'salt' | 'owner', string>>;
  readonly secrets: SecretsManagerClient;
  /** Undefined: no version has this label. */
  text(kind: RotatedKind, label: string): Promise<string | undefined>;
  /** Rejects unless the text opens what the kind is of. */
  open(kind: RotatedKind, text: string): Promise<void>;
  /** Ids of the deployments that LiteLLM's service has. */
  deployments(): Promise<readonly (string | undefined)[]>;
  stop(): Promise<void>;
}

/** Needs Python and a Valkey. */
export async function startRotationWorld(): Promise<RotationWorld> {
  const kept = temporaryState();
  const [moto, postgres, redis] = await Promise.all([
    startMoto(region),
    startPostgres({ state: kept.state, cacheDir, signal }),
    startRedis({ state: kept.state, cacheDir, signal }),
  ]);
  if (redis.url === undefined) throw new Error(`There is no Valkey: ${redis.label}.`);
  const admin = new Redis(redis.url);
  await admin.call('ACL', 'SETUSER', 'gateway', '>first', ...cacheAccess.split(' '));
  const apply = async (userName: string, passwords: readonly string[]) => {
    await admin.call('ACL', 'SETUSER', userName, 'resetpass', ...passwords.map((each) => `>${each}`));
  };
  const elastiCache = await startElastiCacheServer({ userName: 'gateway', apply });

  const ownerUrl = await databaseOfOwner(postgres.url, 'rotation');
  const roles = logins.map((name) => ({ name, password: 'first' }));
  await prepareLitellmDatabase({ url: ownerUrl, logins: roles, log: () => {}, patienceMs: 10_000 });

  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = moto.environment;
  const client = { region, endpoint: moto.url, credentials: { accessKeyId, secretAccessKey } };
  const secrets = new SecretsManagerClient(client);
  const create = async (Name: string, SecretString: string) =>
    (await secrets.send(new CreateSecretCommand({ Name, SecretString }))).ARN ?? '';
  const login = (username: string) => JSON.stringify({ username, password: 'first' });
  const owner = new URL(ownerUrl);
  const ownerText = { username: owner.username, password: decodeURIComponent(owner.password) };
  const arns = {
    database: await create('database', login(logins[0])),
    'litellm-database': await create('litellm-database', login(logins[1])),
    cache: await create('cache', login('gateway')),
    'master-key': await create('master-key', `sk-${'first'.repeat(8)}`),
    salt: await create('salt', 'salt'),
    owner: await create('owner', JSON.stringify(ownerText)),
  };
  const ecs = new ECSClient(client);
  await startLitellmService(ecs);
  const cache = new URL(redis.url);
  const environment = {
    ...moto.environment,
    AWS_ENDPOINT_URL_ELASTICACHE: elastiCache.url,
    ROTATIONS: JSON.stringify(
      Object.fromEntries(
        (['database', 'litellm-database', 'cache', 'master-key'] as const).map((kind) => [arns[kind], kind]),
      ),
    ),
    DATABASE_HOST: owner.hostname,
    DATABASE_PORT: owner.port,
    DATABASE_NAME: 'rotation',
    DATABASE_OWNER_SECRET_ARN: arns.owner,
    REDIS_HOST: cache.hostname,
    REDIS_PORT: cache.port,
    CACHE_USER_ID: elastiCache.userId,
    LITELLM_SALT_KEY_SECRET_ARN: arns.salt,
    LITELLM_ECS_CLUSTER: 'cluster',
    LITELLM_ECS_SERVICE: 'litellm',
  };
  return {
    environment,
    elastiCache,
    arns,
    secrets,
    text: async (kind, label) => {
      const command = new GetSecretValueCommand({ SecretId: arns[kind], VersionStage: label });
      return (await secrets.send(command).catch(() => undefined))?.SecretString;
    },
    open: async (kind, text) => {
      if (kind === 'master-key') return;
      const { username, password } = JSON.parse(text) as LoginText;
      if (kind === 'cache') return openCache(cache, username, password);
      const database = new pg.Client({ connectionString: as(ownerUrl, username, password) });
      await database.connect();
      await database.query(`UPDATE "LiteLLM_TeamTable" SET team_alias = team_alias`).finally(() => database.end());
    },
    deployments: async () => {
      const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'cluster', services: ['litellm'] }));
      return (services?.[0]?.deployments ?? []).map(({ id }) => id);
    },
    stop: async () => {
      admin.disconnect();
      secrets.destroy();
      ecs.destroy();
      await Promise.all([elastiCache.stop(), moto.stop(), postgres.stop(), redis.stop()]);
      kept.remove();
    },
  };
}

async function openCache(url: URL, username: string, password: string): Promise<void> {
  const as = new URL(url);
  as.username = username;
  as.password = password;
  await new RedisLogins({ urlOf: () => as.href }).check({ username, password }, signal);
}

async function startLitellmService(ecs: ECSClient): Promise<void> {
  await ecs.send(new CreateClusterCommand({ clusterName: 'cluster' }));
  const containerDefinitions = [{ name: 'litellm', image: 'litellm', memory: 64 }];
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'litellm', containerDefinitions }));
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'cluster',
      serviceName: 'litellm',
      taskDefinition: 'litellm',
      desiredCount: 2,
      deploymentController: { type: 'ECS' },
    }),
  );
}
