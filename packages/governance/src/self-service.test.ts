import { hash } from 'node:crypto';
import { isGatewayError } from '@genai-gateway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideSelfService, type SelfServiceAction, selfServiceAction } from './self-service.ts';
import {
  defaultSelfServicePolicy,
  type OwnKey,
  type OwnState,
  type SelfServiceCaller,
  type SelfServicePolicy,
} from './self-service-policy.ts';

const HASH = 'a'.repeat(64);
const INTERNAL = 'b'.repeat(64);
const SECRET = 'sk-mine';

const key = (change: Partial<OwnKey> = {}): OwnKey => ({
  keyHash: HASH,
  keyAlias: 'mine',
  teamId: undefined,
  isInternal: false,
  ...change,
});

const alice: SelfServiceCaller = { userId: 'alice', email: 'alice@example.com', teamId: undefined, models: undefined };
const nothing: OwnState = {
  maxBudgetUsd: undefined,
  budgetDuration: undefined,
  requestsPerMinute: undefined,
  tokensPerMinute: undefined,
  maxParallelRequests: undefined,
  models: [],
  teamIds: ['readers'],
  keys: [
    key(),
    key({ keyHash: INTERNAL, keyAlias: 'gateway-login', isInternal: true }),
    key({ keyHash: hash('sha256', SECRET, 'hex'), keyAlias: 'by secret' }),
  ],
};

interface Case {
  readonly body?: unknown;
  readonly query?: string;
  readonly caller?: Partial<SelfServiceCaller>;
  readonly own?: Partial<OwnState>;
  readonly policy?: Partial<SelfServicePolicy>;
}

function decide(action: SelfServiceAction, { body = {}, query = '', caller, own, policy }: Case) {
  return decideSelfService(
    { action, body: body as Record<string, unknown>, query: new URLSearchParams(query) },
    { ...alice, ...caller },
    { ...nothing, ...own },
    { ...defaultSelfServicePolicy, ...policy },
  );
}

/** The field that is at fault, or the code where the fault is none of a field's. */
function refusal(action: SelfServiceAction, given: Case): string {
  try {
    decide(action, given);
  } catch (error) {
    if (isGatewayError(error)) return error.code === 'invalid-request' ? (error.param ?? error.message) : error.code;
    throw error;
  }
  return 'let through';
}

describe('routes', () => {
  test.each([
    ['POST', '/user/new', 'user-new'],
    ['GET', '/key/list', 'key-list'],
    ['GET', '/key/generate', undefined],
    ['POST', '/key/block', undefined],
    ['POST', '/key/regenerate', undefined],
    ['POST', '/team/new', undefined],
    ['POST', '/user/update', undefined],
    ['POST', '/key/generate/', undefined],
    ['POST', '/key/service-account/generate', undefined],
    ['GET', '/ui/', undefined],
  ])('%s %s is %s', (method, path, action) => {
    expect(selfServiceAction(method, path)).toBe(action);
  });
});

