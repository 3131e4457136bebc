import { describe, expect, test } from 'vitest';
import { translate } from './test-support/translate.ts';

const BUDGET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const ADAPTIVE = 'anthropic.claude-opus-4-8';
const NOVA_2 = 'us.amazon.nova-2-lite-v1:0';
const GPT_OSS = 'openai.gpt-oss-120b-1:0';
const R1 = 'us.deepseek.r1-v1:0';
const NOVA = 'amazon.nova-pro-v1:0';

const enabled = (tokens: number) => ({ thinking: { type: 'enabled', budget_tokens: tokens } });
const adaptive = (effort: string) => ({
  thinking: { type: 'adaptive', display: 'summarized' },
  output_config: { effort },
});

describe('the fields that ask for it', () => {
  const rows: readonly [rule: string, fields: object, modelId: string, sent: object | undefined, dropped: string[]][] =
    [
      ['reasoning_effort', { reasoning_effort: 'high' }, BUDGET, enabled(4_096), []],
      ['reasoning_effort, adaptive', { reasoning_effort: 'minimal' }, ADAPTIVE, adaptive('low'), []],
      ['reasoning_effort none', { reasoning_effort: 'none' }, BUDGET, undefined, []],
      ['reasoning_effort null', { reasoning_effort: null }, BUDGET, undefined, []],
      [
        'reasoning_effort for who has no word for it',
        { reasoning_effort: 'high' },
        R1,
        undefined,
        ['reasoning_effort'],
      ],
      ['reasoning_effort for who never thinks', { reasoning_effort: 'low' }, NOVA, undefined, ['reasoning_effort']],
      [
        'thinking',
        { thinking: { type: 'enabled', budget_tokens: 5_000 }, max_tokens: 9_000 },
        BUDGET,
        enabled(5_000),
        [],
      ],
      ['thinking without a budget', { thinking: { type: 'enabled' } }, BUDGET, enabled(2_048), []],
      ['thinking disabled', { thinking: { type: 'disabled' }, reasoning_effort: 'high' }, BUDGET, undefined, []],
      [
        'thinking too much',
        { thinking: { type: 'enabled', budget_tokens: 5_000 }, max_tokens: 4_000 },
        BUDGET,
        enabled(2_976),
        ['thinking.budget_tokens'],
      ],
      [
        'thinking without room',
        { thinking: { type: 'enabled', budget_tokens: 5_000 }, max_tokens: 500 },
        BUDGET,
        undefined,
        ['thinking'],
      ],
      [
        'thinking that is shown',
        { thinking: { type: 'adaptive', display: 'omitted' } },
        ADAPTIVE,
        { thinking: { type: 'adaptive', display: 'omitted' } },
        [],
      ],
      [
        'thinking with an effort',
        { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } },
        ADAPTIVE,
        { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } },
        [],
      ],
      [
        'thinking with an effort of OpenAI’s',
        { thinking: { type: 'adaptive' }, reasoning_effort: 'low' },
        ADAPTIVE,
        { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
        [],
      ],
      ['reasoning', { reasoning: { effort: 'high' } }, BUDGET, enabled(4_096), []],
      ['reasoning with tokens', { reasoning: { max_tokens: 3_000 } }, BUDGET, enabled(3_000), []],
      [
        'reasoning with too many tokens',
        { reasoning: { max_tokens: 3_000 }, max_tokens: 2_000 },
        BUDGET,
        enabled(1_024),
        ['reasoning.max_tokens'],
      ],
      [
        'reasoning enabled',
        { reasoning: { enabled: true } },
        ADAPTIVE,
        { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } },
        [],
      ],
      ['reasoning not enabled', { reasoning: { enabled: false } }, ADAPTIVE, undefined, []],
      [
        'reasoning that is not shown',
        { reasoning: { effort: 'low', exclude: true } },
        ADAPTIVE,
        { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'low' } },
        [],
      ],
      ['reasoning that says nothing', { reasoning: {} }, ADAPTIVE, undefined, []],
      ['output_config alone', { output_config: { effort: 'high' } }, ADAPTIVE, adaptive('high'), []],
      [
        'Nova 2',
        { reasoning_effort: 'low' },
        NOVA_2,
        { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } },
        [],
      ],
      ['gpt-oss', { reasoning_effort: 'medium' }, GPT_OSS, { reasoning_effort: 'medium' }, []],
      [
        'gpt-oss cannot but think',
        { reasoning_effort: 'none' },
        GPT_OSS,
        { reasoning_effort: 'low' },
        ['reasoning_effort'],
      ],
    ];
  test.each(rows)('%s', (_rule, fields, modelId, sent, dropped) => {
    const { request, droppedParams } = translate({ ...fields }, modelId);
    expect(request.additionalModelRequestFields).toEqual(sent);
    expect(droppedParams).toEqual(dropped);
  });
});

