import type { AdminSetting } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { encryptionKey } from './decrypt.ts';
import { interpret } from './interpret.ts';
import { mergeStored } from './stored-config.ts';
import { parseStored, type StoredTables } from './stored-query.ts';
import { asObject } from './values.ts';

type Values = Record<string, unknown>;
const on = { STORE_MODEL_IN_DB: 'True' };
const key = encryptionKey('sk-made-up-salt');
const options = { defaultRegion: 'eu-west-1', file: 'config.yaml' };
const nova = 'us.amazon.nova-lite-v1:0';
const shown = ({ scope, kind, name }: AdminSetting) => `${scope} ${kind} ${name}`;

/** What the hot path makes of a file and the rows of a database. */
function read(file: Values, tables: Partial<StoredTables>, env: Record<string, string> = on) {
  const { document, stored } = mergeStored(file, { ...parseStored('{}'), ...tables }, env, key);
  return interpret(document, env, options, stored);
}
const settings = (file: Values, tables: Partial<StoredTables>, env?: Record<string, string>) =>
  read(file, tables, env).catalogue.settings.map(shown);

const entry = (model_name: string, model_info: Values = {}) => ({
  model_name,
  litellm_params: { model: `bedrock/${nova}` },
  model_info,
});
const row = (model_name: string, litellm_params: unknown = { model: `bedrock/${nova}` }, more: Values = {}) => ({
  model_id: `id-of-${model_name}`,
  model_name,
  litellm_params,
  model_info: {},
  blocked: false,
  ...more,
});

/*
 * Rows as LiteLLM 1.106.2 wrote them on 2026-11-23 for POST /model/new, but for the encrypted values: those
 * were made with the salt of these tests, by `encrypt_value_helper` (see decrypt.test.ts).
 */
const flagsThatAreOff = {
  use_xai_oauth: false,
  use_litellm_proxy: false,
  use_in_pass_through: false,
  allow_client_keepalive_override: false,
  merge_reasoning_content_in_choices: false,
};
const written = {
  model_id: '98235a42-ae74-4998-925c-a400e2515935',
  model_name: 'nova-db',
  litellm_params: {
    model: 'i0qvoDeKTS1rsbGQzfZhbtjXWGE_32NwMxNwkqeW9VsyrX-7PGFrWHy_IAfdA8W2Hd3bsH1D8tBYXewag9JOcCcIOQ-3nuBg',
    ...flagsThatAreOff,
  },
  model_info: {
    id: '98235a42-ae74-4998-925c-a400e2515935',
    db_model: false,
    access_groups: ['cheap'],
    member_auto_router: false,
  },
  blocked: false,
};

