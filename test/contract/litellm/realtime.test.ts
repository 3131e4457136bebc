import { once } from 'node:events';
import OpenAI from 'openai';
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';
import { describe, expect, it } from 'vitest';
import { nativeClients } from '../support/native-clients.ts';
import { uniqueWord } from '../support/simulator.ts';
import { world } from '../support/world.ts';
import { dial, heard, statusOf, talk } from './support/realtime.ts';

const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
const insecure = (key: string) => ({ protocols: ['realtime', `openai-insecure-api-key.${key}`] });

describe.skipIf(world.litellm === undefined)('a WebSocket of OpenAI’s Realtime API', () => {
  it.each([
    ['ws://, key in a header', false, bearer(world.keys.good)],
    ['wss://, key in a header', true, bearer(world.keys.good)],
    ['ws://, key among the subprotocols', false, insecure(world.keys.good)],
    ['wss://, key among the subprotocols', true, insecure(world.keys.good)],
    ['ws://, key in x-api-key', false, { headers: { 'x-api-key': world.keys.good } }],
    ['ws://, key in api-key', false, { headers: { 'api-key': world.keys.good } }],
  ])('speaks with a model: %s', async (_how, tls, opening) => {
    const { socket, say } = await talk({ ...opening, tls });
    expect(await say('Hello there.')).toBe('Hello there.');
    expect(await say('And again.')).toBe('And again.');
    // The key never comes back.
    expect(socket.protocol).toBe('protocols' in opening ? 'realtime' : '');
    socket.close();
  });

  it('speaks with the library of OpenAI', async () => {
    expect(nativeClients.length).toBeGreaterThan(0); // they make this process trust the local authority
    const client = new OpenAI({ baseURL: `${world.https}/v1`, apiKey: world.keys.good });
    const realtime = new OpenAIRealtimeWebSocket({ model: 'gpt-realtime' }, client);
    const said = new Promise((resolve, reject) => {
      realtime.on('error', reject);
      realtime.on('session.created', () => {
        const content = [{ type: 'input_text', text: 'Hello there.' }] as const;
        realtime.send({
          type: 'conversation.item.create',
          item: { type: 'message', role: 'user', content: [...content] },
        });
        realtime.send({ type: 'response.create' });
      });
      realtime.on('response.output_text.done', ({ text }) => resolve(text));
    });
    expect(await said).toBe('Hello there.');
    realtime.close();
  });

  it.each([
    ['no key', {}, 401],
    ['a wrong key', bearer('sk-unknown'), 401],
    ['a blocked key', bearer(world.keys.blocked), 401],
    ['an expired key', insecure(world.keys.expired), 401],
    ['a wrong key among the subprotocols', insecure('sk-unknown'), 401],
    ['a good key in the query only', { target: `/v1/realtime?model=gpt-realtime&key=${world.keys.good}` }, 401],
    ['a key of other models', bearer(world.keys.novaOnly), 403],
    ['a path that has none', { ...bearer(world.keys.good), target: '/v1/chat/completions' }, 404],
    ['a path of nobody', { ...bearer(world.keys.good), target: '/v1/nothing' }, 404],
    ['a raw route of a provider', { ...bearer(world.keys.good), target: '/openai/v1/audio' }, 404],
  ])('is refused with %s', async (_what, opening, status) => {
    expect(await statusOf(dial(opening))).toBe(status);
  });

  it.each([
    ['two headers', { headers: { authorization: `Bearer ${world.keys.good}`, 'api-key': world.keys.blocked } }],
    ['a header and a subprotocol', { ...bearer(world.keys.good), ...insecure(world.keys.blocked) }],
  ])('takes one key of several, the one that was checked: %s', async (_what, opening) => {
    const { socket, say } = await talk(opening);
    expect(await say('Hello there.')).toBe('Hello there.');
    socket.close();
  });

  it.each([
    ['two headers', { headers: { authorization: `Bearer ${world.keys.blocked}`, 'api-key': world.keys.good } }],
    ['a header and a subprotocol', { ...bearer(world.keys.blocked), ...insecure(world.keys.good) }],
  ])('is not opened by a second key: %s', async (_what, opening) => {
    expect(await statusOf(dial(opening))).toBe(401);
  });

  it('carries messages of half a megabyte in both directions', async () => {
    const { socket, say } = await talk();
    const large = 'word-'.repeat(100_000);
    expect((await say(large)) === large).toBe(true);
    socket.close();
  });

  it('closes at the provider when its client closes', async () => {
    const word = uniqueWord();
    const { socket, say } = await talk();
    await say(word);
    socket.close(1000);
    await once(socket, 'close');
    await expect.poll(() => heard(word), { timeout: 2_000 }).toMatchObject({ finished: true, aborted: false });
  });

  it('ends at the provider when its client is gone, in the midst of an answer', async () => {
    const word = uniqueWord();
    const { socket, say, until } = await talk();
    void say(`${word} [[sim words=2000 delayMs=20]]`).catch(() => undefined);
    await until('response.output_text.delta');
    socket.terminate();
    await expect.poll(() => heard(word), { timeout: 2_000 }).toMatchObject({ aborted: true });
  });

  it('closes for its client when the provider is gone', async () => {
    const { socket, say } = await talk();
    const closed = once(socket, 'close');
    void say('[[sim cut after=2 words=20]]').catch(() => undefined);
    await closed;
  });

  it('is not taken for one when a plain request comes to its path', async () => {
    const reply = await fetch(`${world.http}/v1/realtime?model=gpt-realtime`, bearer(world.keys.good));
    expect(reply.status).toBe(404);
  });
});
