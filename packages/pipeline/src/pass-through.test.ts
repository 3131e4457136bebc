import type { GatewayError } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import type { PassThroughRequest } from './litellm.ts';
import { checkWebSocketTarget, servePassThrough } from './pass-through.ts';
import { type Harness, type HarnessOptions, harness } from './test-support/harness.ts';

const chat: PassThroughRequest = {
  access: 'model',
  method: 'POST',
  target: '/v1/responses?x=1',
  headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test', cookie: 'token=1' },
};

function running(request: Partial<PassThroughRequest> = {}, options: HarnessOptions = {}): [Harness, Promise<void>] {
  const of = harness({ dialect: 'openai', body: { model: 'm' }, withLitellm: true, ...options });
  return [of, of.run((call, services) => servePassThrough(call, services, { ...chat, ...request }))];
}

async function asked(of: Harness): Promise<void> {
  while (of.litellm.listener === undefined && of.outcomes.length === 0) await new Promise((next) => setImmediate(next));
}

describe('a model call that LiteLLM serves', () => {
  test('goes on byte for byte, with the one credential that was checked', async () => {
    const [of, done] = running({}, { body: '{"model":"m",  "input":"hi"}' });
    await asked(of);
    const [request] = of.litellm.requests;
    expect(request).toMatchObject({ method: 'POST', target: '/v1/responses?x=1' });
    expect(request?.headers).toEqual({ 'content-type': 'application/json', authorization: 'Bearer sk-test' });
    expect(String(request?.body)).toBe('{"model":"m",  "input":"hi"}');
    of.litellm.head(201, { 'content-type': 'application/json', 'content-length': '2' }).bytes('{}').end();
    await done;
    expect(of.reply.status).toBe(201);
    expect(String(of.reply.body)).toBe('{}');
    expect(of.outcomes).toEqual(['ok']);
  });

  test('a status of LiteLLM’s reaches the caller with its body', async () => {
    const [of, done] = running();
    await asked(of);
    of.litellm.head(422, { 'content-type': 'application/json' }).bytes('{"error":{"message":"Budget"}}').end();
    await done;
    expect([of.reply.status, String(of.reply.body)]).toEqual([422, '{"error":{"message":"Budget"}}']);
    expect(of.outcomes).toEqual(['upstream-error']);
  });

  test.each([
    [
      'of the connection',
      { connection: 'close, x-hop', 'keep-alive': '1', 'x-hop': '1', 'transfer-encoding': 'chunked' },
    ],
    [
      'that lend a login to other sites',
      { 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' },
    ],
    ['of the provider behind it', { 'llm_provider-set-cookie': 'a=b', 'x-litellm-model-api-base': 'http://10.0.0.1' }],
    ['that we write ourselves', { 'x-request-id': 'theirs', server: 'uvicorn' }],
  ])('headers %s stay behind', async (_what, headers) => {
    const [of, done] = running();
    await asked(of);
    of.litellm.head(200, { ...headers, 'content-type': 'application/json', 'x-ratelimit-limit': '1' }).end();
    await done;
    expect(of.reply.headers).toEqual({
      'content-type': 'application/json',
      'x-ratelimit-limit': '1',
      'x-gateway-served-by': 'litellm',
    });
  });

  test('a provider’s wish for patience reaches the caller, its cookies do not', async () => {
    const [of, done] = running();
    await asked(of);
    of.litellm.head(429, { 'llm_provider-retry-after': '7', 'set-cookie': ['a=b'] }).end();
    await done;
    expect(of.reply.headers).toEqual({ 'retry-after': '7', 'x-gateway-served-by': 'litellm' });
  });

  test('what a caller may not choose never gets there', async () => {
    const [of, done] = running({}, { body: { model: 'm', api_base: 'https://evil.example' } });
    await done;
    expect([of.reply.failure?.code, of.litellm.requests]).toEqual(['invalid-request', []]);
  });

  test.each([
    ['in the query', '/v1/embeddings?model=dear'],
    ['in the path', '/openai/deployments/dear/chat/completions?api-version=1'],
    ['in the path, encoded', '/engines/d%65ar/completions'],
    ['in Google’s path', '/v1beta/models/dear:generateContent'],
  ])('another model than the one that is checked, %s', async (_where, target) => {
    const [of, done] = running({ target }, { body: { model: 'cheap' } });
    await done;
    expect([of.reply.failure?.param, of.litellm.requests]).toEqual(['model', []]);
  });

  test('nor does it in a form', async () => {
    const form = '--b\r\nContent-Disposition: form-data; name="api_base"\r\n\r\nhttps://evil.example\r\n--b--\r\n';
    const of = harness({ dialect: 'openai', body: form, withLitellm: true });
    await of.run((call, services) => {
      const typed = { ...call, forwardableHeaders: () => ({ 'content-type': 'multipart/form-data; boundary=b' }) };
      return servePassThrough(typed, services, chat);
    });
    expect([of.reply.failure?.param, of.litellm.requests]).toEqual(['api_base', []]);
  });

  test('a client that leaves takes the call to LiteLLM with it', async () => {
    const [of] = running();
    await asked(of);
    of.abort.abort();
    expect(of.litellm.signal?.aborted).toBe(true);
  });

  test('a slow reader holds LiteLLM back', async () => {
    const [of, done] = running();
    await asked(of);
    of.reply.takesMore = false;
    of.litellm.head(200, { 'content-type': 'text/event-stream' }).bytes('data: 1\n\n');
    await new Promise((next) => setImmediate(next));
    expect(of.litellm.paused).toBe(true);
    of.reply.drain();
    expect(of.litellm.paused).toBe(false);
    of.litellm.end();
    await done;
  });
});

test.each([
  ['the model of a realtime session', '/v1/realtime?model=gpt-realtime', undefined],
  ['two of them', '/v1/realtime?model=a&model=b', 'model'],
  ['a provider', '/v1/realtime?model=a&custom_llm_provider=azure', 'custom_llm_provider'],
  ['a model where the messages name it', '/v1/responses?model=cheap', 'model'],
  ['none', '/v1/responses', undefined],
])('in the query of a WebSocket: %s', (_what, target, field) => {
  let thrown: unknown;
  try {
    checkWebSocketTarget(target);
  } catch (error) {
    thrown = error;
  }
  expect(thrown === undefined ? undefined : (thrown as GatewayError).param).toBe(field);
});

test('the query of an upload is looked at too', async () => {
  const [of, done] = running({ access: 'upload', target: '/v1/files?custom_llm_provider=azure' });
  await done;
  expect([of.reply.failure?.param, of.litellm.requests]).toEqual(['custom_llm_provider', []]);
});

describe('signs of life in a stream of LiteLLM’s', () => {
  function quiet(of: Harness): string {
    of.clock.nowMs += 20_000;
    const before = of.reply.body.length;
    of.heartbeats.beat();
    return String(of.reply.body.subarray(before));
  }

  test('stand between events only', async () => {
    const [of, done] = running({}, { body: { stream: true } });
    await asked(of);
    of.litellm.head(200, { 'content-type': 'text/event-stream' }).bytes('data: {"a":');
    await new Promise((next) => setImmediate(next));
    expect(quiet(of)).toBe('');
    of.litellm.bytes('1}\n\n');
    await new Promise((next) => setImmediate(next));
    expect(quiet(of)).toBe(': ping\n\n');
    of.litellm.end();
    await done;
    expect(String(of.reply.body)).toBe('data: {"a":1}\n\n: ping\n\n');
  });

  test('come before the first byte too; a refusal can then only end the stream', async () => {
    const [of, done] = running({}, { body: { stream: true } });
    await asked(of);
    expect(quiet(of)).toBe(': ping\n\n');
    expect([of.reply.status, of.reply.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    of.litellm.head(429, { 'content-type': 'application/json' }).bytes('{"error":{"message":"Too many."}}').end();
    await done;
    expect(of.reply.failure?.message).toBe('Too many.');
  });

  test('there are none in an answer that is no stream', async () => {
    const [of, done] = running();
    await asked(of);
    expect(quiet(of)).toBe('');
    of.litellm.head(200, { 'content-type': 'application/json' }).bytes('{\n\n');
    await new Promise((next) => setImmediate(next));
    expect(quiet(of)).toBe('');
    of.litellm.end();
    await done;
  });
});

describe('other routes of LiteLLM’s', () => {
  test('what runs code takes the master key', async () => {
    const [of, done] = running({ access: 'master', target: '/config/update' });
    await done;
    expect([of.reply.failure?.code, of.litellm.requests]).toEqual(['master-key-required', []]);
  });

  test('LiteLLM gets all headers where it decides by itself', async () => {
    const [of, done] = running({ access: 'litellm', method: 'GET', target: '/ui/' });
    await asked(of);
    expect(of.litellm.requests[0]?.headers).toEqual(chat.headers);
    of.litellm.head(200, { 'set-cookie': ['a=1', 'b=2'] }).end();
    await done;
    expect(of.reply.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  });

  test('without LiteLLM they do not exist, and it says why', async () => {
    const [of, done] = running({}, { withLitellm: false });
    await done;
    expect(of.reply.failure?.code).toBe('route-not-found');
    expect(of.reply.failure?.message).toContain('LITELLM_URL');
  });
});
