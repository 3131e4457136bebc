import { describe, expect, it } from 'vitest';
import type { BedrockError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { resolveModel } from '../models.ts';
import { prepareConverse } from '../operations.ts';
import { signatureOf } from '../reply/signature.ts';

const sonnet = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const nova = 'amazon.nova-lite-v1:0';
const mistral = 'mistral.mistral-large-2402-v1:0';
const llama = 'meta.llama3-3-70b-instruct-v1:0';
const newest = 'anthropic.claude-opus-4-8';
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').toString('base64');
const hi = { text: 'hi' };
const picture = { image: { format: 'png', source: { bytes: png } } };
const thought = { reasoningContent: { reasoningText: { text: 'Hm.', signature: signatureOf('Hm.') } } };
const thinking = { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } } };
const point = { cachePoint: { type: 'default' } };

function prepared(body: JsonObject, modelId: string) {
  const model = resolveModel(modelId);
  return prepareConverse(Buffer.from(JSON.stringify(body)), false, (given) => ({ model, body: given }));
}
function problemOf(body: JsonObject, modelId: string): string {
  try {
    prepared(body, modelId);
    return 'valid';
  } catch (error) {
    return `${(error as BedrockError).exception}: ${(error as Error).message}`;
  }
}
function answer(body: JsonObject, modelId: string): JsonValue | undefined {
  const { plan, body: bodyOf } = prepared(body, modelId);
  return bodyOf(plan(undefined))['output'];
}
function say(...content: JsonValue[]): JsonObject {
  return { messages: [{ role: 'user', content }] };
}
function tools(name = 'look', more: JsonObject = {}, schema: JsonObject = { type: 'object' }): JsonObject {
  return { toolConfig: { tools: [{ toolSpec: { name, inputSchema: { json: schema }, ...more } }] } };
}
function forced(toolChoice: JsonObject): JsonObject {
  return {
    toolConfig: { tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } }], toolChoice },
  };
}
function loop(toolUseId: string, ...before: JsonValue[]): JsonObject {
  return {
    messages: [
      { role: 'user', content: [hi] },
      { role: 'assistant', content: [...before, { toolUse: { toolUseId, name: 'look', input: {} } }] },
      { role: 'user', content: [{ toolResult: { toolUseId, content: [hi] } }] },
    ],
    ...tools(),
  };
}
function schema(value: JsonObject): JsonObject {
  const structure = { jsonSchema: { name: 'answer', schema: JSON.stringify(value) } };
  return { ...say(hi), outputConfig: { textFormat: { type: 'json_schema', structure } } };
}
const closed = { type: 'object', additionalProperties: false, required: ['a'], properties: { a: { type: 'string' } } };

const validRows: readonly [name: string, body: JsonObject, modelId: string][] = [
  ['an image on a model that sees', say(hi, picture), nova],
  ['ids of nine characters', loop('a1B2c3D4e'), mistral],
  ['any tool forced on Mistral', { ...say(hi), ...forced({ any: {} }) }, mistral],
  ['a loop with its thoughts', { ...loop('a', thought), ...thinking }, sonnet],
  ['a closed schema', schema(closed), sonnet],
  [
    'cache points that live shorter and shorter',
    say(hi, { cachePoint: { type: 'default', ttl: '1h' } }, hi, point),
    sonnet,
  ],
  [
    'a system message',
    { messages: [...(say(hi)['messages'] as JsonValue[]), { role: 'system', content: [hi] }] },
    newest,
  ],
  ['Nova’s own fields', { ...say(hi), additionalModelRequestFields: { inferenceConfig: { topK: 5 } } }, nova],
];

