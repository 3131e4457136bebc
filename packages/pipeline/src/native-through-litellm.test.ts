import { decodeFrame, forEachFrame } from '@genai-gateway/protocol';
import type { ModelAlias } from '@genai-gateway/routing';
import { describe, expect, test } from 'vitest';
import { serveNative } from './native.ts';
import { alias, catalogueOf, type Harness, type HarnessOptions, harness, virtualKey } from './test-support/harness.ts';
import type { ModelOperation } from './upstream.ts';

const NOVA = 'us.amazon.nova-lite-v1:0';
const one = alias('two-novas', NOVA);
const twoNovas: ModelAlias = { ...one, deployments: [...one.deployments, ...one.deployments] };
const withFallbacks = alias('guarded', NOVA, [{ scope: 'alias', kind: 'fallbacks', name: 'fallbacks' }]);
const gpt = alias('gpt', 'openai/gpt');
const catalogue = catalogueOf(twoNovas, withFallbacks, gpt);
const says = { messages: [{ role: 'user', content: [{ text: 'hi' }] }] };

async function called(
  model: string,
  operation: ModelOperation,
  answer: (of: Harness['litellm']) => void,
  options: HarnessOptions = {},
): Promise<Harness> {
  const of = harness({ catalogue, body: says, withLitellm: true, ...options });
  of.litellm.script = answer;
  await of.run((call, services) => serveNative(call, services, { operation, model, headers: {} }));
  return of;
}

