// What takes its time by nature, all at once.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble } from './support/converse-stream.ts';
import { type IdleProxy, startIdleProxy } from './support/idle-proxy.ts';
import { nativeClients } from './support/native-clients.ts';
import { openaiClients } from './support/openai-clients.ts';
import { type OwnGateway, startOwnGateway, untilReadiness } from './support/own-gateway.ts';
import { says } from './support/prompts.ts';
import { stopPython } from './support/python.ts';
import { RawConnection, rawStream } from './support/raw-http.ts';
import { at } from './support/reply.ts';
import { ALIAS, world } from './support/world.ts';

let gateway: OwnGateway;
/** As a load balancer with 60 s of patience is in front of a model that is silent for 70 s, but all of it shorter. */
let loadBalancer: IdleProxy;
beforeAll(async () => {
  gateway = await startOwnGateway({ GATEWAY_HEARTBEAT_MS: '200', GATEWAY_KEEP_ALIVE_TIMEOUT_MS: '15000' });
  await untilReadiness(gateway.http, 200);
  loadBalancer = await startIdleProxy(gateway.http, 11_000);
});
afterAll(() => {
  loadBalancer.close();
  gateway.kill();
  stopPython();
});

const chat = (content: string) => ({ model: ALIAS, stream: true, messages: [{ role: 'user', content }] });
/** Clients over TLS go to the shared gateway, whose heartbeats are far apart. */
const natives = nativeClients.filter(
  ({ name, isPython }) => !name.includes('TLS') && !(isPython && world.python === undefined),
);
const openais = openaiClients.filter(({ isPython }) => !(isPython && world.python === undefined));
const words = 'word1 word2 word3';

describe.concurrent('a connection that does not finish its request head', () => {
  it.each([
    ['no byte', ''],
    ['the start of a method', 'PO'],
    ['the start of HTTP/2', 'PRI'],
    ['half a head', 'POST /v1/chat/completions HTTP/1.1\r\nHost: local'],
  ])('is closed: %s', async (_what, start) => {
    const connection = new RawConnection(gateway.http);
    connection.write(start);
    // 15 seconds, which are looked at every five.
    expect((await connection.untilClosed(25_000)).closed).toBe(true);
  });
});

// The gateway opens a stream by itself after ten seconds without a status of the model.
describe.concurrent('a model that is silent for 12 s (slow)', () => {
  const silent = '[[sim firstByteMs=12000 words=3]]';
  const refusing = '[[sim firstByteMs=12000 error=ThrottlingException]]';

  it('opens the stream by a heartbeat, which no client minds; a refusal after that ends it with its error', async () => {
    const inputs = { silent: { modelId: ALIAS, ...says(silent) }, refusing: { modelId: ALIAS, ...says(refusing) } };
    const options = { http: gateway.http };
    const behind = { http: loadBalancer.http };
    // All at once, because each of them takes 12 s.
    const [raw, rawNative, native, nativeRefused, openai, openaiRefused, nativeBehind, openaiBehind] =
      await Promise.all([
        rawStream(gateway.http, '/v1/chat/completions', chat(silent), '[DONE]'),
        rawStream(gateway.http, `/bedrock/model/${ALIAS}/converse-stream`, says(silent), 'metadata'),
        Promise.all(natives.map((client) => client.send('ConverseStream', inputs.silent, options))),
        Promise.all(natives.map((client) => client.send('ConverseStream', inputs.refusing, options))),
        Promise.all(openais.map((client) => client.chat(chat(silent), options))),
        Promise.all(openais.map((client) => client.chat(chat(refusing), options))),
        Promise.all(natives.map((client) => client.send('ConverseStream', inputs.silent, behind))),
        Promise.all(openais.map((client) => client.chat(chat(silent), behind))),
      ]);
    expect(loadBalancer.cuts()).toBe(0);
    expect(raw.indexOf('\n: ')).toBeLessThan(raw.indexOf('data: '));
    expect(raw.indexOf('\n: ')).toBeGreaterThan(0);
    expect(rawNative.indexOf('gatewayHeartbeat')).toBeLessThan(rawNative.indexOf('messageStart'));
    expect(rawNative.indexOf('gatewayHeartbeat')).toBeGreaterThan(0);
    for (const { events, failure } of [...native, ...nativeBehind]) {
      expect(failure).toBeUndefined();
      expect(assemble(events)).toMatchObject({ text: words, stopReason: 'end_turn' });
    }
    for (const { failure } of nativeRefused) expect(failure?.name.toLowerCase()).toBe('throttlingexception');
    for (const { events, failure } of [...openai, ...openaiBehind]) {
      expect(failure).toBeUndefined();
      expect(events?.map((event) => at(event, 'choices', 0, 'delta', 'content') ?? '').join('')).toBe(words);
    }
    for (const { failure } of openaiRefused)
      expect(failure).toMatchObject({ name: 'APIError', code: 'rate_limit_exceeded' });
  });
});
