import { afterAll, describe, expect, it } from 'vitest';
import { anthropicClients } from './support/anthropic-clients.ts';
import { onceBooked } from './support/books.ts';
import { makeKey } from './support/keys.ts';
import { type OwnGateway, startOwnGateway, untilReadiness } from './support/own-gateway.ts';
import { callWithoutArguments, oneCall, threeCalls, weatherSchema } from './support/prompts.ts';
import { stopPython } from './support/python.ts';
import { rawStream } from './support/raw-http.ts';
import { at } from './support/reply.ts';
import { requestOnce, uniqueWord } from './support/simulator.ts';
import { ALIAS, world } from './support/world.ts';

afterAll(stopPython);

const NOVA = 'nova-lite';
const clients = anthropicClients.filter(({ isPython }) => !(isPython && world.python === undefined));

const ask = (content: unknown, model = ALIAS) => ({
  model,
  max_tokens: 500,
  messages: [{ role: 'user', content }],
});
const tools = [
  { name: 'get_weather', description: 'Weather.', input_schema: weatherSchema },
  { name: 'get_time', description: 'Time.', input_schema: { type: 'object', properties: {} } },
];
/** A red point. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

const typesOf = (events: readonly unknown[] = []) => events.map((event) => at(event, 'type'));
const textOf = (output: unknown) =>
  ((at(output, 'content') ?? []) as { type: string; text?: string }[])
    .map(({ type, text }) => (type === 'text' ? text : ''))
    .join('');
const callsOf = (output: unknown) =>
  ((at(output, 'content') ?? []) as { type: string; name?: string; input?: unknown; id?: string }[]).filter(
    ({ type }) => type === 'tool_use',
  );

describe.each(clients)('$name', (client) => {
  describe.each([
    ['Claude, by InvokeModel', ALIAS],
    ['another model, by Converse', NOVA],
  ])('of %s, gets', (_which, model) => {
    it('an answer with its usage', async () => {
      const { output, headers, failure } = await client.create(ask('A few words.', model));
      expect(failure).toBeUndefined();
      expect(output).toMatchObject({
        id: expect.stringMatching(/^msg_/),
        type: 'message',
        role: 'assistant',
        model,
        content: [{ type: 'text', text: 'A few words.' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
      });
      expect(headers?.['request-id']).toBe(headers?.['x-request-id']);
    });

    it('a stream that the library puts together', async () => {
      const words = 'A sentence — of several words, with ü and 😀, streamed.';
      const { events, output, failure } = await client.stream(ask(words, model));
      expect(failure).toBeUndefined();
      expect(textOf(output)).toBe(words);
      expect(output).toMatchObject({ model, stop_reason: 'end_turn', usage: { output_tokens: expect.any(Number) } });
      expect(at(output, 'usage', 'input_tokens')).toBeGreaterThan(0);
      expect(typesOf(events).at(0)).toBe('message_start');
      expect(typesOf(events).at(-1)).toBe('message_stop');
    });

    it('a tool call, and an answer to its result', async () => {
      const { output } = await client.create({ ...ask(oneCall, model), tools });
      expect(at(output, 'stop_reason')).toBe('tool_use');
      const [call] = callsOf(output);
      expect(call).toMatchObject({ name: 'get_weather', input: { city: 'Paris' } });
      const messages = [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: at(output, 'content') },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call?.id, content: 'It rains.' }] },
      ];
      const second = await client.create({ model, max_tokens: 100, tools, messages });
      expect(second.failure).toBeUndefined();
      expect(textOf(second.output)).toContain('It rains.');
    });

    it('three parallel tool calls, streamed, one of them without arguments', async () => {
      const { output, failure } = await client.stream({ ...ask(threeCalls, model), tools });
      expect(failure).toBeUndefined();
      const calls = callsOf(output);
      expect(calls.map(({ name, input }) => [name, input])).toEqual([
        ['get_weather', { city: 'Paris' }],
        ['get_weather', { city: 'Oslo' }],
        ['get_time', {}],
      ]);
      expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
      const { output: single } = await client.stream({ ...ask(callWithoutArguments, model), tools });
      expect(callsOf(single)).toMatchObject([{ name: 'get_time', input: {} }]);
    });

    it('what is in a picture and a system prompt through to the model', async () => {
      const word = uniqueWord();
      const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } };
      const content = [image, { type: 'text', text: word }];
      const { failure } = await client.create({ ...ask(content, model), system: 'Be brief.' });
      expect(failure).toBeUndefined();
      const { bodyText } = await requestOnce(word, () => true);
      expect(bodyText).toContain(png);
      expect(bodyText).toContain('Be brief.');
    });

    it('what the prompt cache gave and took', async () => {
      const system = [{ type: 'text', text: 'x'.repeat(8000), cache_control: { type: 'ephemeral' } }];
      const { output } = await client.create({ ...ask('Hello [[sim cache]]', model), system });
      expect(at(output, 'usage')).toMatchObject({ cache_read_input_tokens: 1024, cache_creation_input_tokens: 256 });
      const { output: streamed } = await client.stream({ ...ask('Hello [[sim cache]]', model), system });
      expect(at(streamed, 'usage')).toMatchObject({ cache_read_input_tokens: 1024 });
    });

    it('tokens counted before a call', async () => {
      const { output, failure } = await client.count({ model, messages: [{ role: 'user', content: 'Count these.' }] });
      expect(failure).toBeUndefined();
      expect(at(output, 'input_tokens')).toBeGreaterThan(0);
    });

    it.each([
      ['ThrottlingException', 'RateLimitError', 429, 'rate_limit_error'],
      ['ValidationException', 'BadRequestError', 400, 'invalid_request_error'],
      ['ResourceNotFoundException', 'NotFoundError', 404, 'not_found_error'],
      ['ServiceUnavailableException', /InternalServerError|OverloadedError/, 529, 'overloaded_error'],
      ['ModelTimeoutException', /InternalServerError|GatewayTimeoutError/, 504, 'timeout_error'],
      ['AccessDeniedException', 'InternalServerError', 502, 'api_error'],
    ])('%s of the model as %s', async (exception, name, status, type) => {
      const { failure } = await client.create(ask(`[[sim error=${exception}]]`, model));
      expect(failure).toMatchObject({ name: expect.stringMatching(name), status, type });
      expect(failure?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    });

    it.each([
      ['an exception within the stream', 'exception=throttlingException after=4'],
      ['a connection that breaks', 'cut after=4'],
      ['a stream without its end', 'unfinished'],
      ['a damaged frame', 'corrupt after=4'],
    ])('an error after what has come, for %s', async (_what, directive) => {
      const { events, output, failure } = await client.stream(ask(`[[sim ${directive} words=20]]`, model));
      expect(failure?.name).toMatch(/APIError|APIStatusError|RateLimitError|InternalServerError|AnthropicError/);
      expect(output ?? undefined).toBeUndefined();
      expect(typesOf(events)).toContain('content_block_delta');
    });

    it('nothing more when it leaves, and the model stops', async () => {
      const word = uniqueWord();
      const { failure } = await client.stream(ask(`${word} [[sim words=5000 delayMs=20]]`, model), { leaveAfter: 4 });
      expect(failure).toBeUndefined();
      await requestOnce(word, (request) => request.aborted);
    });
  });

  it('gets thinking with its signature, and may send it back', async () => {
    const asked = { ...ask('[[sim reasoning="Let me see." text="Done."]]'), max_tokens: 2048 };
    const { output, failure } = await client.stream({ ...asked, thinking: { type: 'enabled', budget_tokens: 1024 } });
    expect(failure).toBeUndefined();
    expect(at(output, 'content', 0)).toMatchObject({
      type: 'thinking',
      thinking: 'Let me see.',
      signature: expect.stringMatching(/./),
    });
    const messages = [...asked.messages, { role: 'assistant', content: at(output, 'content') }];
    const again = { ...asked, messages: [...messages, { role: 'user', content: 'And?' }] };
    const second = await client.create({ ...again, thinking: { type: 'enabled', budget_tokens: 1024 } });
    expect(second.failure).toBeUndefined();
  });

  it('may send its key as a token, and betas that the model has', async () => {
    const word = uniqueWord();
    const betas = 'interleaved-thinking-2025-05-14,made-up-2099-01-01';
    const { headers, failure } = await client.create(ask(word), { as: 'token', betas });
    expect(failure).toBeUndefined();
    expect(headers?.['x-gateway-dropped-params']).toContain('made-up-2099-01-01');
    const { bodyText } = await requestOnce(word, () => true);
    expect(JSON.parse(bodyText)).toMatchObject({ anthropic_beta: ['interleaved-thinking-2025-05-14'] });
  });

  it.each([
    ['a wrong key', { key: 'sk-wrong' }, 'AuthenticationError', 401, 'authentication_error'],
    ['no key', { key: null }, 'AuthenticationError', 401, 'authentication_error'],
    [
      'a model that the key may not use',
      { key: world.keys.novaOnly },
      'PermissionDeniedError',
      403,
      'permission_error',
    ],
  ])('raises what it has for %s', async (_what, options, name, status, type) => {
    for (const way of [client.create, client.stream, client.count]) {
      const { max_tokens: _most, ...counted } = ask('Hello.');
      const { failure } = await way(way === client.count ? counted : ask('Hello.'), options);
      expect(failure).toMatchObject({ name, status, type });
    }
  });

  it('is told that a budget is spent, and does not try again', async () => {
    const key = await makeKey(world.databaseUrl, { max_budget: 0.000_000_1, spend: 1 });
    const { failure } = await client.create(ask('Hello.'), { key, attempts: 3 });
    expect(failure).toMatchObject({ status: 402, type: 'billing_error' });
  });
});

it('a call is booked with what it used, by the id of its answer', async () => {
  const key = await makeKey(world.databaseUrl);
  const [client] = anthropicClients.filter(({ isPython }) => !isPython);
  const whole = await client?.create(ask('One.'), { key });
  const streamed = await client?.stream(ask('Two.', NOVA), { key });
  await client?.count(ask('Three.'), { key });
  const calls = await onceBooked(key, 2);
  expect(calls).toMatchObject([
    { requestId: at(whole?.output, 'id'), requested: ALIAS, status: 'success', isEstimate: false },
    { requestId: at(streamed?.output, 'id'), requested: NOVA, status: 'success', isEstimate: false },
  ]);
  for (const [index, output] of [whole?.output, streamed?.output].entries()) {
    expect(calls[index]?.inputTokens).toBe(at(output, 'usage', 'input_tokens'));
    expect(calls[index]?.outputTokens).toBe(at(output, 'usage', 'output_tokens'));
    expect(calls[index]?.costUsd).toBeGreaterThan(0);
  }
});

describe('a silent model', () => {
  let gateway: OwnGateway | undefined;
  afterAll(() => gateway?.kill());

  it.each([
    ['Claude, by InvokeModel', ALIAS],
    ['another model, by Converse', NOVA],
  ])('is covered by pings, which no client notices: %s', async (_which, model) => {
    gateway ??= await startOwnGateway({ GATEWAY_HEARTBEAT_MS: '200' });
    await untilReadiness(gateway.http, 200);
    const pausing = ask('[[sim words=3 delayMs=500]]', model);
    const { http } = gateway;
    const [text, ...replies] = await Promise.all([
      rawStream(http, '/v1/messages', { ...pausing, stream: true }, 'message_stop'),
      ...clients.map((client) => client.stream(pausing, { http })),
    ]);
    expect(text.match(/^event: ping\ndata: \{"type":"ping"\}\n\n/gm)?.length).toBeGreaterThan(2);
    for (const { output, failure } of replies) {
      expect(failure).toBeUndefined();
      expect(textOf(output)).toBe('word1 word2 word3');
    }
  });
});

/** As Claude Code 2.1.330 does (`claude -p`, read 2026-11-23), shortened. */
describe('what Claude Code sends', () => {
  const claudeCode = {
    model: ALIAS,
    max_tokens: 32_000,
    stream: true,
    system: [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.330.18d; cc_entrypoint=sdk-cli;' },
      { type: 'text', text: 'You are a Claude agent.', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'More.', cache_control: { type: 'ephemeral' } },
    ],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: '<system-reminder>' },
          { type: 'text', text: 'Hi there.' },
        ],
      },
      { role: 'system', content: [{ type: 'text', text: '# Environment', cache_control: { type: 'ephemeral' } }] },
    ],
    tools: [
      { name: 'Read', description: 'Reads.', input_schema: weatherSchema, eager_input_streaming: true },
      { name: 'Later', description: 'Later.', input_schema: weatherSchema, defer_loading: true },
    ],
    metadata: { user_id: '{"device_id":"d","account_uuid":"","session_id":"s"}' },
    thinking: { type: 'adaptive' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    output_config: { effort: 'medium' },
  };
  const betas = [
    ...['claude-code-20250219', 'interleaved-thinking-2025-05-14', 'context-management-2025-06-27'],
    ...['mid-conversation-tool-changes-2026-07-01', 'thinking-token-count-2026-05-13', 'effort-2025-11-24'],
    ...['advanced-tool-use-2025-11-20', 'thinking-display-updates-2026-08-18', 'prompt-caching-scope-2026-01-05'],
  ].join(',');
  const headers = {
    authorization: `Bearer ${world.keys.good}`,
    'content-type': 'application/json',
    'anthropic-version': '2023-06-01',
    'anthropic-beta': betas,
    'x-app': 'cli',
    'user-agent': 'claude-cli/2.1.330 (external, sdk-cli)',
  };

  it.each([
    ['Claude', ALIAS],
    ['another model', NOVA],
  ])('is answered by %s', async (_which, model) => {
    const reply = await fetch(`${world.http}/v1/messages?beta=true`, {
      method: 'POST',
      headers,
      // As much as Nova answers with: CLAUDE_CODE_MAX_OUTPUT_TOKENS=8000.
      body: JSON.stringify(model === NOVA ? { ...claudeCode, model, max_tokens: 8_000 } : claudeCode),
    });
    const text = await reply.text();
    expect([reply.status, text.slice(0, 300)]).toEqual([200, expect.stringMatching(/^event: message_start\n/)]);
    expect(text).toMatch(/event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/);
  });

  it('counts tokens, by LiteLLM’s address of Anthropic too', async () => {
    for (const prefix of ['', '/anthropic']) {
      const { stream: _stream, max_tokens: _most, ...body } = claudeCode;
      const reply = await fetch(`${world.http}${prefix}/v1/messages/count_tokens?beta=true`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      expect(await reply.json()).toEqual({ input_tokens: expect.any(Number) });
    }
  });

  it('asks whether anybody is there', async () => {
    expect((await fetch(world.http, { method: 'HEAD' })).status).toBe(200);
  });
});
