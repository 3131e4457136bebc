import { beforeAll, describe, expect, it } from 'vitest';
import { ask, generateKey, manage } from '../support/litellm.ts';
import { exchange, post } from '../support/raw-http.ts';
import { at } from '../support/reply.ts';
import { requestsWith, uniqueWord } from '../support/simulator.ts';
import { litellmWorld, world } from '../support/world.ts';
import { startBesideLitellm } from './support/gateway-beside-litellm.ts';

const skip = world.litellm === undefined;

/** Keys that LiteLLM itself lets do anything: what stops them is the gateway. */
const administrator = { key: '', session: '' };
beforeAll(async () => {
  if (skip) return;
  const user = at(await manage('/user/new', { user_role: 'proxy_admin', auto_create_key: false }), 'user_id');
  administrator.key = await generateKey({ user_id: user });
  const { username, password } = litellmWorld();
  const { headers } = await ask('/v2/login', { key: null, body: { username, password } });
  const [, payload = ''] = /token=[^.]+\.([^.]+)\./.exec(headers.get('set-cookie') ?? '') ?? [];
  administrator.session = String(at(JSON.parse(Buffer.from(payload, 'base64url').toString()), 'key'));
});

const masterKeyRequired = { status: 403, json: { error: { code: 'master_key_required', type: 'permission_error' } } };

describe.skipIf(skip)('what runs code, changes the configuration or shows the inside of the process', () => {
  const routes = [
    ['POST', '/config/update'],
    ['POST', '/config/field/update'],
    ['POST', '/config/field/delete'],
    ['POST', '/config/pass_through_endpoint'],
    ['DELETE', '/config/pass_through_endpoint'],
    ['PATCH', '/config/cost_discount_config'],
    ['POST', '/config_overrides/hashicorp_vault'],
    ['POST', '/coordination_redis/settings/test'],
    ['POST', '/cache/settings'],
    ['GET', '/debug/memory/details'],
    ['GET', '/otel-spans'],
    ['GET', '/memory-usage-in-mem-cache-items'],
    ['POST', '/mcp-rest/test/connection'],
    ['POST', '/mcp-rest/test/tools/list'],
    ['POST', '/prompts/test'],
    ['POST', '/guardrails/test_custom_code'],
    ['POST', '/health/test_connection'],
    ['POST', '/search_tools/test_connection'],
    ['POST', '/policies/test-pipeline'],
    ['POST', '/utils/transform_request'],
    ['POST', '/utils/test_policies_and_guardrails'],
    ['POST', '/queue/chat/completions'],
    ['GET', '/health/drain'],
  ] as const;

  it.each(routes)('takes the master key: %s %s', async (method, path) => {
    const body = method === 'GET' ? {} : { body: {} };
    for (const key of [world.keys.good, administrator.key, administrator.session]) {
      expect(await ask(path, { key, method, ...body })).toMatchObject(masterKeyRequired);
    }
    for (const key of [null, 'sk-unknown', world.keys.blocked]) {
      expect((await ask(path, { key, method, ...body })).status).toBe(401);
    }
  });

  it.each([
    ['GET', '/config/list?config_type=general_settings', undefined],
    ['GET', '/debug/memory/summary', undefined],
    [
      'POST',
      '/utils/transform_request',
      {
        call_type: 'completion',
        request_body: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello.' }] },
      },
    ],
  ])('is done for the master key: %s %s', async (method, path, body) => {
    const reply = await ask(path, { key: world.masterKey, method, ...(body === undefined ? {} : { body }) });
    expect([reply.status, reply.headers.get('x-gateway-served-by')]).toEqual([200, 'litellm']);
  });

  it.each(['x-litellm-api-key', 'ocp-apim-subscription-key', 'litellm_user_api_key', 'cookie'])(
    'takes it from no header that only LiteLLM reads: %s',
    async (header) => {
      const headers = { [header]: header === 'cookie' ? `token=${world.masterKey}` : world.masterKey };
      expect(await ask('/debug/memory/summary', { headers })).toMatchObject(masterKeyRequired);
      expect(await ask('/debug/memory/summary', { key: null, headers })).toMatchObject({ status: 401 });
    },
  );

  it('may be looked at in the Admin UI, by whom LiteLLM takes for an administrator', async () => {
    const path = '/config/list?config_type=general_settings';
    expect((await ask(path, { key: administrator.session })).status).toBe(200);
    expect([401, 403]).toContain((await ask(path)).status);
  });

  /** 400: it could be read in two ways. 403: it is the route. 404: it is none, for LiteLLM too. */
  it.each([
    ['/config/update/', 403],
    ['/config/update?x=1', 403],
    ['/c%6fnfig/update', 403],
    ['/c%6Fnfig/%75pdate', 403],
    ['/config/update;a', 403],
    ['/config/update%20', 403],
    ['/config/update%2f', 400],
    ['/config%2Fupdate', 400],
    ['/config/%2575pdate', 400],
    ['//config/update', 400],
    ['/config//update', 400],
    ['/./config/update', 400],
    ['/config/./update', 400],
    ['/config/../config/update', 400],
    ['/v1/../config/update', 400],
    ['/v1/embeddings/../../config/update', 400],
    ['/config/%2e/update', 400],
    ['/%2e%2e/config/update', 400],
    ['/config\\update', 400],
    ['/config%5cupdate', 400],
    ['/config/update%00', 400],
    ['/config/update#/v1/models', 400],
    ['/ｃonfig/update', 400],
    ['http://localhost/config/update', 400],
    ['config/update', 400],
    ['/CONFIG/update', 404],
    ['/Config/Update', 404],
    ['/config;a/update', 404],
    ['/%EF%BD%83onfig/update', 404],
  ])('is not reached by writing its path as %s: %s', async (path, status) => {
    const word = uniqueWord();
    const settings = JSON.stringify({ environment_variables: { [word]: 'x' } });
    for (const key of [world.keys.good, administrator.key]) {
      const { statuses } = await exchange(world.http, post(path, key, settings, ['Connection: close']));
      expect(statuses).toEqual([status]);
    }
    expect((await ask('/get/config/callbacks', { key: world.masterKey })).text).not.toContain(word);
  });
});

