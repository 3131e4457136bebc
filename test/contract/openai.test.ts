import { afterAll, describe, expect, it } from 'vitest';
import { openaiClients } from './support/openai-clients.ts';
import { callWithoutArguments, oneCall, threeCalls, weatherSchema } from './support/prompts.ts';
import { stopPython } from './support/python.ts';
import { at } from './support/reply.ts';
import { requestOnce, script, uniqueWord } from './support/simulator.ts';
import { ALIAS, world } from './support/world.ts';

afterAll(stopPython);

const ask = (content: string) => ({ model: ALIAS, messages: [{ role: 'user', content }] });
const tools = [
  { type: 'function', function: { name: 'get_weather', parameters: weatherSchema } },
  { type: 'function', function: { name: 'get_time', parameters: { type: 'object', properties: {} } } },
];

/** The text of a streamed answer's chunks. */
function text(events: readonly unknown[] = []): string {
  return events.map((event) => at(event, 'choices', 0, 'delta', 'content') ?? '').join('');
}

/** Tool calls of a stream, by the index that each delta names. */
function toolCalls(events: readonly unknown[] = []): { name: string; id: string; arguments: string }[] {
  const calls: { name: string; id: string; arguments: string }[] = [];
  for (const delta of events.flatMap((event) => (at(event, 'choices', 0, 'delta', 'tool_calls') ?? []) as unknown[])) {
    const index = Number(at(delta, 'index'));
    const call = calls[index] ?? { name: '', id: '', arguments: '' };
    call.name += at(delta, 'function', 'name') ?? '';
    call.id += at(delta, 'id') ?? '';
    call.arguments += at(delta, 'function', 'arguments') ?? '';
    calls[index] = call;
  }
  return calls;
}

const finishReasons = (events: readonly unknown[] = []) =>
  events.map((event) => at(event, 'choices', 0, 'finish_reason')).filter((reason) => typeof reason === 'string');

