import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('the command prints its URL, is steered over HTTP and ends on SIGTERM', async () => {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('main.ts', import.meta.url)), '--port', '0', '--credentials', 'AKIASIMULATOR:not-a-secret'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const { url } = JSON.parse(String(line)) as { url: string };
    const control = (method: string, path: string, body?: string): Promise<Response> =>
      fetch(`${url}/_simulator/${path}`, body === undefined ? { method } : { method, body });

    expect((await control('POST', 'script', '{"reply":{"text":"a"}}')).status).toBe(201);
    expect(await (await control('GET', 'script')).json()).toEqual([{ times: 1, reply: { text: 'a' } }]);
    const refused = await control('POST', 'script', '{"reply":{"colour":"red"}}');
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({ message: 'script.reply.colour is unknown' });
    expect((await control('POST', 'script', '{')).status).toBe(400);
    expect((await control('DELETE', 'script')).status).toBe(204);
    expect(await (await control('GET', 'script')).json()).toEqual([]);
    expect((await control('GET', 'nothing')).status).toBe(404);

    const unsigned = await fetch(`${url}/model/amazon.nova-lite-v1%3A0/converse`, { method: 'POST', body: '{}' });
    expect(unsigned.status).toBe(403);
    expect(unsigned.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect((await fetch(`${url}/model/x/chat`, { method: 'POST' })).headers.get('x-amzn-errortype')).toBe(
      'UnknownOperationException',
    );
    expect(await (await control('GET', 'requests')).json()).toMatchObject([
      { operation: 'converse', modelId: 'amazon.nova-lite-v1:0', bodyText: '{}', status: 403, protocol: 'h1' },
      { target: '/model/x/chat', status: 404 },
    ]);
    expect((await control('DELETE', 'requests')).status).toBe(204);
    expect(await (await control('GET', 'requests')).json()).toEqual([]);
  } finally {
    child.kill('SIGTERM');
  }
  const [code] = await exited;
  expect(code).toBe(0);
}, 30_000);

it.each([
  ['openai', ['--api-key', 'sk-right'], '/v1/models', 401],
  ['sagemaker', ['--credentials', 'AKIASIMULATOR:not-a-secret'], '/endpoints/e/invocations', 403],
])(
  'the command starts %s, which asks for what it was told to ask for',
  async (provider, options, path, status) => {
    const main = fileURLToPath(new URL('main.ts', import.meta.url));
    const child = spawn(process.execPath, [main, '--provider', provider, ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    try {
      const [line] = await once(createInterface({ input: child.stdout }), 'line');
      const { url } = JSON.parse(String(line)) as { url: string };
      expect((await fetch(url + path, { method: provider === 'openai' ? 'GET' : 'POST' })).status).toBe(status);
      expect(await (await fetch(`${url}/_simulator/requests`)).json()).toMatchObject([{ path, status }]);
    } finally {
      child.kill('SIGTERM');
    }
    const [code] = await exited;
    expect(code).toBe(0);
  },
  30_000,
);

it('the command starts Bedrock with prompts, a profile and a router to try', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const { url } = JSON.parse(String(line)) as { url: string };
    expect(await (await fetch(`${url}/prompts/SUMMARIZE1`)).json()).toMatchObject({ name: 'summarize' });
    const here = 'arn:aws:bedrock:us-east-1:123456789012';
    for (const path of [
      `/inference-profiles/${here}:application-inference-profile/novalite0001`,
      `/prompt-routers/${here}:default-prompt-router/anthropic.claude:1`,
    ]) {
      expect((await fetch(url + path)).status).toBe(200);
    }
  } finally {
    child.kill('SIGTERM');
  }
  const [code] = await exited;
  expect(code).toBe(0);
}, 30_000);

it('the command starts an issuer of tokens', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, '--provider', 'oidc'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const { url } = JSON.parse(String(line)) as { url: string };
    expect(await (await fetch(`${url}/.well-known/openid-configuration`)).json()).toMatchObject({ issuer: url });
  } finally {
    child.kill('SIGTERM');
  }
  const [code] = await exited;
  expect(code).toBe(0);
}, 30_000);
