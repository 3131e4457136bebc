import { isDeepStrictEqual } from 'node:util';
import type { ApiMessage, ChatApi } from '@genai-gateway/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { behindLastAnswer, withoutEcho } from './echo.ts';
import { answer, call, chatApis, inWordsOf, result, type Saying, user } from './test-support/messages.ts';

const all = { isTrimmed: false };
const trimmed = { isTrimmed: true };
const say = (sayings: readonly Saying[], api: ChatApi = 'openai') => sayings.map((each) => inWordsOf(api, each));

const q1 = [user('Where is Rome?'), answer('In Italy.')];
const q2 = [user('And Oslo?'), call('x'), result('x'), answer('In Norway.')];
const q3 = [user('And Lima?')];

describe('of what was sent, new is', () => {
  const rows: readonly (readonly [
    string,
    readonly Saying[],
    readonly Saying[],
    readonly Saying[],
    { isTrimmed: boolean },
  ])[] = [
    ['all, where nothing is stored', [], [...q1, ...q3], [...q1, ...q3], all],
    ['all, where nothing is stored that fits', [], [...q1, ...q3], [...q1, ...q3], trimmed],
    ['all, where only a question is sent', q1, q3, q3, all],
    ['all, where a question is asked again', q1, [user('Where is Rome?')], [user('Where is Rome?')], all],
    ['what follows the whole conversation', [...q1, ...q2], [...q1, ...q2, ...q3], q3, all],
    ['nothing, where the conversation alone is sent', [...q1, ...q2], [...q1, ...q2], [], all],
    ['what follows a conversation that was trimmed in front', [...q1, ...q2], [...q2, ...q3], q3, all],
    ['what follows the last answer', [...q1, ...q2], [answer('In Norway.'), ...q3], q3, all],
    [
      'results of calls that are sent again',
      [user('q'), call('x')],
      [user('q'), call('x'), result('x')],
      [result('x')],
      all,
    ],
    ['what follows, with answers of elsewhere in it', q1, [...q1, ...q2, ...q3], [...q2, ...q3], all],
    [
      'all, where the last answer is another',
      [...q1, ...q2],
      [...q1, user('And Oslo?'), answer('No idea.'), ...q3],
      [...q1, user('And Oslo?'), answer('No idea.'), ...q3],
      all,
    ],
    ['all, where the last answer is missing', [...q1, ...q2], [...q1, ...q3], [...q1, ...q3], all],
    [
      'all, where a question was changed',
      q1,
      [user('Where is Bonn?'), answer('In Italy.'), ...q3],
      [user('Where is Bonn?'), answer('In Italy.'), ...q3],
      all,
    ],
    [
      'all, where a call has another id',
      [user('q'), call('x')],
      [user('q'), call('y'), result('y')],
      [user('q'), call('y'), result('y')],
      all,
    ],
    [
      'all, where a result is another',
      [user('q'), call('x'), result('x'), answer('a')],
      [user('q'), call('x'), user('what y found'), answer('a')],
      [user('q'), call('x'), user('what y found'), answer('a')],
      all,
    ],
    ['all, where more was sent in front than there is', q2, [...q1, ...q2, ...q3], [...q1, ...q2, ...q3], all],
    ['what follows, where more was sent in front than was loaded', q2, [...q1, ...q2, ...q3], q3, trimmed],
    [
      'what follows all that is loaded, no part of it',
      [...q1, ...q2],
      [...q3, answer('In Peru.'), ...q2, ...q3],
      [...q3, answer('In Peru.'), ...q2, ...q3],
      trimmed,
    ],
    ['what follows the last of two echoes', q1, [...q1, ...q1, ...q3], q3, trimmed],
    [
      'what follows the last echo, where it overlaps with one',
      [...q1, ...q1],
      [...q1, ...q1, ...q1, ...q3],
      q3,
      trimmed,
    ],
    ['nothing, where the end of a conversation is sent that overlaps', [...q1, ...q1, ...q1], [...q1, ...q1], [], all],
    ['what follows the longest echo', [...q1, ...q1], [...q1, ...q1, ...q3], q3, all],
  ];

  it.each(rows)('%s', (_what, stored, sent, fresh, options) => {
    expect(withoutEcho(say(stored), say(sent), options)).toEqual(say(fresh));
  });

  const pairs = chatApis.flatMap((one) => chatApis.map((other) => [one, other] as const));
  it.each(pairs)('what follows, stored in %s and sent in %s', (one, other) => {
    const stored = say([...q1, ...q2], one);
    expect(withoutEcho(stored, say([...q1, ...q2, ...q3], other), all)).toEqual(say(q3, other));
  });
});

