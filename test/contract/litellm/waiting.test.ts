import { once } from 'node:events';
import type { LoggedRequest } from '@genai-gateway/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble } from '../support/converse-stream.ts';
import { addModel, ask, chat } from '../support/litellm.ts';
import { nativeClients } from '../support/native-clients.ts';
import { openaiClients } from '../support/openai-clients.ts';
import type { OwnGateway } from '../support/own-gateway.ts';
import { says } from '../support/prompts.ts';
import { isWithout } from '../support/providers.ts';
import { stopPython } from '../support/python.ts';
import { rawStream } from '../support/raw-http.ts';
import { at } from '../support/reply.ts';
import { requestOnce, requestsWith, uniqueWord } from '../support/simulator.ts';
import { litellmWorld, world } from '../support/world.ts';
import { startBesideLitellm } from './support/gateway-beside-litellm.ts';
import { dial } from './support/realtime.ts';

afterAll(stopPython);

const skip = world.litellm === undefined;
const gateways: OwnGateway[] = [];
async function started(env: Readonly<Record<string, string>>): Promise<OwnGateway> {
  const gateway = await startBesideLitellm(env);
  gateways.push(gateway);
  return gateway;
}
afterAll(() => {
  for (const gateway of gateways) gateway.kill();
});

/** Clients over TLS go to the shared gateway. */
const natives = nativeClients.filter((client) => !client.name.includes('TLS') && !isWithout(client));
const openais = openaiClients.filter((client) => !isWithout(client));
const streamed = (model: string, text: string) => ({ ...chat(model, text), stream: true });
const words = 'word1 word2 word3';
const soon = { timeout: 10_000, interval: 50 };

/** The text of a stream's chunks. */
const textOf = (events: readonly unknown[] = []) =>
  events.map((event) => at(event, 'choices', 0, 'delta', 'content') ?? '').join('');

let model = '';
beforeAll(async () => {
  if (!skip) model = await addModel({ model: 'openai/gpt-4o-mini' });
});

describe.skipIf(skip)('a model of LiteLLM’s that lets its callers wait', () => {
  let http = '';
  beforeAll(async () => {
    ({ http } = await started({ GATEWAY_HEARTBEAT_MS: '200' }));
  });

  it('within its answer is covered by heartbeats, which no client notices', async () => {
    const pausing = '[[sim words=3 delayMs=500]]';
    const [sse, frames, native, openai] = await Promise.all([
      rawStream(http, '/v1/chat/completions', streamed(model, pausing), '[DONE]'),
      rawStream(http, `/bedrock/model/${model}/converse-stream`, says(pausing), 'metadata'),
      Promise.all(
        natives.map((client) => client.send('ConverseStream', { modelId: model, ...says(pausing) }, { http })),
      ),
      Promise.all(openais.map((client) => client.chat(streamed(model, pausing), { http }))),
    ]);
    expect(sse.match(/^: .*$/gm)?.length).toBeGreaterThan(2);
    expect(frames.match(/gatewayHeartbeat/g)?.length).toBeGreaterThan(2);
    for (const { events, failure } of native) {
      expect([failure, assemble(events)]).toMatchObject([undefined, { text: words, stopReason: 'end_turn' }]);
    }
    for (const { events, failure } of openai) expect([failure, textOf(events)]).toEqual([undefined, words]);
  });

  // The gateway opens a stream by itself after ten seconds without a status; all at once, because each takes 12 s.
  it('before it has a status gets its stream opened; a refusal after that ends it with its error', async () => {
    const silent = '[[sim firstByteMs=12000 words=3]]';
    const refusing = '[[sim firstByteMs=12000 error=ThrottlingException]]';
    const converse = (text: string) => ({ modelId: model, ...says(text) });
    const [sse, frames, native, nativeRefused, openai, openaiRefused] = await Promise.all([
      rawStream(http, '/v1/responses', { model, input: silent, stream: true }, 'response.completed'),
      rawStream(http, `/bedrock/model/${model}/converse-stream`, says(silent), 'metadata'),
      Promise.all(natives.map((client) => client.send('ConverseStream', converse(silent), { http }))),
      Promise.all(natives.map((client) => client.send('ConverseStream', converse(refusing), { http }))),
      Promise.all(openais.map((client) => client.chat(streamed(model, silent), { http }))),
      Promise.all(openais.map((client) => client.chat(streamed(model, refusing), { http }))),
    ]);
    expect(sse).toMatch(/^HTTP\/1\.1 200 [\s\S]*\n: [\s\S]*response\.created/);
    expect(frames).toMatch(/gatewayHeartbeat[\s\S]*messageStart/);
    for (const { events, failure } of native) expect([failure, assemble(events).text]).toEqual([undefined, words]);
    for (const { events, failure } of openai) expect([failure, textOf(events)]).toEqual([undefined, words]);
    for (const { failure } of nativeRefused) expect(failure?.name).toMatch(/^throttlingException$/i);
    for (const { events, failure } of openaiRefused) {
      expect([failure?.name, textOf(events)]).toEqual(['APIError', '']);
      expect(failure?.message).toContain('A scripted ThrottlingException');
    }
  });
});

