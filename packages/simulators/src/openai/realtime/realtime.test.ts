import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type JsonObject, objectOf } from '../../json.ts';
import { type OpenaiSimulator, startOpenaiSimulator } from '../simulator.ts';

let simulator: OpenaiSimulator;

beforeEach(async () => {
  simulator = await startOpenaiSimulator({ apiKey: 'sk-right' });
});
afterEach(() => simulator.close());

interface Talk {
  readonly socket: WebSocket;
  readonly events: readonly JsonObject[];
  send(event: JsonObject): void;
  /** Waits for an event of this type; the vitest timeout is the limit. */
  until(type: string): Promise<JsonObject>;
}

interface Opening {
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

function dial({
  query = '?model=gpt-realtime',
  headers = { authorization: 'Bearer sk-right' },
  protocols = [],
}: Opening) {
  return new WebSocket(`${simulator.url.replace('http', 'ws')}/v1/realtime${query}`, [...protocols], { headers });
}

async function open(opening: Opening = {}): Promise<Talk> {
  const socket = dial(opening);
  const events: JsonObject[] = [];
  socket.on('error', () => {});
  socket.on('message', (data) => events.push(objectOf(JSON.parse(String(data)))));
  const talk: Talk = {
    socket,
    events,
    send: (event) => socket.send(JSON.stringify(event)),
    until: async (type) => {
      for (;;) {
        const found = events.findLast((event) => event['type'] === type);
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
  };
  await talk.until('session.created');
  return talk;
}

function ask(talk: Talk, text: string, response: JsonObject = {}): void {
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
  talk.send({ type: 'conversation.item.create', item });
  talk.send({ type: 'response.create', response });
}

async function logged(condition: (request: ReturnType<OpenaiSimulator['requests']>[number]) => boolean) {
  for (;;) {
    const found = simulator.requests().find(condition);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const types = (talk: Talk): readonly unknown[] => talk.events.map(({ type }) => type);

describe('a session', () => {
  it('begins, takes an item, and answers it in text', async () => {
    const talk = await open();
    expect(talk.events[0]).toMatchObject({
      session: { type: 'realtime', model: 'gpt-realtime', output_modalities: ['text'] },
    });
    ask(talk, 'hello there');
    await talk.until('response.done');
    expect(types(talk)).toEqual([
      'session.created',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
    ]);
    expect(new Set(talk.events.map(({ event_id }) => event_id)).size).toBe(talk.events.length);
    expect(talk.events.at(-1)).toMatchObject({
      response: {
        status: 'completed',
        output: [{ role: 'assistant', content: [{ type: 'output_text', text: 'hello there' }] }],
        usage: { input_tokens: 3, output_tokens: 3, total_tokens: 6 },
      },
    });
  });

  it.each([
    ['a header', { headers: { authorization: 'Bearer sk-right', 'openai-beta': 'realtime=v1' } }],
    [
      'protocols',
      { headers: {}, protocols: ['realtime', 'openai-insecure-api-key.sk-right', 'openai-beta.realtime-v1'] },
    ],
  ])('speaks the beta’s names to who says so in %s', async (_, opening) => {
    const talk = await open(opening);
    ask(talk, 'hi');
    await talk.until('response.done');
    expect(types(talk)).toContain('conversation.item.created');
    expect(types(talk)).toContain('response.text.delta');
    expect(talk.events.at(-1)).toMatchObject({ response: { output: [{ content: [{ type: 'text', text: 'hi' }] }] } });
  });

  it('calls functions, and hears their answers', async () => {
    const talk = await open();
    ask(talk, '[[sim tool=look input={"city":"Paris"}]]');
    const done = await talk.until('response.function_call_arguments.done');
    expect(done).toMatchObject({ name: 'look', arguments: '{"city":"Paris"}' });
    const fragments = talk.events.filter(({ type }) => type === 'response.function_call_arguments.delta');
    expect(fragments.map(({ delta }) => delta).join('')).toBe('{"city":"Paris"}');
    await talk.until('response.done');
    const item = { type: 'function_call_output', call_id: String(done['call_id']), output: 'rain' };
    talk.send({ type: 'conversation.item.create', item });
    talk.send({ type: 'response.create' });
    expect(await talk.until('response.output_text.done')).toMatchObject({ text: 'rain' });
  });

  it('uses its settings and, above them, those of a response', async () => {
    const talk = await open();
    const tools = [{ type: 'function', name: 'look' }];
    talk.send({ type: 'session.update', session: { instructions: 'be kind', tools } });
    expect(await talk.until('session.updated')).toMatchObject({ session: { instructions: 'be kind' } });
    ask(talk, 'hi', { tool_choice: 'required', conversation: 'none', metadata: { a: '1' } });
    expect(await talk.until('response.done')).toMatchObject({
      response: { output: [{ type: 'function_call', name: 'look' }], metadata: { a: '1' } },
    });
  });

  it('gives items back, forgets them, and takes sound for a sound', async () => {
    const talk = await open();
    talk.send({ type: 'conversation.item.create', item: { id: 'i1', type: 'message', role: 'user', content: [] } });
    talk.send({ type: 'conversation.item.retrieve', item_id: 'i1' });
    expect(await talk.until('conversation.item.retrieved')).toMatchObject({ item: { id: 'i1' } });
    talk.send({ type: 'conversation.item.delete', item_id: 'i1' });
    expect(await talk.until('conversation.item.deleted')).toMatchObject({ item_id: 'i1' });
    talk.send({ type: 'conversation.item.retrieve', item_id: 'i1' });
    expect(await talk.until('error')).toMatchObject({ error: { code: 'item_not_found' } });
    talk.send({ type: 'input_audio_buffer.append', audio: 'AAAA' });
    talk.send({ type: 'input_audio_buffer.commit' });
    talk.send({ type: 'response.create' });
    expect(await talk.until('response.output_text.done')).toMatchObject({ text: '(input_audio)' });
    expect(simulator.requests()[0]?.body).toContainEqual({
      type: 'input_audio_buffer.append',
      audio: '(4 characters)',
    });
  });

  it.each<[what: string, event: string, code: string]>([
    ['an unknown event', '{"type":"nonsense","event_id":"e1"}', 'invalid_value'],
    ['a text that is no JSON', 'nonsense', 'invalid_json'],
    ['a cancellation of nothing', '{"type":"response.cancel"}', 'response_cancel_not_active'],
  ])('answers %s with an error, and goes on', async (_, event, code) => {
    const talk = await open();
    talk.socket.send(event);
    expect(await talk.until('error')).toMatchObject({ error: { type: 'invalid_request_error', code } });
    ask(talk, 'still here');
    expect(await talk.until('response.output_text.done')).toMatchObject({ text: 'still here' });
  });
});

describe('a response', () => {
  it('is cancelled, and only one is under way', async () => {
    const talk = await open();
    ask(talk, '[[sim words=100 delayMs=20]]');
    await talk.until('response.output_text.delta');
    talk.send({ type: 'response.create' });
    expect(await talk.until('error')).toMatchObject({ error: { code: 'conversation_already_has_active_response' } });
    talk.send({ type: 'response.cancel' });
    expect(await talk.until('response.done')).toMatchObject({ response: { status: 'cancelled' } });
    ask(talk, 'again');
    expect(await talk.until('response.output_text.done')).toMatchObject({ text: 'again' });
  });

  it.each([
    ['fails at once', '[[sim error=ThrottlingException]]', 'rate_limit_exceeded', 0],
    ['fails in its midst', 'a b c [[sim exception=throttlingException after=6]]', 'rate_limit_exceeded', 2],
  ])('%s on demand', async (_, text, code, deltas) => {
    const talk = await open();
    ask(talk, text);
    expect(await talk.until('response.done')).toMatchObject({
      response: { status: 'failed', status_details: { error: { code } } },
    });
    expect(types(talk).filter((type) => type === 'response.output_text.delta')).toHaveLength(deltas);
  });

  it('that is cut off is seen as our doing', async () => {
    const talk = await open();
    const closed = once(talk.socket, 'close');
    ask(talk, 'a b c [[sim cut after=5]]');
    expect((await closed)[0]).toBe(1006);
    expect(await logged(({ modelId }) => modelId !== '')).toMatchObject({ finished: false, aborted: false });
  });

  it('of a client that leaves is seen as the client’s', async () => {
    const talk = await open();
    ask(talk, 'a b c [[sim stall after=5]]');
    await talk.until('response.output_text.delta');
    talk.socket.close();
    expect(await logged(({ aborted }) => aborted)).toMatchObject({ finished: false, status: 101 });
  });
});

it('a session that was closed after its answers is finished', async () => {
  const talk = await open();
  ask(talk, 'hi');
  await talk.until('response.done');
  talk.socket.close();
  expect(await logged(({ finished }) => finished)).toMatchObject({
    path: '/v1/realtime',
    modelId: 'gpt-realtime',
    operation: 'converse-stream',
    aborted: false,
    body: [{ type: 'conversation.item.create' }, { type: 'response.create' }],
  });
});

it.each<[what: string, opening: Opening, status: number]>([
  ['a wrong key', { headers: { authorization: 'Bearer sk-wrong' } }, 401],
  ['no key', { headers: {} }, 401],
  ['no model', { query: '' }, 400],
  ['another path', { query: '/calls?model=m' }, 404],
])('%s is refused before there is a session', async (_, opening, status) => {
  const socket = dial(opening);
  const [, response] = await once(socket, 'unexpected-response');
  expect(response.statusCode).toBe(status);
  const body: Buffer[] = [];
  for await (const chunk of response) body.push(chunk);
  expect(JSON.parse(Buffer.concat(body).toString())).toMatchObject({ error: { type: 'invalid_request_error' } });
  expect(simulator.requests()).toMatchObject([{ status, finished: true }]);
});