describe('to an echo it does not matter', () => {
  const stored: readonly ApiMessage[] = [
    {
      api: 'converse',
      message: {
        role: 'user',
        content: [{ text: 'Look at ' }, { image: { format: 'png', source: { bytes: 'AA' } } }, { text: 'this.' }],
      },
    },
    {
      api: 'converse',
      message: {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2ln' } } },
          { text: 'I see\n' },
          { toolUse: { toolUseId: 'x', name: 'f', input: { a: 1 } } },
          { citationsContent: { content: [{ text: 'a cat.' }] } },
          { cachePoint: { type: 'default' } },
        ],
      },
    },
  ];
  const calls = [{ id: 'x', type: 'function' as const, function: { name: 'f', arguments: '{ "a": 1 }' } }];
  const next: ApiMessage = { api: 'openai', message: { role: 'tool', tool_call_id: 'x', content: 'found' } };
  const rows: readonly (readonly [string, readonly ApiMessage[]])[] = [
    [
      'how it is divided into blocks',
      [
        { api: 'openai', message: { role: 'user', content: 'Look at this.' } },
        { api: 'openai', message: { role: 'assistant', content: 'I see a cat.', tool_calls: calls } },
      ],
    ],
    [
      'how it is divided into messages',
      [
        { api: 'openai', message: { role: 'user', content: 'Look at' } },
        { api: 'openai', message: { role: 'user', content: 'this.' } },
        { api: 'openai', message: { role: 'assistant', content: 'I see a cat.' } },
        { api: 'openai', message: { role: 'assistant', content: null, tool_calls: calls } },
      ],
    ],
    [
      'by what name a model knows a tool',
      [
        { api: 'openai', message: { role: 'user', content: 'Look at this.' } },
        {
          api: 'openai',
          message: {
            role: 'assistant',
            content: 'I see a cat.',
            tool_calls: [{ id: 'x', type: 'function', function: { name: 'a tool/f', arguments: '{}' } }],
          },
        },
      ],
    ],
    [
      'what white space stands around it, and what it is called',
      [
        { api: 'openai', message: { role: 'user', content: ' Look at this.\n', name: 'ann' } },
        { api: 'openai', message: { role: 'assistant', content: 'I see a  cat. ', tool_calls: calls, name: 'bot' } },
      ],
    ],
  ];

  it.each(rows)('%s', (_what, echo) => {
    expect(withoutEcho(stored, [...echo, next], all)).toEqual([next]);
  });
});

it.each([
  ['another text', 'x', 'nothing'],
  ['another call', 'y', 'found'],
])('the result of a tool is no echo with %s', (_what, id, text) => {
  const told = (callId: string, content: string): ApiMessage => ({
    api: 'openai',
    message: { role: 'tool', tool_call_id: callId, content },
  });
  const stored = [...say([user('q'), call('x')]), told('x', 'found'), ...say([answer('a')])];
  const sent = [...say([user('q'), call('x')]), told(id, text), ...say([answer('a'), ...q3])];
  expect(withoutEcho(stored, sent, all)).toBe(sent);
});

it('as much is taken away as stands right in front of what is left, and no more', () => {
  const question = fc.oneof(fc.constantFrom('a', 'b').map(user), fc.constant(result('x')));
  const reply = fc.oneof(fc.constantFrom('a', 'b').map(answer), fc.constant(call('x')));
  const conversation = fc.array(fc.tuple(question, reply), { maxLength: 6 }).map((pairs) => pairs.flat());
  fc.assert(
    fc.property(conversation, conversation, conversation, (before, echo, behind) => {
      const stored = [...before, ...echo];
      const sent = [...echo, ...behind, user('next')];
      const fresh = withoutEcho(say(stored), say(sent), all);
      const isEcho = (length: number) => isDeepStrictEqual(stored.slice(stored.length - length), sent.slice(0, length));
      const longest = [...stored.keys(), stored.length].findLast(isEcho) ?? 0;
      expect(fresh).toEqual(say(sent.slice(longest)));
    }),
    { seed: 6, numRuns: 2_000 },
  );
});

it('an echo is found in every API, whatever it is about', () => {
  const saying: fc.Arbitrary<Saying> = fc.oneof(fc.string().map(user), fc.string().map(answer), fc.string().map(call));
  const api = fc.constantFrom(...chatApis);
  fc.assert(
    fc.property(fc.array(saying, { maxLength: 6 }), api, api, (sayings, one, other) => {
      const stored = [...sayings, answer('end')];
      const sent = say([...stored, user('next')], other);
      expect(withoutEcho(say(stored, one), sent, all)).toEqual([sent.at(-1)]);
    }),
    { seed: 6, numRuns: 500 },
  );
});

it('what is asked now stands behind the last answer', () => {
  expect(behindLastAnswer(say([...q1, ...q2, ...q3]))).toEqual(say(q3));
  expect(behindLastAnswer(say([call('x'), result('x')]))).toEqual(say([result('x')]));
  expect(behindLastAnswer(say(q3))).toEqual(say(q3));
  expect(behindLastAnswer(say(q1))).toEqual([]);
});

it('a message may have any number of parts', () => {
  const content = Array.from({ length: 150_000 }, () => ({ type: 'text' as const, text: 'a' }));
  const stored: ApiMessage[] = [{ api: 'openai', message: { role: 'user', content } }, ...say([answer('b')])];
  expect(withoutEcho(stored, [...stored, ...say(q3)], all)).toEqual(say(q3));
});
