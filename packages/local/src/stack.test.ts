import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processIdentity } from './process-identity.ts';
import { startStack } from './stack.ts';
import type { Stack, StackOptions, Step } from './stack-types.ts';
import { cacheDir, temporaryFolder } from './testing/temporary-state.ts';

const gatewayMain = fileURLToPath(new URL('./testing/stand-in-gateway.ts', import.meta.url));
let folder: ReturnType<typeof temporaryFolder>;
let stack: Stack | undefined;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
  folder.remove();
});

const stateDir = () => join(folder.path, 'state');

async function start(options: Partial<StackOptions> = {}): Promise<Stack> {
  const { REDIS_URL: _, ...env } = process.env;
  stack = await startStack({ stateDir: stateDir(), port: 0, tlsPort: 0, cacheDir, gatewayMain, env, ...options });
  return stack;
}

async function gatewayEnvironment({ http }: Stack): Promise<Record<string, string>> {
  return (await (await fetch(`${http}/env`)).json()) as Record<string, string>;
}

function recorded(): { name: string; pid: number; identity: string }[] {
  return JSON.parse(readFileSync(join(stateDir(), 'processes.json'), 'utf8')).processes;
}

const runs = (pid: number) => processIdentity(pid) !== undefined;

describe('startStack', () => {
  it('gives the gateway its environment, and the same keys and ports at the next start', async () => {
    const first = await start({ env: { PATH: process.env['PATH'], AWS_PROFILE: 'mine', DATABASE_URL: 'not this' } });
    const env = await gatewayEnvironment(first);
    expect(env).toMatchObject({
      GATEWAY_HOST: '127.0.0.1',
      DATABASE_URL: first.databaseUrl,
      LITELLM_MASTER_KEY: first.masterKey,
      AWS_REGION: 'us-east-1',
      BEDROCK_RUNTIME_ENDPOINT_URL: first.simulator?.url,
      LOG_LEVEL: 'info',
    });
    expect(env['REDIS_URL']).toBe(first.redisUrl);
    expect(env['AWS_PROFILE']).toBeUndefined();
    expect(existsSync(env['LITELLM_CONFIG_FILE'] ?? '')).toBe(true);

    const status = await new Promise((resolve, reject) => {
      get(`${first.https}/`, { ca: readFileSync(first.ca) }, (reply) => resolve(reply.statusCode)).on('error', reject);
    });
    expect(status).toBe(200);

    const pids = recorded().map(({ pid }) => pid);
    await first.stop();
    expect(pids.filter(runs)).toEqual([]);
    const second = await start();
    expect(second.keys).toEqual(first.keys);
    expect(second.masterKey).toBe(first.masterKey);
    expect(second.databaseUrl).toBe(first.databaseUrl);
    expect(second.simulator?.url).toBe(first.simulator?.url);
  }, 60_000);

  it('keeps chat history on this machine, whatever the environment names and whichever Bedrock it is', async () => {
    const env = {
      PATH: process.env['PATH'],
      HISTORY_TABLE: 'in-aws',
      HISTORY_BUCKET: 'in-aws',
      S3_ENDPOINT_URL: 'http://other',
      HISTORY_RETENTION_DAYS: '7',
    };
    const steps: string[] = [];
    const onStep = ({ name, detail }: Step) => steps.push(`${name}: ${detail}`);
    const running = await start({ env, upstream: { kind: 'aws' }, onStep });
    const url = running.dynamodb?.url;
    expect(steps).toContain(`Chat history: dynalite on ${url}`);
    const given = await gatewayEnvironment(running);
    expect(given).toMatchObject({
      HISTORY_TABLE: 'genai-gateway-sessions',
      DYNAMODB_ENDPOINT_URL: url,
      HISTORY_BLOB_DIR: join(stateDir(), 'history-blobs'),
      HISTORY_RETENTION_DAYS: '7',
    });
    expect([given['HISTORY_BUCKET'], given['S3_ENDPOINT_URL']]).toEqual([undefined, undefined]);
    await running.stop();
    expect(existsSync(join(stateDir(), 'dynamodb', 'CURRENT'))).toBe(true);
    expect((await start()).dynamodb?.url).toBe(url);
  }, 60_000);

  it('keeps the keys of providers from the gateway, and tells it how models of the database are read', async () => {
    const env = {
      PATH: process.env['PATH'],
      OPENAI_API_KEY: 'sk-mine',
      LITELLM_URL: 'http://other',
      LITELLM_SALT_KEY: 'x',
    };
    const given = await gatewayEnvironment(await start({ env }));
    expect(given['OPENAI_API_KEY']).toBeUndefined();
    expect(given['LITELLM_URL']).toBeUndefined();
    expect(given).toMatchObject({ STORE_MODEL_IN_DB: 'True', LITELLM_SALT_KEY: expect.stringMatching(/^sk-\w{32}$/) });
    await stack?.stop();
    expect((await gatewayEnvironment(await start()))['LITELLM_SALT_KEY']).toBe(given['LITELLM_SALT_KEY']);
  }, 60_000);

  it('makes exactly the keys that were asked for, and new ones after a reset', async () => {
    const first = await start({ keys: ['sk-one-11', 'sk-two-22'] });
    expect(first.keys).toEqual(['sk-one-11', 'sk-two-22']);
    await first.stop();
    const second = await start({ reset: true });
    expect(second.masterKey).not.toBe(first.masterKey);
    expect(second.keys[0]).toMatch(/^sk-[A-Za-z0-9]{32}$/);
  }, 60_000);

  it('stops all it started and says what the gateway said when that dies at the start', async () => {
    const env = { PATH: process.env['PATH'], LOG_LEVEL: 'die-at-start' };
    await expect(start({ env })).rejects.toThrow(/ended before it served[\s\S]*stand-in: cannot start/);
    expect(recorded()).toEqual([]);
    expect(existsSync(join(stateDir(), 'launcher.lock'))).toBe(false);
  }, 60_000);

  it('says when the gateway dies later', async () => {
    const running = await start();
    await fetch(`${running.http}/die`).catch(() => undefined);
    expect(await running.gatewayExited).toEqual({ code: 3, signal: null });
  }, 60_000);

  it('names the option, the holder and a free port when a port is in use', async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port));
    });
    try {
      const failed = start({ tlsPort: port });
      await expect(failed).rejects.toThrow(new RegExp(`--tls-port ${port} is in use by .*pid ${process.pid}`));
      await expect(failed).rejects.toMatchObject({ mend: expect.stringMatching(/--tls-port \d+ is free/) });
    } finally {
      holder.close();
    }
  }, 60_000);

  it('says --reset when the data of Postgres is broken', async () => {
    await (await start()).stop();
    writeFileSync(join(stateDir(), 'postgres/cluster/global/pg_control'), 'broken');
    await expect(start()).rejects.toMatchObject({ name: 'LaunchFailure', mend: expect.stringMatching(/--reset/) });
    expect((await start({ reset: true })).keys.length).toBe(1);
  }, 60_000);

  it.runIf(process.getuid?.() === 0)(
    'keeps the data elsewhere when root’s Postgres cannot enter the state',
    async () => {
      chmodSync(folder.path, 0o700);
      const notices: string[] = [];
      const first = await start({ onNotice: (text) => notices.push(text) });
      expect(existsSync(join(stateDir(), 'postgres'))).toBe(false);
      const place = /data is in (\/\S+)\.$/.exec(notices.join('\n'))?.[1] ?? '';
      expect(existsSync(join(place, 'data/cluster/PG_VERSION'))).toBe(true);
      await first.stop();
      const second = await start({ reset: true });
      await second.destroy();
      expect([existsSync(place), existsSync(stateDir())]).toEqual([false, false]);
    },
    60_000,
  );

  it('refuses a REDIS_URL where nobody answers', async () => {
    const env = { PATH: process.env['PATH'], REDIS_URL: 'redis://127.0.0.1:1' };
    await expect(start({ env })).rejects.toThrow(/127\.0\.0\.1:1, where no Redis answers/);
  }, 60_000);

  it('goes on without Redis when none can be had', async () => {
    const empty = join(folder.path, 'cache');
    // No server and no pip on this PATH. Postgres is copied anew.
    const path = process.env['PATH'];
    process.env['PATH'] = folder.path;
    try {
      const running = await start({ cacheDir: empty, env: {} });
      expect(running.redisUrl).toBeUndefined();
      expect((await gatewayEnvironment(running))['REDIS_URL']).toBeUndefined();
    } finally {
      process.env['PATH'] = path;
    }
  }, 60_000);

  it('goes on without LiteLLM when there is no Python, and says what is off', async () => {
    const notices: string[] = [];
    const path = process.env['PATH'];
    const python = process.env['PYTHON'];
    process.env['PATH'] = folder.path;
    delete process.env['PYTHON'];
    try {
      const running = await start({ litellm: 'on', onNotice: (text) => notices.push(text) });
      expect([running.litellm, running.providers]).toEqual([undefined, undefined]);
      expect(notices.join('\n')).toMatch(/LiteLLM is off: Python 3\.11 or newer is needed: none was found/);
      expect(notices.join('\n')).toMatch(/no Admin UI[\s\S]*Install Python/);
      expect((await gatewayEnvironment(running))['LITELLM_URL']).toBeUndefined();
    } finally {
      process.env['PATH'] = path;
      if (python !== undefined) process.env['PYTHON'] = python;
    }
  }, 60_000);

  it('can be given up while it starts', async () => {
    const giveUp = new AbortController();
    const failed = start({ signal: giveUp.signal, onStep: () => giveUp.abort(new Error('given up')) });
    await expect(failed).rejects.toThrow('given up');
    expect(recorded()).toEqual([]);
  }, 60_000);

  it('leaves nothing running when the launcher is killed', async () => {
    const script = `
      import { startStack } from ${JSON.stringify(new URL('./stack.ts', import.meta.url).href)};
      await startStack(${JSON.stringify({ stateDir: stateDir(), port: 0, tlsPort: 0, cacheDir, gatewayMain })});
      console.log('up');`;
    const { REDIS_URL: _, ...env } = process.env;
    const launcher = spawn(process.execPath, ['--input-type=module', '-e', script], { env });
    await new Promise((resolve, reject) => {
      launcher.stdout.once('data', resolve);
      launcher.once('exit', () => reject(new Error('the launcher did not start')));
    });
    const left = recorded();
    expect(left.map(({ name }) => name)).toEqual(expect.arrayContaining(['gateway', 'postgres', 'dynamodb']));
    launcher.kill('SIGKILL');
    while (left.some(({ pid, identity }) => processIdentity(pid) === identity)) await sleep(20);
    // Its lock and its records are stale now, and the next start gets over that.
    expect((await start()).keys.length).toBe(1);
  }, 60_000);
});
