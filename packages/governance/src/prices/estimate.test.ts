import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costOf } from './cost.ts';
import { estimateCut, estimateRequest } from './estimate.ts';
import type { Price } from './price.ts';
import { measureRequest } from './request-size.ts';

const nano = 1_000_000_000n;
const price: Price = {
  name: 'a model',
  rates: {
    input_cost_per_token: 60n * nano,
    output_cost_per_token: 240n * nano,
    cache_creation_input_token_cost: 75n * nano,
    cache_creation_input_token_cost_above_1hr: 120n * nano,
    output_cost_per_token_priority: 480n * nano,
  },
  maxOutputTokens: 10_000,
};
const painter: Price = { name: 'a painter', rates: { output_cost_per_image: 10n * nano }, maxOutputTokens: undefined };
const estimate = (body: unknown, of = price) => estimateRequest(measureRequest(body), of);
const base64 = 'A'.repeat(400_000);

describe('the longest answer is read from every dialect', () => {
  test.each<[string, unknown, number | undefined]>([
    ['Converse', { inferenceConfig: { maxTokens: 7 } }, 7],
    ['Nova', { inferenceConfig: { max_new_tokens: 7 } }, 7],
    ['OpenAI', { max_completion_tokens: 7, max_tokens: 9 }, 7],
    ['Anthropic and Mistral', { max_tokens: 7 }, 7],
    ['the first Claudes', { max_tokens_to_sample: 7 }, 7],
    ['Llama', { max_gen_len: 7 }, 7],
    ['AI21', { maxTokens: 7 }, 7],
    ['Titan', { textGenerationConfig: { maxTokenCount: 7 } }, 7],
    ['several answers', { max_tokens: 7, n: 3 }, 21],
    ['no number', { max_tokens: '7' }, undefined],
    ['a negative one', { max_tokens: -7 }, undefined],
    ['nothing', {}, undefined],
    ['no object', 'text', undefined],
    ['no body', undefined, undefined],
  ])('%s', (_dialect, body, expected) => {
    expect(measureRequest(body).maxOutputTokens).toBe(expected);
  });
});

describe('the prompt is measured', () => {
  test.each<[string, unknown, number, number]>([
    ['text, by its bytes', { a: 'äöü' }, 3, 3],
    ['lists and depth', { a: [{ b: ['xyz'] }] }, 2, 2],
    ["Converse's picture", { image: { format: 'png', source: { bytes: base64 } } }, 1600, 1700],
    ["OpenAI's picture", { type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } }, 1600, 1700],
    ["Anthropic's picture", { type: 'image', source: { type: 'base64', data: base64 } }, 1600, 1700],
    ['a document, which is more than a picture', { document: { source: { bytes: base64 } } }, 20_000, 30_000],
    ["Anthropic's document", { type: 'document', source: { data: base64 } }, 20_000, 30_000],
  ])('%s', (_rule, body, least, most) => {
    const { usage } = estimate(body);
    expect(usage.inputTokens).toBeGreaterThanOrEqual(least);
    expect(usage.inputTokens).toBeLessThanOrEqual(most);
  });

  test('a million levels are no trouble', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 1_000_000; level += 1) deep = [deep];
    expect(measureRequest(deep).textBytes).toBe(1);
  });

  test.each([
    ['a document', { document: { source: { bytes: 'x'.repeat(500) } } }],
    ['a file', { type: 'file', file: { file_data: 'x'.repeat(500) } }],
    ['a recording', { type: 'input_audio', input_audio: { data: 'x'.repeat(500) } }],
    ['a video', { type: 'video_url', video_url: { url: 'x'.repeat(500) } }],
    ['another video', { type: 'input_video', input_video: { data: 'x'.repeat(500) } }],
  ])('%s is no text', (_what, part) => {
    const { textBytes, mediaChars } = measureRequest({ messages: [{ role: 'user', content: [part] }] });
    expect(mediaChars).toBeGreaterThanOrEqual(500);
    expect(textBytes).toBeLessThan(100);
  });

  test('any JSON is measured', () => {
    fc.assert(fc.property(fc.jsonValue(), (body) => measureRequest(body).textBytes >= 0));
  });
});

describe('a call is estimated', () => {
  test('by its prompt and the longest answer', () => {
    const { tokens, nanoUsd, usage } = estimate({ prompt: 'x'.repeat(3000), max_tokens: 100 });
    expect(usage.outputTokens).toBe(100);
    expect(tokens).toBe((usage.inputTokens ?? 0) + 100);
    expect(nanoUsd).toBe(BigInt(usage.inputTokens ?? 0) * 60n + 24_000n);
  });
  test('without a limit by what LiteLLM takes', () => {
    expect(estimate({}).usage.outputTokens).toBe(8192);
  });
  test('or the most of the model, where that is less', () => {
    expect(estimate({}, { ...price, maxOutputTokens: 4096 }).usage.outputTokens).toBe(4096);
  });
  test.each<[string, unknown, bigint]>([
    ['for five minutes', { cachePoint: { type: 'default' } }, 75n],
    ['for an hour', { cachePoint: { type: 'default', ttl: '1h' } }, 120n],
    ['in the words of OpenAI', { prompt_cache_breakpoint: { mode: 'explicit' } }, 75n],
    ['in the words of Anthropic', { cache_control: { type: 'ephemeral', ttl: '1h' } }, 120n],
  ])('as if the cache took all of it, %s', (_rule, mark, rate) => {
    const { nanoUsd, usage } = estimate({ content: ['x'.repeat(300), mark], max_tokens: 0 });
    expect(nanoUsd).toBe(BigInt(usage.cacheWriteTokens ?? 0) * rate);
    expect(usage.cacheWriteTokens).toBeGreaterThan(100);
  });
  test('by the tier that is asked for', () => {
    expect(estimate({ serviceTier: { type: 'priority' }, max_tokens: 10 }).usage.serviceTier).toBe('priority');
    expect(estimate({ service_tier: 'priority', max_tokens: 10 }).nanoUsd).toBeGreaterThan(4800n);
  });
  test('by pictures', () => {
    const { tokens, nanoUsd } = estimate({ imageGenerationConfig: { numberOfImages: 3 } }, painter);
    expect(nanoUsd).toBe(30n);
    expect(tokens).toBeLessThan(100);
  });
});

describe('a call that was cut', () => {
  const most = estimate({ prompt: 'x'.repeat(3000), max_tokens: 100 });
  test('has used its prompt, and what came of the answer', () => {
    const { usage, nanoUsd } = estimateCut(most, 1000, undefined, price);
    expect(usage).toEqual({ inputTokens: most.usage.inputTokens, outputTokens: 20 });
    expect(nanoUsd).toBe(costOf(price, usage));
  });
  test('has used nothing of the answer where nothing came', () => {
    expect(estimateCut(most, 0, undefined, price).usage.outputTokens).toBe(0);
  });
  test('has used what the provider did report', () => {
    const reported = { inputTokens: 5, cacheReadTokens: 7, outputTokens: 90 };
    expect(estimateCut(most, 1000, reported, price).usage).toEqual(reported);
  });
  test('never costs more than was held for it', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(10_000), fc.nat(10_000_000), (prompt, max_tokens, streamed) => {
        const held = estimate({ prompt, max_tokens });
        expect(estimateCut(held, streamed, undefined, price).nanoUsd).toBeLessThanOrEqual(held.nanoUsd);
      }),
    );
  });
});