describe.skipIf(skip)('a model of LiteLLM’s that does not answer in time', () => {
  let http = '';
  beforeAll(async () => {
    const limits = { UPSTREAM_FIRST_BYTE_TIMEOUT_MS: '4000', UPSTREAM_SILENCE_TIMEOUT_MS: '4000' };
    ({ http } = await started(limits));
  });

  it.concurrent.each([
    ['chat, before a byte', 'stall', '/v1/chat/completions', 504],
    ['Converse, before a byte', 'stall', 'converse-stream', 408],
    ['chat, within its answer', 'stall after=3 words=20', '/v1/chat/completions', 200],
    ['Converse, within its answer', 'stall after=3 words=20', 'converse-stream', 200],
  ])('is given up, and so is its provider: %s', async (_when, directive, route, status) => {
    const word = uniqueWord();
    const text = `${word} [[sim ${directive}]]`;
    const isChat = route.startsWith('/');
    const path = isChat ? route : `/bedrock/model/${model}/${route}`;
    const reply = await ask(path, { http, body: isChat ? streamed(model, text) : says(text) });
    expect([reply.status, reply.text]).toEqual([status, expect.stringMatching(/did not answer in time/)]);
    expect(reply.text).not.toMatch(/\[DONE\]|messageStop/);
    await requestOnce(word, ({ aborted }) => aborted, { simulator: litellmWorld().openai, withinMs: 10_000 });
  });
});

describe.skipIf(skip)('a gateway that is told to stop', () => {
  it('lets LiteLLM’s streams finish, and ends with 0', async () => {
    const gateway = await started({ GATEWAY_DRAIN_TIMEOUT_MS: '20000' });
    const { http } = gateway;
    const word = uniqueWord();
    const text = `${word} [[sim words=30 delayMs=50]]`;
    const streams = Promise.all([
      ...natives.map((client) => client.send('ConverseStream', { modelId: model, ...says(text) }, { http })),
      ...openais.map((client) => client.chat(streamed(model, text), { http })),
    ]);
    await expect.poll(() => asked(word), soon).toBe(natives.length + openais.length);
    gateway.terminate();
    for (const { failure } of await streams) expect(failure).toBeUndefined();
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
  });

  it('ends those that do not finish in time with an error, WebSockets too, and with 0 itself', async () => {
    const gateway = await started({ GATEWAY_DRAIN_TIMEOUT_MS: '500' });
    const { http } = gateway;
    const word = uniqueWord();
    const text = `${word} [[sim words=5000 delayMs=50]]`;
    const native = Promise.all(
      natives.map((client) => client.send('ConverseStream', { modelId: model, ...says(text) }, { http })),
    );
    const openai = Promise.all(openais.map((client) => client.chat(streamed(model, text), { http })));
    const socket = dial({ headers: { authorization: `Bearer ${world.keys.good}` } }, http);
    await once(socket, 'message');
    const closed = once(socket, 'close');
    await expect.poll(() => asked(word), soon).toBe(natives.length + openais.length);
    gateway.terminate();
    for (const { failure } of await native) expect(failure?.name).toMatch(/^serviceunavailableexception$/i);
    for (const { failure } of await openai) expect(failure).toMatchObject({ name: 'APIError', code: 'shutting_down' });
    await closed;
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
    await expect.poll(() => asked(word, ({ aborted }) => aborted), soon).toBe(natives.length + openais.length);
  });
});

/** How many requests with this word the provider is answering, or such as fulfil a condition. */
async function asked(
  word: string,
  condition: (request: LoggedRequest) => boolean = ({ eventsSent }) => eventsSent > 0,
): Promise<number> {
  return (await requestsWith(word, litellmWorld().openai)).filter(condition).length;
}
