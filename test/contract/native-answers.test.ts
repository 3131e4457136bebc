import { afterAll, describe, expect, it } from 'vitest';
import { assemble } from './support/converse-stream.ts';
import { nativeClients } from './support/native-clients.ts';
import { callWithoutArguments, claudeBody, converseTools, oneCall, says, threeCalls } from './support/prompts.ts';
import { stopPython } from './support/python.ts';
import { at, bytesText } from './support/reply.ts';
import { requestsWith, uniqueWord } from './support/simulator.ts';
import { ALIAS, MODEL_ID, world } from './support/world.ts';

afterAll(stopPython);

const PROFILE_ARN = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${MODEL_ID}`;

describe.each(nativeClients)('$name', (client) => {
  describe.skipIf(client.isPython && world.python === undefined)('gets', () => {
    it('an answer with its stop reason and usage', async () => {
      const { output, failure } = await client.send('Converse', { modelId: ALIAS, ...says('A few words.') });
      expect(failure).toBeUndefined();
      expect(at(output, 'output', 'message', 'content', 0, 'text')).toBe('A few words.');
      expect(output).toMatchObject({
        stopReason: 'end_turn',
        usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number), totalTokens: expect.any(Number) },
        metrics: { latencyMs: expect.any(Number) },
      });
    });

    it('a stream whose deltas are the answer, in the order of Bedrock', async () => {
      const text = 'A sentence — of several words, with ü and 😀, streamed.';
      const { events, failure } = await client.send('ConverseStream', { modelId: ALIAS, ...says(text) });
      expect(failure).toBeUndefined();
      const assembled = assemble(events);
      expect(assembled.text).toBe(text);
      expect(assembled.stopReason).toBe('end_turn');
      expect(assembled.usage).toMatchObject({ outputTokens: expect.any(Number) });
      expect(assembled.order[0]).toBe('messageStart');
      expect(assembled.order.slice(-3)).toEqual(['contentBlockStop', 'messageStop', 'metadata']);
    });

    it('a tool call', async () => {
      const { output } = await client.send('Converse', { modelId: ALIAS, ...says(oneCall), ...converseTools });
      expect(at(output, 'stopReason')).toBe('tool_use');
      expect(at(output, 'output', 'message', 'content')).toContainEqual({
        toolUse: { name: 'get_weather', toolUseId: expect.any(String), input: { city: 'Paris' } },
      });
    });

    it('three parallel tool calls, streamed', async () => {
      const { events } = await client.send('ConverseStream', { modelId: ALIAS, ...says(threeCalls), ...converseTools });
      const { tools, stopReason } = assemble(events);
      expect(tools.map(({ name, input }) => [name, JSON.parse(input)])).toEqual([
        ['get_weather', { city: 'Paris' }],
        ['get_weather', { city: 'Oslo' }],
        ['get_time', {}],
      ]);
      expect(new Set(tools.map(({ toolUseId }) => toolUseId)).size).toBe(3);
      expect(stopReason).toBe('tool_use');
    });

    it('a call of a tool without arguments, streamed as an empty text', async () => {
      const input = { modelId: ALIAS, ...says(callWithoutArguments), ...converseTools };
      expect(assemble((await client.send('ConverseStream', input)).events).tools).toMatchObject([
        { name: 'get_time', input: '' },
      ]);
      const { output } = await client.send('Converse', input);
      expect(at(output, 'output', 'message', 'content')).toContainEqual({
        toolUse: { name: 'get_time', toolUseId: expect.any(String), input: {} },
      });
    });

    it('reasoning with its signature, whole and streamed', async () => {
      const input = { modelId: ALIAS, ...says('[[sim reasoning="Let me think." text="Done."]]') };
      const { output } = await client.send('Converse', input);
      expect(at(output, 'output', 'message', 'content')).toEqual([
        { reasoningContent: { reasoningText: { text: 'Let me think.', signature: expect.any(String) } } },
        { text: 'Done.' },
      ]);
      const { reasoning, signature, text } = assemble((await client.send('ConverseStream', input)).events);
      expect([reasoning, text]).toEqual(['Let me think.', 'Done.']);
      expect(signature).not.toBe('');
    });

    it('bytes in both directions: an image goes in, redacted reasoning comes out', async () => {
      const word = uniqueWord();
      const bytes = Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        'base64',
      );
      const content = [
        { image: { format: 'png', source: { bytes } } },
        { text: `${word} [[sim redacted text=Done.]]` },
      ];
      const { output, failure } = await client.send('Converse', {
        modelId: ALIAS,
        messages: [{ role: 'user', content }],
      });
      expect(failure).toBeUndefined();
      expect(bytesText(at(output, 'output', 'message', 'content', 0, 'reasoningContent', 'redactedContent'))).toContain(
        'redacted',
      );
      const [seen] = await requestsWith(word);
      expect(seen?.bodyText).toContain(bytes.toString('base64'));
    });

    it('InvokeModel with a Claude body', async () => {
      const input = { modelId: ALIAS, contentType: 'application/json', body: claudeBody('Native words.') };
      const { output, failure } = await client.send('InvokeModel', input);
      expect(failure).toBeUndefined();
      expect(JSON.parse(bytesText(at(output, 'body')))).toMatchObject({
        type: 'message',
        content: [{ type: 'text', text: 'Native words.' }],
        stop_reason: 'end_turn',
        usage: { output_tokens: expect.any(Number) },
      });
    });

    it('InvokeModelWithResponseStream with a Claude body', async () => {
      const { events, failure } = await client.send('InvokeModelWithResponseStream', {
        modelId: MODEL_ID,
        body: claudeBody('Native words, streamed.'),
      });
      expect(failure).toBeUndefined();
      const chunks = (events ?? []).map((event) => JSON.parse(bytesText(at(event, 'chunk', 'bytes'))) as unknown);
      expect(chunks.map((chunk) => at(chunk, 'delta', 'text') ?? '').join('')).toBe('Native words, streamed.');
      expect(at(chunks[0], 'type')).toBe('message_start');
      expect(chunks.at(-1)).toMatchObject({
        type: 'message_stop',
        'amazon-bedrock-invocationMetrics': { outputTokenCount: expect.any(Number) },
      });
    });

    it('an embedding of Titan by InvokeModel', async () => {
      const body = Buffer.from(JSON.stringify({ inputText: 'some text', dimensions: 256 }));
      const { output, failure } = await client.send('InvokeModel', { modelId: 'titan-embed', body });
      expect(failure).toBeUndefined();
      const reply: unknown = JSON.parse(bytesText(at(output, 'body')));
      expect(at(reply, 'embedding')).toHaveLength(256);
      expect(at(reply, 'inputTextTokenCount')).toEqual(expect.any(Number));
    });

    it('a count of tokens', async () => {
      const { output, failure } = await client.send('CountTokens', {
        modelId: ALIAS,
        input: { converse: says('Count me.') },
      });
      expect(failure).toBeUndefined();
      expect(at(output, 'inputTokens')).toBeGreaterThan(0);
    });

    it('the judgement of a guardrail', async () => {
      const content = [{ text: { text: 'Harmless.' } }];
      const input = { guardrailIdentifier: 'abc123', guardrailVersion: '1', source: 'INPUT', content };
      const { output, failure } = await client.send('ApplyGuardrail', input);
      expect(failure).toBeUndefined();
      expect(at(output, 'action')).toBe('NONE');
    });
  });

  describe.skipIf(client.isPython && world.python === undefined)('reaches', () => {
    it.each([
      ['an alias', ALIAS, MODEL_ID],
      ['a direct model id', 'amazon.nova-lite-v1:0', 'amazon.nova-lite-v1:0'],
      ['an inference profile', MODEL_ID, MODEL_ID],
      ['the ARN of an inference profile', PROFILE_ARN, PROFILE_ARN],
    ])('%s', async (_what, modelId, asked) => {
      const word = uniqueWord();
      expect((await client.send('Converse', { modelId, ...says(word) })).failure).toBeUndefined();
      expect((await requestsWith(word)).map((request) => request.modelId)).toEqual([asked]);
    });

    it.each(['/bedrock', '/bedrock/', '', '/'])('an endpoint that ends in %j', async (prefix) => {
      const { failure, output } = await client.send('Converse', { modelId: ALIAS, ...says('Here.') }, { prefix });
      expect(failure).toBeUndefined();
      expect(at(output, 'stopReason')).toBe('end_turn');
    });
  });
});
