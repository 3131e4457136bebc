import { ConverseRequest$ } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { BedrockError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { resolveModel } from '../models.ts';
import { checkAgainstSchema } from '../wire/schema-check.ts';
import { checkConverseRules } from './converse-rules.ts';

const sonnet = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const nova = 'amazon.nova-lite-v1:0';
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').toString('base64');
const spec = { toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } };
const toolConfig = { tools: [spec] };

function problemOf(body: unknown, modelId = nova): string {
  try {
    checkAgainstSchema(body, ConverseRequest$);
    checkConverseRules(body as JsonObject, resolveModel(modelId));
    return 'valid';
  } catch (error) {
    if (!(error instanceof BedrockError)) throw error;
    return `${error.exception}: ${error.message}`;
  }
}

function user(...content: JsonValue[]): JsonObject {
  return { role: 'user', content };
}
function assistant(...content: JsonValue[]): JsonObject {
  return { role: 'assistant', content };
}
function say(...content: JsonValue[]): JsonObject {
  return { messages: [user(...content)] };
}
function uses(toolUseId: string, input: JsonValue = {}): JsonObject {
  return { toolUse: { toolUseId, name: 'look', input } };
}
function result(toolUseId: string): JsonObject {
  return { toolResult: { toolUseId, content: [{ text: 'seen' }] } };
}
function documentOf(name: string): JsonObject {
  return { document: { name, format: 'pdf', source: { bytes: 'YQ==' } } };
}
function image(bytes: string, format = 'png'): JsonObject {
  return { image: { format, source: { bytes } } };
}
function called(...answers: JsonValue[]): JsonObject {
  return { messages: [user({ text: 'x' }), assistant(uses('a'), uses('b')), user(...answers)], toolConfig };
}
const hi = { text: 'hi' };

const validRows: readonly [name: string, body: JsonObject, modelId?: string][] = [
  ['one user text', say(hi)],
  ['a member AWS does not know', { ...say(hi), session_id: 'x' }],
  ['null for an absent member', { ...say(hi), system: null }],
  ['parallel tools, results in another order', called(result('b'), result('a'), hi)],
  [
    'a server tool without a result',
    {
      messages: [
        user(hi),
        assistant({ toolUse: { toolUseId: 'a', name: 'web', input: {}, type: 'server_tool_use' } }),
        user(hi),
      ],
      toolConfig,
    },
  ],
  ['a document beside a text', say(hi, documentOf('a b-(1)[2]'))],
  ['an image of its format', say(image(png))],
  ['an assistant text to go on from', { messages: [user(hi), assistant(hi)] }],
  ['a system message in mid-conversation', { messages: [user(hi), { role: 'system', content: [hi] }, assistant(hi)] }],
  ['variables without a prompt, which go unread', { ...say(hi), promptVariables: { topic: { text: 'tea' } } }],
  ['limits of the sampling range', { ...say(hi), inferenceConfig: { maxTokens: 1, temperature: 1, topP: 0 } }],
  ['guard content', say({ guardContent: { text: { text: 'x', qualifiers: ['query'] } } })],
];

