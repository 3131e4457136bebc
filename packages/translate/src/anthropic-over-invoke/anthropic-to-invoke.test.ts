import { describe, expect, test } from 'vitest';
import { parseAnthropicRequest } from '../anthropic-over-converse/parse-anthropic.ts';
import { refusal } from '../test-support/refusal.ts';
import { type AnthropicAsInvoke, anthropicToInvoke } from './anthropic-to-invoke.ts';

const SONNET_4 = 'us.anthropic.claude-sonnet-4-20250514-v1:0';
const SONNET_4_5 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const OPUS_4_7 = 'us.anthropic.claude-opus-4-7';
const OPUS_5 = 'anthropic.claude-opus-5';
const PNG = 'iVBORw0KGgo=';

const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const text = (value: string, more: object = {}) => ({ type: 'text', text: value, ...more });
const thought = { type: 'thinking', thinking: 't', signature: 's' };
const call = { type: 'tool_use', id: '1', name: 'f', input: {} };
const result = { type: 'tool_result', tool_use_id: '1', content: 'r' };
const tool = { name: 'f', description: 'd', input_schema: { type: 'object' } };
const enabled = (budget_tokens: number) => ({ type: 'enabled', budget_tokens });

function invoke(fields: Record<string, unknown>, modelId = SONNET_4, betas: readonly string[] = []): AnthropicAsInvoke {
  const body: unknown = { model: 'm', max_tokens: 4096, messages: [user('Hi')], ...fields };
  const parsed = parseAnthropicRequest(JSON.parse(JSON.stringify(body)), { maxTokens: 'optional' });
  return anthropicToInvoke(parsed, { modelId, betas });
}
/** The body without what is in each. */
function bodyOf(fields: Record<string, unknown>, modelId?: string, betas?: readonly string[]): object {
  const { anthropic_version, max_tokens, messages, ...rest } = invoke(fields, modelId, betas).body;
  return { ...(fields['messages'] === undefined ? {} : { messages }), ...rest };
}

test('the least: no model, no stream, the version that Bedrock wants', () => {
  expect(invoke({ stream: true })).toEqual({
    body: { anthropic_version: 'bedrock-2023-05-31', max_tokens: 4096, messages: [user('Hi')] },
    droppedParams: [],
  });
});

test('nothing is said of the length where the caller says nothing, as in counting', () => {
  expect(invoke({ max_tokens: undefined }).body).not.toHaveProperty('max_tokens');
});

