import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble } from '../support/converse-stream.ts';
import { type Asking, addModel, ask, chat } from '../support/litellm.ts';
import { nativeClients } from '../support/native-clients.ts';
import { openaiClients, openaiForNode } from '../support/openai-clients.ts';
import { says } from '../support/prompts.ts';
import { isWithout } from '../support/providers.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { litellmWorld, world } from '../support/world.ts';
import { type FilesProvider, startFilesProvider } from './support/files-provider.ts';

afterAll(stopPython);

const skip = world.litellm === undefined;
const words = 'A sentence of several words.';

describe.each(openaiClients)('$name gets', (client) => {
  describe.skipIf(isWithout(client))('from LiteLLM’s models', () => {
    it.each([
      [
        'embeddings',
        'embeddings.create',
        { model: 'text-embedding-3-small', input: ['One.', 'Two.'], dimensions: 3, encoding_format: 'float' },
        { data: [{ embedding: Array(3).fill(expect.any(Number)) }, { embedding: Array(3).fill(expect.any(Number)) }] },
      ],
      [
        'embeddings of Bedrock',
        'embeddings.create',
        { model: 'titan-embed', input: 'One.', encoding_format: 'float' },
        { data: [{ embedding: expect.arrayContaining([expect.any(Number)]) }] },
      ],
      [
        'a response',
        'responses.create',
        { model: 'gpt-5-mini', input: words },
        { object: 'response', status: 'completed', output: [{ content: [{ type: 'output_text', text: words }] }] },
      ],
      [
        'an image',
        'images.generate',
        { model: 'gpt-image-1', prompt: 'A cat.' },
        { data: [{ b64_json: expect.stringMatching(/^iVBORw0KGgo/) }] },
      ],
      [
        'a moderation',
        'moderations.create',
        { model: 'omni-moderation-latest', input: words },
        { results: [{ flagged: false }] },
      ],
      [
        'a completion',
        'completions.create',
        { model: 'gpt-4o-mini', prompt: words },
        { object: 'text_completion', choices: [{ text: words }] },
      ],
    ])('%s', async (_what, method, input, output) => {
      const reply = await client.call(method, input);
      expect(reply.failure).toBeUndefined();
      expect(reply.output).toMatchObject(output);
    });

    it('a response as a stream of events', async () => {
      const { events, failure } = await client.call('responses.create', {
        model: 'gpt-5-mini',
        input: words,
        stream: true,
      });
      expect(failure).toBeUndefined();
      const types = (events ?? []).map((event) => at(event, 'type'));
      expect([types[0], types.at(-1)]).toEqual(['response.created', 'response.completed']);
      const deltas = (events ?? []).filter((event) => at(event, 'type') === 'response.output_text.delta');
      expect(deltas.map((event) => at(event, 'delta')).join('')).toBe(words);
      expect(deltas.length).toBeGreaterThan(3);
    });

    it('what LiteLLM raises of a model that its key may not use', async () => {
      const input = { model: 'text-embedding-3-small', input: 'One.' };
      const { failure } = await client.call('embeddings.create', input, { key: world.keys.novaOnly });
      expect(failure).toMatchObject({ name: 'PermissionDeniedError', status: 403 });
    });
  });
});

/** Every route that calls a model, with its smallest request. */
const routes: readonly (readonly [path: string, body: () => object])[] = [
  ['/v1/chat/completions', () => chat('gpt-4o-mini', words)],
  ['/chat/completions', () => chat('gpt-4o-mini', words)],
  ['/v1/completions', () => ({ model: 'gpt-4o-mini', prompt: words })],
  ['/v1/responses', () => ({ model: 'gpt-5-mini', input: words })],
  ['/v1/messages', () => ({ ...chat('gpt-4o-mini', words), max_tokens: 100 })],
  ['/v1/messages/count_tokens', () => chat('gpt-4o-mini', words)],
  ['/v1/embeddings', () => ({ model: 'text-embedding-3-small', input: words })],
  ['/embeddings', () => ({ model: 'text-embedding-3-small', input: words })],
  ['/v1/moderations', () => ({ model: 'omni-moderation-latest', input: words })],
  ['/v1/images/generations', () => ({ model: 'gpt-image-1', prompt: words })],
  ['/v1/audio/speech', () => ({ model: 'tts-1', input: words, voice: 'alloy' })],
  ['/v1/audio/transcriptions', () => form({ model: 'whisper-1' }, 'speech.wav', new Uint8Array(64))],
  ['/openai/deployments/gpt-4o-mini/chat/completions', () => ({ messages: chat('', words).messages })],
  ['/engines/gpt-4o-mini/chat/completions', () => ({ messages: chat('', words).messages })],
  ['/v1beta/models/gpt-4o-mini:generateContent', () => ({ contents: [{ role: 'user', parts: [{ text: words }] }] })],
  ['/utils/token_counter', () => chat('gpt-4o-mini', words)],
];

