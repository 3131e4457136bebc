import { GatewayError } from '@genai-gateway/core';
import { encodeEventFrame, encodeExceptionFrame } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { serveMessages } from './messages.ts';
import { budgetOf } from './test-support/allowances.ts';
import { alias, catalogueOf, type Harness, type HarnessOptions, harness, virtualKey } from './test-support/harness.ts';

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const catalogue = catalogueOf(
  alias('claude', CLAUDE),
  alias('nova', 'us.amazon.nova-lite-v1:0'),
  alias('gpt', 'openai/gpt'),
);

const ask = (body: object = {}, options: HarnessOptions = {}): Harness =>
  harness({
    dialect: 'anthropic',
    catalogue,
    ...options,
    body: { model: 'claude', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], ...body },
  });
const run = (of: Harness, target = '/v1/messages'): Promise<void> =>
  of.run((call, services) => serveMessages(call, services, target));

const sentBody = (of: Harness): Record<string, unknown> => JSON.parse(String(of.bedrock.requests[0]?.body));
const answered = (of: Harness): Record<string, unknown> => JSON.parse(of.reply.body.toString());

/** The events of a stream, with the names that stand before them. */
function events(of: Harness): { name: string; data: Record<string, unknown> }[] {
  return [...of.reply.body.toString().matchAll(/^event: (.*)\ndata: (.*)$/gm)].map(([, name = '', data = '']) => ({
    name,
    data: JSON.parse(data) as Record<string, unknown>,
  }));
}

const usage = { input_tokens: 7, cache_read_input_tokens: 2, cache_creation_input_tokens: 3, output_tokens: 1 };
const message = {
  id: 'msg_bdrk_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { ...usage, output_tokens: 5, cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 2 } },
};

const chunk = (event: object): Buffer =>
  encodeEventFrame('chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64'), p: 'abc' });
const start = { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage } };
const block = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
const piece = (text: string) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
const stop = { type: 'content_block_stop', index: 0 };
const end = {
  type: 'message_delta',
  delta: { stop_reason: 'end_turn', stop_sequence: null },
  usage: { output_tokens: 5 },
};
const metrics = { inputTokenCount: 99, outputTokenCount: 98, invocationLatency: 1, firstByteLatency: 1 };
const last = { type: 'message_stop', 'amazon-bedrock-invocationMetrics': metrics };
const stream = [start, block, piece('Hel'), piece('lo — 😀'), stop, end, last];