describe('what goes through, what is changed, and what is named', () => {
  test.each<[rule: string, fields: Record<string, unknown>, modelId: string, expected: object, dropped?: string[]]>([
    [
      'parameters',
      { temperature: 0.5, top_k: 5, stop_sequences: ['X'], system: 'S' },
      SONNET_4,
      { temperature: 0.5, top_k: 5, stop_sequences: ['X'], system: 'S' },
    ],
    ['a limit of 0', { max_tokens: 0 }, SONNET_4, {}],
    ['one of temperature and top_p', { temperature: 0.5, top_p: 0.5 }, SONNET_4_5, { temperature: 0.5 }, ['top_p']],
    ['samplers of models that have none', { temperature: 0.5, top_k: 5 }, OPUS_4_7, {}, ['temperature', 'top_k']],
    ['blank stop sequences', { stop_sequences: [' '] }, SONNET_4, {}, ['stop_sequences']],
    [
      'the end user, hashed',
      { metadata: { user_id: 'u' } },
      SONNET_4,
      { metadata: { user_id: '0bfe935e70c321c7ca3afc75ce0d0ca2' } },
    ],
    ['a version of the caller’s', { anthropic_version: '2023-06-01' }, SONNET_4, {}],
    ['tiers that ask for nothing special', { service_tier: 'standard_only' }, SONNET_4, {}],
    [
      'what Anthropic alone has',
      { speed: 'fast', inference_geo: 'us', something_new: 1 },
      SONNET_4,
      {},
      ['speed', 'inference_geo', 'something_new'],
    ],
    ['blank system texts', { system: [text('S'), text('')] }, SONNET_4, { system: [text('S')] }],
    ['no system', { system: ' ' }, SONNET_4, {}],
  ])('%s', (_rule, fields, modelId, expected, dropped = []) => {
    expect(bodyOf(fields, modelId)).toEqual(expected);
    expect(invoke(fields, modelId).droppedParams).toEqual(dropped);
  });

  test.each<[rule: string, fields: Record<string, unknown>, param: string]>([
    ['a container', { container: 'c' }, 'container'],
    ['MCP servers', { mcp_servers: [{}] }, 'mcp_servers'],
    ['a thread that goes on', { thread: { type: 'continue', previous_message_id: 'msg_1' } }, 'thread'],
    ['a search on the web', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools.0.type'],
    ['code that Anthropic runs', { tools: [tool, { type: 'code_execution_20250825', name: 'c' }] }, 'tools.1.type'],
    [
      'an image on the web',
      { messages: [user([{ type: 'image', source: { type: 'url', url: 'https://a.example/a.png' } }])] },
      'messages.0.content.0.source',
    ],
    [
      'a file of Anthropic’s store, in a result',
      {
        messages: [
          user('Hi'),
          assistant([call]),
          user([{ ...result, content: [{ type: 'document', source: { type: 'file', file_id: 'f' } }] }]),
        ],
      },
      'messages.2.content.0.content.0.source',
    ],
    [
      'a call of a tool that Anthropic ran',
      { messages: [user('Hi'), assistant([{ type: 'server_tool_use', id: '1', name: 'web_search', input: {} }])] },
      'messages.1.content.0.type',
    ],
    [
      'its result',
      { messages: [user('Hi'), assistant([{ type: 'web_search_tool_result', tool_use_id: '1', content: [] }])] },
      'messages.1.content.0.type',
    ],
  ])('refused: %s', (_rule, fields, param) => {
    expect(refusal(() => invoke(fields))).toBe(`invalid-request ${param}`);
  });

  test('refused: tools of a Claude that has none', () => {
    expect(refusal(() => invoke({ tools: [tool] }, 'anthropic.claude-v2:1'))).toBe('invalid-request tools');
  });
});

describe('thinking and output', () => {
  const low = { type: 'adaptive', display: 'omitted' };
  const schema = { type: 'object', properties: {} };
  const format = { type: 'json_schema', schema };
  test.each<[rule: string, fields: Record<string, unknown>, modelId: string, expected: object, dropped?: string[]]>([
    [
      'a budget, and what the caller says beside it',
      { thinking: { ...enabled(2000), display: 'omitted' } },
      SONNET_4,
      { thinking: { ...enabled(2000), display: 'omitted' } },
    ],
    [
      'a budget that does not fit',
      { thinking: enabled(9000) },
      SONNET_4,
      { thinking: enabled(3072) },
      ['thinking.budget_tokens'],
    ],
    [
      'a budget, where none is taken',
      { thinking: { ...enabled(1024), display: 'omitted' } },
      OPUS_4_7,
      { thinking: low, output_config: { effort: 'low' } },
    ],
    [
      'adaptive, where only budgets are taken',
      { thinking: { type: 'adaptive' } },
      SONNET_4,
      { thinking: enabled(2048) },
    ],
    [
      'adaptive with effort',
      { thinking: low, output_config: { effort: 'high' } },
      OPUS_4_7,
      { thinking: low, output_config: { effort: 'high' } },
    ],
    ['effort alone', { output_config: { effort: 'high' } }, OPUS_4_7, { output_config: { effort: 'high' } }],
    [
      'effort alone begins no thinking, where only budgets are taken',
      { output_config: { effort: 'high' }, temperature: 0.5 },
      SONNET_4,
      { temperature: 0.5 },
      ['output_config.effort'],
    ],
    [
      'effort beside a budget',
      { thinking: enabled(2000), output_config: { effort: 'high' } },
      SONNET_4,
      { thinking: enabled(2000) },
      ['output_config.effort'],
    ],
    ['off', { thinking: { type: 'disabled' } }, SONNET_4, { thinking: { type: 'disabled' } }],
    ['off, where it cannot be', { thinking: { type: 'disabled' } }, 'anthropic.claude-opus-5-5', {}, ['thinking']],
    [
      'a temperature beside it',
      { thinking: enabled(2000), temperature: 0.5 },
      SONNET_4,
      { thinking: enabled(2000) },
      ['temperature'],
    ],
    [
      'a call that must be made beside it',
      { thinking: enabled(2000), tools: [tool], tool_choice: { type: 'any', disable_parallel_tool_use: true } },
      SONNET_4,
      { thinking: enabled(2000), tools: [tool], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      ['tool_choice'],
    ],
    [
      'thinking that was lost',
      { thinking: enabled(2000), messages: [user('Hi'), assistant([call]), user([result])] },
      SONNET_4,
      { messages: [user('Hi'), assistant([call]), user([result])] },
      ['thinking'],
    ],
    [
      'thinking that was lost, where the user says more than the result',
      { thinking: enabled(2000), messages: [user('Hi'), assistant([call]), user([result]), user('Go on')] },
      SONNET_4,
      { messages: [user('Hi'), assistant([call]), user([result]), user('Go on')] },
      ['thinking'],
    ],
    [
      'thinking in a message of its own',
      { thinking: enabled(2000), messages: [user('Hi'), assistant([thought]), assistant([call]), user([result])] },
      SONNET_4,
      {
        thinking: enabled(2000),
        messages: [user('Hi'), assistant([thought]), assistant([call]), user([result])],
      },
    ],
    ['JSON by a schema', { output_config: { format } }, SONNET_4_5, { output_config: { format } }],
    ['the same by its older name', { output_format: format }, SONNET_4_5, { output_config: { format } }],
    [
      'JSON where the model can only be asked',
      { output_config: { format }, system: 'S' },
      SONNET_4,
      { system: [text('S'), text(expect.stringContaining('JSON schema'))] },
      ['output_config.format'],
    ],
  ])('%s', (_rule, fields, modelId, expected, dropped = []) => {
    expect(bodyOf(fields, modelId)).toEqual(expected);
    expect(invoke(fields, modelId).droppedParams).toEqual(dropped);
  });
});

describe('messages', () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } };
  const search = { type: 'server_tool_use', id: '1', name: 'tool_search_tool_regex', input: {} };
  test.each<[rule: string, given: readonly object[], expected: readonly object[], modelId?: string]>([
    [
      'thinking goes back as it came',
      [user('Hi'), assistant([thought, call]), user([result])],
      [user('Hi'), assistant([thought, call]), user([result])],
    ],
    [
      'thinking of another model does not',
      [user('Hi'), assistant([{ ...thought, signature: '' }, text('a')])],
      [user('Hi'), assistant([text('a')])],
    ],
    ['blank texts', [user([text(''), text('a')]), assistant([text(' ')])], [user([text('a')]), assistant('.')]],
    ['empty messages', [user('')], [user('.')]],
    ['the assistant first', [assistant('a'), user('b')], [user('.'), assistant('a'), user('b')]],
    ['nothing but a system message', [{ role: 'system', content: 'S' }], [user('.')]],
    [
      'fields of answers that requests do not have',
      [
        user('Hi'),
        assistant([
          { ...text('a'), citations: null },
          { ...call, caller: { type: 'direct' } },
        ]),
      ],
      [user('Hi'), assistant([text('a'), call])],
    ],
    [
      'an image in a data: URI',
      [user([{ type: 'image', source: { type: 'url', url: `data:image/png;base64,${PNG}` } }])],
      [user([image])],
    ],
    [
      'media go through',
      [user([image, { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a' } }])],
      [user([image, { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a' } }])],
    ],
    [
      'results',
      [
        user([
          { ...result, is_error: true, content: [image, text('')] },
          { ...result, is_error: false, toolset_name: null },
        ]),
      ],
      [user([{ ...result, is_error: true, content: [image] }, result])],
    ],
    ['a search among the caller’s tools', [user('Hi'), assistant([search])], [user('Hi'), assistant([search])]],
    [
      'a summary',
      [user('Hi'), assistant([{ type: 'compaction', content: 'c' }])],
      [user('Hi'), assistant([{ type: 'compaction', content: 'c' }])],
    ],
    ['what nobody knows', [user([{ type: 'something_new', a: 1 }])], [user([{ type: 'something_new', a: 1 }])]],
    [
      'a system message, where the model takes it',
      [user('Hi'), { role: 'system', content: 'S' }],
      [user('Hi'), { role: 'system', content: 'S' }],
      OPUS_5,
    ],
    [
      'else as a note',
      [user('Hi'), { role: 'system', content: [text('S')] }],
      [user('Hi'), user([text('System note: S')])],
    ],
  ])('%s', (_rule, given, expected, modelId) => {
    expect(invoke({ messages: given }, modelId).body['messages']).toEqual(expected);
  });

  test('system messages in front are system text', () => {
    const { body } = invoke({ system: 'S', messages: [{ role: 'system', content: 'T' }, user('Hi')] });
    expect(body).toMatchObject({ system: [text('S'), text('T')], messages: [user('Hi')] });
  });
});

describe('cache marks', () => {
  const mark = (more: object = {}) => ({ cache_control: { type: 'ephemeral', ...more } });
  test.each<[rule: string, given: object, expected: object, modelId: string]>([
    ['as they are', mark(), mark(), SONNET_4],
    ['for an hour, where that can be told', mark({ ttl: '1h' }), mark({ ttl: '1h' }), SONNET_4_5],
    ['else for the model’s own time', mark({ ttl: '1h' }), mark(), SONNET_4],
    ['without what Bedrock does not know', mark({ scope: 'global' }), mark(), SONNET_4],
    ['none', { cache_control: null }, {}, SONNET_4],
  ])('%s', (_rule, given, expected, modelId) => {
    const fields = { system: [text('S', given)], messages: [user([text('a', given)])], tools: [{ ...tool, ...given }] };
    expect(bodyOf(fields, modelId)).toEqual({
      system: [text('S', expected)],
      messages: [user([text('a', expected)])],
      tools: [{ ...tool, ...expected }],
    });
  });

  test.each<[rule: string, messages: readonly object[], expected: readonly object[]]>([
    ['on a text', [user('a')], [user([text('a', mark())])]],
    ['on the last block', [user([text('a'), text('b')])], [user([text('a'), text('b', mark())])]],
    ['on one that has its own', [user([text('a', mark({ ttl: '1h' }))])], [user([text('a', mark({ ttl: '1h' }))])]],
  ])('the mark of the whole request stands %s', (_rule, messages, expected) => {
    expect(bodyOf({ messages, ...mark() }, SONNET_4_5)).toEqual({ messages: expected });
  });
});

describe('betas', () => {
  test.each<
    [rule: string, betas: readonly string[], expected: readonly string[] | undefined, dropped: readonly string[]]
  >([
    [
      'those that the model knows, in one order',
      ['interleaved-thinking-2025-05-14', 'context-1m-2025-08-07'],
      ['context-1m-2025-08-07', 'interleaved-thinking-2025-05-14'],
      [],
    ],
    [
      'others are named',
      ['claude-code-20250219', 'interleaved-thinking-2025-05-14'],
      ['interleaved-thinking-2025-05-14'],
      ['anthropic_beta.claude-code-20250219'],
    ],
    ['under the name that Bedrock has', ['advanced-tool-use-2025-11-20'], ['tool-search-tool-2025-10-19'], []],
    ['none', ['claude-code-20250219'], undefined, ['anthropic_beta.claude-code-20250219']],
  ])('%s', (_rule, betas, expected, dropped) => {
    const { body, droppedParams } = invoke({}, SONNET_4_5, betas);
    expect([body['anthropic_beta'], droppedParams]).toEqual([expected, dropped]);
  });

  test('those in the body count too', () => {
    expect(bodyOf({ anthropic_beta: ['context-1m-2025-08-07'] })).toEqual({
      anthropic_beta: ['context-1m-2025-08-07'],
    });
  });

  test.each<[rule: string, fields: Record<string, unknown>, expected: object, dropped?: readonly string[]]>([
    [
      'a tool that streams its input',
      { tools: [{ ...tool, eager_input_streaming: true }] },
      { tools: [tool], anthropic_beta: ['fine-grained-tool-streaming-2025-05-14'] },
    ],
    [
      'one that need not',
      { tools: [{ ...tool, eager_input_streaming: false, defer_loading: false }] },
      { tools: [tool] },
    ],
    [
      'tools to be searched for',
      {
        tools: [
          { type: 'tool_search_tool_regex_20251119', name: 's' },
          { ...tool, defer_loading: true },
        ],
      },
      {
        tools: [
          { type: 'tool_search_tool_regex_20251119', name: 's' },
          { ...tool, defer_loading: true },
        ],
        anthropic_beta: ['tool-search-tool-2025-10-19'],
      },
    ],
    [
      'not without the search',
      { tools: [{ ...tool, defer_loading: true }] },
      { tools: [tool] },
      ['tools.defer_loading'],
    ],
    [
      'examples',
      { tools: [{ ...tool, input_examples: [{}] }] },
      { tools: [{ ...tool, input_examples: [{}] }], anthropic_beta: ['tool-examples-2025-10-29'] },
    ],
    [
      'code that calls tools',
      { tools: [{ ...tool, allowed_callers: ['code_execution_20250825'] }] },
      { tools: [tool] },
      ['tools.allowed_callers'],
    ],
    ['the model itself may', { tools: [{ ...tool, allowed_callers: ['direct'] }] }, { tools: [tool] }],
    [
      'a computer',
      { tools: [{ type: 'computer_20250124', name: 'computer', display_width_px: 1, display_height_px: 1 }] },
      {
        tools: [{ type: 'computer_20250124', name: 'computer', display_width_px: 1, display_height_px: 1 }],
        anthropic_beta: ['computer-use-2025-01-24'],
      },
    ],
    [
      'a shell needs none',
      { tools: [{ type: 'bash_20250124', name: 'bash' }] },
      { tools: [{ type: 'bash_20250124', name: 'bash' }] },
    ],
    [
      'what nobody knows of a tool',
      { tools: [{ ...tool, something_new: 1 }] },
      { tools: [tool] },
      ['tools.something_new'],
    ],
    [
      'edits that Bedrock knows',
      { context_management: { edits: [{ type: 'clear_tool_uses_20250919' }, { type: 'clear_thinking_20251015' }] } },
      {
        context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
        anthropic_beta: ['context-management-2025-06-27'],
      },
      ['context_management'],
    ],
    [
      'edits that it does not',
      { context_management: { edits: [{ type: 'clear_thinking_20251015' }] } },
      {},
      ['context_management'],
    ],
    ['no tools are none', { tools: [] }, {}],
  ])('what needs one: %s', (_rule, fields, expected, dropped = []) => {
    expect(bodyOf(fields, SONNET_4_5)).toEqual(expected);
    expect(invoke(fields, SONNET_4_5).droppedParams).toEqual(dropped);
  });

  test('strict tools, where the model has them', () => {
    const strict = { ...tool, strict: true };
    expect(bodyOf({ tools: [strict] }, SONNET_4_5)).toEqual({ tools: [strict] });
    expect(invoke({ tools: [strict] }, SONNET_4)).toMatchObject({
      body: { tools: [tool] },
      droppedParams: ['tools.strict'],
    });
  });
});
