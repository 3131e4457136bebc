import { once } from 'node:events';
import { afterAll, describe, expect, it } from 'vitest';
import { makeKey } from '../support/keys.ts';
import { ask, chat } from '../support/litellm.ts';
import { nativeClients } from '../support/native-clients.ts';
import { openaiClients } from '../support/openai-clients.ts';
import { says } from '../support/prompts.ts';
import { stopPython } from '../support/python.ts';
import { at, type Reply } from '../support/reply.ts';
import { requestOnce, uniqueWord } from '../support/simulator.ts';
import { litellmWorld, world } from '../support/world.ts';
import { awsClients, chatClients } from './support/clients.ts';
import { expectHotPath, health } from './support/hot-path.ts';
import { Outage } from './support/outage.ts';
import { dial, statusOf } from './support/realtime.ts';

afterAll(stopPython);

/** LiteLLM takes ten seconds of CPU to start, on a machine that runs everything. */
const restart = { timeout: 90_000, interval: 250 };

const goodKey = () => ({ headers: { authorization: `Bearer ${world.keys.good}` } });

// In this order: LiteLLM is killed in the first test and back in the last.
describe.skipIf(world.litellm === undefined)('a LiteLLM that is killed', () => {
  let outage: Outage | undefined;
  afterAll(() => outage?.end());

  it('takes the calls with it that it was serving, which never seem complete, and no others', async () => {
    const calls = await Promise.all(openCalls());
    const word = uniqueWord();
    const body = { ...chat('nova-lite', `${word} [[sim words=100 delayMs=30]]`), stream: true };
    const hotPath = ask('/v1/chat/completions', { body });
    await requestOnce(word, ({ eventsSent }) => eventsSent > 5, { withinMs: 10_000 });
    const socket = dial(goodKey());
    await once(socket, 'message');
    const closed = once(socket, 'close');

    outage = new Outage();
    for (const { title, reply, streams } of calls) {
      const { output, events = [], failure } = await reply;
      expect([title, failure?.message]).toEqual([
        title,
        expect.stringMatching(streams ? /LiteLLM broke/ : /Try again/),
      ]);
      expect([title, output ?? undefined, events.length > 0]).toEqual([title, undefined, streams]);
      const finished = events.some((event) => at(event, 'choices', 0, 'finish_reason') ?? at(event, 'messageStop'));
      expect([title, finished]).toEqual([title, false]);
    }
    await closed;
    expect((await hotPath).text).toMatch(/"finish_reason":"stop"[\s\S]*data: \[DONE\]/);
    await outage.hold();
  });

  it('leaves a gateway that is alive and ready, and says how LiteLLM is', async () => {
    await expect
      .poll(() => health('/health/readiness'), { timeout: 10_000 })
      .toEqual({ status: 200, litellm: 'unreachable' });
    expect(await health('/health/liveliness')).toMatchObject({ status: 200 });
    expect(await health('/')).toEqual({ status: 503, litellm: 'unreachable' });
    expect(await health('/bedrock/health/liveliness')).toEqual({ status: 503, litellm: 'unreachable' });
  });

  it('is not missed on the hot path, not even by a key that nobody has seen yet', async () => {
    await expectHotPath(world.keys.good);
    await expectHotPath(await makeKey(world.databaseUrl));
  });

  it('is still in the list of models', async () => {
    const { status, json } = await ask('/v1/models');
    const names = (at(json, 'data') as unknown[]).map((model) => at(model, 'id'));
    expect([status, names]).toEqual([200, expect.arrayContaining(['claude-sonnet', 'gpt-4o-mini'])]);
  });

  it.each([
    ['POST', '/v1/chat/completions', chat('gpt-4o-mini', 'Hello.')],
    ['POST', '/v1/embeddings', { model: 'text-embedding-3-small', input: 'Hello.' }],
    ['POST', '/v1/responses', { model: 'gpt-5-mini', input: 'Hello.', stream: true }],
    ['POST', '/v1/messages', { ...chat('gpt-4o-mini', 'Hello.'), max_tokens: 10 }],
    ['GET', '/v1/files', undefined],
    ['GET', '/key/info', undefined],
    ['POST', '/key/generate', {}],
    ['GET', '/v1/models?return_wildcard_routes=True', undefined],
    ['GET', '/ui/', undefined],
  ])('is said to be away to who asks for %s %s, and when to come again', async (method, path, body) => {
    const reply = await ask(path, { method, ...(body === undefined ? {} : { body }) });
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '5']);
    expect(at(reply.json, 'error')).toMatchObject({
      ...(path === '/v1/messages' ? { type: 'api_error' } : { code: 'litellm_unavailable' }),
      message: expect.stringMatching(/LiteLLM, which cannot be reached.*Bedrock models are not affected/),
    });
  });

  it.each(awsClients)('is a ServiceUnavailableException to $name', async (client) => {
    for (const operation of ['Converse', 'ConverseStream'] as const) {
      const { failure } = await client.send(operation, { modelId: 'gpt-4o-mini', ...says('Hello.') });
      expect(failure).toMatchObject({ name: 'ServiceUnavailableException', status: 503, retryAfter: '5' });
    }
  });

  it.each(chatClients)('is an error with status 503 to $name', async (client) => {
    for (const stream of [false, true]) {
      const { failure } = await client.chat({ ...chat('gpt-4o-mini', 'Hello.'), stream });
      expect(failure).toMatchObject({ name: 'InternalServerError', status: 503, code: 'litellm_unavailable' });
    }
  });

  it('refuses a WebSocket with 503', async () => {
    expect(await statusOf(dial(goodKey()))).toBe(503);
  });

  it.each([
    ['a blocked key', () => world.keys.blocked],
    ['an unknown key', () => 'sk-unknown'],
  ])('does not hide that %s may call nothing', async (_what, key) => {
    const { status } = await ask('/v1/embeddings', {
      key: key(),
      body: { model: 'text-embedding-3-small', input: 'x' },
    });
    expect(status).toBe(401);
  });

  it('has answered who kept trying once it is back, and serves everything again', async () => {
    const attempts = 20;
    const trying = Promise.all([
      openaiClients.find((client) => !client.isPython)?.chat(chat('gpt-4o-mini', 'Hello.'), { attempts }),
      nativeClients
        .find((client) => !client.isPython)
        ?.send('Converse', { modelId: 'gpt-4o-mini', ...says('Hello.') }, { attempts }),
    ]);
    outage?.end();
    await expect.poll(() => health('/'), restart).toEqual({ status: 200, litellm: 'ready' });
    for (const reply of await trying) expect(reply?.failure).toBeUndefined();

    expect(await health('/health/readiness')).toEqual({ status: 200, litellm: 'ready' });
    await expectHotPath(world.keys.good);
    const calls = [
      ['/v1/embeddings', { body: { model: 'text-embedding-3-small', input: 'Hello.' } }],
      ['/bedrock/model/sagemaker-llama/converse', { body: says('Hello.') }],
      ['/user/list', { key: world.masterKey }],
      ['/ui/', {}],
    ] as const;
    for (const [path, asking] of calls) expect([path, (await ask(path, asking)).status]).toEqual([path, 200]);
    const socket = dial(goodKey());
    await once(socket, 'message');
    socket.close();
  });
});