describe('models of the database', () => {
  test('a row that LiteLLM wrote is a plain deployment', () => {
    const { catalogue, warnings } = read({}, { models: [written] });
    expect(catalogue.aliases.get('nova-db')).toEqual({
      name: 'nova-db',
      accessGroups: ['cheap'],
      settings: [],
      hidden: false,
      deployments: [
        {
          deployment: { provider: 'bedrock', modelId: nova, region: 'eu-west-1', endpoint: undefined },
          litellmModel: `bedrock/${nova}`,
          settings: [],
          id: '98235a42-ae74-4998-925c-a400e2515935',
          price: undefined,
        },
      ],
    });
    expect(catalogue.settings).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test("they join the file's, and those of one name are deployments of one alias", () => {
    const { aliases } = read({ model_list: [entry('a'), entry('b')] }, { models: [row('b'), row('c')] }).catalogue;
    expect([...aliases].map(([name, alias]) => [name, alias.deployments.length])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ]);
  });

  test.each<[string, Values, string[]]>([
    ['not paused', { blocked: false, model_info: { blocked: true } }, []],
    ['paused, whatever its model_info says', { blocked: true, model_info: { blocked: false } }, ['model_info.blocked']],
    ['without model_info', { model_info: null }, []],
    ['of a team', { model_info: { team_id: 't' } }, ['model_info.team_id']],
  ])('%s', (_name, more, names) => {
    const alias = read({}, { models: [row('m', undefined, more)] }).catalogue.aliases.get('m');
    expect(alias?.deployments[0]?.settings.map((each) => each.name)).toEqual(names);
  });

  test.each<[string, unknown, string]>([
    ['without parameters', null, "the model id-of-m ('m') has to have a 'model_name'"],
    ['with text in their place', '{"model":"x"}', "the model id-of-m ('m') has to have a 'model_name'"],
    ['without a model', {}, "the model id-of-m ('m') has no litellm_params.model"],
    [
      'with a reference to nothing',
      { model: `bedrock/${nova}`, aws_region_name: 'os.environ/REGION' },
      'refers to the environment variable REGION',
    ],
    [
      'with a region that is none',
      { model: `bedrock/${nova}`, aws_region_name: 'moon' },
      "has litellm_params.aws_region_name 'moon'",
    ],
  ])('one %s keeps its name, is not served here, and is no harm to the others', (_name, params, warning) => {
    const { catalogue, warnings } = read({}, { models: [row('m', params), row('other')] });
    const bad = catalogue.aliases.get('m')?.deployments;
    expect(bad?.map((each) => each.deployment)).toEqual([undefined]);
    expect(bad?.flatMap((each) => each.settings).map(shown)).toEqual(['deployment unknown-option litellm_params']);
    expect(catalogue.aliases.get('other')?.deployments[0]?.settings).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/^LiteLLM's database: the model .* does not serve it until then/)]);
    expect(warnings[0]).toContain(warning);
  });

  test('one without a name is left out', () => {
    const { catalogue, warnings } = read({}, { models: [row('x', undefined, { model_name: null }), 5] });
    expect(catalogue.aliases.size).toBe(0);
    expect(warnings).toHaveLength(2);
  });

  test.each<[string, Values, string | undefined, string[]]>([
    ['the model', { model: sealed() }, undefined, ['model (encrypted)']],
    ['another value', { model: `bedrock/${nova}`, stop: sealed() }, nova, ['stop (encrypted)']],
    [
      'the provider',
      { model: `bedrock/${nova}`, custom_llm_provider: sealed() },
      nova,
      ['custom_llm_provider (encrypted)'],
    ],
  ])('%s encrypted with another key: one warning that shows nothing of it', (_name, params, modelId, names) => {
    const { catalogue, warnings } = read({}, { models: [row('m', params)] });
    const first = catalogue.aliases.get('m')?.deployments[0];
    expect(first?.deployment?.modelId).toBe(modelId);
    expect(first?.settings.map((each) => each.name)).toEqual(names);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/the model id-of-m \('m'\).*LITELLM_SALT_KEY/);
    expect(warnings[0]).not.toContain(sealed());
  });
});

describe('what is not read of a model stays encrypted', () => {
  const params = (values: Values) => {
    const tables = { ...parseStored('{}'), models: [row('m', values)] };
    return asObject(asObject(listOf(mergeStored({}, tables, on, key).document['model_list'])[0])?.['litellm_params']);
  };
  // decrypt.test.ts says how it was made: it is `bedrock/us.amazon.nova-lite-v1:0`.
  const secret = 'i0qvoDeKTS1rsbGQzfZhbtjXWGE_32NwMxNwkqeW9VsyrX-7PGFrWHy_IAfdA8W2Hd3bsH1D8tBYXewag9JOcCcIOQ-3nuBg';

  test('credentials of Bedrock', () => {
    expect(params({ model: `bedrock/${nova}`, aws_secret_access_key: secret, stop: secret })).toMatchObject({
      aws_secret_access_key: secret,
      stop: `bedrock/${nova}`,
    });
  });

  test('everything but the name of a model of another provider', () => {
    expect(params({ model: 'openai/gpt-4o', api_key: secret, api_base: secret })).toMatchObject({
      model: 'openai/gpt-4o',
      api_key: secret,
      api_base: secret,
    });
  });
});

