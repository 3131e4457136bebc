import type { Prompt } from '@genai-gateway/prompts';
import { describe, expect, test } from 'vitest';
import { serveNative } from './native.ts';
import { catalogue, memoryHistory, promptOfOne, sentTo, talk, type Way } from './test-support/conversations.ts';
import { alias, catalogueOf, type HarnessOptions, harness, keyScope, virtualKey } from './test-support/harness.ts';

const arn = `${promptOfOne().arn}:1`;
const variables = { promptVariables: { who: { text: 'Ann' } } };
const chat: Way = { api: 'openai', model: arn, stream: false };
const converse: Way = { api: 'converse', model: arn, stream: false };
const [plain] = promptOfOne().variants;
const variantFor = (model: string, change: object = {}): Prompt['variants'][number] => {
  if (plain === undefined) throw new Error('no variant');
  return { ...plain, model, ...change };
};
const forModel = (model: string): Prompt => promptOfOne({ variants: [variantFor(model)] });
const ask = (way: Way, prompts: readonly Prompt[], body: object = {}, options: HarnessOptions = {}) =>
  talk(memoryHistory(), way, { messages: [], body: { ...variables, ...body }, options: { prompts, ...options } });

describe.each([
  ['nova', false],
  ['nova', true],
  ['claude', false],
  ['claude', true],
  ['gpt', false],
  ['gpt', true],
] as const)('a prompt for %s, stream: %s', (model, stream) => {
  test.each(['openai', 'converse', 'anthropic'] as const)('is called by %s', async (api) => {
    const of = await ask({ api, model: arn, stream }, [forModel(model)]);
    expect(of.record.errorCode).toBeUndefined();
    expect(JSON.stringify(sentTo(of)['messages'])).toContain('Greet Ann.');
    expect(JSON.stringify(sentTo(of))).not.toContain('promptVariables');
    expect(of.reply.announced).toMatchObject({ 'x-gateway-prompt': 'greeting:1', 'x-gateway-prompt-variant': 'plain' });
    expect(of.record.prompt).toEqual({ promptId: 'ABCDEFGHIJ', version: '1', variant: 'plain' });
    expect(of.record.isTurnSaved).toBe(true);
  });
});

describe('a prompt', () => {
  test('brings its parameters; those of the request go before them', async () => {
    const of = await ask(chat, [promptOfOne()], { temperature: 0.5 });
    expect(sentTo(of)['inferenceConfig']).toEqual({ maxTokens: 50, temperature: 0.5 });
    const other = await ask(chat, [promptOfOne()], { max_tokens: 7 });
    expect(sentTo(other)['inferenceConfig']).toMatchObject({ maxTokens: 7 });
  });

  test('has an end by Messages, where a model must be told of one and nobody says it', async () => {
    const prompt = promptOfOne({ variants: [variantFor('claude', { inferenceConfig: undefined })] });
    const of = await ask({ ...chat, api: 'anthropic' }, [prompt], { max_tokens: undefined });
    expect(of.record.errorCode).toBeUndefined();
    expect(sentTo(of)['max_tokens']).toBe(4_096);
  });

  test('stands in front of the caller’s messages, and is not kept with them', async () => {
    const history = memoryHistory();
    const asked = { body: variables, options: { prompts: [promptOfOne()] } };
    await talk(history, chat, { ...asked, sessionId: 's', text: 'one', says: 'ONE' });
    const of = await talk(history, chat, { ...asked, sessionId: 's', text: 'two' });
    expect(sentTo(of)['messages']).toEqual([
      { role: 'user', content: [{ text: 'Greet Ann.' }, { text: 'one' }] },
      { role: 'assistant', content: [{ text: 'ONE' }] },
      { role: 'user', content: [{ text: 'two' }] },
    ]);
  });

  test('that a session began with is read once', async () => {
    const history = memoryHistory();
    const asked = { body: variables, options: { prompts: [promptOfOne()] } };
    await talk(history, chat, { ...asked, sessionId: 's', messages: [], says: 'ONE' });
    const of = await talk(history, chat, { ...asked, sessionId: 's', text: 'two' });
    expect(JSON.stringify(sentTo(of)).match(/Greet Ann/g)).toHaveLength(1);
  });

  test('is measured and booked as what it comes to', async () => {
    const long = promptOfOne({
      variants: [
        variantFor('nova', { template: { kind: 'text', text: 'x'.repeat(30_000), cachePoint: false, variables: [] } }),
      ],
    });
    const of = await ask(chat, [long], { promptVariables: {} });
    expect(of.accounts.opened[0]?.estimatedTokens).toBeGreaterThan(10_000);
    expect(of.accounts.settled).toMatchObject([{ end: 'delivered', isEstimate: false }]);
  });

  test.each<[string, object, string]>([
    ['missing', { promptVariables: {} }, "missing: 'who'"],
    ['not its own', { promptVariables: { who: 'Ann', what: 'x' } }, "not in the prompt: 'what'"],
  ])('refuses variables that are %s', async (_what, body, text) => {
    for (const way of [chat, converse]) {
      const of = await ask(way, [promptOfOne()], body);
      expect(of.reply.failure).toMatchObject({ code: 'invalid-request', message: expect.stringContaining(text) });
    }
  });

  test('that is none refuses variables', async () => {
    const of = await talk(memoryHistory(), { ...chat, model: 'nova' }, { body: variables });
    expect(of.reply.failure).toMatchObject({ code: 'invalid-request', param: 'promptVariables' });
  });

  test('beside fields that it brings itself is refused in Converse', async () => {
    const of = await ask(converse, [promptOfOne()], { system: [{ text: 'x' }] });
    expect(of.reply.failure).toMatchObject({ code: 'invalid-request', param: 'system' });
  });

  test('that does not exist is not found', async () => {
    const of = await ask(chat, []);
    expect(of.reply.failure).toMatchObject({ code: 'prompt-not-found' });
  });

  test('of another region is refused', async () => {
    const foreign = arn.replace('us-east-1', 'eu-west-1');
    const of = await ask({ ...chat, model: foreign }, []);
    expect(of.reply.failure).toMatchObject({ code: 'region-not-allowed' });
  });

  test('is no model of InvokeModel', async () => {
    const of = harness({ body: {}, prompts: [promptOfOne()] });
    await of.run((call, services) => serveNative(call, services, { operation: 'invoke', model: arn, headers: {} }));
    expect(of.reply.failure).toMatchObject({ code: 'invalid-request', param: 'model' });
  });
});

