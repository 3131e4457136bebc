import { fixedSecret, GatewayError, type SecretSource } from '@genai-gateway/core';
import { MasterKeys } from '@genai-gateway/identity';
import type { LitellmRequest } from '@genai-gateway/pipeline';
import { beforeEach, expect, test } from 'vitest';
import { MasterKeyProxy } from './master-key-proxy.ts';

const noFlow = { pause: () => {}, resume: () => {} };
/** What each of LiteLLM's tasks takes; calls go to them by turns. */
let tasks: string[];
let seen: { key: string; body: string }[];
/** What the secret holds, newest first; the first is what `refresh` brings where it is not there yet. */
let held: string[];
let coming: string | undefined;
let nowMs: number;
let turn = 0;

async function text(body: LitellmRequest['body']): Promise<string> {
  if (body === undefined || typeof body === 'string') return body ?? '';
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const unknownKey = '{"error":{"message":"no such key","type":"token_not_found_in_db","code":"401"}}';
let refusal = unknownKey;
const litellm = {
  send(request: LitellmRequest, listener: Parameters<MasterKeyProxy['send']>[1]) {
    void text(request.body).then((body) => {
      const key = (request.headers['authorization'] ?? request.headers['x-api-key'] ?? '').replace('Bearer ', '');
      const task = tasks[turn % tasks.length];
      turn += 1;
      seen.push({ key, body });
      if (task === 'gone') return listener.onError(new GatewayError('litellm-unavailable', 'gone'));
      const isTaken = key === task;
      listener.onHead(isTaken ? 200 : 401, {}, noFlow);
      listener.onBytes(Buffer.from(isTaken ? '{"ok":true}' : refusal));
      listener.onEnd();
    });
  },
};

let versions: ReturnType<SecretSource['versions']>;
const source: SecretSource = {
  versions: () => versions,
  refresh: async () => {
    if (coming !== undefined && coming !== held[0]) hold(coming, ...held);
  },
};
function hold(...keys: string[]): void {
  held = keys;
  const [first = '', ...others] = keys.slice(0, 2).map((value) => ({ value, sinceMs: 1_000 }));
  versions = [first as { value: string; sinceMs: number }, ...(others as { value: string; sinceMs: number }[])];
}
let proxy: MasterKeyProxy;

beforeEach(() => {
  [tasks, seen, coming, nowMs, turn, refusal] = [['sk-old'], [], undefined, 2_000, 0, unknownKey];
  hold('sk-old');
  proxy = new MasterKeyProxy(litellm, new MasterKeys({ source, graceMs: 10_000, now: () => nowMs }));
});

function ask(headers: Record<string, string>, body?: LitellmRequest['body']): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    proxy.send(
      { method: 'POST', target: '/key/generate', headers, body },
      {
        onHead: (status) => {
          answer += status;
        },
        onBytes: (chunk) => {
          answer += chunk.toString();
        },
        onEnd: () => resolve(answer),
        onError: (error) => resolve(error.code),
      },
      new AbortController().signal,
    );
  });
}
const as = (key: string) => ({ authorization: `Bearer ${key}` });
const keys = () => seen.map(({ key }) => key);
async function* streamed(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

test('LiteLLM that still has the old key gets it, whichever of both the caller has; and it is remembered', async () => {
  hold('sk-new', 'sk-old');
  expect(await ask(as('sk-new'), 'body')).toBe('200{"ok":true}');
  expect(seen).toEqual([
    { key: 'sk-new', body: 'body' },
    { key: 'sk-old', body: 'body' },
  ]);
  seen = [];
  expect(await ask({ 'x-api-key': 'sk-new' })).toBe('200{"ok":true}');
  expect(await ask(as('sk-old'))).toBe('200{"ok":true}');
  expect(keys()).toEqual(['sk-old', 'sk-old']);
  tasks = ['sk-new'];
  seen = [];
  expect(await ask(as('sk-old'))).toBe('200{"ok":true}');
  expect(keys()).toEqual(['sk-old', 'sk-new']);
});

test('LiteLLM that has a key which was not read yet: the secret is read again', async () => {
  tasks = ['sk-new'];
  coming = 'sk-new';
  expect(await ask(as('sk-old'))).toBe('200{"ok":true}');
  expect(keys()).toEqual(['sk-old', 'sk-new']);
});

test.each([['sk-old'], ['sk-new']])('a key that was made just now is taken, whether LiteLLM has %s', async (key) => {
  tasks = [key];
  coming = 'sk-new';
  expect(await ask(as('sk-new'), streamed('a', 'b'))).toBe('200{"ok":true}');
  expect(seen.every(({ body }) => body === 'ab')).toBe(true);
});

test.each([['sk-old'], ['sk-new']])('while one task has each, by turns, a call gets through with %s', async (key) => {
  hold('sk-new', 'sk-old');
  for (tasks of [
    ['sk-old', 'sk-new'],
    ['sk-new', 'sk-old'],
  ]) {
    for (let call = 0; call < 4; call += 1) expect(await ask(as(key), 'body')).toBe('200{"ok":true}');
  }
});

test('a body that comes as a stream is sent again whole, and goes once where it is too large to be held', async () => {
  hold('sk-new', 'sk-old');
  expect(await ask(as('sk-new'), streamed('a', 'b'))).toBe('200{"ok":true}');
  expect(seen.map(({ body }) => body)).toEqual(['ab', 'ab']);
  tasks = ['sk-new'];
  seen = [];
  const large = 'x'.repeat(700_000);
  expect(await ask(as('sk-new'), streamed(large, large, 'end'))).toBe(`401${unknownKey}`);
  expect(seen.map(({ body }) => body.length)).toEqual([1_400_003]);
});

test.each([['sk-new'], ['sk-virtual']])('a large body that nobody takes is read to its end, with %s', async (key) => {
  hold('sk-new', 'sk-old');
  let isRead = false;
  async function* upload() {
    for (let part = 0; part < 5; part += 1) yield Buffer.alloc(700_000);
    isRead = true;
  }
  const gone = new GatewayError('litellm-unavailable', 'gone');
  const keysOfNow = new MasterKeys({ source, graceMs: 10_000, now: () => nowMs });
  proxy = new MasterKeyProxy({ send: (_request, to) => to.onError(gone) }, keysOfNow);
  expect(await ask(as(key), upload())).toBe('litellm-unavailable');
  await expect.poll(() => isRead).toBe(true);
});

test('with both keys wrong the refusal of LiteLLM is the answer', async () => {
  hold('sk-new', 'sk-old');
  tasks = ['sk-other'];
  expect(await ask(as('sk-new'))).toBe(`401${unknownKey}`);
  expect(new Set(keys())).toEqual(new Set(['sk-new', 'sk-old']));
});

test('another 401 is the answer of whoever said it, and nothing is done twice', async () => {
  hold('sk-new', 'sk-old');
  refusal = '{"error":{"message":"the provider’s key is wrong","type":"None"}}';
  expect(await ask(as('sk-new'))).toBe(`401${refusal}`);
  expect(keys()).toEqual(['sk-new']);
});

test('a 401 that is too long to be a refusal of the key is passed on as it comes', async () => {
  hold('sk-new', 'sk-old');
  const heard: string[] = [];
  const listener = {
    onHead: (status: number) => heard.push(`${status}`),
    onBytes: (chunk: Buffer) => heard.push(`${chunk.length}`),
    onEnd: () => heard.push('end'),
    onError: () => heard.push('error'),
  };
  let upstream: Parameters<MasterKeyProxy['send']>[1] | undefined;
  const endless = new MasterKeyProxy(
    {
      send: (_request, to) => {
        upstream = to;
        to.onHead(401, {}, noFlow);
      },
    },
    new MasterKeys({ source, graceMs: 10_000, now: () => nowMs }),
  );
  const request: LitellmRequest = { method: 'POST', target: '/anthropic/v1/messages', headers: as('sk-new'), body: '' };
  endless.send(request, listener, new AbortController().signal);
  await expect.poll(() => upstream).toBeDefined();
  for (let part = 0; part < 3; part += 1) upstream?.onBytes(Buffer.alloc(10_000));
  expect(heard).toEqual(['401', '10000', '10000', '10000']);
  upstream?.onEnd();
  expect(heard.at(-1)).toBe('end');
});

test('a LiteLLM that is gone is no refusal', async () => {
  tasks = ['gone'];
  expect(await ask(as('sk-old'))).toBe('litellm-unavailable');
  expect(keys()).toEqual(['sk-old']);
});

test('keys of others, and a master key whose time is over, go on as they came', async () => {
  hold('sk-new', 'sk-old');
  nowMs = 11_001;
  tasks = ['sk-new'];
  expect(await ask(as('sk-virtual'))).toBe(`401${unknownKey}`);
  expect(await ask(as('sk-old'))).toBe(`401${unknownKey}`);
  expect(keys()).toEqual(['sk-virtual', 'sk-old']);
});

test('but LiteLLM that was not started anew still gets it from the gateway', async () => {
  hold('sk-new', 'sk-old');
  nowMs = 11_001;
  expect(await ask(as('sk-new'))).toBe('200{"ok":true}');
});

test('a key that stays as it is', () => {
  const fixed = new MasterKeys({ source: fixedSecret('sk-one'), graceMs: 0, now: () => 0 });
  expect(fixed.values()).toEqual(['sk-one']);
});
