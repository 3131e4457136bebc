import { type Allowance, noAllowance } from '@genai-gateway/core';
import { EndUsers, type KeyTags, type Principal } from '@genai-gateway/identity';
import { describe, expect, test } from 'vitest';
import type { Named } from './call.ts';
import { serveChat } from './chat.ts';
import { namedSettings } from './named-settings.ts';
import { serveNative } from './native.ts';
import { budgetOf, rateLimitOf } from './test-support/allowances.ts';
import { alias, catalogueOf, type HarnessOptions, harness, virtualKey } from './test-support/harness.ts';

const allowed = (scope: 'end-user' | 'tag', name: string): Allowance => ({
  limits: [rateLimitOf({ scope, counter: `${scope}:${name}`, requestsPerMinute: 1 })],
  budgets: [budgetOf({ scope, counter: `spend:${scope}:${name}` })],
});
const limited = { allowance: allowed('end-user', 'limited') };
const blocked = { settings: [{ scope: 'end-user', kind: 'access-restriction', name: 'blocked' }] } as const;
const plain = catalogueOf(alias('nova', 'us.amazon.nova-lite-v1:0'));
const catalogue = {
  ...plain,
  budgetedTags: new Set(['red', 'team-red', 'User-Agent: curl']),
  endUserHeaders: ['x-person'],
};
const tags = {
  red: allowed('tag', 'red'),
  'team-red': allowed('tag', 'team-red'),
  'User-Agent: curl': allowed('tag', 'curl'),
};

async function named(body: Record<string, unknown>, options: HarnessOptions = {}, keyTags?: KeyTags): Promise<Named> {
  const of = harness({ catalogue, dialect: 'openai', endUsers: { limited, blocked }, tags, ...options });
  const principal: Principal =
    keyTags === undefined
      ? { kind: 'master', keyHash: 'm' }
      : { kind: 'virtual-key', key: virtualKey({ tags: keyTags }) };
  let found: Named | undefined;
  await of.run(async (call, services) => {
    found = await namedSettings(call, services, principal, body);
  });
  if (found === undefined) throw of.reply.failure ?? new Error('nothing was found');
  return found;
}

const counters = ({ allowance: { limits, budgets } }: Named) => [...limits, ...budgets].map(({ counter }) => counter);

describe('a call that names somebody', () => {
  const headers = (name: string) => ({ headers: { [name]: 'limited' } });
  const rows: [string, Record<string, unknown>, HarnessOptions, string | undefined][] = [
    ['nobody', {}, {}, undefined],
    ['whom nobody has limited', { user: 'free' }, {}, 'free'],
    ['who has a budget', { user: 'limited' }, {}, 'limited'],
    ['by a number', { user: 7 }, {}, '7'],
    ['in its metadata', { metadata: { user_id: 'limited' } }, {}, 'limited'],
    ['in LiteLLM’s metadata, as text', { litellm_metadata: '{"user":"limited"}' }, {}, 'limited'],
    ['in OpenAI’s newer field', { safety_identifier: 'limited' }, {}, 'limited'],
    ['in a header of LiteLLM’s', {}, headers('x-litellm-customer-id'), 'limited'],
    ['in a header that is configured', {}, headers('x-person'), 'limited'],
    ['in another header', {}, headers('x-other'), undefined],
    ['by nothing but blanks', { user: '  ' }, {}, undefined],
  ];
  test.each(rows)('%s', async (_who, body, options, endUserId) => {
    const found = await named(body, options);
    expect(found.endUserId).toBe(endUserId);
    expect(counters(found)).toEqual(endUserId === 'limited' ? ['end-user:limited', 'spend:end-user:limited'] : []);
  });

  test('gives whoever has no budget that of the key, else that of everybody', async () => {
    const asked: (readonly string[])[] = [];
    const limitsOf = async (_id: string, budgets: readonly string[]) => {
      asked.push(budgets);
      return { settings: [], allowance: noAllowance };
    };
    const of = harness({ catalogue: { ...catalogue, endUserBudgetId: 'of-all' } });
    const key = virtualKey({ endUserBudgetId: 'of-key' });
    await of.run(async (call, services) => {
      const changed = { ...services, endUsers: new EndUsers({ limitsOf }, () => 0) };
      await namedSettings(call, changed, { kind: 'virtual-key', key }, { user: 'a' });
      await namedSettings(call, changed, { kind: 'master', keyHash: 'm' }, { user: 'b' });
    });
    expect(asked).toEqual([['of-key', 'of-all'], ['of-all']]);
  });
});