describe.each(openaiClients)('$name', (client) => {
  describe.skipIf(client.isPython && world.python === undefined)('gets', () => {
    it('an answer with its finish reason and usage', async () => {
      const { output, failure } = await client.chat(ask('A few words.'));
      expect(failure).toBeUndefined();
      expect(output).toMatchObject({
        object: 'chat.completion',
        model: ALIAS,
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'A few words.' } }],
        usage: { prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) },
      });
    });

    it('a stream whose deltas are the answer, and the usage only when asked for', async () => {
      const words = 'A sentence — of several words, with ü and 😀, streamed.';
      const { events, failure } = await client.chat({ ...ask(words), stream: true });
      expect(failure).toBeUndefined();
      expect(text(events)).toBe(words);
      expect(finishReasons(events)).toEqual(['stop']);
      expect(events?.every((event) => at(event, 'choices', 0) !== undefined)).toBe(true);

      const counted = await client.chat({ ...ask(words), stream: true, stream_options: { include_usage: true } });
      expect(counted.events?.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: expect.any(Number) } });
    });

    it('a tool call', async () => {
      const { output } = await client.chat({ ...ask(oneCall), tools });
      expect(at(output, 'choices', 0, 'finish_reason')).toBe('tool_calls');
      const call = at(output, 'choices', 0, 'message', 'tool_calls', 0);
      expect(at(call, 'function', 'name')).toBe('get_weather');
      expect(JSON.parse(String(at(call, 'function', 'arguments')))).toEqual({ city: 'Paris' });
    });

    it('three parallel tool calls, streamed', async () => {
      const { events, failure } = await client.chat({ ...ask(threeCalls), tools, stream: true });
      expect(failure).toBeUndefined();
      const calls = toolCalls(events);
      expect(calls.map((call) => [call.name, JSON.parse(call.arguments)])).toEqual([
        ['get_weather', { city: 'Paris' }],
        ['get_weather', { city: 'Oslo' }],
        ['get_time', {}],
      ]);
      expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
      expect(finishReasons(events)).toEqual(['tool_calls']);
    });

    it('a call of a tool without arguments, whose arguments are JSON all the same', async () => {
      const { events } = await client.chat({ ...ask(callWithoutArguments), tools, stream: true });
      expect(toolCalls(events).map((call) => [call.name, JSON.parse(call.arguments)])).toEqual([['get_time', {}]]);
    });

    it('reasoning beside the answer', async () => {
      const { output } = await client.chat(ask('[[sim reasoning="Let me think." text="Done."]]'));
      expect(at(output, 'choices', 0, 'message')).toMatchObject({
        content: 'Done.',
        reasoning_content: 'Let me think.',
      });
      const { events } = await client.chat({ ...ask('[[sim reasoning="Let me think." text="Done."]]'), stream: true });
      const reasoning = (events ?? []).map((event) => at(event, 'choices', 0, 'delta', 'reasoning_content') ?? '');
      expect([reasoning.join(''), text(events)]).toEqual(['Let me think.', 'Done.']);
    });

    it('a direct model id', async () => {
      const { output } = await client.chat({ ...ask('Here.'), model: 'amazon.nova-lite-v1:0' });
      expect(at(output, 'choices', 0, 'message', 'content')).toBe('Here.');
    });

    it.each(['/v1', '/v1/', ''])('an answer at a base URL that ends in %j', async (prefix) => {
      expect((await client.chat(ask('Here.'), { prefix })).failure).toBeUndefined();
    });

    it('the models that its key may use', async () => {
      const { output } = await client.models({ key: world.keys.novaOnly });
      expect(at(output, 'data')).toMatchObject([{ id: 'nova-lite', object: 'model' }]);
    });
  });

  describe.skipIf(client.isPython && world.python === undefined)('raises', () => {
    it.each([
      ['a wrong key', { key: 'sk-wrong' }, 'invalid_api_key'],
      ['no key', { key: null }, 'invalid_api_key'],
      ['a blocked key', { key: world.keys.blocked }, 'key_blocked'],
      ['an expired key', { key: world.keys.expired }, 'key_expired'],
    ])('AuthenticationError for %s', async (_what, options, code) => {
      const { failure } = await client.chat(ask('Hello.'), options);
      expect(failure).toMatchObject({ name: 'AuthenticationError', status: 401, type: 'authentication_error', code });
      const streamed = await client.chat({ ...ask('Hello.'), stream: true }, options);
      expect(streamed.failure).toMatchObject({ name: 'AuthenticationError' });
    });

    it('PermissionDeniedError for a model that the key may not use', async () => {
      const { failure } = await client.chat(ask('Hello.'), { key: world.keys.novaOnly });
      expect(failure).toMatchObject({ name: 'PermissionDeniedError', status: 403, code: 'model_not_allowed' });
      const allowed = await client.chat({ ...ask('Hello.'), model: 'nova-lite' }, { key: world.keys.novaOnly });
      expect(allowed.failure).toBeUndefined();
    });

    it('NotFoundError for a model that does not exist', async () => {
      const { failure } = await client.chat({ ...ask('Hello.'), model: 'no-such-model' });
      expect(failure).toMatchObject({ name: 'NotFoundError', status: 404, code: 'model_not_found' });
    });

    it('BadRequestError for a request that is wrong', async () => {
      const { failure } = await client.chat({ model: ALIAS, messages: 'no list' });
      expect(failure).toMatchObject({ name: 'BadRequestError', status: 400, type: 'invalid_request_error' });
    });

    it.each([
      ['ThrottlingException', 'RateLimitError', 429],
      ['ServiceQuotaExceededException', 'RateLimitError', 429],
      ['ValidationException', 'BadRequestError', 400],
      ['ResourceNotFoundException', 'NotFoundError', 404],
      ['ModelTimeoutException', 'InternalServerError', 504],
      ['ModelErrorException', 'InternalServerError', 502],
      ['InternalServerException', 'InternalServerError', 502],
      ['ServiceUnavailableException', 'InternalServerError', 503],
      // Our own role refused: the caller can do nothing about it, and must not think its key is bad.
      ['AccessDeniedException', 'InternalServerError', 502],
    ])('what %s of the model is to it: %s', async (exception, name, status) => {
      for (const stream of [false, true]) {
        const { failure } = await client.chat({ ...ask(`[[sim error=${exception}]]`), stream });
        expect(failure).toMatchObject({ name, status });
      }
    });

    it('RateLimitError with the wait that the model asked for', async () => {
      const word = uniqueWord();
      await script({
        match: { contains: word },
        reply: { fault: { kind: 'exception', name: 'ThrottlingException', retryAfterSeconds: 7 } },
      });
      const { failure } = await client.chat(ask(word));
      expect(failure).toMatchObject({ name: 'RateLimitError', retryAfter: '7' });
    });

    it('nothing when a second attempt goes through', async () => {
      const word = uniqueWord();
      await script({
        match: { contains: word },
        reply: { fault: { kind: 'exception', name: 'ThrottlingException', retryAfterSeconds: 0 } },
      });
      const { failure, output } = await client.chat(ask(word), { attempts: 2 });
      expect(failure).toBeUndefined();
      expect(at(output, 'choices', 0, 'message', 'content')).toBe(word);
    });

    it.each([
      ['an exception within the stream', 'exception=throttlingException after=4'],
      ['a connection that breaks', 'cut after=4'],
      ['a stream without its end', 'unfinished'],
      ['a damaged frame', 'corrupt after=4'],
    ])('APIError after what has come, for %s', async (_what, directive) => {
      const { events, failure } = await client.chat({ ...ask(`[[sim ${directive} words=20]]`), stream: true });
      expect(failure?.name).toBe('APIError');
      expect(text(events)).toMatch(/^word1 word2/);
      expect(finishReasons(events)).toEqual([]);
    });

    it('APIConnectionError or less than an answer when the connection breaks before a whole one', async () => {
      const { failure, output } = await client.chat(ask('[[sim cut after=0]]'));
      expect(output ?? undefined).toBeUndefined();
      expect(failure).toMatchObject({ name: 'InternalServerError', status: expect.any(Number) });
    });
  });

  describe.skipIf(client.isPython && world.python === undefined)('leaves', () => {
    it('a stream, and the model stops', async () => {
      const word = uniqueWord();
      const input = { ...ask(`${word} [[sim words=5000 delayMs=20]]`), stream: true };
      const { events } = await client.chat(input, { leaveAfter: 3 });
      expect(events).toHaveLength(3);
      await requestOnce(word, (request) => request.aborted);
    });

    it('a stream before its first byte, and the model stops', async () => {
      const word = uniqueWord();
      const input = { ...ask(`${word} [[sim firstByteMs=60000]]`), stream: true };
      const { failure } = await client.chat(input, { giveUpMs: 300 });
      expect(failure?.name).toMatch(/APITimeoutError|APIConnectionTimeoutError/);
      await requestOnce(word, (request) => request.aborted);
    });

    it('an answer that does not come, and the model stops', async () => {
      const word = uniqueWord();
      const { failure } = await client.chat(ask(`${word} [[sim stall]]`), { giveUpMs: 300 });
      expect(failure?.name).toMatch(/APITimeoutError|APIConnectionTimeoutError/);
      await requestOnce(word, (request) => request.aborted);
    });
  });
});
