import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ConfigError } from './gateway-config.ts';
import { readOidcIssuers } from './oidc-issuers.ts';

const folder = mkdtempSync(join(tmpdir(), 'genai-gateway-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const least = { name: 'main', issuer: 'https://issuer.example', audiences: ['gateway'] };
const none = { OKTA_AUDIENCE: [] };
const read = (...issuers: unknown[]) => readOidcIssuers({ ...none, OIDC_ISSUERS: JSON.stringify(issuers) });

test('no variable, no issuer', () => {
  expect(readOidcIssuers(none)).toEqual([]);
});

test('three fields are enough', () => {
  expect(read(least)).toEqual([
    {
      ...least,
      ...{ audienceClaim: 'aud', algorithms: ['RS256', 'ES256', 'PS256', 'EdDSA'], leewaySeconds: 30 },
      ...{ tokenUse: 'access', keys: { from: 'discovery' }, userIdPrefix: 'main' },
      claims: { userId: 'sub', email: 'email' },
    },
  ]);
});

test('all fields are read', () => {
  const all = {
    ...{ ...least, audienceClaim: 'client_id', algorithms: ['ES256'], leewaySeconds: 0, tokenUse: 'any' },
    claims: {
      userId: 'oid',
      email: ['a', 'b'],
      team: { claim: 'groups', teams: { g: 't' } },
      role: { claim: 'roles', admin: ['boss'] },
      models: { claim: 'groups', groups: { g: ['m'] } },
    },
    defaults: {
      maxBudgetUsd: 0.5,
      budgetDuration: '30d',
      requestsPerMinute: 1,
      tokensPerMinute: 2,
      maxParallelRequests: 3,
    },
  };
  expect(read(all)).toEqual([{ ...all, keys: { from: 'discovery' }, userIdPrefix: 'main' }]);
});

test.each([
  ['a URL', { jwksUri: 'https://issuer.example/keys' }, { from: 'url', url: 'https://issuer.example/keys' }],
  ['inline', { jwks: { keys: [] } }, { from: 'inline', keySet: { keys: [] } }],
  ['a file', { jwksFile: fileOf('keys.json', '{"keys":[]}') }, { from: 'file', file: join(folder, 'keys.json') }],
])('keys come from %s', (_name, field, keys) => {
  expect(read({ ...least, ...field })).toMatchObject([{ keys }]);
});

test('the array may be in a file', () => {
  const file = fileOf('issuers.json', JSON.stringify([least]));
  expect(readOidcIssuers({ ...none, OIDC_ISSUERS_FILE: file })).toMatchObject([least]);
});

test('Okta in two variables: the subject is user and address, without a prefix', () => {
  const okta = { OKTA_ISSUER: 'https://x.okta.com/oauth2/default', OKTA_AUDIENCE: ['api://default'] };
  expect(readOidcIssuers(okta)).toMatchObject([
    {
      ...{ name: 'okta', issuer: okta.OKTA_ISSUER, audiences: okta.OKTA_AUDIENCE, userIdPrefix: undefined },
      claims: { userId: 'sub', email: 'sub' },
    },
  ]);
});

describe('a wrong configuration names variable, issuer and field', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'no audience',
      () => read({ ...least, audiences: undefined }),
      /OIDC_ISSUERS\[0\]\.audiences is missing\. The aud/,
    ],
    ['an empty list of them', () => read({ ...least, audiences: [] }), /OIDC_ISSUERS\[0\]\.audiences /],
    ['an empty audience', () => read({ ...least, audiences: [''] }), /OIDC_ISSUERS\[0\]\.audiences\[0\] /],
    ['no issuer', () => read(least, { ...least, issuer: undefined }), /OIDC_ISSUERS\[1\]\.issuer is missing\. Exactly/],
    ['no name', () => read({ ...least, name: undefined }), /OIDC_ISSUERS\[0\]\.name is missing/],
    ['an issuer over http', () => read({ ...least, issuer: 'http://hunter2.example' }), /issuer must be a URL .*https/],
    [
      'an issuer with a password',
      () => read({ ...least, issuer: 'https://a:hunter2@b.example' }),
      /issuer must be a URL/,
    ],
    ['a symmetric algorithm', () => read({ ...least, algorithms: ['HS256'] }), /algorithms\[0\] Invalid option/],
    ['no algorithm at all', () => read({ ...least, algorithms: ['none'] }), /algorithms\[0\] Invalid option/],
    ['too much leeway', () => read({ ...least, leewaySeconds: 61 }), /leewaySeconds /],
    ['a field that is not known', () => read({ ...least, audience: 'hunter2' }), /OIDC_ISSUERS\[0\].*"audience"/],
    ['two places of keys', () => read({ ...least, jwks: { keys: [] }, jwksUri: 'https://x.example' }), /more than one/],
    ['a file of keys that is not there', () => read({ ...least, jwksFile: '/nowhere/hunter2' }), /jwksFile names no/],
    ['a file of keys that is none', () => read({ ...least, jwksFile: fileOf('none.json', '[]') }), /jwksFile names no/],
    ['the prefix of services', () => read({ ...least, userIdPrefix: 'service' }), /userIdPrefix /],
    ['a prefix with a colon', () => read({ ...least, userIdPrefix: 'a:b' }), /userIdPrefix /],
    [
      'a claim of one name as a path',
      () => read({ ...least, claims: { userId: ['email'] } }),
      /claims\.userId must be/,
    ],
    [
      'administrators of no value',
      () => read({ ...least, claims: { role: { claim: 'r', admin: [] } } }),
      /role\.admin /,
    ],
    ['a negative budget', () => read({ ...least, defaults: { maxBudgetUsd: -1 } }), /defaults\.maxBudgetUsd /],
    ['a strange duration', () => read({ ...least, defaults: { budgetDuration: '30 days' } }), /budgetDuration must be/],
    ['the same issuer twice', () => read(least, { ...least, name: 'b' }), /same "issuer"/],
    [
      'the same name twice',
      () => read(least, { ...least, issuer: 'https://b.example', userIdPrefix: 'b' }),
      /same "name"/,
    ],
    [
      'two without a prefix',
      () =>
        read({ ...least, userIdPrefix: '' }, { ...least, name: 'b', issuer: 'https://b.example', userIdPrefix: '' }),
      /same "userIdPrefix"/,
    ],
    ['no JSON', () => readOidcIssuers({ ...none, OIDC_ISSUERS: '[hunter2' }), /OIDC_ISSUERS is not usable/],
    ['no array', () => readOidcIssuers({ ...none, OIDC_ISSUERS: '{}' }), /JSON array/],
    ['no file', () => readOidcIssuers({ ...none, OIDC_ISSUERS_FILE: '/nowhere/hunter2' }), /OIDC_ISSUERS_FILE names/],
    ['both', () => readOidcIssuers({ ...none, OIDC_ISSUERS: '[]', OIDC_ISSUERS_FILE: 'x' }), /both set/],
    [
      'Okta without an audience',
      () => readOidcIssuers({ ...none, OKTA_ISSUER: 'https://x.okta.com' }),
      /OKTA_AUDIENCE/,
    ],
    ['an audience without Okta', () => readOidcIssuers({ OKTA_AUDIENCE: ['x'] }), /OKTA_ISSUER has to name/],
    [
      'Okta over http',
      () => readOidcIssuers({ OKTA_ISSUER: 'http://hunter2', OKTA_AUDIENCE: ['x'] }),
      /OKTA_ISSUER must/,
    ],
  ])('%s', (_name, act, message) => {
    expect(act).toThrow(ConfigError);
    expect(act).toThrow(message);
    expect(act).not.toThrow(/hunter2/);
  });
});
