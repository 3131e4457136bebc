import { readFileSync } from 'node:fs';
import { costOf, isFree, type Price } from '@genai-gateway/governance';
import { usageFromConverse } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { supportedLitellmVersion } from '../proxy/version.ts';
import { deploymentPrice } from './deployment-price.ts';
import { PriceBook } from './price-book.ts';

const folder = new URL('../../price-map/', import.meta.url);
const book = PriceBook.load();

test('the price map is of the supported version of LiteLLM', () => {
  const about: unknown = JSON.parse(readFileSync(new URL('about.json', folder), 'utf8'));
  expect(about).toMatchObject({ litellmVersion: supportedLitellmVersion });
});

/** What the real LiteLLM said, by scripts/price-vectors.py. */
interface Vector {
  readonly modelId: string;
  readonly region: string | null;
  readonly tier: string | null;
  readonly batch?: boolean;
  readonly durationMs?: number;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly info?: Readonly<Record<string, unknown>>;
  readonly usage: unknown;
  readonly usd: number;
}

const vectors = readFileSync(new URL('vectors.jsonl', folder), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Vector);

function ours(vector: Vector): bigint | undefined {
  const { modelId, tier, batch, durationMs, params = {}, info = {} } = vector;
  const price = book.find({ modelId, region: vector.region ?? undefined, price: deploymentPrice(params, info) });
  if (price === undefined) return undefined;
  return costOf(price, usageFromConverse(vector.usage) ?? {}, { serviceTier: tier ?? undefined, batch, durationMs });
}

/** LiteLLM's float in nano-dollars, and ours: never further apart than one. */
function difference(vector: Vector): number {
  return Math.abs(Number(ours(vector) ?? Number.NaN) - vector.usd * 1e9);
}

describe('every call costs what LiteLLM says, to the nano-dollar', () => {
  test.each<[string, (vector: Vector) => boolean]>([
    ['by the price map', ({ params, batch }) => params === undefined && batch !== true],
    ['in a batch', ({ batch }) => batch === true],
    ['with prices of the deployment', ({ params }) => params !== undefined],
  ])('%s', (_group, belongs) => {
    const group = vectors.filter(belongs);
    const wrong = group.filter((vector) => !(difference(vector) <= 1));
    expect(wrong.map((vector) => ({ ...vector, ours: String(ours(vector)) }))).toEqual([]);
    expect(group.length).toBeGreaterThan(50);
  });

  test('the vectors are many, and ask for everything', () => {
    expect(vectors.length).toBeGreaterThan(1500);
    expect(new Set(vectors.map(({ tier }) => tier))).toContain('priority');
    expect(new Set(vectors.map(({ region }) => region))).toContain('us-gov-west-1');
  });
});

describe('a price is found by name', () => {
  const nova = 'amazon.nova-lite-v1:0';
  const inputRate = (price: Price | undefined) => price?.rates['input_cost_per_token'];
  test.each<[string, string, string | undefined, bigint | undefined]>([
    ['an id', nova, 'us-east-1', 60_000_000_000n],
    ['any case', 'Amazon.NOVA-lite-v1:0', undefined, 60_000_000_000n],
    ['a geography', `us.${nova}`, undefined, 60_000_000_000n],
    ['a throughput', `${nova}:300k`, undefined, 60_000_000_000n],
    ["a model's ARN", `arn:aws:bedrock:us-east-1::foundation-model/${nova}`, 'us-east-1', 60_000_000_000n],
    [
      "an inference profile's ARN",
      `arn:aws:bedrock:us-east-1:1:inference-profile/us.${nova}`,
      undefined,
      60_000_000_000n,
    ],
    ['another price in a region', 'anthropic.claude-instant-v1', 'ap-northeast-1', 2_230_000_000_000n],
    ['not in the next one', 'anthropic.claude-instant-v1', 'us-east-1', 800_000_000_000n],
    [
      'an application inference profile says nothing',
      'arn:aws:bedrock:us-east-1:1:application-inference-profile/x',
      undefined,
      undefined,
    ],
    ['nor does a model of tomorrow', 'amazon.nova-tomorrow-v9:0', undefined, undefined],
    ['nor what objects inherit', 'constructor', undefined, undefined],
  ])('%s', (_rule, modelId, region, expected) => {
    expect(inputRate(book.find({ modelId, region }))).toBe(expected);
  });

  test('its name is the model as one calls it', () => {
    const modelId = `arn:aws:bedrock:us-east-1:1:inference-profile/us.${nova}`;
    expect(book.find({ modelId, region: 'us-east-1' })?.name).toBe(`us.${nova}`);
  });

  test('a deployment that is free is free, which a model without a price is not', () => {
    const price = deploymentPrice({ input_cost_per_token: 0, output_cost_per_token: 0 }, {});
    const free = book.find({ modelId: 'amazon.nova-tomorrow-v9:0', region: undefined, price });
    expect(free === undefined ? undefined : isFree(free)).toBe(true);
    expect(book.find({ modelId: 'amazon.nova-tomorrow-v9:0', region: undefined })).toBeUndefined();
  });

  test('units of guardrails have prices in every region', () => {
    const rates = { topicPolicyUnits: 150_000_000_000_000n, wordPolicyUnits: 0n };
    expect(book.find({ modelId: nova, region: 'eu-west-1' })?.guardrailRates).toMatchObject(rates);
    expect(book.guardrail('eu-west-1')).toMatchObject({ rates: {}, guardrailRates: rates });
  });
});

describe('how much a model reads is found by name', () => {
  const claude = 'anthropic.claude-3-5-sonnet-20241022-v2:0';
  test.each<[string, string, number | undefined]>([
    ['an id', 'amazon.nova-lite-v1:0', 300_000],
    ['any case', 'Amazon.Nova-Micro-v1:0', 128_000],
    ['a geography', `us.${claude}`, 200_000],
    ['one that its price is not listed for', `jp.${claude}`, 200_000],
    ["a model's ARN", `arn:aws:bedrock:us-east-1::foundation-model/${claude}`, 200_000],
    ["an inference profile's ARN", `arn:aws:bedrock:us-east-1:1:inference-profile/us.${claude}`, 200_000],
    ['a throughput that reads less', 'amazon.nova-lite-v1:0:24k', 24_000],
    ['a throughput that reads as much', 'amazon.nova-lite-v1:0:300k', 300_000],
    [
      'an application inference profile says nothing',
      'arn:aws:bedrock:us-east-1:1:application-inference-profile/x',
      undefined,
    ],
    ['nor does a model of tomorrow', 'amazon.nova-tomorrow-v9:0', undefined],
    ['nor one of which the length is not listed', 'us.twelvelabs.pegasus-1-2-v1:0', undefined],
    ['nor what objects inherit', 'constructor', undefined],
    ['a model as the model list names it', 'bedrock/converse/us.amazon.nova-lite-v1:0', 300_000],
    ['a model of another provider', 'openai/gpt-4o-mini', 128_000],
    ['the same without its provider', 'gpt-3.5-turbo', 16_385],
    ['a provider that reads less of it', 'github_copilot/gpt-4o-mini', 64_000],
    ['another provider that nobody lists', 'nobody/model', undefined],
    ['a pattern', 'openai/*', undefined],
  ])('%s', (_rule, modelId, expected) => {
    expect(book.contextTokens(modelId)).toBe(expected);
  });
});
