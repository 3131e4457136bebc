import type { ConverseContentBlock, ConverseReply } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { citationToAnthropic, citationToConverse } from './citations.ts';
import { converseToAnthropic } from './converse-to-anthropic.ts';
import { usageToAnthropic } from './usage.ts';

const context = { id: 'msg_1', model: 'm', toolNames: new Map([['a_b_1', 'a.b']]) };

function answer(content: readonly ConverseContentBlock[], more: object = {}, contextMore: object = {}) {
  const reply: ConverseReply = { output: { message: { role: 'assistant', content } }, stopReason: 'end_turn', ...more };
  return converseToAnthropic(reply, { ...context, ...contextMore });
}
const text = (value: string) => ({ type: 'text', text: value, citations: null });
const call = { toolUse: { toolUseId: 'tooluse_1', name: 'f', input: { a: 1 } } };

test('an answer', () => {
  expect(answer([{ text: 'Hi' }], { usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } })).toEqual({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text: 'Hi', citations: null }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    stop_details: null,
    usage: {
      input_tokens: 3,
      output_tokens: 2,
      cache_creation_input_tokens: null,
      cache_read_input_tokens: null,
      cache_creation: null,
      output_tokens_details: null,
      server_tool_use: null,
      service_tier: null,
    },
  });
});

describe('blocks', () => {
  test.each<[rule: string, blocks: readonly unknown[], expected: readonly unknown[], more?: object]>([
    ['texts stay apart and as they are', [{ text: ' a\n' }, { text: 'b' }], [text(' a\n'), text('b')]],
    ['empty text is left out', [{ text: '' }], []],
    ['a call keeps its id', [call], [{ type: 'tool_use', id: 'tooluse_1', name: 'f', input: { a: 1 } }]],
    [
      'a tool has the caller’s name again',
      [{ toolUse: { toolUseId: '1', name: 'a_b_1', input: {} } }],
      [{ type: 'tool_use', id: '1', name: 'a.b', input: {} }],
    ],
    [
      'no input is an empty one',
      [{ toolUse: { toolUseId: '1', name: 'f' } }],
      [{ type: 'tool_use', id: '1', name: 'f', input: {} }],
    ],
    [
      'a call of the provider is not the caller’s, nor its result',
      [
        { toolUse: { toolUseId: '1', name: 'nova_grounding', input: {}, type: 'server_tool_use' } },
        { toolResult: { toolUseId: '1', content: [], type: 'nova_grounding_result' } },
        { text: 'a' },
      ],
      [text('a')],
    ],
    [
      'signed thinking',
      [{ reasoningContent: { reasoningText: { text: 't', signature: 's' } } }],
      [{ type: 'thinking', thinking: 't', signature: 's' }],
    ],
    [
      'thinking without a signature has an empty one',
      [{ reasoningContent: { reasoningText: { text: 't' } } }],
      [{ type: 'thinking', thinking: 't', signature: '' }],
    ],
    [
      'redacted thinking',
      [{ reasoningContent: { redactedContent: 'AQI=' } }],
      [{ type: 'redacted_thinking', data: 'AQI=' }],
    ],
    [
      'text with sources, joined',
      [
        {
          citationsContent: {
            content: [{ text: 'a' }, { text: 'b' }],
            citations: [{ location: { documentChar: { documentIndex: 0, start: 1, end: 2 } } }, { title: 'lost' }],
          },
        },
      ],
      [
        {
          type: 'text',
          text: 'ab',
          citations: [
            {
              type: 'char_location',
              cited_text: '',
              document_index: 0,
              document_title: null,
              file_id: null,
              start_char_index: 1,
              end_char_index: 2,
            },
          ],
        },
      ],
    ],
    ['sources of nothing', [{ citationsContent: {} }], []],
    ['text without its sources', [{ citationsContent: { content: [{ text: 'a' }] } }], [text('a')]],
    [
      'JSON by a tool is text',
      [{ toolUse: { toolUseId: '1', name: 'json_answer', input: { a: 1 } } }],
      [text('{"a":1}')],
      { jsonTool: 'json_answer' },
    ],
    [
      'of two answers in JSON by a tool the first is the answer, without the words beside it',
      [
        { text: 'Here' },
        { toolUse: { toolUseId: '1', name: 'json_answer', input: { a: 1 } } },
        { toolUse: { toolUseId: '2', name: 'json_answer', input: {} } },
        { toolUse: { toolUseId: '3', name: 'f', input: {} } },
      ],
      [text('{"a":1}'), { type: 'tool_use', id: '3', name: 'f', input: {} }],
      { jsonTool: 'json_answer' },
    ],
    [
      'words of a model that does not call the tool for JSON are the answer',
      [{ text: 'I cannot.' }],
      [text('I cannot.')],
      { jsonTool: 'json_answer' },
    ],
    [
      'an image that the model made is named',
      [{ image: { format: 'png', source: { bytes: 'AQ==' } } }],
      [text('[An image that cannot be shown here]')],
    ],
    ['what is unknown is left out', [{ somethingNew: {} }, null, 'x', { text: 'a' }], [text('a')]],
  ])('%s', (_rule, blocks, expected, more) => {
    expect(answer(blocks as readonly ConverseContentBlock[], {}, more).content).toEqual(expected);
  });
});