const listOf = (value: unknown) => (Array.isArray(value) ? value : []);

/** A text that LiteLLM encrypted with LITELLM_SALT_KEY=sk-salt-of-h3, which is not the key of these tests. */
function sealed(): string {
  return 'JIU2B5xgKMNha4GtV7pLp7tB2-ZmL6j5sNDc3CSYEN9zG7fuco1iQVv5yyhmSUT_eMBtU4pGUu21zdOPvRmmetj6bJ8OzbOLTw==';
}

describe('store_model_in_db', () => {
  const tables = { models: [row('m')], sections: { litellm_settings: { callbacks: ['x'] } } };
  const general = (store_model_in_db: unknown) => ({ general_settings: { store_model_in_db } });

  test.each<[string, Values, Record<string, string>, Values, boolean]>([
    ['nowhere', {}, {}, {}, false],
    ['in the file', general(true), {}, {}, true],
    ['in the environment', {}, { STORE_MODEL_IN_DB: 'true' }, {}, true],
    ['off in the environment', {}, { STORE_MODEL_IN_DB: 'False' }, {}, false],
    ['in the database', {}, {}, general(true), true],
    ['in the database as text', {}, {}, general('True'), true],
    ['in the database, though off in the file', general(false), {}, general(true), true],
    ['in the environment, though off in the file', general(false), on, {}, true],
    ['by reference', general('os.environ/STORE'), { STORE: 'true' }, {}, true],
    ['by a reference to nothing', general('os.environ/STORE'), {}, {}, false],
  ])('%s', (_name, file, env, stored, isOn) => {
    const { catalogue } = read(file, { ...tables, sections: { ...tables.sections, ...stored } }, env);
    expect([...catalogue.aliases.keys()]).toEqual(isOn ? ['m'] : []);
    expect(catalogue.settings.map(shown)).toEqual(isOn ? ['proxy callbacks litellm_settings.callbacks'] : []);
  });

  test('off: what LiteLLM holds all the same counts', () => {
    const more = {
      guardrails: [{ guardrail_name: 'g', litellm_params: { default_on: true } }],
      policies: { p: { guardrails: { add: ['g'] } } },
      uiSettings: { forward_client_headers_to_llm_api: true },
      cacheSettings: { type: 'local' },
    };
    expect(settings({}, more, {})).toEqual([
      'proxy guardrails guardrails',
      'proxy policies policies',
      'proxy router-settings general_settings.forward_client_headers_to_llm_api',
    ]);
  });
});

test('settings that LiteLLM wrote as JSON text are read as well', () => {
  const { uiSettings, cacheSettings } = parseStored(
    JSON.stringify({ uiSettings: '{"a": true}', cacheSettings: '{"type": "local"}' }),
  );
  expect({ uiSettings, cacheSettings }).toEqual({ uiSettings: { a: true }, cacheSettings: { type: 'local' } });
});

test('the merged document, and which paths of it are of the database', () => {
  const file = { model_list: [entry('a')], router_settings: { timeout: 1, num_retries: null } };
  const tables = {
    ...parseStored('{}'),
    models: [row('b', { model: 'openai/gpt-4o' })],
    sections: { router_settings: { timeout: 2, num_retries: 2, retry_after: null, cooldown_time: 4 } },
  };
  const { document, stored } = mergeStored(file, tables, on, key);
  expect(document['router_settings']).toEqual({ timeout: 1, num_retries: null, cooldown_time: 4 });
  expect(document['model_list']).toEqual([
    entry('a'),
    {
      model_name: 'b',
      litellm_params: { model: 'openai/gpt-4o' },
      model_info: { id: 'id-of-b', db_model: true, blocked: false },
    },
  ]);
  expect([...stored.paths].toSorted()).toEqual(['model_list[1]', 'router_settings.cooldown_time']);
});

