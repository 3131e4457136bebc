import type { ApiMessage } from '@genai-gateway/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { jsonBytes } from './json-bytes.ts';
import { MemorySessionStore } from './memory-session-store.ts';
import { deleteSession } from './session-deletion.ts';
import type { ConversationWords, ListJson, TurnJson } from './session-json.ts';
import type { SessionStore } from './session-store.ts';
import { allSessionIds, listSessions, listTurns, readSession, renameSession, wholeSession } from './sessions-api.ts';
import { sampleTurn } from './test-support/sample-turn.ts';
import type { SessionRef, Turn } from './turn.ts';
import type { LargeTurnJson } from './turn-pages.ts';

const signal = new AbortController().signal;
const words: ConversationWords = {
  messages: (messages, api) => messages.map(({ message }) => ({ inWordsOf: api, was: message.role })),
  system: (blocks, api) => ({ inWordsOf: api, blocks }),
};
/** What `layDown` was given, and how large an answer may be. */
const laidDown: unknown[] = [];
const pages = {
  words,
  maxBytes: 700 * 1024,
  layDown: async (...given: readonly unknown[]) => {
    laidDown.push(given);
    return { content_url: 'https://objects.test/1', content_bytes: 9 };
  },
};
const mine: SessionRef = { owner: 'me', sessionId: 'trip' };
const refused = (code: string) => ({ code, param: 'session_id' });

let nowMs = 0;
let store: SessionStore;
beforeEach(() => {
  nowMs = 1_795_435_200_999;
  store = new MemorySessionStore({ now: () => nowMs, retentionDays: 30 });
});

async function append(ref = mine, about: Partial<Turn> = {}): Promise<Turn> {
  const turn = sampleTurn({ startedAtMs: nowMs, ...about });
  await store.append(ref, turn, signal);
  return turn;
}

describe('a session', () => {
  it('is read as it was saved', async () => {
    await append();
    nowMs += 1_000;
    await append();
    expect(await readSession(store, mine, signal)).toEqual({
      object: 'session',
      id: 'trip',
      title: null,
      created_at: 1_795_435_200,
      updated_at: 1_795_435_201,
    });
  });

  it.each(['Rome', '東京 🗼', 'x'.repeat(200), '🗼'.repeat(200), null])('is given the title %j', async (title) => {
    await append();
    await renameSession(store, mine, { title: 'before' }, signal);
    expect(await renameSession(store, mine, { title }, signal)).toMatchObject({ id: 'trip', title });
    expect(await readSession(store, mine, signal)).toMatchObject({ title });
  });

  it.each([
    {},
    null,
    [],
    'Rome',
    { title: undefined },
    { title: '' },
    { title: ' \n' },
    { title: 5 },
    { title: ['Rome'] },
    { title: 'x'.repeat(201) },
    { title: '🗼'.repeat(201) },
    { title: 'x'.repeat(1_000_000) },
    { title: 'a\ud800' },
    { title: 'Rome', name: 'x' },
  ])('keeps its title for the body %j', async (body) => {
    await append();
    await renameSession(store, mine, { title: 'before' }, signal);
    await expect(renameSession(store, mine, body, signal)).rejects.toMatchObject({
      code: 'invalid-request',
      param: 'title',
    });
    expect(await readSession(store, mine, signal)).toMatchObject({ title: 'before' });
  });

  it('is deleted once', async () => {
    await append();
    expect(await deleteSession(store, undefined, mine, signal)).toEqual({
      id: 'trip',
      object: 'session.deleted',
      deleted: true,
      proof: { items: 1, objects: 0, verified: true },
    });
    await expect(deleteSession(store, undefined, mine, signal)).rejects.toMatchObject(refused('session-not-found'));
    await expect(readSession(store, mine, signal)).rejects.toMatchObject(refused('session-not-found'));
  });
});

