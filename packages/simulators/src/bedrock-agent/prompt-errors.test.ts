import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.ts';
import { type BedrockSimulator, startBedrockSimulator } from '../simulator.ts';
import { defaultPrompts } from './default-prompts.ts';

const text: JsonObject = {
  name: 'only',
  templateType: 'TEXT',
  templateConfiguration: { text: { text: 'Hello' } },
};
const at = '/prompts/SUMMARIZE1/';
const account = 'arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aprompt%2F';

let simulator: BedrockSimulator;
beforeAll(async () => {
  simulator = await startBedrockSimulator({ prompts: defaultPrompts });
});
afterAll(() => simulator.close());

async function ask(method: string, path: string, body?: unknown) {
  const init = {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  };
  const answer = await fetch(simulator.url + path, init);
  const { message } = (await answer.json()) as { readonly message?: string };
  return { status: answer.status, type: answer.headers.get('x-amzn-errortype'), message };
}

/** What CreatePrompt says to a prompt with this variant. */
function variant(change: JsonObject): JsonObject {
  return { name: 'new', variants: [{ ...text, ...change }] };
}
function textTemplate(change: JsonObject): JsonObject {
  return variant({ templateConfiguration: { text: { text: 'Hello', ...change } } });
}
function chatTemplate(change: JsonObject): JsonObject {
  return variant({ templateType: 'CHAT', templateConfiguration: { chat: { messages: [], ...change } } });
}
function tools(name: string, change: JsonObject = {}): JsonObject {
  const tool = { toolSpec: { name, inputSchema: { json: { type: 'object' } } } };
  return chatTemplate({ toolConfiguration: { tools: [tool], ...change } });
}
function inference(text: JsonObject): JsonObject {
  return variant({ inferenceConfiguration: { text } });
}
const many = (count: number, value: JsonObject) => Array.from({ length: count }, () => value);
const place = 'variants.1.member';
const template = `${place}.templateConfiguration`;

