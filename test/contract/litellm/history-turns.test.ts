import { afterAll, describe, expect, it } from 'vitest';
import { assemble } from '../support/converse-stream.ts';
import { ask, chat } from '../support/litellm.ts';
import { nativeClients } from '../support/native-clients.ts';
import { openaiClients } from '../support/openai-clients.ts';
import { converseTools, oneCall, says, weatherSchema } from '../support/prompts.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { uniqueWord } from '../support/simulator.ts';
import { world } from '../support/world.ts';
import { saidIn, turnsOf } from './support/sessions.ts';
import { bodyWith, models, talkers, told } from './support/talking.ts';

/* What is in a turn: it is kept whole, whatever it holds, however many come at once. */

afterAll(stopPython);

const skip = world.litellm === undefined;
const awsSdk = nativeClients.filter(({ name }) => name.includes('TLS h2'));
const openaiForNode = openaiClients.filter(({ isPython }) => !isPython);
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: weatherSchema } }];
const session = (sessionId: string) => ({ additionalModelRequestFields: { session_id: sessionId } });

describe.skipIf(skip)('twenty calls on one session at once', () => {
  it('are each kept once, in an order that stays', async () => {
    const sessionId = uniqueWord();
    const calls = Array.from({ length: 20 }, (_, index) => ({
      text: uniqueWord(),
      model: index % 2 === 0 ? 'nova-lite' : 'gpt-4o-mini',
      talker: talkers[index % talkers.length],
    }));
    const heard = await Promise.all(
      calls.map(({ text, model, talker }) => talker?.say({ text, model, sessionId, enableHistory: true })),
    );
    expect(heard.map((each) => [each?.failure, each?.text, each?.sessionId])).toEqual(
      calls.map(({ text }) => [undefined, text, sessionId]),
    );

    const turns = await turnsOf(sessionId);
    const said = turns.map(({ messages }) => at(messages[0], 'content'));
    expect(said.toSorted()).toEqual(calls.map(({ text }) => text).toSorted());
    for (const { messages } of turns) {
      const [question, answer] = messages;
      expect(messages).toHaveLength(2);
      expect([at(question, 'role'), at(answer, 'role')]).toEqual(['user', 'assistant']);
      expect(at(answer, 'content')).toBe(at(question, 'content'));
    }
    const positions = turns.map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b));

    // The other routes tell the same.
    const { json } = await ask('/chat-history', { body: { session_id: sessionId } });
    expect(at(json, 'messages')).toEqual(turns.flatMap(({ messages }) => messages));
    const last = uniqueWord();
    await talkers[0]?.say({ text: last, model: 'nova-lite', sessionId });
    const lines = said.flatMap((text) => [`user: ${text}`, `assistant: ${text}`]);
    expect(await told(last, world.simulator)).toEqual([...lines, `user: ${last}`]);
  });
});

