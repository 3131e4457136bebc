import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exceptionStatus } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { type OpenaiSimulator, startOpenaiSimulator } from './simulator.ts';
import { assemble, objectIn, post, readStream, say } from './test-support/ask.ts';

let simulator: OpenaiSimulator;

beforeAll(async () => {
  simulator = await startOpenaiSimulator({ now: () => 1_700_000_000_500 });
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.clearRequests();
  simulator.clearScripts();
});

const chat = '/v1/chat/completions';

describe('chat', () => {
  it('echoes, dates and counts', async () => {
    const answer = await post(simulator, chat, say('good morning'));
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('x-ratelimit-remaining-requests')).toBe('9999');
    expect(await objectIn(answer)).toMatchObject({
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'gpt-4o',
      choices: [{ message: { role: 'assistant', content: 'good morning', refusal: null }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 },
    });
  });

  it('has another id for an equal request', async () => {
    const ids = [
      await objectIn(await post(simulator, chat, say('a'))),
      await objectIn(await post(simulator, chat, say('a'))),
    ];
    expect(ids[0]?.['id']).not.toBe(ids[1]?.['id']);
  });

  it('streams, with usage only where it was asked for', async () => {
    const plain = await readStream(await post(simulator, chat, say('one two', { stream: true })));
    expect(assemble(plain.events)).toMatchObject({ content: 'one two', finishReason: 'stop' });
    expect(plain.events.at(-1)).toBe('[DONE]');
    expect(plain.events.some((event) => typeof event === 'object' && event !== null && 'usage' in event)).toBe(false);

    const options = { stream: true, stream_options: { include_usage: true } };
    const counted = await readStream(await post(simulator, chat, say('one two', options)));
    expect(counted.events.at(-2)).toMatchObject({ choices: [], usage: { prompt_tokens: 2, completion_tokens: 2 } });
    expect(counted.events.slice(0, -2).every((event) => Object(event).usage === null)).toBe(true);
  });

  it('calls tools in parallel, their arguments in pieces', async () => {
    const text = 'Look. [[sim tool=get_weather input={"city":"Paris, in the rain"} tool=list_all]]';
    const { events } = await readStream(await post(simulator, chat, say(text, { stream: true })));
    const { content, toolCalls, finishReason } = assemble(events);
    expect({ content, finishReason }).toEqual({ content: 'Look.', finishReason: 'tool_calls' });
    expect(toolCalls.map(({ name, text: input }) => [name, input])).toEqual([
      ['get_weather', '{"city":"Paris, in the rain"}'],
      ['list_all', '{}'],
    ]);
    expect(toolCalls.every(({ id }) => /^call_\w/.test(id))).toBe(true);
    const pieces = events.filter((event) => JSON.stringify(event).includes('"tool_calls":[{"index":0'));
    expect(pieces.length).toBeGreaterThan(2);
  });

  it('answers with a script first, which may ask for the model and for a part of the body', async () => {
    simulator.script({ match: { modelId: 'other' }, reply: { text: 'not this' } });
    simulator.script({
      match: { modelId: 'gpt-4o', operation: 'converse', contains: 'hi' },
      reply: { text: 'scripted' },
    });
    expect(await objectIn(await post(simulator, chat, say('hi', { stream: false })))).toMatchObject({
      choices: [{ message: { content: 'scripted' } }],
    });
  });
});

