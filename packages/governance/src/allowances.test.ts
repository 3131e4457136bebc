import { type Allowance, type Budget, noAllowance, type RateLimit } from '@genai-gateway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allowancesFor, type CalledModel } from './allowances.ts';

function limit(change: Partial<RateLimit> & Pick<RateLimit, 'scope' | 'counter'>): RateLimit {
  return {
    model: undefined,
    requestsPerMinute: undefined,
    tokensPerMinute: undefined,
    maxParallelRequests: undefined,
    ...change,
  };
}

function budget(change: Partial<Budget> & Pick<Budget, 'scope' | 'counter'>): Budget {
  return {
    name: 'max_budget',
    model: undefined,
    maxNanoUsd: 1n,
    spentNanoUsd: 0n,
    refusesWhen: 'reached',
    counterTtlSeconds: 60,
    ...change,
  };
}

const named = (requested: string, group = requested): CalledModel => ({ requested, group });
const paid = { isFree: false };

/** Limits as `counter requests/tokens/parallel`, budgets as their counters. */
function held(allowance: Partial<Allowance>, models: readonly CalledModel[], options = paid): string[] {
  const { limits, budgets } = allowancesFor([{ limits: [], budgets: [], ...allowance }], models, options);
  return [
    ...limits.map((each) =>
      [each.counter, each.requestsPerMinute ?? '-', each.tokensPerMinute ?? '-', each.maxParallelRequests ?? '-'].join(
        ' ',
      ),
    ),
    ...budgets.map((each) => each.counter),
  ];
}

describe('limits per model', () => {
  const ofKey = (model: string, requestsPerMinute?: number, tokensPerMinute?: number) =>
    limit({ scope: 'key', counter: `model_per_key:K:${model}`, model, requestsPerMinute, tokensPerMinute });
  const ofTeam = (model: string, requestsPerMinute?: number, tokensPerMinute?: number) =>
    limit({ scope: 'team', counter: `model_per_team:T:${model}`, model, requestsPerMinute, tokensPerMinute });
  const inherited = (model: string, requestsPerMinute?: number, tokensPerMinute?: number) =>
    limit({ scope: 'team', counter: `model_per_key:K:${model}`, model, requestsPerMinute, tokensPerMinute });

  const rows: [string, RateLimit[], CalledModel[], string[]][] = [
    ['hold for their model', [ofKey('a', 5)], [named('a')], ['model_per_key:K:a 5 - -']],
    ['hold for no other', [ofKey('a', 5)], [named('b')], []],
    ['are counted by the group’s name', [ofKey('fast', 5)], [named('fast', 'a')], ['model_per_key:K:a 5 - -']],
    ['of the group hold for its other names', [ofKey('a', 5)], [named('fast', 'a')], ['model_per_key:K:a 5 - -']],
    [
      'of the name as requested go before those of the group, each kind for itself',
      [ofKey('a', 5, 500), ofKey('fast', 9)],
      [named('fast', 'a')],
      ['model_per_key:K:a 9 500 -'],
    ],
    [
      'of the key take the place of the team’s, each kind for itself',
      [ofKey('a', 5), ofTeam('a', 50, 500)],
      [named('a')],
      ['model_per_key:K:a 5 - -', 'model_per_team:T:a - 500 -'],
    ],
    [
      'of the key for all kinds leave none of the team’s',
      [ofKey('a', 5, 6), ofTeam('a', 50, 500)],
      [named('a')],
      ['model_per_key:K:a 5 6 -'],
    ],
    [
      'of the key for another model change nothing',
      [ofKey('b', 5), ofTeam('a', 50)],
      [named('a')],
      ['model_per_team:T:a 50 - -'],
    ],
    [
      'that the key has from its team hold twice: for the key and for the team',
      [inherited('a', 50), ofTeam('a', 50)],
      [named('a')],
      ['model_per_key:K:a 50 - -', 'model_per_team:T:a 50 - -'],
    ],
    [
      'of key and team on one counter are one limit',
      [ofKey('a', 5), inherited('a', undefined, 70)],
      [named('a')],
      ['model_per_key:K:a 5 70 -'],
    ],
    [
      'of every alias hold for a model that is called by its own id',
      [ofKey('a', 5), ofKey('b', 6)],
      [named('us.amazon.nova'), named('a'), named('b')],
      ['model_per_key:K:a 5 - -', 'model_per_key:K:b 6 - -'],
    ],
    [
      'on one counter by two names: the smaller holds',
      [ofKey('a', 5), ofKey('fast', 3)],
      [named('a'), named('fast', 'a')],
      ['model_per_key:K:a 3 - -'],
    ],
  ];
  test.each(rows)('%s', (_rule, limits, models, expected) => {
    expect(held({ limits }, models)).toEqual(expected);
  });
});

