import { defaultPrompts, type SimulatedPrompt } from '@genai-gateway/simulators';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Answer, promptStage } from './test-support/stage.ts';

const summarize = 'arn:aws:bedrock:us-east-1:123456789012:prompt/SUMMARIZE1';
const nova = 'amazon.nova-lite-v1:0';
const claude = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';

/** Its draft is made for one model, its version for another. */
const moved: SimulatedPrompt = {
  id: 'MOVED00001',
  name: 'moved',
  variants: [of('only', claude)],
  versions: [{ variants: [of('only', nova)] }],
};
/** One that nobody can call. */
const agents: SimulatedPrompt = {
  id: 'AGENTS0001',
  name: 'for-nobody',
  variants: [{ ...of('only', nova), modelId: undefined }],
};

function of(name: string, modelId: string) {
  const templateConfiguration = { text: { text: 'Hello', inputVariables: [] } };
  return { name, templateType: 'TEXT' as const, templateConfiguration, modelId };
}

const stage = promptStage([...defaultPrompts, moved, agents]);
const { ask } = stage;
const outcomeOf = ({ status, body }: Answer) => (status < 300 ? 'done' : `${status} ${body.error.code}`);

beforeAll(async () => {
  await stage.addKey('sk-admin', {}, 'proxy_admin');
  await stage.addKey('sk-admin-for-calls', { allowed_routes: ['llm_api_routes'] }, 'proxy_admin');
  await stage.addKey('sk-viewer', {}, 'proxy_admin_viewer');
  await stage.addKey('sk-user', {}, 'internal_user');
  await stage.addKey('sk-everything');
  await stage.addKey('sk-nothing', { models: ['gpt-4o-mini'] });
  await stage.addKey('sk-prompt-alone', { models: ['prompt:summarize'] });
  await stage.addKey('sk-model-alone', { models: [nova] });
  await stage.addKey('sk-both', { models: ['prompt:summarize', nova] });
  await stage.addKey('sk-arn', { models: [summarize, nova] });
  await stage.addKey('sk-version', { models: ['prompt:summarize:1', nova] });
  await stage.addKey('sk-wildcard', { models: ['prompt:*', nova] });
  await stage.addKey('sk-alias', { models: ['greeter', nova] });
  await stage.addKey('sk-groups', { models: ['greeters', 'others'] });
  await stage.addKey('sk-for-keys', { allowed_routes: ['/key/info'] });
  await stage.addKey('sk-for-prompts', { allowed_routes: ['/v1/prompts/*'] });
}, 60_000);

describe('every operation, by every role', () => {
  const { draft } = { draft: { name: 'summarize', variants: [] } };
  const operations: Readonly<Record<string, readonly [method: string, path: string, body?: object]>> = {
    list: ['GET', '/v1/prompts'],
    read: ['GET', '/v1/prompts/summarize'],
    versions: ['GET', '/v1/prompts/summarize/versions'],
    render: ['POST', '/v1/prompts/summarize/render', { variables: { text: 'x' } }],
    create: ['POST', '/v1/prompts', { name: 'made-by-a-role' }],
    replace: ['PUT', '/v1/prompts/summarize?etag=*', draft],
    patch: ['PATCH', '/v1/prompts/summarize?etag=*', { description: 'Changed' }],
    default: ['PUT', '/v1/prompts/greeting/default-variant?etag=*', { variant: 'warm' }],
    publish: ['POST', '/v1/prompts/summarize/versions?etag=*'],
    'delete version': ['DELETE', '/v1/prompts/summarize/versions/1'],
    delete: ['DELETE', '/v1/prompts/summarize?etag=*'],
  };
  const reading = ['list', 'read', 'versions', 'render'];
  const all = Object.keys(operations);
  test.each<[string, readonly string[], string]>([
    ['sk-master-of-the-test', all, ''],
    ['sk-admin', all, ''],
    ['sk-admin-for-calls', reading, '403 not_permitted'],
    ['sk-viewer', reading, '403 not_permitted'],
    ['sk-user', reading, '403 not_permitted'],
    ['sk-everything', reading, '403 not_permitted'],
    ['sk-both', reading, '403 not_permitted'],
    ['sk-for-prompts', reading, '403 not_permitted'],
    ['sk-for-keys', [], '403 not_permitted'],
    ['', [], '401 invalid_api_key'],
    ['sk-nobody', [], '401 invalid_api_key'],
  ])('%s may %j', async (key, may, otherwise) => {
    for (const [operation, [method, path, body]] of Object.entries(operations)) {
      const answer = await ask(method, path, { key, ...(body === undefined ? {} : { body }) });
      expect([operation, outcomeOf(answer)]).toEqual([operation, may.includes(operation) ? 'done' : otherwise]);
    }
    const made = (await ask('GET', '/v1/prompts?search=made-by-a-role')).body.data[0];
    if (made !== undefined) await ask('DELETE', `/v1/prompts/${made.id}?etag=*`);
  });

  test('a change by who may not is refused alike, whether there is such a prompt or not', async () => {
    const refusals = ['summarize', 'support', 'no-such-prompt'].map(async (name) => {
      const { status, body } = await ask('DELETE', `/v1/prompts/${name}`, { key: 'sk-both' });
      return [status, body.error.message];
    });
    const [first, ...others] = await Promise.all(refusals);
    expect(others).toEqual([first, first]);
    expect(await stage.audit()).toEqual([]);
  });
});

