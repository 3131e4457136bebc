import { GatewayError } from '@genai-gateway/core';
import { decodeFrame, encodeEventFrame, encodeExceptionFrame } from '@genai-gateway/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { serveNative } from './native.ts';
import { type Harness, harness } from './test-support/harness.ts';
import type { ModelOperation } from './upstream.ts';

const MODEL = 'us.amazon.nova-lite-v1:0';
const BODY = '{ "messages": [ {"role":"user","content":[{"text":"hi"}]} ] }';

function run(of: Harness, operation: ModelOperation): Promise<void> {
  return of.run((call, services) =>
    serveNative(call, services, { operation, model: MODEL, headers: { 'content-type': 'application/json' } }),
  );
}

const delta = (text: string): Buffer =>
  encodeEventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text }, p: 'abcdef' });
const start = encodeEventFrame('messageStart', { role: 'assistant' });
const stop = encodeEventFrame('messageStop', { stopReason: 'end_turn' });
const metadata = encodeEventFrame('metadata', { usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 } });
const whole = [start, delta('Hel'), delta('lo'), stop, metadata];

describe('converse', () => {
  test('body and answer go through byte for byte, and the usage is read', async () => {
    const of = harness({ body: BODY });
    const answer =
      '{"output":{},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":2,"cacheReadInputTokens":0}}';
    of.bedrock.script = (bedrock) =>
      bedrock
        .head(200, { 'x-amzn-requestid': 'aws-1', 'set-cookie': 'no' })
        .bytes(answer.slice(0, 9), answer.slice(9))
        .end();
    await run(of, 'converse');
    expect(of.bedrock.requests[0]?.body.toString()).toBe(BODY);
    // The session of the call comes first; all else is as Bedrock gave it.
    expect(of.reply.body.toString()).toBe(answer.replace('{', '{"session_id":"req-1",'));
    expect(of.reply.headers).toEqual({ 'content-type': 'application/json', 'x-amzn-requestid': 'aws-1' });
    expect(of.record).toMatchObject({
      usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 0 },
      stopReason: 'end_turn',
      upstreamRequestId: 'aws-1',
    });
    expect(of.record.usage).not.toHaveProperty('cacheWriteTokens');
    expect(of.outcomes).toEqual(['ok']);
  });

  test('tokens of thinking are read where the caller asked the model to tell them', async () => {
    const additionalModelResponseFields = { usage: { output_tokens_details: { thinking_tokens: 2 } } };
    const usage = { inputTokens: 7, outputTokens: 3 };
    const stop = { stopReason: 'end_turn', additionalModelResponseFields };
    const told = {
      converse: [Buffer.from(JSON.stringify({ ...stop, usage }))],
      'converse-stream': [encodeEventFrame('messageStop', stop), encodeEventFrame('metadata', { usage })],
    };
    for (const operation of ['converse', 'converse-stream'] as const) {
      const of = harness({ body: BODY });
      of.bedrock.script = (bedrock) =>
        bedrock
          .head()
          .bytes(...told[operation])
          .end();
      await run(of, operation);
      expect(of.record.usage).toEqual({ ...usage, reasoningTokens: 2 });
    }
  });

  test('a body that is not JSON never reaches the upstream', async () => {
    const of = harness({ body: '{"messages":' });
    await run(of, 'converse');
    expect(of.reply.failure?.code).toBe('invalid-json');
    expect(of.bedrock.requests).toEqual([]);
    expect(of.outcomes).toEqual(['caller-error']);
  });

  test('an answer that is not JSON is the upstream’s failure', async () => {
    const of = harness({ body: BODY });
    of.bedrock.script = (bedrock) => bedrock.head().bytes('<html>').end();
    await run(of, 'converse');
    expect(of.reply.failure?.code).toBe('upstream-failed');
  });

  test.each([
    [429, 'ThrottlingException', { 'retry-after': '7' }, 'upstream-throttled'],
    [400, 'ValidationException', {}, 'upstream-rejected'],
    [424, 'ModelErrorException', {}, 'upstream-model-error'],
    [500, 'InternalServerException', {}, 'upstream-failed'],
  ])('a refusal goes through with status, type and Retry-After: %i %s', async (status, type, headers, code) => {
    const of = harness({ body: BODY });
    of.bedrock.script = (bedrock) =>
      bedrock
        .head(status, { 'x-amzn-errortype': type, ...headers })
        .bytes('{"message":"no"}')
        .end();
    await run(of, 'converse');
    expect(of.reply.status).toBe(status);
    expect(of.reply.headers).toMatchObject({ 'x-amzn-errortype': type, ...headers });
    expect(of.reply.body.toString()).toBe('{"message":"no"}');
    expect(of.record.errorCode).toBe(code);
    expect(of.outcomes).toEqual(['upstream-error']);
  });

  test('a 403 about the model keeps its type and loses our account and role', async () => {
    const of = harness({ body: BODY });
    const message = 'User: arn:aws:sts::123456789012:assumed-role/gw/x is not authorized on account 123456789012';
    of.bedrock.script = (bedrock) =>
      bedrock.head(403, { 'x-amzn-errortype': 'AccessDeniedException' }).bytes(JSON.stringify({ message })).end();
    await run(of, 'converse');
    expect(of.reply.status).toBe(403);
    expect(JSON.parse(of.reply.body.toString())).toEqual({
      message: 'User: [resource] is not authorized on account [account]',
    });
  });

  test.each(['InvalidSignatureException', 'ExpiredTokenException', 'UnrecognizedClientException'])(
    'a 403 about our own credentials is not shown to the caller: %s',
    async (type) => {
      const of = harness({ body: BODY });
      of.bedrock.script = (bedrock) =>
        bedrock.head(403, { 'x-amzn-errortype': type }).bytes('{"message":"The token is wrong"}').end();
      await run(of, 'converse');
      expect(of.reply.failure?.code).toBe('upstream-access-denied');
      expect(of.reply.failure?.message).not.toContain('token');
    },
  );
});