describe('what may stand beside thinking', () => {
  const on = { reasoning_effort: 'low' };
  const rows: readonly [
    rule: string,
    fields: object,
    modelId: string,
    config: object | undefined,
    dropped: string[],
  ][] = [
    ['room for an answer', on, BUDGET, { maxTokens: 5_120 }, []],
    ['the caller’s own limit', { ...on, max_tokens: 2_000 }, BUDGET, { maxTokens: 2_000 }, []],
    ['no temperature', { ...on, temperature: 0.2 }, BUDGET, { maxTokens: 5_120 }, ['temperature']],
    ['temperature 1 is what it has', { ...on, temperature: 1 }, BUDGET, { maxTokens: 5_120 }, []],
    ['temperature 2 becomes 1', { ...on, temperature: 2 }, BUDGET, { maxTokens: 5_120 }, []],
    ['no low top_p', { ...on, top_p: 0.9 }, BUDGET, { maxTokens: 5_120 }, ['top_p']],
    ['a high top_p', { ...on, top_p: 0.95 }, BUDGET, { maxTokens: 5_120, topP: 0.95 }, []],
    ['no top_k', { ...on, top_k: 5 }, BUDGET, { maxTokens: 5_120 }, ['top_k']],
    ['adaptive: no limit of ours', on, ADAPTIVE, undefined, []],
    [
      'Nova 2: all',
      { ...on, temperature: 0.2, top_p: 0.3, max_tokens: 9 },
      NOVA_2,
      { temperature: 0.2, topP: 0.3, maxTokens: 9 },
      [],
    ],
    [
      'Nova 2 at its highest: nothing',
      { reasoning_effort: 'high', temperature: 0.2, top_p: 0.3, max_tokens: 9 },
      NOVA_2,
      undefined,
      ['max_tokens', 'temperature', 'top_p'],
    ],
    [
      'Nova 2 at its highest: no other limit',
      { reasoning_effort: 'high', max_completion_tokens: 9 },
      NOVA_2,
      undefined,
      ['max_completion_tokens'],
    ],
  ];
  test.each(rows)('%s', (_rule, fields, modelId, config, dropped) => {
    const { request, droppedParams } = translate({ ...fields }, modelId);
    expect(request.inferenceConfig).toEqual(config);
    expect(droppedParams).toEqual(dropped);
  });

  const tools = [{ type: 'function', function: { name: 'f' } }];
  test.each([
    ['required', 'required'],
    ['one function', { type: 'function', function: { name: 'f' } }],
  ])('a tool that must be called (%s) becomes one that may', (_rule, choice) => {
    const { request, droppedParams } = translate({ ...on, tools, tool_choice: choice }, BUDGET);
    expect(request.toolConfig).not.toHaveProperty('toolChoice');
    expect(droppedParams).toEqual(['tool_choice']);
  });

  test('a choice stands where the model does not think', () => {
    const { request } = translate({ reasoning_effort: 'none', tools, tool_choice: 'required' }, BUDGET);
    expect(request.toolConfig?.toolChoice).toEqual({ any: {} });
  });
});

describe('in the middle of tool calls', () => {
  const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
  const thinking_blocks = [{ type: 'thinking', thinking: 't', signature: 's' }];
  const question = { role: 'user', content: 'q' };
  const lost = [
    question,
    { role: 'assistant', tool_calls: [call('1')] },
    { role: 'tool', tool_call_id: '1', content: 'r' },
  ];
  const kept = [question, { role: 'assistant', thinking_blocks, tool_calls: [call('1')] }, lost[2]];
  const later = [
    ...kept,
    { role: 'assistant', tool_calls: [call('2')] },
    { role: 'tool', tool_call_id: '2', content: 'r' },
  ];
  test.each([
    ['thinking that was lost turns it off', lost, BUDGET, undefined, ['reasoning_effort']],
    ['thinking that came along', kept, BUDGET, enabled(1_024), []],
    ['thinking before the first call is enough', later, BUDGET, enabled(1_024), []],
    [
      'a new question begins anew',
      [...lost, { role: 'assistant', content: 'a' }, question],
      BUDGET,
      enabled(1_024),
      [],
    ],
    ['adaptive thinking does not mind', lost, ADAPTIVE, adaptive('low'), []],
  ])('%s', (_rule, messages, modelId, sent, dropped) => {
    const { request, droppedParams } = translate({ messages, reasoning_effort: 'low' }, modelId);
    expect(request.additionalModelRequestFields).toEqual(sent);
    expect(droppedParams).toEqual(dropped);
  });
});
