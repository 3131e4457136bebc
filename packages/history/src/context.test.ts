import type { ApiMessage, ChatApi } from '@genai-gateway/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersCalls, ContextWindow, contextOf, messagesOf } from './context.ts';
import { MemorySessionStore } from './memory-session-store.ts';
import { answer, call, chatApis, inWordsOf, result, type Saying, user } from './test-support/messages.ts';
import { sampleTurn } from './test-support/sample-turn.ts';
import type { SavedTurn, Turn } from './turn.ts';

/** A turn whose last saying is its answer. */
function turn(sayings: readonly Saying[], about: Partial<SavedTurn> = {}, api: ChatApi = 'openai'): SavedTurn {
  const messages = sayings.map((each) => inWordsOf(api, each));
  const last = messages.pop();
  if (last === undefined) throw new Error('a turn needs an answer');
  return { ...sampleTurn({ messages, answer: last }), position: 1, ...about };
}

const question = (about: Partial<SavedTurn> = {}) => turn([user('q'), answer('a')], about);
const positions = (turns: readonly SavedTurn[]) => turns.map((each) => each.position);

describe('a window', () => {
  const cases: readonly (readonly [string, readonly SavedTurn[], number, boolean, number, boolean])[] = [
    ['takes all that fit exactly', [question(), question()], 20, false, 2, false],
    ['leaves out the turn that does not fit', [question(), question()], 19, false, 1, true],
    ['takes none where there is no room', [question()], 9, false, 0, true],
    ['takes none where there is less than none', [question()], -5, false, 0, true],
    ['takes blocked turns for nothing', [question(), question({ isBlocked: true }), question()], 20, false, 3, false],
    ['takes the calls that are answered now', [question(), turn([user('q'), call('x')])], 0, true, 1, true],
    [
      'takes what led to those calls',
      [question(), turn([user('q'), call('x')]), turn([result('x'), call('y')])],
      0,
      true,
      2,
      true,
    ],
    [
      'takes it past a blocked turn',
      [question(), turn([user('q'), call('x')]), question({ isBlocked: true })],
      0,
      true,
      2,
      true,
    ],
    [
      'takes more before that as far as it fits',
      [question(), question(), turn([user('q'), call('x')])],
      20,
      true,
      2,
      true,
    ],
    [
      'takes nothing of an old exchange for free',
      [turn([user('q'), call('x')]), turn([result('x'), answer('a')])],
      10,
      false,
      1,
      true,
    ],
  ];

  it.each(cases)('%s', async (_what, turns, budgetTokens, continues, taken, isTrimmed) => {
    const signal = new AbortController().signal;
    const store = new MemorySessionStore({ now: Date.now, retentionDays: 1 });
    const ref = { owner: 'o', sessionId: 's' };
    for (const each of turns) await store.append(ref, each, signal);
    const window = new ContextWindow({ budgetTokens, continues, estimateTokens: () => 10 });
    const loaded = await store.newestTurns(ref, window.wants, signal);
    expect(loaded?.map((each) => each.turnId)).toEqual(turns.slice(turns.length - taken).map((each) => each.turnId));
    expect(window.isTrimmed).toBe(isTrimmed);
  });
});

it.each([
  ['whatever it is', { isBlocked: false }, false],
  ['blocked', { isBlocked: true }, false],
  ['part of what is answered now', { messages: [inWordsOf('openai', result('x'))] }, true],
])('a window takes no more than a caller may send at once, %s', (_what, about, continues) => {
  const large = { ...question(), ...about, answer: inWordsOf('openai', answer('x'.repeat(15 * 1024 * 1024))) };
  const window = new ContextWindow({ budgetTokens: 100, estimateTokens: () => 1, continues });
  expect([window.wants(large), window.wants(large), window.isTrimmed]).toEqual([true, true, false]);
  expect([window.wants(large), window.isTrimmed]).toEqual([false, true]);
});

