import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Asking, addModel, ask, chat, generateKey } from '../support/litellm.ts';
import { says } from '../support/prompts.ts';
import { exchange, post } from '../support/raw-http.ts';
import { at } from '../support/reply.ts';
import { requestsWith, uniqueWord } from '../support/simulator.ts';
import { litellmWorld, world } from '../support/world.ts';
import { dial, statusOf } from './support/realtime.ts';

const skip = world.litellm === undefined;

/** May call gpt-5-mini and nothing else. What it tries is to call gpt-4o-mini, or to call it in a way of its own. */
let key = '';
beforeAll(async () => {
  if (!skip) key = await generateKey({ models: ['gpt-5-mini', 'whisper-1', 'gpt-image-1'] });
});

/** What reached a provider with this word, by its model. */
const reached = async (word: string) => (await requestsWith(word, litellmWorld().openai)).map(({ modelId }) => modelId);

/** The field that a refusal of the gateway's own names. */
/** Anthropic's errors have no place for the name of a field; the text has it. */
function expectRefusal({ status, json, headers }: Answer, param: string): void {
  const isAnthropic = at(json, 'type') === 'error';
  const named = isAnthropic ? /'([^']+)'/.exec(String(at(json, 'error', 'message')))?.[1] : at(json, 'error', 'param');
  expect([status, named, headers.get('x-gateway-served-by')]).toEqual([400, param, null]);
}

