import { encodeEventFrame, encodeExceptionFrame } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { serveResponses } from './responses.ts';
import { catalogue, memoryHistory, promptOfOne } from './test-support/conversations.ts';
import { type Harness, type HarnessOptions, harness, keyScope, virtualKey } from './test-support/harness.ts';

const ask = (change: Record<string, unknown> = {}, more: HarnessOptions = {}): HarnessOptions => ({
  dialect: 'openai',
  catalogue,
  body: { model: 'nova', input: 'hi', ...change },
  ...more,
});
const run = (of: Harness, target = '/v1/responses'): Promise<void> =>
  of.run((call, services) => serveResponses(call, services, target));

const whole = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 7, outputTokens: 3 },
});
const start = encodeEventFrame('messageStart', { role: 'assistant' });
const delta = encodeEventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hello' } });
const stop = encodeEventFrame('messageStop', { stopReason: 'end_turn' });
const metadata = encodeEventFrame('metadata', { usage: { inputTokens: 7, outputTokens: 3 } });

/** A call that gets a whole answer. */
async function answered(options: HarnessOptions): Promise<Harness> {
  const of = harness(options);
  of.bedrock.script = (bedrock) => bedrock.head().bytes(whole).end();
  await run(of);
  return of;
}

const sent = (of: Harness): unknown => JSON.parse(of.bedrock.requests[0]?.body.toString() ?? 'null');
const got = (of: Harness): Readonly<Record<string, unknown>> => JSON.parse(of.reply.body.toString());

/** The names and the data of an SSE body. */
function events(of: Harness): { readonly names: readonly string[]; readonly last: Readonly<Record<string, unknown>> } {
  const found = [...of.reply.body.toString().matchAll(/^event: (.*)\ndata: (.*)$/gm)];
  return { names: found.map(([, name]) => name ?? ''), last: JSON.parse(found.at(-1)?.[2] ?? '{}') };
}

describe('a whole answer', () => {
  test('is translated both ways', async () => {
    const of = await answered(ask({ instructions: 'Be brief.' }));
    expect(sent(of)).toMatchObject({
      system: [{ text: 'Be brief.' }],
      messages: [{ role: 'user', content: [{ text: 'hi' }] }],
    });
    expect(of.bedrock.requests[0]?.target).toMatchObject({ operation: 'converse' });
    expect(got(of)).toMatchObject({
      id: 'resp_req-1',
      created_at: 1_000,
      model: 'nova',
      status: 'completed',
      output: [{ id: 'msg_req-1_0', content: [{ text: 'Hello' }] }],
      usage: { input_tokens: 7, output_tokens: 3 },
    });
    expect(of.record).toMatchObject({ usage: { inputTokens: 7 }, stopReason: 'end_turn', stream: false });
    expect(of.accounts.opened[0]?.requestId).toBe('resp_req-1');
    expect(of.accounts.settled[0]).toMatchObject({ end: 'delivered', endpoint: '/v1/responses' });
  });

  test('names the parameters that were not passed on, as the caller knows them', async () => {
    const of = await answered(ask({ truncation: 'auto', text: { verbosity: 'low' }, seed: 1 }));
    expect(of.reply.headers['x-gateway-dropped-params']).toBe('truncation,seed,text.verbosity');
  });

  test.each([
    [429, 'ThrottlingException', 'upstream-throttled'],
    [403, 'AccessDeniedException', 'upstream-access-denied'],
  ])('a refusal is an error of ours: %i %s', async (status, type, code) => {
    const of = harness(ask());
    of.bedrock.script = (bedrock) => bedrock.head(status, { 'x-amzn-errortype': type }).bytes('{"message":"no"}').end();
    await run(of);
    expect(of.reply.failure?.code).toBe(code);
  });

  test.each(['<html>', '{}'])('an answer that is no Converse answer is the upstream’s failure: %s', async (text) => {
    const of = harness(ask());
    of.bedrock.script = (bedrock) => bedrock.head().bytes(text).end();
    await run(of);
    expect(of.reply.failure?.code).toBe('upstream-failed');
  });

  test('what was said is kept for a log that holds it', async () => {
    const of = await answered(ask({}, { logsContent: true }));
    expect(of.record.content?.messages).toBe('hi');
    expect(of.record.content?.answer()).toMatchObject({ output: [{ content: [{ text: 'Hello' }] }] });
    const told = await answered(ask({ instructions: 'Be brief.' }, { logsContent: true }));
    expect(told.record.content?.messages).toEqual({ instructions: 'Be brief.', input: 'hi' });
  });
});

