// What breaks gateways like this one. Of the ten, these are elsewhere: exceptions within a stream and broken connections in
// openai.test.ts and native-failures.test.ts, silence behind a load balancer in slow.test.ts.

import { afterAll, describe, expect, it } from 'vitest';
import { onceBooked } from './support/books.ts';
import { makeKey } from './support/keys.ts';
import { openaiClients } from './support/openai-clients.ts';
import { callWithoutArguments, threeCalls, weatherSchema } from './support/prompts.ts';
import { stopPython } from './support/python.ts';
import { at } from './support/reply.ts';
import { requestOnce, script, uniqueWord } from './support/simulator.ts';
import { ALIAS, MODEL_ID, world } from './support/world.ts';

afterAll(stopPython);

const user = (content: unknown) => ({ role: 'user', content });
const chat = (...messages: readonly unknown[]) => ({ model: ALIAS, messages });
const tools = [
  { type: 'function', function: { name: 'get_weather', parameters: weatherSchema } },
  { type: 'function', function: { name: 'get_time', parameters: { type: 'object', properties: {} } } },
];
const result = (tool_call_id: unknown, content = '12:00') => ({ role: 'tool', tool_call_id, content });

const message = (reply: unknown) => at(reply, 'choices', 0, 'message') as Readonly<Record<string, unknown>>;
const calls = (reply: unknown) =>
  ((message(reply)['tool_calls'] ?? []) as unknown[]).map((call) => [
    at(call, 'function', 'name'),
    JSON.parse(String(at(call, 'function', 'arguments'))),
  ]);

/** What the model was asked with this word in it. */
async function asked(word: string): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse((await requestOnce(word, ({ finished }) => finished)).bodyText);
}

const clients = openaiClients.filter(({ isPython }) => !(isPython && world.python === undefined));