describe.skipIf(skip).each(models)('a turn with $kind', ({ model, simulator }) => {
  it.each(awsSdk)('in which a tool is called, goes on with the result alone: Converse by $name', async (client) => {
    const [sessionId, degrees] = [uniqueWord(), uniqueWord()];
    const first = await client.send('Converse', {
      modelId: model,
      ...says(oneCall),
      ...converseTools,
      ...session(sessionId),
    });
    const blocks = at(first.output, 'output', 'message', 'content') as unknown[];
    const toolUseId = blocks.map((block) => at(block, 'toolUse', 'toolUseId')).find((id) => id !== undefined);
    const content = [{ toolResult: { toolUseId, content: [{ text: degrees }] } }];
    const second = await client.send('ConverseStream', {
      modelId: model,
      messages: [{ role: 'user', content }],
      ...converseTools,
      ...session(sessionId),
    });
    expect(second.failure).toBeUndefined();
    expect(assemble(second.events).text).toContain(degrees);
    const body = await bodyWith(degrees, simulator());
    expect(at(body, 'messages')).toHaveLength(3);
    expect(JSON.stringify(at(body, 'messages', 1))).toContain(String(toolUseId));
    expect(JSON.stringify(at(body, 'messages', 2))).toContain(String(toolUseId));
    const [call, result] = await turnsOf(sessionId, { api: 'converse' });
    expect(call?.messages[1]).toEqual({
      role: 'assistant',
      content: [{ text: 'Weather?' }, { toolUse: { toolUseId, name: 'get_weather', input: { city: 'Paris' } } }],
    });
    expect(result?.messages[0]).toEqual({ role: 'user', content });
  });

  it.each(openaiForNode)('in which a tool is called, goes on with the result alone: chat by $name', async (client) => {
    const [sessionId, degrees] = [uniqueWord(), uniqueWord()];
    const { output } = await client.chat({ ...chat(model, oneCall), tools, session_id: sessionId });
    const id = at(output, 'choices', 0, 'message', 'tool_calls', 0, 'id');
    const messages = [{ role: 'tool', tool_call_id: id, content: degrees }];
    const second = await client.chat({ model, messages, tools, session_id: sessionId, stream: true });
    expect(second.failure).toBeUndefined();
    const lines = await told(degrees, simulator());
    expect(lines.slice(0, 2)).toEqual([`user: ${oneCall}`, 'assistant: Weather? [call get_weather]']);
    expect(lines[2]).toContain(degrees);
    expect(lines).toHaveLength(3);
    const [call, result] = await turnsOf(sessionId);
    expect(at(call?.messages[1], 'tool_calls')).toEqual([
      {
        id,
        type: 'function',
        function: { name: 'get_weather', arguments: expect.stringMatching(/"city":\s*"Paris"/) },
      },
    ]);
    expect(result?.messages[0]).toEqual(messages[0]);
  });

  it('keeps an image, whichever API reads it', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
      'base64',
    ).toString('base64');
    const [sessionId, word] = [uniqueWord(), uniqueWord()];
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
    ];
    await ask('/v1/chat/completions', {
      body: { model, messages: [{ role: 'user', content }], session_id: sessionId },
    });
    await ask(`/bedrock/model/${model}/converse`, { body: { ...says(word), ...session(sessionId) } });
    expect(JSON.stringify(await bodyWith(word, simulator()))).toContain(png);
    for (const api of ['openai', 'converse', 'anthropic'] as const) {
      expect(JSON.stringify(await turnsOf(sessionId, { api }))).toContain(png);
    }
    expect((await turnsOf(sessionId))[0]?.messages[0]).toEqual({ role: 'user', content });
  });

  it('that a client sends again as a whole is there once', async () => {
    const sessionId = uniqueWord();
    const words = [uniqueWord(), uniqueWord(), uniqueWord()];
    const messages: object[] = [];
    for (const content of words) {
      messages.push({ role: 'user', content });
      const { json } = await ask('/v1/chat/completions', { body: { model, messages, session_id: sessionId } });
      messages.push({ role: 'assistant', content: at(json, 'choices', 0, 'message', 'content') });
    }
    const lines = words.flatMap((word) => [`user: ${word}`, `assistant: ${word}`]);
    expect(await told(words[2] ?? '', simulator())).toEqual(lines.slice(0, 5));
    expect(await saidIn(sessionId)).toEqual(lines);
  });
});

describe.skipIf(skip)('what Claude thought, signed', () => {
  const model = 'claude-sonnet';
  const thinking = '[[sim reasoning="I weighed it." text="Done."]]';
  const thought = { reasoningContent: { reasoningText: { text: 'I weighed it.', signature: expect.any(String) } } };

  it.each(['converse', 'converse-stream'])('goes back to it in the next turn: %s', async (operation) => {
    const [sessionId, word] = [uniqueWord(), uniqueWord()];
    const path = `/bedrock/model/${model}/${operation}`;
    await ask(path, { body: { ...says(thinking), ...session(sessionId) } });
    await ask(path, { body: { ...says(word), ...session(sessionId) } });
    const answered = { role: 'assistant', content: [thought, { text: 'Done.' }] };
    expect(at(await bodyWith(word, world.simulator), 'messages', 1)).toEqual(answered);
    expect((await turnsOf(sessionId, { api: 'converse' }))[0]?.messages[1]).toEqual(answered);
  });

  it.each([false, true])('goes back to it where a client has dropped it, streamed: %s', async (stream) => {
    const [sessionId, word] = [uniqueWord(), uniqueWord()];
    const path = '/v1/chat/completions';
    await ask(path, { body: { ...chat(model, thinking), session_id: sessionId, stream } });
    const messages = [
      ...chat(model, thinking).messages,
      { role: 'assistant', content: 'Done.' },
      { role: 'user', content: word },
    ];
    await ask(path, { body: { model, messages, session_id: sessionId, stream } });
    const body = await bodyWith(word, world.simulator);
    expect(at(body, 'messages')).toHaveLength(3);
    expect(at(body, 'messages', 1, 'content')).toEqual([thought, { text: 'Done.' }]);
    const [first] = await turnsOf(sessionId, { api: 'anthropic' });
    expect(at(first?.messages[1], 'content', 0)).toEqual({
      type: 'thinking',
      thinking: 'I weighed it.',
      signature: expect.any(String),
    });
  });
});

