import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, type Asking, ask, chat, generateKey, manage } from '../support/litellm.ts';
import type { OwnGateway } from '../support/own-gateway.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { uniqueWord } from '../support/simulator.ts';
import { world } from '../support/world.ts';
import { startBesideLitellm } from './support/gateway-beside-litellm.ts';
import { saidIn, turnsOf } from './support/sessions.ts';
import { told } from './support/talking.ts';

/* `/v1/sessions`: what a caller does with its sessions besides talking in them. */

afterAll(stopPython);

const skip = world.litellm === undefined;

/** Says something in a session, in the cheapest way. */
async function say(sessionId: string, text: string, asking: Asking = {}): Promise<Answer> {
  const reply = await ask('/v1/chat/completions', {
    ...asking,
    body: { ...chat('nova-lite', text), session_id: sessionId },
  });
  expect(reply.status).toBe(200);
  return reply;
}

const idsOf = (list: unknown) => (at(list, 'data') as unknown[]).map((session) => at(session, 'id'));

describe.skipIf(skip)('the sessions of a key', () => {
  const ids = Array.from({ length: 5 }, uniqueWord);
  let key: string;
  beforeAll(async () => {
    key = await generateKey();
    for (const id of ids) await say(id, `Hello from ${id}.`, { key });
    await vi.waitFor(async () => expect(idsOf((await ask('/v1/sessions', { key })).json)).toHaveLength(5));
  });

  it('are listed, the one used last first', async () => {
    const { status, json } = await ask('/v1/sessions', { key });
    expect([status, idsOf(json)]).toEqual([200, ids.toReversed()]);
    expect(json).toMatchObject({ object: 'list', has_more: false, next: null });
    const nowSeconds = Date.now() / 1_000;
    for (const session of at(json, 'data') as unknown[]) {
      expect(session).toEqual({
        object: 'session',
        id: expect.any(String),
        title: null,
        created_at: expect.any(Number),
        updated_at: expect.any(Number),
      });
      expect(Math.abs(Number(at(session, 'updated_at')) - nowSeconds)).toBeLessThan(120);
    }
  });

  it('come in pages', async () => {
    const found: unknown[] = [];
    let next: unknown = '';
    for (let page = 0; typeof next === 'string' && page < 10; page += 1) {
      const after = next === '' ? '' : `&after=${encodeURIComponent(next)}`;
      const { json } = await ask(`/v1/sessions?limit=2${after}`, { key });
      expect(idsOf(json).length).toBeLessThanOrEqual(2);
      found.push(...idsOf(json));
      next = at(json, 'next');
    }
    expect(found).toEqual(ids.toReversed());
  });

  it('are found by when they were used', async () => {
    const [anHourAgo, inAnHour] = [-1, 1].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
    const between = async (query: string) => idsOf((await ask(`/v1/sessions?${query}`, { key })).json);
    expect(await between(`from=${anHourAgo}&to=${inAnHour}`)).toHaveLength(5);
    expect(await between(`from=${inAnHour}`)).toEqual([]);
    expect(await between(`to=${anHourAgo}`)).toEqual([]);
    expect(await between(`from=${Math.floor(Date.now() / 1_000) - 3_600}`)).toHaveLength(5);
  });

  it.each(['?limit=0', '?limit=101', '?limit=x', '?after=nothing', '?from=yesterday', '?order=asc'])(
    'are not listed by what means nothing: %s',
    async (query) => {
      expect((await ask(`/v1/sessions${query}`, { key })).status).toBe(400);
    },
  );
});

