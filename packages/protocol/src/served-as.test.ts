import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { servedAs, usageFromGuardrail } from './served-as.ts';

const nothing = {};
const claude = 'us.anthropic.claude-3-5-sonnet-20240620-v1:0';
const assessed = (topics: number, words: number) => ({
  topicPolicy: { topics: [] },
  invocationMetrics: { guardrailProcessingLatency: 3, usage: { topicPolicyUnits: topics, wordPolicyUnits: words } },
});

describe('how a call was served is read from its answer', () => {
  test.each<[string, unknown, unknown]>([
    ['the service tier', { serviceTier: { type: 'flex' } }, { serviceTier: 'flex' }],
    [
      'the model that a prompt router chose',
      { trace: { promptRouter: { invokedModelId: `arn:aws:bedrock:us-west-2:1:inference-profile/${claude}` } } },
      { invokedModelId: claude },
    ],
    [
      'the units of guardrails, input and all outputs together',
      {
        trace: { guardrail: { inputAssessment: { g: assessed(1, 2) }, outputAssessments: { g: [assessed(3, 0)] } } },
      },
      { guardrailUnits: { topicPolicyUnits: 4, wordPolicyUnits: 2 } },
    ],
    [
      "the units in InvokeModel's trace",
      { 'amazon-bedrock-trace': { guardrail: { input: { g: assessed(1, 0) }, outputs: [{ g: assessed(2, 1) }] } } },
      { guardrailUnits: { topicPolicyUnits: 3, wordPolicyUnits: 1 } },
    ],
    ['an answer without any of it', { usage: {} }, nothing],
    ['no object', 'text', nothing],
    [
      'a negative count is none',
      { trace: { guardrail: { inputAssessment: { g: assessed(-1, Number.NaN) } } } },
      nothing,
    ],
  ])('%s', (_rule, answer, expected) => {
    expect(servedAs(answer)).toStrictEqual(expected);
  });

  test.each<[string, unknown, unknown]>([
    [
      'every unit',
      { topicPolicyUnits: 1, wordPolicyUnits: 0 },
      { guardrailUnits: { topicPolicyUnits: 1, wordPolicyUnits: 0 } },
    ],
    ['what is no count is none', { topicPolicyUnits: -1, wordPolicyUnits: '2', other: 0.5 }, undefined],
    ['no object', 'text', undefined],
    ['nothing', undefined, undefined],
  ])('of ApplyGuardrail: %s', (_rule, usage, expected) => {
    expect(usageFromGuardrail(usage)).toStrictEqual(expected);
  });

  test('any JSON is read without an error', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => servedAs({ trace: { guardrail: value } }) !== undefined));
  });
});
