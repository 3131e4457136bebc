import { zodTextFormat } from 'openai/helpers/zod';
import type { ResponseInput, ResponseInputItem } from 'openai/resources/responses/responses';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openaiClients, openaiForNode } from './support/openai-clients.ts';
import { callWithoutArguments, oneCall, threeCalls, weatherSchema } from './support/prompts.ts';
import { stopPython } from './support/python.ts';
import { at } from './support/reply.ts';
import { requestOnce, script, uniqueWord } from './support/simulator.ts';
import { ALIAS, world } from './support/world.ts';

afterAll(stopPython);

const ask = (input: unknown) => ({ model: ALIAS, input });
const strict = { ...weatherSchema, additionalProperties: false };
const tools = [
  { type: 'function', name: 'get_weather', parameters: strict, strict: true },
  { type: 'function', name: 'get_time', parameters: { type: 'object', properties: {} }, strict: false },
];
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Joined deltas of one type. */
function joined(events: readonly unknown[] = [], type = 'response.output_text.delta'): string {
  return events.map((event) => (at(event, 'type') === type ? at(event, 'delta') : '')).join('');
}

const typesOf = (events: readonly unknown[] = []) => events.map((event) => at(event, 'type'));
const lastOf = (events: readonly unknown[] = []) => at(events.at(-1), 'response');