describe.skipIf(skip)('a session', () => {
  it('gets a title, keeps it while it goes on, and loses it', async () => {
    const id = uniqueWord();
    await say(id, 'Hello.');
    const path = `/v1/sessions/${id}`;
    for (const method of ['PATCH', 'POST']) {
      const title = `Ü 😀 ${method}`;
      const renamed = await ask(path, { method, body: { title } });
      expect([renamed.status, at(renamed.json, 'title')]).toEqual([200, title]);
      await say(id, 'Again.');
      expect(await ask(path)).toMatchObject({ status: 200, json: { object: 'session', id, title } });
    }
    expect(at((await ask(path, { method: 'PATCH', body: { title: null } })).json, 'title')).toBeNull();
    for (const title of ['', 'x'.repeat(201), 5]) {
      expect((await ask(path, { method: 'PATCH', body: { title } })).status).toBe(400);
    }
  });

  it('shows its turns in pages', async () => {
    const id = uniqueWord();
    const words = Array.from({ length: 5 }, uniqueWord);
    for (const word of words) await say(id, word);
    const first = await ask(`/v1/sessions/${id}/turns?limit=2`);
    expect([at(first.json, 'has_more'), (at(first.json, 'data') as unknown[]).length]).toEqual([true, 2]);
    const rest = await ask(`/v1/sessions/${id}/turns?after=${at(first.json, 'next')}`);
    const said = [...(at(first.json, 'data') as unknown[]), ...(at(rest.json, 'data') as unknown[])];
    expect(said.map((turn) => at(turn, 'messages', 0, 'content'))).toEqual(words);
    expect(said[0]).toEqual({
      object: 'session.turn',
      id: expect.any(String),
      position: expect.any(Number),
      model: 'nova-lite',
      created_at: expect.any(Number),
      stop_reason: 'end_turn',
      usage: {
        input_tokens: expect.any(Number),
        output_tokens: expect.any(Number),
        cache_read_tokens: 0,
        cache_write_tokens: 0,
      },
      messages: [
        { role: 'user', content: words[0] },
        { role: 'assistant', content: words[0] },
      ],
      blocked: false,
    });
  });

  it('is gone when it is deleted, and its id begins another', async () => {
    const [id, before, after] = [uniqueWord(), uniqueWord(), uniqueWord()];
    await say(id, before);
    const deleted = await ask(`/v1/sessions/${id}`, { method: 'DELETE' });
    expect([deleted.status, deleted.json]).toEqual([
      200,
      {
        id,
        object: 'session.deleted',
        deleted: true,
        proof: { items: expect.any(Number), objects: 0, verified: true },
      },
    ]);
    for (const [method, path] of [
      ['GET', `/v1/sessions/${id}`],
      ['GET', `/v1/sessions/${id}/turns`],
      ['DELETE', `/v1/sessions/${id}`],
    ] as const) {
      expect([method, path, (await ask(path, { method })).status]).toEqual([method, path, 404]);
    }
    expect((await ask('/chat-history', { body: { session_id: id } })).status).toBe(401);
    await vi.waitFor(async () => {
      expect(at((await ask('/session-ids', { method: 'POST' })).json, 'session_ids')).not.toContain(id);
    });
    await say(id, after);
    expect(await told(after, world.simulator)).toEqual([`user: ${after}`]);
    expect(await saidIn(id)).toEqual([`user: ${after}`, `assistant: ${after}`]);
  });

  it('that a filter stopped is shown, and no model reads it again', async () => {
    const [id, blocked, word] = [uniqueWord(), uniqueWord(), uniqueWord()];
    await say(id, `${blocked} [[sim text="I cannot say." stop=guardrail_intervened]]`);
    await say(id, word);
    expect(await told(word, world.simulator)).toEqual([`user: ${word}`]);
    expect((await turnsOf(id)).map((turn) => turn.blocked)).toEqual([true, false]);
  });
});