const prompts: readonly [rule: string, body: unknown, message: string][] = [
  ['no name', { variants: [] }, "Value at 'name' failed to satisfy constraint: Member must not be null"],
  ['a blank in a name', { name: 'a b' }, "'name' failed to satisfy constraint: Member must satisfy regular expression"],
  ['a long name', { name: 'a'.repeat(101) }, "'name' failed"],
  ['an empty description', { name: 'a', description: '' }, 'length greater than or equal to 1'],
  ['a long description', { name: 'a', description: 'a'.repeat(201) }, 'length less than or equal to 200'],
  ['a key that is none', { name: 'a', customerEncryptionKeyArn: 'alias/a' }, "'customerEncryptionKeyArn' failed"],
  ['a short client token', { name: 'a', clientToken: 'a'.repeat(32) }, "'clientToken' failed"],
  ['a tag with a question mark', { name: 'a', tags: { a: 'b?' } }, "'tags.a' failed"],
  [
    'four variants',
    { name: 'a', variants: many(4, text) },
    "'variants' failed to satisfy constraint: Member must have",
  ],
  ['two variants of one name', { name: 'a', variants: many(2, text) }, 'name only is used more than once'],
  ['a default that is none of them', { name: 'a', variants: [text], defaultVariant: 'x' }, 'defaultVariant x is not'],
  ['a blank in a variant’s name', variant({ name: 'a b' }), `'${place}.name' failed`],
  ['no template', { name: 'a', variants: [{ name: 'a', templateType: 'TEXT' }] }, `'${template}' failed`],
  ['a third kind', variant({ templateType: 'POEM' }), 'Member must satisfy enum value set: [CHAT, TEXT]'],
  ['a template of the other kind', variant({ templateType: 'CHAT' }), 'is not that of the templateType CHAT'],
  [
    'both templates',
    variant({ templateConfiguration: { text: { text: 'x' }, chat: { messages: [] } } }),
    'must set only one of the following keys',
  ],
  ['a text without text', textTemplate({ text: '' }), `'${template}.text.text' failed`],
  ['another kind of cache point', textTemplate({ cachePoint: { type: 'x' } }), 'enum value set: [default]'],
  [
    '21 variables',
    textTemplate({ inputVariables: many(21, { name: 'a' }) }),
    `'${template}.text.inputVariables' failed`,
  ],
  ['a blank in a variable', textTemplate({ inputVariables: [{ name: 'a b' }] }), 'inputVariables.1.member.name'],
  ['no messages', variant({ templateType: 'CHAT', templateConfiguration: { chat: {} } }), 'chat.messages'],
  [
    'a third role',
    chatTemplate({ messages: [{ role: 'system', content: [{ text: 'x' }] }] }),
    'enum value set: [user, assistant]',
  ],
  ['an image', chatTemplate({ messages: [{ role: 'user', content: [{ image: {} }] }] }), 'text, cachePoint'],
  [
    'an empty system prompt',
    chatTemplate({ system: [{ text: '' }] }),
    `'${template}.chat.system.1.member.text' failed`,
  ],
  ['no tools in a list of tools', chatTemplate({ toolConfiguration: { tools: [] } }), 'greater than or equal to 1'],
  ['a tool’s name with a dash', tools('a-b'), 'toolSpec.name'],
  ['a choice of such a tool', tools('a', { toolChoice: { tool: { name: 'a-b' } } }), 'toolChoice.tool.name'],
  ['a blank in a model’s name', variant({ modelId: 'a b' }), `'${place}.modelId' failed`],
  ['too hot', inference({ temperature: 1.1 }), 'temperature'],
  ['a share of more than all', inference({ topP: 1.1 }), 'topP'],
  ['fewer than no tokens', inference({ maxTokens: -1 }), 'maxTokens'],
  ['five stop sequences', inference({ stopSequences: ['a', 'b', 'c', 'd', 'e'] }), 'stopSequences'],
  ['51 pairs of metadata', variant({ metadata: many(51, { key: 'a', value: 'b' }) }), `'${place}.metadata' failed`],
  ['a comma in metadata', variant({ metadata: [{ key: 'a', value: 'b,c' }] }), 'metadata.1.member.value'],
  ['metadata without a value', variant({ metadata: [{ key: 'a' }] }), 'metadata.1.member.value'],
];

describe('CreatePrompt and UpdatePrompt refuse', () => {
  it.each(prompts)('%s', async (_rule, body, message) => {
    for (const [method, path] of [
      ['POST', '/prompts/'],
      ['PUT', at],
    ] as const) {
      expect(await ask(method, path, body)).toEqual({
        status: 400,
        type: 'ValidationException',
        message: expect.stringContaining(message),
      });
    }
  });
});