describe('a section', () => {
  const sections = ['general_settings', 'router_settings', 'litellm_settings'] as const;
  const option = { general_settings: 'enforced_params', router_settings: 'plugins', litellm_settings: 'callbacks' };

  test.each(sections)('%s: the database adds what the file does not have', (name) => {
    const stored = { sections: { [name]: { [option[name]]: ['x'] } } };
    expect(settings({}, stored)).toHaveLength(1);
    expect(settings({ [name]: { drop_params: null } }, stored)).toHaveLength(1);
  });

  test.each(sections)('%s: the file owns what it has, be it empty', (name) => {
    const stored = { sections: { [name]: { [option[name]]: ['x'] } } };
    expect(settings({ [name]: { [option[name]]: [] } }, stored)).toEqual([]);
    expect(settings({ [name]: { [option[name]]: null } }, stored)).toEqual([]);
    expect(settings({ [name]: { [option[name]]: ['x'] } }, { sections: { [name]: { [option[name]]: [] } } })).toEqual([
      expect.stringContaining(option[name]),
    ]);
  });

  test.each(sections)('%s: null in the database is nothing, and another form is none', (name) => {
    expect(settings({}, { sections: { [name]: { [option[name]]: null } } })).toEqual([]);
    expect(settings({}, { sections: { [name]: [option[name]] } })).toEqual([]);
    expect(settings({}, { sections: { [name]: 'text' } })).toEqual([]);
  });

  test('an option that nobody knows stops the hot path, and the warning says where it is', () => {
    const { catalogue, warnings } = read({}, { sections: { litellm_settings: { invented_tomorrow: 1 } } });
    expect(catalogue.settings.map(shown)).toEqual(['proxy unknown-option litellm_settings.invented_tomorrow']);
    expect(warnings).toEqual([expect.stringMatching(/^LiteLLM's database: litellm_settings\.invented_tomorrow/)]);
  });

  test('fallbacks of the database are on their alias', () => {
    const stored = { models: [row('a')], sections: { router_settings: { fallbacks: [{ a: ['b'] }] } } };
    expect(read({}, stored).catalogue.aliases.get('a')?.settings.map(shown)).toEqual([
      'alias fallbacks router_settings.fallbacks',
    ]);
  });

  test('fallbacks of another form are LiteLLM’s, and break nothing', () => {
    const { catalogue, warnings } = read({}, { sections: { router_settings: { fallbacks: { a: ['b'] } } } });
    expect(catalogue.settings.map(shown)).toEqual(['proxy unknown-option router_settings.fallbacks']);
    expect(warnings).toEqual([expect.stringMatching(/^LiteLLM's database: router_settings\.fallbacks has to be/)]);
  });

  test('the master key of the database is none', () => {
    expect(read({}, { sections: { general_settings: { master_key: 'sk-db' } } }).masterKey).toBeUndefined();
    expect(
      read({ general_settings: { master_key: 'sk-1' } }, { sections: { general_settings: { master_key: 5 } } })
        .masterKey,
    ).toBe('sk-1');
  });

  test.each<[string, Values, Values, string[]]>([
    ['credentials', {}, { aws_access_key_id: 'x' }, ['proxy credentials environment_variables.AWS_ACCESS_KEY_ID']],
    [
      'what cannot be decrypted',
      {},
      { AWS_ROLE_ARN: sealed() },
      ['proxy credentials environment_variables.AWS_ROLE_ARN'],
    ],
    ["the file's goes first", { AWS_ROLE_ARN: '' }, { AWS_ROLE_ARN: 'x' }, []],
    ['another variable', {}, { LANGFUSE_HOST: sealed() }, []],
  ])('environment_variables: %s', (_name, file, stored, expected) => {
    expect(settings({ environment_variables: file }, { sections: { environment_variables: stored } })).toEqual(
      expected,
    );
  });
});

describe('what has a table of its own', () => {
  const guardrail = (default_on: unknown) => [{ guardrail_name: 'g', litellm_params: { default_on } }];

  test.each<[string, Values, Partial<StoredTables>, string[]]>([
    ['a guardrail that is on', {}, { guardrails: guardrail(true) }, ['proxy guardrails guardrails']],
    ['a guardrail to be named', {}, { guardrails: guardrail(false) }, []],
    ['a guardrail that does not say', {}, { guardrails: guardrail(null) }, []],
    [
      "beside the file's",
      { guardrails: guardrail(false) },
      { guardrails: guardrail(true) },
      ['proxy guardrails guardrails'],
    ],
    [
      "beside the file's, as a mapping",
      { guardrails: { g: { default_on: true } } },
      { guardrails: guardrail(false) },
      ['proxy guardrails guardrails'],
    ],
    [
      'a policy',
      {},
      { policies: { p: { inherit: null, guardrails: { add: ['g'], remove: [] } } } },
      ['proxy policies policies'],
    ],
    ['an empty policy', {}, { policies: { p: { inherit: null, guardrails: { add: [], remove: [] } } } }, []],
    [
      "a policy beside the file's",
      { policies: { a: { guardrails: { add: ['g'] } } } },
      { policies: {} },
      ['proxy policies policies'],
    ],
    ['an attachment', {}, { attachments: [{ policy: 'p', scope: '*' }] }, ['proxy policies policy_attachments']],
    ['the cache', {}, { cacheSettings: { type: 'local' } }, ['proxy response-cache litellm_settings.cache']],
    [
      'the cache, though the file has it off',
      { litellm_settings: { cache: false } },
      { cacheSettings: { type: 'local' } },
      ['proxy response-cache litellm_settings.cache'],
    ],
    ['the cache for calls that ask', {}, { cacheSettings: { type: 'local', mode: 'default_off' } }, []],
    [
      'the cache of a mode that cannot be decrypted',
      {},
      { cacheSettings: { mode: sealed() } },
      ['proxy response-cache litellm_settings.cache'],
    ],
    [
      'a switch of the Admin UI',
      {},
      { uiSettings: { forward_llm_provider_auth_headers: true } },
      ['proxy credentials general_settings.forward_llm_provider_auth_headers'],
    ],
    [
      'a switch that the file owns',
      { general_settings: { forward_llm_provider_auth_headers: false } },
      { uiSettings: { forward_llm_provider_auth_headers: true } },
      [],
    ],
    ['a switch of other pages', {}, { uiSettings: { enable_chat_ui: true } }, []],
    ['a shadow evaluation', {}, { shadowEvaluation: true }, ['proxy callbacks a shadow evaluation']],
  ])('%s', (_name, file, tables, expected) => {
    expect(settings(file, tables)).toEqual(expected);
  });

  test('the budget of an access group keeps none of its models from the hot path', () => {
    const file = { model_list: [entry('a', { access_groups: ['cheap'] })] };
    const { aliases, bookedGroups } = read(file, { bookedGroups: ['cheap'] }).catalogue;
    expect([...bookedGroups]).toEqual(['cheap']);
    expect(aliases.get('a')?.settings).toEqual([]);
  });

  test.each<[string, string[]]>([
    ['models', ['guardrails', 'policies', 'cache_settings']],
    ['guardrails', ['models', 'policies', 'cache_settings']],
    ['policies', ['models', 'guardrails', 'cache_settings']],
    ['cache_settings', ['models', 'guardrails', 'policies']],
  ])('supported_db_objects without %s leaves it out', (_left, supported_db_objects) => {
    const stored = {
      models: [row('m')],
      guardrails: guardrail(true),
      policies: { p: { guardrails: { add: ['g'] } } },
      cacheSettings: { type: 'local' },
    };
    const { catalogue } = read({ general_settings: { supported_db_objects } }, stored);
    const found = [...(catalogue.aliases.size > 0 ? ['models'] : []), ...catalogue.settings.map((each) => each.kind)];
    const names: Values = { 'response-cache': 'cache_settings' };
    expect(found.map((each) => names[each] ?? each)).toEqual(supported_db_objects);
  });
});
