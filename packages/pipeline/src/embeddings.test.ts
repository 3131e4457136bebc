import { GatewayError } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { serveEmbeddings } from './embeddings.ts';
import { budgetOf } from './test-support/allowances.ts';
import { alias, catalogueOf, type Harness, type HarnessOptions, harness, virtualKey } from './test-support/harness.ts';

const profile = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
const catalogue = catalogueOf(
  alias('titan', 'amazon.titan-embed-text-v2:0'),
  alias('multimodal', 'amazon.titan-embed-image-v1'),
  alias('cohere', 'cohere.embed-english-v3'),
  alias('hidden', profile),
  alias('nova', 'us.amazon.nova-lite-v1:0'),
  alias('openai', 'openai/text-embedding-3-small'),
);

const ask = (body: object, options: HarnessOptions = {}): Harness =>
  harness({ dialect: 'openai', catalogue, ...options, body: { model: 'titan', input: 'tea', ...body } });

/** Titan as it is: the length of its text is its vector, and its tokens. */
function answerTitan(of: Harness): void {
  of.bedrock.script = (bedrock, { body }) => {
    const { inputText } = JSON.parse(String(body)) as { inputText: string };
    const { length } = inputText;
    bedrock
      .head()
      .bytes(JSON.stringify({ embedding: [length, 0.5], inputTextTokenCount: length }))
      .end();
  };
}

const answered = (of: Harness): unknown => JSON.parse(of.reply.body.toString());

describe('a list of texts', () => {
  const input = Array.from({ length: 20 }, (_, at) => 'x'.repeat(at + 1));

  test('is a call each, a few at a time, answered in their order and booked once', async () => {
    const of = ask({ input });
    let most = 0;
    let open = 0;
    of.bedrock.script = (bedrock, { body }) => {
      const { listener } = bedrock;
      const { length } = (JSON.parse(String(body)) as { inputText: string }).inputText;
      open += 1;
      most = Math.max(most, open);
      // Later ones are answered first.
      setTimeout(
        () => {
          open -= 1;
          listener?.onHead(200, {}, { pause: () => {}, resume: () => {} });
          listener?.onBytes(Buffer.from(JSON.stringify({ embedding: [length], inputTextTokenCount: length })));
          listener?.onEnd();
        },
        10 - (length % 10),
      );
    };
    await of.run(serveEmbeddings);
    expect(of.bedrock.requests).toHaveLength(20);
    expect(most).toBe(8);
    expect(answered(of)).toEqual({
      object: 'list',
      data: input.map((text, index) => ({ object: 'embedding', index, embedding: [text.length] })),
      model: 'titan',
      usage: { prompt_tokens: 210, total_tokens: 210 },
    });
    expect(of.accounts.settled).toMatchObject([
      { end: 'delivered', usage: { inputTokens: 210 }, costNanoUsd: 210_000n, isEstimate: false, stream: false },
    ]);
    expect(of.outcomes).toEqual(['ok']);
  });

  test.each([
    ['in its midst', input, 5],
    ['at its end', input.slice(0, 5), 5],
  ])('fails as one %s, and what was used is booked', async (_where, some, failing) => {
    const of = ask({ input: some });
    of.bedrock.script = (bedrock, { body }) => {
      const { length } = (JSON.parse(String(body)) as { inputText: string }).inputText;
      if (length === failing) {
        bedrock.head(429, { 'x-amzn-errortype': 'ThrottlingException' }).bytes('{"message":"slow"}').end();
      } else {
        bedrock
          .head()
          .bytes(JSON.stringify({ embedding: [length], inputTextTokenCount: length }))
          .end();
      }
    };
    await of.run(serveEmbeddings);
    expect(of.reply.failure?.code).toBe('upstream-throttled');
    expect(of.reply.failures).toBe(1);
    expect(of.bedrock.requests.length).toBeLessThan(20);
    const served = of.bedrock.requests
      .map(({ body }) => (JSON.parse(String(body)) as { inputText: string }).inputText.length)
      .filter((length) => length !== failing);
    const inputTokens = served.reduce((sum, length) => sum + length, 0);
    expect(of.accounts.settled).toMatchObject([
      { end: 'cut', errorCode: 'upstream-throttled', usage: { inputTokens }, isEstimate: false },
    ]);
  });

  test('nothing is booked of one that was refused at once', async () => {
    const of = ask({ input: 'tea' });
    of.bedrock.script = (bedrock) =>
      bedrock.head(400, { 'x-amzn-errortype': 'ValidationException' }).bytes('{"message":"bad"}').end();
    await of.run(serveEmbeddings);
    expect(of.reply.failure).toMatchObject({ code: 'upstream-rejected', message: 'bad' });
    expect(of.accounts.settled).toMatchObject([{ end: 'refused', costNanoUsd: 0n }]);
  });

  test('stops when its caller leaves', async () => {
    const of = ask({ input });
    const gone = new GatewayError('client-gone', 'gone');
    of.bedrock.script = (bedrock) => {
      of.abort.abort(gone);
      bedrock.error(gone);
    };
    await of.run(serveEmbeddings);
    expect(of.bedrock.requests).toHaveLength(8);
    expect(of.outcomes).toEqual(['client-gone']);
  });
});