describe('a context', () => {
  const place = (turns: readonly SavedTurn[]) => turns.map((each, index) => ({ ...each, position: index }));
  const chain = [turn([user('q'), call('x')]), turn([result('x'), call('y')]), turn([result('y'), answer('a')])];
  const [begin, middle, end] = chain as [SavedTurn, SavedTurn, SavedTurn];
  const blocked = question({ isBlocked: true });
  const withTwo = turn([user('q'), call('x'), result('x'), call('y')]);

  const cases: readonly (readonly [string, readonly SavedTurn[], readonly number[]])[] = [
    ['has all turns in order', [question(), ...chain, question()], [0, 1, 2, 3, 4]],
    ['begins with no result of a call that is not there', [middle, end, question()], [2]],
    ['has a result behind its call alone', [question(), end, question()], [0, 2]],
    ['has no turn of an exchange whose middle is missing', [begin, end, question()], [0, 2]],
    ['has no result of a call that another answer stands behind', [begin, question(), middle, question()], [0, 1, 3]],
    ['has no result of a call that was made an answer earlier', [withTwo, middle], [0]],
    ['has no blocked turns', [blocked, question(), blocked], [1]],
    ['has no turn that goes on from a blocked one', [{ ...begin, isBlocked: true }, middle, end], []],
    ['has turns that hold calls and results both', [withTwo, end], [0, 1]],
    [
      'has a result behind more of the caller’s messages',
      [begin, turn([user('wait'), result('x'), answer('a')])],
      [0, 1],
    ],
    ['has a call without its result', [begin, question()], [0, 1]],
    ['is empty for no turns', [], []],
  ];

  it.each(cases)('%s', (_what, turns, kept) => {
    const context = contextOf(place(turns));
    expect(positions(context.turns)).toEqual(kept);
    expect(context.messages).toEqual(messagesOf(place(turns).filter((each) => kept.includes(each.position))));
  });

  it.each(chatApis)('knows calls and results in the words of %s', (api) => {
    const exchange = chain.map((_each, index) =>
      turn(
        [
          [user('q'), call('x')],
          [result('x'), call('y')],
          [result('y'), answer('a')],
        ][index] ?? [],
        {},
        api,
      ),
    );
    expect(contextOf(exchange).turns).toHaveLength(3);
    expect(contextOf(exchange.slice(1)).turns).toHaveLength(0);
  });

  it('takes any result for a call without an id, and a result without an id for any call', () => {
    const unnamed = (message: object): ApiMessage => ({ api: 'openai', message }) as ApiMessage;
    const asked = { ...begin, answer: unnamed({ role: 'assistant', tool_calls: [{ function: { name: 'f' } }] }) };
    const told = { ...end, messages: [unnamed({ role: 'tool', content: 'found' })] };
    expect(contextOf([asked, end]).turns).toHaveLength(2);
    expect(contextOf([begin, told]).turns).toHaveLength(2);
    expect(contextOf([told]).turns).toHaveLength(0);
  });

  const systems: readonly (readonly [string, readonly SavedTurn[], Turn['system']])[] = [
    ['the newest one', [question({ system: [{ text: '1' }] }), question({ system: [{ text: '2' }] })], [{ text: '2' }]],
    [
      'the one before where the newest turn has none',
      [question({ system: [{ text: '1' }] }), question()],
      [{ text: '1' }],
    ],
    ['an empty one where a caller wants none', [question({ system: [{ text: '1' }] }), question({ system: [] })], []],
    ['that of a blocked turn', [question(), { ...blocked, system: [{ text: '1' }] }], [{ text: '1' }]],
    ['none where there was none', [question()], undefined],
  ];
  it.each(systems)('has as system prompt %s', (_what, turns, system) => {
    expect(contextOf(turns).system).toEqual(system);
  });
});

describe('answersCalls', () => {
  const rows: readonly (readonly [string, readonly Saying[], boolean])[] = [
    ['a question', [user('q')], false],
    ['a result', [result('x')], true],
    ['a result behind a question', [user('q'), result('x')], true],
    ['a result with its call', [call('x'), result('x')], false],
    ['a result with another call', [call('y'), result('x')], true],
    ['nothing', [], false],
  ];
  it.each(rows.flatMap(([what, sayings, answers]) => chatApis.map((api) => [what, api, sayings, answers] as const)))(
    'of %s in %s',
    (_what, api, sayings, answers) => {
      expect(answersCalls(sayings.map((each) => inWordsOf(api, each)))).toBe(answers);
    },
  );
});

it('whatever is stored and however it is cut, no result is without its call right before, and no more is left out than must be', () => {
  const id = fc.constantFrom('x', 'y', 'z');
  const saying: fc.Arbitrary<Saying> = fc.oneof(
    fc.constant(user('q')),
    id.map(call),
    id.map(result),
    fc.constant(answer('a')),
  );
  const last: fc.Arbitrary<Saying> = fc.oneof(id.map(call), fc.constant(answer('a')));
  const anyTurn = fc
    .record({
      sayings: fc.array(saying, { maxLength: 3 }),
      last,
      api: fc.constantFrom(...chatApis),
      isBlocked: fc.boolean(),
    })
    .map(({ sayings, last: end, api, isBlocked }) => turn([...sayings, end], { isBlocked }, api));
  fc.assert(
    fc.property(fc.array(anyTurn, { maxLength: 8 }), (turns) => {
      const placed = turns.map((each, index) => ({ ...each, position: index }));
      const { turns: kept, messages } = contextOf(placed);
      expect(answersCalls(messages)).toBe(false);
      expect(positions(kept)).toEqual([...new Set(positions(kept))].sort((one, other) => one - other));
      const isAlone = (each: SavedTurn) => !each.isBlocked && !answersCalls(each.messages);
      const mustStay = placed.filter(isAlone);
      expect(positions(kept)).toEqual(expect.arrayContaining(positions(mustStay)));
    }),
    { seed: 6, numRuns: 1_000 },
  );
});