describe('budgets per model', () => {
  const of = (scope: Budget['scope'], model: string) =>
    budget({ scope, counter: `${scope}:${model}`, model, name: `model_max_budget ${model}` });
  const rows: [string, Budget[], CalledModel[], string[]][] = [
    ['hold for their model', [of('key', 'a')], [named('a')], ['key:a']],
    ['hold for no other', [of('key', 'a')], [named('ab')], []],
    ['hold for a name with the provider in front', [of('key', 'a')], [named('bedrock/a')], ['key:a']],
    [
      'hold for every geography of a model',
      [of('key', 'amazon.nova-lite-v1:0')],
      [named('eu.amazon.nova-lite-v1:0')],
      ['key:amazon.nova-lite-v1:0'],
    ],
    [
      'hold for a model without its vendor',
      [of('user', 'nova-lite-v1:0')],
      [named('bedrock/us.amazon.nova-lite-v1:0')],
      ['user:nova-lite-v1:0'],
    ],
    [
      'by the most telling name alone',
      [of('key', 'amazon.nova'), of('key', 'us.amazon.nova')],
      [named('us.amazon.nova')],
      ['key:us.amazon.nova'],
    ],
    ['do not take a version for a name', [of('key', '1')], [named('gpt-4.1')], []],
    ['of the group hold for its other names', [of('key', 'a')], [named('fast', 'a')], ['key:a']],
    ['of the key take the place of the team’s', [of('team', 'a'), of('key', 'a')], [named('a')], ['key:a']],
    ['of the key for another model do not', [of('team', 'a'), of('key', 'b')], [named('a')], ['team:a']],
    [
      'of user, end user and key add up',
      [of('end-user', 'a'), of('user', 'a'), of('key', 'a')],
      [named('a')],
      ['key:a', 'user:a', 'end-user:a'],
    ],
    ['hold once', [of('key', 'a')], [named('a'), named('fast', 'a')], ['key:a']],
  ];
  test.each(rows)('%s', (_rule, budgets, models, expected) => {
    expect(held({ budgets }, models)).toEqual(expected);
  });
});

describe('the order', () => {
  test('of limits is that in which LiteLLM looks at them', () => {
    const counters = [
      'api_key:K',
      'user:U',
      'team:T',
      'team_member:T:U',
      'end_user:E',
      'tag_per_key:K:red',
      'organization:O',
      'tag:red',
    ];
    const limits = counters.map((counter) => limit({ scope: 'key', counter, requestsPerMinute: 1 }));
    expect(held({ limits: limits.toReversed() }, [])).toEqual(counters.map((counter) => `${counter} 1 - -`));
  });

  test('of budgets is that in which LiteLLM looks at them', () => {
    const order: [Budget['scope'], string][] = [
      ['team-member', 'max_budget'],
      ['key', 'max_budget'],
      ['key', 'model_max_budget a'],
      ['user', 'model_max_budget a'],
      ['end-user', 'model_max_budget a'],
      ['project', 'max_budget'],
      ['team', 'max_budget'],
      ['team', 'budget_limits 1d'],
      ['key', 'budget_limits 1d'],
      ['organization', 'max_budget'],
      ['tag', 'max_budget'],
      ['user', 'max_budget'],
      ['end-user', 'max_budget'],
    ];
    const budgets = order.map(([scope, name]) =>
      budget({ scope, name, counter: `${scope} ${name}`, model: name.startsWith('model') ? 'a' : undefined }),
    );
    expect(held({ budgets: budgets.toReversed() }, [named('a')])).toEqual(order.map((each) => each.join(' ')));
  });
});

test('a model that costs nothing is under no budget, and under every limit', () => {
  const limits = [limit({ scope: 'key', counter: 'api_key:K', requestsPerMinute: 1, maxParallelRequests: 2 })];
  const budgets = [budget({ scope: 'key', counter: 'spend:key:K', maxNanoUsd: 0n })];
  expect(held({ limits, budgets }, [named('a')], { isFree: true })).toEqual(['api_key:K 1 - 2']);
  expect(held({ limits, budgets }, [named('a')])).toEqual(['api_key:K 1 - 2', 'spend:key:K']);
});

test('what is known of an allowance is known by model, and by whether that is free', () => {
  const ofKey = limit({ scope: 'key', counter: 'model_per_key:K:a', model: 'a', requestsPerMinute: 5 });
  const allowance = { limits: [ofKey], budgets: [budget({ scope: 'key', counter: 'spend:key:K' })] };
  const [a, b] = [[named('a')], [named('b')]];
  const first = allowancesFor([allowance, noAllowance], a, paid);
  expect(allowancesFor([noAllowance, allowance], a, paid)).toBe(first);
  expect(first).toMatchObject({ limits: [ofKey], budgets: allowance.budgets });
  expect(allowancesFor([allowance], b, paid)).toMatchObject({ limits: [], budgets: allowance.budgets });
  expect(allowancesFor([allowance], a, { isFree: true })).toMatchObject({ limits: [ofKey], budgets: [] });
  expect(allowancesFor([noAllowance], a, paid)).toBe(noAllowance);
});

describe('whatever is set', () => {
  const names = fc.constantFrom('a', 'b', 'us.amazon.nova', 'amazon.nova');
  const figure = fc.option(fc.nat(100), { nil: undefined });
  const anyLimit = fc
    .tuple(fc.constantFrom('key', 'team', 'user'), fc.option(names, { nil: undefined }), figure, figure)
    .map(([scope, model, requestsPerMinute, tokensPerMinute]) => {
      const counter =
        model === undefined ? `${scope === 'key' ? 'api_key' : scope}:X` : `model_per_${scope}:X:${model}`;
      return limit({ scope, counter, model, requestsPerMinute, tokensPerMinute });
    });
  const anyBudget = fc
    .tuple(fc.constantFrom('key', 'team', 'user'), names)
    .map(([scope, model]) => budget({ scope, counter: `${scope}:${model}`, model, name: `model_max_budget ${model}` }));
  const anyModel = fc.tuple(names, names).map(([requested, group]) => named(requested, group));

  test('no counter is asked twice, and none of another model', () => {
    const anything = fc.tuple(fc.array(anyLimit), fc.array(anyBudget), fc.array(anyModel, { minLength: 1 }));
    fc.assert(
      fc.property(anything, ([limits, budgets, models]) => {
        const found = allowancesFor([{ limits, budgets }], models, paid);
        const counters = [...found.limits, ...found.budgets].map(({ counter }) => counter);
        expect(new Set(counters).size).toBe(counters.length);
        const called = models.flatMap(({ requested, group }) => [requested, group]);
        for (const { model } of found.limits) expect(model === undefined || called.includes(model)).toBe(true);
      }),
    );
  });
});
