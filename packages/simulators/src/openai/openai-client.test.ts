import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OpenaiSimulator, startOpenaiSimulator } from './simulator.ts';

let simulator: OpenaiSimulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startOpenaiSimulator({ apiKey: 'sk-right' });
  client = clientWith('sk-right');
});
afterAll(() => simulator.close());
beforeEach(() => simulator.clearRequests());

function clientWith(apiKey: string): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${simulator.url}/v1`, maxRetries: 0 });
}

const ask = (content: string) => ({ model: 'gpt-4o', messages: [{ role: 'user' as const, content }] });

describe('the official client', () => {
  it('chats, and puts a streamed message with tool calls together', async () => {
    const whole = await client.chat.completions.create(ask('hello there'));
    expect(whole.choices[0]?.message.content).toBe('hello there');
    const stream = client.chat.completions.stream({
      ...ask('Look. [[sim tool=look input={"city":"Paris, in the rain"} tool=list_all]]'),
      stream_options: { include_usage: true },
    });
    const { choices, usage } = await stream.finalChatCompletion();
    expect(choices[0]?.message.tool_calls?.map((call) => 'function' in call && call.function)).toMatchObject([
      { name: 'look', arguments: '{"city":"Paris, in the rain"}' },
      { name: 'list_all', arguments: '{}' },
    ]);
    expect(usage?.total_tokens).toBeGreaterThan(0);
  });

  it('embeds the same in base64, which it asks for by itself, and in numbers', async () => {
    const body = { model: 'text-embedding-3-small', input: ['one', 'two'], dimensions: 3 };
    const encoded = await client.embeddings.create(body);
    const plain = await client.embeddings.create({ ...body, encoding_format: 'float' });
    for (const [at, { embedding }] of plain.data.entries()) {
      for (const [place, value] of embedding.entries()) {
        expect(encoded.data[at]?.embedding[place]).toBeCloseTo(value, 6);
      }
    }
  });

  it('responds, and takes every event of a stream', async () => {
    expect((await client.responses.create({ model: 'gpt-5', input: 'hello' })).output_text).toBe('hello');
    const stream = client.responses.stream({ model: 'gpt-5', input: 'Go [[sim reasoning tool=look input={"a":1}]]' });
    const types = new Set<string>();
    for await (const event of stream) types.add(event.type);
    expect(types).toContain('response.function_call_arguments.done');
    const { output } = await stream.finalResponse();
    expect(output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call']);
  });

  it('makes images, speaks, transcribes, moderates and lists', async () => {
    const image = await client.images.generate({ model: 'gpt-image-1', prompt: 'a cat', size: '256x256' });
    expect(Buffer.from(image.data?.[0]?.b64_json ?? '', 'base64').toString('latin1', 1, 4)).toBe('PNG');
    const speech = await client.audio.speech.create({
      model: 'tts-1',
      voice: 'alloy',
      input: 'hi',
      response_format: 'wav',
    });
    const file = await toFile(Buffer.from(await speech.arrayBuffer()), 'speech.wav');
    const heard = await client.audio.transcriptions.create({ model: 'whisper-1', file });
    expect(heard.text).toBe('Simulated transcription of speech.wav (12044 bytes).');
    const judged = await client.moderations.create({ input: 'bad [[sim stop=content_filtered]]' });
    expect(judged.results[0]?.flagged).toBe(true);
    expect((await client.models.list()).data.length).toBeGreaterThan(0);
    expect((await client.completions.create({ model: 'davinci-002', prompt: 'one two' })).choices[0]?.text).toBe(
      'one two',
    );
  });

  it.each([
    ['ThrottlingException', OpenAI.RateLimitError],
    ['ValidationException', OpenAI.BadRequestError],
    ['InternalServerException', OpenAI.InternalServerError],
    ['ResourceNotFoundException', OpenAI.NotFoundError],
  ])('raises its own error for %s', async (name, type) => {
    await expect(client.chat.completions.create(ask(`[[sim error=${name}]]`))).rejects.toBeInstanceOf(type);
  });

  it('raises its own error for a wrong key and for a failure in mid-stream', async () => {
    await expect(clientWith('sk-wrong').models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    const text = 'a b c [[sim exception=throttlingException after=2]]';
    const stream = await client.chat.completions.create({ ...ask(text), stream: true });
    await expect(async () => {
      for await (const _ of stream);
    }).rejects.toMatchObject({ code: 'rate_limit_exceeded' });
  });

  it('that leaves is seen', async () => {
    const stream = await client.chat.completions.create({ ...ask('[[sim words=100 delayMs=20]]'), stream: true });
    for await (const _ of stream) break;
    while (simulator.requests()[0]?.aborted !== true) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(simulator.requests()[0]).toMatchObject({ finished: false });
  });
});
