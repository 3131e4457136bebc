import { beforeEach, describe, expect, it } from 'vitest';
import { MemorySessionStore } from './memory-session-store.ts';
import type { FoundSessionJson } from './session-search.ts';
import type { SessionStore } from './session-store.ts';
import { listSessions } from './sessions-api.ts';
import type { QueryParameters } from './sessions-query.ts';
import { sampleTurn } from './test-support/sample-turn.ts';
import type { Turn } from './turn.ts';

const signal = new AbortController().signal;
let nowMs = 0;
let store: SessionStore;
let reads = 0;
beforeEach(() => {
  nowMs = 1_795_435_200_000;
  reads = 0;
  const kept = new MemorySessionStore({ now: () => nowMs, retentionDays: 30 });
  store = Object.assign(Object.create(kept) as SessionStore, {
    sessions: kept.sessions.bind(kept),
    find: kept.find.bind(kept),
    append: kept.append.bind(kept),
    turns: (...args: Parameters<SessionStore['turns']>) => {
      reads += 1;
      return kept.turns(...args);
    },
  });
});

const says = (text: string): Partial<Turn> => ({
  messages: [{ api: 'openai', message: { role: 'user', content: text } }],
});

async function append(sessionId: string, about: Partial<Turn> = {}, owner = 'me'): Promise<void> {
  nowMs += 1_000;
  await store.append({ owner, sessionId }, sampleTurn({ startedAtMs: nowMs, ...about }), signal);
}

async function page(query: QueryParameters) {
  const { data, next, has_more } = await listSessions(store, 'me', query, signal);
  return { found: data as readonly FoundSessionJson[], next, has_more };
}

async function all(query: QueryParameters): Promise<readonly FoundSessionJson[]> {
  const found: FoundSessionJson[] = [];
  let after: string | null = null;
  do {
    const read = await page({ ...query, ...(after === null ? {} : { after }) });
    found.push(...read.found);
    after = read.next;
  } while (after !== null);
  return found;
}
const idsOf = (found: readonly FoundSessionJson[]) => found.map(({ id }) => id);

