import { type Allowance, type Budget, GatewayError } from '@genai-gateway/core';
import { encodeEventFrame } from '@genai-gateway/protocol';
import { emptyCatalogue, type ModelAlias } from '@genai-gateway/routing';
import { describe, expect, test } from 'vitest';
import { serveChat } from './chat.ts';
import { serveNative } from './native.ts';
import { budgetOf, rateLimitOf } from './test-support/allowances.ts';
import { alias, catalogueOf, type Harness, type HarnessOptions, harness, virtualKey } from './test-support/harness.ts';
import type { ModelOperation } from './upstream.ts';

const MODEL = 'us.amazon.nova-lite-v1:0';
const native = { messages: [{ role: 'user', content: [{ text: 'hi' }] }], inferenceConfig: { maxTokens: 100 } };
const chat = { model: MODEL, messages: [{ role: 'user', content: 'hi' }], max_tokens: 100 };

const runNative = (of: Harness, operation: ModelOperation = 'converse', model = MODEL): Promise<void> =>
  of.run((call, services) => serveNative(call, services, { operation, model, headers: {} }));

const limit = rateLimitOf({ requestsPerMinute: 5 });
const budget = budgetOf({ scope: 'team', counter: 'spend:team:t', maxNanoUsd: 1_000n, refusesWhen: 'exceeded' });
const allowance: Allowance = { limits: [limit], budgets: [budget] };

const delta = encodeEventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hello' } });
const stop = encodeEventFrame('messageStop', { stopReason: 'end_turn' });
const usage = { inputTokens: 1_000, outputTokens: 10 };
const metadata = encodeEventFrame('metadata', { usage });
const answer = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
  stopReason: 'end_turn',
  usage,
});
/** 1000 tokens at one dollar a million, 10 at two. */
const COST = 1_020_000n;

