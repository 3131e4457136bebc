import { describe, expect, test } from 'vitest';
import { modelFactsOf } from '../model-facts/model-facts-of.ts';
import { planThinking, type ThinkingPlan, type ThinkingWish } from './plan-thinking.ts';

const budget = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const adaptive = 'anthropic.claude-opus-4-7';
const both = 'anthropic.claude-sonnet-4-6';
const always = 'anthropic.claude-fable-5';
const nova2 = 'us.amazon.nova-2-lite-v1:0';
const gptOss = 'openai.gpt-oss-120b-1:0';
const deepseek = 'deepseek.v3.2';
const gpt = 'us.openai.gpt-6-sol';
const astra = 'us.openai.gpt-6-astra';
const r1 = 'us.deepseek.r1-v1:0';

const effort = (name: Extract<ThinkingWish, { how: 'effort' }>['effort']): ThinkingWish => ({
  how: 'effort',
  effort: name,
});
const tokens = (count: number): ThinkingWish => ({ how: 'budget', tokens: count });
const off: ThinkingWish = { how: 'off' };
const enabled = (count: number) => ({ thinking: { type: 'enabled', budget_tokens: count } });

const rows: readonly (readonly [
  rule: string,
  model: string,
  wish: ThinkingWish,
  maxTokens: number | undefined,
  plan: Partial<ThinkingPlan>,
])[] = [
  ['minimal is the smallest budget', budget, effort('minimal'), undefined, { fields: enabled(1_024) }],
  ['low', budget, effort('low'), undefined, { fields: enabled(1_024), maxTokens: 5_120 }],
  ['medium', budget, effort('medium'), undefined, { fields: enabled(2_048) }],
  ['high', budget, effort('high'), undefined, { fields: enabled(4_096), maxTokens: 8_192, beside: 'little' }],
  ['xhigh', budget, effort('xhigh'), undefined, { fields: enabled(8_192) }],
  ['max', budget, effort('max'), undefined, { fields: enabled(16_384) }],
  [
    'a budget stands',
    budget,
    tokens(10_000),
    20_000,
    { fields: enabled(10_000), maxTokens: 20_000, outcome: 'as-asked' },
  ],
  ['a budget is at least 1,024', budget, tokens(1), undefined, { fields: enabled(1_024), outcome: 'as-asked' }],
  [
    'a budget leaves room for an answer',
    budget,
    effort('high'),
    4_096,
    { fields: enabled(3_072), maxTokens: 4_096, outcome: 'lowered' },
  ],
  ['a budget is less than the limit', budget, tokens(2_000), 1_500, { fields: enabled(1_024), maxTokens: 1_500 }],
  ['just room for the smallest', budget, effort('low'), 1_025, { fields: enabled(1_024), maxTokens: 1_025 }],
  [
    'no room for thinking',
    budget,
    effort('low'),
    1_024,
    { fields: {}, maxTokens: 1_024, outcome: 'ignored', beside: 'anything' },
  ],
  [
    'a limit is no more than the model has',
    budget,
    tokens(63_000),
    undefined,
    { fields: enabled(63_000), maxTokens: 64_000 },
  ],
  ['adaptive before there was adaptive', budget, { how: 'adaptive' }, undefined, { fields: enabled(2_048) }],
  ['off', budget, off, 100, { fields: {}, maxTokens: 100, beside: 'anything', outcome: 'as-asked' }],

  [
    'an effort shows its thinking',
    adaptive,
    effort('high'),
    undefined,
    {
      fields: { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } },
      maxTokens: undefined,
      beside: 'little',
    },
  ],
  [
    'minimal is low',
    adaptive,
    effort('minimal'),
    10,
    {
      fields: { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'low' } },
      maxTokens: 10,
    },
  ],
  [
    'xhigh where there is none',
    both,
    effort('xhigh'),
    undefined,
    { fields: { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } } },
  ],
  [
    'adaptive as the caller has it',
    adaptive,
    { how: 'adaptive', display: 'omitted' },
    undefined,
    { fields: { thinking: { type: 'adaptive', display: 'omitted' } } },
  ],
  [
    'adaptive with an effort',
    adaptive,
    { how: 'adaptive', effort: 'max' },
    undefined,
    { fields: { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } } },
  ],
  ['a budget where it is still taken', both, tokens(3_000), 9_000, { fields: enabled(3_000), maxTokens: 9_000 }],
  [
    'a budget as an effort: low',
    adaptive,
    tokens(2_047),
    9_000,
    { fields: { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } } },
  ],
  [
    'a budget as an effort: medium',
    adaptive,
    tokens(2_048),
    9_000,
    { fields: { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } } },
  ],
  [
    'a budget as an effort: high',
    adaptive,
    tokens(4_096),
    9_000,
    { fields: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } } },
  ],
  [
    'a budget as an effort: xhigh',
    adaptive,
    tokens(30_000),
    9_000,
    { fields: { thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } } },
  ],
  ['off, adaptive', adaptive, off, undefined, { fields: {}, outcome: 'as-asked' }],
  ['off, and it thinks nevertheless', always, off, undefined, { fields: {}, outcome: 'ignored' }],

  [
    'Nova 2',
    nova2,
    effort('medium'),
    100,
    {
      fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } },
      maxTokens: 100,
      beside: 'anything',
    },
  ],
  [
    'Nova 2, high stands alone',
    nova2,
    effort('max'),
    100,
    {
      fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
      maxTokens: undefined,
      beside: 'nothing',
    },
  ],
  ['Nova 2, off', nova2, off, undefined, { fields: {}, outcome: 'as-asked' }],
  ['gpt-oss', gptOss, effort('xhigh'), undefined, { fields: { reasoning_effort: 'high' } }],
  ['gpt-oss, minimal', gptOss, effort('minimal'), undefined, { fields: { reasoning_effort: 'low' } }],
  ['gpt-oss cannot stop', gptOss, off, undefined, { fields: { reasoning_effort: 'low' }, outcome: 'ignored' }],
  ['DeepSeek V3', deepseek, tokens(5_000), undefined, { fields: { reasoning_effort: 'high' } }],
  ['DeepSeek V3, off', deepseek, off, undefined, { fields: {}, outcome: 'as-asked' }],
  ['GPT', gpt, effort('max'), undefined, { fields: { reasoning: { effort: 'max' } } }],
  ['GPT, off', gpt, off, undefined, { fields: { reasoning: { effort: 'none' } }, outcome: 'as-asked' }],
  ['GPT that cannot stop', astra, off, undefined, { fields: { reasoning: { effort: 'low' } }, outcome: 'ignored' }],
  ['a model that takes no word about it', r1, effort('high'), 5, { fields: {}, maxTokens: 5, outcome: 'ignored' }],
  ['a model that takes no word about it, off', r1, off, 5, { fields: {}, outcome: 'as-asked' }],
];

describe('planThinking', () => {
  test.each(rows)('%s: %s', (_rule, modelId, wish, maxTokens, expected) => {
    expect(planThinking(wish, { facts: modelFactsOf(modelId), maxTokens, lacksThinking: false })).toMatchObject(
      expected,
    );
  });

  test.each([
    [budget, effort('high'), 'ignored'],
    [both, tokens(2_000), 'ignored'],
    [both, effort('high'), 'as-asked'],
    [adaptive, effort('high'), 'as-asked'],
    [gptOss, effort('high'), 'as-asked'],
  ] as const)('a tool loop that lost its thinking: %s %j is %s', (modelId, wish, outcome) => {
    const plan = planThinking(wish, { facts: modelFactsOf(modelId), maxTokens: undefined, lacksThinking: true });
    expect(plan.outcome).toBe(outcome);
    if (outcome === 'ignored') expect(plan.fields).toEqual({});
  });
});