describe.skipIf(skip)('a raw route of a provider', () => {
  it.each([
    '/anthropic/v1/complete',
    '/vertex_ai/v1/projects/p/locations/l/publishers/google/models/m:generateContent',
    '/vertex-ai/v1/x',
    '/gemini/v1beta/models/m:generateContent',
    '/azure/openai/deployments/d/chat/completions',
    '/azure_ai/x',
    '/cohere/v1/chat',
    '/mistral/v1/chat/completions',
    '/vllm/v1/chat/completions',
    '/assemblyai/v2/transcript',
    '/langfuse/api/public/ingestion',
    '/cursor/chat/completions',
    '/openrouter/api/v1/chat/completions',
    '/openai_passthrough/chat/completions',
  ])('takes the master key: %s', async (path) => {
    expect(await ask(path, { body: {} })).toMatchObject(masterKeyRequired);
    expect(await ask(path, { key: administrator.key, body: {} })).toMatchObject(masterKeyRequired);
    expect((await ask(path, { key: null, body: {} })).status).toBe(401);
  });

  it.each([
    '/bedrock/agents/a/agentAliases/b/sessions/c/text',
    '/bedrock/knowledgebases/k/retrieve',
    '/bedrock/model/claude-sonnet/apply-anything',
    '/bedrock/model/claude-sonnet/async-invoke',
  ])('does not exist, and says so in the words of AWS: %s', async (path) => {
    for (const key of [world.keys.good, administrator.key, world.masterKey]) {
      const { status, headers, json } = await ask(path, { key, body: {} });
      expect([status, headers.get('x-amzn-errortype')]).toEqual([404, 'UnknownOperationException']);
      expect(at(json, 'message')).toMatch(/no operation/);
    }
  });

  /** LiteLLM has a few routes of its own below this name, and hands the rest to OpenAI with the operator's key. */
  it.each([
    ['POST', '/openai/chat/completions', { model: 'gpt-of-nobody', messages: [{ role: 'user', content: 'Hello.' }] }],
    [
      'POST',
      '/openai/v1/chat/completions',
      { model: 'gpt-of-nobody', messages: [{ role: 'user', content: 'Hello.' }] },
    ],
    ['POST', '/openai/embeddings', { input: 'Hello.' }],
    ['POST', '/openai/images/generations', { prompt: 'A cat.' }],
    ['POST', '/openai/audio/speech', { input: 'Hello.', voice: 'alloy' }],
    ['POST', '/openai/moderations', { input: 'Hello.' }],
    ['POST', '/openai/fine_tuning/jobs', { training_file: 'file-1' }],
    ['POST', '/openai/threads', {}],
    ['POST', '/openai/files', {}],
    ['GET', '/openai/models', undefined],
    ['GET', '/openai/v1/models', undefined],
    ['DELETE', '/openai/assistants/asst_1', undefined],
    ['DELETE', '/openai/vector_stores/vs_1', undefined],
    ['DELETE', '/openai/models/ft:gpt:of-the-operator', undefined],
  ])('takes the master key, also where the path looks like OpenAI’s API: %s %s', async (method, path, body) => {
    for (const key of [world.keys.good, world.keys.novaOnly]) {
      const reply = await ask(path, { key, method, ...(body === undefined ? {} : { body }) });
      expect(reply).toMatchObject(masterKeyRequired);
    }
  });

  it('is opened by the master key', async () => {
    const reply = await ask('/openai/models', { key: world.masterKey });
    expect([reply.status, at(reply.json, 'object')]).toEqual([200, 'list']);
  });

  describe('that an administrator has opened', () => {
    let http = '';
    beforeAll(async () => {
      const gateway = await startBesideLitellm({ LITELLM_OPEN_PROVIDER_ROUTES: 'openai_passthrough' });
      ({ http } = gateway);
      return () => gateway.kill();
    });

    it('takes any key, and no other route does', async () => {
      const path = '/openai_passthrough/models';
      expect((await ask(path, { http })).status).toBe(200);
      const word = uniqueWord();
      const body = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: word }] };
      expect((await ask('/openai_passthrough/chat/completions', { http, body })).status).toBe(200);
      expect(await requestsWith(word, litellmWorld().openai)).toHaveLength(1);
      expect((await ask(path, { http, key: 'sk-unknown' })).status).toBe(401);
      expect(await ask('/anthropic/v1/complete', { http, body: {} })).toMatchObject(masterKeyRequired);
      expect(await ask('/openai/models', { http })).toMatchObject(masterKeyRequired);
    });
  });
});