describe.skipIf(skip)('the model that is called is the one that was checked', () => {
  const permitted = (word: string) => ({ ...chat('gpt-5-mini', word), max_tokens: 50, input: word, prompt: word });

  it.each([
    '/v1/chat/completions',
    '/v1/completions',
    '/v1/embeddings',
    '/v1/responses',
    '/v1/messages',
    '/v1/moderations',
    '/v1/images/generations',
    '/v1/audio/speech',
    '/v1/rerank',
    '/interactions',
    '/v1beta/interactions',
    '/openai/deployments/gpt-5-mini/chat/completions',
    '/engines/gpt-5-mini/chat/completions',
  ])('whatever the query says: %s', async (path) => {
    for (const query of [
      'model=gpt-4o-mini',
      'MODEL=x&model=gpt-4o-mini',
      'model=gpt-5-mini&model=gpt-4o-mini',
      'm%6fdel=gpt-4o-mini',
    ]) {
      const word = uniqueWord();
      const reply = await ask(`${path}?${query}`, { key, body: permitted(word) });
      // These stages of the hot path have no use for a query, and drop it.
      if (!['/v1/chat/completions', '/v1/embeddings'].includes(path)) expectRefusal(reply, 'model');
      expect((await reached(word)).filter((model) => model !== 'gpt-5-mini')).toEqual([]);
    }
  });

  it.each([
    ['/openai/deployments/gpt-4o-mini/chat/completions', { model: 'gpt-5-mini' }, 400],
    ['/engines/gpt-4o-mini/chat/completions', { model: 'gpt-5-mini' }, 400],
    ['/openai/deployments/gpt%2D4o%2Dmini/chat/completions', { model: 'gpt-5-mini' }, 400],
    ['/v1beta/models/gpt-4o-mini:generateContent', { model: 'gpt-5-mini' }, 400],
    ['/models/gpt-4o-mini:generateContent', { model: 'gpt-5-mini' }, 400],
    ['/openai/deployments/gpt-4o-mini/chat/completions', {}, 403],
    ['/engines/gpt-4o-mini/chat/completions', {}, 403],
    ['/v1beta/models/gpt-4o-mini:generateContent', {}, 403],
    ['/models/gpt-4o-mini:streamGenerateContent', {}, 403],
    ['/v1/chat/completions', { model: 'gpt-4o-mini' }, 403],
    ['/v1/chat/completions/', { model: 'gpt-4o-mini' }, 403],
    ['/v1/responses', { model: 'gpt-4o-mini' }, 403],
    ['/v1/messages', { model: 'gpt-4o-mini' }, 403],
    ['/v1/chat/completions', { model: 'gpt-5-mini,gpt-4o-mini' }, 403],
    ['/v1/chat/completions', { model: ['gpt-4o-mini'] }, 400],
    ['/v1/responses', { model: 'gpt-5-mini', fallbacks: ['gpt-4o-mini'] }, 403],
  ])('whatever the path says: %s with %j', async (path, body, status) => {
    const word = uniqueWord();
    const contents = [{ role: 'user', parts: [{ text: word }] }];
    const { messages } = chat('', word);
    const reply = await ask(path, { key, body: { messages, contents, input: word, max_tokens: 50, ...body } });
    if (path.endsWith('/')) expect(reply.status).toBe(307);
    else expect(reply.status).toBe(status);
    expect(await reached(word)).toEqual([]);
  });

  it.each([
    ['the last of two names', '{"model":"gpt-4o-mini","model":"gpt-5-mini",'],
    ['a name in escapes', '{"mod\\u0065l":"gpt-5-min\\u0069",'],
    [
      'a name beside an almost equal one',
      '{"model":"gpt-5-mini","model ":"gpt-4o-mini","Model":"gpt-4o-mini","\\ud800model":"x",',
    ],
  ])('and is read once: %s', async (_what, start) => {
    const word = uniqueWord();
    const body = `${start}"messages":[{"role":"user","content":"${word}"}]}`;
    const { status } = await ask('/v1/chat/completions', {
      key,
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect((await reached(word)).every((model) => model === 'gpt-5-mini')).toBe(true);
    expect([200, 400]).toContain(status);
  });

  it.each(['x-litellm-model', 'x-litellm-target-model-names'])('whatever the header %s says', async (header) => {
    for (const path of ['/v1/chat/completions', '/v1/responses']) {
      const word = uniqueWord();
      await ask(path, { key, body: permitted(word), headers: { [header]: 'gpt-4o-mini' } });
      expect(await reached(word)).toEqual(['gpt-5-mini']);
    }
  });

  it('whatever a form says twice', async () => {
    const form = new FormData();
    form.append('model', 'whisper-1');
    form.append('model', 'gpt-4o-mini');
    form.append('file', new Blob(['RIFF']), 'a.wav');
    expect((await ask('/v1/audio/transcriptions', { key, body: form })).status).toBe(403);
    expect((await ask('/v1/audio/transcriptions?model=gpt-4o-mini', { key, body: form })).status).toBe(400);
  });

  it.each([
    ['/v1/realtime?model=gpt-realtime', 403],
    ['/v1/realtime?model=gpt-realtime&model=gpt-5-mini', 400],
    ['/v1/realtime?model=gpt-5-mini&model=gpt-realtime', 400],
    ['/v1/realtime?model=gpt-5-mini&custom_llm_provider=azure', 400],
    ['/v1/realtime?model=gpt-5-mini&api_base=http://127.0.0.1:9', 400],
    ['/v1/responses?model=gpt-5-mini', 400],
    ['/responses?model=gpt-5-mini', 400],
  ])('on a WebSocket: %s', async (target, status) => {
    const socket = dial({ target, headers: { authorization: `Bearer ${key}` } });
    expect(await statusOf(socket)).toBe(status);
  });

  it('on a WebSocket of responses, where each message names it', async () => {
    const word = uniqueWord();
    const socket = dial({ target: '/v1/responses', headers: { authorization: `Bearer ${world.keys.novaOnly}` } });
    socket.on('open', () => socket.send(JSON.stringify({ type: 'response.create', model: 'gpt-5-mini', input: word })));
    const first = await new Promise((resolve) => {
      socket.on('message', (data) => resolve(String(data)));
      socket.on('close', () => resolve('closed'));
    });
    expect(first).toMatch(/not available for this API key|closed/);
    expect(await reached(word)).toEqual([]);
  });
});

/** What a caller may not choose, by what it would change. */
const fields: readonly (readonly [field: string, value: unknown])[] = [
  ['api_base', 'http://127.0.0.1:9'],
  ['base_url', 'http://127.0.0.1:9'],
  ['custom_llm_provider', 'deepseek'],
  ['custom-llm-provider', 'deepseek'],
  ['api_key', 'sk-evil'],
  ['litellm_credential_name', 'other'],
  ['aws_access_key_id', 'AKIAEVIL'],
  ['aws_region_name', 'eu-west-1'],
  ['vertex_credentials', '{}'],
  ['azure_ad_token', 'x'],
  ['organization', 'org-evil'],
  ['extra_headers', { authorization: 'Bearer evil' }],
  ['headers', { authorization: 'Bearer evil' }],
  ['ssl_verify', false],
  ['model_list', []],
  ['user_config', {}],
  ['router_settings_override', { num_retries: 9 }],
  ['num_retries', 9],
  ['mock_response', 'made up'],
  ['no-log', true],
  ['litellm_params', { api_base: 'http://127.0.0.1:9' }],
  ['extra_body', { api_base: 'http://127.0.0.1:9' }],
  ['metadata', { user_api_key_user_id: 'somebody else' }],
  ['litellm_metadata', { user_api_key_user_id: 'somebody else' }],
  ['fallbacks', [{ model: 'gpt-4o-mini', api_base: 'http://127.0.0.1:9' }]],
];
const named = ([field, value]: (typeof fields)[number]) =>
  /^(?:extra_body|metadata|litellm_metadata)$/.test(field) ? `${field}.${Object.keys(value as object)[0]}` : field;

/** A request of each dialect, with a word in it. */
const dialects: readonly (readonly [path: string, body: (word: string) => object])[] = [
  ['/v1/chat/completions', (word) => chat('gpt-5-mini', word)],
  ['/v1/responses', (word) => ({ model: 'gpt-5-mini', input: word })],
  ['/v1/messages', (word) => ({ ...chat('gpt-5-mini', word), max_tokens: 50 })],
  ['/v1/completions', (word) => ({ model: 'gpt-5-mini', prompt: word })],
  ['/v1/images/generations', (word) => ({ model: 'gpt-image-1', prompt: word })],
  ['/openai/deployments/gpt-5-mini/chat/completions', (word) => ({ messages: chat('', word).messages })],
  ['/v1beta/models/gpt-5-mini:generateContent', (word) => ({ contents: [{ role: 'user', parts: [{ text: word }] }] })],
  ['/interactions', (word) => ({ model: 'gpt-5-mini', input: word })],
  ['/v1/decisions', (word) => ({ model: 'gpt-5-mini', input: word })],
];

describe.skipIf(skip).each(dialects)('where a call goes is not the caller’s to say: POST %s', (path, body) => {
  it.each(fields)('by %s', async (...field) => {
    const [name, value] = field;
    const word = uniqueWord();
    expectRefusal(await ask(path, { key, body: { ...body(word), [name]: value } }), named(field));
    expect(await reached(word)).toEqual([]);
  });

  it('by any of them in the query', async () => {
    if (path === '/v1/chat/completions') return; // its query goes nowhere
    for (const [name] of fields.slice(0, 12)) {
      const word = uniqueWord();
      expectRefusal(await ask(`${path}?${name}=x`, { key, body: body(word) }), name);
      expect(await reached(word)).toEqual([]);
    }
  });

  it('by another type of content than JSON', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream']) {
      const asking: Asking = { key, headers: { 'content-type': type } };
      const evil = JSON.stringify({ ...body('Hello.'), custom_llm_provider: 'deepseek' });
      expectRefusal(await ask(path, { ...asking, body: evil }), 'custom_llm_provider');
      const form = new URLSearchParams({ custom_llm_provider: 'deepseek', model: 'gpt-5-mini' }).toString();
      expect((await ask(path, { ...asking, body: form })).status).toBe(400);
    }
  });
});

