import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { parseConverseRequest } from './parse-converse.ts';
import { throughJson } from './test-support/translate.ts';

const user = { role: 'user', content: [{ text: 'Hi' }] };
const messages = [user];
const assistant = (...content: object[]) => ({ messages: [user, { role: 'assistant', content }] });
const ofUser = (...content: unknown[]) => ({ messages: [{ role: 'user', content }] });
const parse = (body: object) => parseConverseRequest(throughJson(body));

const toolSpec = { name: 'f', inputSchema: { json: { type: 'object' } } };
const image = { format: 'png', source: { bytes: 'AAAA' } };
const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`) as object;

describe('what Converse takes is the request itself', () => {
  test.each<[rule: string, body: object]>([
    ['a text', { messages }],
    ['a conversation', { messages: [user, { role: 'assistant', content: [{ text: 'a' }] }, user] }],
    ['a system message in mid-conversation', { messages: [user, { role: 'system', content: [{ text: 's' }] }] }],
    ['system', { messages, system: [{ text: 's' }, { cachePoint: { type: 'default' } }] }],
    ['images', ofUser({ image }, { image: { format: 'webp', source: { s3Location: { uri: 's3://b/k' } } } })],
    ['a bucket owner', ofUser({ image: { format: 'gif', source: { s3Location: { uri: 's', bucketOwner: '1' } } } })],
    ['cache points', ofUser({ text: 'a' }, { cachePoint: { type: 'default', ttl: '1h' } })],
    ['a call', assistant({ toolUse: { toolUseId: 't', name: 'f', input: { a: [1] } } })],
    [
      'a call of the provider',
      assistant({ toolUse: { toolUseId: 't', name: 'f', input: {}, type: 'server_tool_use' } }),
    ],
    [
      'an id beyond the pattern of Bedrock',
      assistant({ toolUse: { toolUseId: `call__thought__${'a+/='.repeat(500)}`, name: 'f', input: {} } }),
    ],
    [
      'results',
      ofUser({ toolResult: { toolUseId: 't', content: [{ text: 'a' }, { json: [1] }, { image }], status: 'error' } }),
    ],
    ['an empty result', ofUser({ toolResult: { toolUseId: 't', content: [] } })],
    [
      'reasoning',
      assistant(
        { reasoningContent: { reasoningText: { text: 'a' } } },
        { reasoningContent: { reasoningText: { text: '', signature: 's' } } },
        { reasoningContent: { redactedContent: 'AAEC' } },
      ),
    ],
    ['citations', assistant({ citationsContent: { content: [{ text: 'a' }], citations: [{ title: 'T' }] } })],
    ['citations of nothing', assistant({ citationsContent: {} })],
    [
      'a document',
      ofUser({
        document: { format: 'pdf', name: 'a', source: { bytes: 'A' }, context: 'b', citations: { enabled: true } },
      }),
    ],
    [
      'a document in S3',
      ofUser({ document: { name: 'a', source: { s3Location: { uri: 's3://b/k', bucketOwner: '1' } } } }),
    ],
    ['a document in pieces', ofUser({ document: { name: 'a', source: { content: [{ text: 'a' }] } } })],
    ['a video', ofUser({ video: { format: 'mp4', source: { bytes: 'A' } } })],
    ['audio', ofUser({ audio: { format: 'x-aac', source: { bytes: 'A' } } })],
    ['guarded text', ofUser({ guardContent: { text: { text: 'a', qualifiers: ['query'] } } })],
    ['a guarded image', ofUser({ guardContent: { image: { format: 'png', source: { bytes: 'A' } } } })],
    ['guarded text in system', { messages, system: [{ guardContent: { text: { text: 'a' } } }] }],
    [
      'a search result',
      ofUser({ searchResult: { source: 'a', title: 'b', content: [{ text: 'c' }], citations: { enabled: true } } }),
    ],
    [
      'results of every kind',
      ofUser({
        toolResult: {
          toolUseId: 't',
          content: [
            { document: { name: 'a', source: { text: 'a' } } },
            { video: { format: 'mp4', source: { bytes: 'A' } } },
            { searchResult: { source: 'a', title: 'b', content: [] } },
          ],
          type: 'server_tool_result',
        },
      }),
    ],
    ['inferenceConfig', { messages, inferenceConfig: { maxTokens: 1, temperature: 0, topP: 1, stopSequences: ['a'] } }],
    ['an empty inferenceConfig', { messages, inferenceConfig: {} }],
    ['tools', { messages, toolConfig: { tools: [{ toolSpec }, { cachePoint: { type: 'default' } }] } }],
    [
      'a described tool',
      { messages, toolConfig: { tools: [{ toolSpec: { ...toolSpec, description: 'd', strict: true } }] } },
    ],
    ['a choice', { messages, toolConfig: { tools: [{ toolSpec }], toolChoice: { any: {} } } }],
    ['a forced tool', { messages, toolConfig: { tools: [{ toolSpec }], toolChoice: { tool: { name: 'f' } } } }],
    [
      'additional fields of any name',
      { messages, additionalModelRequestFields: { top_k: 1, 'any thing': nested(50) } },
    ],
    ['response paths', { messages, additionalModelResponseFieldPaths: ['/a'] }],
    ['metadata of any name', { messages, requestMetadata: { a: 'b', constructor: 'c' } }],
    [
      'a guardrail',
      { messages, guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1', trace: 'enabled' } },
    ],
    ['prompt variables', { messages, promptVariables: { a: { text: 'b' } } }],
    ['serving', { messages, performanceConfig: { latency: 'optimized' }, serviceTier: { type: 'flex' } }],
    [
      'an output format',
      {
        messages,
        outputConfig: {
          effort: 'high',
          textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{}', name: 'n', description: 'd' } } },
        },
      },
    ],
  ])('%s', (_rule, body) => {
    expect(parse(body)).toStrictEqual(throughJson(body));
  });

  test('null is not given', () => {
    const body = {
      messages: [{ role: 'user', content: [{ text: 'a', image: null }] }],
      system: null,
      inferenceConfig: { maxTokens: null, topK: null },
      toolConfig: null,
    };
    expect(parse(body)).toStrictEqual({ messages: [{ role: 'user', content: [{ text: 'a' }] }], inferenceConfig: {} });
  });
});

describe('a wrong shape is refused at its place', () => {
  const tool = (value: unknown) => ({ messages, toolConfig: { tools: [value] } });
  const choice = (toolChoice: unknown) => ({ messages, toolConfig: { tools: [{ toolSpec }], toolChoice } });
  const inference = (inferenceConfig: unknown) => ({ messages, inferenceConfig });
  const format = (textFormat: unknown) => ({ messages, outputConfig: { textFormat } });
  const call = (fields: object) => assistant({ toolUse: { toolUseId: 't', name: 'f', input: {}, ...fields } });
  const result = (fields: object) => ofUser({ toolResult: { toolUseId: 't', content: [], ...fields } });
  const ofImage = (fields: object) => ofUser({ image: { ...image, ...fields } });
  const first = 'messages.0.content.0';
  const second = 'messages.1.content.0';
  test.each<[rule: string, body: object, param: string]>([
    ['no messages', {}, 'messages'],
    ['messages that are no list', { messages: {} }, 'messages'],
    ['an empty list', { messages: [] }, 'messages'],
    ['a field that Converse does not have', { messages, max_tokens: 5 }, 'max_tokens'],
    ['the model id, which is in the path', { messages, modelId: 'm' }, 'modelId'],
    ['a message that is no object', { messages: ['Hi'] }, 'messages.0'],
    ['a message without role', { messages: [{ content: [{ text: 'a' }] }] }, 'messages.0.role'],
    ['an unknown role', { messages: [{ role: 'tool', content: [] }] }, 'messages.0.role'],
    ['the assistant first', { messages: [{ role: 'assistant', content: [{ text: 'a' }] }] }, 'messages.0.role'],
    ['a field of OpenAI', { messages: [{ ...user, name: 'jan' }] }, 'messages.0.name'],
    ['content that is a text', { messages: [{ role: 'user', content: 'Hi' }] }, 'messages.0.content'],
    ['no content', { messages: [{ role: 'user' }] }, 'messages.0.content'],
    ['empty content', ofUser(), 'messages.0.content'],
    ['a block that is a text', ofUser('Hi'), first],
    ['a block that is null', ofUser(null), first],
    ['a block without field', ofUser({}), first],
    ['a block with two', ofUser({ text: 'a', image }), first],
    ['an unknown block', ofUser({ hologram: {} }), `${first}.hologram`],
    ['a block of the prototype', ofUser({ constructor: {} }), `${first}.constructor`],
    ['a part of OpenAI', ofUser({ type: 'text', text: 'a' }), first],
    ['a text that is none', ofUser({ text: 1 }), `${first}.text`],
    ['a call of the user', ofUser({ toolUse: {} }), `${first}.toolUse`],
    ['a result of the assistant', assistant({ toolResult: {} }), `${second}.toolResult`],
    ['reasoning of the user', ofUser({ reasoningContent: {} }), `${first}.reasoningContent`],
    ['an image in system', { messages, system: [{ image }] }, 'system.0.image'],
    ['an image in a system message', { messages: [user, { role: 'system', content: [{ image }] }] }, `${second}.image`],
    ['an unknown image format', ofImage({ format: 'tiff' }), `${first}.image.format`],
    ['an image without format', ofImage({ format: undefined }), `${first}.image.format`],
    ['an image without source', ofImage({ source: undefined }), `${first}.image.source`],
    ['an unknown source', ofImage({ source: { url: 'https://x.test' } }), `${first}.image.source.url`],
    ['bytes that are no text', ofImage({ source: { bytes: [1] } }), `${first}.image.source.bytes`],
    ['a location without uri', ofImage({ source: { s3Location: {} } }), `${first}.image.source.s3Location.uri`],
    ['a call without id', call({ toolUseId: undefined }), `${second}.toolUse.toolUseId`],
    ['an empty id', call({ toolUseId: '' }), `${second}.toolUse.toolUseId`],
    ['a call without name', call({ name: undefined }), `${second}.toolUse.name`],
    ['a name that no tool can have', call({ name: 'a.b' }), `${second}.toolUse.name`],
    ['a name that is too long', call({ name: 'x'.repeat(65) }), `${second}.toolUse.name`],
    ['input that is a text', call({ input: '{}' }), `${second}.toolUse.input`],
    ['input that is a list', call({ input: [] }), `${second}.toolUse.input`],
    ['input that nests without end', call({ input: nested(200) }), `${second}.toolUse.input`],
    ['a result without content', result({ content: undefined }), `${first}.toolResult.content`],
    ['an unknown status', result({ status: 'odd' }), `${first}.toolResult.status`],
    ['an unknown content', result({ content: [{ table: 1 }] }), `${first}.toolResult.content.0.table`],
    ['a result of the provider of no kind', result({ type: 1 }), `${first}.toolResult.type`],
    ['a document without name', ofUser({ document: { source: { text: 'a' } } }), `${first}.document.name`],
    ['a document without source', ofUser({ document: { name: 'a' } }), `${first}.document.source`],
    ['a document of no source', ofUser({ document: { name: 'a', source: {} } }), `${first}.document.source`],
    [
      'a document of an unknown format',
      ofUser({ document: { name: 'a', format: 'rtf', source: { text: 'a' } } }),
      `${first}.document.format`,
    ],
    [
      'a document whose piece is no text',
      ofUser({ document: { name: 'a', source: { content: [{ text: 'a' }, {}] } } }),
      `${first}.document.source.content.1.text`,
    ],
    [
      'citations that are neither wanted nor not',
      ofUser({ document: { name: 'a', source: { text: 'a' }, citations: { enabled: 'yes' } } }),
      `${first}.document.citations.enabled`,
    ],
    ['a video of no format', ofUser({ video: { source: { bytes: 'AAAA' } } }), `${first}.video.format`],
    ['audio of no source', ofUser({ audio: { format: 'wav' } }), `${first}.audio.source`],
    ['guarded content of no kind', ofUser({ guardContent: {} }), `${first}.guardContent`],
    ['guarded text that is none', ofUser({ guardContent: { text: 'a' } }), `${first}.guardContent.text`],
    [
      'a guarded image of another format',
      ofUser({ guardContent: { image: { format: 'gif', source: { bytes: 'AA==' } } } }),
      `${first}.guardContent.image.format`,
    ],
    [
      'a search result without title',
      ofUser({ searchResult: { source: 'a', content: [] } }),
      `${first}.searchResult.title`,
    ],
    [
      'a citation that is no object',
      assistant({ citationsContent: { citations: [{}, 'a'] } }),
      `${second}.citationsContent.citations.1`,
    ],
    [
      'a path that is no pointer',
      { messages, additionalModelResponseFieldPaths: ['/a', 'b'] },
      'additionalModelResponseFieldPaths.1',
    ],
    [
      'a path that escapes wrongly',
      { messages, additionalModelResponseFieldPaths: ['/~2'] },
      'additionalModelResponseFieldPaths.0',
    ],
    ['the whole answer', { messages, additionalModelResponseFieldPaths: ['/'] }, 'additionalModelResponseFieldPaths.0'],
    [
      'more than ten paths',
      { messages, additionalModelResponseFieldPaths: Array.from({ length: 11 }, () => '/a') },
      'additionalModelResponseFieldPaths',
    ],
    ['json that nests without end', result({ content: [{ json: nested(200) }] }), `${first}.toolResult.content.0.json`],
    [
      'reasoning without text',
      assistant({ reasoningContent: { reasoningText: {} } }),
      `${second}.reasoningContent.reasoningText.text`,
    ],
    ['reasoning of no kind', assistant({ reasoningContent: {} }), `${second}.reasoningContent`],
    ['a cache point of no type', ofUser({ cachePoint: {} }), `${first}.cachePoint.type`],
    ['an unknown ttl', ofUser({ cachePoint: { type: 'default', ttl: '1d' } }), `${first}.cachePoint.ttl`],
    ['maxTokens 0', inference({ maxTokens: 0 }), 'inferenceConfig.maxTokens'],
    ['half a token', inference({ maxTokens: 1.5 }), 'inferenceConfig.maxTokens'],
    ['a temperature above 1', inference({ temperature: 1.1 }), 'inferenceConfig.temperature'],
    ['a temperature that is a text', inference({ temperature: '1' }), 'inferenceConfig.temperature'],
    ['a negative topP', inference({ topP: -0.1 }), 'inferenceConfig.topP'],
    ['topK', inference({ topK: 5 }), 'inferenceConfig.topK'],
    ['one stop sequence', inference({ stopSequences: 'a' }), 'inferenceConfig.stopSequences'],
    ['a stop sequence that is no text', inference({ stopSequences: ['a', 1] }), 'inferenceConfig.stopSequences.1'],
    ['toolConfig without tools', { messages, toolConfig: {} }, 'toolConfig.tools'],
    ['an empty list of tools', { messages, toolConfig: { tools: [] } }, 'toolConfig.tools'],
    ['only a cache point as tools', tool({ cachePoint: { type: 'default' } }), 'toolConfig.tools'],
    ['a tool of OpenAI', tool({ type: 'function', function: {} }), 'toolConfig.tools.0.type'],
    ['a tool of no kind', tool({}), 'toolConfig.tools.0'],
    ['a tool of two kinds', tool({ toolSpec, cachePoint: { type: 'default' } }), 'toolConfig.tools.0'],
    ['a tool without name', tool({ toolSpec: { ...toolSpec, name: undefined } }), 'toolConfig.tools.0.toolSpec.name'],
    ['a tool without schema', tool({ toolSpec: { name: 'f' } }), 'toolConfig.tools.0.toolSpec.inputSchema'],
    [
      'a schema beside json',
      tool({ toolSpec: { name: 'f', inputSchema: { type: 'object' } } }),
      'toolConfig.tools.0.toolSpec.inputSchema.type',
    ],
    [
      'a schema that is a text',
      tool({ toolSpec: { name: 'f', inputSchema: { json: '{}' } } }),
      'toolConfig.tools.0.toolSpec.inputSchema.json',
    ],
    ['a choice that is a text', choice('auto'), 'toolConfig.toolChoice'],
    ['a choice of no kind', choice({}), 'toolConfig.toolChoice'],
    ['a choice that OpenAI has', choice({ none: {} }), 'toolConfig.toolChoice.none'],
    ['a choice with a field', choice({ auto: { a: 1 } }), 'toolConfig.toolChoice.auto.a'],
    ['a choice of a tool that is not there', choice({ tool: { name: 'g' } }), 'toolConfig.toolChoice.tool.name'],
    [
      'additional fields that are a list',
      { messages, additionalModelRequestFields: [] },
      'additionalModelRequestFields',
    ],
    [
      'additional fields that nest without end',
      { messages, additionalModelRequestFields: nested(200) },
      'additionalModelRequestFields',
    ],
    ['metadata that is no text', { messages, requestMetadata: { a: 1 } }, 'requestMetadata.a'],
    ['metadata that is a text', { messages, requestMetadata: 'a' }, 'requestMetadata'],
    ['a variable that is a text', { messages, promptVariables: { a: 'b' } }, 'promptVariables.a'],
    ['an unknown tier', { messages, serviceTier: { type: 'gold' } }, 'serviceTier.type'],
    ['an unknown latency', { messages, performanceConfig: { latency: 'low' } }, 'performanceConfig.latency'],
    ['an unknown format', format({ type: 'xml', structure: {} }), 'outputConfig.textFormat.type'],
    [
      'a format without schema',
      format({ type: 'json_schema', structure: { jsonSchema: {} } }),
      'outputConfig.textFormat.structure.jsonSchema.schema',
    ],
    [
      'a schema that is an object',
      format({ type: 'json_schema', structure: { jsonSchema: { schema: {} } } }),
      'outputConfig.textFormat.structure.jsonSchema.schema',
    ],
  ])('%s', (_rule, body, param) => {
    expect(refusal(() => parse(body))).toBe(`invalid-request ${param}`);
  });

  test.each([[[]], ['text'], [1], [null]])('a body that is %j', (body) => {
    expect(refusal(() => parseConverseRequest(body as never))).toBe('invalid-request body');
  });
});

describe('kinds of content without translation are refused by name, with what to do instead', () => {
  test.each(['toolAddition', 'toolRemoval'])('%s', (kind) => {
    const thrown = (body: object) => () => parse(body);
    expect(refusal(thrown(ofUser({ [kind]: {} })))).toBe(`invalid-request messages.0.content.0.${kind}`);
    expect(thrown(ofUser({ [kind]: {} }))).toThrow(/not supported for this model\. Send /);
  });
  test('tools of the provider', () => {
    const body = { messages, toolConfig: { tools: [{ systemTool: { name: 'web' } }] } };
    expect(refusal(() => parse(body))).toBe('invalid-request toolConfig.tools.0.systemTool');
  });
});

test('a message says a caller its own field in one short line', () => {
  expect(() => parse({ messages, [`a\nb${'x'.repeat(500)}`]: 1 })).toThrow(
    /^`a\?bx{97}…` is no field of this request\./,
  );
});

describe('messages that may be missing, for a prompt or a session', () => {
  test.each([[{}], [{ messages: null }], [{ messages: [] }]])('%j', (body) => {
    expect(parseConverseRequest(body, { messages: 'optional' })).toEqual({ messages: [] });
    expect(refusal(() => parseConverseRequest(body))).toBe('invalid-request messages');
  });

  test('may begin with the assistant', () => {
    const body = { messages: [{ role: 'assistant', content: [{ text: 'a' }] }] };
    expect(parseConverseRequest(body, { messages: 'optional' })).toEqual(body);
    expect(refusal(() => parseConverseRequest(body))).toBe('invalid-request messages.0.role');
  });
});