describe('a search', () => {
  it('finds sessions by what was said, in any case of letters, the one used last first', async () => {
    await append('a', says('We go to Lisbon in MAY.'));
    await append('b', says('Nothing of it.'));
    await append('c', says('ÄPFEL und Birnen; in may'));
    await append('d', says('may'), 'you');
    expect(await all({ q: 'in may' })).toMatchObject([
      { object: 'session', id: 'c', matches: [{ role: 'user', excerpt: 'ÄPFEL und Birnen; in may' }] },
      { id: 'a', matches: [{ role: 'user', model: 'claude-sonnet', excerpt: 'We go to Lisbon in MAY.' }] },
    ]);
    expect(idsOf(await all({ q: 'äpfel' }))).toEqual(['c']);
  });

  it.each<[string, Partial<Turn>, string]>([
    [
      'an answer',
      { answer: { api: 'converse', message: { role: 'assistant', content: [{ text: 'a needle' }] } } },
      'assistant',
    ],
    [
      'a tool’s result',
      { messages: [{ api: 'openai', message: { role: 'tool', tool_call_id: '1', content: 'a needle' } }] },
      'tool',
    ],
    ['a system prompt', { system: [{ text: 'a needle' }] }, 'system'],
    [
      'a part beside a picture',
      {
        messages: [
          {
            api: 'openai',
            message: {
              role: 'user',
              content: [
                { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
                { type: 'text', text: 'a needle' },
              ],
            },
          },
        ],
      },
      'user',
    ],
  ])('looks into %s', async (_what, about, role) => {
    await append('a', about);
    expect(await all({ q: 'NEEDLE' })).toMatchObject([{ id: 'a', matches: [{ role, excerpt: 'a needle' }] }]);
  });

  it('does not look into pictures, nor takes what is searched for as a pattern', async () => {
    const image = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,needle' } };
    await append('a', { messages: [{ api: 'openai', message: { role: 'user', content: [image] } }] });
    await append('b', says('needle'));
    await append('c', says('a (.*) b'));
    expect(idsOf(await all({ q: 'needle' }))).toEqual(['b']);
    expect(idsOf(await all({ q: 'n..dle' }))).toEqual([]);
    expect(idsOf(await all({ q: '(.*)' }))).toEqual(['c']);
  });

  it('finds the turns of a model, and with a text those that have both', async () => {
    await append('a', { ...says('one'), model: 'nova' });
    await append('a', { ...says('two'), model: 'haiku' });
    await append('b', { ...says('two'), model: 'nova' });
    expect(idsOf(await all({ model: 'nova' }))).toEqual(['b', 'a']);
    expect(idsOf(await all({ model: 'nova', q: 'two' }))).toEqual(['b']);
    expect(idsOf(await all({ model: 'nov' }))).toEqual([]);
  });

  it('is within a time', async () => {
    for (const id of ['a', 'b', 'c']) await append(id, says('x'));
    const at = (index: number) => String((1_795_435_200_000 + index * 1_000) / 1_000);
    expect(idsOf(await all({ q: 'x', from: at(2), to: at(3) }))).toEqual(['b']);
  });

  it('gives three places of a session, in one line each, cut at whole characters', async () => {
    const around = `${'🗼'.repeat(100)}\n\tneedle\u0000 ${'🗼'.repeat(100)}`;
    for (let count = 0; count < 5; count += 1) await append('a', says(around));
    const [found] = await all({ q: 'needle' });
    expect(found?.matches).toHaveLength(3);
    const excerpt = found?.matches[0]?.excerpt ?? '';
    expect(excerpt).toContain(' needle ');
    expect(excerpt.length).toBeLessThanOrEqual(160);
    expect(excerpt).not.toMatch(/\p{Surrogate}/u);
  });

  it('goes on page by page, each session once', async () => {
    for (let count = 0; count < 45; count += 1) await append(`s-${count}`, says(count % 2 === 0 ? 'yes' : 'no'));
    const first = await page({ q: 'yes', limit: '5' });
    expect(first.found).toHaveLength(5);
    expect(idsOf(await all({ q: 'yes', limit: '5' }))).toEqual(
      Array.from({ length: 23 }, (_, index) => `s-${44 - 2 * index}`),
    );
  });

  it('does so much in one request and no more: a page may be empty, though there are more', async () => {
    for (let count = 0; count < 250; count += 1) await append(`s-${count}`, says(count === 0 ? 'needle' : 'hay'));
    const first = await page({ q: 'needle' });
    expect(first).toMatchObject({ found: [], has_more: true });
    expect(reads).toBeLessThanOrEqual(100);
    expect(idsOf(await all({ q: 'needle' }))).toEqual(['s-0']);
  });

  it('goes on within a long session', async () => {
    await append('older', says('needle'));
    for (let count = 0; count < 2_300; count += 1) await append('long', says(count === 2_200 ? 'needle' : 'hay'));
    const first = await page({ q: 'needle' });
    expect(first).toMatchObject({ found: [], has_more: true });
    expect(first.next).toMatch(/^\d+\.long\.\d+$/);
    expect(reads).toBeLessThanOrEqual(101);
    expect(idsOf(await all({ q: 'needle' }))).toEqual(['long', 'older']);
  });

  it('reads so many characters and no more', async () => {
    for (let count = 0; count < 8; count += 1) await append(`s-${count}`, says('x'.repeat(5 * 1024 * 1024)));
    expect(await page({ q: 'needle' })).toMatchObject({ found: [], has_more: true });
    expect(reads).toBe(4);
  });

  it.each<QueryParameters>([
    { q: '' },
    { q: ' ' },
    { q: 'x'.repeat(201) },
    { model: '' },
    { q: 'x', after: 'x' },
    { q: 'x', after: '1.a.x' },
    { q: 'x', limit: '0' },
  ])('refuses %j', async (query) => {
    await expect(page(query)).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
