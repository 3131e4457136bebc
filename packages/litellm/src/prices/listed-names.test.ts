import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readModelEntry } from '../model-list.ts';
import { namesInList } from './listed-names.ts';
import { PriceBook } from './price-book.ts';

type Fields = Readonly<Record<string, unknown>>;

const book = PriceBook.load();
const linesOf = (file: string): unknown[] =>
  readFileSync(new URL(`../../price-map/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line));

/** How much the model behind a row of the model list reads. */
function readBy(params: Fields, info: Fields = {}): number | undefined {
  const row = { model_name: 'ours', litellm_params: params, model_info: info };
  const context = { file: 'config.yaml', env: {}, defaultRegion: 'us-east-1', warn: () => {} };
  const {
    maxInputTokens,
    litellmModel,
    listedAs = [litellmModel],
  } = readModelEntry(row, 'model_list[0]', context).deployment;
  return maxInputTokens ?? listedAs.map((name) => book.contextTokens(name)).find((tokens) => tokens !== undefined);
}

/** What the real LiteLLM said, by scripts/context-vectors.py. */
interface Vector {
  readonly params: Fields;
  readonly info: Fields;
  readonly tokens: number;
}

test('every row of a model list reads what LiteLLM says', () => {
  const vectors = linesOf('context-vectors.jsonl') as Vector[];
  const wrong = vectors
    .map((vector) => ({ ...vector, ours: readBy(vector.params, vector.info) }))
    .filter(({ tokens, ours }) => tokens !== ours);
  expect(wrong).toEqual([]);
  expect(vectors.length).toBeGreaterThan(1_500);
  expect(vectors.filter(({ info }) => info['base_model'] !== undefined).length).toBeGreaterThan(100);
  expect(vectors.filter(({ params }) => params['custom_llm_provider'] !== undefined).length).toBeGreaterThan(100);
});

test('the list is of chat models alone, sorted, each with a length', () => {
  const listed = linesOf('contexts.jsonl') as { model: string; max_input_tokens: number }[];
  const names = listed.map(({ model }) => model);
  expect(listed.length).toBeGreaterThan(2_000);
  expect(names).toEqual(names.toSorted());
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  expect(listed.every(({ max_input_tokens: tokens }) => Number.isInteger(tokens) && tokens > 0)).toBe(true);
  expect(names).not.toContain('text-embedding-3-small');
  expect(names).not.toContain('us.amazon.nova-lite-v1:0');
});

describe('a row reads', () => {
  test.each<[string, Fields, Fields, number | undefined]>([
    ['what it says itself', { model: 'openai/gpt-4o' }, { max_input_tokens: 32_000 }, 32_000],
    ['the same of a model of Bedrock', { model: 'bedrock/us.amazon.nova-lite-v1:0' }, { max_input_tokens: 9 }, 9],
    ['what its model does, where what it says is no number', { model: 'gpt-4' }, { max_input_tokens: '9' }, 8_192],
    ['or is none', { model: 'openai/gpt-4' }, { max_input_tokens: 0 }, 8_192],
    ['nothing known of a deployment of Azure’s', { model: 'azure/ours' }, {}, undefined],
    ['less on Azure, where Azure reads less', { model: 'azure/ours' }, { base_model: 'gpt-5.4-pro' }, 922_000],
    ['what its base model does, if its own name says nothing', { model: 'openai/x' }, { base_model: 'gpt-4' }, 8_192],
    ['what its own name says first', { model: 'openai/gpt-4o' }, { base_model: 'gpt-4' }, 128_000],
    ['what it was before it was tuned', { model: 'openai/ft:gpt-3.5-turbo:our-org::id' }, {}, 16_385],
    ['by a region', { model: 'bedrock/us-east-1/us.amazon.nova-lite-v1:0' }, {}, 300_000],
    ['through another proxy', { model: 'openrouter/some/front/gpt-4' }, {}, 8_192],
    ['nothing known of an endpoint', { model: 'sagemaker_chat/ours' }, {}, undefined],
  ])('%s', (_rule, params, info, expected) => {
    expect(readBy(params, info)).toBe(expected);
  });
});

test('a name of any length is looked for under few names', () => {
  expect(namesInList('a/'.repeat(100_000)).length).toBeLessThan(20);
});
