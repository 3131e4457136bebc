import { encodeEventFrame, encodeExceptionFrame, frameEncoder } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { serveChat } from './chat.ts';
import { alias, catalogueOf, type Harness, type HarnessOptions, harness } from './test-support/harness.ts';

const catalogue = catalogueOf(alias('nova', 'us.amazon.nova-lite-v1:0'));
const ask = (change: Record<string, unknown> = {}): HarnessOptions => ({
  dialect: 'openai',
  catalogue,
  body: { model: 'nova', messages: [{ role: 'user', content: 'hi' }], ...change },
});
const run = (of: Harness): Promise<void> => of.run(serveChat);

/** The JSON events of an SSE body, and the raw text. */
function events(of: Harness): { text: string; json: Record<string, unknown>[] } {
  const text = of.reply.body.toString();
  const json = [...text.matchAll(/^data: (\{.*\})$/gm)].map(
    (each) => JSON.parse(each[1] ?? '') as Record<string, unknown>,
  );
  return { text, json };
}

const start = encodeEventFrame('messageStart', { role: 'assistant' });
const delta = encodeEventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hello' } });
const stop = encodeEventFrame('messageStop', { stopReason: 'end_turn' });
const metadata = encodeEventFrame('metadata', { usage: { inputTokens: 7, outputTokens: 3 } });

describe('a whole answer', () => {
  test('is translated both ways', async () => {
    const of = harness(ask());
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
    expect(JSON.parse(of.bedrock.requests[0]?.body.toString() ?? '')).toMatchObject({
      messages: [{ role: 'user', content: [{ text: 'hi' }] }],
    });
    expect(of.bedrock.requests[0]?.target).toMatchObject({
      operation: 'converse',
      deployment: { modelId: 'us.amazon.nova-lite-v1:0' },
    });
    expect(JSON.parse(of.reply.body.toString())).toMatchObject({
      id: 'chatcmpl-req-1',
      created: 1_000,
      model: 'nova',
      choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 7, completion_tokens: 3 },
    });
    expect(of.record).toMatchObject({
      usage: { inputTokens: 7, outputTokens: 3 },
      stopReason: 'end_turn',
      stream: false,
    });
  });

  test('is logged without what is for the caller alone', async () => {
    const functions = [{ name: 'f', parameters: { type: 'object', properties: {} } }];
    const of = harness({ ...ask({ functions }), logsContent: true });
    const toolUse = { toolUseId: 't', name: 'f', input: {} };
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(JSON.stringify({ output: { message: { content: [{ toolUse }] } }, stopReason: 'tool_use' }))
        .end();
    await run(of);
    expect(JSON.parse(of.reply.body.toString())).toMatchObject({
      session_id: 'req-1',
      choices: [{ message: { function_call: { name: 'f' } } }],
    });
    expect(of.record.content?.messages).toEqual([{ role: 'user', content: 'hi' }]);
    const logged = of.record.content?.answer();
    expect(logged).toMatchObject({ choices: [{ message: { tool_calls: [{ id: 't' }] } }] });
    expect(logged).not.toHaveProperty('session_id');
  });

  test('names the parameters that were not passed on', async () => {
    const of = harness(ask({ seed: 1 }));
    of.bedrock.script = (bedrock) =>
      bedrock.head().bytes('{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn"}').end();
    await run(of);
    expect(of.reply.headers['x-gateway-dropped-params']).toBe('seed');
    expect(of.record.droppedParams).toEqual(['seed']);
  });

  test.each([
    [429, 'ThrottlingException', 'slow', 'upstream-throttled'],
    [400, 'ValidationException', 'bad field', 'upstream-rejected'],
    [400, 'ValidationException', 'Input is too long for requested model.', 'upstream-context-too-long'],
    [403, 'AccessDeniedException', 'arn:aws:iam::123456789012:role/x', 'upstream-access-denied'],
    [408, 'ModelTimeoutException', 'late', 'upstream-timeout'],
    [424, 'ModelErrorException', 'broken', 'upstream-model-error'],
    [503, 'ServiceUnavailableException', 'busy', 'upstream-overloaded'],
    [404, 'ResourceNotFoundException', 'gone', 'upstream-model-not-found'],
    [599, '', 'strange', 'upstream-failed'],
  ])('a refusal is an error of ours: %i %s', async (status, type, message, code) => {
    const of = harness(ask());
    of.bedrock.script = (bedrock) =>
      bedrock.head(status, { 'x-amzn-errortype': type, 'retry-after': '3' }).bytes(JSON.stringify({ message })).end();
    await run(of);
    expect(of.reply.failure).toMatchObject({ code, retryAfterSeconds: 3 });
    expect(of.reply.failure?.message).not.toContain('arn:');
    expect(of.outcomes).toEqual(['upstream-error']);
  });

  test.each(['<html>', '{}', '{"output":{}}'])(
    'an answer that is no Converse answer is the upstream’s failure: %s',
    async (text) => {
      const of = harness(ask());
      of.bedrock.script = (bedrock) => bedrock.head().bytes(text).end();
      await run(of);
      expect(of.reply.failure?.code).toBe('upstream-failed');
    },
  );
});

