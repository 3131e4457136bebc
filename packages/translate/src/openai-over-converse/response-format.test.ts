import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { JSON_NOTE } from './response-format.ts';
import { violations } from './test-support/converse-rules.ts';
import { converse, PLAIN_MODEL, translate } from './test-support/translate.ts';
import { jsonToolNote } from './tools.ts';

const NATIVE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const NO_FORCE = 'anthropic.claude-fable-5-1';
const ANY = 'mistral.mistral-large-2407-v1:0';
const PROMPT = 'us.meta.llama3-3-70b-instruct-v1:0';
const TITAN = 'amazon.titan-text-express-v1';

const person = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
const format = (schema: object | undefined = person, more: object = {}) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'person', schema, strict: true, ...more } },
});
const tool = (name: string) => ({ type: 'function', function: { name } });
const history = [
  { role: 'user', content: 'a' },
  { role: 'assistant', tool_calls: [{ id: '1', function: { name: 'f', arguments: '{}' } }] },
  { role: 'tool', tool_call_id: '1', content: 'r' },
];

/** The names of the tools, the choice, and the system text. */
function brief(fields: Record<string, unknown>, modelId: string) {
  const { request, jsonTool, droppedParams } = translate(fields, modelId);
  expect(violations(request)).toEqual([]);
  const { tools, toolChoice } = request.toolConfig ?? {};
  return {
    tools: tools?.map((it) => ('toolSpec' in it ? it.toolSpec.name : '')),
    toolChoice,
    system: request.system?.map((block) => ('text' in block ? block.text : '')),
    jsonTool,
    droppedParams,
  };
}

describe('what asks for nothing', () => {
  test.each([null, undefined, { type: 'text' }])('%j', (response_format) => {
    expect(converse({ response_format })).toEqual(converse({}));
  });
});

describe('json_object', () => {
  test.each([PLAIN_MODEL, NATIVE, PROMPT])('is a word to %s', (modelId) => {
    expect(brief({ response_format: { type: 'json_object' } }, modelId)).toEqual({
      system: [JSON_NOTE],
      droppedParams: [],
    });
  });

  test('goes behind the caller’s own words', () => {
    const messages = [
      { role: 'system', content: 's' },
      { role: 'user', content: 'u' },
    ];
    expect(converse({ messages, response_format: { type: 'json_object' } }).system).toEqual([
      { text: 's' },
      { text: JSON_NOTE },
    ]);
  });

  test('and into the message of a model that has no system prompt', () => {
    expect(converse({ response_format: { type: 'json_object' } }, TITAN).messages?.[0]?.content[0]).toEqual({
      text: JSON_NOTE,
    });
  });

  test('so is a schema that is missing', () => {
    expect(brief(format(undefined, { schema: null }), NATIVE).system).toEqual([JSON_NOTE]);
  });
});

describe('a schema where the model itself holds to it', () => {
  test('is closed, and JSON text', () => {
    const request = converse(format(person, { description: 'Somebody' }), NATIVE);
    expect(request.outputConfig).toEqual({
      textFormat: {
        type: 'json_schema',
        structure: {
          jsonSchema: {
            schema: JSON.stringify({ ...person, additionalProperties: false }),
            name: 'person',
            description: 'Somebody',
          },
        },
      },
    });
    expect(request).not.toHaveProperty('toolConfig');
    expect(request).not.toHaveProperty('system');
  });

  test('stands beside the caller’s tools and beside thinking', () => {
    const request = converse({ ...format(), tools: [tool('f')], tool_choice: 'required' }, NATIVE);
    expect(request.toolConfig).toMatchObject({ tools: [{ toolSpec: { name: 'f' } }], toolChoice: { any: {} } });
    expect(request.outputConfig).toBeDefined();
    expect(converse({ ...format(), reasoning_effort: 'low' }, NATIVE)).toMatchObject({
      outputConfig: { textFormat: { type: 'json_schema' } },
      additionalModelRequestFields: { thinking: { type: 'enabled' } },
    });
  });

  test('has its references inlined', () => {
    const schema = { $ref: '#/$defs/person', $defs: { person } };
    expect(converse(format(schema), NATIVE)).toEqual(converse(format(person), NATIVE));
  });

  test.each([
    ['a list', { type: 'array', items: { type: 'string' } }],
    ['a choice', { anyOf: [person, { type: 'null' }] }],
  ])('may have %s at its root', (_rule, schema) => {
    expect(converse(format(schema), NATIVE).outputConfig).toBeDefined();
  });

  const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } } };
  test.each([
    ['an object with any keys', { type: 'object', properties: { a: { type: 'object' } } }],
    ['a schema that holds itself', { $ref: '#/$defs/node', $defs: { node } }],
  ])('%s goes by a tool', (_rule, schema) => {
    const { request, jsonTool } = translate(format(schema), NATIVE);
    expect(request).not.toHaveProperty('outputConfig');
    expect(jsonTool).toBe('json_person');
  });
});