describe.each(clients)('$name', (client) => {
  it('joins three parallel calls of a stream', async () => {
    const { output, failure } = await client.joined({ ...chat(user(threeCalls)), tools });
    expect(failure).toBeUndefined();
    expect(calls(output)).toEqual([
      ['get_weather', { city: 'Paris' }],
      ['get_weather', { city: 'Oslo' }],
      ['get_time', {}],
    ]);
    const ids = (message(output)['tool_calls'] as unknown[]).map((call) => at(call, 'id'));
    expect(new Set(ids).size).toBe(3);
    expect(at(output, 'choices', 0, 'finish_reason')).toBe('tool_calls');
  });

  it('joins a call without arguments, and says it again with its result', async () => {
    const word = uniqueWord();
    const question = user(`${callWithoutArguments} ${word}`);
    const { output } = await client.joined({ ...chat(question), tools });
    expect(calls(output)).toEqual([['get_time', {}]]);
    const again = uniqueWord();
    const { role, content, tool_calls } = message(output);
    const history = [{ role, content, tool_calls }, result(at(tool_calls, 0, 'id')), user(again)];
    const { output: answer, failure } = await client.chat({ ...chat(user('Time?'), ...history), tools });
    expect([failure, at(answer, 'choices', 0, 'finish_reason')]).toEqual([undefined, 'stop']);
    const { messages } = await asked(again);
    const said = at(messages, 1, 'content') as unknown[];
    expect(said.map((block) => at(block, 'toolUse'))).toContainEqual(
      expect.objectContaining({ name: 'get_time', input: {} }),
    );
  });

  it('joins signed and redacted thinking of a stream as a model takes it back', async () => {
    const events = [
      { type: 'messageStart', payload: { role: 'assistant' } },
      ...[{ text: 'Let me ' }, { text: 'think.' }, { signature: 'c2lnbmVk' }].map((reasoningContent) => ({
        type: 'contentBlockDelta',
        payload: { contentBlockIndex: 0, delta: { reasoningContent } },
      })),
      { type: 'contentBlockStop', payload: { contentBlockIndex: 0 } },
      {
        type: 'contentBlockDelta',
        payload: { contentBlockIndex: 1, delta: { reasoningContent: { redactedContent: 'AAEC' } } },
      },
      { type: 'contentBlockStop', payload: { contentBlockIndex: 1 } },
      { type: 'contentBlockDelta', payload: { contentBlockIndex: 2, delta: { text: 'Done.' } } },
      { type: 'contentBlockStop', payload: { contentBlockIndex: 2 } },
      { type: 'messageStop', payload: { stopReason: 'end_turn' } },
      { type: 'metadata', payload: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } } },
    ];
    const word = uniqueWord();
    await script({ match: { contains: word }, reply: { events } });
    const { output, failure } = await client.joined(chat(user(word)));
    expect(failure).toBeUndefined();
    const { content, reasoning_content, thinking_blocks } = message(output);
    expect(content).toBe('Done.');
    // OpenAI's library for Node joins only what OpenAI has: of other fields the last delta stays.
    expect(reasoning_content).toBe(client.isPython ? 'Let me think.' : 'think.');
    const thought = { type: 'thinking', thinking: 'Let me think.', signature: 'c2lnbmVk' };
    const redacted = { type: 'redacted_thinking', data: 'AAEC' };
    const expected = client.isPython ? [thought, redacted] : [redacted];
    expect(thinking_blocks).toMatchObject(expected);
  });

  it('drops thinking from its history, and the model thinks no more in that turn', async () => {
    const word = uniqueWord();
    const history = [
      user('What time is it?'),
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_time', arguments: '{}' } }],
      },
      result('call_1', `12:00 ${word}`),
    ];
    const { failure } = await client.chat({ ...chat(...history), tools, reasoning_effort: 'low', max_tokens: 4000 });
    expect(failure).toBeUndefined();
    const { additionalModelRequestFields, messages } = await asked(word);
    expect(at(additionalModelRequestFields, 'thinking', 'type')).not.toBe('enabled');
    expect(JSON.stringify(messages)).not.toContain('reasoningContent');
  });

  it('lets no tool be called, after one was', async () => {
    const word = uniqueWord();
    const history = [
      user('What time is it?'),
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_time', arguments: '{}' } }],
      },
      result('call_1'),
      user(`Thanks. ${word}`),
    ];
    const { output, failure } = await client.chat({ ...chat(...history), tools, tool_choice: 'none' });
    expect([failure, at(output, 'choices', 0, 'finish_reason')]).toEqual([undefined, 'stop']);
    const { toolConfig, system } = await asked(word);
    // Bedrock wants the tools of the history, and has no word for "none".
    expect(JSON.stringify(toolConfig)).toContain('get_time');
    expect(toolConfig).not.toHaveProperty('toolChoice');
    expect(JSON.stringify(system)).toMatch(/tool/i);
  });

  it('sends a docx and a pdf of one name, twice the same', async () => {
    const docx = 'data:application/vnd.openxmlformats-officedocument.wordprocessingml.document;base64,UEsDBAoAAAAAAA==';
    const pdf = `data:application/pdf;base64,${Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64')}`;
    const file = (file_data: string, filename: string) => ({ type: 'file', file: { file_data, filename } });
    const documents = async () => {
      const word = uniqueWord();
      const parts = [{ type: 'text', text: word }, file(docx, 'report.docx'), file(pdf, 'report.pdf')];
      const { failure } = await client.chat(chat(user(parts)));
      expect(failure).toBeUndefined();
      const content = at((await asked(word))['messages'], 0, 'content') as unknown[];
      return content.map((block) => at(block, 'document')).filter((document) => document !== undefined);
    };
    const first = await documents();
    expect(first.map((document) => at(document, 'format'))).toEqual(['docx', 'pdf']);
    expect(new Set(first.map((document) => at(document, 'name'))).size).toBe(2);
    // Another name would be another prompt for the cache.
    expect(await documents()).toEqual(first);
  });

  it('joins two texts, one of them with its source', async () => {
    const source = { title: 'A page', location: { web: { url: 'https://a.example/page', domain: 'a.example' } } };
    const text = (contentBlockIndex: number, delta: object) => ({
      type: 'contentBlockDelta',
      payload: { contentBlockIndex, delta },
    });
    const stop = (contentBlockIndex: number) => ({ type: 'contentBlockStop', payload: { contentBlockIndex } });
    const events = [
      { type: 'messageStart', payload: { role: 'assistant' } },
      ...[text(0, { text: 'It is known: ' }), stop(0)],
      ...[text(1, { text: 'tea' }), text(1, { text: ' is hot.' }), text(1, { citation: source }), stop(1)],
      { type: 'messageStop', payload: { stopReason: 'end_turn' } },
      { type: 'metadata', payload: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } } },
    ];
    const word = uniqueWord();
    await script({ match: { contains: word }, reply: { events } });
    const { output, failure } = await client.joined(chat(user(word)));
    expect(failure).toBeUndefined();
    const { content, annotations } = message(output);
    expect(content).toBe('It is known: tea is hot.');
    const url_citation = { url: 'https://a.example/page', title: 'A page', start_index: 13, end_index: 24 };
    expect(annotations).toEqual([{ type: 'url_citation', url_citation }]);
  });

  it('leaves within a stream: the model stops within a second, and the call is booked', async () => {
    const key = await makeKey(world.databaseUrl);
    const word = uniqueWord();
    const input = { ...chat(user(`${word} [[sim words=5000 delayMs=20]]`)), stream: true };
    const { events } = await client.chat(input, { key, leaveAfter: 3 });
    expect(events).toHaveLength(3);
    await requestOnce(word, ({ aborted }) => aborted, { withinMs: 1_000 });
    const [call] = await onceBooked(key, 1);
    expect(call).toMatchObject({ model: `bedrock/${MODEL_ID}`, isEstimate: true });
    expect(call?.inputTokens).toBeGreaterThan(0);
  });
});