describe('a stream', () => {
  test('ends with finish reason, usage when asked, and [DONE]', async () => {
    const of = harness(ask({ stream: true, stream_options: { include_usage: true } }));
    of.bedrock.script = (bedrock) => bedrock.head().bytes(start, delta, stop, metadata).end();
    await run(of);
    const { text, json } = events(of);
    expect(
      json.map((each) => (each['choices'] as { delta: { content?: string } }[])[0]?.delta.content ?? '').join(''),
    ).toBe('Hello');
    expect(json.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } });
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(of.reply.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    });
    expect(of.record).toMatchObject({ usage: { inputTokens: 7, outputTokens: 3 }, stopReason: 'end_turn' });
    expect(of.outcomes).toEqual(['ok']);
  });

  test.each([
    ['an exception frame', [encodeExceptionFrame('modelStreamErrorException', 'boom')], 'upstream-model-error'],
    ['an end without messageStop', [], 'upstream-cut'],
    [
      'a corrupt frame',
      [Buffer.concat([delta.subarray(0, -1), Buffer.from([delta.at(-1) === 0 ? 1 : 0])])],
      'upstream-cut',
    ],
    [
      'a payload that is not JSON',
      [frameEncoder({ ':event-type': 'contentBlockDelta' })('{not json')],
      'upstream-failed',
    ],
  ])('%s gives what came and then an error, never [DONE]', async (_name, rest, code) => {
    const of = harness(ask({ stream: true }));
    // All in one piece: what comes before the fault must not go down with it.
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(Buffer.concat([start, delta, ...rest]))
        .end();
    await run(of);
    expect(events(of).text).toContain('Hello');
    expect(events(of).text).not.toContain('[DONE]');
    expect(of.reply.failure?.code).toBe(code);
    expect(of.outcomes).toEqual(['upstream-error']);
  });

  test('a call that is cut is settled with what was already reported', async () => {
    const of = harness(ask({ stream: true }));
    of.bedrock.script = (bedrock) => bedrock.head().bytes(start, delta, metadata).end();
    await run(of);
    expect(of.record.usage).toEqual({ inputTokens: 7, outputTokens: 3 });
    expect(of.reply.failure?.code).toBe('upstream-cut');
  });

  test('a stop reason that is an error is one, and the usage behind it is booked', async () => {
    const of = harness(ask({ stream: true }));
    const malformed = encodeEventFrame('messageStop', { stopReason: 'malformed_tool_use' });
    of.bedrock.script = (bedrock) => bedrock.head().bytes(start, delta, malformed, metadata).end();
    await run(of);
    expect(of.reply.failure?.code).toBe('upstream-model-error');
    expect(events(of).text).toContain('Hello');
    expect(events(of).text).not.toContain('finish_reason":"');
    expect(of.record).toMatchObject({ usage: { inputTokens: 7, outputTokens: 3 }, stopReason: 'malformed_tool_use' });
  });

  test('a silent model gets comments, before the first byte too', async () => {
    const of = harness(ask({ stream: true }));
    const running = run(of);
    await new Promise(setImmediate);
    of.clock.nowMs += 10_000;
    of.heartbeats.beat();
    expect(of.reply.body.toString()).toBe(': ping\n\n');
    of.bedrock.head().bytes(start, delta, stop).end();
    await running;
    expect(of.outcomes).toEqual(['ok']);
  });
});