describe('Converse without history', () => {
  const native = async (model: string, prompts: readonly Prompt[], options: HarnessOptions = {}) => {
    const body = JSON.stringify({ ...variables, messages: [{ role: 'user', content: [{ text: 'hi' }] }] });
    const of = harness({ body, prompts, catalogue, withLitellm: true, ...options });
    of.bedrock.script = (bedrock) =>
      bedrock
        .head()
        .bytes('{"output":{"message":{"role":"assistant","content":[{"text":"x"}]}},"stopReason":"end_turn"}')
        .end();
    await of.run((call, services) => serveNative(call, services, { operation: 'converse', model, headers: {} }));
    return { of, body };
  };

  test('passes a prompt straight to Bedrock, priced as the model behind it', async () => {
    const { of, body } = await native(arn, [promptOfOne()]);
    expect(of.bedrock.requests).toMatchObject([{ target: { deployment: { modelId: arn, region: 'us-east-1' } } }]);
    expect(String(of.bedrock.requests[0]?.body)).toBe(body);
    expect(of.record.deployment?.modelId).toBe('us.amazon.nova-lite-v1:0');
  });

  test.each<[string, Prompt]>([
    [
      'is made for a name that Bedrock does not know',
      promptOfOne({ variants: [variantFor('nova', { isRedirected: true })] }),
    ],
    ['has weights', promptOfOne({ variants: [variantFor('nova', { weight: 1 })] })],
  ])('fills in a prompt that %s', async (_what, prompt) => {
    const { of } = await native(arn, [prompt]);
    expect(of.bedrock.requests).toMatchObject([{ target: { deployment: { modelId: 'us.amazon.nova-lite-v1:0' } } }]);
    expect(sentTo(of)['messages']).toEqual([{ role: 'user', content: [{ text: 'Greet Ann.' }, { text: 'hi' }] }]);
  });

  test('finds a prompt by its name, and passes it by its ARN', async () => {
    const { of } = await native('prompt:greeting:1', [promptOfOne(), promptOfOne({ version: 'DRAFT' })]);
    expect(of.bedrock.requests).toMatchObject([{ target: { deployment: { modelId: arn } } }]);
  });
});