describe('a new key', () => {
  const refused: [string, unknown, string, Case?][] = [
    ['another user', { user_id: 'bob' }, 'user_id'],
    ['nobody', { user_id: null }, 'user_id'],
    ['a list of users', { user_id: ['alice'] }, 'user_id'],
    ['a team of others', { team_id: 'writers' }, 'team_id'],
    ['no team by a login that has one', { team_id: null }, 'team_id', { caller: { teamId: 'readers' } }],
    ['a value of its own choice', { key: 'sk-1234567890123456' }, 'key'],
    ['what it has spent', { spend: -1000 }, 'spend'],
    ['routes', { allowed_routes: ['/*'] }, 'allowed_routes'],
    ['permissions', { permissions: {} }, 'permissions'],
    ['configuration', { config: {} }, 'config'],
    ['guardrails', { guardrails: [] }, 'guardrails'],
    ['aliases of models', { aliases: { a: 'gpt-4o' } }, 'aliases'],
    ['a linked budget', { budget_id: 'b' }, 'budget_id'],
    ['budget windows', { budget_limits: [] }, 'budget_limits'],
    ['an organisation', { organization_id: 'o' }, 'organization_id'],
    ['objects', { object_permission: {} }, 'object_permission'],
    ['a prototype', JSON.parse('{"__proto__": {"user_id": "bob"}}'), '__proto__'],
    ['capital letters', { User_Id: 'bob' }, 'User_Id'],
    ['a negative budget', { max_budget: -1 }, 'max_budget'],
    ['a budget as text', { max_budget: '1' }, 'max_budget'],
    ['an infinite budget', JSON.parse('{"max_budget": 1e400}'), 'max_budget'],
    ['a budget of NaN', { max_budget: Number.NaN }, 'max_budget'],
    ['a larger budget', { max_budget: 5.01 }, 'max_budget', { own: { maxBudgetUsd: 5 } }],
    ['no budget', { max_budget: null }, 'max_budget', { own: { maxBudgetUsd: 5 } }],
    ['a larger budget than keys may have', { max_budget: 3 }, 'max_budget', { policy: { maxBudgetUsd: 2 } }],
    [
      'a budget that comes back sooner',
      { max_budget: 5, budget_duration: '1d' },
      'budget_duration',
      { own: { maxBudgetUsd: 5, budgetDuration: '30d' } },
    ],
    [
      'a budget that comes back where the own never does',
      { budget_duration: '10mo' },
      'budget_duration',
      { own: { maxBudgetUsd: 5 } },
    ],
    ['half a request', { rpm_limit: 0.5 }, 'rpm_limit'],
    ['requests as text', { rpm_limit: '5' }, 'rpm_limit'],
    ['requests below nothing', { rpm_limit: -1 }, 'rpm_limit'],
    ['more requests', { rpm_limit: 11 }, 'rpm_limit', { own: { requestsPerMinute: 10 } }],
    ['endless requests', { rpm_limit: null }, 'rpm_limit', { policy: { maxRequestsPerMinute: 10 } }],
    ['more tokens', { tpm_limit: 11 }, 'tpm_limit', { own: { tokensPerMinute: 10 } }],
    ['more at a time', { max_parallel_requests: 3 }, 'max_parallel_requests', { policy: { maxParallelRequests: 2 } }],
    [
      'more requests of a model',
      { model_rpm_limit: { nova: 11 } },
      'model_rpm_limit.nova',
      { own: { requestsPerMinute: 10 } },
    ],
    ['requests of models as a list', { model_rpm_limit: [5] }, 'model_rpm_limit'],
    ['a longer life', { duration: '91d' }, 'duration', { policy: { maxKeyDuration: '90d' } }],
    ['a longer life by a month', { duration: '3mo' }, 'duration', { policy: { maxKeyDuration: '90d' } }],
    ['a life without end', { duration: '-1' }, 'duration'],
    ['a life of null', { duration: null }, 'duration', { policy: { maxKeyDuration: '90d' } }],
    ['another kind of key', { key_type: 'management' }, 'key_type'],
    ['a kind that may manage', { key_type: 'default' }, 'key_type'],
    ['models that are no list', { models: 'nova' }, 'models'],
    ['models that are no names', { models: [null] }, 'models'],
    ['a foreign model', { models: ['gpt-4o'] }, 'model-not-allowed', { caller: { models: ['nova'] } }],
    ['all models', { models: ['*'] }, 'model-not-allowed', { caller: { models: ['nova'] } }],
    ['all of the team', { models: ['all-team-models'] }, 'model-not-allowed', { caller: { models: ['nova'] } }],
    ['a model the user may not have', { models: ['gpt-4o'] }, 'model-not-allowed', { own: { models: ['nova'] } }],
    ['any model by a login without', { models: ['nova'] }, 'model-not-allowed', { caller: { models: [] } }],
    ['a group by a wildcard', { models: ['beta-group'] }, 'model-not-allowed', { caller: { models: ['beta*'] } }],
    ['notes that are limits', { metadata: { temp_budget_increase: 1000 } }, 'metadata.temp_budget_increase'],
    ['notes in notes', { metadata: { app: { logging: [] } } }, 'metadata.app'],
    ['notes of callbacks', { metadata: { logging: 'x' } }, 'metadata.logging'],
    [
      'notes without guardrails',
      { metadata: { disable_global_guardrails: true } },
      'metadata.disable_global_guardrails',
    ],
    ['the gateway’s mark', { metadata: { genai_gateway_principal: 'x' } }, 'metadata.genai_gateway_principal'],
    ['notes that are large', { metadata: { app: 'x'.repeat(3_000) } }, 'metadata'],
    ['notes that are a list', { metadata: ['x'] }, 'metadata'],
    ['an alias of no text', { key_alias: 5 }, 'key_alias'],
    [
      'one more than it may hold',
      {},
      'You have 2 keys, which is the limit for one person. Delete one that you do not need.',
      { policy: { maxKeys: 2 } },
    ],
    ['a query', {}, 'user_id', { query: 'user_id=bob' }],
  ];
  test.each(refused)('is refused %s', (_name, body, field, more) => {
    expect(refusal('key-generate', { body, ...more })).toBe(field);
  });

  const made: [string, Case, Record<string, unknown>][] = [
    ['without a word: the caller’s', {}, { user_id: 'alice', models: [], key_type: 'llm_api' }],
    [
      'with everything that may be set',
      {
        body: {
          user_id: 'alice',
          team_id: 'readers',
          key_alias: 'one',
          duration: '30d',
          models: ['nova'],
          max_budget: 0,
          budget_duration: '1d',
          rpm_limit: 5,
          tpm_limit: 6,
          max_parallel_requests: 7,
          model_rpm_limit: { nova: 1 },
          model_tpm_limit: { nova: 2 },
          metadata: { app: 'x', version: 2, isTest: true },
          key_type: 'llm_api',
        },
      },
      {
        user_id: 'alice',
        team_id: 'readers',
        key_alias: 'one',
        duration: '30d',
        models: ['nova'],
        max_budget: 0,
        budget_duration: '1d',
        rpm_limit: 5,
        tpm_limit: 6,
        max_parallel_requests: 7,
        model_rpm_limit: { nova: 1 },
        model_tpm_limit: { nova: 2 },
        metadata: { app: 'x', version: 2, isTest: true },
        key_type: 'llm_api',
      },
    ],
    [
      'of a login with a team: the team’s',
      { caller: { teamId: 'readers' } },
      { user_id: 'alice', team_id: 'readers', models: [], key_type: 'llm_api' },
    ],
    [
      'without figures: those of the administrator, and the smaller budget',
      {
        own: { maxBudgetUsd: 5, budgetDuration: '30d' },
        policy: {
          maxBudgetUsd: 2,
          budgetDuration: '30d',
          maxRequestsPerMinute: 10,
          maxTokensPerMinute: 20,
          maxParallelRequests: 3,
          maxKeyDuration: '90d',
        },
      },
      {
        user_id: 'alice',
        models: [],
        max_budget: 2,
        budget_duration: '30d',
        duration: '90d',
        rpm_limit: 10,
        tpm_limit: 20,
        max_parallel_requests: 3,
        key_type: 'llm_api',
      },
    ],
    [
      'without models: those that login and user both have',
      { caller: { models: ['nova', 'bedrock/*'] }, own: { models: ['bedrock/a', 'nova', 'gpt-4o'] } },
      { user_id: 'alice', models: ['nova', 'bedrock/a'], key_type: 'llm_api' },
    ],
    [
      'with an empty list of models: not all of them',
      { body: { models: [] }, caller: { models: ['nova'] } },
      { user_id: 'alice', models: ['nova'], key_type: 'llm_api' },
    ],
    [
      'of a login without models: none',
      { caller: { models: [] } },
      { user_id: 'alice', models: ['no-default-models'], key_type: 'llm_api' },
    ],
    [
      'of a team: the list of the user is not that of the team',
      { body: { team_id: 'readers', models: ['gpt-4o'] }, own: { models: ['nova'] } },
      { user_id: 'alice', team_id: 'readers', models: ['gpt-4o'], key_type: 'llm_api' },
    ],
    [
      'for a part of what a wildcard stands for',
      { body: { models: ['bedrock/us.*', 'bedrock/a'] }, caller: { models: ['bedrock/*'] } },
      { user_id: 'alice', models: ['bedrock/us.*', 'bedrock/a'], key_type: 'llm_api' },
    ],
    [
      'that may manage, where the administrator lets it',
      { policy: { keyType: 'default' } },
      { user_id: 'alice', models: [], key_type: 'default' },
    ],
  ];
  test.each(made)('is made %s', (_name, given, body) => {
    expect(decide('key-generate', given)).toEqual({ method: 'POST', target: '/key/generate', body });
  });
});

