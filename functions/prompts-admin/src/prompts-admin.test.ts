import { readFileSync } from 'node:fs';
import { defaultPrompts } from '@genai-gateway/simulators';
import { describe, expect, test } from 'vitest';
import { promptRoutes } from './routes.ts';
import { type Answer, masterKey, promptStage } from './test-support/stage.ts';

const stage = promptStage(defaultPrompts);
const { ask } = stage;

const errorOf = ({ status, body }: Answer) => [status, body.error?.code];
const variant = { name: 'only', model: 'amazon.nova-lite-v1:0', text: 'Say {{word}}.' };
let made = 0;
/** A prompt of its own, as its creation was answered. */
async function create(body: object = {}): Promise<Answer> {
  made += 1;
  return ask('POST', '/v1/prompts', { body: { name: `made-${made}`, variants: [variant], ...body } });
}

describe('a prompt', () => {
  test('is created, read, changed, published and deleted', async () => {
    const created = await create({ description: 'The first', tags: { team: 'a' } });
    expect(created).toMatchObject({
      status: 201,
      headers: { location: `/v1/prompts/${created.body.id}`, etag: `"${created.body.etag}"` },
      body: {
        object: 'prompt',
        description: 'The first',
        version: 'DRAFT',
        default_variant: null,
        variants: [{ name: 'only', model: 'amazon.nova-lite-v1:0', text: 'Say {{word}}.', variables: ['word'] }],
      },
    });
    const { id, name, arn } = created.body;
    for (const way of [id, name, encodeURIComponent(arn), `prompt:${name}`]) {
      expect((await ask('GET', `/v1/prompts/${way}`)).body).toEqual(created.body);
    }
    const patched = await ask('PATCH', `/v1/prompts/${name}`, {
      body: { description: null, etag: created.body.etag },
    });
    expect(patched).toMatchObject({ status: 200, body: { id, description: null, variants: created.body.variants } });
    const published = await ask('POST', `/v1/prompts/${id}/versions`, {
      body: { description: 'For all' },
      headers: { 'if-match': `"${patched.body.etag}"` },
    });
    expect(published).toMatchObject({
      status: 201,
      body: { id, version: '1', arn: `${arn}:1`, description: 'For all' },
    });
    const replaced = await ask('PUT', `/v1/prompts/${id}`, {
      body: { name, variants: [{ ...variant, text: 'Shout {{word}}!' }] },
      headers: { 'if-match': patched.body.etag },
    });
    expect(replaced).toMatchObject({ status: 200, body: { variants: [{ text: 'Shout {{word}}!' }] } });
    expect((await ask('GET', `/v1/prompts/${id}?version=1`)).body).toMatchObject({
      variants: [{ text: 'Say {{word}}.' }],
    });
    expect((await ask('GET', `/v1/prompts/${id}/versions`)).body).toMatchObject({
      object: 'list',
      data: [{ object: 'prompt', id, version: '1', description: 'For all' }],
      has_more: false,
    });
    expect(await ask('DELETE', `/v1/prompts/${id}/versions/1`)).toMatchObject({
      status: 200,
      body: { object: 'prompt.version.deleted', id, version: '1', deleted: true },
    });
    expect(errorOf(await ask('GET', `/v1/prompts/${id}?version=1`))).toEqual([404, 'prompt_not_found']);
    expect(await ask('DELETE', `/v1/prompts/${id}?etag=${replaced.body.etag}`)).toMatchObject({
      status: 200,
      body: { object: 'prompt.deleted', id, deleted: true },
    });
    for (const way of [id, name]) {
      expect(errorOf(await ask('GET', `/v1/prompts/${way}`))).toEqual([404, 'prompt_not_found']);
    }
  });

  test('says in the words of the gateway all that Bedrock keeps, and takes its own answer back', async () => {
    const whole = {
      name: 'whole-prompt',
      description: 'Everything',
      default_variant: 'talk',
      kms_key_arn: `arn:aws:kms:us-east-1:123456789012:key/${'a'.repeat(36)}`,
      variants: [
        {
          name: 'plain',
          gateway_model: 'gpt-4o-mini',
          weight: 0.5,
          text: 'Hello {{name}} 👋',
          cache_point: true,
          variables: ['name'],
          max_tokens: 5,
          temperature: 0,
          top_p: 0.5,
          stop: ['END'],
          additional_model_request_fields: { top_k: 200 },
          metadata: { owner: 'team-a' },
        },
        {
          name: 'talk',
          model: 'amazon.nova-lite-v1:0',
          system: [{ text: 'Be short.' }, { cachePoint: { type: 'default' } }],
          messages: [
            { role: 'user', content: 'Hi {{name}}' },
            { role: 'assistant', content: 'Hello' },
          ],
          tool_config: { tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } }] },
          variables: ['name'],
        },
      ],
    };
    const created = await ask('POST', '/v1/prompts', { body: whole });
    expect(created.body).toMatchObject(whole);
    const { name, description, default_variant, variants, etag, id } = created.body;
    const again = { name, description, default_variant, variants, etag };
    // Nothing changes by it, its key of KMS included.
    expect((await ask('PUT', `/v1/prompts/${id}`, { body: again })).body).toEqual(created.body);
    expect((await stage.bedrock().requests()).map(({ operation }) => operation)).not.toContain('update-prompt');
  });

  test('can be written in the words of Bedrock', async () => {
    const bedrocks = {
      name: 'theirs',
      templateType: 'TEXT',
      templateConfiguration: { text: { text: 'Hi {{who}}', inputVariables: [{ name: 'who' }] } },
      metadata: [{ key: 'gateway:weight', value: '3' }],
    };
    expect((await create({ variants: [bedrocks] })).body.variants).toEqual([
      { name: 'theirs', weight: 3, text: 'Hi {{who}}', variables: ['who'] },
    ]);
  });

  test('has another default variant by one call', async () => {
    const { body } = await ask('GET', '/v1/prompts/greeting');
    const etag = body.etag;
    const answer = await ask('PUT', '/v1/prompts/greeting/default-variant', { body: { variant: 'warm', etag } });
    expect(answer).toMatchObject({ status: 200, body: { default_variant: 'warm', variants: body.variants } });
    const none = await ask('PUT', '/v1/prompts/greeting/default-variant', {
      body: { variant: 'none', etag: answer.body.etag },
    });
    expect(errorOf(none)).toEqual([400, 'invalid_value']);
    expect(none.body.error.message).toContain("'short', 'warm', 'other'");
  });

  test('is rendered as a call would render it', async () => {
    const rendered = await ask('POST', '/v1/prompts/SUPPORT001/render', {
      body: { version: 1, variables: { company: 'Acme', question: { text: 'Where is it?' } } },
    });
    expect(rendered).toMatchObject({
      status: 200,
      body: {
        object: 'prompt.rendering',
        id: 'SUPPORT001',
        name: 'support',
        version: '1',
        variant: 'chat',
        chosen: 'default',
        model: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
        system: 'You answer customers of Acme. Look their orders up before you speak of them.',
        messages: [{ role: 'user', content: 'Where is it?' }],
        max_tokens: 1000,
      },
    });
    const missing = await ask('POST', '/v1/prompts/support/render', {
      body: { variables: { company: 'Acme', x: '' } },
    });
    expect(errorOf(missing)).toEqual([400, 'invalid_value']);
    expect(missing.body.error).toMatchObject({ param: 'variables', message: expect.stringContaining("'question'") });
    const byName = { variant: 'warm', variables: { name: 'Ann' } };
    expect((await ask('POST', '/v1/prompts/greeting/render', { body: byName })).body).toMatchObject({
      chosen: 'by-name',
      messages: [{ role: 'user', content: 'Greet Ann warmly.' }],
    });
  });
});