describe('access', () => {
  const of = (...models: string[]) => ({ key: virtualKey({ modelScopes: [keyScope(...models)] }) });
  test.each<[string, string[], string | undefined]>([
    ['the prompt and the model', [arn, 'nova'], undefined],
    ['the prompt by its name', ['prompt:greeting', 'nova'], undefined],
    ['the prompt alone', [arn], 'model-not-allowed'],
    ['the model alone', ['nova'], 'model-not-allowed'],
  ])('%s: %j', async (_what, models, code) => {
    const call = await ask(chat, [promptOfOne()], {}, of(...models));
    expect(call.reply.failure?.code).toBe(code);
  });

  test('is checked before it is said whether the prompt exists', async () => {
    const call = await ask(chat, [], {}, of('nova'));
    expect(call.reply.failure).toMatchObject({ code: 'model-not-allowed' });
  });

  test('of a limit that names the prompt holds beside those of the model', async () => {
    const limit = (model: string) => ({
      scope: 'key' as const,
      counter: `model_per_key:hash:${model}`,
      model,
      requestsPerMinute: 5,
      tokensPerMinute: undefined,
      maxParallelRequests: undefined,
    });
    const key = virtualKey({ allowance: { limits: [limit(arn), limit('nova'), limit('other')], budgets: [] } });
    const call = await ask(chat, [promptOfOne()], {}, { key });
    expect(call.accounts.opened[0]?.limits.map(({ model }) => model)).toEqual(expect.arrayContaining([arn, 'nova']));
    expect(call.accounts.opened[0]?.limits).toHaveLength(2);
    for (const [way, model] of [
      [chat, 'gpt'],
      [{ ...chat, api: 'anthropic' }, 'gpt'],
    ] as const) {
      const through = await ask(way, [forModel(model)], {}, { key });
      expect(through.reply.failure).toMatchObject({ code: 'not-on-hot-path' });
      expect(through.litellm.requests).toEqual([]);
    }
  });

  test('of who may call no prompt at all has none looked up', async () => {
    const call = await ask({ ...chat, model: 'prompt:greeting' }, [promptOfOne()], {}, of('nova', 'gpt-*'));
    expect(call.reply.failure).toMatchObject({ code: 'model-not-allowed' });
  });
});

describe('an alias of the list of models', () => {
  const second: Prompt = promptOfOne({
    arn: arn.replace('ABCDEFGHIJ:1', 'KLMNOPQRST'),
    promptId: 'KLMNOPQRST',
    name: 'other',
  });
  const named = (weights: readonly (number | undefined)[]) => {
    const rows = [arn, `${second.arn}:1`].map((modelId, index) => ({
      ...alias('hello', modelId).deployments[0],
      weight: weights[index],
    }));
    return catalogueOf(...catalogue.aliases.values(), {
      ...alias('hello', arn),
      deployments: rows.slice(0, weights.length) as ReturnType<typeof alias>['deployments'],
    });
  };
  const call = (weights: readonly (number | undefined)[], sessionId = 's') =>
    talk(
      memoryHistory(),
      { ...chat, model: 'hello' },
      {
        sessionId,
        messages: [],
        body: variables,
        options: { prompts: [promptOfOne(), second], catalogue: named(weights) },
      },
    );

  test('has its limits held, by another name of the group too, and its access group booked', async () => {
    const limits = ['hello'].map((model) => ({
      scope: 'key' as const,
      counter: `model_per_key:hash:${model}`,
      model,
      requestsPerMinute: 5,
      tokensPerMinute: undefined,
      maxParallelRequests: undefined,
    }));
    const key = virtualKey({ allowance: { limits, budgets: [] }, grantedNames: ['paid'] });
    const aliases = [...named([undefined]).aliases.values()].map((each) =>
      each.name === 'hello' ? { ...each, accessGroups: ['paid'] } : each,
    );
    const many = {
      ...catalogueOf(...aliases),
      groupAliases: new Map([['hi', 'hello']]),
      bookedGroups: new Set(['paid']),
    };
    for (const model of ['hello', 'hi']) {
      const of = await ask({ ...chat, model }, [promptOfOne()], {}, { key, catalogue: many });
      expect(of.accounts.opened[0]?.limits).toHaveLength(1);
      expect(of.record.accessGroups).toEqual(['paid']);
    }
  });

  test('leads to a prompt', async () => {
    const of = await call([undefined]);
    expect(of.reply.announced['x-gateway-prompt']).toBe('greeting:1');
  });

  test('leads to several by their weights, the same for one session', async () => {
    expect((await call([0, 1])).reply.announced['x-gateway-prompt']).toBe('other:1');
    const seen = new Map<string, unknown>();
    for (let index = 0; index < 40; index += 1) {
      const of = await call([undefined, undefined], `s${index % 20}`);
      const got = of.reply.announced['x-gateway-prompt'];
      expect(seen.get(`s${index % 20}`) ?? got).toBe(got);
      seen.set(`s${index % 20}`, got);
    }
    expect(new Set(seen.values()).size).toBe(2);
  });

  test('of which none has a share is refused', async () => {
    expect((await call([0, 0])).reply.failure).toMatchObject({ code: 'model-not-found' });
  });
});
