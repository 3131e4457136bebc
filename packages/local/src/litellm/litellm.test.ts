// The real LiteLLM behind one stack: its packages are installed when they are not there yet.

import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPython } from '../../../../scripts/lib/python.mjs';
import { processIdentity } from '../process-identity.ts';
import { startStack } from '../stack.ts';
import type { Stack, StackOptions } from '../stack-types.ts';
import { cacheDir, temporaryFolder } from '../testing/temporary-state.ts';

const gatewayMain = fileURLToPath(new URL('../testing/stand-in-gateway.ts', import.meta.url));
const mayInstallMs = 600_000;
const bootMs = 180_000;
const { REDIS_URL: _redis, OPENAI_API_KEY: _openai, ...shell } = process.env;
const options = { port: 0, tlsPort: 0, cacheDir, gatewayMain, litellm: 'on' } satisfies Partial<StackOptions>;

/** A process that LiteLLM started shares its group. */
function processesOfGroup(group: number | undefined): number[] {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat=']).toString().trim().split('\n');
  return list.flatMap((line) => {
    const [pid, pgid, state] = line.trim().split(/\s+/);
    return Number(pgid) === group && state?.startsWith('Z') !== true ? [Number(pid)] : [];
  });
}

async function until(done: () => boolean, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!done()) {
    if (Date.now() > deadline) throw new Error('it did not come about in time');
    await sleep(100);
  }
}

const hasNoPython = findPython().missing !== undefined && process.env['CI'] !== 'true';

