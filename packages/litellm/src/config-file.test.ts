import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdminSetting } from '@genai-gateway/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadConfigFile, readCatalogue } from './config-file.ts';
import { litellmParamRules, modelInfoRules } from './deployment-settings.ts';
import { generalRules } from './general-settings.ts';
import { litellmRules, routerRules, sectionRules } from './proxy-settings.ts';
import type { Rules } from './setting-rule.ts';

const options = { defaultRegion: 'eu-west-1', file: 'config.yaml' };
type Config = Record<string, unknown>;
const readConfig = (config: Config, env: Record<string, string> = {}) =>
  readCatalogue(stringify(config, { version: '1.1' }), env, options);
const shown = ({ scope, kind, name }: AdminSetting) => `${scope} ${kind} ${name}`;

const nova = 'us.amazon.nova-lite-v1:0';
const modelList = (litellm_params: Config, more: Config = {}) => ({
  model_list: [{ model_name: 'fast', litellm_params: { model: `bedrock/${nova}`, ...litellm_params }, ...more }],
});
function only(config: Config, env: Record<string, string> = {}) {
  const alias = readConfig(config, env).catalogue.aliases.get('fast');
  const first = alias?.deployments[0];
  if (alias === undefined || first === undefined) throw new Error('no deployment');
  return first;
}

test('a plain model is a plain deployment', () => {
  const { catalogue, masterKey, warnings } = readConfig(modelList({ aws_region_name: 'us-east-1' }));
  expect(catalogue.aliases.get('fast')).toEqual({
    name: 'fast',
    accessGroups: [],
    settings: [],
    hidden: false,
    deployments: [
      {
        deployment: { provider: 'bedrock', modelId: nova, region: 'us-east-1', endpoint: undefined },
        litellmModel: `bedrock/${nova}`,
        settings: [],
        id: 'e67e41a397006eeab48e4d2f9706c0cb1b1a482050db84d084d75488c861270b',
        price: undefined,
      },
    ],
  });
  expect(catalogue.settings).toEqual([]);
  expect(masterKey).toBeUndefined();
  expect(warnings).toEqual([]);
});