const answering = (options: HarnessOptions = {}): Harness => {
  const of = harness({ body: native, ...options });
  of.bedrock.script = (bedrock) => bedrock.head().bytes(answer).end();
  return of;
};
const streaming = (options: HarnessOptions = {}): Harness => {
  const of = harness({ body: native, ...options });
  of.bedrock.script = (bedrock) => bedrock.head().bytes(delta, stop, metadata).end();
  return of;
};
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('before a call goes to the model', () => {
  test('every limit and budget of the key and of what the call names is asked, with what the call may use and cost', async () => {
    const ofEndUser: Allowance = { limits: [{ ...limit, scope: 'end-user', counter: 'end_user:e' }], budgets: [] };
    const of = answering({
      dialect: 'openai',
      body: { ...chat, user: 'e' },
      key: virtualKey({ allowance }),
      endUsers: { e: { allowance: ofEndUser } },
    });
    await of.run(serveChat);
    const [opened] = of.accounts.opened;
    expect(opened?.limits.map(({ counter }) => counter)).toEqual(['api_key:hash', 'end_user:e']);
    expect(opened?.budgets.map(({ counter }) => counter)).toEqual(['spend:team:t']);
    expect(opened?.estimatedTokens).toBeGreaterThan(100);
    expect(opened?.estimatedNanoUsd).toBeGreaterThan(200_000n);
    expect(opened?.requestId).toBe('chatcmpl-req-1');
    expect(opened?.ifLost).toMatchObject({ requestId: 'chatcmpl-req-1', end: 'cut', isEstimate: true });
  });

  test('a guess at the length of the answer holds no more than a quarter of the smallest limit of tokens', async () => {
    const { inferenceConfig: _none, ...open } = native;
    const allowed = { limits: [{ ...limit, tokensPerMinute: 400 }], budgets: [] };
    const of = answering({ body: open, key: virtualKey({ allowance: allowed }) });
    await runNative(of);
    expect(of.accounts.opened[0]?.estimatedTokens).toBeGreaterThan(100);
    expect(of.accounts.opened[0]?.estimatedTokens).toBeLessThan(200);
  });

  test('a limit refuses it with 429, when to come back and where the caller stands; nothing is sent, and it is booked', async () => {
    const of = answering({ key: virtualKey({ allowance }) });
    of.accounts.refusal = {
      kind: 'requests-per-minute',
      limit,
      standings: { requests: { limit: 5, remaining: 0, resetSeconds: 30 }, tokens: undefined },
      retryAfterSeconds: 30,
    };
    await runNative(of);
    expect(of.reply.failure).toMatchObject({ code: 'rate-limited', retryAfterSeconds: 30 });
    expect(of.reply.announced).toMatchObject({ 'x-ratelimit-remaining-requests': '0' });
    expect(of.bedrock.requests).toEqual([]);
    expect(of.accounts.settled).toEqual([]);
    expect(of.accounts.refused).toMatchObject([
      { requestId: 'req-1', end: 'refused', errorCode: 'rate-limited', costNanoUsd: 0n, usage: undefined },
    ]);
  });

  test('a budget that is spent refuses it', async () => {
    const of = answering({ key: virtualKey({ allowance }) });
    of.accounts.refusal = { kind: 'budget', budget, spentNanoUsd: 2_000n };
    await runNative(of);
    expect(of.reply.failure).toMatchObject({ code: 'budget-exceeded' });
    expect(of.reply.failure?.message).toContain('Budget has been exceeded');
    expect(of.bedrock.requests).toEqual([]);
  });

  test('a model without a price is refused, and never free', async () => {
    const of = answering();
    await runNative(of, 'converse', 'amazon.unpriced-v1:0');
    expect(of.reply.failure?.code).toBe('price-unknown');
    expect(of.bedrock.requests).toEqual([]);
    expect(of.accounts.refused).toMatchObject([{ errorCode: 'price-unknown' }]);
  });

  test('a model without a price is booked at the ceiling where there is one', async () => {
    const rates = { input_cost_per_token: 5_000_000_000_000n, output_cost_per_token: 0n };
    const of = answering({ ceilingPrice: { name: 'ceiling', rates, guardrailRates: {}, maxOutputTokens: undefined } });
    await runNative(of, 'converse', 'amazon.unpriced-v1:0');
    expect(of.accounts.settled).toMatchObject([{ costNanoUsd: 5_000_000n, isEstimate: false }]);
  });

  test('nor at the ceiling where an administrator blocks such models', async () => {
    const ceilingPrice = { name: 'ceiling', rates: {}, guardrailRates: {}, maxOutputTokens: undefined };
    const of = answering({ ceilingPrice, catalogue: { ...emptyCatalogue, refusesUnpriced: true } });
    await runNative(of, 'converse', 'amazon.unpriced-v1:0');
    expect(of.reply.failure?.code).toBe('price-unknown');
    expect(of.reply.failure?.message).toContain('block_requests_for_models_without_pricing');
    expect(of.bedrock.requests).toEqual([]);
  });

  test('a call that is refused for another reason is booked too, once somebody is known to have made it', async () => {
    const of = answering({ dialect: 'openai', body: { ...chat, model: 'nobody-knows' } });
    await of.run(serveChat);
    expect(of.accounts.refused).toMatchObject([{ errorCode: 'model-not-found', requestedModel: 'nobody-knows' }]);
    expect(of.accounts.opened).toEqual([]);
  });
});

describe('access groups', () => {
  const nova: ModelAlias = { ...alias('nova', MODEL), accessGroups: ['beta', 'all'] };
  const catalogue = { ...catalogueOf(nova), bookedGroups: new Set(['beta', 'other']) };
  const ofGroup: Budget = { ...budget, scope: 'access-group', counter: 'spend:model_access_group:beta' };
  const rows: [string, string[], string, string[]][] = [
    ['that the key names', ['beta'], 'nova', ['beta']],
    ['that the key names, of a model by its own id', ['beta', MODEL], MODEL, ['beta']],
    ['that the key does not name', ['nova', '*', 'other'], 'nova', []],
    ['that nothing is booked on', ['all'], 'nova', []],
  ];
  test.each(rows)('%s', async (_rule, grantedNames, model, groups) => {
    const of = answering({ catalogue, key: virtualKey({ grantedNames }), accessGroups: { beta: [ofGroup] } });
    await runNative(of, 'converse', model);
    expect(of.accounts.opened[0]?.budgets).toEqual(groups.length > 0 ? [ofGroup] : []);
    expect(of.accounts.settled).toMatchObject([{ payer: { accessGroups: groups } }]);
  });
});