describe('stop reasons', () => {
  const refused = (explanation: string | null) => ({ type: 'refusal', category: null, explanation });
  test.each<[stopReason: string, blocks: readonly ConverseContentBlock[], more: object, expected: readonly unknown[]]>([
    ['end_turn', [], {}, ['end_turn', null, null]],
    ['max_tokens', [call], {}, ['max_tokens', null, null]],
    ['model_context_window_exceeded', [], {}, ['model_context_window_exceeded', null, null]],
    ['tool_use', [call], {}, ['tool_use', null, null]],
    ['tool_use', [], {}, ['end_turn', null, null]],
    ['end_turn', [call], {}, ['tool_use', null, null]],
    ['stop_sequence', [call], {}, ['tool_use', null, null]],
    ['stop_sequence', [], { stopSequences: ['X'] }, ['stop_sequence', 'X', null]],
    ['stop_sequence', [], { stopSequences: ['X', 'Y'] }, ['stop_sequence', null, null]],
    ['stop_sequence', [], {}, ['stop_sequence', null, null]],
    ['guardrail_intervened', [], {}, ['refusal', null, refused('A guardrail intervened.')]],
    ['content_filtered', [], {}, ['refusal', null, refused('The answer was filtered.')]],
    ['refusal', [], {}, ['refusal', null, refused(null)]],
    ['pause_turn', [], {}, ['pause_turn', null, null]],
    ['something_new', [], {}, ['end_turn', null, null]],
  ])('%s, %j, %j', (stopReason, blocks, more, expected) => {
    const { stop_reason, stop_sequence, stop_details } = answer(blocks, { stopReason }, more);
    expect([stop_reason, stop_sequence, stop_details]).toEqual(expected);
  });

  test('the model says which sequence it was', () => {
    const named = { stopReason: 'stop_sequence', additionalModelResponseFields: { stop_sequence: 'Y' } };
    expect(answer([], named, { stopSequences: ['X', 'Y'] }).stop_sequence).toBe('Y');
  });

  test('JSON by a tool is an answer, and no call', () => {
    const made = [{ toolUse: { toolUseId: '1', name: 'json_answer', input: {} } }];
    expect(answer(made, { stopReason: 'tool_use' }, { jsonTool: 'json_answer' }).stop_reason).toBe('end_turn');
  });

  test.each(['malformed_model_output', 'malformed_tool_use'])('%s is an error', (stopReason) => {
    expect(refusal(() => answer([], { stopReason }))).toBe('upstream-model-error undefined');
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no content', { output: { message: {} }, stopReason: 'end_turn' }],
    ['no stop reason', { output: { message: { content: [] } } }],
  ])('no answer of Converse: %s', (_what, reply) => {
    expect(refusal(() => converseToAnthropic(reply as ConverseReply, context))).toBe('upstream-failed undefined');
  });
});

describe('usage', () => {
  test.each<[rule: string, usage: object | undefined, tier: string | undefined, expected: object]>([
    ['nothing reported: numbers where clients add up', undefined, undefined, { input_tokens: 0, output_tokens: 0 }],
    [
      'cached tokens are beside the input',
      { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 },
      undefined,
      { input_tokens: 1, cache_read_input_tokens: 3, cache_creation_input_tokens: 4, cache_creation: null },
    ],
    [
      'how long what was written is kept',
      { cacheWriteTokens: 4, cacheWriteOneHourTokens: 3 },
      undefined,
      { cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 3 } },
    ],
    [
      'nothing written is kept for no time',
      { cacheWriteTokens: 0 },
      undefined,
      { cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 } },
    ],
    ['thinking', { outputTokens: 9, reasoningTokens: 7 }, undefined, { output_tokens_details: { thinking_tokens: 7 } }],
    ['the default tier', {}, 'default', { service_tier: 'standard' }],
    ['the priority tier', {}, 'priority', { service_tier: 'priority' }],
    ['a tier that Anthropic has no word for', {}, 'flex', { service_tier: null }],
  ])('%s', (_rule, usage, tier, expected) => {
    expect(usageToAnthropic(usage, tier)).toMatchObject(expected);
  });
});

describe('citations, there and back', () => {
  const quote = { title: 'T', sourceContent: [{ text: 'so' }] };
  const inDocument = { cited_text: 'so', document_index: 1, document_title: 'T', file_id: null };
  test.each<[string, Parameters<typeof citationToAnthropic>[0], object]>([
    [
      'characters',
      { ...quote, location: { documentChar: { documentIndex: 1, start: 2, end: 3 } } },
      { type: 'char_location', ...inDocument, start_char_index: 2, end_char_index: 3 },
    ],
    [
      'pages',
      { ...quote, location: { documentPage: { documentIndex: 1, start: 2, end: 3 } } },
      { type: 'page_location', ...inDocument, start_page_number: 2, end_page_number: 3 },
    ],
    [
      'pieces',
      { ...quote, location: { documentChunk: { documentIndex: 1, start: 2, end: 3 } } },
      { type: 'content_block_location', ...inDocument, start_block_index: 2, end_block_index: 3 },
    ],
    [
      'search results',
      {
        ...quote,
        source: 'https://a.example',
        location: { searchResultLocation: { searchResultIndex: 1, start: 2, end: 3 } },
      },
      {
        type: 'search_result_location',
        cited_text: 'so',
        search_result_index: 1,
        source: 'https://a.example',
        title: 'T',
        start_block_index: 2,
        end_block_index: 3,
      },
    ],
    [
      'the web',
      { ...quote, location: { web: { url: 'https://a.example' } } },
      {
        type: 'web_search_result_location',
        cited_text: 'so',
        url: 'https://a.example',
        title: 'T',
        encrypted_index: '',
      },
    ],
  ])('%s', (_what, citation, expected) => {
    const translated = citationToAnthropic(citation);
    expect(translated).toEqual(expected);
    if (translated !== undefined) expect(citationToConverse(translated)).toEqual(citation);
  });

  test('a place that nobody knows is none', () => {
    expect(citationToAnthropic({ title: 'T' })).toBeUndefined();
    expect(citationToAnthropic({ location: { somewhereNew: {} } as never })).toBeUndefined();
  });
});
