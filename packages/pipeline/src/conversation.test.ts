import { GatewayError } from '@genai-gateway/core';
import type { SessionStore } from '@genai-gateway/history';
import { describe, expect, test } from 'vitest';
import { ownerOf } from './session-owner.ts';
import { memoryHistory, sentTo, talk, type Way } from './test-support/conversations.ts';
import { alias, catalogueOf, type Harness, virtualKey } from './test-support/harness.ts';

const patient = new AbortController().signal;
const owner = ownerOf({ kind: 'virtual-key', key: virtualKey() }, 'key');
const chat: Way = { api: 'openai', model: 'nova', stream: false };
const idOf = (of: Harness): string => String(of.reply.announced['x-session-id']);

const ways: readonly Way[] = (['openai', 'converse', 'anthropic'] as const).flatMap((api) =>
  // Claude has a way of its own in one of them.
  (api === 'anthropic' ? ['nova', 'claude', 'gpt'] : ['nova', 'gpt']).flatMap((model) =>
    [false, true].map((stream) => ({ api, model, stream })),
  ),
);

/** What is said in the messages of a request, in any API. */
function texts(messages: unknown): string[] {
  return (messages as { role: string; content: unknown }[]).map(({ role, content }) => {
    const parts = typeof content === 'string' ? [{ text: content }] : (content as { text?: string }[]);
    return `${role}: ${parts.map(({ text }) => text ?? '…').join('|')}`;
  });
}

describe.each(ways)('a conversation by $api with $model, stream: $stream', (way) => {
  test('goes on where it was', async () => {
    const history = memoryHistory();
    const first = await talk(history, way, { text: 'one', says: 'ONE' });
    const sessionId = idOf(first);
    expect(first.record.errorCode).toBeUndefined();
    expect(first.record.isTurnSaved).toBe(true);
    const second = await talk(history, way, { sessionId, text: 'two', says: 'TWO' });
    expect(texts(sentTo(second)['messages'])).toEqual(['user: one', 'assistant: ONE', 'user: two']);
    expect(idOf(second)).toBe(sessionId);
    const page = await history.store.turns({ owner, sessionId }, { limit: 10, after: undefined }, patient);
    expect(page?.turns).toMatchObject([
      {
        turnId: first.record.requestId,
        model: way.model,
        isBlocked: false,
        usage: { inputTokens: 7, outputTokens: 3 },
      },
      { turnId: second.record.requestId },
    ]);
    expect(page?.turns.map(({ messages }) => messages.length)).toEqual([1, 1]);
  });

  test('does not tell the model of the gateway’s own fields', async () => {
    const of = await talk(memoryHistory(), way, { sessionId: 'mine' });
    const sent = JSON.stringify(sentTo(of));
    for (const name of ['session_id', 'enable_history', 'mine', 'additionalModelRequestFields']) {
      expect(sent).not.toContain(name);
    }
  });
});

test.each(ways.filter(({ stream }) => stream))('an answer by $api with $model that is cut is no turn', async (way) => {
  const history = memoryHistory();
  const of = await talk(history, way, { sessionId: 's', isCut: true });
  expect(of.record.isTurnSaved).not.toBe(true);
  expect(await history.store.find({ owner, sessionId: 's' }, patient)).toBeUndefined();
});

