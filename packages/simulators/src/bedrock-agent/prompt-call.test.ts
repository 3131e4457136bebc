import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultResources } from '../bedrock-control/default-resources.ts';
import type { JsonObject } from '../json.ts';
import { type BedrockSimulator, startBedrockSimulator } from '../simulator.ts';
import { defaultPrompts } from './default-prompts.ts';
import { callOfPrompt } from './prompt-call.ts';
import { createPromptService } from './prompt-service.ts';
import type { SimulatedPrompt } from './simulated-prompt.ts';

const arnOf = (id: string) => `arn:aws:bedrock:us-east-1:123456789012:prompt/${id}`;
const summarize = arnOf('SUMMARIZE1');
const support = arnOf('SUPPORT001');

/** A prompt with a text, as little as there can be. */
function textPrompt(id: string, text: string, names: readonly string[], change: Partial<SimulatedPrompt> = {}) {
  const inputVariables = names.map((name) => ({ name }));
  return {
    id,
    name: id.toLowerCase(),
    variants: [
      {
        name: 'only',
        templateType: 'TEXT' as const,
        templateConfiguration: { text: { text, inputVariables } },
        modelId: 'amazon.nova-lite-v1:0',
      },
    ],
    ...change,
  };
}

const odd = textPrompt('ODDPROMPT1', '{{a}}{{a}} {{b}} {{c}} { {{a}', ['a', 'b']);
const [oddVariant] = odd.variants;
const thinkers = {
  arn: 'arn:aws:bedrock:us-east-1:123456789012:prompt-router/thinkers',
  modelArns: ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-7-sonnet-20250219-v1:0'],
  fallbackModelArn: 'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-7-sonnet-20250219-v1:0',
};
const talk: SimulatedPrompt = {
  id: 'TALKPROMPT',
  name: 'talk',
  variants: [
    {
      name: 'only',
      templateType: 'CHAT',
      templateConfiguration: {
        chat: {
          messages: [
            { role: 'user', content: [{ text: 'You speak {{language}} now.' }] },
            { role: 'assistant', content: [{ text: 'Yes.' }] },
          ],
          inputVariables: [{ name: 'language' }],
        },
      },
      modelId: thinkers.arn,
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
    },
  ],
};
const seeds: readonly SimulatedPrompt[] = [
  ...defaultPrompts,
  odd,
  talk,
  textPrompt('NOVARIANT1', '', [], { variants: [] }),
  textPrompt('NOMODEL001', 'x', [], { variants: oddVariant === undefined ? [] : [withoutModel(oddVariant)] }),
  textPrompt('FOREIGN001', 'x', [], {
    variants: oddVariant === undefined ? [] : [{ ...oddVariant, modelId: 'gpt-4o-mini' }],
  }),
];

function withoutModel({ modelId: _, ...rest }: (typeof odd.variants)[number]) {
  return rest;
}

let simulator: BedrockSimulator;
beforeAll(async () => {
  simulator = await startBedrockSimulator({
    prompts: seeds,
    resources: { ...defaultResources, promptRouters: [thinkers] },
  });
});
afterAll(() => simulator.close());

function client(region = 'us-east-1'): BedrockRuntimeClient {
  const credentials = { accessKeyId: 'A', secretAccessKey: 'b' };
  return new BedrockRuntimeClient({ region, endpoint: simulator.url, maxAttempts: 1, credentials });
}

const user = (text: string) => ({ role: 'user' as const, content: [{ text }] });

/** Variables as Converse takes them. */
function variables(values: Readonly<Record<string, string>>) {
  return { promptVariables: Object.fromEntries(Object.entries(values).map(([name, text]) => [name, { text }])) };
}

async function said(input: ConverseCommandInput): Promise<string | undefined> {
  const { output } = await client().send(new ConverseCommand(input));
  return output?.message?.content?.find(({ text }) => text !== undefined)?.text;
}