const invalidRows: readonly [name: string, body: unknown, problem: RegExp, modelId?: string][] = [
  // the schema
  ['a string for the list of messages', { messages: 'hi' }, /^SerializationException: STRING_VALUE .* messages$/],
  ['a number for a text', say({ text: 5 }), /^SerializationException: .* messages.0.content.0.text/],
  ['a string for a number', { ...say(hi), inferenceConfig: { maxTokens: '5' } }, /^SerializationException: /],
  [
    'a string for a boolean',
    say({ document: { name: 'a', format: 'pdf', source: { text: 'x' }, citations: { enabled: 'yes' } } }, hi),
    /^SerializationException: /,
  ],
  ['bytes that are no base64', say(image('*&^')), /^SerializationException: .*Blob/],
  ['url-safe base64', say(image('_-8=')), /^SerializationException: .*Blob/],
  ['no metadata at all', { ...say(hi), requestMetadata: {} }, /'requestMetadata' .*length greater than or equal to 1/],
  [
    'too much metadata',
    { ...say(hi), requestMetadata: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, ''])) },
    /'requestMetadata' .*length less than or equal to 16/,
  ],
  ['metadata with a question mark', { ...say(hi), requestMetadata: { a: '?' } }, /'requestMetadata' .*pattern/],
  ['a list for a map', { ...say(hi), requestMetadata: ['x'] }, /^SerializationException: .*requestMetadata/],
  [
    'a number in a list of strings',
    { ...say(hi), inferenceConfig: { stopSequences: [1] } },
    /^SerializationException: /,
  ],
  [
    'no role',
    { messages: [{ content: [hi] }] },
    /1 validation error detected: Value at 'messages.1.member.role' failed .*not be null/,
  ],
  ['no content', { messages: [{ role: 'user' }] }, /Value at 'messages.1.member.content' failed/],
  ['two missing members', { messages: [{}] }, /^ValidationException: 2 validation errors detected/],
  [
    'an unknown role',
    { messages: [{ role: 'tool', content: [hi] }] },
    /Value 'tool' at 'messages.1.member.role' .*enum value set: \[assistant, system, user\]/,
  ],
  [
    'an unknown image format',
    say(image(png, 'bmp')),
    /Value 'bmp' at 'messages.1.member.content.1.member.image.format'/,
  ],
  ['an unknown cache point', say(hi, { cachePoint: { type: 'forever' } }), /cachePoint.type/],
  [
    'a union without a member',
    say({}),
    /^ValidationException: ContentBlock object at messages.0.content.0 must set one of the following keys: text, image/,
  ],
  ['a union with an unknown member', say({ input_text: 'x' }), /messages.0.content.0 must set one of/],
  [
    'a union with two members',
    say({ text: 'x', image: { format: 'png', source: { bytes: png } } }),
    /must set only one/,
  ],
  [
    'an image source without a member',
    say({ image: { format: 'png', source: {} } }),
    /ImageSource object at messages.0.content.0.image.source/,
  ],
  [
    'a tool choice without a member',
    { ...say(hi), toolConfig: { ...toolConfig, toolChoice: {} } },
    /ToolChoice object at toolConfig.toolChoice/,
  ],
  // the conversation
  ['no messages', {}, /Value at 'messages' failed/],
  ['an empty list of messages', { messages: [] }, /at least one message/],
  ['an assistant first', { messages: [assistant(hi)] }, /must start with a user message/],
  [
    'a system message first',
    { messages: [{ role: 'system', content: [hi] }, user(hi)] },
    /must start with a user message/,
  ],
  ['two user messages in a row', { messages: [user(hi), user(hi)] }, /must alternate/],
  ['an empty message', { messages: [user()] }, /The content field in the Message object at messages.0 is empty/],
  ['a blank text', say({ text: ' \n' }), /The text field in the ContentBlock object at messages.0.content.0 is blank/],
  ['a blank system text', { ...say(hi), system: [{ text: '' }] }, /SystemContentBlock object at system.0 is blank/],
  [
    'a blank text in a tool result',
    called({ toolResult: { toolUseId: 'a', content: [{ text: '' }] } }, result('b')),
    /toolResult.content.0 is blank/,
  ],
  [
    'reasoning of the user',
    say({ reasoningContent: { reasoningText: { text: 'x' } } }),
    /belongs in an assistant message/,
  ],
  // tools
  [
    'tool blocks without toolConfig',
    { messages: [user(hi), assistant(uses('a')), user(result('a'))] },
    /toolConfig field must be defined/,
  ],
  [
    'a call without a result',
    called(result('a')),
    /Expected toolResult blocks at messages.2.content for the following Ids: b, but found: a/,
  ],
  [
    'a call in the last message',
    { messages: [user(hi), assistant(uses('a'))], toolConfig },
    /Expected toolResult blocks/,
  ],
  [
    'a result for an unknown call',
    { messages: [user(hi), assistant(hi), user(result('a'))], toolConfig },
    /exceeds the number of toolUse blocks/,
  ],
  ['more results than calls', called(result('a'), result('b'), result('c')), /exceeds the number/],
  ['a result of a user who was not asked', say(result('a')), /toolConfig field must be defined/],
  ['a call by the user', { messages: [user(uses('a'))], toolConfig }, /belongs in an assistant message/],
  [
    'a result by the assistant',
    { messages: [user(hi), assistant(result('a'))], toolConfig },
    /belongs in a user message/,
  ],
  [
    'the same id for two calls',
    { messages: [user(hi), assistant(uses('a'), uses('a')), user(result('a'))], toolConfig },
    /used more than once/,
  ],
  [
    'an input that is a string',
    { messages: [user(hi), assistant(uses('a', '')), user(result('a'))], toolConfig },
    /toolUse.input is invalid. Provide a json object/,
  ],
  [
    'an input that is a list',
    { messages: [user(hi), assistant(uses('a', [])), user(result('a'))], toolConfig },
    /toolUse.input is invalid/,
  ],
  [
    'a tool id with a blank',
    { messages: [user(hi), assistant(uses('a b')), user(result('a b'))], toolConfig },
    /toolUse.toolUseId' .*\[a-zA-Z0-9_.:-\]/,
  ],
  [
    'a tool id of 65 characters',
    { messages: [user(hi), assistant(uses('a'.repeat(65))), user(result('a'.repeat(65)))], toolConfig },
    /less than or equal to 64/,
  ],
  [
    'a tool name with a dot',
    { ...say(hi), toolConfig: { tools: [{ toolSpec: { ...spec.toolSpec, name: 'a.b' } }] } },
    /'toolConfig.tools.1.member.toolSpec.name' .*\[a-zA-Z0-9_-\]\+/,
  ],
  [
    'a tool name of 65 characters',
    { ...say(hi), toolConfig: { tools: [{ toolSpec: { ...spec.toolSpec, name: 'a'.repeat(65) } }] } },
    /less than or equal to 64/,
  ],
  [
    'an empty description',
    { ...say(hi), toolConfig: { tools: [{ toolSpec: { ...spec.toolSpec, description: '' } }] } },
    /toolSpec.description/,
  ],
  ['no tools', { ...say(hi), toolConfig: { tools: [] } }, /'toolConfig.tools' .*greater than or equal to 1/],
  ['the same tool twice', { ...say(hi), toolConfig: { tools: [spec, spec] } }, /used more than once/],
  [
    'a schema that is no object',
    { ...say(hi), toolConfig: { tools: [{ toolSpec: { name: 'a', inputSchema: { json: { type: 'string' } } } }] } },
    /inputSchema.json.type must be one of the following: object/,
  ],
  [
    'a choice that is not there',
    { ...say(hi), toolConfig: { ...toolConfig, toolChoice: { tool: { name: 'other' } } } },
    /The tool other of toolConfig.toolChoice/,
  ],
  [
    'a choice on Llama 3.1',
    { ...say(hi), toolConfig: { ...toolConfig, toolChoice: { auto: {} } } },
    /doesn't support the toolConfig.toolChoice/,
    'meta.llama3-1-8b-instruct-v1:0',
  ],
  // media
  ['an image of another format', say(image(png, 'jpeg')), /could not be processed as jpeg/],
  [
    'an image in a tool result of another format',
    called({ toolResult: { toolUseId: 'a', content: [image(png, 'gif')] } }, result('b')),
    /could not be processed as gif/,
  ],
  ['an empty image', say(image('')), /could not be processed/],
  ['a document alone', say(documentOf('a')), /has a document but no text/],
  [
    'a document name with a dot',
    say(hi, documentOf('a.pdf')),
    /document name at messages.0.content.1 can only contain/,
  ],
  ['a document name with two blanks', say(hi, documentOf('a  b')), /consecutive whitespace/],
  ['a document name of 201 characters', say(hi, documentOf('a'.repeat(201))), /between 1 and 200/],
  ['two documents of one name', say(hi, documentOf('a'), documentOf('a')), /used more than once/],
  // parameters
  [
    'no tokens',
    { ...say(hi), inferenceConfig: { maxTokens: 0 } },
    /Value '0' at 'inferenceConfig.maxTokens' .*greater than or equal to 1/,
  ],
  ['half a token', { ...say(hi), inferenceConfig: { maxTokens: 1.5 } }, /inferenceConfig.maxTokens/],
  [
    'too hot',
    { ...say(hi), inferenceConfig: { temperature: 1.1 } },
    /'inferenceConfig.temperature' .*less than or equal to 1/,
  ],
  ['too cold', { ...say(hi), inferenceConfig: { topP: -0.1 } }, /'inferenceConfig.topP' .*greater than or equal to 0/],
  [
    'temperature and topP on a newer Claude',
    { ...say(hi), inferenceConfig: { temperature: 1, topP: 1 } },
    /cannot both be specified/,
    sonnet,
  ],
  [
    'five cache points on Claude',
    { messages: [user(...Array.from({ length: 5 }, () => [hi, { cachePoint: { type: 'default' } }]).flat())] },
    /maximum of 4 cache/,
    sonnet,
  ],
  ['an embedding model', say(hi), /doesn't support the model/, 'amazon.titan-embed-text-v2:0'],
];

describe('Converse takes', () => {
  it.each(validRows)('%s', (_, body, modelId) => {
    expect(problemOf(body, modelId)).toBe('valid');
  });
});

describe('Converse refuses', () => {
  it.each(invalidRows)('%s', (_, body, problem, modelId) => {
    expect(problemOf(body, modelId)).toMatch(problem);
  });
});
