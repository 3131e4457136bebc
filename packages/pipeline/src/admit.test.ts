import type { AdminSetting } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { serveChat } from './chat.ts';
import { serveModels } from './models.ts';
import { serveNative } from './native.ts';
import { alias, catalogueOf, type HarnessOptions, harness, keyScope, virtualKey } from './test-support/harness.ts';

const budget: AdminSetting = { scope: 'key', kind: 'budget', name: 'max_budget' };
const fallbacks: AdminSetting = { scope: 'alias', kind: 'fallbacks', name: 'fallbacks' };
const NOVA = 'us.amazon.nova-lite-v1:0';
const catalogue = catalogueOf(alias('nova', NOVA), alias('guarded', 'us.amazon.nova-pro-v1:0', [fallbacks]));

/**
 * Calls a model and gives what became of it: the model id that was called, `litellm:` and the name that
 * LiteLLM was asked for, or the error's code.
 */
async function called(model: string, options: HarnessOptions = {}): Promise<string | undefined> {
  const of = harness({ catalogue, body: { model, messages: [{ role: 'user', content: 'hi' }] }, ...options });
  of.bedrock.script = (bedrock) =>
    bedrock.head().bytes('{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn"}').end();
  of.litellm.script = (litellm) => litellm.head(200, { 'content-type': 'application/json' }).bytes('{}').end();
  if (options.dialect === 'openai') await of.run(serveChat);
  else await of.run((call, services) => serveNative(call, services, { operation: 'converse', model, headers: {} }));
  const asked = of.litellm.requests[0];
  if (asked !== undefined) return `litellm:${JSON.parse(String(asked.body)).model}`;
  const target = of.bedrock.requests[0]?.target;
  return target?.kind === 'model' ? target.deployment.modelId : of.reply.failure?.code;
}

describe.each(['bedrock', 'openai'] as const)('who may call what (%s)', (dialect) => {
  const rows: [string, string, HarnessOptions, string][] = [
    ['an alias leads to its model', 'nova', {}, NOVA],
    [
      'a model id of Bedrock needs no alias',
      'anthropic.claude-3-haiku-20240307-v1:0',
      {},
      'anthropic.claude-3-haiku-20240307-v1:0',
    ],
    ['neither is unknown', 'gpt-4o', {}, 'model-not-found'],
    ['a key limited to an alias may call it', 'nova', { key: virtualKey({ modelScopes: [keyScope('nova')] }) }, NOVA],
    [
      'but not the model behind it',
      NOVA,
      { key: virtualKey({ modelScopes: [keyScope('nova')] }) },
      'model-not-allowed',
    ],
    [
      'a wildcard allows direct ids',
      NOVA,
      { key: virtualKey({ modelScopes: [keyScope('bedrock/us.amazon.*')] }) },
      NOVA,
    ],
    [
      'every scope must allow',
      'nova',
      { key: virtualKey({ modelScopes: [keyScope('nova'), { scope: 'team', models: ['other'], groupModels: [] }] }) },
      'model-not-allowed',
    ],
    [
      'who may not use a model does not learn whether it exists',
      'gpt-4o',
      { key: virtualKey({ modelScopes: [keyScope('nova')] }) },
      'model-not-allowed',
    ],
    [
      'a team’s own name for a model',
      'fast',
      { key: virtualKey({ teamAliases: { fast: 'nova' }, modelScopes: [keyScope('nova')] }) },
      NOVA,
    ],
    [
      'a team’s own name may be what the key is limited to',
      'fast',
      { key: virtualKey({ teamAliases: { fast: 'nova' }, modelScopes: [keyScope('fast')] }) },
      NOVA,
    ],
    ['a key’s own name for a model', 'fast', { key: virtualKey({ keyAliases: { fast: 'nova' } }) }, NOVA],
    ['names of Object.prototype are no aliases', 'constructor', {}, 'model-not-found'],
    [
      'a key with a budget that is not held here',
      'nova',
      { key: virtualKey({ settings: [budget] }) },
      'not-on-hot-path',
    ],
    ['an alias with fallbacks', 'guarded', {}, 'not-on-hot-path'],
    ['calling its model directly dodges nothing', 'us.amazon.nova-pro-v1:0', {}, 'not-on-hot-path'],
    [
      'an ARN of another region',
      'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0',
      {},
      'region-not-allowed',
    ],
    [
      'a key for management only',
      'nova',
      { key: virtualKey({ allowedRoutes: ['management_routes'] }) },
      'model-not-allowed',
    ],
    ['a key for models only', 'nova', { key: virtualKey({ allowedRoutes: ['llm_api_routes'] }) }, NOVA],
    ['a blocked key', 'nova', { key: virtualKey({ blocked: true }) }, 'key-blocked'],
    ['an expired key', 'nova', { key: virtualKey({ expiresAtMs: 999_999 }) }, 'key-expired'],
  ];
  test.each(rows)('%s', async (_name, model, options, expected) => {
    expect(await called(model, { ...options, dialect })).toBe(expected);
  });
});