describe('a stream', () => {
  test('names each event, and ends with the response', async () => {
    const of = harness(ask({ stream: true }));
    of.bedrock.script = (bedrock) => bedrock.head().bytes(start, delta, stop, metadata).end();
    await run(of);
    expect(events(of).names).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events(of).last).toMatchObject({
      response: { usage: { input_tokens: 7 }, output: [{ status: 'completed' }] },
    });
    expect(of.reply.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8' });
    expect(of.accounts.settled[0]).toMatchObject({ usage: { inputTokens: 7, outputTokens: 3 }, isEstimate: false });
  });

  test.each<[how: string, frames: readonly Buffer[], code: string]>([
    ['is cut', [start, delta], 'upstream-cut'],
    ['is throttled', [start, delta, encodeExceptionFrame('throttlingException', 'slow')], 'upstream-throttled'],
    [
      'is malformed',
      [start, delta, encodeEventFrame('messageStop', { stopReason: 'malformed_tool_use' }), metadata],
      'upstream-model-error',
    ],
  ])('that %s ends with an error and a response that failed', async (_, frames, code) => {
    const of = harness(ask({ stream: true }));
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(...frames)
        .end();
    await run(of);
    expect(events(of).names.slice(-2)).toEqual(['error', 'response.failed']);
    expect(of.reply.failure?.code).toBe(code);
    expect(of.accounts.settled[0]?.end).toBe('cut');
  });

  test('that is refused at once is a whole error', async () => {
    const of = harness(ask({ stream: true }));
    of.bedrock.script = (bedrock) => bedrock.head(400, {}).bytes('{"message":"no"}').end();
    await run(of);
    expect(of.reply.started).toBe(false);
    expect(of.reply.failure?.code).toBe('upstream-rejected');
  });
});

describe('what is refused, before anything is asked of the model', () => {
  test.each([
    ['no input', { input: undefined }, 'invalid-request', 'input'],
    ['no model', { model: undefined }, 'invalid-request', 'model'],
    ['a stored response', { previous_response_id: 'resp_1' }, 'invalid-request', 'previous_response_id'],
    ['a tool of OpenAI', { tools: [{ type: 'mcp' }] }, 'invalid-request', 'tools.0.type'],
    ['a prompt that OpenAI keeps', { prompt: { id: 'pmpt_1' } }, 'invalid-request', 'prompt.id'],
    ['an unknown model', { model: 'nope' }, 'model-not-found', 'model'],
    ['a conversation where none is kept', { conversation: 'c1' }, 'invalid-request', 'session_id'],
    ['an id of a conversation that is none', { conversation: { id: 'a b' } }, 'invalid-request', 'conversation'],
  ])('%s', async (_, change, code, param) => {
    const of = await answered(ask(change));
    expect(of.reply.failure).toMatchObject({ code, param });
    expect(of.bedrock.requests).toEqual([]);
    expect(of.accounts.opened).toEqual([]);
  });

  test.each([
    ['a model that the key may not use', { modelScopes: [keyScope('other')] }],
    ['a key for other routes', { allowedRoutes: ['/v1/chat/completions'] }],
  ])('%s', async (_, key) => {
    const of = await answered(ask({}, { key: virtualKey(key) }));
    expect(of.reply.failure?.code).toBe('model-not-allowed');
  });

  test.each(['llm_api_routes', 'openai_routes', '/v1/responses', '/responses', '/v1/*'])(
    'not a key for %s',
    async (route) => {
      const of = await answered(ask({}, { key: virtualKey({ allowedRoutes: [route] }) }));
      expect(of.reply.failure).toBeUndefined();
    },
  );
});

describe('LiteLLM', () => {
  const forwarded = async (body: unknown, target = '/openai/v1/responses?a=b'): Promise<Harness> => {
    const of = harness({ dialect: 'openai', catalogue, body, withLitellm: true });
    of.litellm.script = (litellm) =>
      litellm.head(200, { 'content-type': 'application/json' }).bytes('{"id":"r"}').end();
    await run(of, target);
    return of;
  };

  test('gets every other model, byte for byte, on the path that was called', async () => {
    const body =
      '{ "model":"gpt",  "input":"x", "previous_response_id":"resp_1", "conversation":"conv_1", "prompt":{"id":"pmpt_1"} }';
    const of = await forwarded(body);
    expect(of.litellm.requests[0]).toMatchObject({ method: 'POST', target: '/openai/v1/responses?a=b' });
    expect(of.litellm.requests[0]?.body?.toString()).toBe(body);
    expect(of.reply.body.toString()).toBe('{"id":"r"}');
    expect(of.bedrock.requests).toEqual([]);
  });

  test('gets what names no model', async () => {
    expect((await forwarded({ input: 'x' })).litellm.requests).toHaveLength(1);
  });

  test.each([
    ['a session', { session_id: 's1' }, 'model'],
    ['another host', { api_base: 'https://x.test' }, 'api_base'],
  ])('is not asked with %s', async (_, change, param) => {
    const of = await forwarded({ model: 'gpt', input: 'x', ...change });
    expect(of.reply.failure).toMatchObject({ code: 'invalid-request', param });
    expect(of.litellm.requests).toEqual([]);
  });

  test('is not asked with a second model in the query', async () => {
    expect((await forwarded({ model: 'gpt', input: 'x' }, '/v1/responses?model=other')).reply.failure?.code).toBe(
      'invalid-request',
    );
  });
});

