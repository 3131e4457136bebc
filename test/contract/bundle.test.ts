import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { asked } from '../../packages/local/src/testing/database-owner.ts';
import { canIsolate, howContained, runContained } from './support/container.ts';
import { type Deployed, login, startDeployed, untilTrue } from './support/deployed.ts';
import { chatOverTls, type GatewayContainer, startGatewayContainer } from './support/gateway-container.ts';
import { makeKey } from './support/keys.ts';
import { requestOnce, uniqueWord } from './support/simulator.ts';

/** Of the model list that a deployment has by default. */
const model = 'nova-lite';

let deployed: Deployed;
let key = '';
const running: GatewayContainer[] = [];
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

async function started(more: Readonly<Record<string, string>> = {}): Promise<GatewayContainer> {
  const gateway = await startGatewayContainer(deployed, more);
  running.push(gateway);
  return gateway;
}

describe(`the gateway of the image, ${howContained}`, { timeout: 60_000 }, () => {
  beforeAll(async () => {
    await deployed.migrate();
    key = await makeKey(deployed.ownerUrl);
  });

  it('serves over its own certificate, counts in the cache, books, and says how loaded it is', async () => {
    const gateway = await started();
    const begun = performance.now();
    await untilTrue(gateway, 30_000, gateway.isReady);
    process.stderr.write(`The bundle is ready after ${Math.round(performance.now() - begun)} ms.\n`);
    expect(await gateway.isWell()).toBe(true);

    const content = `Say ${uniqueWord()}`;
    const answer = JSON.parse(await chatOverTls(gateway, key, { model, messages: [{ role: 'user', content }] })) as {
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
      .toMatchObject([{ model_group: model }]);

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
    const gateway = await started();
    await untilTrue(gateway, 30_000, gateway.isReady);
    const word = uniqueWord();
    const content = `${word} [[sim words=30 delayMs=100]]`;
    const stream = chatOverTls(gateway, key, { model, stream: true, messages: [{ role: 'user', content }] });
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
    const gateway = await started({
      ...{ DATABASE_USER: '', DATABASE_PASSWORD: '', REDIS_PASSWORD: '', LITELLM_MASTER_KEY: '' },
      SECRETS_DIR: secrets,
    });
    await untilTrue(gateway, 30_000, gateway.isReady);
  });

  it('ends at once, and names the object, when its configuration cannot be read', async () => {
    const gateway = await started({ LITELLM_CONFIG_BUCKET_OBJECT_KEY: 'other.yaml' });
    expect(await gateway.exited).toBe(1);
    expect(gateway.output()).toMatch(/s3:\/\/config-bucket\/other\.yaml cannot be read.*s3:GetObject.*NoSuchKey/s);
  });

  it('is not ready with a login that the database does not know, nor by an authority that is not its own', async () => {
    for (const wrong of [{ DATABASE_PASSWORD: 'wrong' }, { DATABASE_CA_FILE: join(deployed.folder, 'rds-ca.pem') }]) {
      const gateway = await started(wrong);
      await untilTrue(gateway, 15_000, async () => /Postgres: not there yet/.test(gateway.output()));
      expect(await gateway.readiness()).toBe(503);
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
