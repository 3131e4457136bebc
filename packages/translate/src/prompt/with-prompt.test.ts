import type { ConverseRequest } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { PLAIN_MODEL, translate } from '../openai-over-converse/test-support/translate.ts';
import { NO_TOOLS_NOTE } from '../openai-over-converse/tools.ts';
import { assistant, call, result, text, user } from '../test-support/converse-messages.ts';
import type { PromptParts } from './prompt-parts.ts';
import { withPrompt } from './with-prompt.ts';

const SONNET_4_5 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

const spec = (name: string) => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } });
const EMPTY: PromptParts = {
  system: [],
  messages: [user(text('p'))],
  toolConfig: undefined,
  inferenceConfig: undefined,
  additionalModelRequestFields: undefined,
};

describe('a Converse request with a prompt', () => {
  const rows: readonly [rule: string, prompt: Partial<PromptParts>, own: ConverseRequest, expected: ConverseRequest][] =
    [
      ['that says nothing', {}, {}, {}],
      [
        'whose system text stands first',
        { system: [{ text: 'p' }] },
        { system: [{ text: 'o' }] },
        { system: [{ text: 'p' }, { text: 'o' }] },
      ],
      ['whose system text is the only one', { system: [{ text: 'p' }] }, {}, { system: [{ text: 'p' }] }],
      [
        'whose parameters are the only ones',
        { inferenceConfig: { maxTokens: 1 } },
        {},
        { inferenceConfig: { maxTokens: 1 } },
      ],
      [
        'whose parameters are under its own, one by one',
        { inferenceConfig: { maxTokens: 1, temperature: 0.1, stopSequences: ['p'] } },
        { inferenceConfig: { maxTokens: 2, topP: 0.2, stopSequences: ['o'] } },
        { inferenceConfig: { maxTokens: 2, temperature: 0.1, topP: 0.2, stopSequences: ['o'] } },
      ],
      [
        'whose tools are the only ones',
        { toolConfig: { tools: [spec('p')] } },
        {},
        { toolConfig: { tools: [spec('p')] } },
      ],
      [
        'whose tools give way to its own',
        { toolConfig: { tools: [spec('p')] } },
        { toolConfig: { tools: [spec('o')] } },
        { toolConfig: { tools: [spec('o')] } },
      ],
      [
        'whose further fields are under its own',
        { additionalModelRequestFields: { top_k: 1, a: 1 } },
        { additionalModelRequestFields: { top_k: 2, b: 2 } },
        { additionalModelRequestFields: { top_k: 2, a: 1, b: 2 } },
      ],
      [
        'has its variables no longer',
        {},
        { promptVariables: { a: { text: 'b' } }, requestMetadata: { c: 'd' } },
        { requestMetadata: { c: 'd' } },
      ],
    ];
  test.each(rows)('%s', (_rule, prompt, own, expected) => {
    const messages = [user(text('o'))];
    const request = withPrompt({ messages, ...own }, { ...EMPTY, ...prompt }, { modelId: PLAIN_MODEL });
    expect(request).toStrictEqual({ messages, ...expected });
    expect(request.messages).toBe(messages);
  });

  test('where the model takes temperature or topP, its own one replaces the other of the prompt', () => {
    const prompt = { ...EMPTY, inferenceConfig: { temperature: 0.1, maxTokens: 1 } };
    const own = { inferenceConfig: { topP: 0.2 } };
    expect(withPrompt(own, prompt, { modelId: SONNET_4_5 }).inferenceConfig).toEqual({ topP: 0.2, maxTokens: 1 });
    expect(withPrompt({}, prompt, { modelId: SONNET_4_5 }).inferenceConfig).toEqual(prompt.inferenceConfig);
  });
});

describe('an OpenAI request with a prompt', () => {
  const prompt: PromptParts = {
    ...EMPTY,
    system: [{ text: 'p' }],
    toolConfig: { tools: [spec('p'), { cachePoint: { type: 'default' } }], toolChoice: { any: {} } },
    inferenceConfig: { maxTokens: 1, temperature: 0.1 },
    additionalModelRequestFields: { top_k: 1 },
  };
  const own = [{ type: 'function', function: { name: 'o' } }];
  const used = [user(text('a')), assistant(call('1', 'g')), user(result('1')), assistant(text('b'))];

  test('has its system text, tools and parameters, under the own ones', () => {
    const messages = [
      { role: 'system', content: 'o' },
      { role: 'user', content: 'a' },
    ];
    expect(
      translate({ messages, temperature: 0.5 }, PLAIN_MODEL, { prompt, system: [{ text: 's' }] }).request,
    ).toStrictEqual({
      messages: [user(text('a'))],
      system: [{ text: 'p' }, { text: 's' }, { text: 'o' }],
      toolConfig: prompt.toolConfig,
      inferenceConfig: { maxTokens: 1, temperature: 0.5 },
      additionalModelRequestFields: { top_k: 1 },
    });
  });

  const names = (request: ConverseRequest) =>
    request.toolConfig?.tools.map((tool) => ('toolSpec' in tool ? tool.toolSpec.name : 'cachePoint'));
  test.each<
    [rule: string, fields: object, before: typeof used, expected: (string | undefined)[], choice: object | undefined]
  >([
    ['own tools', { tools: own }, [], ['o'], undefined],
    [
      'own choice',
      { tool_choice: { type: 'function', function: { name: 'p' } } },
      [],
      ['p', 'cachePoint'],
      { tool: { name: 'p' } },
    ],
    ['own choice "auto"', { tool_choice: 'auto' }, [], ['p', 'cachePoint'], undefined],
    ['stored calls do not displace its tools', {}, used, ['p', 'cachePoint'], { any: {} }],
  ])('%s', (_rule, fields, before, expected, choice) => {
    const { request } = translate({ ...fields }, PLAIN_MODEL, { prompt, before });
    expect(names(request)).toEqual(expected);
    expect(request.toolConfig?.toolChoice).toEqual(choice);
  });

  test('leaves stored turns the cache points that are left', () => {
    const point = { cachePoint: { type: 'default' as const } };
    const before = ['a', 'b', 'c'].map((it) => user(text(it), point));
    const { request } = translate({}, PLAIN_MODEL, { before, prompt: { ...prompt, system: [{ text: 'p' }, point] } });
    const said = request.messages?.[0]?.content.map((block) => ('text' in block ? block.text : 'point'));
    expect(said).toEqual(['a', 'point', 'b', 'c', 'point', 'Hi']);
  });

  test('that is told to call no tool gets none', () => {
    expect(translate({ tool_choice: 'none' }, PLAIN_MODEL, { prompt }).request.toolConfig).toBeUndefined();
    const { request } = translate({ tool_choice: 'none' }, PLAIN_MODEL, { prompt, before: used });
    expect(names(request)).toEqual(['p', 'cachePoint']);
    expect(request.toolConfig?.toolChoice).toBeUndefined();
    expect(request.system?.at(-1)).toEqual({ text: NO_TOOLS_NOTE });
  });
});
