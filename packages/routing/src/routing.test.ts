import { type AdminSetting, type AdminSettingKind, adminSettingKinds } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import type { Catalogue, CatalogueDeployment, ModelAlias } from './catalogue.ts';
import { emptyCatalogue } from './catalogue.ts';
import { describeReasons, eligibility } from './eligibility.ts';
import { resolveModel } from './resolve.ts';

const nova = 'us.amazon.nova-lite-v1:0';
const regions = { defaultRegion: 'eu-west-1', allowedRegions: ['us-east-1'] };

function deploymentOf(modelId: string, ...settings: AdminSetting[]): CatalogueDeployment {
  return {
    deployment: { provider: 'bedrock', modelId, region: 'us-west-2', endpoint: undefined },
    litellmModel: `bedrock/${modelId}`,
    settings,
  };
}

function aliasOf(name: string, ...deployments: CatalogueDeployment[]): ModelAlias {
  return { name, deployments, accessGroups: [], settings: [], hidden: false };
}

function catalogueOf(...aliases: ModelAlias[]): Catalogue {
  return { ...emptyCatalogue, aliases: new Map(aliases.map((each) => [each.name, each])) };
}

const setting = (kind: AdminSettingKind, scope: AdminSetting['scope'] = 'deployment'): AdminSetting => ({
  scope,
  kind,
  name: 'x',
});

describe('resolveModel', () => {
  const fast = aliasOf('fast', deploymentOf(nova));
  const shadow = aliasOf('amazon.titan-embed-text-v2:0', deploymentOf('cohere.embed-english-v3'));
  const catalogue: Catalogue = {
    ...catalogueOf(fast, shadow),
    groupAliases: new Map([
      ['quick', 'fast'],
      ['lost', 'nowhere'],
    ]),
  };

  test('an alias', () => {
    expect(resolveModel('fast', catalogue, regions)).toEqual({ kind: 'alias', alias: fast });
  });

  test('another name for it', () => {
    expect(resolveModel('quick', catalogue, regions)).toEqual({ kind: 'alias', alias: fast });
  });

  test('an alias that is named like an id comes before the id', () => {
    expect(resolveModel(shadow.name, catalogue, regions)).toEqual({ kind: 'alias', alias: shadow });
  });

  test.each(['amazon.nova-pro-v1:0', 'bedrock/amazon.nova-pro-v1:0'])('%s is called where we are', (name) => {
    expect(resolveModel(name, catalogue, regions)).toEqual({
      kind: 'direct',
      deployment: { provider: 'bedrock', modelId: 'amazon.nova-pro-v1:0', region: 'eu-west-1', endpoint: undefined },
      aliases: [],
    });
  });

  const arnIn = (region: string) => `arn:aws:bedrock:${region}:123456789012:application-inference-profile/abc123`;
  test.each(['eu-west-1', 'us-east-1'])('an ARN of %s is called there', (region) => {
    expect(resolveModel(arnIn(region), catalogue, regions)).toMatchObject({ deployment: { region } });
  });

  test('an ARN of a foreign region is refused', () => {
    expect(() => resolveModel(arnIn('ap-south-1'), catalogue, regions)).toThrow(
      expect.objectContaining({ code: 'region-not-allowed', param: 'model' }),
    );
  });

  test.each(['nothing', 'lost', 'gpt-4o', 'toString', '__proto__'])('%s does not exist', (name) => {
    expect(() => resolveModel(name, catalogue, regions)).toThrow(
      expect.objectContaining({ code: 'model-not-found', param: 'model' }),
    );
  });

  test('a message repeats no control characters and is short', () => {
    expect(() => resolveModel(`a\r\nb\u202e${'x'.repeat(9_999)}`, catalogue, regions)).toThrow(/^[ -~]{1,500}$/);
  });
});