describe.each(openaiClients)('$name', (client) => {
  const respond = (input: object, options?: object) => client.call('responses.create', input, options);

  describe.skipIf(client.isPython && world.python === undefined)('gets', () => {
    it('a response with its text and usage, which repeats the request', async () => {
      const { output, failure } = await respond({
        ...ask('A few words.'),
        instructions: 'Be brief.',
        metadata: { ticket: '17' },
        max_output_tokens: 100,
      });
      expect(failure).toBeUndefined();
      expect(output).toMatchObject({
        object: 'response',
        id: expect.stringMatching(/^resp_/),
        status: 'completed',
        model: ALIAS,
        instructions: 'Be brief.',
        metadata: { ticket: '17' },
        max_output_tokens: 100,
        store: false,
        output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'A few words.' }] }],
        usage: { input_tokens: expect.any(Number), output_tokens_details: { reasoning_tokens: 0 } },
      });
    });

    it('a stream whose deltas are the answer', async () => {
      const words = 'A sentence — of several words, with ü and 😀, streamed.';
      const { events, failure } = await respond({ ...ask(words), stream: true });
      expect(failure).toBeUndefined();
      expect(joined(events)).toBe(words);
      expect(typesOf(events).slice(0, 4)).toEqual([
        'response.created',
        'response.in_progress',
        'response.output_item.added',
        'response.content_part.added',
      ]);
      expect(events?.map((event) => at(event, 'sequence_number'))).toEqual(events?.map((_, index) => index));
      expect(lastOf(events)).toMatchObject({ status: 'completed', output: [{ content: [{ text: words }] }] });
    });

    it('what the helper for streams joins', async () => {
      const { output, events, failure } = await client.call('responses.stream', { ...ask(threeCalls), tools });
      expect(failure).toBeUndefined();
      const calls = (at(output, 'output') as readonly object[]).filter((item) => at(item, 'type') === 'function_call');
      expect(calls.map((call) => [at(call, 'name'), JSON.parse(String(at(call, 'arguments')))])).toEqual([
        ['get_weather', { city: 'Paris' }],
        ['get_weather', { city: 'Oslo' }],
        ['get_time', {}],
      ]);
      expect(new Set(calls.map((call) => at(call, 'call_id'))).size).toBe(3);
      const text = calls.map((call) => at(call, 'arguments')).join('');
      expect(joined(events, 'response.function_call_arguments.delta')).toBe(text);
    });

    it('a call of a tool without arguments, whose arguments are JSON all the same', async () => {
      const { events } = await respond({ ...ask(callWithoutArguments), tools, stream: true });
      expect(lastOf(events)).toMatchObject({ output: [{ type: 'message' }, { name: 'get_time', arguments: '{}' }] });
    });

    it('an answer to what its tools have answered', async () => {
      const word = uniqueWord();
      const question = { role: 'user', content: `${oneCall} ${word}` };
      const { output } = await respond({ ...ask([question]), tools });
      const items = at(output, 'output') as readonly object[];
      const call = items.find((item) => at(item, 'type') === 'function_call');
      const answer = { type: 'function_call_output', call_id: at(call, 'call_id'), output: `18 °C, says ${word}` };
      const { output: final, failure } = await respond({ ...ask([question, ...items, answer]), tools });
      expect(failure).toBeUndefined();
      expect(at(final, 'output', 0, 'content', 0, 'text')).toContain('18 °C');
    });

    it('reasoning as content, and as a summary where one is asked for', async () => {
      const thinks = '[[sim reasoning="Let me think." text="Done."]]';
      const { output } = await respond(ask(thinks));
      expect(at(output, 'output')).toMatchObject([
        { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Let me think.' }] },
        { type: 'message', content: [{ text: 'Done.' }] },
      ]);
      const { events } = await respond({ ...ask(thinks), reasoning: { summary: 'auto' }, stream: true });
      expect(joined(events, 'response.reasoning_summary_text.delta')).toBe('Let me think.');
      expect(lastOf(events)).toMatchObject({
        output: [{ summary: [{ type: 'summary_text', text: 'Let me think.' }] }, { type: 'message' }],
      });
    });

    it('an answer about a picture', async () => {
      const word = uniqueWord();
      const content = [
        { type: 'input_text', text: word },
        { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${png}` },
      ];
      const { failure } = await respond(ask([{ role: 'user', content }]));
      expect(failure).toBeUndefined();
      const request = await requestOnce(word, () => true);
      expect(at(JSON.parse(request.bodyText), 'messages', 0, 'content', 1)).toEqual({
        image: { format: 'png', source: { bytes: png } },
      });
    });

    it('what was cut off as incomplete', async () => {
      const { events } = await respond({ ...ask('[[sim stop=max_tokens text="Once upon"]]'), stream: true });
      expect(events?.at(-1)).toMatchObject({
        type: 'response.incomplete',
        response: { incomplete_details: { reason: 'max_output_tokens' }, output: [{ status: 'incomplete' }] },
      });
    });

    it('a response on every path', async () => {
      for (const prefix of ['', '/v1/', '/openai/v1']) {
        expect((await respond(ask('Here.'), { prefix })).failure).toBeUndefined();
      }
    });
  });

  describe.skipIf(client.isPython && world.python === undefined)('raises', () => {
    it.each([
      ['a wrong key', ask('x'), { key: 'sk-wrong' }, 'AuthenticationError', 401, 'invalid_api_key'],
      [
        'a model that the key may not use',
        ask('x'),
        { key: world.keys.novaOnly },
        'PermissionDeniedError',
        403,
        'model_not_allowed',
      ],
      [
        'a model that does not exist',
        { ...ask('x'), model: 'no-such-model' },
        {},
        'NotFoundError',
        404,
        'model_not_found',
      ],
      [
        'a stored response',
        { ...ask('x'), previous_response_id: 'resp_1' },
        {},
        'BadRequestError',
        400,
        'invalid_value',
      ],
      [
        'a tool of OpenAI',
        { ...ask('x'), tools: [{ type: 'web_search' }] },
        {},
        'BadRequestError',
        400,
        'invalid_value',
      ],
      ['a throttled model', ask('[[sim error=ThrottlingException]]'), {}, 'RateLimitError', 429, 'rate_limit_exceeded'],
    ])('for %s', async (_what, input, options, name, status, code) => {
      for (const stream of [false, true]) {
        const { failure } = await respond({ ...input, stream }, options);
        expect(failure).toMatchObject({ name, status, code });
      }
    });

    it('for a stream that fails within the answer', async () => {
      const word = uniqueWord();
      const fault = { kind: 'stream-exception', name: 'throttlingException', afterEvents: 4 } as const;
      await script({ match: { contains: word }, reply: { text: `Some words before it fails. ${word}`, fault } });
      const { events, failure } = await respond({ ...ask(word), stream: true });
      expect(failure).toMatchObject({ name: 'APIError' });
      expect(joined(events)).not.toBe('');
      expect(typesOf(events)).not.toContain('response.completed');
    });

    it('for a stream that is cut, which is no completed response', async () => {
      const word = uniqueWord();
      await script({
        match: { contains: word },
        reply: { text: 'Some words.', fault: { kind: 'cut', afterEvents: 4 } },
      });
      const { events, failure } = await respond({ ...ask(word), stream: true });
      expect(failure).toMatchObject({ name: 'APIError' });
      expect(typesOf(events)).not.toContain('response.completed');
    });
  });

  it.skipIf(client.isPython && world.python === undefined)('leaves a stream, and the model is told', async () => {
    const word = uniqueWord();
    await script({ match: { contains: word }, reply: { text: 'word '.repeat(200), paceMs: 50 } });
    await respond({ ...ask(word), stream: true }, { leaveAfter: 6 });
    await requestOnce(word, ({ aborted }) => aborted, { withinMs: 3_000 });
  });
});

it.skipIf(world.python === undefined)('Python parses an answer after a schema', async () => {
  const [python] = openaiClients;
  const input = {
    ...ask('[[sim text={"city":"Paris","degrees":18}]]'),
    text_format: { city: 'str', degrees: 'float' },
  };
  const { output, failure } = await (python as (typeof openaiClients)[number]).call('responses.parse', input);
  expect(failure).toBeUndefined();
  expect(at(output, 'output', 0, 'content', 0, 'parsed')).toEqual({ city: 'Paris', degrees: 18 });
});

it('Node parses an answer after a schema, and its tool calls', async () => {
  const answer = z.object({ city: z.string(), degrees: z.number() });
  const response = await openaiForNode().responses.parse({
    model: ALIAS,
    input: '[[sim text={"city":"Paris","degrees":18}]]',
    text: { format: zodTextFormat(answer, 'weather') },
  });
  expect(response.output_parsed).toEqual({ city: 'Paris', degrees: 18 });
});

it('Node goes on with a conversation by sending back all that came', async () => {
  const client = openaiForNode();
  const input: ResponseInput = [{ role: 'user', content: '[[sim reasoning="Hm." tool=get_time]] Time?' }];
  const params = { model: ALIAS, tools: tools as never[], include: ['reasoning.encrypted_content' as const] };
  const first = await client.responses.create({ ...params, input });
  input.push(...(first.output as ResponseInputItem[]));
  for (const item of first.output) {
    if (item.type === 'function_call') {
      input.push({ type: 'function_call_output', call_id: item.call_id, output: 'noon' });
    }
  }
  const second = await client.responses.create({ ...params, input });
  expect(second.output_text).toContain('noon');
});
