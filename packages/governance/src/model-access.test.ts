import { describe, expect, test } from 'vitest';
import { checkModelAccess, mayUseModel } from './model-access.ts';

const id = 'us.amazon.nova-lite-v1:0';
const alias = { names: ['fast'], accessGroups: ['beta'] };
const direct = { names: [id, `bedrock/${id}`], accessGroups: [] };

/*
 * What LiteLLM 1.106.2 answers (its functions were run on these rows, 2026-11-22). The one
 * difference is meant: an id with and without `bedrock/` is one model here, in the last two rows.
 */
const rows: readonly (readonly [models: readonly string[], alias: boolean, direct: boolean])[] = [
  [[], true, true],
  [['*'], true, true],
  [['all-proxy-models'], true, true],
  [['all-team-models'], true, true],
  [['no-default-models'], false, false],
  [['no-default-models', 'fast'], true, false],
  [['fast'], true, false],
  [['slow'], false, false],
  [['FAST'], false, false],
  [['fast '], false, false],
  [['fas'], false, false],
  [['beta'], true, false],
  [['gamma', 'slow'], false, false],
  [['fa*'], true, false],
  [['*st'], true, false],
  [['*as*'], true, false],
  [['f*x'], false, false],
  [['gpt-*', 'fast'], true, false],
  [['bedrock/*'], false, true],
  [['bedrock/us.*'], false, true],
  [['bedrock/eu.*'], false, false],
  [['openai/*'], false, false],
  [['us.amazon.*'], false, true],
  [[id], false, true],
  [[`bedrock/${id}`], false, true],
];

describe('a list of a key', () => {
  test.each(rows)('%j: alias %s, direct %s', (models, mayAlias, mayDirect) => {
    const lists = [{ scope: 'key', models, groupModels: [] }];
    expect(mayUseModel(lists, alias)).toBe(mayAlias);
    expect(mayUseModel(lists, direct)).toBe(mayDirect);
  });
});

describe('names with a meaning of their own', () => {
  test.each<[string, string[], boolean]>([
    ['key', ['all-team-models'], true],
    ['team', ['all-team-models'], true],
    ['team-member', ['all-team-models'], true],
    // Nobody has a team there: LiteLLM takes it for the name of a model.
    ['user', ['all-team-models'], false],
    ['project', ['all-team-models'], false],
    ['user', ['no-default-models', 'fast'], false],
    ['key', ['no-default-models', 'fast'], true],
    ['user', ['no-default-models', '*'], false],
  ])('%s with %j: %s', (scope, models, may) => {
    expect(mayUseModel([{ scope, models, groupModels: [] }], alias)).toBe(may);
  });
});

describe('models that access groups add', () => {
  test.each<[string, string[], string[], boolean]>([
    ['open what the list refuses', ['slow'], ['fast'], true],
    ['may be wildcards', ['slow'], ['fa*'], true],
    ['open nothing else', ['slow'], ['slower'], false],
    ['an empty group adds nothing', ['slow'], [], false],
    ['an open list stays open', [], ['slow'], true],
  ])('%s', (_name, models, groupModels, may) => {
    expect(mayUseModel([{ scope: 'key', models, groupModels }], alias)).toBe(may);
  });
});

describe('what leads to other models', () => {
  const arn = 'arn:aws:bedrock:us-east-1:123456789012:prompt-router/abc123def456';
  const ways = { names: [arn, `bedrock/${arn}`], accessGroups: [] };
  const small = ['us.meta.small', 'bedrock/us.meta.small'];
  const large = ['us.meta.large', 'bedrock/us.meta.large'];
  test.each<[string, string[], string[], readonly (readonly string[])[], boolean]>([
    ['by its own name', [arn], [], [small, large], true],
    ['by its own name, whatever is behind it', [arn], [], [], true],
    ['by a wildcard over ARNs', ['bedrock/arn:*'], [], [small, large], true],
    ['by the one model behind it', ['us.meta.small'], [], [small], true],
    ['by the provider’s name for that model', ['bedrock/us.meta.small'], [], [small], true],
    ['not by the same model of no geography', ['meta.small'], [], [small], false],
    ['by all models behind it', ['us.meta.small', 'us.meta.large'], [], [small, large], true],
    ['by a wildcard over them', ['us.meta.*'], [], [small, large], true],
    ['not by one of them', ['us.meta.small'], [], [small, large], false],
    ['by list and group together', ['us.meta.small'], ['us.meta.large'], [small, large], true],
    ['not when nobody knows what is behind it', ['us.meta.small'], [], [], false],
    ['by a list that is open', [], [], [], true],
  ])('%s', (_name, models, groupModels, behind, may) => {
    expect(mayUseModel([{ scope: 'key', models, groupModels }], { ...ways, behind })).toBe(may);
  });

  test('each list decides for itself', () => {
    const key = { scope: 'key', models: [arn], groupModels: [] };
    const team = { scope: 'team', models: ['us.meta.small'], groupModels: [] };
    expect(mayUseModel([key, team], { ...ways, behind: [small] })).toBe(true);
    expect(mayUseModel([key, team], { ...ways, behind: [small, large] })).toBe(false);
    const blocked = { scope: 'user', models: ['no-default-models', arn], groupModels: [] };
    expect(mayUseModel([blocked], { ...ways, behind: [small] })).toBe(false);
  });
});

test('every list has to allow the model', () => {
  const open = { scope: 'key', models: [], groupModels: [] };
  const closed = { scope: 'team-member', models: ['slow'], groupModels: [] };
  expect(mayUseModel([open, open], alias)).toBe(true);
  expect(mayUseModel([open, closed], alias)).toBe(false);
  expect(mayUseModel([], alias)).toBe(true);
  expect(() => checkModelAccess([open], alias)).not.toThrow();
  expect(() => checkModelAccess([open, closed], alias)).toThrow(
    expect.objectContaining({
      code: 'model-not-allowed',
      param: 'model',
      message: expect.stringMatching(/^This team member has no access to the model 'fast'/),
    }),
  );
});

describe('a wildcard is no regular expression', () => {
  test.each<[string, string, boolean]>([
    ['us.amazon.*', 'usXamazonXnova', false],
    ['gpt-(4|5)*', 'gpt-4', false],
    ['a+*', 'aaa', false],
    ['[*', '[x', true],
    ['fast*', 'fast', true],
    ['*', 'anything at all', true],
    ['fast*', 'not fast', false],
    ['fast*', 'fast\nslow', false],
  ])('%s on %j: %s', (entry, name, may) => {
    expect(mayUseModel([{ scope: 'key', models: [entry], groupModels: [] }], { names: [name], accessGroups: [] })).toBe(
      may,
    );
  });
});

test('a message is short, whatever the caller named', () => {
  const lists = [{ scope: 'key', models: ['a'], groupModels: [] }];
  expect(() => checkModelAccess(lists, { names: ['x'.repeat(100_000)], accessGroups: [] })).toThrow(/^.{0,500}$/);
});