describe('what stands before a response', () => {
  test.each([
    ['a session', { session_id: 's1' }],
    ['a conversation', { conversation: 's1' }],
    ['a conversation, as an object', { conversation: { id: 's1' } }],
  ])('is read of %s, and kept there', async (_, change) => {
    const history = memoryHistory();
    await answered(ask({ ...change, input: 'My name is Ada.' }, { history }));
    const of = await answered(ask({ ...change, input: 'Who am I?' }, { history, requestId: 'req-2' }));
    expect(sent(of)).toMatchObject({
      messages: [
        { role: 'user', content: [{ text: 'My name is Ada.' }] },
        { role: 'assistant', content: [{ text: 'Hello' }] },
        { role: 'user', content: [{ text: 'Who am I?' }] },
      ],
    });
    expect(of.reply.announced).toMatchObject({ 'x-session-id': 's1' });
  });

  test('keeps an answer that is the input of a tool as the text that the caller got', async () => {
    const history = memoryHistory();
    const format = { type: 'json_schema', name: 'n', schema: { type: 'object' } };
    const of = harness(ask({ conversation: 's1', text: { format } }, { history }));
    const toolUse = { toolUseId: 't', name: 'json_n', input: { a: 1 } };
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes(JSON.stringify({ output: { message: { content: [{ toolUse }] } }, stopReason: 'tool_use' }))
        .end();
    await run(of);
    expect(got(of)).toMatchObject({ output: [{ content: [{ text: '{"a":1}' }] }] });
    const next = await answered(ask({ conversation: 's1', input: 'And now?' }, { history, requestId: 'req-2' }));
    expect(sent(next)).toMatchObject({ messages: [{}, { role: 'assistant', content: [{ text: '{"a":1}' }] }, {}] });
  });

  test.each([
    ['alone', {}, ['Greet Ada.']],
    ['with what is said', { input: 'Now.' }, ['Greet Ada.', 'Now.']],
  ])('is a managed prompt %s, by OpenAI’s own field', async (_, change, said) => {
    const prompt = { id: 'prompt:greeting', version: '1', variables: { who: { type: 'input_text', text: 'Ada' } } };
    const asked = ask({ model: undefined, input: undefined, prompt, ...change }, { prompts: [promptOfOne()] });
    const of = await answered(asked);
    const { messages } = sent(of) as {
      readonly messages: readonly { readonly content: readonly { readonly text: string }[] }[];
    };
    expect(messages.flatMap(({ content }) => content.map(({ text }) => text))).toEqual(said);
    expect(of.record.prompt).toMatchObject({ promptId: 'ABCDEFGHIJ', version: '1' });
    expect(got(of)).toMatchObject({ model: 'prompt:greeting:1', prompt: { id: 'prompt:greeting' } });
  });

  test.each(['session_id', 'conversation'])('is the variant of the session that `%s` names', async (field) => {
    const history = memoryHistory();
    const variants = promptOfOne().variants.flatMap((each) => [each, { ...each, name: 'other' }]);
    const prompts = [promptOfOne({ variants: variants.map((each) => ({ ...each, weight: 1 })) })];
    const variantsFor = async (user: string): Promise<readonly unknown[]> => {
      const change = { model: 'prompt:greeting:1', promptVariables: { who: 'Ada' }, user };
      const calls = Array.from({ length: 20 }, (_, index) =>
        answered(ask({ ...change, [field]: `s${index}` }, { history, prompts })),
      );
      return (await Promise.all(calls)).map(({ record }) => record.prompt?.variant);
    };
    const variantsForAda = await variantsFor('ada');
    expect(await variantsFor('bob')).toEqual(variantsForAda);
    expect(new Set(variantsForAda)).toEqual(new Set(['plain', 'other']));
  });
});