describe.skipIf(skip)('where a call goes is not the caller’s to say', () => {
  it.each([
    'api_base',
    'custom_llm_provider',
    'metadata[user_api_key_user_id]',
    'litellm_credential_name',
    'aws_region_name',
  ])('by the field %s of a form', async (name) => {
    const form = new FormData();
    form.set('model', 'whisper-1');
    form.set('file', new Blob(['RIFF']), 'a.wav');
    form.set(name, 'x');
    const { status, headers } = await ask('/v1/audio/transcriptions', { key, body: form });
    expect([status, headers.get('x-gateway-served-by')]).toEqual([400, null]);
  });

  const part = (disposition: string, value: string) => `--B\r\nContent-Disposition: ${disposition}\r\n\r\n${value}\r\n`;
  const evil = 'custom_llm_provider';
  it.each([
    ['a name without quotes', part(`form-data; name=${evil}`, 'deepseek')],
    ['an encoded name', part(`form-data; name*=utf-8''${evil}`, 'deepseek')],
    ['two names', part(`form-data; name="x"; name="${evil}"`, 'deepseek')],
    ['capital letters', part(`FORM-DATA; NAME="${evil}"`, 'deepseek')],
    ['two dispositions', part(`form-data; name="x"\r\nContent-Disposition: form-data; name="${evil}"`, 'deepseek')],
    ['a folded header', part(`form-data;\r\n name="${evil}"`, 'deepseek')],
    ['a file in place of a field', part(`form-data; name="${evil}"; filename="x"`, 'deepseek')],
    ['bare line feeds', part(`form-data; name="${evil}"`, 'deepseek').replaceAll('\r\n', '\n')],
  ])('by a form that is written oddly: %s', async (_what, odd) => {
    const rest =
      part('form-data; name="model"', 'whisper-1') + part('form-data; name="file"; filename="a.wav"', 'RIFF');
    const body = `${rest}${odd}--B--\r\n`;
    for (const type of ['multipart/form-data; boundary=B', 'MULTIPART/Form-Data; charset=utf-16; boundary="B"']) {
      const { status, headers } = await ask('/v1/audio/transcriptions', {
        key,
        body,
        headers: { 'content-type': type },
      });
      expect([status, headers.get('x-gateway-served-by')]).toEqual([400, null]);
    }
  });

  it('by two types of content', async () => {
    const body = part(`form-data; name="${evil}"`, 'deepseek');
    const request = post('/v1/audio/transcriptions', key, body, [
      'Content-Type: multipart/form-data; boundary=B',
      'Connection: close',
    ]);
    expect((await exchange(world.http, request)).statuses).toEqual([400]);
  });

  it.each(['api_base', 'custom_llm_provider', 'litellm_credential_name', 'api_key'])(
    'by %s among the fields of a Converse request that are the model’s own',
    async (name) => {
      const word = uniqueWord();
      const body = { ...says(word), additionalModelRequestFields: { [name]: 'deepseek' } };
      const { status, headers } = await ask('/bedrock/model/gpt-5-mini/converse', { key, body });
      expect([status, headers.get('x-amzn-errortype')]).toEqual([400, 'ValidationException']);
      expect(await reached(word)).toEqual([]);
    },
  );

  it.each([
    'custom_llm_provider=azure',
    'model=gpt-4o-mini',
    'target_model_names=gpt-4o-mini',
    'api_base=http://127.0.0.1:9',
  ])('by the query of an upload: %s', async (query) => {
    const form = new FormData();
    form.set('purpose', 'user_data');
    form.set('file', new Blob(['x']), 'a.txt');
    expectRefusal(await ask(`/v1/files?${query}`, { key, body: form }), query.split('=')[0] ?? '');
    expectRefusal(await ask(`/v1/files?${query}`, { key }), query.split('=')[0] ?? '');
  });

  it('by how often LiteLLM is told to try, in a header', async () => {
    const model = await addModel({ model: 'openai/gpt-4o-mini' });
    const word = uniqueWord();
    const body = chat(model, `${word} [[sim error=InternalServerException]]`);
    await ask('/v1/chat/completions', { body, headers: { 'x-litellm-num-retries': '3' } });
    expect(await reached(word)).toHaveLength(1);
  });
});