describe('what LiteLLM serves where there is one', () => {
  const withLitellm = true;
  const other = alias('gpt', 'openai/gpt');
  const wildcard = alias('openai/*', 'x', [{ scope: 'alias', kind: 'wildcard-alias', name: 'openai/*' }]);
  const bedrockWildcard = alias('bedrock/*', 'bedrock-wildcard', [fallbacks]);
  const rich = catalogueOf(...catalogue.aliases.values(), other, wildcard);
  const ofTeam = { ...rich, teamModels: new Map([['team-1', new Set(['nova', 'own-*'])]]) };
  const rows: [string, string, HarnessOptions, string][] = [
    ['a model of another provider', 'gpt', {}, 'litellm:gpt'],
    ['a name that only a wildcard takes in', 'openai/o3', {}, 'litellm:openai/o3'],
    ['an alias with fallbacks', 'guarded', {}, 'litellm:guarded'],
    ['a key with a budget', 'nova', { key: virtualKey({ settings: [budget] }) }, 'litellm:nova'],
    ['a plain alias stays here', 'nova', {}, NOVA],
    ['a model id goes by the alias for it', 'us.amazon.nova-pro-v1:0', {}, 'litellm:guarded'],
    [
      'not for a key that may use the id alone',
      'us.amazon.nova-pro-v1:0',
      { key: virtualKey({ modelScopes: [keyScope('us.amazon.nova-pro-v1:0')] }) },
      'not-on-hot-path',
    ],
    [
      'a model id that only a wildcard takes in goes by its full name',
      'us.amazon.nova-micro-v1:0',
      { catalogue: catalogueOf(bedrockWildcard) },
      'litellm:bedrock/us.amazon.nova-micro-v1:0',
    ],
    [
      'a model id that LiteLLM does not know cannot be served',
      'us.amazon.nova-micro-v1:0',
      { key: virtualKey({ settings: [budget] }) },
      'not-on-hot-path',
    ],
    [
      'a team’s own model goes before an alias',
      'nova',
      { key: virtualKey({ teamId: 'team-1' }), catalogue: ofTeam },
      'litellm:nova',
    ],
    [
      'a pattern of a team’s own',
      'own-x',
      { key: virtualKey({ teamId: 'team-1' }), catalogue: ofTeam },
      'litellm:own-x',
    ],
    [
      'of which other teams know nothing',
      'own-x',
      { key: virtualKey({ teamId: 'team-2' }), catalogue: ofTeam },
      'model-not-found',
    ],
    [
      'a team’s own name is LiteLLM’s to resolve',
      'fast',
      { key: virtualKey({ teamAliases: { fast: 'gpt' } }) },
      'litellm:fast',
    ],
    ['a key that may not use it', 'gpt', { key: virtualKey({ modelScopes: [keyScope('nova')] }) }, 'model-not-allowed'],
    ['a name that nobody knows', 'nope', {}, 'model-not-found'],
  ];
  test.each(rows)('%s', async (_rule, model, options, expected) => {
    expect(await called(model, { catalogue: rich, ...options, withLitellm, dialect: 'openai' })).toBe(expected);
  });

  test('the answer and the record say why', async () => {
    const of = harness({ catalogue, body: { model: 'guarded', messages: [] }, withLitellm, dialect: 'openai' });
    of.litellm.script = (litellm) => litellm.head(200, { 'content-type': 'application/json' }).bytes('{}').end();
    await of.run(serveChat);
    expect(of.reply.headers).toMatchObject({
      'x-gateway-served-by': 'litellm',
      'x-gateway-served-by-reason': 'alias fallbacks',
    });
    expect(of.record).toMatchObject({ servedBy: 'litellm', ineligible: 'alias fallbacks (fallbacks)' });
  });

  test('a list of models has them all, but for hidden ones and patterns', async () => {
    const all = catalogueOf(...rich.aliases.values(), { ...alias('secret', NOVA), hidden: true });
    const of = harness({ catalogue: all, withLitellm, dialect: 'openai' });
    await of.run((call, services) => serveModels(call, services, undefined));
    const { data } = JSON.parse(of.reply.body.toString()) as { data: { id: string; owned_by: string }[] };
    expect(data.map(({ id, owned_by }) => `${id} ${owned_by}`)).toEqual([
      'nova bedrock',
      'guarded bedrock',
      'gpt openai',
    ]);
  });
});

test('a list of models has those of the key’s own team', async () => {
  const ofTeam = { ...catalogueOf(alias('nova', NOVA)), teamModels: new Map([['team-1', new Set(['own', 'own-*'])]]) };
  const names = async (teamId: string): Promise<string[]> => {
    const key = virtualKey({ teamId });
    const of = harness({ catalogue: ofTeam, withLitellm: true, dialect: 'openai', key });
    await of.run((call, services) => serveModels(call, services, undefined));
    return (JSON.parse(of.reply.body.toString()) as { data: { id: string }[] }).data.map(({ id }) => id);
  };
  expect([await names('team-1'), await names('team-2')]).toEqual([['nova', 'own'], ['nova']]);
});

test('a refusal for a setting names it, to the caller and in the record', async () => {
  const of = harness({ catalogue, body: {}, key: virtualKey({ settings: [budget] }) });
  await of.run((call, services) => serveNative(call, services, { operation: 'converse', model: 'nova', headers: {} }));
  expect(of.reply.failure?.message).toContain('key budget (max_budget)');
  expect(of.record.ineligible).toBe('key budget (max_budget)');
});

describe('GET /v1/models', () => {
  const list = async (options: HarnessOptions, model?: string): Promise<unknown> => {
    const of = harness({ catalogue, dialect: 'openai', ...options });
    await of.run((call, services) => serveModels(call, services, model));
    if (of.reply.failure !== undefined) return of.reply.failure.code;
    const body = JSON.parse(of.reply.body.toString()) as { data?: { id: string }[]; id?: string };
    return body.data?.map((each) => each.id) ?? body.id;
  };
  test('lists what the key may use and what can be served', async () => {
    expect(await list({})).toEqual(['nova']);
    expect(await list({ key: virtualKey({ modelScopes: [keyScope('other')] }) })).toEqual([]);
    expect(await list({ key: virtualKey({ settings: [budget] }) })).toEqual([]);
  });
  test('gives one by its name', async () => {
    expect(await list({}, 'nova')).toBe('nova');
    expect(await list({}, 'guarded')).toBe('model-not-found');
  });
});