describe('whoever may call a prompt reads it', () => {
  const versionsOf = async (key: string, name: string) =>
    (await ask('GET', `/v1/prompts/${name}/versions`, { key })).body.data?.map(
      (each: { version: string }) => each.version,
    );

  test.each<[string, readonly string[]]>([
    ['sk-viewer', ['for-nobody', 'greeting', 'moved', 'summarize', 'support']],
    ['sk-everything', ['greeting', 'moved', 'summarize', 'support']],
    ['sk-nothing', []],
    ['sk-prompt-alone', []],
    ['sk-model-alone', []],
    ['sk-both', ['summarize']],
    ['sk-arn', ['summarize']],
    ['sk-version', []],
    ['sk-wildcard', ['greeting', 'summarize']],
    ['sk-alias', ['greeting']],
    ['sk-groups', ['greeting']],
  ])('%s has %j in its list, and nothing else', async (key, names) => {
    const { body } = await ask('GET', '/v1/prompts', { key });
    expect(body.data.map((each: { name: string }) => each.name)).toEqual(names);
    for (const { name, id } of [...defaultPrompts, moved, agents]) {
      for (const way of [name, id, `prompt:${name}`]) {
        const answer = await ask('GET', `/v1/prompts/${way}`, { key });
        expect([way, outcomeOf(answer)]).toEqual([way, names.includes(name) ? 'done' : '404 prompt_not_found']);
      }
    }
  });

  test('what may not be read is not there, word for word', async () => {
    const key = 'sk-both';
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '?version=1'],
      ['GET', '?version=99'],
      ['GET', '/versions'],
      ['POST', '/render'],
    ] as const) {
      const [hidden, absent] = await Promise.all(
        ['support', 'no-such-prompt'].map((name) => ask(method, `/v1/prompts/${name}${path}`, { key })),
      );
      expect(hidden?.status).toBe(404);
      expect(hidden?.text).toBe(absent?.text);
    }
  });

  test('of several variants those whose model it may call', async () => {
    const seen = async (key: string) => {
      const { body } = await ask('GET', '/v1/prompts/greeting', { key });
      return body.variants.map((each: { name: string }) => each.name);
    };
    expect(await seen('sk-everything')).toEqual(['short', 'warm', 'other']);
    expect(await seen('sk-wildcard')).toEqual(['short']);
    expect(await seen('sk-groups')).toEqual(['other']);
    const render = (variant: string) =>
      ask('POST', '/v1/prompts/greeting/render', { key: 'sk-wildcard', body: { variant, variables: { name: 'Ann' } } });
    expect(outcomeOf(await render('short'))).toBe('done');
    expect(outcomeOf(await render('warm'))).toBe('403 model_not_allowed');
  });

  test('of each version by what that version is', async () => {
    expect(await versionsOf('sk-version', 'summarize')).toEqual(['1']);
    expect(outcomeOf(await ask('GET', '/v1/prompts/summarize?version=1', { key: 'sk-version' }))).toBe('done');
    expect(await versionsOf('sk-wildcard', 'moved')).toEqual(['1']);
    expect(outcomeOf(await ask('GET', '/v1/prompts/moved', { key: 'sk-wildcard' }))).toBe('404 prompt_not_found');
    expect(await versionsOf('sk-alias', 'greeting')).toEqual([]);
  });

  test('pages of what it may see hold every one of them once', async () => {
    const names: string[] = [];
    for (let after = '', pages = 0; pages < 20; pages += 1) {
      const { body } = await ask('GET', `/v1/prompts?limit=1${after}`, { key: 'sk-wildcard' });
      names.push(...body.data.map((each: { name: string }) => each.name));
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(names).toEqual(['greeting', 'summarize']);
  });
});