describe('a schema where a tool has to do', () => {
  test('is the input of a tool that must be called', () => {
    const { request, jsonTool } = translate(format(person, { description: 'Somebody' }));
    expect(request.toolConfig).toEqual({
      tools: [{ toolSpec: { name: 'json_person', description: 'Somebody', inputSchema: { json: person } } }],
      toolChoice: { tool: { name: 'json_person' } },
    });
    expect(jsonTool).toBe('json_person');
  });

  test.each<[rule: string, fields: object, modelId: string, expected: object]>([
    [
      'beside tools: one of them all',
      { tools: [tool('f')] },
      PLAIN_MODEL,
      { tools: ['f', 'json_person'], toolChoice: { any: {} }, jsonTool: 'json_person' },
    ],
    [
      'who must call a tool does not answer',
      { tools: [tool('f')], tool_choice: 'required' },
      PLAIN_MODEL,
      { tools: ['f'], toolChoice: { any: {} }, jsonTool: undefined },
    ],
    [
      'nor who must call one',
      { tools: [tool('f')], tool_choice: tool('f') },
      PLAIN_MODEL,
      { tools: ['f'], toolChoice: { tool: { name: 'f' } }, jsonTool: undefined },
    ],
    [
      'who may call none answers',
      { tools: [tool('f')], tool_choice: 'none' },
      PLAIN_MODEL,
      {
        tools: ['f', 'json_person'],
        toolChoice: { tool: { name: 'json_person' } },
        jsonTool: 'json_person',
        system: undefined,
      },
    ],
    [
      'after calls without tools',
      { messages: history },
      PLAIN_MODEL,
      {
        tools: ['json_person'],
        toolChoice: { tool: { name: 'json_person' } },
        jsonTool: 'json_person',
        system: undefined,
      },
    ],
    [
      'where only "any" is taken',
      {},
      ANY,
      { tools: ['json_person'], toolChoice: { any: {} }, jsonTool: 'json_person' },
    ],
    [
      'where only "any" is taken, and none may be called',
      { tools: [tool('f')], tool_choice: 'none' },
      ANY,
      { tools: ['json_person'], toolChoice: { any: {} } },
    ],
    [
      'where nothing can be forced',
      {},
      NO_FORCE,
      { tools: ['json_person'], toolChoice: undefined, system: [jsonToolNote('json_person')], jsonTool: 'json_person' },
    ],
    [
      'while it thinks',
      { reasoning_effort: 'low' },
      PLAIN_MODEL,
      { tools: ['json_person'], toolChoice: undefined, system: [jsonToolNote('json_person')], jsonTool: 'json_person' },
    ],
    [
      'a tool of that name',
      { tools: [tool('json_person')] },
      PLAIN_MODEL,
      { tools: ['json_person', 'json_person_1'], jsonTool: 'json_person_1' },
    ],
    [
      'a hyphen in its name',
      { response_format: { type: 'json_schema', json_schema: { name: 'a-b', schema: person } } },
      'amazon.nova-pro-v1:0',
      { tools: ['json_a_b'] },
    ],
  ])('%s', (_rule, fields, modelId, expected) => {
    expect(brief({ ...format(), ...fields }, modelId)).toMatchObject({ droppedParams: [], ...expected });
  });

  test('with one call at a time', () => {
    const request = converse({ ...format(), tools: [tool('f')], parallel_tool_calls: false });
    expect(request.additionalModelRequestFields).toEqual({ tool_choice: { disable_parallel_tool_use: true } });
  });

  test.each([
    ['a list', { type: 'array', items: { type: 'string' } }],
    ['a text', { type: 'string' }],
    ['a choice', { anyOf: [person, { type: 'null' }] }],
  ])('%s at its root cannot be a tool’s', (_rule, schema) => {
    const { system, tools } = brief(format(schema), PLAIN_MODEL);
    expect(tools).toBeUndefined();
    expect(system?.join()).toContain(JSON.stringify(schema));
  });
});

test('a schema in words, where the model has nothing better', () => {
  const { system, jsonTool, tools } = brief(format(person, { description: 'Somebody' }), PROMPT);
  expect(tools).toBeUndefined();
  expect(jsonTool).toBeUndefined();
  expect(system?.[0]).toContain(JSON.stringify(person));
  expect(system?.[0]).toContain('Somebody');
});

test.each([
  ['a reference to nowhere', { $ref: '#/$defs/x' }],
  ['a schema that nests too deep', JSON.parse(`${'{"items":'.repeat(150)}{}${'}'.repeat(150)}`)],
])('%s is refused', (_rule, schema) => {
  expect(refusal(() => translate(format(schema), NATIVE))).toMatch(/^invalid-request response_format/);
});