describe('litellm_params.model', () => {
  const arn = 'arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc123def456';
  test.each<[string, Config, string, string]>([
    ['an id', { model: `bedrock/${nova}` }, nova, 'eu-west-1'],
    ['by Converse', { model: `bedrock/converse/${nova}` }, nova, 'eu-west-1'],
    ['by InvokeModel', { model: `bedrock/invoke/${nova}` }, nova, 'eu-west-1'],
    ['with a region', { model: `bedrock/us-gov-west-1/${nova}` }, nova, 'us-gov-west-1'],
    ['with a region and a route', { model: `bedrock/converse/us-east-2/${nova}` }, nova, 'us-east-2'],
    [
      'the written region wins',
      { model: `bedrock/us-east-2/${nova}`, aws_region_name: 'us-east-1' },
      nova,
      'us-east-1',
    ],
    ['an ARN', { model: `bedrock/${arn}` }, arn, 'us-west-2'],
    ['an ARN by Converse', { model: `bedrock/converse/${arn}` }, arn, 'us-west-2'],
    ['an encoded ARN', { model: `bedrock/${encodeURIComponent(arn)}` }, arn, 'us-west-2'],
    ['the provider apart', { model: nova, custom_llm_provider: 'bedrock' }, nova, 'eu-west-1'],
    ['an id that Bedrock alone has', { model: nova }, nova, 'eu-west-1'],
    [
      'model_id in its place',
      { model: 'bedrock/anthropic.claude-3-haiku-20240307-v1:0', model_id: arn },
      arn,
      'us-west-2',
    ],
  ])('%s', (_name, params, modelId, region) => {
    expect(only(modelList(params))).toMatchObject({ deployment: { modelId, region }, settings: [] });
  });

  test.each([
    'bedrock/converse_like/my-model',
    'bedrock/agent/AGENTID/ALIAS',
    'bedrock/agentcore/arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/x',
    'bedrock/async_invoke/twelvelabs.marengo-embed-2-7-v1:0',
    'bedrock/mantle/openai.gpt-oss-20b-1:0',
    'bedrock/claude_platform/claude-sonnet-4-5',
    'bedrock/llama/arn:aws:bedrock:us-east-1:123456789012:imported-model/r4c4kewx2s0n',
    'bedrock/some-provisioned-name',
  ])('%s is for LiteLLM', (model) => {
    expect(only(modelList({ model })).settings.map((each) => each.kind)).toEqual(['unknown-option']);
  });

  test('a route that names a real model keeps its id, so that the direct id does not dodge it', () => {
    const model = 'bedrock/llama/arn:aws:bedrock:us-east-1:123456789012:imported-model/r4c4kewx2s0n';
    expect(only(modelList({ model })).deployment?.modelId).toContain('imported-model/r4c4kewx2s0n');
  });

  test.each([
    ['openai/gpt-4o', undefined],
    ['gpt-4o', undefined],
    ['anthropic/claude-sonnet-4-5', undefined],
    [nova, 'openai'],
  ])('%s of %s is another provider', (model, custom_llm_provider) => {
    expect(only(modelList({ model, custom_llm_provider, api_key: 'os.environ/NOT_HERE' }))).toMatchObject({
      deployment: undefined,
      litellmModel: model,
      settings: [{ scope: 'deployment', kind: 'other-provider', name: model }],
    });
  });

  test('a wildcard is an alias of its own kind, with the settings of its deployment', () => {
    const { catalogue } = readConfig({
      model_list: [{ model_name: 'bedrock/*', litellm_params: { model: 'bedrock/*', aws_role_name: 'r' } }],
    });
    const alias = catalogue.aliases.get('bedrock/*');
    expect(alias?.settings).toEqual([{ scope: 'alias', kind: 'wildcard-alias', name: 'bedrock/*' }]);
    expect(alias?.deployments).toEqual([
      {
        deployment: undefined,
        litellmModel: 'bedrock/*',
        settings: [{ scope: 'deployment', kind: 'credentials', name: 'aws_role_name' }],
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  test.each(['openai/*', 'anthropic/*', '*'])('a wildcard of another provider says what it is: %s', (model) => {
    const { catalogue } = readConfig({ model_list: [{ model_name: model, litellm_params: { model, api_key: 'k' } }] });
    const alias = catalogue.aliases.get(model);
    expect(alias?.settings.map(shown)).toEqual([`alias wildcard-alias ${model}`]);
    expect(alias?.deployments).toEqual([
      {
        deployment: undefined,
        litellmModel: model,
        settings: [{ scope: 'deployment', kind: 'other-provider', name: model }],
      },
    ]);
  });

  test('several entries of one name are deployments of one alias, their groups together', () => {
    const entry = (group: string) => ({
      model_name: 'fast',
      litellm_params: { model: `bedrock/${nova}` },
      model_info: { access_groups: ['all', group] },
    });
    const alias = readConfig({ model_list: [entry('a'), entry('b')] }).catalogue.aliases.get('fast');
    expect(alias?.deployments).toHaveLength(2);
    expect(alias?.accessGroups).toEqual(['all', 'a', 'b']);
  });

  test('what of a request calls are booked on, and whether models without a price are refused', () => {
    const facts = (litellm_settings: Config) => {
      const { catalogue } = readConfig({ ...modelList({}), litellm_settings });
      expect(catalogue.settings).toEqual([]);
      return [catalogue.booksClients, catalogue.refusesUnpriced, ...catalogue.bookedHeaders];
    };
    expect(facts({})).toEqual([true, false]);
    expect(facts({ disable_add_user_agent_to_request_tags: true })).toEqual([false, false]);
    expect(facts({ extra_spend_tag_headers: ['x-app'] })).toEqual([true, false, 'x-app']);
    expect(facts({ block_requests_for_models_without_pricing: true })).toEqual([true, true]);
  });

  test('an endpoint of its own', () => {
    expect(only(modelList({ aws_bedrock_runtime_endpoint: 'http://127.0.0.1:4566/' })).deployment?.endpoint).toBe(
      'http://127.0.0.1:4566',
    );
  });
});

/** One value for every rule that asks for something; a rule without one fails the last test. */
type Rows = Readonly<Record<string, readonly [holds: unknown, holdsNothing?: unknown]>>;

describe('litellm_params', () => {
  const rows: Rows = {
    configurable_clientside_auth_params: [['api_base'], []],
    rpm: [0, null],
    max_budget: [0, null],
    fallbacks: [['x'], []],
    cache: [true, false],
    caching: [true, false],
    merge_reasoning_content_in_choices: [true, false],
    use_litellm_proxy: [true, false],
    guardrails: [['g'], []],
    temperature: [0, null],
  };
  const text = ['a value', null] as const;

  const asking = Object.entries(litellmParamRules).filter(([, rule]) => rule.use === 'setting');
  test.each(asking)('%s is a setting', (name, rule) => {
    const [value, nothing] = rows[name] ?? (name === 'max_tokens' ? [5, null] : text);
    if (rule.use !== 'setting') throw new Error('not asked');
    expect(only(modelList({ [name]: value })).settings.map(shown)).toEqual([`deployment ${rule.kind} ${name}`]);
    expect(only(modelList({ [name]: nothing })).settings).toEqual([]);
  });

  test.each<[string, string]>([
    ['aws_access_key_id', 'credentials'],
    ['aws_role_name', 'credentials'],
    ['api_key', 'credentials'],
    ['litellm_credential_name', 'credentials'],
    ['max_tokens', 'default-parameters'],
    ['temperature', 'default-parameters'],
    ['guardrailConfig', 'guardrails'],
    ['rpm', 'rate-limit'],
    ['max_parallel_requests', 'parallel-limit'],
    ['prompt_id', 'prompt-management'],
    ['api_base', 'unknown-option'],
    ['mock_response', 'unknown-option'],
    ['auto_router_config', 'unknown-option'],
    ['tiered_pricing', 'unknown-option'],
    ['off_peak_pricing', 'unknown-option'],
    ['invented_tomorrow', 'unknown-option'],
    ['constructor', 'unknown-option'],
  ])('%s is of the kind %s', (name, kind) => {
    expect(only(modelList({ [name]: 'x' })).settings.map((each) => each.kind)).toEqual([kind]);
  });

  test.each([
    'input_cost_per_token',
    'output_cost_per_token_above_200k_tokens',
    'cache_read_input_token_cost',
    'cost_per_second',
    'timeout',
    'max_retries',
    'drop_params',
    'weight',
    'tags',
  ])('%s leaves the call as it is', (name) => {
    expect(only(modelList({ [name]: 1 })).settings).toEqual([]);
  });
});

describe('model_info', () => {
  const rows: Rows = {
    team_id: ['t', null],
    team_public_model_name: ['x', ''],
    access_windows: [[{ start: '09:00' }], []],
    blocked: [true, false],
    enable_tag_filtering: [true, false],
    tiered_pricing: [[{ range: [0, 1000] }], []],
    off_peak_pricing: [{ hours_utc: '16:30-00:30' }, {}],
  };
  const asking = Object.entries(modelInfoRules).filter(([, rule]) => rule.use === 'setting');
  test.each(asking)('%s is a setting', (name, rule) => {
    const [value, nothing] = rows[name] ?? [undefined];
    if (rule.use !== 'setting') throw new Error('not asked');
    expect(only(modelList({}, { model_info: { [name]: value } })).settings.map(shown)).toEqual([
      `deployment ${rule.kind} model_info.${name}`,
    ]);
    expect(only(modelList({}, { model_info: { [name]: nothing } })).settings).toEqual([]);
  });

  test.each(['id', 'mode', 'base_model', 'input_cost_per_token', 'supports_vision', 'a_note'])(
    '%s leaves the call as it is',
    (name) => {
      expect(only(modelList({}, { model_info: { [name]: 'x' } })).settings).toEqual([]);
    },
  );
});

describe('who sees a model', () => {
  const entry = (model_info: Config, model = `bedrock/${nova}`) => ({
    model_name: 'fast',
    litellm_params: { model },
    model_info,
  });
  const hidden = (...model_list: Config[]) => readConfig({ model_list }).catalogue.aliases.get('fast')?.hidden;

  test.each<[string, Config, boolean]>([
    ['nothing said', {}, false],
    ['discoverable', { discoverable: true }, false],
    ['not discoverable', { discoverable: false }, true],
    ['paused', { blocked: true }, true],
    ['not paused', { blocked: false }, false],
    ['of a team', { team_id: 't1', team_public_model_name: 'quick' }, true],
  ])('%s', (_name, info, expected) => {
    expect(hidden(entry(info))).toBe(expected);
    expect(hidden(entry(info, 'openai/gpt-4o'))).toBe(expected);
  });

  test('an alias is hidden when each of its deployments is', () => {
    expect(hidden(entry({ discoverable: false }), entry({ blocked: true }))).toBe(true);
    expect(hidden(entry({ discoverable: false }), entry({}))).toBe(false);
    expect(hidden(entry({}), entry({ discoverable: false }))).toBe(false);
  });

  test('the models of a team go by their public names, of whatever provider they are', () => {
    const { catalogue } = readConfig({
      model_list: [
        { ...entry({ team_id: 't1', team_public_model_name: 'fast' }), model_name: 'model_name_t1_a' },
        { ...entry({ team_id: 't1', team_public_model_name: 'gpt' }, 'openai/gpt-4o'), model_name: 'model_name_t1_b' },
        { ...entry({ team_id: 't2', team_public_model_name: 'fast' }), model_name: 'model_name_t2_a' },
        { ...entry({ team_id: 't2' }), model_name: 'own' },
        entry({}),
      ],
    });
    expect([...catalogue.teamModels]).toEqual([
      ['t1', new Set(['fast', 'gpt'])],
      ['t2', new Set(['fast', 'own'])],
    ]);
    expect(catalogue.aliases.get('fast')?.hidden).toBe(false);
  });
});

describe('settings of the proxy', () => {
  const yes: readonly [unknown, unknown] = [true, false];
  const filled: readonly [unknown, unknown] = [['x'], []];
  const present: readonly [unknown, unknown] = [5, null];
  const sections: readonly (readonly [string, Rules, Rows])[] = [
    [
      'router_settings',
      routerRules,
      {
        default_fallbacks: filled,
        cache_responses: yes,
        caching_groups: filled,
        enable_pre_call_checks: yes,
        optional_pre_call_checks: [['enforce_model_rate_limits'], []],
        enable_tag_filtering: yes,
        routing_groups: filled,
        router_general_settings: [{ pass_through_all_models: true }, {}],
        plugins: filled,
        provider_budget_config: [{ bedrock: { budget_limit: 1 } }, {}],
        default_litellm_params: [{ max_tokens: 5 }, {}],
        default_max_parallel_requests: present,
        guardrail_list: filled,
      },
    ],
    [
      'litellm_settings',
      litellmRules,
      {
        default_fallbacks: filled,
        callbacks: filled,
        success_callback: filled,
        failure_callback: filled,
        input_callback: filled,
        pre_call_rules: filled,
        post_call_rules: filled,
        websearch_interception_params: [{ enabled_providers: ['bedrock'] }, {}],
        default_team_settings: [[{ team_id: 't', success_callback: ['langfuse'] }], []],
        guardrails: [[{ prompt_injection: { callbacks: ['lakera'] } }], []],
        max_budget: [100, 0],
        max_end_user_budget: [0, null],
        max_end_user_budget_id: ['os.environ/BUDGET', 'b'],
        tag_budget_config: [{ a: { max_budget: 1 } }, {}],
        cost_discount_config: [{ bedrock: 0.05 }, { openai: 0.05 }],
        cost_margin_config: [{ global: { percentage: 0.1 } }, { openai: 0.1 }],
        priority_reservation: [{ prod: 0.9 }, {}],
        priority_reservation_settings: [{ default_priority: 0.5 }, {}],
        model_group_settings: [{ forward_client_headers_to_llm_api: ['x'] }, {}],
        add_function_to_prompt: yes,
        enable_anthropic_prompt_caching: yes,
        openai_system_messages_first: yes,
      },
    ],
    [
      'general_settings',
      generalRules,
      {
        completion_model: ['x', ''],
        global_max_parallel_requests: present,
        max_parallel_requests: present,
        apply_user_budget_to_team_keys: yes,
        enforced_params: filled,
        service_account_settings: [{ enforced_params: ['user'] }, {}],
        enforce_user_param: yes,
        reject_clientside_metadata_tags: yes,
        always_include_stream_usage: yes,
        custom_auth: ['my.auth', ''],
        allowed_routes: filled,
        allowed_ips: filled,
        max_request_size_mb: present,
        max_response_size_mb: present,
        missing_session_id: ['reject', ''],
        forward_client_headers_to_llm_api: yes,
        forward_llm_provider_auth_headers: yes,
        plugins: filled,
      },
    ],
  ];
  const cases = sections.flatMap(([section, rules, rows]) =>
    Object.entries(rules).flatMap(([name, rule]) =>
      rule.use === 'setting' ? [{ section, name, kind: rule.kind, values: rows[name] }] : [],
    ),
  );

  test.each(cases)('$section.$name is a setting', ({ section, name, kind, values }) => {
    if (values === undefined) throw new Error('has no row');
    const settings = (value: unknown) =>
      readConfig({ ...modelList({}), [section]: { [name]: value } }).catalogue.settings.map(shown);
    expect(settings(values[0])).toEqual([`proxy ${kind} ${section}.${name}`]);
    expect(settings(values[1])).toEqual([]);
  });

  const quiet = sections.flatMap(([section, rules]) =>
    Object.entries(rules).flatMap(([name, rule]) =>
      rule.use === 'harmless' ? [[`${section}.${name}`, section, name]] : [],
    ),
  );
  test.each(quiet)('%s leaves the calls as they are', (_path, section, name) => {
    const { catalogue, warnings } = readConfig({ ...modelList({}), [String(section)]: { [String(name)]: 5 } });
    expect(catalogue.settings).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test.each<[string, Config, readonly string[]]>([
    ['both loggers', { success_callback: ['s3', 's3_v2'], failure_callback: ['s3_v2'], callbacks: ['s3_v2'] }, []],
    ['one alone, not in a list', { callbacks: 's3_v2' }, []],
    ['another beside it', { success_callback: ['langfuse', 's3_v2'] }, ['success_callback']],
    ['a name that only begins so', { failure_callback: ['s3_v3'] }, ['failure_callback']],
    ['those of single teams', { default_team_settings: [{ success_callback: ['s3_v2'] }] }, ['default_team_settings']],
  ])('LiteLLM’s loggers into S3 are passed over where the gateway logs its calls itself: %s', (_name, own, left) => {
    const config = stringify({ ...modelList({}), litellm_settings: own });
    const names = (logsRequests: boolean) =>
      readCatalogue(config, {}, { ...options, logsRequests }).catalogue.settings.map(shown);
    const all = (paths: readonly string[]) => paths.map((path) => `proxy callbacks litellm_settings.${path}`);
    expect(names(true)).toEqual(all(left));
    expect(names(false)).toEqual(all(Object.keys(own)));
  });

  test.each(['router_settings', 'litellm_settings', 'general_settings'])(
    'what nobody knows in %s stops the hot path',
    (section) => {
      const { catalogue, warnings } = readConfig({ [section]: { invented_tomorrow: false, toString: 1 } });
      expect(catalogue.settings.map(shown)).toEqual([
        `proxy unknown-option ${section}.invented_tomorrow`,
        `proxy unknown-option ${section}.toString`,
      ]);
      expect(warnings).toHaveLength(2);
    },
  );

  test.each<[string, Config, boolean]>([
    ['on', { cache: true }, true],
    ['on with Redis', { cache: true, cache_params: { type: 'redis' } }, true],
    ['off', { cache: false }, false],
    ['parameters without it', { cache_params: { type: 'redis' } }, false],
    ['for no kind of call', { cache: true, cache_params: { supported_call_types: [] } }, false],
    ['only when a call asks', { cache: true, cache_params: { mode: 'default_off' } }, false],
  ])('the response cache: %s', (_name, litellm_settings, on) => {
    expect(readConfig({ litellm_settings }).catalogue.settings.map(shown)).toEqual(
      on ? ['proxy response-cache litellm_settings.cache'] : [],
    );
  });

  test.each<[string, Config, string[]]>([
    [
      'a guardrail that is on',
      { guardrails: [{ guardrail_name: 'g', litellm_params: { default_on: true } }] },
      ['proxy guardrails guardrails'],
    ],
    ['a guardrail to be named', { guardrails: [{ guardrail_name: 'g', litellm_params: { default_on: false } }] }, []],
    ['policies', { policies: { p: { guardrails: { add: ['g'] } } } }, ['proxy policies policies']],
    ['attached policies', { policy_attachments: [{ policy: 'p', scope: '*' }] }, ['proxy policies policy_attachments']],
    ['plugins', { plugins: [{ name: 'p' }] }, ['proxy callbacks plugins']],
    ['a classifier', { classifier_plugin: { url: 'x' } }, ['proxy callbacks classifier_plugin']],
    ['settings of callbacks', { callback_settings: { otel: {} } }, []],
    ['MCP servers', { mcp_servers: { a: {} } }, []],
    [
      'AWS credentials in the environment',
      { environment_variables: { AWS_ROLE_ARN: 'r' } },
      ['proxy credentials environment_variables.AWS_ROLE_ARN'],
    ],
    ['another variable', { environment_variables: { LANGFUSE_HOST: 'x' } }, []],
  ])('%s', (_name, config, settings) => {
    expect(readConfig(config).catalogue.settings.map(shown)).toEqual(settings);
  });

  test.each<[string, Config, boolean]>([
    ['a search tool that is on', { enabled: true, enabled_providers: [] }, true],
    ['a search tool that says nothing of it', { enabled_providers: ['bedrock'] }, true],
    ['a search tool that is off', { enabled: false, enabled_providers: ['bedrock'] }, false],
  ])('%s', (_name, websearch_interception_params, on) => {
    const { settings } = readConfig({ litellm_settings: { websearch_interception_params } }).catalogue;
    expect(settings).toHaveLength(on ? 1 : 0);
  });

  test('a section that LiteLLM does not know is a warning', () => {
    const { catalogue, warnings } = readConfig({ litellm_setting: { callbacks: ['x'] } });
    expect(catalogue.settings).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("'litellm_setting'")]);
    expect(Object.keys(sectionRules)).not.toContain('litellm_setting');
  });
});

describe('fallbacks', () => {
  const base = {
    model_list: ['a', 'b', 'bedrock/*'].map((model_name) => ({
      model_name,
      litellm_params: { model: model_name.includes('*') ? model_name : `bedrock/${nova}` },
    })),
  };
  const cases = ['router_settings', 'litellm_settings'].flatMap((section) =>
    ['fallbacks', 'context_window_fallbacks', 'content_policy_fallbacks'].map((option) => ({ section, option })),
  );
  const settingsOf = (config: Config, alias: string) =>
    readConfig({ ...base, ...config })
      .catalogue.aliases.get(alias)
      ?.settings.map(shown);

  test.each(cases)('$section.$option are on their alias', ({ section, option }) => {
    const config = { [section]: { [option]: [{ a: ['b'] }] } };
    expect(settingsOf(config, 'a')).toEqual([`alias fallbacks ${section}.${option}`]);
    expect(settingsOf(config, 'b')).toEqual([]);
    expect(readConfig({ ...base, ...config }).catalogue.settings).toEqual([]);
  });

  test('the ones for every model are of the proxy', () => {
    const { catalogue } = readConfig({ ...base, router_settings: { fallbacks: [{ '*': ['b'] }] } });
    expect(catalogue.settings.map(shown)).toEqual(['proxy fallbacks router_settings.fallbacks']);
  });

  test('an empty list is none', () => {
    expect(settingsOf({ router_settings: { fallbacks: [{ a: [] }] } }, 'a')).toEqual([]);
  });

  test('another name leads to the alias, a name under a wildcard to the wildcard', () => {
    const router_settings = { model_group_alias: { x: 'a' }, fallbacks: [{ x: ['b'] }, { 'bedrock/foo': ['b'] }] };
    expect(settingsOf({ router_settings }, 'a')).toEqual(['alias fallbacks router_settings.fallbacks']);
    expect(settingsOf({ router_settings }, 'bedrock/*')).toEqual([
      'alias fallbacks router_settings.fallbacks',
      'alias wildcard-alias bedrock/*',
    ]);
  });

  test('a name that is not there is a warning', () => {
    const { warnings } = readConfig({ ...base, router_settings: { fallbacks: [{ nobody: ['b'] }] } });
    expect(warnings).toEqual([expect.stringContaining("'nobody'")]);
  });
});

test('other names for aliases', () => {
  const { catalogue, warnings } = readConfig({
    ...modelList({}),
    router_settings: { model_group_alias: { quick: 'fast', hidden: { model: 'fast', hidden: true } } },
    litellm_settings: { model_alias_map: { old: 'fast', quick: 'lost', dead: 'nowhere' } },
  });
  expect([...catalogue.groupAliases]).toEqual([
    ['old', 'fast'],
    ['quick', 'fast'],
    ['dead', 'nowhere'],
    ['hidden', 'fast'],
  ]);
  expect(warnings).toEqual([expect.stringContaining("'nowhere'")]);
});

describe('os.environ/', () => {
  test('is resolved where the gateway reads the value', () => {
    const found = only(
      modelList({ model: 'os.environ/MODEL', aws_region_name: 'os.environ/REGION', model_id: 'os.environ/ID' }),
      { MODEL: 'bedrock/converse/anthropic.claude-3-haiku-20240307-v1:0', REGION: 'us-east-1', ID: nova },
    );
    expect(found.deployment).toMatchObject({ modelId: nova, region: 'us-east-1' });
  });

  test.each([{}, { REGION: '' }])('a variable that is not set is named with file, alias and path: %j', (env) => {
    expect(() => readConfig(modelList({ aws_region_name: 'os.environ/REGION' }), env)).toThrow(
      /^config\.yaml: model_list\[0\] \('fast'\), litellm_params\.aws_region_name, refers to the environment variable REGION/,
    );
  });

  test("a secret that only LiteLLM needs is not asked for, and is still the administrator's setting", () => {
    expect(only(modelList({ aws_role_name: 'os.environ/ROLE' })).settings.map(shown)).toEqual([
      'deployment credentials aws_role_name',
    ]);
  });
});

describe('the master key', () => {
  test.each<[string, Config, Record<string, string>, string | undefined]>([
    ['written', { master_key: 'sk-1' }, { LITELLM_MASTER_KEY: 'sk-2' }, 'sk-1'],
    ['by reference', { master_key: 'os.environ/KEY' }, { KEY: 'sk-3' }, 'sk-3'],
    ["by LiteLLM's own variable", {}, { LITELLM_MASTER_KEY: 'sk-2' }, 'sk-2'],
    ['none', {}, {}, undefined],
    ['an empty variable is none', {}, { LITELLM_MASTER_KEY: '' }, undefined],
  ])('%s', (_name, general_settings, env, masterKey) => {
    expect(readConfig({ general_settings }, env).masterKey).toBe(masterKey);
  });

  test('without its variable it is an error, not an open door', () => {
    expect(() => readConfig({ general_settings: { master_key: 'os.environ/KEY' } })).toThrow(
      /general_settings\.master_key.*KEY/,
    );
  });

  test('one that nobody can use is a warning that does not show it', () => {
    const { warnings } = readConfig({ general_settings: { master_key: 'hunter2' } });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).not.toContain('hunter2');
  });
});

describe('a broken file', () => {
  test.each<[string, string, RegExp]>([
    ['YAML', 'model_list:\n  - a: [1, 2\n  - b: 2\n', /^config\.yaml, line \d+: .*YAML/],
    ['a list', '- a\n', /^config\.yaml: .*mapping/],
    ['nothing', '', /^config\.yaml: .*mapping/],
    ['model_list is no list', 'model_list: {}\n', /'model_list' has to be a list/],
    ['a section is no mapping', 'router_settings: 5\n', /'router_settings' has to be a mapping/],
    ['no name', 'model_list:\n  - litellm_params: { model: x }\n', /model_list\[0\] .*'model_name'/],
    ['no parameters', 'model_list:\n  - model_name: a\n', /model_list\[0\] \('a'\) .*'litellm_params'/],
    ['no model', 'model_list:\n  - { model_name: a, litellm_params: {} }\n', /litellm_params\.model/],
    ['a model that is no text', 'model_list:\n  - { model_name: a, litellm_params: { model: 5 } }\n', /not text/],
    [
      'no region',
      'model_list:\n  - { model_name: a, litellm_params: { model: bedrock/amazon.nova-lite-v1:0, aws_region_name: moon } }\n',
      /'moon'.*no AWS region/,
    ],
    [
      'no URL',
      'model_list:\n  - { model_name: a, litellm_params: { model: bedrock/amazon.nova-lite-v1:0, aws_bedrock_runtime_endpoint: "file:///x" } }\n',
      /no URL/,
    ],
    [
      'fallbacks of another form',
      'router_settings: { fallbacks: { a: [b] } }\n',
      /router_settings\.fallbacks has to be a list/,
    ],
    ['a number for a master key', 'general_settings: { master_key: 5 }\n', /master_key has to be text/],
  ])('%s', (_name, yamlText, message) => {
    expect(() => readCatalogue(yamlText, {}, options)).toThrow(message);
  });
});

test('YAML is read as LiteLLM reads it: yes is true, a later key wins, anchors merge', () => {
  const yamlText = `
x: &base { model: bedrock/${nova} }
model_list: []
model_list:
  - { model_name: fast, litellm_params: { <<: *base, cache: yes } }
`;
  const alias = readCatalogue(yamlText, {}, options).catalogue.aliases.get('fast');
  expect(alias?.deployments[0]?.settings.map(shown)).toEqual(['deployment response-cache cache']);
});

describe('files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-file-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, config: Config) => writeFileSync(join(folder, name), stringify(config));
  const load = () => loadConfigFile(join(folder, 'config.yaml'), {}, { defaultRegion: 'eu-west-1' });
  const entry = (model_name: string) => ({ model_name, litellm_params: { model: `bedrock/${nova}` } });

  test('included lists are added, included sections take the place of earlier ones, a circle ends', async () => {
    write('config.yaml', { include: ['more.yaml'], model_list: [entry('a')], litellm_settings: { callbacks: ['x'] } });
    write('more.yaml', { include: ['config.yaml'], model_list: [entry('b')], litellm_settings: { drop_params: true } });
    const { catalogue, warnings } = await load();
    expect([...catalogue.aliases.keys()]).toEqual(['a', 'b']);
    expect(catalogue.settings).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test('a file that is not there is named, with the one that includes it', async () => {
    await expect(load()).rejects.toThrow(/config\.yaml cannot be read/);
    write('config.yaml', { include: ['lost.yaml'] });
    await expect(load()).rejects.toThrow(/lost\.yaml, which 'include' of .*config\.yaml names, cannot be read/);
  });

  test('an include that is no list', async () => {
    write('config.yaml', { include: 'more.yaml' });
    await expect(load()).rejects.toThrow(/'include' has to be a list/);
  });
});