const json = { 'content-type': 'application/json' };
const chunk = (delta: object, finishReason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;

function events(of: Harness): [string, unknown][] {
  const found: [string, unknown][] = [];
  forEachFrame(of.reply.body, (offset) => {
    const frame = decodeFrame(of.reply.body, offset);
    found.push([frame.eventType ?? frame.exceptionType ?? '', JSON.parse(frame.payload.toString())]);
  });
  return found;
}

describe('Converse with a model of another provider', () => {
  test('becomes a chat completion and comes back', async () => {
    const of = await called('gpt', 'converse', (litellm) => {
      const message = { role: 'assistant', content: 'Hello.' };
      const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
      litellm
        .head(200, json)
        .bytes(JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], usage }))
        .end();
    });
    const [request] = of.litellm.requests;
    expect(request?.target).toBe('/v1/chat/completions');
    expect(request?.headers['authorization']).toBe('Bearer sk-test');
    expect(JSON.parse(String(request?.body))).toMatchObject({ model: 'gpt', messages: [{ role: 'user' }] });
    expect(of.reply.headers).toMatchObject({ 'x-gateway-served-by-reason': 'deployment other provider' });
    expect(JSON.parse(of.reply.body.toString())).toMatchObject({
      output: { message: { role: 'assistant', content: [{ text: 'Hello.' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    });
    expect(of.record).toMatchObject({ usage: { inputTokens: 3, outputTokens: 2 }, stopReason: 'end_turn' });
  });

  test('streams as frames, with the usage last', async () => {
    const of = await called('gpt', 'converse-stream', (litellm) => {
      const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
      litellm
        .head(200, { 'content-type': 'text/event-stream' })
        .bytes(`: ping\n\n${chunk({ content: 'He' })}${chunk({ content: 'y' }).slice(0, 9)}`)
        .bytes(chunk({ content: 'y' }).slice(9), chunk({}, 'stop'))
        .bytes(`data: ${JSON.stringify({ choices: [], usage })}\n\n`, 'data: [DONE]\n\n')
        .end();
    });
    const found = events(of);
    expect(found.map(([type]) => type)).toEqual([
      'messageStart',
      'contentBlockDelta',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(found.at(-1)?.[1]).toMatchObject({ usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } });
    expect(of.outcomes).toEqual(['ok']);
  });

  test('a stream that breaks off has no end', async () => {
    const of = await called('gpt', 'converse-stream', (litellm) => {
      litellm
        .head(200, { 'content-type': 'text/event-stream' })
        .bytes(chunk({ content: 'He' }))
        .end();
    });
    expect(events(of).map(([type]) => type)).toEqual(['messageStart', 'contentBlockDelta']);
    expect(of.reply.failure?.code).toBe('upstream-cut');
  });

  test.each(['converse', 'converse-stream'] as const)('a refusal of LiteLLM’s has a type (%s)', async (operation) => {
    const of = await called('gpt', operation, (litellm) => {
      const error = { message: 'litellm.RateLimitError: slow down', type: 'throttling_error', code: '429' };
      litellm.head(429, json).bytes(JSON.stringify({ error })).end();
    });
    expect(of.reply.failure?.code).toBe('upstream-throttled');
  });

  test.each([
    ['ThrottlingException', '{"Message":"Slow down."}', 'upstream-throttled', 'Slow down.'],
    ['ModelError', '{"ErrorCode":"X","OriginalMessage":"Out of memory."}', 'upstream-model-error', 'Out of memory.'],
    ['ValidationException', 'plain words', 'upstream-rejected', 'plain words'],
  ])('an exception of SageMaker’s keeps its meaning: %s', async (exception, theirs, code, message) => {
    const of = await called('gpt', 'converse', (litellm) => {
      const error = { message: `litellm.BadRequestError: SagemakerException - ${theirs}`, code: '400' };
      litellm
        .head(400, { ...json, 'llm_provider-x-amzn-errortype': exception })
        .bytes(JSON.stringify({ error }))
        .end();
    });
    expect([of.reply.failure?.code, of.reply.failure?.message]).toEqual([code, message]);
  });

  test('and its words reach the caller where LiteLLM has forgotten its name', async () => {
    const of = await called('gpt', 'converse-stream', (litellm) => {
      const error = { message: 'litellm.BadRequestError: SagemakerException - {"Message":"Slow down."}', code: '400' };
      litellm.head(400, json).bytes(JSON.stringify({ error })).end();
    });
    expect([of.reply.failure?.code, of.reply.failure?.message]).toEqual(['upstream-rejected', 'Slow down.']);
  });

  test.each(['invoke', 'invoke-with-response-stream'] as const)('%s has no meaning', async (operation) => {
    const of = await called('gpt', operation, () => undefined);
    expect([of.reply.failure?.code, of.litellm.requests]).toEqual(['invalid-request', []]);
    expect(of.reply.failure?.message).toContain('Converse');
  });

  test.each([
    ['local_estimate', 'estimate'],
    ['provider_api', undefined],
    [null, undefined],
  ])('its tokens are counted by LiteLLM: %s', async (source, header) => {
    const input = { converse: { ...says, system: [{ text: 'Be brief.' }] } };
    const of = await called(
      'gpt',
      'count-tokens',
      (litellm) => {
        const counted = { total_tokens: 12, request_model: 'gpt', model_used: 'gpt-4o', count_source: source };
        litellm.head(200, json).bytes(JSON.stringify(counted)).end();
      },
      { body: { input } },
    );
    expect(of.litellm.requests[0]).toMatchObject({ target: '/utils/token_counter?call_endpoint=true' });
    const sent = JSON.parse(String(of.litellm.requests[0]?.body));
    expect(sent).toMatchObject({ messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }] });
    expect([of.reply.status, JSON.parse(of.reply.body.toString())]).toEqual([200, { inputTokens: 12 }]);
    expect(of.reply.headers['x-gateway-token-count']).toBe(header);
  });

  test.each<[what: string, body: object, param: string]>([
    ['nothing', {}, 'input'],
    ['a body of InvokeModel', { input: { invokeModel: { body: 'e30=' } } }, 'input'],
    ['a list', { input: { converse: [] } }, 'input'],
    ['a wrong request', { input: { converse: { messages: [{ role: 'user' }] } } }, 'input.converse.messages.0.content'],
  ])('what cannot be counted is refused at its place: %s', async (_what, body, param) => {
    const of = await called('gpt', 'count-tokens', () => undefined, { body });
    expect([of.reply.failure?.code, of.reply.failure?.param, of.litellm.requests]).toEqual([
      'invalid-request',
      param,
      [],
    ]);
  });

  test('an answer that is no count is an error', async () => {
    const of = await called('gpt', 'count-tokens', (litellm) => litellm.head(200, json).bytes('{}').end(), {
      body: { input: { converse: says } },
    });
    expect(of.reply.failure?.code).toBe('upstream-failed');
  });

  test('a body that is none of Converse’s never gets there', async () => {
    const of = await called('gpt', 'converse', () => undefined, { body: { messages: 'hi' } });
    expect([of.reply.failure?.code, of.litellm.requests]).toEqual(['invalid-request', []]);
  });
});

describe('Bedrock’s own API with settings that LiteLLM holds there too', () => {
  test.each(['converse', 'invoke'] as const)('%s goes and comes byte for byte', async (operation) => {
    const of = await called('two-novas', operation, (litellm) => {
      litellm
        .head(200, { ...json, 'x-amzn-requestid': 'r-1', 'set-cookie': ['a=b'] })
        .bytes('{"x":  1}')
        .end();
    });
    expect(of.litellm.requests[0]).toMatchObject({ target: `/bedrock/model/two-novas/${operation}` });
    expect(String(of.litellm.requests[0]?.body)).toBe(JSON.stringify(says));
    expect(of.reply.body.toString()).toBe(operation === 'invoke' ? '{"x":  1}' : '{"session_id":"req-1","x":  1}');
    expect(of.reply.headers).toEqual({
      'content-type': 'application/json',
      'x-amzn-requestid': 'r-1',
      'x-gateway-served-by': 'litellm',
      'x-gateway-served-by-reason': 'alias several deployments',
    });
  });

  test('an error of Bedrock’s keeps its type', async () => {
    const of = await called('two-novas', 'converse', (litellm) => {
      const detail = { error: '{"message":"Too many requests."}' };
      const headers = {
        ...json,
        'llm_provider-x-amzn-errortype': 'ThrottlingException',
        'llm_provider-retry-after': '3',
      };
      litellm.head(429, headers).bytes(JSON.stringify({ detail })).end();
    });
    expect([of.reply.status, of.reply.body.toString()]).toEqual([429, '{"message":"Too many requests."}']);
    expect(of.reply.headers).toMatchObject({ 'x-amzn-errortype': 'ThrottlingException', 'retry-after': '3' });
  });

  test('an error of LiteLLM’s own becomes one of Bedrock’s', async () => {
    const of = await called('two-novas', 'converse', (litellm) => {
      litellm.head(422, json).bytes('{"error":{"message":"Budget has been exceeded!","type":"budget_exceeded"}}').end();
    });
    expect(of.reply.failure?.code).toBe('upstream-quota-exceeded');
  });

  test('a key with a budget goes the same way', async () => {
    const plain = catalogueOf(alias('nova', NOVA));
    const key = virtualKey({ settings: [{ scope: 'key', kind: 'budget', name: 'max_budget' }] });
    const of = await called('nova', 'invoke', (litellm) => litellm.head(200, json).bytes('{}').end(), {
      catalogue: plain,
      key,
    });
    expect(of.litellm.requests[0]?.target).toBe('/bedrock/model/nova/invoke');
  });
});

describe('an alias of Bedrock’s with fallbacks', () => {
  test('is served by way of the chat, where they hold', async () => {
    const of = await called('guarded', 'converse', (litellm) => litellm.head(500, json).bytes('{}').end());
    expect(of.litellm.requests[0]?.target).toBe('/v1/chat/completions');
  });

  test('is refused by name where they would not', async () => {
    const of = await called('guarded', 'invoke', () => undefined);
    expect(of.reply.failure?.code).toBe('not-on-hot-path');
    expect(of.reply.failure?.message).toContain('alias fallbacks (fallbacks)');
  });
});
