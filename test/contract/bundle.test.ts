import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { Agent, get as httpsGet, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { pickPort, simulatorCredentials } from '@genai-gateway/local';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { asked } from '../../packages/local/src/testing/database-owner.ts';
import {
  type ContainedProgram,
  canIsolate,
  howContained,
  imageEnvironment,
  runContained,
} from './support/container.ts';
import { type Deployed, login, startDeployed, untilTrue } from './support/deployed.ts';
import { makeKey } from './support/keys.ts';
import { requestOnce, uniqueWord } from './support/simulator.ts';
import { ALIAS, world } from './support/world.ts';

let deployed: Deployed;
let key = '';
const running: ContainedProgram[] = [];
beforeAll(async () => {
  deployed = await startDeployed();
}, 180_000);
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => deployed?.stop(), 60_000);

describe(`the migration of the image, ${howContained}`, () => {
  it('is done once by two at the same time, and again without harm', async () => {
    const [one, two] = await Promise.all([deployed.migrate(), deployed.migrate()]);
    expect([one?.code, two?.code], `${one?.output}${two?.output}`).toEqual([0, 0]);
    expect(`${one?.output}${two?.output}`.match(/Migrations: 213 of 213 applied/g)).toHaveLength(1);
    const { code, output } = await deployed.migrate();
    expect(code).toBe(0);
    expect(output).toContain('The database is ready.');
    expect(output).not.toContain(deployed.logins.gateway.password);
  });

  it.each<[string, () => Readonly<Record<string, string>>, RegExp]>([
    ['a wrong login of the owner', () => ({ DATABASE_PASSWORD: 'wrong-one' }), /password authentication failed/],
    [
      'an authority that is not the database’s',
      () => ({ DATABASE_CA_FILE: join(deployed.folder, 'rds-ca.pem') }),
      /certificate/,
    ],
    ['a variable that is missing', () => ({ GATEWAY_DATABASE_PASSWORD: '' }), /GATEWAY_DATABASE_PASSWORD is not set/],
  ])('ends with 1 for %s, and says so', async (_name, env, reason) => {
    const { code, output } = await deployed.migrate(env());
    expect(code).toBe(1);
    expect(output).toMatch(reason);
    expect(output).not.toMatch(/wrong-one/);
  });
});

/** The gateway with the variables of a deployment, and those that lead it to the simulator in place of AWS. */
async function startGateway(more: Readonly<Record<string, string>> = {}) {
  const [http, tls] = [await pickPort(), await pickPort()];
  const env = {
    ...imageEnvironment('gateway'),
    GATEWAY_PORT: String(http),
    GATEWAY_TLS_PORT: String(tls),
    GATEWAY_TLS_SELF_SIGNED: 'true',
    AWS_REGION: 'us-east-1',
    BEDROCK_ALLOWED_REGIONS: 'us-west-2',
    DATABASE_POOL_SIZE: '3',
    LITELLM_URL: 'http://litellm:4000',
    LITELLM_MASTER_KEY: 'sk-master-of-the-bundle',
    LITELLM_SALT_KEY: 'sk-salt-of-the-bundle',
    GATEWAY_SECRET: 'a secret of thirty-two characters',
    STORE_MODEL_IN_DB: 'true',
    GATEWAY_DRAIN_DELAY_MS: '500',
    GATEWAY_DRAIN_TIMEOUT_MS: '20000',
    GATEWAY_KEEP_ALIVE_TIMEOUT_MS: '75000',
    GATEWAY_MAX_IN_FLIGHT: '6144',
    GATEWAY_LOAD_LOG_MS: '300',
    ...deployed.environment,
    ...login('DATABASE', deployed.logins.gateway),
    // Of AWS: the role of a task, and the services.
    AWS_ACCESS_KEY_ID: simulatorCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: simulatorCredentials.secretAccessKey,
    BEDROCK_RUNTIME_ENDPOINT_URL: world.simulator,
    BEDROCK_ENDPOINT_URL: world.simulator,
    BEDROCK_AGENT_ENDPOINT_URL: world.simulator,
    S3_ENDPOINT_URL: deployed.s3Endpoint,
    // Node knows the public authorities by which ElastiCache is trusted; of the test's own it is told.
    NODE_EXTRA_CA_CERTS: deployed.authorities,
    ...more,
  };
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const program = runContained({ folder: deployed.folder, command: [process.execPath, 'main.mjs'], env: given });
  running.push(program);
  const isWell = async () => {
    const health = runContained({
      folder: deployed.folder,
      command: [process.execPath, 'health.mjs'],
      env: { ...imageEnvironment('gateway'), GATEWAY_PORT: String(http) },
    });
    return (await health.exited) === 0;
  };
  return { ...program, http, tls, isWell, isReady: async () => (await readiness(tls)) === 200 };
}

/** As the load balancer: over TLS, without looking at the certificate. */
const agent = new Agent({ rejectUnauthorized: false });
const readiness = (port: number) =>
  new Promise<number | undefined>((resolve, reject) => {
    httpsGet({ port, host: '127.0.0.1', path: '/health/readiness', agent }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    }).on('error', reject);
  });

function chat(port: number, body: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const asked = { port, host: '127.0.0.1', path: '/v1/chat/completions', method: 'POST', headers, agent };
    httpsRequest(asked, async (reply) => {
      let text = '';
      for await (const chunk of reply) text += String(chunk);
      resolve(text);
    })
      .on('error', reject)
      .end(JSON.stringify({ model: ALIAS, ...body }));
  });
}

