import { tokensOfText } from '@genai-gateway/simulators';
import { afterAll, describe, expect, it } from 'vitest';
import { assemble } from '../support/converse-stream.ts';
import { chat } from '../support/litellm.ts';
import { nativeClients } from '../support/native-clients.ts';
import { openaiClients } from '../support/openai-clients.ts';
import { callWithoutArguments, converseTools, oneCall, says, threeCalls, weatherSchema } from '../support/prompts.ts';
import { isWithout, providers } from '../support/providers.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { requestOnce, uniqueWord } from '../support/simulator.ts';

afterAll(stopPython);

/** How they reach the gateway is proved elsewhere; here one of each language will do. */
const awsClients = nativeClients.filter(({ name }) => name.includes('TLS'));
const cases = providers.flatMap((provider) =>
  awsClients.map((client) => ({ ...provider, client, title: client.name })),
);
const openaiCases = providers.flatMap((provider) =>
  openaiClients.map((client) => ({ ...provider, client, title: client.name })),
);

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const paris = { name: 'get_weather', input: { city: 'Paris' } };
const oslo = { name: 'get_weather', input: { city: 'Oslo' } };
const time = { name: 'get_time', input: {} };

describe.each(cases)('$title asks a model of $name and gets', ({ client, model: modelId, simulator }) => {
  describe.skipIf(isWithout(client))('by Converse', () => {
    /** What reached the provider with this word. */
    const received = async (word: string): Promise<unknown> =>
      JSON.parse((await requestOnce(word, ({ status }) => status === 200, { simulator: simulator() })).bodyText);

    it('an answer with its stop reason, usage and latency', async () => {
      const { output, failure } = await client.send('Converse', { modelId, ...says('A few words.') });
      expect(failure).toBeUndefined();
      expect(output).toMatchObject({
        output: { message: { role: 'assistant', content: [{ text: 'A few words.' }] } },
        stopReason: 'end_turn',
        usage: { inputTokens: 3, outputTokens: 3, totalTokens: 6 },
        metrics: { latencyMs: expect.any(Number) },
      });
    });

    it('a stream in the order of Bedrock, with usage and latency in its last event', async () => {
      const text = 'A sentence — of several words, with ü and 😀, streamed.';
      const { events, failure } = await client.send('ConverseStream', { modelId, ...says(text) });
      expect(failure).toBeUndefined();
      const assembled = assemble(events);
      expect(assembled).toMatchObject({ text, stopReason: 'end_turn' });
      expect(assembled.order[0]).toBe('messageStart');
      expect(assembled.order.slice(-3)).toEqual(['contentBlockStop', 'messageStop', 'metadata']);
      expect(assembled.order.filter((name) => name === 'contentBlockDelta').length).toBeGreaterThan(3);
      const tokens = tokensOfText(text);
      expect(at(events?.at(-1), 'metadata')).toMatchObject({
        usage: { inputTokens: tokens, outputTokens: tokens, totalTokens: 2 * tokens },
        metrics: { latencyMs: expect.any(Number) },
      });
    });

    it('the system text to the provider, and its own parameters', async () => {
      const word = uniqueWord();
      const { failure } = await client.send('Converse', {
        modelId,
        ...says(`${word} STOP not said.`),
        system: [{ text: 'Be brief.' }],
        inferenceConfig: { maxTokens: 100, temperature: 0.25, topP: 0.5, stopSequences: ['STOP'] },
      });
      expect(failure).toBeUndefined();
      expect(await received(word)).toMatchObject({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: expect.anything() },
        ],
        temperature: 0.25,
        top_p: 0.5,
        stop: ['STOP'],
      });
    });

    it.each(['Converse', 'ConverseStream'] as const)('as many tokens as it asks for, by %s', async (operation) => {
      const input = { modelId, ...says('Many words that are not all said.'), inferenceConfig: { maxTokens: 3 } };
      const { output, events } = await client.send(operation, input);
      const [text, stopReason] =
        operation === 'Converse'
          ? [at(output, 'output', 'message', 'content', 0, 'text'), at(output, 'stopReason')]
          : [assemble(events).text, assemble(events).stopReason];
      expect([text, stopReason]).toEqual(['Many words t', 'max_tokens']);
    });

    it.each([
      ['one', oneCall, [paris]],
      ['three parallel', threeCalls, [paris, oslo, time]],
      ['one without arguments', callWithoutArguments, [time]],
    ])('tool calls, whole and streamed: %s', async (_what, prompt, wanted) => {
      const input = { modelId, ...says(prompt), ...converseTools };
      const { output } = await client.send('Converse', input);
      expect(at(output, 'stopReason')).toBe('tool_use');
      const blocks = (at(output, 'output', 'message', 'content') as unknown[]).flatMap(
        (block) => at(block, 'toolUse') ?? [],
      );
      expect(blocks).toMatchObject(wanted);
      const streamed = assemble((await client.send('ConverseStream', input)).events);
      expect(streamed.stopReason).toBe('tool_use');
      expect(streamed.tools.map(({ name, input: text }) => ({ name, input: JSON.parse(text || '{}') }))).toEqual(
        wanted,
      );
      for (const calls of [blocks, streamed.tools]) {
        expect(new Set(calls.map((call) => at(call, 'toolUseId'))).size).toBe(wanted.length);
      }
    });

    it('an answer to the results of its tools, which reach the provider as those of its calls', async () => {
      const word = uniqueWord();
      const first = says(threeCalls);
      const { output } = await client.send('Converse', { modelId, ...first, ...converseTools });
      const message = at(output, 'output', 'message');
      const ids = (at(message, 'content') as unknown[]).flatMap((block) => at(block, 'toolUse', 'toolUseId') ?? []);
      const content = ids.map((toolUseId, index) => ({
        toolResult: { toolUseId, content: [index === 0 ? { json: { degrees: 20 } } : { text: `${word} ${index}` }] },
      }));
      const second = { messages: [...first.messages, message, { role: 'user', content }] };
      const answer = await client.send('Converse', { modelId, ...second, ...converseTools });
      expect(answer.failure).toBeUndefined();
      expect(at(answer.output, 'output', 'message', 'content', 0, 'text')).toContain(word);
      const messages = at(await received(word), 'messages') as unknown[];
      expect(messages).toMatchObject([
        { role: 'user' },
        { role: 'assistant', tool_calls: ids.map((id) => ({ id, type: 'function' })) },
        ...ids.map((id) => ({ role: 'tool', tool_call_id: id })),
      ]);
    });

    it('what it says of an image', async () => {
      const word = uniqueWord();
      const content = [{ text: word }, { image: { format: 'png', source: { bytes: png } } }];
      const { failure, output } = await client.send('Converse', { modelId, messages: [{ role: 'user', content }] });
      expect(failure).toBeUndefined();
      expect(at(output, 'output', 'message', 'content', 0, 'text')).toBe(word);
      expect(at(await received(word), 'messages', 0, 'content')).toMatchObject([
        { type: 'text', text: word },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${png.toString('base64')}` } },
      ]);
    });

    it('the tool that it must call, and what the model thinks', async () => {
      const toolConfig = { ...converseTools.toolConfig, toolChoice: { tool: { name: 'get_time' } } };
      const { output } = await client.send('Converse', { modelId, ...says('Which?'), toolConfig });
      expect(at(output, 'output', 'message', 'content', 0, 'toolUse')).toMatchObject(time);

      const thinking = { modelId, ...says('[[sim reasoning="Let me think." text="Done."]]') };
      const thought = { reasoningContent: { reasoningText: { text: 'Let me think.' } } };
      const whole = await client.send('Converse', thinking);
      expect(at(whole.output, 'output', 'message', 'content')).toMatchObject([thought, { text: 'Done.' }]);
      const { reasoning, text } = assemble((await client.send('ConverseStream', thinking)).events);
      expect([reasoning, text]).toEqual(['Let me think.', 'Done.']);
    });

    it.each([
      ['stop=end_turn', 'end_turn'],
      ['stop=max_tokens', 'max_tokens'],
      ['stop=content_filtered', 'content_filtered'],
    ])('the stop reason of %s, whole and streamed', async (directive, stopReason) => {
      const input = { modelId, ...says(`Words. [[sim ${directive}]]`) };
      expect(at((await client.send('Converse', input)).output, 'stopReason')).toBe(stopReason);
      expect(assemble((await client.send('ConverseStream', input)).events).stopReason).toBe(stopReason);
    });

    it('the tokens of a request, as LiteLLM counts them', async () => {
      const input = { modelId, input: { converse: { ...says('Hello there.'), ...converseTools } } };
      const { output, failure } = await client.send('CountTokens', input);
      expect(failure).toBeUndefined();
      expect(at(output, 'inputTokens')).toBeGreaterThan(5);
      const wrong = { modelId, input: { converse: { messages: [] } } };
      const refused = await client.send('CountTokens', wrong);
      expect(refused.failure).toMatchObject({ name: 'ValidationException', status: 400 });
    });

    it('what it says of documents, of search results and of a file in the result of a tool', async () => {
      const word = uniqueWord();
      const pdf = Buffer.from('%PDF-1.4\n%%EOF');
      const content = [
        { text: word },
        { document: { format: 'txt', name: 'Notes', source: { bytes: Buffer.from('To do') } } },
        { searchResult: { title: 'Rates', source: 'https://example.com', content: [{ text: '1 %' }] } },
        { document: { format: 'pdf', name: 'Plan', source: { bytes: pdf } } },
      ];
      const { failure } = await client.send('Converse', { modelId, messages: [{ role: 'user', content }] });
      expect(failure).toBeUndefined();
      const file_data = `data:application/pdf;base64,${pdf.toString('base64')}`;
      expect(at(await received(word), 'messages', 0, 'content')).toMatchObject([
        { type: 'text', text: word },
        { type: 'text', text: 'Document "Notes":\n\nTo do' },
        { type: 'text', text: 'Rates\nhttps://example.com\n\n1 %' },
        { type: 'file', file: { filename: 'Plan.pdf', file_data } },
      ]);
    });

    it('what comes with the answer: which parameters had no effect, and fields that were asked for', async () => {
      const { output, failure } = await client.send('Converse', {
        modelId,
        ...says('A few words.'),
        performanceConfig: { latency: 'optimized' },
        additionalModelResponseFieldPaths: ['/finish_reason', '/nothing'],
      });
      expect(failure).toBeUndefined();
      expect(at(output, 'additionalModelResponseFields')).toEqual({ finish_reason: 'stop' });
    });

    it('a clear refusal of what has a meaning for Bedrock’s models only', async () => {
      const body = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: 'Hello.' }] }));
      for (const [operation, input] of [
        ['InvokeModel', { modelId, body }],
        ['InvokeModelWithResponseStream', { modelId, body }],
      ] as const) {
        const { failure } = await client.send(operation, input);
        expect([operation, failure]).toMatchObject([operation, { name: 'ValidationException', status: 400 }]);
        expect(failure?.message).toContain('Call it by Converse, ConverseStream or POST /v1/chat/completions.');
      }
    });
  });
});

const tools = [
  { type: 'function', function: { name: 'get_weather', parameters: weatherSchema } },
  { type: 'function', function: { name: 'get_time', parameters: { type: 'object', properties: {} } } },
];
const text = (events: readonly unknown[] = []) =>
  events.map((event) => at(event, 'choices', 0, 'delta', 'content') ?? '').join('');
const finishReason = (events: readonly unknown[] = []) =>
  events.map((event) => at(event, 'choices', 0, 'finish_reason')).filter((reason) => typeof reason === 'string');

describe.each(openaiCases)('$title asks a model of $name and gets', ({ client, model, simulator }) => {
  describe.skipIf(isWithout(client))('by chat', () => {
    it('an answer with its finish reason and usage', async () => {
      const { output, failure } = await client.chat(chat(model, 'A few words.'));
      expect(failure).toBeUndefined();
      expect(output).toMatchObject({
        object: 'chat.completion',
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'A few words.' } }],
        usage: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 },
      });
    });

    it('a stream whose deltas are the answer, with the usage when asked for', async () => {
      const words = 'A sentence — of several words, with ü and 😀, streamed.';
      const { events, failure } = await client.chat({
        ...chat(model, words),
        stream: true,
        stream_options: { include_usage: true },
      });
      expect(failure).toBeUndefined();
      expect([text(events), finishReason(events)]).toEqual([words, ['stop']]);
      expect(events?.length).toBeGreaterThan(5);
      const tokens = tokensOfText(words);
      expect(events?.at(-1)).toMatchObject({ usage: { prompt_tokens: tokens, completion_tokens: tokens } });
    });

    it('tool calls, whole and streamed, and an answer to their results', async () => {
      const question = chat(model, threeCalls);
      const { output } = await client.chat({ ...question, tools });
      const message = at(output, 'choices', 0, 'message');
      const calls = at(message, 'tool_calls') as unknown[];
      const said = (call: unknown) => ({
        name: at(call, 'function', 'name'),
        input: JSON.parse(String(at(call, 'function', 'arguments'))),
      });
      expect(calls.map(said)).toEqual([paris, oslo, time]);
      expect(at(output, 'choices', 0, 'finish_reason')).toBe('tool_calls');

      const { events } = await client.chat({ ...question, tools, stream: true });
      expect(finishReason(events)).toEqual(['tool_calls']);

      const word = uniqueWord();
      const results = calls.map((call) => ({ role: 'tool', tool_call_id: at(call, 'id'), content: word }));
      const answer = await client.chat({ model, messages: [...question.messages, message, ...results], tools });
      expect(at(answer.output, 'choices', 0, 'message', 'content')).toContain(word);
    });

    it('what it says of an image, under a system text', async () => {
      const word = uniqueWord();
      const url = `data:image/png;base64,${png.toString('base64')}`;
      const content = [
        { type: 'text', text: word },
        { type: 'image_url', image_url: { url } },
      ];
      const messages = [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content },
      ];
      const { output } = await client.chat({ model, messages });
      expect(at(output, 'choices', 0, 'message', 'content')).toBe(word);
      const { bodyText } = await requestOnce(word, ({ status }) => status === 200, { simulator: simulator() });
      expect(at(JSON.parse(bodyText), 'messages')).toMatchObject([
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ text: word }, { image_url: { url } }] },
      ]);
    });

    it('what the hot path would refuse or drop, because LiteLLM reads its requests by itself', async () => {
      const word = uniqueWord();
      const own = { n: 2, logit_bias: { 5: 1 }, presence_penalty: 0.5, response_format: { type: 'json_object' } };
      const { output, failure } = await client.chat({ ...chat(model, `${word}, as JSON`), ...own });
      expect(failure).toBeUndefined();
      if (model === 'gpt-4o-mini') expect(at(output, 'choices')).toHaveLength(2);
      const { bodyText } = await requestOnce(word, ({ status }) => status === 200, { simulator: simulator() });
      expect(JSON.parse(bodyText)).toMatchObject({ n: 2, response_format: { type: 'json_object' } });
    });

    it('as many tokens as it asks for', async () => {
      const { output } = await client.chat({ ...chat(model, 'Many words that are not all said.'), max_tokens: 3 });
      expect(at(output, 'choices', 0)).toMatchObject({ finish_reason: 'length', message: { content: 'Many words t' } });
    });

    it.each([
      ['stop=max_tokens', 'length'],
      ['stop=content_filtered', 'content_filter'],
    ])('the finish reason of %s, whole and streamed', async (directive, reason) => {
      const input = chat(model, `Words. [[sim ${directive}]]`);
      expect(at((await client.chat(input)).output, 'choices', 0, 'finish_reason')).toBe(reason);
      expect(finishReason((await client.chat({ ...input, stream: true })).events)).toEqual([reason]);
    });
  });
});