const invalidRows: readonly [name: string, body: JsonObject, problem: RegExp, modelId: string][] = [
  ['a system prompt', { ...say(hi), system: [hi] }, /support the system field/, 'mistral.mistral-7b-instruct-v0:2'],
  ['tools', { ...say(hi), ...tools() }, /doesn't support tool use/, 'deepseek.r1-v1:0'],
  ['an image', say(hi, picture), /support the image content block/, 'amazon.nova-micro-v1:0'],
  [
    'an image in a result',
    {
      ...loop('a'),
      messages: [
        ...(loop('a')['messages'] as JsonValue[]).slice(0, 2),
        { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [picture] } }] },
      ],
    },
    /support the image content block/,
    llama,
  ],
  [
    'a document',
    say(hi, { document: { name: 'a', format: 'txt', source: { bytes: 'YQ==' } } }),
    /support documents/,
    'openai.gpt-oss-20b-1:0',
  ],
  [
    'thoughts of another model',
    loop('a', thought),
    /support the reasoningContent block at messages.1.content.0/,
    llama,
  ],
  ['thoughts of another model', loop('a', thought), /support the reasoningContent block/, nova],
  ['a schema', schema(closed), /support the outputConfig.textFormat field/, nova],
  [
    'an open schema',
    schema({ type: 'object', properties: {} }),
    /'additionalProperties' must be explicitly set to false/,
    sonnet,
  ],
  [
    'an open schema inside',
    schema({ ...closed, properties: { a: { type: 'array', items: { type: 'object' } } } }),
    /'additionalProperties'/,
    sonnet,
  ],
  [
    'a strict tool with an open schema',
    { ...say(hi), ...tools('look', { strict: true }) },
    /'additionalProperties'/,
    sonnet,
  ],
  [
    'a tool that has to be called',
    { ...say(hi), ...forced({ any: {} }) },
    /toolConfig.toolChoice.any field/,
    'mistral.pixtral-large-2502-v1:0',
  ],
  ['a named tool', { ...say(hi), ...forced({ tool: { name: 'look' } }) }, /toolConfig.toolChoice.tool field/, mistral],
  ['a hyphen', { ...say(hi), ...tools('look-up') }, /string \[look-up\] does not match/, nova],
  ['an id of another length', loop('tooluse_1'.repeat(2)), /length of 9/, mistral],
  [
    'a schema of alternatives',
    { ...say(hi), ...tools('look', {}, { type: 'object', anyOf: [] }) },
    /does not support oneOf, allOf, or anyOf/,
    sonnet,
  ],
  [
    'a blank stop sequence',
    { ...say(hi), inferenceConfig: { stopSequences: ['\n'] } },
    /must contain non-whitespace/,
    sonnet,
  ],
  [
    'five stop sequences',
    { ...say(hi), inferenceConfig: { stopSequences: ['a', 'b', 'c', 'd', 'e'] } },
    /expected maximum item count: 4, found: 5/,
    nova,
  ],
  [
    'more tokens than there are',
    { ...say(hi), inferenceConfig: { maxTokens: 10_001 } },
    /exceeds the model limit of 10000/,
    nova,
  ],
  [
    'a field of nobody’s',
    { ...say(hi), additionalModelRequestFields: { seed: 1 } },
    /seed: Extra inputs are not permitted/,
    sonnet,
  ],
  [
    'a field of another model',
    { ...say(hi), additionalModelRequestFields: { top_k: 5 } },
    /extraneous key \[top_k\]/,
    nova,
  ],
  ['a cache point', say(hi, point), /^AccessDeniedException: .*did not allow prompt caching/, llama],
  [
    'an hour behind five minutes',
    say(hi, point, hi, { cachePoint: { type: 'default', ttl: '1h' } }),
    /must not come after/,
    sonnet,
  ],
  [
    'a system message',
    {
      messages: [
        { role: 'user', content: [hi] },
        { role: 'system', content: [hi] },
      ],
    },
    /the role system at messages.1.role/,
    sonnet,
  ],
  [
    'six documents',
    say(
      hi,
      ...Array.from({ length: 6 }, (_, at) => ({
        document: { name: `a${at}`, format: 'txt', source: { bytes: 'YQ==' } },
      })),
    ),
    /exceeds the limit of 5/,
    nova,
  ],
  ['21 images', say(hi, ...Array.from({ length: 21 }, () => picture)), /Too many images/, nova],
  // what Claude says itself comes by way of Converse
  [
    'both samplers',
    { ...say(hi), inferenceConfig: { temperature: 1, topP: 1 } },
    /returned the following errors: `temperature` and `top_p`/,
    sonnet,
  ],
  [
    'a loop without its thoughts',
    { ...loop('a'), ...thinking },
    /messages.1.content.0.type: Expected `thinking`/,
    sonnet,
  ],
  [
    'an unsigned thought',
    loop('a', { reasoningContent: { reasoningText: { text: 'x' } } }),
    /signature: Field required/,
    sonnet,
  ],
  [
    'a thought that somebody changed',
    loop('a', { reasoningContent: { reasoningText: { text: 'x', signature: 'YQ==' } } }),
    /Invalid `signature`/,
    sonnet,
  ],
  [
    'thinking and a forced tool',
    { ...say(hi), ...forced({ any: {} }), ...thinking },
    /may not be enabled when tool_choice forces/,
    sonnet,
  ],
  [
    'a prefill',
    {
      messages: [
        { role: 'user', content: [hi] },
        { role: 'assistant', content: [hi] },
      ],
    },
    /assistant message prefill/,
    newest,
  ],
];

describe('Converse takes', () => {
  it.each(validRows)('%s', (_, body, modelId) => {
    expect(problemOf(body, modelId)).toBe('valid');
  });
});

describe('Converse refuses, for a model,', () => {
  it.each(invalidRows)('%s', (_, body, problem, modelId) => {
    expect(problemOf(body, modelId)).toMatch(problem);
  });
});

describe('Converse answers', () => {
  it('Mistral’s calls with ids that it takes back', () => {
    const called = answer({ ...say(hi), ...forced({ any: {} }) }, mistral);
    expect(called).toMatchObject({
      message: { content: [{ toolUse: { toolUseId: expect.stringMatching(/^[a-zA-Z0-9]{9}$/) } }] },
    });
  });

  it('in the schema that Claude’s own field has', () => {
    const format = { type: 'json_schema', schema: closed };
    const body = { ...say(hi), additionalModelRequestFields: { output_config: { format } } };
    expect(answer(body, sonnet)).toMatchObject({ message: { content: [{ text: '{"a":"hi"}' }] } });
  });

  it('with what it saw, and with citations where they were asked for', () => {
    const document = {
      document: { name: 'a', format: 'txt', source: { text: 'Tea is hot.' }, citations: { enabled: true } },
    };
    expect(answer(say({ text: '[[sim look]]' }, picture, document), sonnet)).toMatchObject({
      message: {
        content: [
          {
            citationsContent: {
              content: [{ text: 'image png 16 bytes\ndocument txt a 11 bytes' }],
              citations: [{ title: 'a', sourceContent: [{ text: 'Tea is hot.' }] }],
            },
          },
        ],
      },
    });
  });
});