describe(`the gateway of the image, ${howContained}`, { timeout: 60_000 }, () => {
  beforeAll(async () => {
    await deployed.migrate();
    key = await makeKey(deployed.ownerUrl);
  });

  it('serves over its own certificate, counts in the cache, books, and says how loaded it is', async () => {
    const gateway = await startGateway();
    const begun = performance.now();
    await untilTrue(gateway, 30_000, gateway.isReady);
    process.stderr.write(`The bundle is ready after ${Math.round(performance.now() - begun)} ms.\n`);
    expect(await gateway.isWell()).toBe(true);

    const content = `Say ${uniqueWord()}`;
    const answer = JSON.parse(await chat(gateway.tls, { messages: [{ role: 'user', content }] })) as {
      choices?: { message: { content: string } }[];
    };
    expect(answer.choices?.[0]?.message.content, JSON.stringify(answer)).toContain(content);

    const certificate = await new Promise<{ subject: { CN: string }; issuer: { CN: string } }>((resolve, reject) => {
      const socket = connectTls({ port: gateway.tls, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate() as never);
        socket.destroy();
      }).on('error', reject);
    });
    expect(certificate.issuer.CN).toBe(certificate.subject.CN);

    const booked = 'SELECT status, model_group FROM "LiteLLM_SpendLogs"';
    await expect
      .poll(() => asked(deployed.ownerUrl, [booked]), { timeout: 10_000 })
      .toMatchObject([{ model_group: ALIAS }]);

    const cache = new Redis(deployed.redisUrl);
    const clients = String(await cache.client('LIST'));
    await cache.quit();
    expect(clients).toMatch(/user=gateway/);
    await expect
      .poll(() => gateway.output(), { timeout: 10_000 })
      .toMatch(/"inFlight":0,"openStreams":0,.*"msg":"load"/);
    const load = /\{[^\n]*"msg":"load"\}/.exec(gateway.output())?.[0] ?? '{}';
    expect(JSON.parse(load)).toMatchObject({
      bookingsWaiting: expect.any(Number),
      eventLoopDelayMs: expect.any(Number),
    });
    expect(gateway.output()).not.toMatch(/Redis cannot|cannot be read|"level":"(?:error|fatal)"/);
    expect(gateway.output()).not.toContain(deployed.logins.gateway.password);
    gateway.child.kill('SIGTERM');
    expect(await gateway.exited).toBe(0);
  });

  it('lets open streams end after SIGTERM, is not well meanwhile, and ends with 0', async () => {
    const gateway = await startGateway();
    await untilTrue(gateway, 30_000, gateway.isReady);
    const word = uniqueWord();
    const content = `${word} [[sim words=30 delayMs=100]]`;
    const stream = chat(gateway.tls, { stream: true, messages: [{ role: 'user', content }] });
    await requestOnce(word, (request) => request.eventsSent > 0, { withinMs: 10_000 });
    await expect.poll(() => gateway.output(), { timeout: 5_000 }).toMatch(/"openStreams":1/);
    gateway.child.kill('SIGTERM');
    await untilTrue(gateway, 5_000, async () => !(await gateway.isWell()));
    const text = await stream;
    expect(text).toContain('word30');
    expect(text).toContain('[DONE]');
    expect(await gateway.exited).toBe(0);
  });

  it('takes its secrets from files as well', async () => {
    const secrets = mkdtempSync(join(deployed.folder, 'secrets-'));
    for (const name of ['DATABASE_USER', 'DATABASE_PASSWORD', 'REDIS_PASSWORD', 'LITELLM_MASTER_KEY'] as const) {
      const value =
        { ...deployed.environment, ...login('DATABASE', deployed.logins.gateway) }[name] ?? 'sk-from-a-file';
      writeFileSync(join(secrets, name), `${value}\n`, { mode: 0o444 });
    }
    chmodSync(secrets, 0o755);
    const gateway = await startGateway({
      ...{ DATABASE_USER: '', DATABASE_PASSWORD: '', REDIS_PASSWORD: '', LITELLM_MASTER_KEY: '' },
      SECRETS_DIR: secrets,
    });
    await untilTrue(gateway, 30_000, gateway.isReady);
  });

  it('ends at once, and names the object, when its configuration cannot be read', async () => {
    const gateway = await startGateway({ LITELLM_CONFIG_BUCKET_OBJECT_KEY: 'other.yaml' });
    expect(await gateway.exited).toBe(1);
    expect(gateway.output()).toMatch(/s3:\/\/config-bucket\/other\.yaml cannot be read.*s3:GetObject.*NoSuchKey/s);
  });

  it('is not ready with a login that the database does not know, nor by an authority that is not its own', async () => {
    for (const wrong of [{ DATABASE_PASSWORD: 'wrong' }, { DATABASE_CA_FILE: join(deployed.folder, 'rds-ca.pem') }]) {
      const gateway = await startGateway(wrong);
      await untilTrue(gateway, 15_000, async () => /Postgres: not there yet/.test(gateway.output()));
      expect(await readiness(gateway.tls)).toBe(503);
      expect(await gateway.isWell()).toBe(false);
    }
  });

  it.skipIf(!canIsolate)('could not write anywhere', async () => {
    const places = ['/tmp', '/app', '/var/tmp', tmpdir(), deployed.folder];
    const probe = `for (const each of ${JSON.stringify(places)}) try { require('fs').mkdtempSync(each + '/x'); console.log(each); } catch {}`;
    const program = runContained({ folder: deployed.folder, command: [process.execPath, '-e', probe], env: {} });
    expect(await program.exited).toBe(0);
    expect(program.output()).toBe('');
  });
});
