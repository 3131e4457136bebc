import type { AdminSetting } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { serveChat } from './chat.ts';
import { serveNative } from './native.ts';
import { alias, catalogueOf, type HarnessOptions, harness } from './test-support/harness.ts';

const limited: readonly AdminSetting[] = [{ scope: 'end-user', kind: 'budget', name: 'budget_id' }];
const blocked: readonly AdminSetting[] = [{ scope: 'end-user', kind: 'access-restriction', name: 'blocked' }];
const plain = catalogueOf(alias('nova', 'us.amazon.nova-lite-v1:0'));
const catalogue = { ...plain, budgetedTags: new Set(['red', 'User-Agent: curl']), endUserHeaders: ['x-person'] };

/** Where a chat went and why, `hot path` or the reason. */
async function chatted(body: object, options: HarnessOptions = {}): Promise<unknown> {
  const of = harness({
    catalogue,
    dialect: 'openai',
    withLitellm: true,
    body: { model: 'nova', messages: [{ role: 'user', content: 'hi' }], ...body },
    endUsers: { limited, blocked },
    ...options,
  });
  of.litellm.script = (litellm) => litellm.head(200, {}).bytes('{}').end();
  of.bedrock.script = (bedrock) => bedrock.head(500).end();
  await of.run(serveChat);
  return of.record.servedBy === 'litellm' ? of.record.ineligible : 'hot path';
}

describe('a call that names somebody', () => {
  const rows: [string, object, HarnessOptions, string][] = [
    ['nobody', {}, {}, 'hot path'],
    ['whom nobody has limited', { user: 'free' }, {}, 'hot path'],
    ['who has a budget', { user: 'limited' }, {}, 'end-user budget (budget_id)'],
    ['who is blocked', { user: 'blocked' }, {}, 'end-user access restriction (blocked)'],
    ['in its metadata', { metadata: { user_id: 'limited' } }, {}, 'end-user budget (budget_id)'],
    ['in LiteLLM’s metadata, as text', { litellm_metadata: '{"user":"limited"}' }, {}, 'end-user budget (budget_id)'],
    ['in OpenAI’s newer field', { safety_identifier: 'limited' }, {}, 'end-user budget (budget_id)'],
    [
      'in a header of LiteLLM’s',
      {},
      { headers: { 'x-litellm-customer-id': 'limited' } },
      'end-user budget (budget_id)',
    ],
    ['in a header that is configured', {}, { headers: { 'x-person': 'limited' } }, 'end-user budget (budget_id)'],
    ['in another header', {}, { headers: { 'x-other': 'limited' } }, 'hot path'],
    ['by nothing but blanks', { user: '  ' }, {}, 'hot path'],
  ];
  test.each(rows)('%s', async (_who, body, options, expected) => {
    expect(await chatted(body, options)).toBe(expected);
  });
});

describe('a call that carries a tag', () => {
  const rows: [string, object, HarnessOptions, string][] = [
    ['without a budget', { metadata: { tags: ['blue'] } }, {}, 'hot path'],
    ['with a budget', { metadata: { tags: ['blue', 'red'] } }, {}, 'tag budget (red)'],
    ['at its top', { tags: ['red'] }, {}, 'tag budget (red)'],
    ['in a header', {}, { headers: { 'x-litellm-tags': 'blue, red' } }, 'tag budget (red)'],
    ['by its client', {}, { headers: { 'user-agent': 'curl/8.0' } }, 'tag budget (User-Agent: curl)'],
    ['where no tag has a budget', { tags: ['red'] }, { catalogue: plain }, 'hot path'],
  ];
  test.each(rows)('%s', async (_which, body, options, expected) => {
    expect(await chatted(body, options)).toBe(expected);
  });
});

test('Bedrock’s own API names an end user by header', async () => {
  const of = harness({ catalogue, body: {}, headers: { 'x-litellm-end-user-id': 'blocked' }, endUsers: { blocked } });
  await of.run((call, services) => serveNative(call, services, { operation: 'invoke', model: 'nova', headers: {} }));
  expect(of.reply.failure?.message).toContain('end-user access restriction (blocked)');
});