describe('a key that is there', () => {
  const refused: [string, SelfServiceAction, Case, string][] = [
    ['of somebody else: change', 'key-update', { body: { key: 'c'.repeat(64) } }, 'not-permitted'],
    ['of somebody else by its secret', 'key-update', { body: { key: 'sk-theirs' } }, 'not-permitted'],
    ['of somebody else by its alias', 'key-update', { body: { key_alias: 'theirs' } }, 'not-permitted'],
    ['of the gateway: change', 'key-update', { body: { key: INTERNAL } }, 'not-permitted'],
    ['of the gateway by its alias', 'key-update', { body: { key_alias: 'gateway-login' } }, 'not-permitted'],
    ['without a name', 'key-update', { body: { rpm_limit: 5 } }, 'key_alias'],
    ['as a list', 'key-update', { body: { key: [HASH] } }, 'key'],
    ['for another user', 'key-update', { body: { key: HASH, user_id: 'bob' } }, 'user_id'],
    ['for nobody', 'key-update', { body: { key: HASH, user_id: null } }, 'user_id'],
    ['out of its team', 'key-update', { body: { key: HASH, team_id: null } }, 'team_id'],
    ['its budget', 'key-update', { body: { key: HASH, max_budget: 1 } }, 'max_budget'],
    ['how soon its budget comes back', 'key-update', { body: { key: HASH, budget_duration: '1s' } }, 'budget_duration'],
    ['a budget on top', 'key-update', { body: { key: HASH, temp_budget_increase: 1 } }, 'temp_budget_increase'],
    ['its notes', 'key-update', { body: { key: HASH, metadata: {} } }, 'metadata'],
    ['delete: somebody else’s', 'key-delete', { body: { keys: [HASH, 'sk-theirs'] } }, 'not-permitted'],
    ['delete: by somebody else’s alias', 'key-delete', { body: { key_aliases: ['theirs'] } }, 'not-permitted'],
    ['delete: the gateway’s', 'key-delete', { body: { keys: [INTERNAL] } }, 'not-permitted'],
    ['delete: the gateway’s by alias', 'key-delete', { body: { key_aliases: ['gateway-login'] } }, 'not-permitted'],
    ['delete: by both', 'key-delete', { body: { keys: [HASH], key_aliases: ['mine'] } }, 'keys'],
    ['delete: none', 'key-delete', { body: { keys: [] } }, 'keys'],
    ['delete: text', 'key-delete', { body: { keys: HASH } }, 'keys'],
    ['delete: null', 'key-delete', { body: { keys: [null] } }, 'keys'],
    ['delete: nothing named', 'key-delete', {}, 'keys'],
    ['ask: somebody else’s', 'key-info', { query: `key=${'c'.repeat(64)}` }, 'not-permitted'],
    ['ask: the gateway’s', 'key-info', { query: `key=${INTERNAL}` }, 'not-permitted'],
    ['ask: twice', 'key-info', { query: `key=${HASH}&key=${INTERNAL}` }, 'key'],
    ['ask: the login’s own', 'key-info', {}, 'key'],
    ['list: of somebody else', 'key-list', { query: 'user_id=bob' }, 'user_id'],
    ['list: of a team', 'key-list', { query: 'team_id=readers' }, 'team_id'],
    ['list: those of others too', 'key-list', { query: 'include_team_keys=true' }, 'include_team_keys'],
    ['list: two users', 'key-list', { query: 'user_id=alice&user_id=bob' }, 'user_id'],
    ['list: with a body', 'key-list', { body: { user_id: 'bob' } }, 'user_id'],
    ['the user: somebody else', 'user-info', { query: 'user_id=bob' }, 'user_id'],
  ];
  test.each(refused)('refused %s', (_name, action, given, field) => {
    expect(refusal(action, given)).toBe(field);
  });

  const asked: [string, SelfServiceAction, Case, unknown][] = [
    [
      'change by its secret',
      'key-update',
      { body: { key: SECRET, rpm_limit: 5 } },
      ['/key/update', { rpm_limit: 5, key: hash('sha256', SECRET, 'hex') }],
    ],
    [
      'change by its alias',
      'key-update',
      { body: { key_alias: 'mine', models: ['nova'] } },
      ['/key/update', { key_alias: 'mine', models: ['nova'], key: HASH }],
    ],
    ['delete', 'key-delete', { body: { keys: [SECRET, HASH] } }, ['/key/delete', { keys: [SECRET, HASH] }]],
    ['delete by alias', 'key-delete', { body: { key_aliases: ['mine'] } }, ['/key/delete', { key_aliases: ['mine'] }]],
    ['list', 'key-list', { query: 'size=5' }, ['/key/list?size=5&user_id=alice', undefined]],
    ['info', 'key-info', { query: `key=${SECRET}` }, [`/key/info?key=${hash('sha256', SECRET, 'hex')}`, undefined]],
    ['the user', 'user-info', {}, ['/user/info?user_id=alice', undefined]],
    [
      'a user of odd letters',
      'user-info',
      { caller: { userId: 'a&user_id=b+c' } },
      ['/user/info?user_id=a%26user_id%3Db%2Bc', undefined],
    ],
  ];
  test.each(asked)('%s', (_name, action, given, expected) => {
    const { target, body } = decide(action, given);
    expect([target, body]).toEqual(expected);
  });
});