describe('the other endpoints', () => {
  it('embeds texts and tokens, in numbers and in base64', async () => {
    const ask = async (more: JsonObject): Promise<JsonObject> =>
      await objectIn(
        await post(simulator, '/v1/embeddings', { model: 'text-embedding-3-small', dimensions: 3, ...more }),
      );
    const numbers = await ask({ input: ['one', 'two'] });
    expect(numbers).toMatchObject({ object: 'list', usage: { prompt_tokens: 2, total_tokens: 2 } });
    const encoded = await ask({ input: ['one', 'two'], encoding_format: 'base64' });
    const vectors = (body: JsonObject) =>
      JSON.parse(JSON.stringify(body)).data.map((item: JsonObject) => item['embedding']);
    for (const [at, base64] of vectors(encoded).entries()) {
      const bytes = Buffer.from(base64, 'base64');
      const floats = [0, 4, 8].map((offset) => bytes.readFloatLE(offset));
      expect(floats.map((value, place) => Math.abs(value - vectors(numbers)[at][place]) < 1e-6)).toEqual([
        true,
        true,
        true,
      ]);
    }
    expect(vectors(await ask({ input: [1, 2, 3] }))).toHaveLength(1);
    expect(vectors(await ask({ input: [[1, 2], [3]] }))).toHaveLength(2);
    expect(JSON.parse(JSON.stringify(await ask({ input: 'x', dimensions: null }))).data[0].embedding).toHaveLength(
      1536,
    );
  });

  it('completes a prompt, 16 tokens of it unless more were asked for', async () => {
    const body = { model: 'gpt-3.5-turbo-instruct', prompt: 'x'.repeat(100) };
    expect(await objectIn(await post(simulator, '/v1/completions', body))).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'x'.repeat(64), finish_reason: 'length' }],
    });
    const { events } = await readStream(
      await post(simulator, '/v1/completions', { ...body, prompt: ['a', 'b c'], max_tokens: 9, stream: true }),
    );
    expect(events.slice(0, 3)).toMatchObject([
      { choices: [{ index: 0, text: 'b' }] },
      { choices: [{ index: 0, text: ' c' }] },
      { choices: [{ index: 0, finish_reason: 'stop' }] },
    ]);
    expect(events.at(-1)).toBe('[DONE]');
  });

  it('responds, whole and streamed', async () => {
    const whole = await objectIn(await post(simulator, '/v1/responses', { model: 'gpt-5', input: 'hello' }));
    expect(whole).toMatchObject({
      object: 'response',
      status: 'completed',
      output: [{ content: [{ text: 'hello' }] }],
    });
    const { events } = await readStream(
      await post(simulator, '/v1/responses', { model: 'gpt-5', input: 'hello', stream: true }),
    );
    expect(events.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { output: [{ content: [{ text: 'hello' }] }] },
    });
  });

  it('makes images, in base64 and to be fetched', async () => {
    const ask = async (more: JsonObject) =>
      JSON.parse(
        JSON.stringify(
          await objectIn(await post(simulator, '/v1/images/generations', { prompt: 'a cat', size: '8x4', ...more })),
        ),
      );
    const inline = await ask({ model: 'gpt-image-1', n: 2 });
    expect(inline).toMatchObject({ data: [{}, {}], usage: { output_tokens: 2048 } });
    const bytes = Buffer.from(inline.data[0].b64_json, 'base64');
    expect([bytes.toString('latin1', 1, 4), bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual(['PNG', 8, 4]);
    const linked = await ask({ model: 'dall-e-3' });
    const fetched = await fetch(linked.data[0].url);
    expect(fetched.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await fetched.arrayBuffer()).readUInt32BE(16)).toBe(8);
    expect((await post(simulator, '/v1/images/generations', { prompt: 'x', size: 'huge' })).status).toBe(400);
  });

  it.each([
    ['mp3', 'audio/mpeg', [0xff, 0xfb]],
    ['wav', 'audio/wav', [0x52, 0x49]],
    ['pcm', 'audio/pcm', [0, 0]],
  ])('speaks %s', async (response_format, type, start) => {
    const body = { model: 'tts-1', voice: 'alloy', input: 'hello', response_format };
    const answer = await post(simulator, '/v1/audio/speech', body);
    expect(answer.headers.get('content-type')).toBe(type);
    expect([...Buffer.from(await answer.arrayBuffer()).subarray(0, 2)]).toEqual(start);
  });

  it('transcribes a file into its name and length', async () => {
    const send = async (more: Readonly<Record<string, string>>, path = 'transcriptions'): Promise<Response> => {
      const form = new FormData();
      form.append('file', new File(['x'.repeat(4000)], 'note.mp3', { type: 'audio/mpeg' }));
      for (const [name, value] of Object.entries({ model: 'gpt-4o-transcribe', ...more })) form.append(name, value);
      return await fetch(`${simulator.url}/v1/audio/${path}`, { method: 'POST', body: form });
    };
    const text = 'Simulated transcription of note.mp3 (4000 bytes).';
    expect(await objectIn(await send({}))).toMatchObject({ text, usage: { type: 'tokens', input_tokens: 10 } });
    expect(await objectIn(await send({ model: 'whisper-1' }))).toMatchObject({
      text,
      usage: { type: 'duration', seconds: 1 },
    });
    expect(await (await send({ response_format: 'text' })).text()).toBe(`${text}\n`);
    expect(await (await send({ response_format: 'vtt' })).text()).toContain('00:00:00.000 --> 00:00:01.000');
    expect(await objectIn(await send({ response_format: 'verbose_json' }))).toMatchObject({
      duration: 1,
      segments: [{ text }],
    });
    expect((await readStream(await send({ stream: 'true' }))).events.at(-1)).toMatchObject({
      type: 'transcript.text.done',
      text,
    });
    expect(await objectIn(await send({}, 'translations'))).toMatchObject({
      text: text.replace('scription', 'slation'),
    });
    expect((await send({ prompt: '[[sim error=ThrottlingException]]' })).status).toBe(429);
    expect(simulator.requests()[0]?.body).toEqual({
      file: { filename: 'note.mp3', type: 'audio/mpeg', bytes: 4000 },
      model: 'gpt-4o-transcribe',
    });
  });

  it('moderates: clean, unless a directive says otherwise', async () => {
    const ask = (input: string | readonly string[]) => post(simulator, '/v1/moderations', { input });
    expect(await objectIn(await ask('fine'))).toMatchObject({ results: [{ flagged: false }] });
    expect(await objectIn(await ask(['bad [[sim stop=content_filtered]]', 'b']))).toMatchObject({
      results: [{ flagged: true, categories: { violence: true, hate: false } }, { flagged: true }],
    });
  });

  it('lists models', async () => {
    expect(await objectIn(await fetch(`${simulator.url}/v1/models`))).toMatchObject({
      object: 'list',
      data: expect.any(Array),
    });
    expect(await objectIn(await fetch(`${simulator.url}/v1/models/gpt-4o`))).toMatchObject({
      id: 'gpt-4o',
      object: 'model',
    });
    const unknown = await fetch(`${simulator.url}/v1/models/nothing`);
    expect(unknown.status).toBe(404);
    expect(await objectIn(unknown)).toMatchObject({ error: { code: 'model_not_found' } });
  });
});