describe('sessions that are not the caller’s', () => {
  const calls: readonly (readonly [string, string, (ref: SessionRef) => Promise<unknown>])[] = [
    ['reading', 'session-not-found', (ref) => readSession(store, ref, signal)],
    ['renaming', 'session-not-found', (ref) => renameSession(store, ref, { title: 'x' }, signal)],
    ['deleting', 'session-not-found', (ref) => deleteSession(store, undefined, ref, signal)],
    ['turns', 'session-not-found', (ref) => listTurns(store, ref, {}, pages, signal)],
    ['the whole session', 'session-refused', (ref) => wholeSession(store, ref, signal)],
  ];

  it.each(calls)('answer %s as sessions that do not exist', async (_what, code, call) => {
    await append();
    const failure = (ref: SessionRef) => call(ref).catch((error: unknown) => error);
    const foreign = await failure({ ...mine, owner: 'you' });
    expect(foreign).toMatchObject(refused(code));
    expect(await failure({ owner: 'you', sessionId: 'nothing' })).toEqual(foreign);
    expect(await readSession(store, mine, signal)).toMatchObject({ title: null });
  });

  it.each(calls)('and an id that is none is told so: %s', async (_what, _code, call) => {
    await expect(call({ owner: 'me', sessionId: '../trip' })).rejects.toMatchObject(refused('invalid-request'));
  });

  it('are in no list', async () => {
    await append();
    const nothing = { object: 'list', data: [], has_more: false, next: null };
    expect(await listSessions(store, 'you', {}, signal)).toEqual(nothing);
    expect(await allSessionIds(store, 'you', signal)).toEqual([]);
  });
});

