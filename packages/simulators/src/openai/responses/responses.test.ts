import { describe, expect, it } from 'vitest';
import { type JsonObject, type JsonValue, listOf, objectOf } from '../../json.ts';
import { type PlannedReply, planReply } from '../../reply/plan.ts';
import type { ScriptReply } from '../../script/script.ts';
import { responseBody, responseStream } from './responses-answer.ts';
import { checkResponse, understandResponse } from './responses-request.ts';

const context = { id: 'id', nowSeconds: 7, url: 'http://x', seed: 'seed' };
const said = { role: 'user', content: 'hi' };
const call = { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{}' };
const answer = { type: 'function_call_output', call_id: 'c1', output: 'seen' };

function reply(script: ScriptReply, body: JsonObject = { model: 'm', input: 'hi' }): PlannedReply {
  return planReply(understandResponse(body, 'seed').request, script);
}

function streamed(planned: PlannedReply): readonly JsonObject[] {
  return [...responseStream(planned, { model: 'm' }, context)].map(({ bytes }) => {
    const [name = '', data = ''] = bytes.toString().trimEnd().split('\n');
    const event: JsonObject = JSON.parse(data.slice('data: '.length));
    expect(name).toBe(`event: ${String(event['type'])}`);
    return event;
  });
}

describe('checkResponse', () => {
  it.each<[rule: string, body: JsonObject]>([
    ['a text', { input: 'hi' }],
    ['a message without a type', { input: [said] }],
    ['a call and its answer', { input: [said, call, answer] }],
    ['an answer to a call of an earlier response', { input: [answer], previous_response_id: 'resp_1' }],
    ['items it does not know', { input: [{ type: 'item_reference', id: 'x' }] }],
  ])('takes %s', (_, body) => {
    expect(() => checkResponse(body)).not.toThrow();
  });

  it.each<[rule: string, body: JsonObject, problem: RegExp]>([
    ['no input', {}, /'input'/],
    ['a number', { input: 1 }, /expected string or array, got number/],
    ['an unknown role', { input: [{ role: 'tool', content: 'x' }] }, /input\[0\]\.role/],
    ['a message without content', { input: [{ type: 'message', role: 'user' }] }, /input\[0\]\.content/],
    ['an answer to no call', { input: [answer] }, /No function call has the id c1/],
    ['a function without a name', { input: 'x', tools: [{ type: 'function' }] }, /tools\[0\]\.name/],
    ['too few tokens', { input: 'x', max_output_tokens: 15 }, /below 16/],
  ])('refuses %s', (_, body, problem) => {
    expect(() => checkResponse(body)).toThrow(problem);
  });
});

it.each<[rule: string, input: JsonValue, echo: string]>([
  ['a text', 'hello', 'hello'],
  ['the last user message', [said, { role: 'assistant', content: 'x' }], 'hi'],
  [
    'the parts of it that are texts',
    [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'a' },
          { type: 'input_image', image_url: 'data:,' },
        ],
      },
    ],
    'a',
  ],
  ['the answers of functions since', [said, call, answer, { ...answer, output: 'twice' }], 'seen\ntwice'],
])('the echo is %s', (_, input, echo) => {
  expect(understandResponse({ input }, 'seed').request.echoText).toBe(echo);
});

it('the echo has the form that was asked for, and a tool that has to be called is', () => {
  const schema = { type: 'object', required: ['said'], properties: { said: { type: 'string' } } };
  const body = { input: 'hi', text: { format: { type: 'json_schema', name: 'n', schema } } };
  expect(understandResponse(body, 'seed').request.echoText).toBe('{"said":"hi"}');
  const tools = [{ type: 'function', name: 'look', parameters: schema }];
  expect(understandResponse({ input: 'hi', tools, tool_choice: 'required' }, 'seed').request.forcedTool).toEqual({
    name: 'look',
    input: { said: 'hi' },
  });
});

const scripts: readonly (readonly [what: string, script: ScriptReply])[] = [
  ['text', { text: 'one two three' }],
  ['nothing', { text: '' }],
  [
    'calls',
    {
      text: 'Look.',
      toolCalls: [
        { name: 'look', input: { city: 'Paris' } },
        { name: 'go', input: '' },
      ],
    },
  ],
  ['reasoning', { reasoning: { text: 'let me think' }, redactedReasoning: 'eA==', text: 'so' }],
  ['a refusal', { text: 'I will not.', stopReason: 'guardrail_intervened' }],
];

describe.each(scripts)('a stream of %s', (_, script) => {
  const events = streamed(reply(script));
  const whole = responseBody(reply(script), { model: 'm' }, context);

  it('is numbered, begins, and ends with the response as a whole', () => {
    expect(events.map((event) => event['sequence_number'])).toEqual(events.map((__, at) => at));
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress']);
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: whole });
  });

  it('gives each item whole at its end, and its deltas add up to it', () => {
    const output = listOf(whole['output']).map(objectOf);
    const done = events.filter(({ type }) => type === 'response.output_item.done');
    expect(done.map(({ item }) => item)).toEqual(output);
    for (const [at, item] of output.entries()) {
      const deltas = events.filter(({ type, output_index }) => String(type).endsWith('.delta') && output_index === at);
      const [part] = [...listOf(item['content']), ...listOf(item['summary'])].map(objectOf);
      const text = item['arguments'] ?? part?.['text'] ?? part?.['refusal'] ?? '';
      expect(deltas.map(({ delta }) => delta).join('')).toBe(text);
    }
  });
});

it('a response that was cut says why', () => {
  const cut = reply({ text: 'one', stopReason: 'max_tokens' });
  expect(streamed(cut).at(-1)).toMatchObject({
    type: 'response.incomplete',
    response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  });
  expect(responseBody(reply({ text: '', stopReason: 'content_filtered' }), {}, context)).toMatchObject({
    incomplete_details: { reason: 'content_filter' },
  });
});