describe('the aliases that lead to a model', () => {
  const guarded = (id: string) => aliasOf(`guarded ${id}`, deploymentOf(id, setting('guardrails')));
  const plain = (id: string) => aliasOf(`plain ${id}`, deploymentOf(id));
  const haiku = 'anthropic.claude-3-haiku-20240307-v1:0';
  const wildcard = (name: string, litellmModel: string, ...settings: AdminSetting[]): ModelAlias => ({
    ...aliasOf(name, { deployment: undefined, litellmModel, settings }),
    settings: [{ scope: 'alias', kind: 'wildcard-alias', name }],
  });
  const arn = (kind: string, id: string, account = '123456789012') =>
    `arn:aws:bedrock:eu-west-1:${account}:${kind}/${id}`;

  test.each<[string, string, ModelAlias[], boolean]>([
    ['none', haiku, [], true],
    ['a plain one', haiku, [plain(haiku)], true],
    ['a guarded one', haiku, [guarded(haiku)], false],
    ['a guarded and a plain one: that way is open anyway', haiku, [guarded(haiku), plain(haiku)], true],
    ['another model', haiku, [guarded(nova)], true],
    ['a geography in front does not dodge', `eu.${haiku}`, [guarded(haiku)], false],
    ['nor another geography', `global.${haiku}`, [guarded(`us.${haiku}`)], false],
    ['nor none', haiku, [guarded(`us-gov.${haiku}`)], false],
    ['nor the ARN of the model', arn('foundation-model', haiku, ''), [guarded(haiku)], false],
    ['nor the ARN of its profile', arn('inference-profile', `eu.${haiku}`), [guarded(haiku)], false],
    ['nor the id of what is called by ARN', haiku, [guarded(arn('foundation-model', haiku, ''))], false],
    ['the very id counts before its kin', `us.${haiku}`, [plain(`us.${haiku}`), guarded(haiku)], true],
    ['so does a guard on the very id', `us.${haiku}`, [guarded(`us.${haiku}`), plain(haiku)], false],
    ['another version is another model', 'anthropic.claude-3-haiku-20240307-v2:0', [guarded(haiku)], true],
    ['an application profile stands for itself', arn('application-inference-profile', 'abc'), [guarded(haiku)], true],
    ['a plain wildcard', haiku, [wildcard('bedrock/*', 'bedrock/*')], true],
    ['a guarded wildcard', haiku, [wildcard('bedrock/*', 'bedrock/*', setting('guardrails'))], false],
    ['a wildcard with a role', haiku, [wildcard('*', 'bedrock/*', setting('credentials'))], false],
    ['a wildcard of other names', haiku, [wildcard('bedrock/meta.*', 'bedrock/*', setting('guardrails'))], true],
    ['a wildcard of another provider', haiku, [wildcard('*', 'openai/*', setting('other-provider'))], true],
    [
      'an alias counts before a wildcard',
      haiku,
      [plain(haiku), wildcard('*', 'bedrock/*', setting('guardrails'))],
      true,
    ],
  ])('%s', (_name, requested, aliases, eligible) => {
    const catalogue = catalogueOf(...aliases);
    const resolution = resolveModel(requested, catalogue, regions);
    expect(eligibility(resolution, catalogue, []).eligible).toBe(eligible);
  });
});

describe('eligibility', () => {
  const resolved = (catalogue: Catalogue, name = 'fast') => resolveModel(name, catalogue, regions);
  const reasonsOf = (catalogue: Catalogue, caller: AdminSetting[] = [], name = 'fast') => {
    const verdict = eligibility(resolved(catalogue, name), catalogue, caller);
    return verdict.eligible ? [] : verdict.reasons;
  };

  test('a plain alias is served where it lies', () => {
    const catalogue = catalogueOf(aliasOf('fast', deploymentOf(nova)));
    expect(eligibility(resolved(catalogue), catalogue, [])).toEqual({
      eligible: true,
      deployment: { provider: 'bedrock', modelId: nova, region: 'us-west-2', endpoint: undefined },
      row: deploymentOf(nova),
    });
  });

  describe.each(adminSettingKinds)('%s', (kind) => {
    const plain = catalogueOf(aliasOf('fast', deploymentOf(nova)));

    test('of the caller', () => {
      expect(reasonsOf(plain, [setting(kind, 'key')])).toEqual([setting(kind, 'key')]);
      expect(reasonsOf(plain, [setting(kind, 'key')], 'amazon.nova-pro-v1:0')).toEqual([setting(kind, 'key')]);
    });

    test('of the proxy', () => {
      const catalogue = { ...plain, settings: [setting(kind, 'proxy')] };
      expect(reasonsOf(catalogue)).toEqual([setting(kind, 'proxy')]);
      expect(reasonsOf(catalogue, [], 'amazon.nova-pro-v1:0')).toEqual([setting(kind, 'proxy')]);
    });

    test('of the alias', () => {
      const catalogue = catalogueOf({ ...aliasOf('fast', deploymentOf(nova)), settings: [setting(kind, 'alias')] });
      expect(reasonsOf(catalogue)).toEqual([setting(kind, 'alias')]);
      expect(reasonsOf(catalogue, [], nova)).toEqual([setting(kind, 'alias')]);
    });

    test('of the deployment', () => {
      const catalogue = catalogueOf(aliasOf('fast', deploymentOf(nova, setting(kind))));
      expect(reasonsOf(catalogue)).toEqual([setting(kind)]);
      expect(reasonsOf(catalogue, [], nova)).toEqual([setting(kind)]);
    });
  });

  test('several deployments', () => {
    const catalogue = catalogueOf(aliasOf('fast', deploymentOf(nova), deploymentOf(nova)));
    expect(reasonsOf(catalogue)).toEqual([{ scope: 'alias', kind: 'several-deployments', name: 'fast' }]);
  });

  test('an alias that nothing says anything about but its provider', () => {
    const catalogue = catalogueOf(
      aliasOf('fast', { deployment: undefined, litellmModel: 'openai/gpt-4o', settings: [] }),
    );
    expect(reasonsOf(catalogue)).toEqual([{ scope: 'alias', kind: 'other-provider', name: 'fast' }]);
    expect(reasonsOf(catalogueOf(aliasOf('fast')))).toHaveLength(1);
  });

  test('every reason is named', () => {
    const catalogue = {
      ...catalogueOf(aliasOf('fast', deploymentOf(nova, setting('guardrails')))),
      settings: [setting('callbacks', 'proxy')],
    };
    expect(describeReasons(reasonsOf(catalogue, [{ scope: 'key', kind: 'budget', name: 'max_budget' }]))).toBe(
      'proxy callbacks (x), key budget (max_budget), deployment guardrails (x)',
    );
  });
});