describe('converse-stream', () => {
  test('whatever the cuts, the caller gets the same bytes and the usage is read', async () => {
    const bytes = Buffer.concat(whole);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 }),
        async (cuts) => {
          const of = harness({ body: BODY });
          const bounds = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
          of.bedrock.script = (bedrock) => {
            bedrock.head();
            for (let i = 1; i < bounds.length; i += 1) bedrock.bytes(bytes.subarray(bounds[i - 1], bounds[i]));
            bedrock.end();
          };
          await run(of, 'converse-stream');
          expect(of.reply.body.equals(bytes)).toBe(true);
          expect(of.record).toMatchObject({
            usage: { inputTokens: 7, outputTokens: 3 },
            stopReason: 'end_turn',
            stream: true,
          });
          expect(of.outcomes).toEqual(['ok']);
        },
      ),
      { seed: 7, numRuns: 60 },
    );
  });

  test('an end without messageStop is an error after what came, not a short answer', async () => {
    const of = harness({ body: BODY });
    of.bedrock.script = (bedrock) => bedrock.head().bytes(start, delta('Hel')).end();
    await run(of, 'converse-stream');
    expect(of.reply.body.equals(Buffer.concat([start, delta('Hel')]))).toBe(true);
    expect(of.reply.failure?.code).toBe('upstream-cut');
    expect(of.outcomes).toEqual(['upstream-error']);
  });

  test('half a frame is held back, so that the error after it can be read', async () => {
    const of = harness({ body: BODY });
    of.bedrock.script = (bedrock) => {
      bedrock.head().bytes(start, delta('Hello').subarray(0, 30));
      bedrock.error(new GatewayError('upstream-cut', 'broken'));
    };
    await run(of, 'converse-stream');
    expect(of.reply.body.equals(start)).toBe(true);
    expect(of.reply.failure?.code).toBe('upstream-cut');
    expect(of.reply.failures).toBe(1);
  });

  test('an exception frame goes through as it is and ends the stream', async () => {
    const of = harness({ body: BODY });
    const exception = encodeExceptionFrame('throttlingException', 'slow down');
    of.bedrock.script = (bedrock) => bedrock.head().bytes(start, exception).end();
    await run(of, 'converse-stream');
    expect(of.reply.body.equals(Buffer.concat([start, exception]))).toBe(true);
    expect(of.reply.failure).toBeUndefined();
    expect(of.record.errorCode).toBe('upstream-throttled');
    expect(of.outcomes).toEqual(['upstream-error']);
  });

  test('bytes that are no event stream are an error', async () => {
    const of = harness({ body: BODY });
    of.bedrock.script = (bedrock) => bedrock.head().bytes('<html>this is not an event stream</html>').end();
    await run(of, 'converse-stream');
    expect(of.reply.failure?.code).toBe('upstream-cut');
    expect(of.bedrock.signal?.aborted).toBe(true);
  });

  test('a refusal before the stream goes through as a whole answer', async () => {
    const of = harness({ body: BODY });
    of.bedrock.script = (bedrock) =>
      bedrock.head(429, { 'x-amzn-errortype': 'ThrottlingException' }).bytes('{"message":"no"}').end();
    await run(of, 'converse-stream');
    expect(of.reply.status).toBe(429);
    expect(of.reply.body.toString()).toBe('{"message":"no"}');
  });

  test('frames that come together leave in one write, and the one with the usage once that is booked', async () => {
    const of = harness({ body: BODY });
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(...whole)
        .end();
    await run(of, 'converse-stream');
    expect(of.reply.writes).toHaveLength(2);
    expect(of.reply.body.equals(Buffer.concat(whole))).toBe(true);
  });

  test('a call that cannot even be sent fails, and gets no heartbeats afterwards', async () => {
    const of = harness({ body: BODY });
    of.bedrock.send = () => {
      throw new TypeError('invalid header');
    };
    await run(of, 'converse-stream');
    expect(of.reply.failure?.code).toBe('internal');
    of.clock.nowMs += 60_000;
    of.heartbeats.beat();
    expect(of.reply.writes).toEqual([]);
    expect(of.outcomes).toEqual(['gateway-error']);
  });

  test('a slow reader pauses the upstream until it has caught up', async () => {
    const of = harness({ body: BODY });
    const running = run(of, 'converse-stream');
    await new Promise(setImmediate);
    of.reply.takesMore = false;
    of.bedrock.head().bytes(start);
    await new Promise(setImmediate);
    expect(of.bedrock.paused).toBe(true);
    of.reply.drain();
    expect(of.bedrock.paused).toBe(false);
    of.bedrock.bytes(stop, metadata).end();
    await running;
    expect(of.outcomes).toEqual(['ok']);
  });

  test('a client that leaves cancels the upstream and is settled once', async () => {
    const of = harness({ body: BODY });
    const running = run(of, 'converse-stream');
    await new Promise(setImmediate);
    of.bedrock.head().bytes(start);
    of.abort.abort(new GatewayError('client-gone', 'gone'));
    expect(of.bedrock.signal?.aborted).toBe(true);
    of.bedrock.error(new GatewayError('client-gone', 'gone'));
    await running;
    expect(of.reply.failures).toBe(0);
    expect(of.outcomes).toEqual(['client-gone']);
  });

  test('a stream cut by a drain says so', async () => {
    const of = harness({ body: BODY });
    const running = run(of, 'converse-stream');
    await new Promise(setImmediate);
    of.bedrock.head().bytes(start);
    of.abort.abort(new GatewayError('shutting-down', 'replaced'));
    of.bedrock.error(new GatewayError('client-gone', 'gone'));
    await running;
    expect(of.reply.failure?.code).toBe('shutting-down');
    expect(of.outcomes).toEqual(['gateway-error']);
  });

  test('a silent stream gets heartbeats between frames, which no SDK shows', async () => {
    const of = harness({ body: BODY });
    const running = run(of, 'converse-stream');
    await new Promise(setImmediate);
    of.bedrock.head().bytes(start, delta('x').subarray(0, 20));
    await new Promise(setImmediate);
    of.clock.nowMs += 14_000;
    of.heartbeats.beat();
    expect(of.reply.writes).toHaveLength(1);
    of.clock.nowMs += 2_000;
    of.heartbeats.beat();
    of.heartbeats.beat();
    expect(of.reply.writes).toHaveLength(2);
    const beat = of.reply.writes[1];
    expect(beat === undefined ? undefined : decodeFrame(beat).eventType).toBe('gatewayHeartbeat');
    of.bedrock.bytes(delta('x').subarray(20), stop).end();
    await running;
    expect(of.reply.body.includes(delta('x'))).toBe(true);
  });

  test('a model that does not answer for 10 s gets its stream opened and kept alive', async () => {
    const of = harness({ body: BODY });
    const running = run(of, 'converse-stream');
    await new Promise(setImmediate);
    of.clock.nowMs += 9_000;
    of.heartbeats.beat();
    expect(of.reply.started).toBe(false);
    of.clock.nowMs += 1_000;
    of.heartbeats.beat();
    expect(of.reply).toMatchObject({ started: true, status: 200 });
    expect(of.reply.headers['content-type']).toBe('application/vnd.amazon.eventstream');
    of.bedrock.head(429, { 'x-amzn-errortype': 'ThrottlingException' }).bytes('{"message":"no"}').end();
    await running;
    expect(of.reply.failure?.code).toBe('upstream-throttled');
    expect(of.outcomes).toEqual(['upstream-error']);
  });

  test('an upstream that is paused for a slow reader is no reason for a heartbeat', async () => {
    const of = harness({ body: BODY });
    const running = run(of, 'converse-stream');
    await new Promise(setImmediate);
    of.reply.takesMore = false;
    of.bedrock.head().bytes(start);
    await new Promise(setImmediate);
    of.clock.nowMs += 60_000;
    of.heartbeats.beat();
    expect(of.reply.writes).toHaveLength(1);
    of.reply.drain();
    of.bedrock.bytes(stop).end();
    await running;
  });
});