describe('the session of a call', () => {
  test('has an id, kept or not, which is that of its first call', async () => {
    const of = await talk(undefined, chat, { body: { enable_history: false } });
    expect(idOf(of)).toBe(of.record.requestId);
    expect(JSON.parse(of.reply.body.toString())).toMatchObject({ session_id: of.record.requestId });
    expect(of.record.isTurnSaved).toBeUndefined();
  });

  test('is told with the first chunk of a stream alone', async () => {
    const of = await talk(memoryHistory(), { ...chat, stream: true }, { sessionId: 's' });
    const found = of.reply.body.toString().match(/"session_id"/g);
    expect(found).toHaveLength(1);
    expect(of.reply.body.toString()).toMatch(/^data: \{[^\n]*"session_id":"s"/);
  });

  test('is refused by name where none are kept', async () => {
    const of = await talk(undefined, chat, { sessionId: 's' });
    expect(of.reply.failure).toMatchObject({ code: 'invalid-request', param: 'session_id' });
    expect(of.bedrock.requests).toHaveLength(0);
  });

  test('is another one to another key', async () => {
    const history = memoryHistory();
    await talk(history, chat, { sessionId: 's', text: 'secret' });
    const other = await talk(history, chat, { sessionId: 's', options: { key: virtualKey({ keyHash: 'other' }) } });
    expect(texts(sentTo(other)['messages'])).toEqual(['user: hi']);
  });

  test('is shared by the keys of a user where that is configured', async () => {
    const history = memoryHistory('user');
    const keyOf = (keyHash: string) => ({ key: virtualKey({ keyHash, userId: 'ann' }) });
    await talk(history, chat, { sessionId: 's', text: 'one', options: keyOf('a') });
    const other = await talk(history, chat, { sessionId: 's', text: 'two', options: keyOf('b') });
    expect(texts(sentTo(other)['messages'])).toEqual(['user: one', 'assistant: Hello', 'user: two']);
  });

  test.each([
    ['key', { keyHash: 'k', userId: 'u', teamId: 't' }, { keyHash: 'k' }],
    ['user', { keyHash: 'k', userId: 'u', teamId: 't' }, { keyHash: 'other', userId: 'u' }],
    ['team', { keyHash: 'k', userId: 'u', teamId: 't' }, { keyHash: 'other', teamId: 't' }],
    ['team', { keyHash: 'k', userId: 'u' }, { keyHash: 'other', userId: 'u' }],
  ] as const)('shared by %s: %o and %o have the same', (sharedBy, one, other) => {
    const of = (key: object): string => ownerOf({ kind: 'virtual-key', key: virtualKey(key) }, sharedBy);
    expect(of(one)).toBe(of(other));
    expect(of(one)).not.toBe(of({ keyHash: 'nobody' }));
    expect(of(one)).not.toBe(ownerOf({ kind: 'master', keyHash: 'k' }, sharedBy));
  });
});

describe('a refusal by LiteLLM', () => {
  test.each([true, false])('goes on as it is, and is no turn; kept: %s', async (isKept) => {
    const history = memoryHistory();
    const refusal = '{"error":{"message":"Content blocked"}}';
    for (const stream of [true, false]) {
      const of = await talk(
        history,
        { ...chat, model: 'gpt', stream },
        {
          ...(isKept ? { sessionId: 's' } : { body: { enable_history: false } }),
          refusal,
        },
      );
      expect([of.reply.status, of.reply.body.toString()]).toEqual([400, refusal]);
      expect(of.reply.headers['content-length']).toBe(String(refusal.length));
      expect(of.record.isTurnSaved).toBeUndefined();
    }
  });
});

describe('a system prompt', () => {
  test('holds until another comes, and stands once', async () => {
    const history = memoryHistory();
    const system = (content: string, text: string) => [
      { role: 'system', content },
      { role: 'user', content: text },
    ];
    const first = await talk(history, chat, { messages: system('Be brief.', 'one') });
    const sessionId = idOf(first);
    const second = await talk(history, chat, { sessionId, text: 'two' });
    expect(sentTo(second)['system']).toEqual([{ text: 'Be brief.' }]);
    const third = await talk(history, chat, { sessionId, messages: system('Be long.', 'three') });
    expect(sentTo(third)['system']).toEqual([{ text: 'Be long.' }]);
    const fourth = await talk(history, { ...chat, model: 'gpt' }, { sessionId, text: 'four' });
    expect(texts(sentTo(fourth)['messages'])[0]).toBe('system: Be long.');
    expect(texts(sentTo(fourth)['messages'])).toHaveLength(8);
  });
});

describe('turns that are read again', () => {
  test('are as many as the model takes, the newest', async () => {
    const history = memoryHistory();
    const long = 'x'.repeat(3_000);
    for (const text of ['a', 'b', 'c']) await talk(history, chat, { sessionId: 's', text: text + long });
    const options = { contextTokens: Math.ceil((2_500 * 4) / 3) };
    const of = await talk(history, chat, { sessionId: 's', text: 'now', options });
    expect(texts(sentTo(of)['messages']).map((each) => each.slice(0, 7))).toEqual(
      ['user: b', 'assista', 'user: c', 'assista', 'user: n'].map((each) => expect.stringContaining(each)),
    );
    expect(of.reply.announced['x-gateway-history-trimmed']).toBe('true');
    expect(of.record.storedTurns).toBe(2);
  });

  test('are not fewer for a system prompt that every one of them has', async () => {
    const history = memoryHistory();
    const system = [{ role: 'system', content: 'y'.repeat(3_000) }];
    for (const content of ['a', 'b', 'c', 'd']) {
      await talk(history, chat, { sessionId: 's', messages: [...system, { role: 'user', content }] });
    }
    const options = { contextTokens: Math.ceil((1_500 * 4) / 3) };
    const of = await talk(history, chat, { sessionId: 's', text: 'now', options });
    expect(of.record.storedTurns).toBe(4);
  });

  test('are whole where an agent sends all of it again, and goes on with the result of a call', async () => {
    const history = memoryHistory();
    const called = (id: string) => ({
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: { name: 'look', arguments: '{}' } }],
    });
    const asked = [{ role: 'user', content: `weather? ${'x'.repeat(6_000)}` }];
    await talk(history, chat, { sessionId: 's', text: 'before' });
    const first = [...asked, called('call_1'), { role: 'tool', tool_call_id: 'call_1', content: 'rain' }];
    await talk(history, chat, { sessionId: 's', messages: first, says: 'It rains.' });
    const messages = [...first, { role: 'assistant', content: 'It rains.' }, { role: 'user', content: 'and now?' }];
    const of = await talk(history, chat, {
      sessionId: 's',
      messages,
      options: { contextTokens: Math.ceil((3_000 * 4) / 3) },
    });
    expect(of.record.errorCode).toBeUndefined();
    expect(JSON.stringify(sentTo(of)['messages']).match(/weather/g)).toHaveLength(1);
    expect(JSON.stringify(sentTo(of)['messages']).match(/and now/g)).toHaveLength(1);
  });

  test('are not doubled by a client that sends all of it again', async () => {
    const history = memoryHistory();
    await talk(history, chat, { sessionId: 's', text: 'one', says: 'ONE' });
    const messages = [
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'ONE' },
      { role: 'user', content: 'two' },
    ];
    const of = await talk(history, chat, { sessionId: 's', messages });
    expect(texts(sentTo(of)['messages'])).toEqual(['user: one', 'assistant: ONE', 'user: two']);
    const page = await history.store.turns({ owner, sessionId: 's' }, { limit: 10, after: undefined }, patient);
    expect(page?.turns.at(-1)?.messages).toEqual([{ api: 'openai', message: { role: 'user', content: 'two' } }]);
  });

  test('hold calls and their results, in any API', async () => {
    const history = memoryHistory();
    const asked = [
      { role: 'user', content: 'weather?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
    ];
    await talk(history, chat, { sessionId: 's', messages: asked, says: 'It rains.' });
    const of = await talk(history, { ...chat, api: 'converse' }, { sessionId: 's', text: 'thanks' });
    expect(sentTo(of)['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: [{ toolUse: { toolUseId: 'call_1', input: { a: 1 } } }] },
      { role: 'user', content: [{ toolResult: { toolUseId: 'call_1' } }] },
      { role: 'assistant', content: [{ text: 'It rains.' }] },
      { role: 'user', content: [{ text: 'thanks' }] },
    ]);
  });
});

