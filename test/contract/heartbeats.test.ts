import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble } from './support/converse-stream.ts';
import { nativeClients } from './support/native-clients.ts';
import { openaiClients } from './support/openai-clients.ts';
import { type OwnGateway, startOwnGateway, untilReadiness } from './support/own-gateway.ts';
import { says } from './support/prompts.ts';
import { stopPython } from './support/python.ts';
import { rawStream } from './support/raw-http.ts';
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

const chat = (content: string) => ({ model: ALIAS, stream: true, messages: [{ role: 'user', content }] });
/** Clients over TLS go to the shared gateway, whose heartbeats are far apart. */
const natives = nativeClients.filter(
  ({ name, isPython }) => !name.includes('TLS') && !(isPython && world.python === undefined),
);
const openais = openaiClients.filter(({ isPython }) => !(isPython && world.python === undefined));
const words = Array.from({ length: 3 }, (_, index) => `word${index + 1}`).join(' ');

describe.concurrent('a model that pauses within its answer', () => {
  const pausing = '[[sim words=3 delayMs=500]]';

  it('is covered by comments on a stream of events', async () => {
    const text = await rawStream(gateway.http, '/v1/chat/completions', chat(pausing), '[DONE]');
    expect(text.match(/^: .*$/gm)?.length).toBeGreaterThan(2);
  });

  it('is covered by frames of an unknown type on a native stream', async () => {
    const text = await rawStream(gateway.http, `/bedrock/model/${ALIAS}/converse-stream`, says(pausing), 'metadata');
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