describe('a call that carries a tag', () => {
  const red = ['tag:red', 'spend:tag:red'];
  const rows: [string, Record<string, unknown>, HarnessOptions, KeyTags | undefined, string[]][] = [
    ['without a budget', { metadata: { tags: ['blue'] } }, {}, undefined, []],
    ['with a budget', { metadata: { tags: ['blue', 'red'] } }, {}, undefined, red],
    ['at its top', { tags: ['red'] }, {}, undefined, red],
    ['in a header', {}, { headers: { 'x-litellm-tags': 'blue, red' } }, undefined, red],
    ['twice', { tags: ['red'] }, { headers: { 'x-litellm-tags': 'red' } }, undefined, red],
    ['of its client, whose budgets nobody checks', {}, { headers: { 'user-agent': 'curl/8' } }, undefined, []],
    ['where no tag has a budget', { tags: ['red'] }, { catalogue: plain }, undefined, []],
    ['of its key', {}, {}, { own: ['red'], inherited: [], requestsPerMinute: {} }, red],
    [
      'of its team, whose limits hold and whose budget nobody checks',
      {},
      {},
      { own: [], inherited: ['team-red'], requestsPerMinute: {} },
      ['tag:team-red'],
    ],
    [
      'that the key has a limit for',
      { tags: ['blue'] },
      {},
      { own: [], inherited: [], requestsPerMinute: { blue: 3, green: 1 } },
      ['tag_per_key:hash:blue'],
    ],
  ];
  test.each(rows)('%s', async (_which, body, options, keyTags, expected) => {
    const found = await named(body, options, keyTags);
    expect(counters(found)).toEqual(expected);
    expect(found.settings).toEqual([]);
  });

  test('is booked on all of them, and on its client', async () => {
    const keyTags = { own: ['of-key', 'red'], inherited: ['of-team'], requestsPerMinute: {} };
    const found = await named({ tags: ['red'] }, { headers: { 'user-agent': 'curl/8.0' } }, keyTags);
    expect(found.tags).toEqual(['red', 'of-key', 'of-team', 'User-Agent: curl', 'User-Agent: curl/8.0']);
  });

  test('is booked on the headers that an administrator has named', async () => {
    const headers = { 'x-app': 'shop', 'x-empty': '', 'x-other': 'o' };
    const withHeaders = { ...catalogue, bookedHeaders: ['x-app', 'x-empty', 'x-none'] };
    expect((await named({}, { catalogue: withHeaders, headers })).tags).toEqual(['x-app: shop']);
  });

  test('is not booked on its client where an administrator has switched that off', async () => {
    const switchedOff = { ...catalogue, booksClients: false };
    const found = await named({ tags: ['red'] }, { catalogue: switchedOff, headers: { 'user-agent': 'curl/8.0' } });
    expect(found.tags).toEqual(['red']);
  });
});

describe('calls that name nothing', () => {
  const key = virtualKey({ tags: { own: ['of-key'], inherited: [], requestsPerMinute: {} } });
  const other = virtualKey({ tags: { own: ['of-other'], inherited: [], requestsPerMinute: {} } });
  const curl = { catalogue, headers: { 'user-agent': 'curl' } };
  const of = async (called: typeof key, options: HarnessOptions): Promise<Named> => {
    let found: Named | undefined;
    await harness(options).run(async (call, services) => {
      found = await namedSettings(call, services, { kind: 'virtual-key', key: called }, {});
    });
    return found ?? expect.fail('nothing was found');
  };

  test('share what is known of them, by key, client and catalogue', async () => {
    const first = await of(key, curl);
    expect(first.tags).toEqual(['of-key', 'User-Agent: curl']);
    expect(await of(key, curl)).toBe(first);
    expect((await of(other, curl)).tags).toEqual(['of-other', 'User-Agent: curl']);
    expect((await of(key, { catalogue, headers: { 'user-agent': 'wget' } })).tags).toEqual([
      'of-key',
      'User-Agent: wget',
    ]);
    expect((await of(key, { ...curl, catalogue: { ...catalogue, booksClients: false } })).tags).toEqual(['of-key']);
    const byTeam = { ...catalogue, booksClients: false, bookedHeaders: ['x-team'] };
    for (const team of ['a', 'b']) {
      const { tags: booked } = await of(key, { catalogue: byTeam, headers: { 'x-team': team } });
      expect(booked).toEqual(['of-key', `x-team: ${team}`]);
    }
  });
});

test('who may not call at all goes through LiteLLM, which says so', async () => {
  const of = harness({
    catalogue,
    dialect: 'openai',
    withLitellm: true,
    body: { model: 'nova', messages: [{ role: 'user', content: 'hi' }], user: 'blocked' },
    endUsers: { blocked },
  });
  of.litellm.script = (litellm) => litellm.head(200, {}).bytes('{}').end();
  await of.run(serveChat);
  expect(of.record.ineligible).toBe('end-user access restriction (blocked)');
});

test('Bedrock’s own API names an end user by header', async () => {
  const of = harness({ catalogue, body: {}, headers: { 'x-litellm-end-user-id': 'blocked' }, endUsers: { blocked } });
  await of.run((call, services) => serveNative(call, services, { operation: 'invoke', model: 'nova', headers: {} }));
  expect(of.reply.failure?.message).toContain('end-user access restriction (blocked)');
});