/** A call that has reached its provider, and has begun to come back if it is a stream. */
interface OpenCall {
  readonly title: string;
  readonly streams: boolean;
  readonly reply: Promise<Reply>;
}

async function openCall(
  title: string,
  streams: boolean,
  simulator: string,
  send: (word: string) => Promise<Reply>,
): Promise<OpenCall> {
  const word = uniqueWord();
  const reply = send(word);
  await requestOnce(word, ({ eventsSent }) => !streams || eventsSent > 5, { simulator, withinMs: 15_000 });
  return { title, streams, reply };
}

/** Calls that LiteLLM serves, by every client: streams in their middle, and answers that never come. */
function openCalls(): Promise<OpenCall>[] {
  const { openai, sagemaker } = litellmWorld();
  const prompt = (streams: boolean, word: string) => `${word} [[sim ${streams ? 'words=2000 delayMs=20' : 'stall'}]]`;
  return [true, false].flatMap((stream) => [
    ...chatClients.map((client) =>
      openCall(`${client.name}, streams: ${stream}`, stream, openai, (word) =>
        client.chat({ ...chat('gpt-4o-mini', prompt(stream, word)), stream }),
      ),
    ),
    ...awsClients.map((client) =>
      openCall(`${client.name}, streams: ${stream}`, stream, sagemaker, (word) =>
        client.send(stream ? 'ConverseStream' : 'Converse', {
          modelId: 'sagemaker-llama',
          ...says(prompt(stream, word)),
        }),
      ),
    ),
  ]);
}