test.each(ways.filter(({ stream }) => stream))(
  'the last of an answer by $api with $model waits until it is kept',
  async (way) => {
    let release: () => void = () => {};
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = 0;
    const slow = {
      append: async () => {
        asked += 1;
        await until;
        return true;
      },
    } as unknown as SessionStore;
    const talking = talk({ store: slow, sharedBy: 'key' }, way, {});
    const first = await Promise.race([
      talking,
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 30)),
    ]);
    expect(first).toBeUndefined();
    expect(asked).toBe(1);
    release();
    expect((await talking).reply.ended).toBe(true);
  },
);

test('a stream of Bedrock that ends with an exception is no turn', async () => {
  const history = memoryHistory();
  const of = await talk(history, { api: 'converse', model: 'nova', stream: true }, { sessionId: 's', fails: true });
  expect(of.record.errorCode).toBe('upstream-model-error');
  expect(of.record.isTurnSaved).toBeUndefined();
  expect(await history.store.find({ owner, sessionId: 's' }, patient)).toBeUndefined();
});

describe('a second turn that makes no sense is the caller’s to mend', () => {
  const converse: Way = { api: 'converse', model: 'nova', stream: false };
  const user = { role: 'user', content: [{ text: 'x' }] };
  test.each<[string, Way, object]>([
    ['an unknown role', converse, { messages: [{ ...user, role: 'bogus' }] }],
    ['a block of nothing', converse, { messages: [{ role: 'user', content: [{ toolResult: null }] }] }],
    ['tools that are no list', converse, { messages: [user], body: { toolConfig: { tools: {} } } }],
    ['a system prompt of nothing', { ...chat, model: 'gpt' }, { messages: [{ role: 'system', content: null }] }],
    ['a number', { ...chat, model: 'gpt' }, { messages: [{ role: 'tool', tool_call_id: 'z', content: 5 }] }],
    [
      'a block of nothing by Messages',
      { ...chat, api: 'anthropic' },
      { messages: [{ role: 'user', content: [null] }] },
    ],
  ])('%s', async (_what, way, asked) => {
    const history = memoryHistory();
    await talk(history, chat, { sessionId: 's' });
    const of = await talk(history, way, { sessionId: 's', ...asked });
    expect(of.reply.failure).toMatchObject({ code: 'invalid-request' });
  });

  test.each([{ system: null }, { toolConfig: null }])(
    'but %j is nothing, with automatic cache points too',
    async (body) => {
      const history = memoryHistory();
      const options = {
        promptCaching: true,
        catalogue: catalogueOf(alias('nova', 'anthropic.claude-sonnet-4-20250514-v1:0')),
      };
      await talk(history, converse, { sessionId: 's', options });
      expect((await talk(history, converse, { sessionId: 's', body, options })).reply.failure).toBeUndefined();
    },
  );
});

