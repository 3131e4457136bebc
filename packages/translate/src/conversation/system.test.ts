import type { OpenaiMessage } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { withEarlierMessages } from './earlier-messages.ts';
import { systemAsAnthropic, systemAsOpenai, systemOfAnthropic, systemOfOpenai } from './system.ts';

const system = (content: unknown): OpenaiMessage => ({ role: 'system', content: content as string });
const user: OpenaiMessage = { role: 'user', content: 'u' };
const marked = { type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } };
const point = { cachePoint: { type: 'default' as const, ttl: '1h' } };

describe('of OpenAI', () => {
  test.each<[rule: string, messages: OpenaiMessage[], system: object[] | undefined, rest: number]>([
    ['none', [user], undefined, 1],
    [
      'the leading ones',
      [system('a'), { role: 'developer', content: 'b' }, user, system('c')],
      [{ text: 'a' }, { text: 'b' }],
      2,
    ],
    ['nothing else', [system('a')], [{ text: 'a' }], 0],
    [
      'texts in parts, with their marks',
      [system([marked, { type: 'text', text: 'b' }]), user],
      [{ text: 'a' }, point, { text: 'b' }],
      1,
    ],
    ['blank ones are none', [system(' '), user], undefined, 1],
    [
      'one with an image stays',
      [system('a'), system([{ type: 'image_url', image_url: { url: '' } }]), user],
      [{ text: 'a' }],
      2,
    ],
  ])('%s', (_rule, messages, expected, rest) => {
    const split = systemOfOpenai(messages);
    expect(split.system).toEqual(expected);
    expect(split.rest).toEqual(messages.slice(messages.length - rest));
  });
});

test.each<[rule: string, given: unknown, expected: object[] | undefined]>([
  ['a text', 'a', [{ text: 'a' }]],
  ['nothing', undefined, undefined],
  ['a blank text', '', undefined],
  ['blocks', [marked, { type: 'text', text: 'b' }, 1, { type: 'x' }], [{ text: 'a' }, point, { text: 'b' }]],
])('of Anthropic: %s', (_rule, given, expected) => {
  expect(systemOfAnthropic(given)).toEqual(expected);
});

test('as OpenAI and as Anthropic', () => {
  const plain = { type: 'text', text: 'b' };
  expect(systemAsAnthropic([{ text: 'a' }, point, { text: 'b' }])).toEqual([marked, plain]);
  expect(systemAsAnthropic([point])).toBeUndefined();
  expect(systemAsOpenai([{ text: 'a' }, point, { text: 'b' }])).toEqual({ role: 'system', content: [marked, plain] });
  expect(systemAsOpenai([{ text: 'a' }, point])).toEqual({ role: 'system', content: [marked] });
  expect(systemAsOpenai([{ text: 'b' }])).toEqual({ role: 'system', content: 'b' });
  expect(systemAsOpenai([])).toBeUndefined();
});

test('earlier messages stand behind the leading system messages', () => {
  const messages = [system('a'), user, system('b')];
  expect(withEarlierMessages(messages, [system('x')])).toEqual([system('a'), system('x'), user, system('b')]);
  expect(withEarlierMessages([system('a')], [user])).toEqual([system('a'), user]);
  expect(withEarlierMessages(messages, [])).toBe(messages);
});