describe('a prompt becomes a call of its model', () => {
  const tools = { tools: [{ toolSpec: { name: 'look', inputSchema: { json: {} } } }], toolChoice: { any: {} } };
  const cachePoint = { type: 'default' as const };
  const everything: SimulatedPrompt = {
    id: 'EVERYTHING',
    name: 'everything',
    defaultVariant: 'full',
    variants: [
      {
        name: 'short',
        templateType: 'TEXT',
        templateConfiguration: { text: { text: 'Go to {{city}}.', cachePoint, inputVariables: [{ name: 'city' }] } },
        modelId: 'amazon.nova-lite-v1:0',
      },
      {
        name: 'full',
        templateType: 'CHAT',
        templateConfiguration: {
          chat: {
            system: [{ text: 'From {{city}}' }, { cachePoint }],
            messages: [{ role: 'user', content: [{ text: 'To {{city}}' }, { cachePoint }] }],
            inputVariables: [{ name: 'city' }],
            toolConfiguration: tools,
          },
        },
        modelId: 'amazon.nova-pro-v1:0',
        inferenceConfiguration: { text: { maxTokens: 5, stopSequences: ['x'] } },
        additionalModelRequestFields: { top_k: 3 },
      },
    ],
  };
  const service = createPromptService([everything], 'us-east-1', () => 0);
  const call = (more: JsonObject) =>
    callOfPrompt({ ...variables({ city: 'Ulm' }), ...more }, arnOf('EVERYTHING'), service.account, undefined);

  it('with all that a chat brings, and what else the caller asks for', () => {
    const guardrailConfig = { guardrailIdentifier: 'abc', guardrailVersion: '1' };
    expect(call({ guardrailConfig, messages: [{ role: 'assistant', content: [{ text: 'Yes' }] }] })).toEqual({
      modelId: 'amazon.nova-pro-v1:0',
      body: {
        guardrailConfig,
        system: [{ text: 'From Ulm' }, { cachePoint }],
        messages: [
          { role: 'user', content: [{ text: 'To Ulm' }, { cachePoint }] },
          { role: 'assistant', content: [{ text: 'Yes' }] },
        ],
        toolConfig: tools,
        inferenceConfig: { maxTokens: 5, stopSequences: ['x'] },
        additionalModelRequestFields: { top_k: 3 },
      },
    });
  });

  it('with a text and its cache point, and what the caller says behind it', () => {
    service.prompts.save({ ...everything, defaultVariant: 'short' });
    expect(call({ messages: [{ role: 'user', content: [{ text: 'Now' }] }] })).toEqual({
      modelId: 'amazon.nova-lite-v1:0',
      body: { messages: [{ role: 'user', content: [{ text: 'Go to Ulm.' }, { cachePoint }, { text: 'Now' }] }] },
    });
  });
});