describe('a store that fails', () => {
  const failing = (change: Partial<SessionStore>) => {
    const history = memoryHistory();
    const { store } = history;
    const newestTurns: SessionStore['newestTurns'] = (...asked) => store.newestTurns(...asked);
    return { ...history, store: { newestTurns, ...change } as SessionStore };
  };
  const down = async (): Promise<never> => {
    throw new GatewayError('history-unavailable', 'down', { cause: new Error('ECONNREFUSED') });
  };

  test('to read fails the call: no answer without what was said before', async () => {
    const of = await talk(failing({ newestTurns: down }), chat, { sessionId: 's' });
    expect(of.reply.failure).toMatchObject({ code: 'history-unavailable' });
    expect(of.bedrock.requests).toHaveLength(0);
    expect(of.accounts.opened).toHaveLength(0);
  });

  test('to write does not: the head of the answer says so', async () => {
    const of = await talk(failing({ append: down }), chat, { sessionId: 's', says: 'Hello' });
    expect(of.reply.status).toBe(200);
    expect(of.reply.announced['x-gateway-history']).toBe('not-saved');
    expect(of.record).toMatchObject({ isTurnSaved: false, turnError: { message: 'ECONNREFUSED' } });
    expect(of.record.errorCode).toBeUndefined();
  });

  test('to write a streamed turn says so before its last event', async () => {
    const of = await talk(failing({ append: down }), { ...chat, stream: true }, { sessionId: 's' });
    const body = of.reply.body.toString();
    expect(body).toMatch(/: this answer was not saved.*\n\n.*data: \[DONE\]\n\n$/s);
    const through = await talk(failing({ append: down }), { ...chat, model: 'gpt', stream: true }, { sessionId: 's' });
    expect(through.reply.body.toString()).toMatch(/: this answer was not saved.*\n\ndata: \[DONE\]\n\n$/);
    const native = await talk(failing({ append: down }), { api: 'converse', model: 'nova', stream: true });
    const frames = native.reply.body.toString('latin1');
    expect(frames.indexOf('gatewayHistory')).toBeGreaterThan(0);
    expect(frames.indexOf('gatewayHistory')).toBeLessThan(frames.indexOf('metadata'));
  });

  test('to write is told of a session that was deleted meanwhile', async () => {
    const of = await talk(failing({ append: async () => false }), chat, { sessionId: 's' });
    expect(of.reply.announced['x-gateway-history']).toBe('not-saved');
  });
});