describe('what was used is durable before the caller has the last of the answer', () => {
  const heldBack = (of: Harness): (() => void) => {
    let let_go = (): void => {};
    of.accounts.durable = new Promise((resolve) => {
      let_go = resolve;
    });
    return let_go;
  };

  test('a whole answer', async () => {
    const of = answering();
    const release = heldBack(of);
    const running = runNative(of);
    await soon();
    expect(of.accounts.settled).toMatchObject([{ end: 'delivered', usage, isEstimate: false, costNanoUsd: COST }]);
    expect(of.reply.started).toBe(false);
    release();
    await running;
    expect(JSON.parse(of.reply.body.toString())).toMatchObject(JSON.parse(answer));
    expect(of.record.costNanoUsd).toBe(COST);
  });

  test('the frame of a native stream that tells the usage', async () => {
    const of = streaming();
    const release = heldBack(of);
    const running = runNative(of, 'converse-stream');
    await soon();
    expect(of.accounts.settled).toMatchObject([{ end: 'delivered', usage, costNanoUsd: COST }]);
    expect(of.reply.body.equals(Buffer.concat([delta, stop]))).toBe(true);
    expect(of.reply.ended).toBe(false);
    release();
    await running;
    expect(of.reply.body.equals(Buffer.concat([delta, stop, metadata]))).toBe(true);
    expect(of.reply.ended).toBe(true);
  });

  test('[DONE] of a stream in OpenAI’s API', async () => {
    const of = streaming({ dialect: 'openai', body: { ...chat, stream: true } });
    const release = heldBack(of);
    const running = of.run(serveChat);
    await soon();
    expect(of.reply.body.toString()).toContain('Hello');
    expect(of.reply.body.toString()).not.toContain('[DONE]');
    release();
    await running;
    expect(of.reply.body.toString()).toMatch(/\[DONE\]\n\n$/);
    expect(of.accounts.settled).toHaveLength(1);
  });

  test('a client that leaves meanwhile is not written to, and the call stays booked as it was', async () => {
    const of = streaming();
    const release = heldBack(of);
    const running = runNative(of, 'converse-stream');
    await soon();
    of.abort.abort(new GatewayError('client-gone', 'gone'));
    release();
    await running;
    expect(of.reply.ended).toBe(false);
    expect(of.accounts.settled).toMatchObject([{ end: 'delivered' }]);
  });
});

describe('a call that does not come to its end is settled once', () => {
  test('cut after it began: with the prompt, and what of the answer came, as an estimate', async () => {
    const of = harness({ body: native });
    of.bedrock.script = (bedrock) => {
      bedrock.head().bytes(delta);
      setTimeout(() => bedrock.error(new GatewayError('upstream-cut', 'cut')), 2);
    };
    await runNative(of, 'converse-stream');
    expect(of.accounts.settled).toMatchObject([{ end: 'cut', errorCode: 'upstream-cut', isEstimate: true }]);
    const [event] = of.accounts.settled;
    expect(event?.usage?.inputTokens).toBeGreaterThan(0);
    expect(event?.usage?.outputTokens).toBeGreaterThan(0);
    expect(event?.costNanoUsd).toBeGreaterThan(0n);
    expect(of.accounts.refused).toEqual([]);
  });

  test('by a client that leaves before the model answers: the model has had its prompt', async () => {
    const of = harness({ body: native });
    of.bedrock.script = (bedrock) => {
      of.abort.abort(new GatewayError('client-gone', 'gone'));
      bedrock.error(new GatewayError('client-gone', 'gone'));
    };
    await runNative(of);
    expect(of.accounts.settled).toMatchObject([{ end: 'cut', errorCode: 'client-gone', isEstimate: true }]);
  });

  test('by a model that told its usage and then failed: with that usage, and no estimate', async () => {
    const of = harness({ body: native });
    of.bedrock.script = (bedrock) => {
      bedrock.head().bytes(delta, metadata).end();
    };
    await runNative(of, 'converse-stream');
    expect(of.accounts.settled).toMatchObject([{ end: 'cut', errorCode: 'upstream-cut', usage, isEstimate: false }]);
  });

  test.each([
    ['the model refuses it', 429, undefined],
    ['nothing answers', undefined, new GatewayError('upstream-unavailable', 'no')],
  ])('%s: nothing was used', async (_what, status, error) => {
    const of = harness({ body: native });
    of.bedrock.script = (bedrock) => {
      if (error !== undefined) bedrock.error(error);
      else bedrock.head(status, { 'x-amzn-errortype': 'ThrottlingException' }).bytes('{"message":"no"}').end();
    };
    await runNative(of);
    expect(of.accounts.settled).toMatchObject([{ end: 'refused', costNanoUsd: 0n, usage: undefined }]);
    expect(of.accounts.settled[0]?.errorCode).toMatch(/^upstream-/);
  });

  test('by a request that cannot be translated: before anything is held for it', async () => {
    const of = answering({ dialect: 'openai', body: { ...chat, messages: 'none' } });
    await of.run(serveChat);
    expect(of.accounts.opened).toEqual([]);
    expect(of.accounts.refused).toMatchObject([{ errorCode: 'invalid-request' }]);
  });
});