describe('Claude by InvokeModel', () => {
  test('goes on nearly as it came, and comes back under our id and the caller’s name of the model', async () => {
    const of = ask({ system: 's', temperature: 0.5, tools: [{ name: 't', input_schema: { type: 'object' } }] });
    of.bedrock.script = (bedrock) => bedrock.head().bytes(JSON.stringify(message)).end();
    await run(of);
    expect(of.reply.failure).toBeUndefined();
    expect(of.bedrock.requests[0]?.target).toMatchObject({ operation: 'invoke', deployment: { modelId: CLAUDE } });
    expect(sentBody(of)).toMatchObject({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 100,
      system: 's',
      messages: [{ role: 'user', content: 'hi' }],
      temperature: 0.5,
    });
    expect(Object.keys(sentBody(of))).not.toEqual(expect.arrayContaining(['model']));
    expect(answered(of)).toEqual({ ...message, id: 'msg_req-1', model: 'claude' });
    expect(of.accounts.settled).toMatchObject([
      {
        requestId: 'msg_req-1',
        endpoint: '/v1/messages',
        requestedModel: 'claude',
        end: 'delivered',
        isEstimate: false,
        stream: false,
        usage: {
          inputTokens: 7,
          outputTokens: 5,
          cacheReadTokens: 2,
          cacheWriteTokens: 3,
          cacheWriteOneHourTokens: 2,
        },
      },
    ]);
    expect(of.record.stopReason).toBe('end_turn');
  });

  test('streams its own events, without Bedrock’s metrics', async () => {
    const of = ask({ stream: true });
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(...stream.map(chunk))
        .end();
    await run(of);
    expect(of.bedrock.requests[0]?.target).toMatchObject({ operation: 'invoke-with-response-stream' });
    const told = events(of);
    expect(told.map(({ name }) => name)).toEqual(stream.map(({ type }) => type));
    expect(told.map(({ data }) => data)).toEqual([
      { ...start, message: { ...start.message, id: 'msg_req-1', model: 'claude' } },
      ...stream.slice(1, -1),
      { type: 'message_stop' },
    ]);
    expect(of.reply.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(of.record).toMatchObject({
      stopReason: 'end_turn',
      usage: { inputTokens: 7, outputTokens: 5, cacheReadTokens: 2, cacheWriteTokens: 3 },
    });
    expect(of.outcomes).toEqual(['ok']);
  });

  test('gives the last event once the call is settled', async () => {
    const of = ask({ stream: true });
    let settle: () => void = () => {};
    of.accounts.durable = new Promise((resolve) => {
      settle = resolve;
    });
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(...stream.map(chunk))
        .end();
    const running = run(of);
    await new Promise((resume) => setTimeout(resume, 10));
    expect(events(of).at(-1)?.name).toBe('message_delta');
    settle();
    await running;
    expect(events(of).at(-1)?.name).toBe('message_stop');
  });

  test('takes what Bedrock counted where Claude says nothing', async () => {
    const of = ask({ stream: true });
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(chunk({ type: 'message_start', message: {} }), chunk(last))
        .end();
    await run(of);
    expect(of.record.usage).toEqual({ inputTokens: 99, outputTokens: 98 });
  });

  test('any cut of the bytes gives the same', async () => {
    const bytes = Buffer.concat(stream.map(chunk));
    const whole = ask({ stream: true });
    whole.bedrock.script = (bedrock) => bedrock.head().bytes(bytes).end();
    await run(whole);
    for (const size of [1, 7, 64, 333]) {
      const of = ask({ stream: true });
      of.bedrock.script = (bedrock) => {
        bedrock.head();
        for (let at = 0; at < bytes.length; at += size) bedrock.bytes(bytes.subarray(at, at + size));
        bedrock.end();
      };
      await run(of);
      expect(of.reply.body.equals(whole.reply.body)).toBe(true);
    }
  });

  test.each<[rule: string, frames: readonly Buffer[], code: string]>([
    ['before its end', stream.slice(0, -2).map(chunk), 'upstream-cut'],
    ['before it began', [], 'upstream-cut'],
    ['with an exception', [chunk(start), encodeExceptionFrame('throttlingException', 'slow')], 'upstream-throttled'],
    [
      'with an error of its own',
      [chunk(start), chunk({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })],
      'upstream-overloaded',
    ],
    [
      'with an error that nobody knows',
      [chunk(start), chunk({ type: 'error', error: { type: 'constructor' } })],
      'upstream-failed',
    ],
    ['with what is no JSON', [encodeEventFrame('chunk', { bytes: 'bm8=' })], 'upstream-failed'],
  ])('a stream that stops %s is an error, and booked', async (_rule, frames, code) => {
    const of = ask({ stream: true });
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(...frames)
        .end();
    await run(of);
    expect(of.reply.failure?.code).toBe(code);
    expect(of.reply.body.toString()).not.toContain('message_stop');
    expect(of.accounts.settled).toMatchObject([{ end: 'cut', isEstimate: true }]);
    // What a stream says of its output before its end is not what it has used.
    expect(of.accounts.settled[0]?.usage?.outputTokens).not.toBe(usage.output_tokens);
  });

  test('has betas by the list of its model, and names the others', async () => {
    const betas = 'interleaved-thinking-2025-05-14, made-up-2099-01-01';
    const of = ask({}, { headers: { 'anthropic-beta': betas, 'anthropic-version': '2023-06-01' } });
    of.bedrock.script = (bedrock) => bedrock.head().bytes(JSON.stringify(message)).end();
    await run(of);
    expect(sentBody(of)['anthropic_beta']).toEqual(['interleaved-thinking-2025-05-14']);
    expect(of.reply.headers['x-gateway-dropped-params']).toContain('made-up-2099-01-01');
    expect(of.record.droppedParams).toEqual([expect.stringContaining('made-up-2099-01-01')]);
  });

  test.each([
    ['beside a prompt', [{ type: 'text', text: 'Be brief.' }], [{ type: 'text', text: 'Be brief.' }]],
    ['alone', [], undefined],
  ])('is not told what Claude Code says to Anthropic’s books: %s', async (_rule, others, system) => {
    const billing = { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.330.18d;' };
    const of = ask({ system: [billing, ...others] });
    of.bedrock.script = (bedrock) => bedrock.head().bytes(JSON.stringify(message)).end();
    await run(of);
    expect(sentBody(of)['system']).toEqual(system);
    const through = ask({ model: 'gpt', system: [billing] }, { withLitellm: true });
    through.litellm.script = (litellm) => litellm.head(200).bytes('{}').end();
    await run(through);
    expect(String(through.litellm.requests[0]?.body)).toContain('billing-header');
  });

  test('tells Bedrock who pays', async () => {
    const of = ask({}, { attribute: () => ({ 'gateway.key': 'x' }) });
    of.bedrock.script = (bedrock) => bedrock.head().bytes(JSON.stringify(message)).end();
    await run(of);
    expect(of.bedrock.requests[0]?.headers).toMatchObject({ 'x-amzn-bedrock-request-metadata': '{"gateway.key":"x"}' });
  });

  test.each(['<html>', '{}', '{"type":"message"}', '[]'])('an answer that is none: %s', async (text) => {
    const of = ask();
    of.bedrock.script = (bedrock) => bedrock.head().bytes(text).end();
    await run(of);
    expect(of.reply.failure?.code).toBe('upstream-failed');
  });

  test('is logged in the caller’s words', async () => {
    for (const isStream of [false, true]) {
      const of = ask({ stream: isStream, system: 'Be brief.' }, { logsContent: true });
      of.bedrock.script = (bedrock) =>
        bedrock
          .head()
          .bytes(...(isStream ? stream.map(chunk) : [Buffer.from(JSON.stringify(message))]))
          .end();
      await run(of);
      expect(of.record.content?.messages).toEqual({
        system: 'Be brief.',
        messages: [{ role: 'user', content: 'hi' }],
      });
      expect(of.record.content?.answer()).toMatchObject({ role: 'assistant', content: [{ type: 'text' }] });
    }
  });
});

describe('another model of Bedrock’s by Converse', () => {
  const frames = [
    encodeEventFrame('messageStart', { role: 'assistant' }),
    encodeEventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hello' } }),
    encodeEventFrame('contentBlockStop', { contentBlockIndex: 0 }),
    encodeEventFrame('messageStop', { stopReason: 'end_turn' }),
    encodeEventFrame('metadata', { usage: { inputTokens: 7, outputTokens: 3 } }),
  ];

  test('is translated both ways', async () => {
    const of = ask({ model: 'nova' });
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(
          JSON.stringify({
            output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
            stopReason: 'end_turn',
            usage: { inputTokens: 7, outputTokens: 3 },
          }),
        )
        .end();
    await run(of);
    expect(of.bedrock.requests[0]?.target).toMatchObject({ operation: 'converse' });
    expect(sentBody(of)).toMatchObject({
      messages: [{ role: 'user', content: [{ text: 'hi' }] }],
      inferenceConfig: { maxTokens: 100 },
    });
    expect(answered(of)).toMatchObject({
      id: 'msg_req-1',
      type: 'message',
      model: 'nova',
      content: [{ type: 'text', text: 'Hello' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 7, output_tokens: 3 },
    });
    expect(of.accounts.settled).toMatchObject([{ usage: { inputTokens: 7, outputTokens: 3 }, isEstimate: false }]);
  });

  test('streams Anthropic’s events, and logs what they say', async () => {
    const of = ask({ model: 'nova', stream: true }, { logsContent: true });
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(...frames)
        .end();
    await run(of);
    expect(events(of).map(({ name }) => name)).toEqual([
      ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop'],
      ...['message_delta', 'message_stop'],
    ]);
    expect(of.record).toMatchObject({ stopReason: 'end_turn', usage: { inputTokens: 7, outputTokens: 3 } });
    expect(of.record.content?.messages).toEqual([{ role: 'user', content: 'hi' }]);
    expect(of.record.content?.answer()).toMatchObject({ id: 'msg_req-1', content: [{ type: 'text', text: 'Hello' }] });
  });

  test.each<[rule: string, frames: readonly Buffer[], code: string]>([
    ['before its end', frames.slice(0, 2), 'upstream-cut'],
    ['with an exception', [encodeExceptionFrame('modelStreamErrorException', 'broken')], 'upstream-model-error'],
    ['with what is no JSON', [Buffer.from(frames[0] ?? '').subarray(0, 20)], 'upstream-cut'],
  ])('a stream that stops %s is an error', async (_rule, some, code) => {
    const of = ask({ model: 'nova', stream: true });
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(...some)
        .end();
    await run(of);
    expect(of.reply.failure?.code).toBe(code);
  });

  test('names what has no effect', async () => {
    const of = ask({ model: 'nova', inference_geo: 'eu' });
    of.bedrock.script = (bedrock) => bedrock.head(400).bytes('{"message":"x"}').end();
    await run(of);
    expect(of.record.droppedParams).toContain('inference_geo');
  });
});

describe('a silent model', () => {
  test('gets a ping that every client of Anthropic’s skips, before the first byte too', async () => {
    const of = ask({ stream: true });
    const running = run(of);
    await new Promise((resume) => setTimeout(resume, 5));
    of.clock.nowMs += 11_000;
    of.heartbeats.beat();
    expect(of.reply.body.toString()).toBe('event: ping\ndata: {"type":"ping"}\n\n');
    of.bedrock
      .head()
      .bytes(...stream.map(chunk))
      .end();
    await running;
    expect(events(of).map(({ name }) => name)).toEqual(['ping', ...stream.map(({ type }) => type)]);
  });

  test('whose refusal comes after it ends the stream with an error', async () => {
    const of = ask({ stream: true });
    const running = run(of);
    await new Promise((resume) => setTimeout(resume, 5));
    of.clock.nowMs += 11_000;
    of.heartbeats.beat();
    of.bedrock.head(429, { 'x-amzn-errortype': 'ThrottlingException' }).bytes('{"message":"slow"}').end();
    await running;
    expect(of.reply.failure?.code).toBe('upstream-throttled');
  });
});

describe('what is refused', () => {
  test.each([
    ['no model', { model: 1 }, 'invalid-request', 'model'],
    ['a model that is none', { model: 'nope' }, 'model-not-found', 'model'],
    ['no messages', { messages: [] }, 'invalid-request', 'messages'],
    ['no limit', { max_tokens: null }, 'invalid-request', 'max_tokens'],
    ['a message of nothing', { messages: [null] }, 'invalid-request', 'messages.0'],
  ])('%s', async (_rule, body, code, param) => {
    const of = ask(body);
    await run(of);
    expect(of.reply.failure).toMatchObject({ code, param });
    expect(of.bedrock.requests).toEqual([]);
  });

  test.each([
    [429, 'ThrottlingException', 'upstream-throttled'],
    [400, 'ValidationException', 'upstream-rejected'],
    [403, 'AccessDeniedException', 'upstream-access-denied'],
    [503, 'ServiceUnavailableException', 'upstream-overloaded'],
  ])('by Bedrock: %i %s', async (status, exception, code) => {
    for (const isStream of [false, true]) {
      const of = ask({ stream: isStream });
      of.bedrock.script = (bedrock) =>
        bedrock.head(status, { 'x-amzn-errortype': exception }).bytes('{"message":"x"}').end();
      await run(of);
      expect(of.reply.failure?.code).toBe(code);
      expect(of.accounts.settled).toMatchObject([{ end: 'refused', costNanoUsd: 0n }]);
    }
  });

  test('a spent budget', async () => {
    const of = ask();
    of.accounts.refusal = { kind: 'budget', budget: budgetOf(), spentNanoUsd: 2n };
    await run(of);
    expect(of.reply.failure?.code).toBe('budget-exceeded');
    expect(of.accounts.refused).toMatchObject([{ end: 'refused', errorCode: 'budget-exceeded' }]);
  });

  test.each([
    ['this route', ['/v1/messages'], undefined],
    ['Anthropic’s routes', ['anthropic_routes'], undefined],
    ['OpenAI’s', ['openai_routes'], 'model-not-allowed'],
    ['chat completions', ['/v1/chat/completions'], 'model-not-allowed'],
  ])('a key for %s', async (_rule, allowedRoutes, code) => {
    const of = ask({}, { key: virtualKey({ allowedRoutes }) });
    of.bedrock.script = (bedrock) => bedrock.head().bytes(JSON.stringify(message)).end();
    await run(of);
    expect(of.reply.failure?.code).toBe(code);
  });

  test('a caller who left', async () => {
    const of = ask({ stream: true });
    const gone = new GatewayError('client-gone', 'gone');
    of.bedrock.script = (bedrock) => {
      bedrock.head().bytes(chunk(start), chunk(block));
      of.abort.abort(gone);
      bedrock.error(gone);
    };
    await run(of);
    expect(of.outcomes).toEqual(['client-gone']);
    expect(of.accounts.settled).toMatchObject([{ end: 'cut', errorCode: 'client-gone' }]);
  });
});

describe('through LiteLLM', () => {
  test('a model of another provider goes on as it came', async () => {
    const of = ask({ model: 'gpt', made_up: 1 }, { withLitellm: true });
    of.litellm.script = (litellm) => litellm.head(200, { 'content-type': 'application/json' }).bytes('{}').end();
    await run(of, '/anthropic/v1/messages?beta=true');
    expect(of.litellm.requests).toMatchObject([{ method: 'POST', target: '/v1/messages?beta=true' }]);
    expect(JSON.parse(String(of.litellm.requests[0]?.body))).toMatchObject({ model: 'gpt', made_up: 1 });
    expect(of.reply.headers['x-gateway-served-by']).toBe('litellm');
    expect(of.accounts.opened).toEqual([]);
  });

  test.each([
    ['a field that is not the caller’s', { api_base: 'http://x' }, '/v1/messages'],
    ['a model in the query', {}, '/v1/messages?model=x'],
  ])('not with %s', async (_rule, body, target) => {
    const of = ask({ model: 'gpt', ...body }, { withLitellm: true });
    await run(of, target);
    expect(of.reply.failure?.code).toBe('invalid-request');
    expect(of.litellm.requests).toEqual([]);
  });
});