describe.skipIf(hasNoPython)('LiteLLM itself (needs Python 3.11 or newer)', () => {
  const folder = temporaryFolder();
  const notices: string[] = [];
  let stack: Stack;
  let litellm: NonNullable<Stack['litellm']>;
  beforeAll(async () => {
    const env = { ...shell, ANTHROPIC_API_KEY: 'sk-ant-test', DATABASE_URL: 'postgresql://not.this/one' };
    stack = await startStack({
      ...options,
      env,
      stateDir: join(folder.path, 'state'),
      onNotice: (text) => notices.push(text),
    });
    if (stack.litellm === undefined) throw new Error(notices.join('\n'));
    litellm = stack.litellm;
    await litellm.ready;
  }, mayInstallMs + bootMs);
  afterAll(async () => {
    await stack?.destroy();
    folder.remove();
  }, 60_000);

  async function post(path: string, body: object): Promise<Response> {
    return fetch(`${litellm.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.keys[0]}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  const isPost = ({ method }: { method: string }) => method === 'POST';

  const chat = (model: string, more: object = {}) =>
    post('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'Hello!' }], ...more });

  it('serves each kind of model of the default configuration from its simulator, for the launcher’s own key', async () => {
    for (const [model, seen] of [
      ['claude-sonnet', () => stack.simulator?.requests().length],
      ['gpt-4o-mini', () => stack.providers?.openai?.requests().filter(isPost).length],
      ['sagemaker-llama', () => stack.providers?.sagemaker?.requests().length],
    ] as const) {
      const reply = await chat(model);
      expect([model, reply.status]).toEqual([model, 200]);
      expect(await reply.json()).toMatchObject({
        choices: [{ message: { content: expect.stringContaining('Hello!') } }],
      });
      expect(seen(), model).toBe(1);
      const stream = await chat(model, { stream: true });
      expect(await stream.text(), model).toMatch(/"content":[\s\S]*data: \[DONE\]/);
    }
  }, 60_000);

  it.each([
    ['titan-embed', '/v1/embeddings', { input: 'x' }],
    ['text-embedding-3-small', '/v1/embeddings', { input: 'x' }],
    ['gpt-image-1', '/v1/images/generations', { prompt: 'x' }],
    ['tts-1', '/v1/audio/speech', { input: 'x', voice: 'alloy' }],
    ['omni-moderation-latest', '/v1/moderations', { input: 'x' }],
    ['gpt-5-mini', '/v1/responses', { input: 'x' }],
  ])(
    'serves %s',
    async (model, path, body) => {
      const reply = await post(path, { model, ...body });
      expect([reply.status, reply.ok ? '' : await reply.text()]).toEqual([200, '']);
    },
    60_000,
  );

  it('serves whisper-1', async () => {
    const form = new FormData();
    form.set('model', 'whisper-1');
    form.set('file', new Blob([new Uint8Array(64)]), 'speech.wav');
    const headers = { authorization: `Bearer ${stack.keys[0]}` };
    const reply = await fetch(`${litellm.url}/v1/audio/transcriptions`, { method: 'POST', headers, body: form });
    expect([reply.status, await reply.json()]).toMatchObject([200, { text: expect.stringContaining('speech.wav') }]);
  }, 60_000);

  it('serves gpt-realtime', async () => {
    const socket = new WebSocket(`${litellm.url.replace('http', 'ws')}/v1/realtime?model=gpt-realtime`, [
      'realtime',
      `openai-insecure-api-key.${stack.keys[0]}`,
    ]);
    const first = await new Promise((resolve, reject) => {
      socket.addEventListener('message', ({ data }) => resolve(JSON.parse(String(data)).type));
      socket.addEventListener('error', () => reject(new Error('the socket was refused')));
    });
    socket.close();
    expect(first).toBe('session.created');
  }, 60_000);

  it('lets its Admin UI be entered with the login that is printed, and with no other', async () => {
    expect(litellm.adminUi).toBe(`${stack.http}/ui/`);
    expect((await fetch(`${litellm.url}/ui/`)).status).toBe(200);
    const login = (password: string) =>
      fetch(`${litellm.url}/login`, {
        method: 'POST',
        body: new URLSearchParams({ username: litellm.username, password }),
        redirect: 'manual',
      });
    const entered = await login(litellm.password);
    expect(entered.status).toBe(303);
    expect(entered.headers.get('set-cookie')).toMatch(/^token=/);
    expect((await login('wrong')).status).toBeGreaterThanOrEqual(400);
  }, 60_000);

  it.runIf(process.platform === 'linux')('has the keys of other providers, and the shared state alone', () => {
    const env = readFileSync(`/proc/${litellm.pid()}/environ`, 'utf8').split('\0');
    expect(env).toContain('ANTHROPIC_API_KEY=sk-ant-test');
    expect(env).toContain(`DATABASE_URL=${stack.databaseUrl}`);
    if (stack.redisUrl !== undefined) expect(env).toContain(`REDIS_URL=${stack.redisUrl}`);
  });

  it(
    'is started again when it is killed, which is told once, and leaves no process of its own behind',
    async () => {
      const pid = litellm.pid();
      const before = processesOfGroup(pid);
      expect(before.length).toBeGreaterThan(1);
      notices.length = 0;
      process.kill(pid ?? 0, 'SIGKILL');
      await until(() => processesOfGroup(pid).length === 0, 10_000);
      await until(() => notices.length === 2, bootMs);
      expect(notices[0]).toMatch(/LiteLLM ended \(SIGKILL\)[\s\S]*routes answer 503/);
      expect(notices[1]).toMatch(/ready again/);
      expect(litellm.pid()).not.toBe(pid);
      expect((await chat('gpt-4o-mini')).status).toBe(200);
      // One log from the start to the end, what the killed process said included.
      expect(readFileSync(litellm.logFile, 'utf8').split('Application startup complete').length).toBe(3);
    },
    bootMs,
  );

  it('ends with the stack, and whatever it started ends too', async () => {
    const pid = litellm.pid();
    expect(processesOfGroup(pid).length).toBeGreaterThan(1);
    notices.length = 0;
    await stack.stop();
    expect(processesOfGroup(pid)).toEqual([]);
    expect(litellm.pid()).toBeUndefined();
    await sleep(1_000);
    expect(notices).toEqual([]);
  }, 60_000);

  it(
    'ends with a launcher that is killed',
    async () => {
      const stateDir = join(folder.path, 'killed');
      const script = `
      import { startStack } from ${JSON.stringify(new URL('../stack.ts', import.meta.url).href)};
      const stack = await startStack(${JSON.stringify({ ...options, stateDir })});
      await stack.litellm.ready;
      console.log('up');`;
      const launcher = spawn(process.execPath, ['--input-type=module', '-e', script], { env: shell });
      await new Promise((resolve, reject) => {
        launcher.stdout.once('data', resolve);
        launcher.once('exit', () => reject(new Error('the launcher did not start')));
      });
      const recorded: { name: string; pid: number }[] = JSON.parse(
        readFileSync(join(stateDir, 'processes.json'), 'utf8'),
      ).processes;
      const pid = recorded.find(({ name }) => name === 'litellm')?.pid;
      expect(processesOfGroup(pid).length).toBeGreaterThan(1);
      launcher.kill('SIGKILL');
      await until(() => processesOfGroup(pid).length === 0, 20_000);
      await until(() => recorded.every((each) => processIdentity(each.pid) === undefined), 20_000);
    },
    bootMs,
  );
});
