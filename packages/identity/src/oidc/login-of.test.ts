import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { issuer } from '../test-support/issuer.ts';
import { loginOf } from './login-of.ts';
import type { ClaimMapping, OidcIssuer } from './oidc-issuer.ts';

const base = { sub: 'ann', exp: 2_000_000_000 };
const plain: ClaimMapping = { userId: 'sub', email: 'email' };

function login(claims: object, change: Partial<OidcIssuer> = {}, prefixes: readonly string[] = ['second']) {
  return loginOf({ ...base, ...claims }, issuer(change), prefixes);
}

describe('claims to login', () => {
  test.each<[string, object, Partial<OidcIssuer>, object]>([
    [
      'the user is the subject',
      {},
      {},
      { userId: 'ann', subject: 'ann', kind: 'person', role: 'user', expiresAtMs: 2e12 },
    ],
    ['or another claim', { oid: 'o-1' }, { claims: { ...plain, userId: 'oid' } }, { userId: 'o-1', subject: 'ann' }],
    ['or one further in', { a: { b: 'deep' } }, { claims: { ...plain, userId: ['a', 'b'] } }, { userId: 'deep' }],
    ['behind the prefix of its issuer', {}, { userIdPrefix: 'second' }, { userId: 'second:ann' }],
    ['an address', { email: 'a@b.c' }, {}, { email: 'a@b.c' }],
    ['an address that is verified', { email: 'a@b.c', email_verified: true }, {}, { email: 'a@b.c' }],
    ['an address that is not', { email: 'a@b.c', email_verified: false }, {}, { email: undefined }],
    ['the same in the words of Cognito', { email: 'a@b.c', email_verified: 'false' }, {}, { email: undefined }],
    ['an address from the subject', {}, { claims: { userId: 'sub', email: 'sub' } }, { userId: 'ann', email: 'ann' }],
    ['an address that is no text', { email: ['a@b.c'] }, {}, { email: undefined }],
    ['letters of any script', { sub: 'Zoë Ångström 王' }, {}, { userId: 'Zoë Ångström 王' }],
    ['a team as it is', { team: 'a' }, { claims: { ...plain, team: { claim: 'team' } } }, { teamId: 'a' }],
    ['the first of several', { g: ['a', 'b'] }, { claims: { ...plain, team: { claim: 'g' } } }, { teamId: 'a' }],
    [
      'the first that is mapped',
      { g: ['x', 'b', 'a'] },
      { claims: { ...plain, team: { claim: 'g', teams: { a: 'team-a', b: 'team-b' } } } },
      { teamId: 'team-b' },
    ],
    [
      'none that is mapped',
      { g: ['x', 'toString', '__proto__'] },
      { claims: { ...plain, team: { claim: 'g', teams: { a: 'team-a' } } } },
      { teamId: undefined },
    ],
    ['no team claim', {}, { claims: { ...plain, team: { claim: 'g' } } }, { teamId: undefined }],
    [
      "LiteLLM's own team is nobody's",
      { g: 'litellm-dashboard' },
      { claims: { ...plain, team: { claim: 'g' } } },
      { teamId: undefined },
    ],
    [
      'an administrator',
      { r: ['x', 'admins'] },
      { claims: { ...plain, role: { claim: 'r', admin: ['admins'] } } },
      { role: 'admin' },
    ],
    [
      'in other letters none',
      { r: 'Admins' },
      { claims: { ...plain, role: { claim: 'r', admin: ['admins'] } } },
      { role: 'user' },
    ],
    [
      'a part of the word is none',
      { r: 'admins, x' },
      { claims: { ...plain, role: { claim: 'r', admin: ['admins'] } } },
      { role: 'user' },
    ],
    [
      'a role claim that is missing',
      {},
      { claims: { ...plain, role: { claim: 'r', admin: ['undefined'] } } },
      { role: 'user' },
    ],
    [
      'a role among the scopes',
      { scp: 'a llm.admin' },
      { claims: { ...plain, role: { claim: 'scp', admin: ['llm.admin'] } } },
      { role: 'admin' },
    ],
    [
      'the roles of Keycloak',
      { realm_access: { roles: ['boss'] } },
      { claims: { ...plain, role: { claim: ['realm_access', 'roles'], admin: ['boss'] } } },
      { role: 'admin' },
    ],
    ['no word on models', {}, {}, { models: undefined }],
    ['models as they are', { m: ['a', 'b'] }, { claims: { ...plain, models: { claim: 'm' } } }, { models: ['a', 'b'] }],
    ['no models at all', {}, { claims: { ...plain, models: { claim: 'm' } } }, { models: [] }],
    [
      'models by group',
      { g: ['x', 'y', 'z'] },
      { claims: { ...plain, models: { claim: 'g', groups: { x: ['a', 'b'], y: ['b', 'c'] } } } },
      { models: ['a', 'b', 'c'] },
    ],
    [
      'a group of no models',
      { g: ['constructor'] },
      { claims: { ...plain, models: { claim: 'g', groups: { x: ['a'] } } } },
      { models: [] },
    ],
    [
      'defaults',
      {},
      { defaults: { maxBudgetUsd: 1.5, budgetDuration: '30d', requestsPerMinute: 10 } },
      {
        defaults: {
          ...{ maxBudgetNanoUsd: 1_500_000_000n, budgetDuration: '30d', requestsPerMinute: 10 },
          ...{ tokensPerMinute: undefined, maxParallelRequests: undefined },
        },
      },
    ],
  ])('%s', (_name, claims, change, expected) => {
    expect(login(claims, change)).toMatchObject(expected);
  });

  test.each<[string, object, Partial<OidcIssuer>]>([
    ['no subject', { sub: undefined }, {}],
    ['a subject that is no text', { sub: 5 }, {}],
    ['an empty one', { sub: '' }, {}],
    ['a claim that is not there', {}, { claims: { ...plain, userId: 'oid' } }],
    ['a claim that everything has', {}, { claims: { ...plain, userId: 'toString' } }],
    ['a prototype name', { sub: '__proto__' }, {}],
    ['another one', { oid: 'constructor' }, { claims: { ...plain, userId: 'oid' } }],
    ['a line end', { sub: 'ann\nbob' }, {}],
    ['a zero', { sub: 'ann\u0000' }, {}],
    ['an invisible letter', { sub: 'an\u200bn' }, {}],
    ['half a letter', { sub: 'ann\ud800' }, {}],
    ['a space around it', { sub: ' ann' }, {}],
    ['too long', { sub: 'a'.repeat(257) }, {}],
    ['too long with its prefix', { sub: 'a'.repeat(250) }, { userIdPrefix: 'second' }],
    [
      'an address that nobody proved',
      { email: 'a@b.c', email_verified: false },
      { claims: { ...plain, userId: 'email' } },
    ],
    ["another issuer's prefix", { sub: 'second:bob' }, {}],
    ['the word for services', { sub: 'service:bot' }, {}],
    ['the same behind a prefix', { sub: 'service:bot' }, { userIdPrefix: 'second' }],
    ["LiteLLM's administrator", { sub: 'default_user_id' }, {}],
    ["LiteLLM's budget", { sub: 'litellm-proxy-budget' }, {}],
  ])('no user id: %s', (_name, claims, change) => {
    expect(() => login(claims, change)).toThrow(expect.objectContaining({ code: 'invalid-credential' }));
  });
});

test('no two principals of several issuers share a user id', () => {
  const prefixes = ['second', 'third'];
  const word = fc.constantFrom('a', 'b', 'second', 'third', 'service', 'second:a', 'service:a', 'third:service:a');
  const who = fc.record({
    userIdPrefix: fc.constantFrom(undefined, ...prefixes),
    sub: word,
    isService: fc.boolean(),
  });
  const idOf = ({
    sub,
    isService,
    userIdPrefix,
  }: {
    sub: string;
    isService: boolean;
    userIdPrefix: string | undefined;
  }) => {
    try {
      return login({ sub, ...(isService ? { cid: sub } : {}) }, { userIdPrefix }, prefixes).userId;
    } catch {
      return undefined;
    }
  };
  fc.assert(
    fc.property(who, who, (one, another) => {
      const [first, second] = [idOf(one), idOf(another)];
      if (first === undefined || first !== second) return;
      expect(another).toEqual(one);
    }),
    { seed: 5, numRuns: 2_000 },
  );
});
