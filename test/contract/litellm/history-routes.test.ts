import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, ask, chat, generateKey } from '../support/litellm.ts';
import { says } from '../support/prompts.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { uniqueWord } from '../support/simulator.ts';
import { world } from '../support/world.ts';
import { models } from './support/talking.ts';

/* The routes by which the users of the gateway's predecessor read their history. */

afterAll(stopPython);

const skip = world.litellm === undefined;

describe.skipIf(skip).each(models)('a conversation with $kind', ({ model }) => {
  const [byChat, byConverse] = [uniqueWord(), uniqueWord()];
  const sessionId = uniqueWord();

  beforeAll(async () => {
    await ask('/v1/chat/completions', { body: { ...chat(model, byChat), session_id: sessionId } });
    await ask(`/bedrock/model/${model}/converse`, {
      body: { ...says(byConverse), additionalModelRequestFields: { session_id: sessionId } },
    });
  });

  it('is read in OpenAI’s words', async () => {
    const { status, json } = await ask('/chat-history', { body: { session_id: sessionId } });
    expect([status, json]).toEqual([
      200,
      {
        messages: [
          { role: 'user', content: byChat },
          { role: 'assistant', content: byChat },
          { role: 'user', content: byConverse },
          { role: 'assistant', content: byConverse },
        ],
      },
    ]);
  });

  it('is read in Converse’s words', async () => {
    const { status, json } = await ask('/bedrock/chat-history', { body: { session_id: sessionId } });
    expect([status, json]).toEqual([
      200,
      {
        messages: [
          { role: 'user', content: [{ text: byChat }] },
          { role: 'assistant', content: [{ text: byChat }] },
          { role: 'user', content: [{ text: byConverse }] },
          { role: 'assistant', content: [{ text: byConverse }] },
        ],
        system: [],
      },
    ]);
  });

  it('is among those of its key', async () => {
    await vi.waitFor(async () => {
      const { status, json } = await ask('/session-ids', { method: 'POST' });
      expect(status).toBe(200);
      expect(at(json, 'session_ids')).toContain(sessionId);
    });
  });
});

describe.skipIf(skip)('the sessions of a key', () => {
  it('are its own: each key lists those that it began', async () => {
    const [mine, theirs] = [await generateKey(), await generateKey()];
    const sessionIds = [uniqueWord(), uniqueWord()];
    for (const id of sessionIds) {
      await ask('/v1/chat/completions', { key: mine, body: { ...chat('nova-lite', 'Hello.'), session_id: id } });
    }
    await vi.waitFor(async () => {
      const listed = at((await ask('/session-ids', { key: mine, body: {} })).json, 'session_ids');
      expect(new Set(listed as string[])).toEqual(new Set(sessionIds));
    });
    expect((await ask('/session-ids', { key: theirs, body: {} })).json).toEqual({ session_ids: [] });
  });

  it('are not there for a call that did not ask for history', async () => {
    const key = await generateKey();
    const { headers } = await ask('/v1/chat/completions', { key, body: chat('nova-lite', 'Hello.') });
    const sessionId = headers.get('x-session-id');
    expect(sessionId).not.toBeNull();
    expect((await ask('/chat-history', { key, body: { session_id: sessionId } })).status).toBe(401);
  });
});

describe.skipIf(skip).each(['/chat-history', '/bedrock/chat-history'])('%s refuses', (path) => {
  const sessionId = uniqueWord();
  beforeAll(async () => {
    await ask('/v1/chat/completions', { body: { ...chat('nova-lite', 'Hello.'), session_id: sessionId } });
    expect((await ask(path, { body: { session_id: sessionId } })).status).toBe(200);
  });

  const said = ({ status, text, headers }: Answer) => ({
    status,
    text,
    names: [...headers.keys()].filter((name) => name !== 'x-request-id'),
  });

  it('another key as it refuses a session that does not exist, letter by letter', async () => {
    const foreign = await ask(path, { key: await generateKey(), body: { session_id: sessionId } });
    const unknown = await ask(path, { body: { session_id: uniqueWord() } });
    expect(foreign.status).toBe(401);
    expect(said(foreign)).toEqual(said(unknown));
    expect(foreign.text).not.toContain(sessionId);
  });

  it.each([
    ['a body without session_id', {}],
    ['an id that is no text', { session_id: 5 }],
    ['an id that cannot be one', { session_id: '../x' }],
    ['a body that is no JSON', '{'],
  ])('%s with 400', async (_what, body) => {
    expect((await ask(path, { body })).status).toBe(400);
  });

  it('whoever brings no key, or one that nobody has', async () => {
    for (const key of [null, 'sk-nobody', world.keys.blocked, world.keys.expired]) {
      const { status, text } = await ask(path, { key, body: { session_id: sessionId } });
      expect([key, status >= 401 && status <= 403]).toEqual([key, true]);
      expect(text).not.toContain('Hello.');
    }
    expect((await ask(path, { key: null, body: { session_id: sessionId } })).status).toBe(401);
    expect((await ask('/session-ids', { key: null, body: {} })).status).toBe(401);
  });

  it('other methods', async () => {
    expect((await ask(path)).status).toBe(405);
  });
});
