import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble } from './support/converse-stream.ts';
import { nativeClients } from './support/native-clients.ts';
import { openaiClients } from './support/openai-clients.ts';
import { type OwnGateway, startOwnGateway, untilReadiness } from './support/own-gateway.ts';
import { says } from './support/prompts.ts';
import { stopPython } from './support/python.ts';
import { post, RawConnection } from './support/raw-http.ts';
import { at } from './support/reply.ts';
import { ALIAS, world } from './support/world.ts';

let gateway: OwnGateway;
beforeAll(async () => {
  gateway = await startOwnGateway({ GATEWAY_HEARTBEAT_MS: '200' });
  await untilReadiness(gateway.http, 200);
});
afterAll(() => {
  gateway.kill();
  stopPython();
});

const { good } = world.keys;
const chat = (content: string) => ({ model: ALIAS, stream: true, messages: [{ role: 'user', content }] });
/** Clients over TLS go to the shared gateway, whose heartbeats are far apart. */
const natives = nativeClients.filter(
  ({ name, isPython }) => !name.includes('TLS') && !(isPython && world.python === undefined),
);
const openais = openaiClients.filter(({ isPython }) => !(isPython && world.python === undefined));
const words = Array.from({ length: 3 }, (_, index) => `word${index + 1}`).join(' ');

/** Everything that comes over one connection until a text of its end. */
async function rawStream(path: string, body: object, end: string): Promise<string> {
  const connection = new RawConnection(gateway.http);
  connection.write(post(path, good, JSON.stringify(body)));
  const { text } = await connection.until(end, 30_000);
  connection.socket.destroy();
  return text;
}

describe.concurrent('a model that pauses within its answer', () => {
  const pausing = '[[sim words=3 delayMs=500]]';

  it('is covered by comments on a stream of events', async () => {
    const text = await rawStream('/v1/chat/completions', chat(pausing), '[DONE]');
    expect(text.match(/^: .*$/gm)?.length).toBeGreaterThan(2);
  });

  it('is covered by frames of an unknown type on a native stream', async () => {
    const text = await rawStream(`/bedrock/model/${ALIAS}/converse-stream`, says(pausing), 'metadata');
    expect(text.match(/gatewayHeartbeat/g)?.length).toBeGreaterThan(2);
  });

  it.each(natives)('is not noticed by $name', async (client) => {
    const { events, failure } = await client.send(
      'ConverseStream',
      { modelId: ALIAS, ...says(pausing) },
      { http: gateway.http },
    );
    expect(failure).toBeUndefined();
    const { text, stopReason, order } = assemble(events);
    expect([text, stopReason, order.length]).toEqual([words, 'end_turn', 7]);
  });

  it.each(openais)('is not noticed by $name', async (client) => {
    const { events, failure } = await client.chat(chat(pausing), { http: gateway.http });
    expect(failure).toBeUndefined();
    expect(events?.map((event) => at(event, 'choices', 0, 'delta', 'content') ?? '').join('')).toBe(words);
  });
});

// Slow by its nature: the gateway opens a stream by itself after ten seconds without a status of the model.
describe('a model that is silent for 12 s (slow)', () => {
  const silent = '[[sim firstByteMs=12000 words=3]]';
  const refusing = '[[sim firstByteMs=12000 error=ThrottlingException]]';

  it('opens the stream by a heartbeat, which no client minds; a refusal after that ends it with its error', async () => {
    const inputs = { silent: { modelId: ALIAS, ...says(silent) }, refusing: { modelId: ALIAS, ...says(refusing) } };
    const options = { http: gateway.http };
    // All at once, because each of them takes 12 s.
    const [raw, rawNative, native, nativeRefused, openai, openaiRefused] = await Promise.all([
      rawStream('/v1/chat/completions', chat(silent), '[DONE]'),
      rawStream(`/bedrock/model/${ALIAS}/converse-stream`, says(silent), 'metadata'),
      Promise.all(natives.map((client) => client.send('ConverseStream', inputs.silent, options))),
      Promise.all(natives.map((client) => client.send('ConverseStream', inputs.refusing, options))),
      Promise.all(openais.map((client) => client.chat(chat(silent), options))),
      Promise.all(openais.map((client) => client.chat(chat(refusing), options))),
    ]);
    expect(raw.indexOf('\n: ')).toBeLessThan(raw.indexOf('data: '));
    expect(raw.indexOf('\n: ')).toBeGreaterThan(0);
    expect(rawNative.indexOf('gatewayHeartbeat')).toBeLessThan(rawNative.indexOf('messageStart'));
    expect(rawNative.indexOf('gatewayHeartbeat')).toBeGreaterThan(0);
    for (const { events, failure } of native) {
      expect(failure).toBeUndefined();
      expect(assemble(events)).toMatchObject({ text: words, stopReason: 'end_turn' });
    }
    for (const { failure } of nativeRefused) expect(failure?.name.toLowerCase()).toBe('throttlingexception');
    for (const { events, failure } of openai) {
      expect(failure).toBeUndefined();
      expect(events?.map((event) => at(event, 'choices', 0, 'delta', 'content') ?? '').join('')).toBe(words);
    }
    for (const { failure } of openaiRefused)
      expect(failure).toMatchObject({ name: 'APIError', code: 'rate_limit_exceeded' });
  });
});