describe('errors', () => {
  it.each<[what: string, path: string, body: JsonObject, status: number, error: JsonObject]>([
    ['no model', chat, { messages: [] }, 400, { type: 'invalid_request_error', param: null, code: null }],
    ['a wrong directive', chat, say('[[sim nonsense]]'), 400, { type: 'invalid_request_error' }],
    ['an unknown path', '/v1/chat', {}, 404, { code: 'unknown_url' }],
    ['no input', '/v1/embeddings', { model: 'm' }, 400, { param: 'input', code: 'missing_required_parameter' }],
    ['an empty input', '/v1/embeddings', { model: 'm', input: ['a', ''] }, 400, { param: 'input' }],
    ['no voice', '/v1/audio/speech', { model: 'm', input: 'a' }, 400, { param: 'voice' }],
    ['a form that is JSON', '/v1/audio/transcriptions', {}, 400, { type: 'invalid_request_error' }],
  ])('%s is refused in OpenAI’s form', async (_, path, body, status, error) => {
    const answer = await post(simulator, path, body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
    expect(await objectIn(answer)).toMatchObject({ error: { message: expect.any(String), ...error } });
  });

  it('a method that the path does not have, and a body that is no JSON', async () => {
    expect((await fetch(`${simulator.url}${chat}`)).status).toBe(405);
    expect((await fetch(`${simulator.url}${chat}`, { method: 'POST', body: '{' })).status).toBe(400);
  });

  it.each([
    ['ThrottlingException', 429, 'rate_limit_exceeded'],
    ['ServiceQuotaExceededException', 429, 'insufficient_quota'],
    ['ValidationException', 400, null],
    ['InternalServerException', 500, null],
    ['ServiceUnavailableException', 503, 'server_is_overloaded'],
    ['ResourceNotFoundException', 404, 'model_not_found'],
  ])('%s on demand is a %i', async (name, status, code) => {
    const answer = await post(simulator, chat, say(`x [[sim error=${name}]]`, { stream: true }));
    expect(answer.status).toBe(status);
    expect(await objectIn(answer)).toMatchObject({ error: { message: `A scripted ${name}.`, code } });
  });

  it('every error that a script knows has a status of OpenAI', async () => {
    for (const name of Object.keys(exceptionStatus)) {
      const { status } = await post(simulator, chat, say(`x [[sim error=${name}]]`));
      expect({ name, isError: status >= 400 && status < 600 }).toEqual({ name, isError: true });
    }
  });

  it('a rate limit says how long to wait, and what is left', async () => {
    simulator.script({ reply: { fault: { kind: 'exception', name: 'ThrottlingException', retryAfterSeconds: 3 } } });
    const { headers } = await post(simulator, chat, say('x'));
    expect(headers.get('retry-after')).toBe('3');
    expect(headers.get('retry-after-ms')).toBe('3000');
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('0');
  });
});

describe('with a key', () => {
  let guarded: OpenaiSimulator;
  beforeAll(async () => {
    guarded = await startOpenaiSimulator({ apiKey: 'sk-right' });
  });
  afterAll(() => guarded.close());

  it.each<[key: string, headers: Readonly<Record<string, string>>, status: number, code: string | null]>([
    ['the right key', { authorization: 'Bearer sk-right' }, 200, null],
    ['a wrong key', { authorization: 'Bearer sk-wrong-and-quite-long' }, 401, 'invalid_api_key'],
    ['no key', {}, 401, null],
    ['a key of another kind', { authorization: 'Basic c2stcmlnaHQ=' }, 401, null],
  ])('%s', async (_, headers, status, code) => {
    const answer = await fetch(`${guarded.url}/v1/models`, { headers });
    expect(answer.status).toBe(status);
    const body = await objectIn(answer);
    if (status === 401) expect(body).toMatchObject({ error: { type: 'invalid_request_error', code } });
    expect(JSON.stringify(body)).not.toContain('and-quite');
  });
});

describe('what is logged', () => {
  it('is the request line, the headers and the parsed body', async () => {
    await fetch(`${simulator.url}${chat}?trace=1`, {
      method: 'POST',
      headers: { 'x-trace': 'abc' },
      body: JSON.stringify(say('hi')),
    });
    expect(simulator.requests()).toMatchObject([
      {
        method: 'POST',
        path: chat,
        target: `${chat}?trace=1`,
        headers: { 'x-trace': 'abc' },
        body: say('hi'),
        bodyText: JSON.stringify(say('hi')),
        modelId: 'gpt-4o',
        operation: 'converse',
        status: 200,
        finished: true,
        aborted: false,
      },
    ]);
  });

  it('can be had over HTTP, as scripts can be given', async () => {
    await fetch(`${simulator.url}/_simulator/script`, { method: 'POST', body: '{"reply":{"text":"by curl"}}' });
    expect(await objectIn(await post(simulator, chat, say('x')))).toMatchObject({
      choices: [{ message: { content: 'by curl' } }],
    });
    expect(await (await fetch(`${simulator.url}/_simulator/requests`)).json()).toMatchObject([{ path: chat }]);
  });
});

it('answers a client that offers HTTP/2 by an upgrade, as Java’s does', async () => {
  const { hostname, port } = new URL(simulator.url);
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAEAAEAA' };
  const sent = request({ hostname, port, path: '/v1/models', headers }).end();
  const [answer] = await once(sent, 'response');
  expect(answer.statusCode).toBe(200);
  answer.resume();
});

it('refuses to start on a port that is taken', async () => {
  await expect(startOpenaiSimulator({ port: simulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