describe('what the translation adds', () => {
  const person = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
  const response_format = { type: 'json_schema', json_schema: { name: 'person', schema: person } };

  test('an answer in JSON comes as text, and ends as one', async () => {
    const of = harness(ask({ response_format }));
    const toolUse = { toolUseId: 't', name: 'json_person', input: { name: 'Jan' } };
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(
          JSON.stringify({
            output: { message: { role: 'assistant', content: [{ toolUse }] } },
            stopReason: 'tool_use',
            usage: { inputTokens: 7, outputTokens: 3 },
          }),
        )
        .end();
    await run(of);
    expect(JSON.parse(of.bedrock.requests[0]?.body.toString() ?? '')).toMatchObject({
      toolConfig: { toolChoice: { tool: { name: 'json_person' } } },
    });
    expect(JSON.parse(of.reply.body.toString())).toMatchObject({
      choices: [{ message: { content: '{"name":"Jan"}' }, finish_reason: 'stop' }],
    });
  });

  test('the header anthropic-beta goes by the list of the model', async () => {
    const claude = catalogueOf(alias('claude', 'us.anthropic.claude-sonnet-4-20250514-v1:0'));
    const headers = { 'anthropic-beta': 'context-1m-2025-08-07,unheard-of' };
    const body = { model: 'claude', messages: [{ role: 'user', content: 'hi' }] };
    const of = harness({ dialect: 'openai', catalogue: claude, body, headers });
    of.bedrock.script = (bedrock) => bedrock.head(400).bytes('{}').end();
    await run(of);
    expect(JSON.parse(of.bedrock.requests[0]?.body.toString() ?? '')).toMatchObject({
      additionalModelRequestFields: { anthropic_beta: ['context-1m-2025-08-07'] },
    });
    expect(of.record.droppedParams).toEqual(['anthropic_beta.unheard-of']);
  });
});

test('a profile that hides its model is asked as the model behind it', async () => {
  const profile = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
  const modelIds = ['anthropic.claude-opus-4-7'];
  const of = harness({
    dialect: 'openai',
    catalogue: catalogueOf(alias('mine', profile)),
    behind: { [profile]: { kind: 'application-inference-profile', modelIds, unknownBecause: undefined } },
    body: { model: 'mine', messages: [{ role: 'user', content: 'hi' }], temperature: 0.5, reasoning_effort: 'low' },
  });
  of.bedrock.script = (bedrock) => bedrock.head(400).bytes('{}').end();
  await run(of);
  const sent = JSON.parse(of.bedrock.requests[0]?.body.toString() ?? '');
  expect(sent).toMatchObject({ additionalModelRequestFields: { thinking: { type: 'adaptive' } } });
  expect(sent).not.toHaveProperty('inferenceConfig');
  expect(of.bedrock.requests[0]?.target).toMatchObject({ deployment: { modelId: profile } });
  expect(of.record.droppedParams).toEqual(['temperature']);
});

describe('guardrails', () => {
  const guardrailConfig = { guardrailIdentifier: 'abc', guardrailVersion: '1', trace: 'enabled' };
  const guarded = catalogueOf(
    alias('nova', 'us.amazon.nova-lite-v1:0', [{ scope: 'alias', kind: 'guardrails', name: 'x' }]),
  );

  test('a caller may add one, and sees its trace', async () => {
    const of = harness(ask({ guardrailConfig }));
    const trace = { guardrail: { actionReason: 'No action.' } };
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(
          JSON.stringify({
            output: { message: { role: 'assistant', content: [{ text: 'a' }] } },
            stopReason: 'end_turn',
            trace,
          }),
        )
        .end();
    await run(of);
    expect(JSON.parse(of.bedrock.requests[0]?.body.toString() ?? '')).toMatchObject({ guardrailConfig });
    expect(JSON.parse(of.reply.body.toString())).toMatchObject({ trace });
  });

  test.each([
    [{ guardrailConfig }, 'guardrailConfig'],
    [{ extra_body: { guardrailConfig } }, 'extra_body.guardrailConfig'],
  ])('none takes the place of the one that an administrator set: %j', async (fields, param) => {
    const of = harness({ ...ask(fields), catalogue: guarded, withLitellm: true });
    await run(of);
    expect(of.reply.failure).toMatchObject({ code: 'invalid-request', param });
    expect(of.litellm.requests).toEqual([]);
  });
});