describe.skipIf(skip)('the session of another key', () => {
  const id = uniqueWord();
  let other: string;
  beforeAll(async () => {
    await say(id, 'What nobody else may read.');
    other = await generateKey();
  });

  it.each([
    ['GET', ''],
    ['GET', '/turns'],
    ['PATCH', ''],
    ['DELETE', ''],
  ])('answers as one that does not exist, letter by letter: %s %s', async (method, below) => {
    const body = method === 'PATCH' ? { body: { title: 'Mine' } } : {};
    const foreign = await ask(`/v1/sessions/${id}${below}`, { method, key: other, ...body });
    const unknown = await ask(`/v1/sessions/${uniqueWord()}${below}`, { method, key: other, ...body });
    const said = ({ status, text, headers }: Answer) => [
      status,
      text,
      [...headers.keys()].filter((name) => name !== 'x-request-id').toSorted(),
    ];
    expect(foreign.status).toBe(404);
    expect(said(foreign)).toEqual(said(unknown));
    expect(await ask(`/v1/sessions/${id}`)).toMatchObject({ status: 200, json: { title: null } });
  });

  it('is not what a model reads when the other key names it', async () => {
    const word = uniqueWord();
    const { status } = await ask('/v1/chat/completions', {
      key: other,
      body: { ...chat('nova-lite', word), session_id: id },
    });
    expect([status, await told(word, world.simulator)]).toEqual([200, [`user: ${word}`]]);
    expect(JSON.stringify(await turnsOf(id))).not.toContain(word);
    expect(await saidIn(id, { key: other })).toEqual([`user: ${word}`, `assistant: ${word}`]);
  });

  it('is not there without a key', async () => {
    for (const path of ['/v1/sessions', `/v1/sessions/${id}`, `/v1/sessions/${id}/turns`]) {
      expect([path, (await ask(path, { key: null })).status]).toEqual([path, 401]);
    }
  });
});

describe.skipIf(skip)('a session of five megabytes', () => {
  const id = uniqueWord();
  // The third turn alone is larger than an item of DynamoDB may be.
  const sizes = [250_000, 250_000, 700_000, 250_000, 250_000, 250_000, 250_000, 250_000, 250_000];
  const texts = sizes.map((size, index) => `${index} ${'word '.repeat(size / 5)}`);
  beforeAll(async () => {
    for (const text of texts) await say(id, text);
  });

  it.each(['/chat-history', '/bedrock/chat-history'])('is read whole by %s', async (path) => {
    const { status, json, text } = await ask(path, { body: { session_id: id } });
    expect([status, text.length > 5_000_000]).toEqual([200, true]);
    const messages = at(json, 'messages') as unknown[];
    expect(messages).toHaveLength(2 * texts.length);
    const said = messages.map((message) => {
      const content = at(message, 'content');
      return typeof content === 'string' ? content : at(content, 0, 'text');
    });
    expect(said.filter((_, index) => index % 2 === 0)).toEqual(texts);
  });

  it('goes on: the model gets the newest turns that it can take in, whole', async () => {
    const word = uniqueWord();
    await say(id, word);
    const lines = await told(word, world.simulator);
    // 300,000 tokens, of which nova-lite leaves some for its answer.
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.length).toBeLessThan(2 * texts.length);
    expect(lines.length % 2).toBe(1);
    const kept = texts.slice(texts.length - (lines.length - 1) / 2);
    expect(lines.map((line) => line.slice(0, 20))).toEqual([
      ...kept.flatMap((text) => [`user: ${text}`.slice(0, 20), `assistant: ${text}`.slice(0, 20)]),
      `user: ${word}`.slice(0, 20),
    ]);
  });
});

describe.skipIf(skip).each([
  ['key', []],
  ['user', ['user']],
  ['team', ['user', 'team']],
] as const)('where sessions are shared by %s', (sharedBy, sharers) => {
  let gateway: OwnGateway;
  beforeAll(async () => {
    gateway = await startBesideLitellm({ HISTORY_OWNER: sharedBy });
  });
  afterAll(() => gateway?.kill());

  it('other keys read them exactly then', async () => {
    const { http } = gateway;
    const userId = `user-${uniqueWord()}`;
    await manage('/user/new', { user_id: userId, auto_create_key: false });
    const teamId = String(at(await manage('/team/new', { team_alias: uniqueWord() }), 'team_id'));
    const id = uniqueWord();
    const settings = sharedBy === 'team' ? { team_id: teamId } : { user_id: userId };
    await say(id, 'Hello.', { key: await generateKey(settings), http });
    // A gateway by itself has these routes alone; the function goes by the same rule.
    const status = async (key: string) => (await ask('/chat-history', { key, http, body: { session_id: id } })).status;
    expect(await status(await generateKey(settings))).toBe(sharers.length === 0 ? 401 : 200);
    expect(await status(await generateKey())).toBe(401);
    expect(await status(world.keys.good)).toBe(401);
  });
});