function form(fields: Readonly<Record<string, string>>, name: string, bytes: Uint8Array<ArrayBuffer>): FormData {
  const made = new FormData();
  for (const [field, value] of Object.entries(fields)) made.set(field, value);
  made.set('file', new Blob([bytes]), name);
  return made;
}

/** Without what is another one at each answer, and without the session that the gateway adds to a chat's. */
function withoutIds(text: string): string {
  return text
    .replace(/(?<=^(?:data: )?\{)"session_id":"[^"]+",/m, '')
    .replaceAll(/"(id|item_id|response_id)":\s*"[^"]+"/g, '"$1":"…"')
    .replaceAll(/"(created|created_at|completed_at)":\s*\d+(?:\.\d+)?/g, '"$1":0');
}

describe.skipIf(skip).each(routes)('POST %s', (path, body) => {
  const direct: Asking = { http: world.litellm?.url ?? '' };

  it('gives what LiteLLM itself gives, and says that it came from there', async () => {
    const [reply, itself] = [await ask(path, { body: body() }), await ask(path, { body: body(), ...direct })];
    expect([reply.status, withoutIds(reply.text)]).toEqual([200, withoutIds(itself.text)]);
    expect(reply.headers.get('content-type')).toBe(itself.headers.get('content-type'));
    expect(reply.headers.get('x-gateway-served-by')).toBe('litellm');
  });

  it('takes a key in any of the headers that clients have for it', async () => {
    for (const header of ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']) {
      const value = header === 'authorization' ? `Bearer ${world.keys.good}` : world.keys.good;
      const { status } = await ask(path, { key: null, body: body(), headers: { [header]: value } });
      expect([header, status]).toEqual([header, 200]);
    }
  });

  it.each([
    ['no key', null],
    ['an unknown key', 'sk-unknown'],
    ['a blocked key', world.keys.blocked],
    ['an expired key', world.keys.expired],
  ])('refuses %s, without asking LiteLLM', async (_what, key) => {
    const { status, headers } = await ask(path, { key, body: body() });
    expect([status, headers.get('x-gateway-served-by')]).toEqual([401, null]);
  });

  it('refuses a key of other models', async () => {
    expect((await ask(path, { key: world.keys.novaOnly, body: body() })).status).toBe(403);
  });
});

describe.skipIf(skip)('a stream', () => {
  it.each([
    ['/v1/chat/completions', { ...chat('gpt-4o-mini', words), stream: true, stream_options: { include_usage: true } }],
    ['/v1/chat/completions', { ...chat('sagemaker-llama', words), stream: true }],
    ['/v1/completions', { model: 'gpt-4o-mini', prompt: words, stream: true }],
    ['/v1/responses', { model: 'gpt-5-mini', input: words, stream: true }],
    ['/v1/messages', { ...chat('gpt-4o-mini', words), max_tokens: 100, stream: true }],
  ])('of %s has the very events that LiteLLM sends', async (path, body) => {
    const reply = await ask(path, { body });
    const direct = await ask(path, { body, http: litellmWorld().url });
    expect(reply.headers.get('content-type')).toBe(direct.headers.get('content-type'));
    const events = (text: string) => withoutIds(text).split('\n\n');
    expect(events(reply.text).length).toBeGreaterThan(5);
    expect(events(reply.text)).toEqual(events(direct.text));
  });

  it('that fails in its middle ends as LiteLLM ends it', async () => {
    const text = `[[sim exception=internalServerException after=4 delayMs=20 words=20]]`;
    for (const path of ['/v1/chat/completions', '/v1/messages']) {
      const body = { ...chat('gpt-4o-mini', text), max_tokens: 100, stream: true };
      const [reply, direct] = await Promise.all([ask(path, { body }), ask(path, { body, http: litellmWorld().url })]);
      expect(withoutIds(reply.text)).toBe(withoutIds(direct.text));
      expect(reply.text).toMatch(/"error"/);
    }
  });
});

describe.skipIf(skip)('sound', () => {
  it('is spoken and heard through the library of OpenAI', async () => {
    const { audio } = openaiForNode();
    const spoken = await audio.speech.create({ model: 'tts-1', input: words, voice: 'alloy', response_format: 'wav' });
    const bytes = Buffer.from(await spoken.arrayBuffer());
    expect(bytes.subarray(0, 4).toString()).toBe('RIFF');
    const file = await toFile(bytes, 'spoken.wav');
    const { text } = await audio.transcriptions.create({ model: 'whisper-1', file });
    expect(text).toContain(`spoken.wav (${bytes.length} bytes)`);
  });
});

describe.skipIf(skip)('files', () => {
  let provider: FilesProvider;
  let model = '';
  beforeAll(async () => {
    provider = await startFilesProvider();
    model = await addModel({ model: 'openai/gpt-4o-mini', api_base: provider.baseUrl, api_key: 'sk-files' });
    return () => provider.close();
  });

  it('are kept, described, read and deleted through the library of OpenAI', async () => {
    const { files } = openaiForNode();
    const bytes = Buffer.from('{"a": 1}\n');
    // LiteLLM takes the credentials of the model that the form names.
    const input = { file: await toFile(bytes, 'a.jsonl'), purpose: 'user_data', model } as const;
    const kept = await files.create(input);
    expect(kept).toMatchObject({ object: 'file', filename: 'a.jsonl', bytes: bytes.length });
    expect(await files.retrieve(kept.id)).toMatchObject({ filename: 'a.jsonl' });
    expect(await (await files.content(kept.id)).text()).toBe(bytes.toString());
    expect(await files.delete(kept.id)).toMatchObject({ deleted: true });
  });

  it('of 40 MB arrive whole, though no other body may be so large', async () => {
    const bytes = new Uint8Array(40 * 1024 * 1024).fill(97);
    const reply = await ask('/v1/files', { body: form({ model, purpose: 'user_data' }, 'large.txt', bytes) });
    expect([reply.status, reply.json]).toMatchObject([200, { bytes: bytes.length }]);
    const refused = await ask('/v1/embeddings', { body: { model: 'titan-embed', input: 'x'.repeat(bytes.length) } });
    expect(refused.status).toBe(413);
  });

  it('need a key, which is checked before anything is taken', async () => {
    const body = () => form({ model, purpose: 'user_data' }, 'a.txt', new Uint8Array(10));
    for (const key of [null, 'sk-unknown', world.keys.blocked]) {
      expect((await ask('/v1/files', { key, body: body() })).status).toBe(401);
    }
    expect((await ask('/v1/files', { key: world.keys.novaOnly, body: body() })).status).toBe(403);
  });
});

/** One request over HTTP/2 by TLS, as text. */
async function overHttp2(path: string, headers: Readonly<Record<string, string>>, body?: Uint8Array): Promise<string> {
  const session = connect(world.https, { ca: readFileSync(world.ca) });
  try {
    const method = body === undefined ? 'GET' : 'POST';
    const request = session.request({
      ...{ ':path': path, ':method': method, authorization: `Bearer ${world.keys.good}`, ...headers },
    });
    request.end(body);
    let text = '';
    for await (const chunk of request) text += String(chunk);
    return text;
  } finally {
    session.close();
  }
}

describe.skipIf(skip)('HTTP/2 by TLS', () => {
  it('carries a look, a call, a stream and an upload', async () => {
    const json = { 'content-type': 'application/json' };
    const bytes = (body: object) => Buffer.from(JSON.stringify(body));
    expect(await overHttp2('/key/info', {})).toMatch(/"key_name"/);
    const embedding = bytes({ model: 'text-embedding-3-small', input: words, dimensions: 3 });
    expect(await overHttp2('/v1/embeddings', json, embedding)).toMatch(/"embedding":/);
    const stream = bytes({ ...chat('gpt-4o-mini', words), stream: true });
    expect(await overHttp2('/v1/chat/completions', json, stream)).toMatch(/data: \[DONE\]\n\n$/);
    const upload = new Request('http://x', {
      method: 'POST',
      body: form({ model: 'gpt-4o-mini', purpose: 'user_data' }, 'a.txt', new Uint8Array(5_000_000)),
    });
    const type = upload.headers.get('content-type') ?? '';
    const sent = new Uint8Array(await upload.arrayBuffer());
    // The simulated provider of this model keeps no files: what comes back is its own refusal.
    expect(await overHttp2('/v1/files', { 'content-type': type }, sent)).toMatch(/Unknown request URL: POST/);
  });
});

/** A megabyte without blanks, so that a stream has it in one event. */
const large = 'word-'.repeat(200_000);

describe.skipIf(skip)('an answer of a megabyte', () => {
  it.each([false, true])('comes whole by chat (stream: %s)', async (stream) => {
    const { text } = await ask('/v1/chat/completions', { body: { ...chat('gpt-4o-mini', large), stream } });
    expect(text.includes(large)).toBe(true);
  });

  it.each(nativeClients.filter(({ isPython }) => !isPython))('comes whole by Converse: $name', async (client) => {
    const input = { modelId: 'gpt-4o-mini', ...says(large) };
    const { output } = await client.send('Converse', input);
    expect(at(output, 'output', 'message', 'content', 0, 'text') === large).toBe(true);
    const { events } = await client.send('ConverseStream', input);
    expect(assemble(events).text === large).toBe(true);
  });
});