describe('docs/prompts.md', () => {
  const page = readFileSync(new URL('../../../docs/prompts.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split('## Managing them by HTTP');

  test('has an example that is taken, and rendered', async () => {
    const [, written = ''] = /-d '(\{.*?\n\})'/s.exec(section) ?? [];
    const example = JSON.parse(written);
    expect((await ask('POST', '/v1/prompts', { body: example })).body).toMatchObject({ name: 'greet-customers' });
    const variables = { shop: 'Acme', name: 'Ann' };
    expect(await ask('POST', '/v1/prompts/greet-customers/render', { body: { variables } })).toMatchObject({
      status: 200,
      body: {
        system: 'You work for Acme.',
        messages: [{ role: 'user', content: 'Greet Ann warmly.' }],
        max_tokens: 200,
      },
    });
  });

  test('names every operation that there is', () => {
    const table = section.split('`{id}` is')[0] ?? '';
    const operations = promptRoutes.map(({ method, path }) => `${method} ${path}`);
    const named = [...table.matchAll(/^\| `(\w+) (\/v1\/prompts[^ ?`]*)/gm)].map(
      ([, method, path]) => `${method} ${path}`,
    );
    expect([...named, 'DELETE /v1/prompts/{id}/versions/{version}'].toSorted()).toEqual(operations.toSorted());
  });
});