describe('a call of a prompt', () => {
  it.each([`${summarize}:1`, summarize])('%s says what its template says, whole and streamed', async (modelId) => {
    const expected = modelId === summarize ? 'at most two sentences.\n\ntea' : 'in one sentence.\n\ntea';
    const input = { modelId, ...variables({ text: 'tea' }) };
    expect(await said(input)).toContain(expected);
    const { stream } = await client().send(new ConverseStreamCommand(input));
    let streamed = '';
    for await (const event of stream ?? []) streamed += event.contentBlockDelta?.delta?.text ?? '';
    expect(streamed).toContain(expected);
  });

  it.each(['', ':1'])('by default is one of the default variant, version %j', async (version) => {
    const modelId = `${arnOf('GREETING01')}${version}`;
    expect(await said({ modelId, ...variables({ name: 'Ada' }) })).toBe('Greet Ada in five words.');
  });

  it('takes the ARN with its slash as it is', async () => {
    const answer = await fetch(`${simulator.url}/model/${summarize}:1/converse`, {
      method: 'POST',
      body: JSON.stringify(variables({ text: 'tea' })),
    });
    expect(answer.status).toBe(200);
  });

  it('fills each variable in once, and leaves alone what is none', async () => {
    expect(await said({ modelId: arnOf(odd.id), ...variables({ a: '{{b}}', b: '$&' }) })).toBe(
      '{{b}}{{b}} $& {{c}} { {{a}',
    );
  });

  it('brings its system prompt and tools', async () => {
    const input = { modelId: support, ...variables({ company: 'ACME', question: 'Where? [[sim tool=find_order]]' }) };
    const answer = await client().send(new ConverseCommand(input));
    expect(answer.output?.message?.content).toMatchObject([{ text: 'Where?' }, { toolUse: { name: 'find_order' } }]);
    const longer = { ...input, ...variables({ company: 'A'.repeat(400), question: 'Where?' }) };
    const tokens = async (call: ConverseCommandInput) =>
      (await client().send(new ConverseCommand(call))).usage?.inputTokens ?? 0;
    expect(await tokens(longer)).toBeGreaterThan((await tokens(input)) + 90);
  });

  it('appends the messages of the caller, and speaks as the model of the variant', async () => {
    const call = { modelId: arnOf(talk.id), ...variables({ language: 'French' }), messages: [user('Bonjour')] };
    const answer = await client().send(new ConverseCommand(call));
    expect(answer.output?.message?.content).toMatchObject([{ reasoningContent: {} }, { text: 'Bonjour' }]);
    expect(answer.trace?.promptRouter?.invokedModelId).toContain('claude-3-7-sonnet');
  });

  it('joins a user message of the caller with one that the prompt ends with', async () => {
    expect(await said({ modelId: summarize, ...variables({ text: 'tea' }), messages: [user('And coffee')] })).toMatch(
      /tea\nAnd coffee$/,
    );
  });

  it('sees what was changed between two calls', async () => {
    const ask = (version: string) => said({ modelId: `${arnOf('CHANGING01')}${version}` });
    simulator.prompts.save(textPrompt('CHANGING01', 'before', []));
    expect(simulator.prompts.publish('CHANGING01')).toBe('1');
    simulator.prompts.save(
      textPrompt('CHANGING01', 'now', [], { versions: [{ variants: odd.variants }, textPrompt('x', 'old', [])] }),
    );
    expect([await ask(''), await ask(':2')]).toEqual(['now', 'old']);
    expect(simulator.prompts.publish('CHANGING01')).toBe('3');
    simulator.prompts.remove('CHANGING01', '2');
    await expect(ask(':2')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(await ask(':3')).toBe('now');
    simulator.prompts.remove('CHANGING01');
    await expect(ask('')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

const tea = variables({ text: 'tea' });
const refusals: readonly [rule: string, input: ConverseCommandInput, name: string, message: RegExp][] = [
  ['a prompt that nobody made', { modelId: arnOf('NOBODY0000') }, 'ResourceNotFoundException', /NOBODY0000/],
  ['a version that nobody made', { modelId: `${summarize}:2`, ...tea }, 'ResourceNotFoundException', /version 2/],
  [
    'the account of others',
    { modelId: summarize.replace('123456789012', '210987654321'), ...tea },
    'ResourceNotFoundException',
    /SUMMARIZE1/,
  ],
  ['no variables', { modelId: summarize }, 'ValidationException', /lacks variables of the prompt: text\./],
  ['one too few', { modelId: arnOf(odd.id), ...variables({ a: 'x' }) }, 'ValidationException', /lacks .*: b\./],
  ['one too many', { modelId: summarize, ...variables({ text: '', to: '' }) }, 'ValidationException', /has not: to\./],
  ['a system prompt', { modelId: summarize, ...tea, system: [{ text: 'x' }] }, 'ValidationException', /system field/],
  [
    'parameters',
    { modelId: summarize, ...tea, inferenceConfig: { maxTokens: 5 } },
    'ValidationException',
    /inferenceConfig field can't be set/,
  ],
  [
    'parameters that are empty',
    { modelId: summarize, ...tea, inferenceConfig: {} },
    'ValidationException',
    /inferenceConfig/,
  ],
  [
    'tools',
    {
      modelId: summarize,
      ...tea,
      toolConfig: { tools: [{ toolSpec: { name: 'x', inputSchema: { json: { type: 'object' } } } }] },
    },
    'ValidationException',
    /toolConfig field/,
  ],
  [
    'fields of the model',
    { modelId: summarize, ...tea, additionalModelRequestFields: { top_k: 1 } },
    'ValidationException',
    /additionalModelRequestFields field/,
  ],
  ['no variant', { modelId: arnOf('NOVARIANT1') }, 'ValidationException', /no variant/],
  ['no model', { modelId: arnOf('NOMODEL001'), ...variables({ a: '', b: '' }) }, 'ValidationException', /no model/],
  [
    'a model of others',
    { modelId: arnOf('FOREIGN001'), ...variables({ a: 'x', b: '' }) },
    'ValidationException',
    /model identifier is invalid/,
  ],
  [
    'a blank message behind the prompt’s',
    {
      modelId: arnOf(talk.id),
      ...variables({ language: 'x' }),
      messages: [{ role: 'user', content: [{ text: ' ' }] }],
    },
    'ValidationException',
    /messages.2.content.0 is blank/,
  ],
];

describe('a call of a prompt is refused', () => {
  it.each(refusals)('with %s', async (_rule, input, name, message) => {
    await expect(client().send(new ConverseCommand(input))).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
    await expect(client().send(new ConverseStreamCommand(input))).rejects.toMatchObject({ name });
  });

  it('in another region', async () => {
    await expect(client('eu-west-1').send(new ConverseCommand({ modelId: summarize, ...tea }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('by InvokeModel and CountTokens, which take models only', async () => {
    const body = JSON.stringify({ inputText: 'tea' });
    await expect(client().send(new InvokeModelCommand({ modelId: summarize, body }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const input = { converse: { messages: [user('tea')] } };
    await expect(client().send(new CountTokensCommand({ modelId: summarize, input }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});
