import { afterAll, describe, expect, it } from 'vitest';
import { ask, chat } from '../support/litellm.ts';
import { says } from '../support/prompts.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { uniqueWord } from '../support/simulator.ts';
import { world } from '../support/world.ts';
import { bodyWith, models, predecessorsTalkers, talkers, told } from './support/talking.ts';

/*
 * What users of the gateway's predecessor do with chat history, by their own clients: boto3 unsigned with a hook that
 * sets the key, OpenAI's library with `extra_body`. The simulated models say what was said to them last, and
 * remember what they were told.
 */

afterAll(stopPython);

const skip = world.litellm === undefined;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe.skipIf(skip).each(models)('with $kind', ({ model, simulator, ownFields }) => {
  describe.each([...predecessorsTalkers, ...talkers])('$name', ({ say }) => {
    it('gets an id with an answer that nobody asked to keep; once it comes back, the conversation is kept', async () => {
      const [once, first, second] = [uniqueWord(), uniqueWord(), uniqueWord()];
      const { sessionId } = await say({ model, text: once });
      expect(sessionId).toMatch(uuid);

      const begun = await say({ model, text: first, sessionId: String(sessionId) });
      expect(begun).toMatchObject({ text: first, sessionId, failure: undefined });
      expect(await told(first, simulator())).toEqual([`user: ${first}`]);

      const goneOn = await say({ model, text: second, sessionId: String(sessionId) });
      expect(goneOn).toMatchObject({ text: second, sessionId, failure: undefined });
      expect(await told(second, simulator())).toEqual([`user: ${first}`, `assistant: ${first}`, `user: ${second}`]);
    });

    it('asks for history with the first call, and the model knows of it in the next ones', async () => {
      const [first, second, third] = [uniqueWord(), uniqueWord(), uniqueWord()];
      const begun = await say({ model, text: first, enableHistory: true });
      expect(begun).toMatchObject({ text: first, sessionId: expect.stringMatching(uuid), failure: undefined });
      const sessionId = String(begun.sessionId);
      await say({ model, text: second, enableHistory: true, sessionId });
      const { text } = await say({ model, text: third, sessionId });
      expect(text).toBe(third);
      expect(await told(third, simulator())).toEqual([
        ...[`user: ${first}`, `assistant: ${first}`],
        ...[`user: ${second}`, `assistant: ${second}`],
        `user: ${third}`,
      ]);
    });

    it('may choose the id itself; another id is another conversation', async () => {
      const [sessionId, other] = [`chosen_${uniqueWord()}`, uniqueWord()];
      const [first, second] = [uniqueWord(), uniqueWord()];
      expect((await say({ model, text: first, sessionId })).sessionId).toBe(sessionId);
      await say({ model, text: second, sessionId: other });
      expect(await told(second, simulator())).toEqual([`user: ${second}`]);
    });

    it('is told when its id cannot be one', async () => {
      for (const sessionId of ['a b', '../../etc', 'x'.repeat(129), 'ü']) {
        const { failure } = await say({ model, text: 'Hello.', sessionId });
        expect([sessionId, failure?.status]).toEqual([sessionId, 400]);
        expect(failure?.message).toContain('session_id');
      }
    });

    it('has its system prompt kept with the conversation, and replaced by a newer one', async () => {
      const [first, second, third] = [uniqueWord(), uniqueWord(), uniqueWord()];
      const sessionId = uniqueWord();
      await say({ model, text: first, system: 'Be brief.', sessionId });
      await say({ model, text: second, sessionId });
      const soFar = [`user: ${first}`, `assistant: ${first}`, `user: ${second}`];
      expect(await told(second, simulator())).toEqual(['system: Be brief.', ...soFar]);
      await say({ model, text: third, system: 'Be kind.', sessionId });
      expect(await told(third, simulator())).toEqual([
        'system: Be kind.',
        ...soFar,
        `assistant: ${second}`,
        `user: ${third}`,
      ]);
    });
  });

  it('Converse has the id in a header and in its body, beside what Bedrock says', async () => {
    const { headers, json } = await ask(`/bedrock/model/${model}/converse`, { body: says('Hello.') });
    expect(json).toMatchObject({
      session_id: headers.get('x-session-id'),
      output: { message: { role: 'assistant', content: [{ text: 'Hello.' }] } },
      stopReason: 'end_turn',
      usage: { totalTokens: expect.any(Number) },
    });
    expect(headers.get('x-session-id')).toMatch(uuid);
  });

  it('a chat has the id in a header and in the completion', async () => {
    for (const path of ['/v1/chat/completions', '/chat/completions']) {
      const { headers, json } = await ask(path, { body: { ...chat(model, 'Hello.'), enable_history: true } });
      expect(json).toMatchObject({
        object: 'chat.completion',
        session_id: headers.get('x-session-id'),
        choices: [{ message: { content: 'Hello.' } }],
      });
      expect(headers.get('x-session-id')).toMatch(uuid);
    }
  });

  it.each([
    ['without history', {}],
    ['with history', { enable_history: true }],
  ])(
    'a streamed chat has the id in its first chunk only, and all its chunks have a choice: %s',
    async (_how, fields) => {
      const body = { ...chat(model, 'A sentence of several words.'), ...fields, stream: true };
      const { headers, text } = await ask('/v1/chat/completions', { body });
      const chunks = [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json ?? '') as unknown);
      expect(chunks.length).toBeGreaterThan(3);
      const sessionId = headers.get('x-session-id');
      expect(sessionId).toMatch(uuid);
      expect(chunks.map((chunk) => at(chunk, 'session_id'))).toEqual([
        sessionId,
        ...chunks.slice(1).map(() => undefined),
      ]);
      // Its users read choices[0] of every chunk without a guard.
      for (const chunk of chunks) expect(at(chunk, 'choices', 0, 'delta')).toBeDefined();
      expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    },
  );

  it('nothing that is said to the gateway reaches a model', async () => {
    const [byChat, byConverse, sessionId] = [uniqueWord(), uniqueWord(), uniqueWord()];
    const fields = (name: string) => ({ session_id: `${sessionId}-${name}`, enable_history: true });
    await ask('/v1/chat/completions', { body: { ...chat(model, byChat), ...fields('chat'), promptVariables: {} } });
    await ask(`/bedrock/model/${model}/converse`, {
      body: {
        ...says(byConverse),
        additionalModelRequestFields: { ...fields('converse'), ...ownFields },
      },
    });
    for (const word of [byChat, byConverse]) {
      const body = JSON.stringify(await bodyWith(word, simulator()));
      expect(body).not.toMatch(/session_id|enable_history|promptVariables/);
      expect(body).not.toContain(sessionId);
    }
  });
});