describe.skipIf(skip)('one conversation', () => {
  it('goes on from API to API and from model to model, and is read in each', async () => {
    const [byChat, byConverse, byMessages, elsewhere] = [uniqueWord(), uniqueWord(), uniqueWord(), uniqueWord()];
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: byChat },
    ];
    const begun = await ask('/v1/chat/completions', { body: { model: 'nova-lite', messages, enable_history: true } });
    const sessionId = String(at(begun.json, 'session_id'));
    const lines = [`user: ${byChat}`, `assistant: ${byChat}`];

    await ask('/bedrock/model/claude-haiku/converse-stream', { body: { ...says(byConverse), ...session(sessionId) } });
    expect(await told(byConverse, world.simulator)).toEqual(['system: Be brief.', ...lines, `user: ${byConverse}`]);
    lines.push(`user: ${byConverse}`, `assistant: ${byConverse}`);

    const third = await ask('/v1/messages', {
      body: { ...chat('claude-sonnet', byMessages), max_tokens: 100 },
      headers: { 'x-session-id': sessionId, 'anthropic-version': '2023-06-01' },
    });
    expect([third.status, third.headers.get('x-session-id')]).toEqual([200, sessionId]);
    expect(at(third.json, 'content', 0, 'text')).toBe(byMessages);
    expect(await told(byMessages, world.simulator)).toEqual(['system: Be brief.', ...lines, `user: ${byMessages}`]);
    lines.push(`user: ${byMessages}`, `assistant: ${byMessages}`);

    const [openai] = models.filter((each) => each.model === 'gpt-4o-mini');
    await ask('/v1/chat/completions', { body: { ...chat('gpt-4o-mini', elsewhere), session_id: sessionId } });
    expect(await told(elsewhere, openai?.simulator() ?? '')).toEqual([
      'system: Be brief.',
      ...lines,
      `user: ${elsewhere}`,
    ]);
    lines.push(`user: ${elsewhere}`, `assistant: ${elsewhere}`);

    for (const api of ['openai', 'converse', 'anthropic'] as const) {
      expect([api, await saidIn(sessionId, { api })]).toEqual([api, lines]);
    }
    const turns = await turnsOf(sessionId, { api: 'converse' });
    expect(turns.map((turn) => turn.model)).toEqual(['nova-lite', 'claude-haiku', 'claude-sonnet', 'gpt-4o-mini']);
    expect(turns[0]).toMatchObject({
      system: [{ text: 'Be brief.' }],
      messages: [
        { role: 'user', content: [{ text: byChat }] },
        { role: 'assistant', content: [{ text: byChat }] },
      ],
    });
  });

  it('begins by Messages with a header, streamed too', async () => {
    const [first, second] = [uniqueWord(), uniqueWord()];
    const ofKey = { key: null, headers: { 'x-api-key': world.keys.good, 'anthropic-version': '2023-06-01' } };
    const begun = await ask('/v1/messages', {
      ...ofKey,
      headers: { ...ofKey.headers, 'x-enable-history': 'true' },
      body: { ...chat('claude-sonnet', first), max_tokens: 100 },
    });
    const sessionId = begun.headers.get('x-session-id') ?? '';
    const streamed = await ask('/v1/messages', {
      ...ofKey,
      headers: { ...ofKey.headers, 'x-session-id': sessionId },
      body: { ...chat('claude-sonnet', second), max_tokens: 100, stream: true },
    });
    expect(streamed.text).toContain('message_stop');
    expect(streamed.headers.get('x-session-id')).toBe(sessionId);
    const lines = [`user: ${first}`, `assistant: ${first}`, `user: ${second}`];
    expect(await told(second, world.simulator)).toEqual(lines);
    expect(await saidIn(sessionId, { api: 'anthropic' })).toEqual([...lines, `assistant: ${second}`]);
    expect((await turnsOf(sessionId, { api: 'anthropic' }))[1]?.messages[0]).toEqual({ role: 'user', content: second });
  });
});