const requests: readonly [method: string, path: string, status: number, type: string, body?: unknown][] = [
  ['POST', '/prompts', 400, 'SerializationException', '[]'],
  ['POST', '/prompts', 400, 'SerializationException', { name: 5 }],
  ['POST', '/prompts', 409, 'ConflictException', { name: 'summarize' }],
  ['PUT', at, 409, 'ConflictException', { name: 'support' }],
  ['PUT', '/prompts/NOBODY0000/', 404, 'ResourceNotFoundException', { name: 'new' }],
  ['GET', '/prompts/short', 400, 'ValidationException'],
  ['GET', '/prompts/SUMMARIZE1:1', 400, 'ValidationException'],
  ['GET', '/prompts/%E0', 404, 'UnknownOperationException'],
  ['GET', '/prompts/NOBODY0000', 404, 'ResourceNotFoundException'],
  ['GET', `/prompts/${account}NOBODY0000`, 404, 'ResourceNotFoundException'],
  ['GET', `/prompts/${account}SUMMARIZE1%3A7`, 404, 'ResourceNotFoundException'],
  ['GET', `/prompts/${account.replace('us-east', 'eu-west')}SUMMARIZE1`, 404, 'ResourceNotFoundException'],
  ['GET', `${at}?promptVersion=2`, 404, 'ResourceNotFoundException'],
  ['GET', `${at}?promptVersion=latest`, 400, 'ValidationException'],
  ['GET', `${at}?promptVersion=0`, 400, 'ValidationException'],
  ['GET', `${at}?includedData=SOME`, 400, 'ValidationException'],
  ['GET', '/prompts?maxResults=0', 400, 'ValidationException'],
  ['GET', '/prompts?maxResults=1001', 400, 'ValidationException'],
  ['GET', '/prompts?maxResults=ten', 400, 'ValidationException'],
  ['GET', '/prompts?nextToken=10', 400, 'ValidationException'],
  ['GET', '/prompts?nextToken=', 400, 'ValidationException'],
  ['GET', '/prompts?nextToken=MTA=', 400, 'ValidationException'],
  ['GET', '/prompts?nextToken=LTE', 400, 'ValidationException'],
  ['GET', '/prompts?promptIdentifier=short', 400, 'ValidationException'],
  ['GET', '/prompts?promptIdentifier=NOBODY0000', 404, 'ResourceNotFoundException'],
  ['POST', '/prompts/NOBODY0000/versions', 404, 'ResourceNotFoundException'],
  ['POST', `${at}versions`, 400, 'ValidationException', { description: '' }],
  ['DELETE', '/prompts/NOBODY0000/', 404, 'ResourceNotFoundException'],
  ['DELETE', `${at}?promptVersion=2`, 404, 'ResourceNotFoundException'],
  ['DELETE', `${at}?promptVersion=DRAFT`, 400, 'ValidationException'],
  ['GET', `/tags/${account}NOBODY0000`, 404, 'ResourceNotFoundException'],
  ['GET', '/tags/bucket', 400, 'ValidationException'],
  ['POST', `/tags/${account}SUMMARIZE1`, 400, 'ValidationException', {}],
  ['POST', `/tags/${account}SUMMARIZE1`, 400, 'ValidationException', { tags: { 'a?': 'b' } }],
  ['DELETE', `/tags/${account}SUMMARIZE1`, 400, 'ValidationException'],
  ['PATCH', at, 404, 'UnknownOperationException'],
];

describe('the API of prompts', () => {
  it.each(requests)('answers %s %s with %i %s', async (method, path, status, type, body) => {
    expect(await ask(method, path, body)).toMatchObject({ status, type });
  });

  it('takes a name that a caller of the gateway would use for a model, and the largest of everything', async () => {
    const body = {
      name: `${'a-'.repeat(99)}a`,
      description: 'a'.repeat(200),
      tags: { 'a b/c': '' },
      variants: [
        {
          ...text,
          modelId: 'gpt-4o-mini',
          metadata: many(50, { key: 'gateway:model', value: 'openai/gpt-4o-mini' }),
          inferenceConfiguration: {
            text: { temperature: 1, topP: 0, maxTokens: 0, stopSequences: ['a', 'b', 'c', 'd'] },
          },
        },
      ],
    };
    expect(await ask('POST', '/prompts', body)).toMatchObject({ status: 201 });
  });

  it('refuses to start with a prompt that nobody could make', async () => {
    const [prompt] = defaultPrompts;
    if (prompt === undefined) throw new Error('There is no default prompt.');
    for (const wrong of [
      { ...prompt, id: 'short' },
      { ...prompt, name: 'a b' },
      { ...prompt, defaultVariant: 'x' },
      { ...prompt, versions: [{ variants: [...prompt.variants, ...prompt.variants] }] },
    ]) {
      await expect(startBedrockSimulator({ prompts: [wrong] })).rejects.toThrow();
    }
    await expect(startBedrockSimulator({ prompts: [prompt, { ...prompt, id: 'SUMMARIZE2' }] })).rejects.toThrow(
      /name summarize already exists/,
    );
  });
});
