import { describe, expect, test } from 'vitest';
import { serveCountTokens } from './count-tokens.ts';
import { alias, catalogueOf, type Harness, type HarnessOptions, harness, virtualKey } from './test-support/harness.ts';

const profile = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
const catalogue = catalogueOf(
  alias('claude', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'),
  alias('hidden', profile),
  alias('nova', 'us.amazon.nova-lite-v1:0'),
  alias('prompt', 'arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ'),
  alias('gpt', 'openai/gpt'),
);

const ask = (body: object = {}, options: HarnessOptions = {}): Harness =>
  harness({
    dialect: 'anthropic',
    catalogue,
    ...options,
    body: { model: 'claude', messages: [{ role: 'user', content: 'hi' }], ...body },
  });
const run = (of: Harness, target = '/v1/messages/count_tokens'): Promise<void> =>
  of.run((call, services) => serveCountTokens(call, services, target));

function answers(of: Harness, status: number, body: object, headers = {}): void {
  of.bedrock.script = (bedrock) => bedrock.head(status, headers).bytes(JSON.stringify(body)).end();
}

/** What was to be counted. */
function counted(of: Harness): Record<string, unknown> {
  const { input } = JSON.parse(String(of.bedrock.requests[0]?.body)) as { input: { invokeModel: { body: string } } };
  return JSON.parse(Buffer.from(input.invokeModel.body, 'base64').toString()) as Record<string, unknown>;
}

describe('Bedrock counts', () => {
  test.each([
    ['for a profile of a Claude, by the model’s own id', 'claude', {}],
    [
      'for what is behind another profile',
      'hidden',
      {
        behind: {
          [profile]: {
            kind: 'application-inference-profile',
            modelIds: ['us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
            unknownBecause: undefined,
          },
        },
      } as const,
    ],
  ])('%s', async (_rule, model, options) => {
    const of = ask({ model, system: 's' }, options);
    answers(of, 200, { inputTokens: 12 });
    await run(of);
    expect(of.bedrock.requests[0]?.target).toMatchObject({
      operation: 'count-tokens',
      deployment: { modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0' },
    });
    expect(counted(of)).toMatchObject({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 1024,
      messages: [{ role: 'user', content: 'hi' }],
    });
    expect(JSON.parse(of.reply.body.toString())).toEqual({ input_tokens: 12 });
    expect(of.reply.headers['x-gateway-token-count']).toBeUndefined();
  });

  test('with room for what is thought', async () => {
    const of = ask({ thinking: { type: 'enabled', budget_tokens: 5000 } });
    answers(of, 200, { inputTokens: 12 });
    await run(of);
    expect(counted(of)).toMatchObject({ max_tokens: 6024, thinking: { budget_tokens: 5000 } });
  });

  test('and what it refuses is refused', async () => {
    const of = ask();
    answers(of, 429, { message: 'slow' }, { 'x-amzn-errortype': 'ThrottlingException' });
    await run(of);
    expect(of.reply.failure?.code).toBe('upstream-throttled');
  });

  test.each([{}, { inputTokens: '1' }])('and an answer without a count is none: %j', async (body) => {
    const of = ask();
    answers(of, 200, body);
    await run(of);
    expect(of.reply.failure?.code).toBe('upstream-failed');
  });
});

describe('the size of the request says it', () => {
  test.each([
    ['for a model that Bedrock never counts for', 'nova', undefined],
    ['for one that it does not count for here', 'claude', "The provided model doesn't support counting tokens."],
  ])('%s', async (_rule, model, message) => {
    const of = ask({ model, messages: [{ role: 'user', content: 'x'.repeat(3000) }] });
    answers(of, 400, { message }, { 'x-amzn-errortype': 'ValidationException' });
    await run(of);
    expect(of.bedrock.requests).toHaveLength(message === undefined ? 0 : 1);
    const { input_tokens: tokens } = JSON.parse(of.reply.body.toString()) as { input_tokens: number };
    expect(tokens).toBeGreaterThan(1000);
    expect(tokens).toBeLessThan(1100);
    expect(of.reply.headers['x-gateway-token-count']).toBe('estimate');
  });
});

test('nothing is booked', async () => {
  const of = ask();
  answers(of, 200, { inputTokens: 12 });
  await run(of);
  expect([of.accounts.opened, of.accounts.settled, of.accounts.refused]).toEqual([[], [], []]);
});

test('LiteLLM counts for all others', async () => {
  const of = ask({ model: 'gpt' }, { withLitellm: true });
  of.litellm.script = (litellm) =>
    litellm.head(200, { 'content-type': 'application/json' }).bytes('{"input_tokens":3}').end();
  await run(of, '/anthropic/v1/messages/count_tokens?beta=true');
  expect(of.litellm.requests).toMatchObject([{ target: '/v1/messages/count_tokens?beta=true' }]);
  expect(of.reply.body.toString()).toBe('{"input_tokens":3}');
});

describe('what is refused', () => {
  test.each<[rule: string, body: object, options: HarnessOptions, code: string]>([
    ['a key for other routes', {}, { key: virtualKey({ allowedRoutes: ['/v1/messages'] }) }, 'model-not-allowed'],
    ['a model that is none', { model: 'nope' }, {}, 'model-not-found'],
    ['a managed prompt', { model: 'prompt' }, {}, 'invalid-request'],
    ['no messages', { messages: null }, {}, 'invalid-request'],
    ['a field that LiteLLM would read', { model: 'gpt', api_base: 'x' }, { withLitellm: true }, 'invalid-request'],
  ])('%s', async (_rule, body, options, code) => {
    const of = ask(body, options);
    await run(of);
    expect(of.reply.failure?.code).toBe(code);
    expect(of.litellm.requests).toEqual([]);
  });
});