describe('whom a call is booked on', () => {
  test('the key, and everybody that it belongs to', async () => {
    const of = answering({
      key: virtualKey({ keyHash: 'k', keyAlias: 'a', userId: 'u', teamId: 't', organizationId: 'o', projectId: 'p' }),
      headers: { 'x-litellm-customer-id': 'e', 'user-agent': 'curl/8' },
    });
    await runNative(of);
    expect(of.accounts.settled[0]?.payer).toMatchObject({
      ...{ keyHash: 'k', keyAlias: 'a', userId: 'u', teamId: 't', organizationId: 'o', projectId: 'p', endUserId: 'e' },
      tags: ['User-Agent: curl', 'User-Agent: curl/8'],
    });
  });

  test('Bedrock is told who pays where that is wanted, in the body of Converse and in a header of InvokeModel', async () => {
    const attribute = (): Record<string, string> => ({ 'gateway.user': 'hash-of-u' });
    const converse = answering({ attribute });
    await runNative(converse);
    expect(JSON.parse(converse.bedrock.requests[0]?.body.toString() ?? '')).toEqual({
      ...native,
      requestMetadata: { 'gateway.user': 'hash-of-u' },
    });
    const invoke = answering({ attribute, body: { max_tokens: 5 } });
    await runNative(invoke, 'invoke');
    expect(invoke.bedrock.requests[0]?.headers).toMatchObject({
      'x-amzn-bedrock-request-metadata': '{"gateway.user":"hash-of-u"}',
    });
    const openai = answering({ attribute, dialect: 'openai', body: chat });
    await openai.run(serveChat);
    expect(JSON.parse(openai.bedrock.requests[0]?.body.toString() ?? '')).toMatchObject({
      requestMetadata: { 'gateway.user': 'hash-of-u' },
    });
  });
});

describe('what is not booked here', () => {
  test('counting tokens, which is free', async () => {
    const of = answering();
    await runNative(of, 'count-tokens');
    expect([of.accounts.opened, of.accounts.refused]).toEqual([[], []]);
  });

  test('what LiteLLM serves, and books', async () => {
    const catalogue = catalogueOf(
      alias('guarded', MODEL, [{ scope: 'alias', kind: 'guardrails', name: 'guardrails' }]),
    );
    const body = { ...chat, model: 'guarded' };
    const of = harness({ dialect: 'openai', body, catalogue, key: virtualKey({ allowance }), withLitellm: true });
    of.litellm.script = (litellm) => litellm.head(500).bytes('{}').end();
    await of.run(serveChat);
    expect([of.accounts.opened, of.accounts.refused, of.accounts.settled]).toEqual([[], [], []]);
  });
});