describe('lists', () => {
  it('of sessions go on page by page', async () => {
    for (const sessionId of ['a', 'b', 'c']) {
      nowMs += 1_000;
      await append({ owner: 'me', sessionId });
    }
    const first = await listSessions(store, 'me', { limit: '2' }, signal);
    expect(first).toMatchObject({ object: 'list', data: [{ id: 'c' }, { id: 'b' }], has_more: true });
    const second = await listSessions(store, 'me', { limit: '2', after: first.next ?? '' }, signal);
    expect(second).toMatchObject({ data: [{ id: 'a' }], has_more: false, next: null });
    const to = String(nowMs / 1_000);
    expect((await listSessions(store, 'me', { to }, signal)).data.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('of turns tell everything in the words that are asked for', async () => {
    const system = [{ text: 'Be short.' }];
    const usage = { inputTokens: 1, outputTokens: 0, cacheReadTokens: 3, cacheWriteTokens: 4, reasoningTokens: 5 };
    const first = await append(mine, { usage: undefined, stopReason: undefined });
    const second = await append(mine, { system, usage, stopReason: 'stop', isBlocked: true, model: 'nova' });
    const page = await listTurns(store, mine, { limit: '1' }, pages, signal);
    expect(page).toEqual({
      object: 'list',
      data: [
        {
          object: 'session.turn',
          id: first.turnId,
          position: expect.any(Number),
          model: 'claude-sonnet',
          created_at: 1_795_435_200,
          stop_reason: null,
          usage: null,
          messages: [
            { inWordsOf: 'openai', was: 'user' },
            { inWordsOf: 'openai', was: 'assistant' },
          ],
          blocked: false,
        },
      ],
      has_more: true,
      next: String(page.data[0]?.position),
    });
    const { data, has_more, next } = await listTurns(
      store,
      mine,
      { api: 'converse', after: page.next ?? '' },
      pages,
      signal,
    );
    expect({ has_more, next }).toEqual({ has_more: false, next: null });
    expect(data).toMatchObject([
      {
        id: second.turnId,
        model: 'nova',
        stop_reason: 'stop',
        system: { inWordsOf: 'converse', blocks: system },
        messages: [{ inWordsOf: 'converse' }, { inWordsOf: 'converse' }],
        blocked: true,
      },
    ]);
    expect(data[0]?.usage).toEqual({
      input_tokens: 1,
      output_tokens: 0,
      cache_read_tokens: 3,
      cache_write_tokens: 4,
      reasoning_tokens: 5,
    });
  });

  it('of turns end where an answer would get too large, and a larger turn is a link', async () => {
    const sizes = [100, 500, 300, 5_000, 1, 5_000];
    for (const size of sizes) await append(mine, ofKilobytes(size));
    laidDown.length = 0;
    const read: { readonly position: number }[][] = [];
    let after: string | null = '0';
    while (after !== null) {
      const page: ListJson<TurnJson | LargeTurnJson> = await listTurns(store, mine, { after }, sized, signal);
      expect(jsonBytes(page)).toBeLessThan(sized.maxBytes + 1_000);
      read.push([...page.data]);
      after = page.next;
    }
    expect(read.map(({ length }) => length)).toEqual([2, 1, 1, 1, 1]);
    expect(new Set(read.flat().map(({ position }) => position)).size).toBe(sizes.length);
    expect(read[2]?.[0]).toEqual({
      object: 'session.turn',
      id: expect.any(String),
      position: expect.any(Number),
      model: 'claude-sonnet',
      created_at: 1_795_435_200,
      stop_reason: 'end_turn',
      usage: { input_tokens: 5, output_tokens: 2 },
      blocked: false,
      content_url: 'https://objects.test/1',
      content_bytes: 9,
    });
    expect(laidDown).toMatchObject([
      [mine, { position: read[2]?.[0]?.position, messages: [{}, {}] }, 'openai'],
      [mine, { position: read[4]?.[0]?.position }, 'openai'],
    ]);
  });

  it.each([
    ['quotation marks', '"'],
    ['what is no ASCII', '東'],
    ['control characters', '\u0001'],
  ])('of turns count %s as bytes of JSON', async (_what, char) => {
    const text = char.repeat(150_000);
    for (let count = 0; count < 3; count += 1) {
      await append(mine, { answer: { api: 'converse', message: { role: 'assistant', content: [{ text }] } } });
    }
    const page = await listTurns(store, mine, {}, sized, signal);
    expect(jsonBytes(page)).toBeLessThan(sized.maxBytes + 1_000);
    expect(page.has_more).toBe(true);
  });

  it('of everything are whole, however many pages they are', async () => {
    const turns: Turn[] = [];
    for (let count = 0; count < 230; count++) turns.push(await append());
    for (let count = 0; count < 230; count++) await append({ owner: 'me', sessionId: `s-${count}` });
    const whole = await wholeSession(store, mine, signal);
    expect(whole.map(({ turnId }) => turnId)).toEqual(turns.map(({ turnId }) => turnId));
    const ids = await allSessionIds(store, 'me', signal);
    expect(ids).toHaveLength(231);
    expect(new Set(ids).size).toBe(231);
  });

  it('of everything are refused where they are too large for one answer', async () => {
    for (let count = 0; count < 2; count++) {
      await append(mine, ofMegabytes(17));
      await append({ owner: 'me', sessionId: 'large' }, ofMegabytes(15));
    }
    await expect(wholeSession(store, mine, signal)).rejects.toMatchObject(refused('invalid-request'));
    expect(await wholeSession(store, { owner: 'me', sessionId: 'large' }, signal)).toHaveLength(2);
    expect((await listTurns(store, mine, {}, pages, signal)).data).toHaveLength(1);
  }, 30_000);
});

/** With what was said in the answers. */
const sized = {
  ...pages,
  words: { ...words, messages: (messages: readonly ApiMessage[]) => messages.map(({ message }) => message) },
};

function ofMegabytes(count: number): Partial<Turn> {
  return ofKilobytes(count * 1024);
}

function ofKilobytes(count: number): Partial<Turn> {
  const content = [{ text: 'x'.repeat(count * 1024) }];
  return { answer: { api: 'converse', message: { role: 'assistant', content } } };
}