describe('invoke', () => {
  const chunk = (event: unknown): Buffer =>
    encodeEventFrame('chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64') });
  const metrics = { 'amazon-bedrock-invocationMetrics': { inputTokenCount: 5, outputTokenCount: 9 } };

  test('a body that we do not understand goes through, and the usage comes from the headers', async () => {
    const of = harness({ body: 'not json at all' });
    of.bedrock.script = (bedrock) =>
      bedrock
        .head(200, {
          'content-type': 'image/png',
          'x-amzn-bedrock-input-token-count': '4',
          'x-amzn-bedrock-output-token-count': '0',
        })
        .bytes('PNG')
        .end();
    await run(of, 'invoke');
    expect(of.reply.headers['content-type']).toBe('image/png');
    expect(of.record.usage).toEqual({ inputTokens: 4, outputTokens: 0 });
  });

  test('a Claude stream: usage from the metrics, stop reason from its own event', async () => {
    const of = harness({ body: '{}' });
    const frames = [
      chunk({ type: 'message_start', message: { usage: { input_tokens: 5 } } }),
      chunk({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hi' } }),
      chunk({ type: 'message_delta', delta: { stop_reason: 'max_tokens' }, usage: { output_tokens: 9 } }),
      chunk({ type: 'message_stop', ...metrics }),
    ];
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(...frames)
        .end();
    await run(of, 'invoke-with-response-stream');
    expect(of.reply.body.equals(Buffer.concat(frames))).toBe(true);
    expect(of.record).toMatchObject({ usage: { inputTokens: 5, outputTokens: 9 }, stopReason: 'max_tokens' });
    expect(of.outcomes).toEqual(['ok']);
  });

  test('a Claude stream that began and did not stop was cut', async () => {
    const of = harness({ body: '{}' });
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(chunk({ type: 'message_start' }))
        .end();
    await run(of, 'invoke-with-response-stream');
    expect(of.reply.failure?.code).toBe('upstream-cut');
  });

  test('a stream of a provider that we do not know ends where it ends', async () => {
    const of = harness({ body: '{}' });
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(chunk({ generation: 'hi' }))
        .end();
    await run(of, 'invoke-with-response-stream');
    expect(of.outcomes).toEqual(['ok']);
  });
});