describe('a new user', () => {
  test.each([
    ['another', { user_id: 'bob' }, 'user_id'],
    ['with another’s address', { user_email: 'bob@example.com' }, 'user_email'],
    ['as an administrator', { user_role: 'proxy_admin' }, 'user_role'],
    ['with a budget', { max_budget: 1_000 }, 'max_budget'],
    ['with models', { models: [] }, 'models'],
    ['with teams', { teams: ['writers'] }, 'teams'],
    ['with a password', { password: 'x' }, 'password'],
    ['with half a key', { auto_create_key: 'no' }, 'auto_create_key'],
  ])('is refused: %s', (_name, body, field) => {
    expect(refusal('user-new', { body })).toBe(field);
  });

  test('is the caller, with a key', () => {
    const body = { user_id: 'alice', user_email: 'alice@example.com', user_role: 'internal_user' };
    expect(decide('user-new', { body })).toEqual(decide('key-generate', {}));
  });

  test('is the caller, without one', () => {
    expect(decide('user-new', { body: { auto_create_key: false } }).target).toBe('/user/info?user_id=alice');
  });
});

describe('whatever is sent', () => {
  const fields = fc.constantFrom(
    ...['user_id', 'team_id', 'key_alias', 'duration', 'models', 'max_budget', 'budget_duration', 'rpm_limit'],
    ...['tpm_limit', 'metadata', 'key_type', 'key', 'keys', 'spend', 'permissions', 'user_role', 'user_email', 'teams'],
  );
  const values = fc.oneof(
    fc.constantFrom<unknown>('alice', 'bob', 'readers', HASH, SECRET, '30d', '1d', 'llm_api', null, [], {}, ['*']),
    fc.double(),
    fc.integer({ min: -2, max: 12 }),
    fc.jsonValue(),
  );
  const bodies = fc.dictionary(fields, values, { maxKeys: 4 });
  const owners = fc.record({
    maxBudgetUsd: fc.option(fc.double({ min: 0, max: 10, noNaN: true }), { nil: undefined }),
    budgetDuration: fc.constantFrom(undefined, '1d', '30d'),
    requestsPerMinute: fc.constantFrom(undefined, 5, 10),
    models: fc.constantFrom<string[]>([], ['nova'], ['bedrock/*']),
  });
  const makers = fc.constantFrom<SelfServiceAction>('key-generate', 'user-new', 'key-update');

  test('a key is the caller’s, within the caller’s limits, or it is refused', () => {
    let letThrough = 0;
    fc.assert(
      fc.property(makers, bodies, owners, (action, body, own) => {
        let made: Readonly<Record<string, unknown>> | undefined;
        try {
          made = decide(action, { body, own }).body;
        } catch (error) {
          expect(isGatewayError(error)).toBe(true);
          return;
        }
        if (made === undefined) return; // nothing is made
        letThrough += 1;
        if (action !== 'key-update') expect(made['user_id']).toBe('alice');
        else expect([undefined, 'alice']).toContain(made['user_id']);
        const { maxBudgetUsd, requestsPerMinute, models } = own;
        const budget = made['max_budget'];
        if (maxBudgetUsd !== undefined && action !== 'key-update') expect(budget).toBeTypeOf('number');
        if (typeof budget === 'number') {
          expect(budget >= 0 && budget <= (maxBudgetUsd ?? Number.MAX_VALUE)).toBe(true);
        }
        const requests = made['rpm_limit'];
        if (typeof requests === 'number' && requestsPerMinute !== undefined) {
          expect(requests).toBeLessThanOrEqual(requestsPerMinute);
        }
        if (models.length > 0 && action !== 'key-update' && made['team_id'] === undefined) {
          expect(made['models']).not.toEqual([]);
        }
        expect([undefined, 'readers']).toContain(made['team_id']);
        expect(Object.keys(made)).not.toContain('spend');
        expect(Object.keys(made)).not.toContain('permissions');
      }),
      { numRuns: 3_000, seed: 5 },
    );
    expect(letThrough).toBeGreaterThan(100);
  });
});