describe('what is told', () => {
  test('base64 is what OpenAI’s clients ask for', async () => {
    const of = ask({ encoding_format: 'base64' });
    answerTitan(of);
    await of.run(serveEmbeddings);
    expect(answered(of)).toMatchObject({
      data: [{ embedding: Buffer.from('000040400000003f', 'hex').toString('base64') }],
    });
  });

  test('fields without effect', async () => {
    const of = ask({ input_type: 'search_query', extra: 1 });
    answerTitan(of);
    await of.run(serveEmbeddings);
    expect(of.reply.headers['x-gateway-dropped-params']).toBe('extra,input_type');
    expect(of.record.droppedParams).toEqual(['extra', 'input_type']);
  });

  test('tokens that the head of the answer tells', async () => {
    const of = ask({ model: 'cohere', input: ['a', 'b'] });
    of.bedrock.script = (bedrock) =>
      bedrock.head(200, { 'x-amzn-bedrock-input-token-count': '4' }).bytes('{"embeddings":[[1],[2]]}').end();
    await of.run(serveEmbeddings);
    expect(of.bedrock.requests).toHaveLength(1);
    expect(answered(of)).toMatchObject({ data: [{ embedding: [1] }, { embedding: [2] }], usage: { prompt_tokens: 4 } });
  });

  test('an estimate where nobody tells', async () => {
    const of = ask({ model: 'cohere', input: 'abcdef' });
    of.bedrock.script = (bedrock) => bedrock.head().bytes('{"embeddings":[[1]]}').end();
    await of.run(serveEmbeddings);
    expect(of.accounts.settled).toMatchObject([{ isEstimate: true }]);
    const { usage } = answered(of) as { usage: { prompt_tokens: number } };
    expect(usage.prompt_tokens).toBe(of.accounts.settled[0]?.usage?.inputTokens);
    expect(usage.prompt_tokens).toBeGreaterThan(1);
  });

  test('pictures are counted', async () => {
    const png = Buffer.from('89504e470d0a1a0a0000000d', 'hex').toString('base64');
    const of = ask({ model: 'multimodal', input: [`data:image/png;base64,${png}`, 'tea'] });
    of.bedrock.script = (bedrock) => bedrock.head().bytes('{"embedding":[1],"inputTextTokenCount":1}').end();
    await of.run(serveEmbeddings);
    expect(of.accounts.settled).toMatchObject([{ usage: { inputTokens: 2, inputImages: 1 } }]);
  });

  test('who pays, where that is configured', async () => {
    const of = ask({}, { attribute: () => ({ 'gateway.key': 'x' }) });
    answerTitan(of);
    await of.run(serveEmbeddings);
    expect(of.bedrock.requests[0]?.headers).toMatchObject({ 'x-amzn-bedrock-request-metadata': '{"gateway.key":"x"}' });
  });
});

describe('who serves it', () => {
  test('a profile is what is behind it', async () => {
    const behind = {
      [profile]: {
        kind: 'application-inference-profile',
        modelIds: ['amazon.titan-embed-text-v2:0'],
        unknownBecause: undefined,
      },
    } as const;
    const of = ask({ model: 'hidden' }, { behind });
    answerTitan(of);
    await of.run(serveEmbeddings);
    expect(of.bedrock.requests[0]?.target).toMatchObject({ operation: 'invoke', deployment: { modelId: profile } });
    expect(answered(of)).toMatchObject({ data: [{ embedding: [3, 0.5] }] });
  });

  test.each([
    ['a model of another provider', 'openai'],
    ['a model that is not known to embed', 'nova'],
  ])('LiteLLM: %s', async (_rule, model) => {
    const of = ask({ model, input: [1, 2] }, { withLitellm: true });
    of.litellm.script = (litellm) => litellm.head(200, { 'content-type': 'application/json' }).bytes('{}').end();
    await of.run(serveEmbeddings);
    expect(of.litellm.requests).toMatchObject([{ method: 'POST', target: '/v1/embeddings' }]);
    expect(JSON.parse(String(of.litellm.requests[0]?.body))).toEqual({ model, input: [1, 2] });
    expect(of.accounts.opened).toEqual([]);
  });

  test.each([
    ['a model that is not known to embed', { model: 'nova' }, 'invalid-request', 'model'],
    ['a model that is none', { model: 'nope' }, 'model-not-found', 'model'],
    ['no model', { model: 1 }, 'invalid-request', 'model'],
    ['tokens', { input: [[1]] }, 'invalid-request', 'input.0'],
  ])('nobody: %s', async (_rule, body, code, param) => {
    const of = ask(body);
    await of.run(serveEmbeddings);
    expect(of.reply.failure).toMatchObject({ code, param });
    expect(of.bedrock.requests).toEqual([]);
  });

  test.each([
    ['all routes of models', ['llm_api_routes'], undefined],
    ['this route', ['/v1/embeddings'], undefined],
    ['this route by its other name', ['/embeddings'], undefined],
    ['all below /v1', ['/v1/*'], undefined],
    ['another route', ['/v1/chat/completions'], 'model-not-allowed'],
    ['management', ['management_routes'], 'model-not-allowed'],
  ])('a key for %s', async (_rule, allowedRoutes, code) => {
    const of = ask({}, { key: virtualKey({ allowedRoutes }) });
    answerTitan(of);
    await of.run(serveEmbeddings);
    expect(of.reply.failure?.code).toBe(code);
  });

  test('nobody, once a budget is spent', async () => {
    const of = ask({});
    of.accounts.refusal = { kind: 'budget', budget: budgetOf(), spentNanoUsd: 2n };
    await of.run(serveEmbeddings);
    expect(of.reply.failure?.code).toBe('budget-exceeded');
    expect(of.bedrock.requests).toEqual([]);
  });
});