describe('a list', () => {
  const namesOf = ({ body }: Answer): string[] => body.data.map((each: { name: string }) => each.name);

  test('has pages by name, a search, and a model', async () => {
    for (let n = 0; n < 12; n += 1) await create({ description: n === 3 ? 'The NEEDLE of them' : `Number ${n}` });
    const all: string[] = [];
    for (let after = ''; ; ) {
      const page = await ask('GET', `/v1/prompts?limit=5${after}`);
      expect(page.status).toBe(200);
      all.push(...namesOf(page));
      expect(page.body.has_more).toBe(page.body.next !== null);
      if (page.body.next === null) break;
      after = `&after=${page.body.next}`;
    }
    expect(all).toEqual(all.toSorted());
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(15);
    expect((await ask('GET', '/v1/prompts?search=needle')).body.data).toHaveLength(1);
    expect(namesOf(await ask('GET', '/v1/prompts?search=GREETI'))).toEqual(['greeting']);
    expect(namesOf(await ask('GET', '/v1/prompts?model=gpt-4o-mini&search=gr'))).toEqual(['greeting']);
    const claude = '/v1/prompts?model=us.anthropic.claude-haiku-4-5-20251001-v1%3A0';
    expect(namesOf(await ask('GET', claude))).toEqual(['greeting', 'support']);
    const first = await ask('GET', `${claude}&limit=1`);
    expect(namesOf(first)).toEqual(['greeting']);
    expect(namesOf(await ask('GET', `${claude}&limit=1&after=${first.body.next}`))).toEqual(['support']);
  });

  test.each(['limit=0', 'limit=101', 'after=x', 'search=', 'colour=red', 'limit=1&limit=2'])(
    'refuses %s by name',
    async (query) => {
      const answer = await ask('GET', `/v1/prompts?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { error: { param: query.split('=')[0] } } });
    },
  );
});

describe('what is refused', () => {
  test.each<[string, object, string]>([
    ['no name', { name: undefined }, 'name'],
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['a name of another type', { name: 5 }, 'name'],
    ['a variant that is none', { variants: ['x'] }, 'variants.0'],
    ['neither text nor messages', { variants: [{ name: 'a' }] }, 'variants.0'],
    ['both', { variants: [{ text: 'a', messages: [] }] }, 'variants.0'],
    ['a system prompt beside a text', { variants: [{ text: 'a', system: 'b' }] }, 'variants.0.system'],
    [
      'a message of a system',
      { variants: [{ messages: [{ role: 'system', content: 'x' }] }] },
      'variants.0.messages.0.role',
    ],
    [
      'content of another kind',
      { variants: [{ messages: [{ role: 'user', content: [1] }] }] },
      'variants.0.messages.0.content',
    ],
    ['a weight below 0', { variants: [{ text: 'a', weight: -1 }] }, 'variants.0.weight'],
    ['our own metadata', { variants: [{ text: 'a', metadata: { 'gateway:weight': '1' } }] }, 'variants.0.metadata'],
    ['tags that are no texts', { tags: { a: 1 } }, 'tags'],
  ])('%s', async (_what, body, param) => {
    expect(await create(body)).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error', code: 'invalid_value', param } },
    });
    expect(await stage.audit()).toEqual([]);
  });

  test.each([
    ['two words', { name: 'two words' }],
    ['21 variables', { variants: [{ text: 'a', variables: Array.from({ length: 21 }, (_, n) => `v${n}`) }] }],
    ['a long description', { description: 'x'.repeat(201) }],
  ])('what Bedrock does not take, in its words: %s', async (_what, body) => {
    const answer = await create(body);
    expect(errorOf(answer)).toEqual([400, 'invalid_value']);
    expect(answer.body.error.message).toMatch(/^Bedrock does not take this prompt: .*failed to satisfy constraint/);
  });

  test('a name that is taken', async () => {
    expect(errorOf(await create({ name: 'greeting' }))).toEqual([409, 'prompt_conflict']);
  });

  test('a change without an etag, with an old one, with two, and with none of ours', async () => {
    const change = (ask_: object) => ask('PATCH', '/v1/prompts/support', ask_);
    const missing = await change({ body: { description: 'a' } });
    expect(errorOf(missing)).toEqual([400, 'invalid_value']);
    expect(missing.body.error.message).toContain('If-Match');
    const { etag } = (await ask('GET', '/v1/prompts/support')).body;
    expect((await change({ body: { description: 'b', etag } })).status).toBe(200);
    const stale = await change({ body: { description: 'c', etag } });
    expect(errorOf(stale)).toEqual([409, 'prompt_conflict']);
    expect(stale.body.error.message).toContain('Read it again');
    expect(errorOf(await change({ body: { description: 'c', etag: 'x' }, headers: { 'if-match': '"y"' } }))).toEqual([
      400,
      'invalid_value',
    ]);
    expect(errorOf(await change({ body: { description: 'c' }, headers: { 'if-match': '"a", "b"' } }))).toEqual([
      400,
      'invalid_value',
    ]);
    // The draft says so already: it may have been this very caller.
    expect((await change({ body: { description: 'b', etag } })).status).toBe(200);
    expect((await change({ body: { description: 'd' }, headers: { 'if-match': '*' } })).status).toBe(200);
    for (const [method, path] of [
      ['PUT', ''],
      ['PUT', '/default-variant'],
      ['POST', '/versions'],
      ['DELETE', ''],
    ] as const) {
      const body = { name: 'support', variant: 'chat', variants: [] };
      const named = method === 'DELETE' ? {} : { body: path === '/versions' ? {} : body };
      expect(errorOf(await ask(method, `/v1/prompts/support${path}`, named))).toEqual([400, 'invalid_value']);
      const old = await ask(method, `/v1/prompts/support${path}`, {
        ...(path === '/default-variant' ? { body: { variant: 'chat' } } : named),
        ...(path === '' && method === 'PUT' ? { body: { name: 'support', variants: [] } } : {}),
        headers: { 'if-match': etag },
      });
      expect([path, method, ...errorOf(old)]).toEqual([path, method, 409, 'prompt_conflict']);
    }
  });

  test('a version in the name, and one that is no number', async () => {
    expect((await ask('GET', '/v1/prompts/prompt:support:1')).body.error).toMatchObject({ code: 'invalid_value' });
    expect((await ask('GET', '/v1/prompts/support?version=latest')).body.error).toMatchObject({ param: 'version' });
    expect(
      errorOf(await ask('GET', '/v1/prompts/arn%3Aaws%3Abedrock%3Aus-east-1%3A210987654321%3Aprompt%2FSUPPORT001')),
    ).toEqual([404, 'prompt_not_found']);
  });

  test('who sends no key, or a wrong one', async () => {
    expect((await ask('GET', '/v1/prompts', { key: '' })).status).toBe(401);
    expect((await ask('GET', '/v1/prompts', { key: `${masterKey}x` })).status).toBe(401);
  });
});
