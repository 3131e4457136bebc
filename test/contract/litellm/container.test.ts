import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked } from '../../../packages/local/src/testing/database-owner.ts';
import { lacksMoto, type MotoServer, startMoto } from '../../../scripts/moto/moto-server.ts';
import { canIsolate, howContained, repository } from '../support/container.ts';
import { type Deployed, startDeployed, untilTrue } from '../support/deployed.ts';
import { chatOverTls, startGatewayContainer } from '../support/gateway-container.ts';
import { ask, chat } from '../support/litellm.ts';
import { type LitellmContainer, masterKey, providerKey, startLitellmContainer } from '../support/litellm-container.ts';
import { at } from '../support/reply.ts';
import { requestLogs } from '../support/request-log-bucket.ts';
import { world } from '../support/world.ts';

/** It needs Python, and reads the shared stack's LiteLLM in /proc. */
const isLacking = world.litellm === undefined || process.platform !== 'linux' || lacksMoto;
const canary = 'canary-in-a-coal-mine';
const isReady = async ({ http }: LitellmContainer) => (await fetch(`${http}/health/readiness`)).ok;

describe.skipIf(isLacking)(`LiteLLM's container, ${howContained}`, { timeout: 240_000 }, () => {
  let deployed: Deployed;
  let litellm: LitellmContainer;
  let s3: MotoServer;
  beforeAll(async () => {
    deployed = await startDeployed();
    s3 = await startMoto('us-east-1');
    await requestLogs(s3).make();
    const migration = await deployed.migrate();
    if (migration.code !== 0) throw new Error(migration.output);
    const logged = { REQUEST_LOG_BUCKET: requestLogs(s3).bucket, S3_ENDPOINT_URL: s3.url };
    litellm = await startLitellmContainer(deployed, logged);
    await untilTrue(litellm, 240_000, () => isReady(litellm));
  }, 300_000);
  afterAll(async () => {
    litellm?.child.kill('SIGKILL');
    await s3?.stop();
    await deployed?.stop();
  }, 60_000);

  const manage = (path: string, body: object) => ask(path, { http: litellm.http, key: masterKey, body });

  it('serves models of the bucket’s configuration, with the keys of providers, to keys that it makes', async () => {
    const made = await manage('/key/generate', { models: ['openai/*'], max_budget: 1 });
    expect(made.status, made.text).toBe(200);
    const key = String(at(made.json, 'key'));
    const answer = await ask('/v1/chat/completions', {
      http: litellm.http,
      key,
      body: chat('openai/gpt-4o-mini', 'Hello'),
    });
    expect(answer.status, answer.text).toBe(200);
  });

  it('manages with a role that may change rows alone, and is refused nothing', async () => {
    const team = await manage('/team/new', { team_alias: 'team', tpm_limit: 5 });
    expect(team.status, team.text).toBe(200);
    for (const [path, body] of [
      ['/user/new', { user_email: 'person@example.com' }],
      ['/budget/new', { budget_id: 'b', max_budget: 3 }],
      ['/model/new', { model_name: 'of-the-table', litellm_params: { model: 'openai/gpt-4o-mini' }, model_info: {} }],
      ['/team/update', { team_id: at(team.json, 'team_id'), rpm_limit: 7 }],
      ['/team/delete', { team_ids: [at(team.json, 'team_id')] }],
    ] as const) {
      const { status, text } = await manage(path, body);
      expect(status, `${path}: ${text}`).toBe(200);
    }
    for (const path of [
      '/global/spend',
      '/global/spend/keys',
      '/global/spend/models',
      '/spend/logs',
      '/health/readiness',
    ]) {
      const { status, text } = await ask(path, { http: litellm.http, key: masterKey });
      expect(status, `${path}: ${text}`).toBe(200);
    }
    // Its spend is written some seconds later.
    const logs = 'SELECT 1 FROM "LiteLLM_SpendLogs"';
    await expect.poll(() => asked(deployed.ownerUrl, [logs]), { timeout: 30_000 }).not.toHaveLength(0);
    expect(deployed.databaseLog()).not.toMatch(/permission denied|must be owner/);
    expect(litellm.output()).not.toMatch(/NOPERM|permission denied|Read-only file system|PermissionError/i);
  });

  it('serves what the gateway of the image does not, by the same keys and counters', async () => {
    const gateway = await startGatewayContainer(deployed, { LITELLM_URL: litellm.http, LITELLM_MASTER_KEY: masterKey });
    try {
      await untilTrue(gateway, 30_000, gateway.isReady);
      const made = await manage('/key/generate', { rpm_limit: 2 });
      const key = String(at(made.json, 'key'));
      const messages = [{ role: 'user', content: 'Hello' }];
      const through = await chatOverTls(gateway, key, { model: 'openai/gpt-4o-mini', messages });
      expect(through).toContain('"choices"');
      const itself = await chatOverTls(gateway, key, { model: 'nova-lite', messages });
      expect(itself).toContain('"choices"');
      expect(await chatOverTls(gateway, key, { model: 'nova-lite', messages })).toMatch(/rate.?limit/i);
    } finally {
      gateway.child.kill('SIGKILL');
    }
  });

  it('has its Admin UI', async () => {
    for (const path of ['/ui/', '/get_image']) expect((await ask(path, { http: litellm.http })).status, path).toBe(200);
  });

  it('speaks TLS to the database and the cache, as itself, with as many connections as it was told', async () => {
    const sessions = `SELECT DISTINCT usename, ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE usename = 'litellm_login'`;
    expect(await asked(deployed.superuserUrl, [sessions])).toEqual([{ usename: 'litellm_login', ssl: true }]);
    expect(litellm.output()).toContain('writer connection_limit 4');
    const cache = new Redis(deployed.redisUrl);
    const clients = String(await cache.client('LIST'));
    await cache.quit();
    expect(clients).toMatch(/user=gateway.*lib-name=redis-py/);
  });

  it('shows no secret in its output', () => {
    const { litellm: own, gateway, owner } = deployed.logins;
    for (const secret of [masterKey, providerKey, own.password, gateway.password, owner.password]) {
      expect(litellm.output()).not.toContain(secret);
      expect(litellm.output()).not.toContain(encodeURIComponent(secret));
    }
  });

  it.skipIf(!canIsolate)('writes nothing but a certificate and what it caches', () => {
    const written = readdirSync(`/proc/${litellm.child.pid}/root/tmp`).filter(
      (name) => !`${repository}/`.startsWith(`/tmp/${name}/`),
    );
    expect(written.filter((name) => !/^litellm-(?:sslcert-[0-9a-f]+\.pem|assets|migrations)$/.test(name))).toEqual([]);
    expect(written.join()).toContain('litellm-sslcert');
  });

  it('logs its calls, and the gateway its own, each once, in one bucket and one shape, without a prompt', async () => {
    const logs = requestLogs(s3);
    const made = await manage('/key/generate', { key_alias: 'logged' });
    const key = String(at(made.json, 'key'));
    const gateway = await startGatewayContainer(deployed, {
      LITELLM_MASTER_KEY: masterKey,
      LITELLM_URL: litellm.http,
      LITELLM_CONFIG_BUCKET_NAME: logs.bucket,
      S3_ENDPOINT_URL: s3.url,
      REQUEST_LOG_BUCKET: logs.bucket,
    });
    const messages = [{ role: 'user', content: canary }];
    try {
      await untilTrue(gateway, 30_000, gateway.isReady);
      for (const stream of [false, true]) {
        await chatOverTls(gateway, key, { model: 'nova-lite', messages, stream });
        await chatOverTls(gateway, key, { model: 'openai/gpt-4o-mini', messages, stream });
      }
      expect(await chatOverTls(gateway, key, { model: 'openai/gpt-4o-mini', messages: 'none' })).toContain('error');
    } finally {
      gateway.child.kill('SIGTERM');
    }
    await gateway.exited;
    // What LiteLLM holds yet it writes when it ends.
    const begun = performance.now();
    litellm.child.kill('SIGTERM');
    await litellm.exited;
    expect(performance.now() - begun, 'it ends in time').toBeLessThan(30_000);
    const hash = createHash('sha256').update(key).digest('hex');
    const all = await logs.lines();
    const own = all.filter(({ line }) => at(line, 'metadata', 'user_api_key_hash') === hash);
    const by = (prefix: string) => own.filter(({ name }) => name.startsWith(prefix)).map(({ line }) => line);
    expect
      .soft(by('gateway/').map((line) => at(line, 'model')))
      .toEqual(Array(2).fill('bedrock/amazon.nova-lite-v1:0'));
    const through = by('litellm/').filter((line) => at(line, 'status') === 'success');
    expect(through.map((line) => at(line, 'model_group'))).toEqual(Array(2).fill('openai/gpt-4o-mini'));
    expect(by('litellm/').filter((line) => at(line, 'status') === 'failure')).toHaveLength(1);
    expect
      .soft(all.every(({ name }) => /^(?:gateway|litellm)\/\d{4}-\d\d-\d\d\/\d\d\/[^/]+\.jsonl$/.test(name)))
      .toBe(true);
    expect(JSON.stringify(all)).not.toContain(canary);
    expect(JSON.stringify(all)).not.toContain(key);
    for (const [index, mine] of by('gateway/').entries()) agree(mine, through[index]);
  });

  it('does not serve beside a database that is not the one that it trusts', async () => {
    const other = await startLitellmContainer(deployed, { DATABASE_CA_FILE: join(deployed.folder, 'rds-ca.pem') });
    let ready = false;
    const watching = setInterval(() => {
      void isReady(other).then(
        (is) => {
          ready ||= is;
        },
        () => undefined,
      );
    }, 500);
    await Promise.race([other.exited, new Promise((resume) => setTimeout(resume, 60_000))]);
    clearInterval(watching);
    other.child.kill('SIGKILL');
    expect(ready).toBe(false);
    expect(other.output()).toMatch(/certificate|TLS|SSL/i);
  });
});

/** Two lines of like calls: what one has the other has, of the same kind. */
function agree(mine: unknown, theirs: unknown): void {
  const kinds = (line: unknown, path: readonly string[]) =>
    Object.fromEntries(Object.entries(at(line, ...path) as object).map(([name, value]) => [name, kindOf(value)]));
  const unknownHere = {
    api_base: '',
    model_parameters: {},
    request_tags: [],
    requester_ip_address: null,
    user_agent: null,
  };
  const [own, other] = [kinds(mine, []), kinds(theirs, [])];
  expect(Object.keys(own).toSorted()).toEqual(Object.keys(other).toSorted());
  for (const name of Object.keys(own).filter((each) => !(each in unknownHere))) {
    if (own[name] !== 'null') expect(own[name], name).toBe(other[name]);
  }
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}
