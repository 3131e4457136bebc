import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, startRedis } from '@genai-gateway/local';
import { databaseOfOwner, demandTls } from '../../../packages/local/src/testing/database-owner.ts';
import { cacheDir, temporaryState } from '../../../packages/local/src/testing/temporary-state.ts';
import { bundleGateway } from '../../../scripts/bundle.ts';
import { startConfigBucket } from './config-bucket.ts';
import { type ContainedProgram, imageEnvironment, runContained } from './container.ts';
import { guardedCache } from './guarded-cache.ts';

/** A login to the database. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** What a deployment has around the containers: a database and a cache that demand TLS and logins, a bucket, the bundle. */
export interface Deployed {
  /** The content of the gateway's image. */
  readonly folder: string;
  /** PEM of the authorities that database and cache are trusted by, among others. */
  readonly authorities: string;
  /** The variables of a container that lead to all this, but for its login to the database. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logins: Readonly<Record<'owner' | 'gateway' | 'litellm', Login>>;
  /** The database by its owner, for tests to look into it. */
  readonly ownerUrl: string;
  /** The database by who may see everything. */
  readonly superuserUrl: string;
  /** The cache, for tests to look into it. */
  readonly redisUrl: string;
  readonly s3Endpoint: string;
  /** What the database has logged so far: what it refused, above all. */
  databaseLog(): string;
  /** Runs the migration to its end. */
  migrate(env?: Readonly<Record<string, string>>): Promise<{ readonly code: number | null; readonly output: string }>;
  stop(): Promise<void>;
}

/** Characters that mean something in a shell, a URL or SQL. */
const password = `p@ss/w:o?r#d%20'"\\$&;`;

/** Starts it, with an empty database. Rejects where this machine has no Redis. */
export async function startDeployed(): Promise<Deployed> {
  const kept = temporaryState();
  const signal = new AbortController().signal;
  const postgres = await startPostgres({ state: kept.state, cacheDir, signal });
  const owner = new URL(await databaseOfOwner(postgres.url, 'litellm_of_aws'));
  const databaseAuthority = await demandTls(postgres.url);
  const redis = await startRedis({ state: kept.state, cacheDir, signal });
  if (redis.url === undefined) throw new Error(redis.label);
  const cache = await guardedCache(redis.url, password);
  const bucket = await startConfigBucket();
  // Outside of /tmp, in place of which a container may have one of its own.
  const work = mkdtempSync(join(cacheDir, 'container-'));
  chmodSync(work, 0o755);
  const folder = join(work, 'app');
  await bundleGateway(folder);
  const authorities = join(folder, 'authorities.pem');
  writeFileSync(authorities, readFileSync(join(folder, 'rds-ca.pem'), 'utf8') + databaseAuthority + cache.authority);
  const logins = {
    owner: { user: owner.username, password: decodeURIComponent(owner.password) },
    gateway: { user: 'gateway_login', password },
    litellm: { user: 'litellm_login', password: `${password}2` },
  };
  const database = {
    DATABASE_HOST: 'localhost',
    DATABASE_PORT: String(postgres.port),
    DATABASE_NAME: owner.pathname.slice(1),
    DATABASE_CA_FILE: authorities,
  };
  const ownerUrl = new URL(owner);
  ownerUrl.hostname = 'localhost';
  ownerUrl.searchParams.set('sslmode', 'no-verify');
  return {
    folder,
    authorities,
    environment: {
      ...database,
      REDIS_HOST: 'localhost',
      REDIS_PORT: String(cache.port),
      REDIS_USERNAME: 'gateway',
      REDIS_PASSWORD: password,
      REDIS_SSL: 'true',
      LITELLM_CONFIG_BUCKET_NAME: bucket.name,
      LITELLM_CONFIG_BUCKET_OBJECT_KEY: bucket.key,
    },
    logins,
    ownerUrl: ownerUrl.href,
    superuserUrl: postgres.url,
    redisUrl: redis.url,
    s3Endpoint: bucket.endpoint,
    databaseLog: () => readFileSync(kept.state.file('postgres.log'), 'utf8'),
    async migrate(env = {}) {
      const migration = runContained({
        folder,
        command: [process.execPath, 'migrate.mjs'],
        env: {
          ...imageEnvironment('gateway'),
          ...database,
          ...login('DATABASE', logins.owner),
          ...login('GATEWAY_DATABASE', logins.gateway),
          ...login('LITELLM_DATABASE', logins.litellm),
          ...env,
        },
      });
      return { code: await migration.exited, output: migration.output() };
    },
    async stop() {
      bucket.close();
      cache.close();
      await redis.stop();
      await postgres.stop();
      kept.remove();
      rmSync(work, { recursive: true, force: true });
    },
  };
}

/** The variables of a login, such as GATEWAY_DATABASE_USER and GATEWAY_DATABASE_PASSWORD. */
export function login(prefix: string, { user, password }: Login): Record<string, string> {
  return { [`${prefix}_USER`]: user, [`${prefix}_PASSWORD`]: password };
}

/** Asks until the answer is what is waited for. Throws with what the program said, where it ended or took too long. */
export async function untilTrue(
  program: ContainedProgram,
  withinMs: number,
  ask: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    if (program.child.exitCode !== null)
      throw new Error(`It ended with ${program.child.exitCode}: ${program.output()}`);
    if (await ask().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`Not in ${withinMs} ms: ${program.output()}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}
