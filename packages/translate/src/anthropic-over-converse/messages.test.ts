import type { ConverseMessage } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { FAILED_TOOL_TEXT } from './block-reader.ts';
import { CLAUDE, converse, LLAMA, NEWEST_CLAUDE, NOVA, translate } from './test-support/translate.ts';

const DEEPSEEK_R1 = 'us.deepseek.r1-v1:0';
const OPUS_5 = 'anthropic.claude-opus-5';
const PNG = 'iVBORw0KGgo=';
const png = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } };
const pdf = { type: 'base64', media_type: 'application/pdf', data: Buffer.from('%PDF-1.7').toString('base64') };
const ephemeral = { cache_control: { type: 'ephemeral' } };
const point = { cachePoint: { type: 'default' } };
const text = (value: string, more: object = {}) => ({ type: 'text', text: value, ...more });
const call = (id: string, more: object = {}) => ({ type: 'tool_use', id, name: 'f', input: {}, ...more });
const result = (id: string, content?: unknown, more: object = {}) => ({
  type: 'tool_result',
  tool_use_id: id,
  ...(content === undefined ? {} : { content }),
  ...more,
});
const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });

function messages(given: readonly object[], modelId = CLAUDE): readonly ConverseMessage[] {
  return converse({ messages: given }, modelId).messages ?? [];
}
/** What becomes of one block of the user. */
const ofUser = (block: unknown, modelId = CLAUDE) => messages([user([block])], modelId)[0]?.content;
/** What becomes of one block of the assistant. */
const ofAssistant = (block: unknown, modelId = CLAUDE) =>
  messages([user('Hi'), assistant([block]), user('and?')], modelId)[1]?.content;

describe('what the user says', () => {
  test.each<[rule: string, content: unknown, expected: unknown, modelId?: string]>([
    ['text', 'Hi', [{ text: 'Hi' }]],
    ['texts', [text('a'), text('b')], [{ text: 'a' }, { text: 'b' }]],
    ['blank text is left out', [text(' \n'), text('b')], [{ text: 'b' }]],
    ['nothing is a dot', '', [{ text: '.' }]],
    ['an image', [png], [{ image: { format: 'png', source: { bytes: PNG } } }]],
    [
      'an image by its bytes',
      [{ type: 'image', source: { ...png.source, media_type: 'image/jpeg' } }],
      [{ image: { format: 'png', source: { bytes: PNG } } }],
    ],
    [
      'an image in a data: URI',
      [{ type: 'image', source: { type: 'url', url: `data:image/png;base64,${PNG}` } }],
      [{ image: { format: 'png', source: { bytes: PNG } } }],
    ],
    [
      'a PDF, with text beside it',
      [{ type: 'document', source: pdf, title: 'A/B.pdf' }, text('?')],
      [{ document: { format: 'pdf', name: 'A-B-pdf', source: { bytes: pdf.data } } }, { text: '?' }],
    ],
    [
      'a document alone has a dot beside it',
      [{ type: 'document', source: pdf }],
      [{ document: { format: 'pdf', name: 'document', source: { bytes: pdf.data } } }, { text: '.' }],
    ],
    [
      'a text document',
      [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a' }, context: 'c' }, text('?')],
      [{ document: { format: 'txt', name: 'document', context: 'c', source: { bytes: 'YQ==' } } }, { text: '?' }],
    ],
    [
      'a text document that is cited',
      [
        {
          type: 'document',
          source: { type: 'text', media_type: 'text/plain', data: 'a' },
          citations: { enabled: true },
        },
        text('?'),
      ],
      [
        { document: { format: 'txt', name: 'document', source: { text: 'a' }, citations: { enabled: true } } },
        { text: '?' },
      ],
    ],
    [
      'one in pieces',
      [{ type: 'document', source: { type: 'content', content: [text('a'), text('b')] } }, text('?')],
      [
        { document: { format: 'txt', name: 'document', source: { bytes: Buffer.from('a\nb').toString('base64') } } },
        { text: '?' },
      ],
    ],
    [
      'pieces that are cited',
      [
        {
          type: 'document',
          source: { type: 'content', content: [text('a'), text('b')] },
          citations: { enabled: true },
        },
        text('?'),
      ],
      [
        {
          document: {
            format: 'txt',
            name: 'document',
            source: { content: [{ text: 'a' }, { text: 'b' }] },
            citations: { enabled: true },
          },
        },
        { text: '?' },
      ],
    ],
    [
      'two documents of one name',
      [{ type: 'document', source: pdf, title: 'a' }, { type: 'document', source: pdf, title: 'a' }, text('?')],
      [
        { document: { format: 'pdf', name: 'a', source: { bytes: pdf.data } } },
        { document: { format: 'pdf', name: 'a (2)', source: { bytes: pdf.data } } },
        { text: '?' },
      ],
    ],
    [
      'a search result',
      [
        {
          type: 'search_result',
          source: 's',
          title: 't',
          content: [text('a'), text('')],
          citations: { enabled: true },
        },
      ],
      [{ searchResult: { source: 's', title: 't', content: [{ text: 'a' }], citations: { enabled: true } } }],
    ],
    [
      'a search result, where there are none',
      [{ type: 'search_result', source: 's', title: 't', content: [text('a')] }],
      [{ text: 't\ns\na' }],
      LLAMA,
    ],
    ['a cache point behind its block', [text('a', ephemeral), text('b')], [{ text: 'a' }, point, { text: 'b' }]],
    [
      'for an hour, where that can be told',
      [text('a', { cache_control: { type: 'ephemeral', ttl: '1h' } })],
      [{ text: 'a' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      NEWEST_CLAUDE,
    ],
  ])('%s', (_rule, content, expected, modelId) => {
    expect(messages([user(content)], modelId)).toEqual([{ role: 'user', content: expected }]);
  });

  test.each<[rule: string, block: unknown, param: string, modelId?: string]>([
    ['an image on the web', { type: 'image', source: { type: 'url', url: 'https://a.example/a.png' } }, 'source'],
    ['an image in Anthropic’s store', { type: 'image', source: { type: 'file', file_id: 'f' } }, 'source'],
    ['bytes that are no image', { type: 'image', source: { ...png.source, data: 'AQIDBAUG' } }, 'source'],
    ['no base64', { type: 'image', source: { ...png.source, data: '%%' } }, 'source'],
    ['a document that is an image', { type: 'document', source: png.source }, 'source'],
    ['a document on the web', { type: 'document', source: { type: 'url', url: 'https://a.example/a.pdf' } }, 'source'],
    ['a document in Anthropic’s store', { type: 'document', source: { type: 'file', file_id: 'f' } }, 'source'],
    [
      'an empty document',
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: ' ' } },
      'source',
    ],
    [
      'an image within a document',
      { type: 'document', source: { type: 'content', content: [png] } },
      'source.content.0.type',
    ],
    ['images, where the model takes none', png, 'type', 'us.meta.llama3-3-70b-instruct-v1:0'],
    ['documents, where the model takes none', { type: 'document', source: pdf }, 'type', 'us.amazon.nova-micro-v1:0'],
    ['a call of the user', call('1'), 'type'],
    [
      'a result of a tool that Anthropic ran',
      { type: 'web_search_tool_result', tool_use_id: '1', content: [] },
      'type',
    ],
    ['an upload', { type: 'container_upload', file_id: 'f' }, 'type'],
    ['what nobody knows', { type: 'something_new' }, 'type'],
    ['a result of no call', result('1'), 'tool_use_id'],
  ])('refused: %s', (_rule, block, param, modelId) => {
    expect(refusal(() => ofUser(block, modelId))).toBe(`invalid-request messages.0.content.0.${param}`);
  });

  test('refused: more documents than Bedrock takes', () => {
    const documents = Array.from({ length: 6 }, () => ({ type: 'document', source: pdf }));
    expect(refusal(() => messages([user(documents)]))).toBe('invalid-request messages.0.content.5');
  });

  test('citations that the model does not give are named', () => {
    const cited = {
      type: 'search_result',
      source: 's',
      title: 't',
      content: [text('a')],
      citations: { enabled: true },
    };
    expect(translate({ messages: [user([cited])] }, LLAMA).droppedParams).toEqual(['messages.citations']);
  });
});

describe('what the assistant said', () => {
  const thought = { type: 'thinking', thinking: 't', signature: 's' };
  const cited = text('a', {
    citations: [
      {
        type: 'char_location',
        cited_text: 'c',
        document_index: 0,
        document_title: null,
        start_char_index: 1,
        end_char_index: 2,
      },
    ],
  });
  test.each<[rule: string, content: unknown, expected: unknown, modelId?: string]>([
    ['text', 'a', [{ text: 'a' }]],
    ['nothing is a dot', [], [{ text: '.' }]],
    [
      'signed thinking, before what it thought of',
      [thought, text('a')],
      [{ reasoningContent: { reasoningText: { text: 't', signature: 's' } } }, { text: 'a' }],
    ],
    [
      'redacted thinking',
      [{ type: 'redacted_thinking', data: 'AQ==' }, text('a')],
      [{ reasoningContent: { redactedContent: 'AQ==' } }, { text: 'a' }],
    ],
    ['thinking without a signature is left out', [{ ...thought, signature: '' }, text('a')], [{ text: 'a' }]],
    ['nothing but thinking is a dot', [thought], [{ text: '.' }]],
    [
      'thinking, where the model takes none back',
      [thought, { type: 'redacted_thinking', data: 'AQ==' }, text('a')],
      [{ text: 'a' }],
      NOVA,
    ],
    [
      'text with its sources',
      [cited],
      [
        {
          citationsContent: {
            content: [{ text: 'a' }],
            citations: [
              { sourceContent: [{ text: 'c' }], location: { documentChar: { documentIndex: 0, start: 1, end: 2 } } },
            ],
          },
        },
      ],
    ],
    ['text without them, where the model takes none', [cited], [{ text: 'a' }], LLAMA],
    ['no sources', [text('a', { citations: null })], [{ text: 'a' }]],
  ])('%s', (_rule, content, expected, modelId) => {
    expect(messages([user('Hi'), assistant(content), user('and?')], modelId)[1]).toEqual({
      role: 'assistant',
      content: expected,
    });
  });

  test.each<[rule: string, block: unknown]>([
    ['an image', png],
    ['a result', result('1')],
    ['a call of a tool that Anthropic ran', { type: 'server_tool_use', id: '1', name: 'web_search', input: {} }],
    ['a summary', { type: 'compaction', content: 'c' }],
  ])('refused: %s', (_rule, block) => {
    expect(refusal(() => ofAssistant(block))).toBe('invalid-request messages.1.content.0.type');
  });
});

describe('calls and results', () => {
  const round = (said: readonly object[], answered: readonly object[]) => [user('Hi'), assistant(said), user(answered)];
  const toolUse = (toolUseId: string) => ({ toolUse: { toolUseId, name: 'f', input: {} } });
  const toolResult = (toolUseId: string, content: readonly object[], more: object = { status: 'success' }) => ({
    toolResult: { toolUseId, content, ...more },
  });

  test.each<[rule: string, given: readonly object[], calls: unknown, results: unknown, modelId?: string]>([
    ['one', round([call('1')], [result('1', 'r')]), [toolUse('1')], [toolResult('1', [{ text: 'r' }])]],
    [
      'three, the results in any order and before the rest',
      round(
        [text('a'), call('1'), call('2'), call('3')],
        [text('b'), result('3', 'r3'), result('1', 'r1'), result('2', 'r2')],
      ),
      [{ text: 'a' }, toolUse('1'), toolUse('2'), toolUse('3')],
      [
        toolResult('3', [{ text: 'r3' }]),
        toolResult('1', [{ text: 'r1' }]),
        toolResult('2', [{ text: 'r2' }]),
        { text: 'b' },
      ],
    ],
    [
      'text between calls stays there',
      round([call('1'), text('a'), call('2')], [result('1', 'r'), result('2', 'r')]),
      [toolUse('1'), { text: 'a' }, toolUse('2')],
      [toolResult('1', [{ text: 'r' }]), toolResult('2', [{ text: 'r' }])],
    ],
    [
      'input that is empty text or null',
      round([call('1', { input: '' }), call('2', { input: null })], [result('1', 'r'), result('2', 'r')]),
      [toolUse('1'), toolUse('2')],
      [toolResult('1', [{ text: 'r' }]), toolResult('2', [{ text: 'r' }])],
    ],
    [
      'a result that says nothing is a dot',
      round([call('1')], [result('1')]),
      [toolUse('1')],
      [toolResult('1', [{ text: '.' }])],
    ],
    [
      'blocks of a result',
      round([call('1')], [result('1', [text('r'), png])]),
      [toolUse('1')],
      [toolResult('1', [{ text: 'r' }, { image: { format: 'png', source: { bytes: PNG } } }])],
    ],
    [
      'a failed call',
      round([call('1')], [result('1', 'r', { is_error: true })]),
      [toolUse('1')],
      [toolResult('1', [{ text: 'r' }], { status: 'error' })],
    ],
    [
      'a failed call, where a result has no status',
      round([call('1')], [result('1', 'r', { is_error: true })]),
      [toolUse('1')],
      [toolResult('1', [{ text: FAILED_TOOL_TEXT }, { text: 'r' }], {})],
      LLAMA,
    ],
    [
      'a second result for one call',
      round([call('1')], [result('1', 'r'), result('1', 'other')]),
      [toolUse('1')],
      [toolResult('1', [{ text: 'r' }])],
    ],
    [
      'a result that is missing',
      round([call('1')], [text('b')]),
      [toolUse('1')],
      [toolResult('1', [{ text: 'No result was given for this call.' }], { status: 'error' }), { text: 'b' }],
    ],
    [
      'an id that Bedrock does not take',
      round([call('a b')], [result('a b', 'r')]),
      [toolUse('a_b_c8687a08aa5d6ed2')],
      [toolResult('a_b_c8687a08aa5d6ed2', [{ text: 'r' }])],
    ],
    [
      'a cache point behind the result',
      round([call('1')], [result('1', 'r', ephemeral)]),
      [toolUse('1')],
      [toolResult('1', [{ text: 'r' }]), point],
    ],
    [
      'one within the result',
      round([call('1')], [result('1', [text('r', ephemeral)])]),
      [toolUse('1')],
      [toolResult('1', [{ text: 'r' }]), point],
    ],
    [
      'results in two messages of the user',
      [...round([call('1'), call('2')], [result('1', 'r')]), user([result('2', 'r')])],
      [toolUse('1'), toolUse('2')],
      [toolResult('1', [{ text: 'r' }]), toolResult('2', [{ text: 'r' }])],
    ],
  ])('%s', (_rule, given, calls, results, modelId) => {
    const [, said, answered] = messages(given, modelId);
    expect([said?.content, answered?.content]).toEqual([calls, results]);
  });

  test('a result in a turn that is over answers no call', () => {
    const given = [...round([call('1')], [result('1', 'r')]), assistant('a'), user([result('1', 'r')])];
    expect(refusal(() => messages(given))).toBe('invalid-request messages.4.content.0.tool_use_id');
  });

  test('a model without tools is told of them in words', () => {
    const request = converse({ messages: [user('Hi'), assistant([call('1')]), user([result('1', 'r')])] }, DEEPSEEK_R1);
    expect(request).not.toHaveProperty('toolConfig');
    expect(request.messages?.slice(1)).toEqual([
      { role: 'assistant', content: [{ text: '[Called f with {}]' }] },
      { role: 'user', content: [{ text: '[The call gave:]' }, { text: 'r' }] },
    ]);
  });

  test('a call of a stored turn may be answered', () => {
    const before: ConverseMessage[] = [
      { role: 'user', content: [{ text: 'Hi' }] },
      { role: 'assistant', content: [toolUse('1')] },
    ];
    const { request } = translate({ messages: [user([result('1', 'r')])] }, CLAUDE, { before });
    expect(request.messages?.[2]?.content).toEqual([toolResult('1', [{ text: 'r' }])]);
    expect(request.toolConfig).toMatchObject({ tools: [{ toolSpec: { name: 'f' } }] });
  });
});

describe('system', () => {
  test.each<[rule: string, fields: Record<string, unknown>, expected: unknown]>([
    ['text', { system: 'S' }, [{ text: 'S' }]],
    ['blocks', { system: [text('S', ephemeral), text(' '), text('T')] }, [{ text: 'S' }, point, { text: 'T' }]],
    ['none', { system: '' }, undefined],
    [
      'messages in front',
      { system: 'S', messages: [{ role: 'system', content: 'T' }, user('Hi')] },
      [{ text: 'S' }, { text: 'T' }],
    ],
  ])('%s', (_rule, fields, expected) => {
    const request = converse(fields);
    expect(request.system).toEqual(expected);
    expect(request.messages).toEqual([{ role: 'user', content: [{ text: 'Hi' }] }]);
  });

  const later = [user('Hi'), assistant('a'), user('b'), { role: 'system', content: 'S' }];
  test('in mid-conversation, where the model takes it', () => {
    expect(messages(later, OPUS_5).slice(2)).toEqual([
      { role: 'user', content: [{ text: 'b' }] },
      { role: 'system', content: [{ text: 'S' }] },
    ]);
  });

  test('else as a note of the user', () => {
    expect(messages(later).slice(2)).toEqual([{ role: 'user', content: [{ text: 'b' }, { text: 'System note: S' }] }]);
  });

  test('of a model without, in the first message', () => {
    expect(converse({ system: 'S' }, 'amazon.titan-text-express-v1')).toMatchObject({
      messages: [{ role: 'user', content: [{ text: 'S' }, { text: 'Hi' }] }],
    });
  });
});

describe('the order of messages', () => {
  test.each<[rule: string, given: readonly object[], expected: readonly string[]]>([
    [
      'two of a role become one',
      [user('a'), user('b'), assistant('c'), assistant('d')],
      ['user: a|b', 'assistant: c|d'],
    ],
    ['the first is the user’s', [assistant('a'), user('b')], ['user: .', 'assistant: a', 'user: b']],
    ['an answer that is begun', [user('a'), assistant('b')], ['user: a', 'assistant: b']],
  ])('%s', (_rule, given, expected) => {
    const brief = messages(given).map(
      ({ role, content }) => `${role}: ${content.map((it) => ('text' in it ? it.text : '?')).join('|')}`,
    );
    expect(brief).toEqual(expected);
  });
});

describe('cache marks', () => {
  test('of the whole request: behind its last block', () => {
    expect(converse({ ...ephemeral, messages: [user('a'), assistant('b'), user('c')] }).messages?.[2]?.content).toEqual(
      [{ text: 'c' }, point],
    );
  });

  test.each<[rule: string, fields: Record<string, unknown>, modelId: string, dropped: string[]]>([
    ['where the model has no cache', { system: [text('S', ephemeral)] }, LLAMA, ['system.cache_control']],
    [
      'of tools, where they are not kept',
      { tools: [{ name: 'f', input_schema: {}, ...ephemeral }] },
      NOVA,
      ['tools.cache_control'],
    ],
    [
      'for a time that the model cannot be told',
      { system: [text('S', { cache_control: { type: 'ephemeral', ttl: '1h' } })] },
      NOVA,
      ['cache_control.ttl'],
    ],
    [
      'more than four',
      { messages: [user(['a', 'b', 'c', 'd', 'e'].map((it) => text(it, ephemeral)))] },
      CLAUDE,
      ['messages.cache_control'],
    ],
  ])('what is lost is named: %s', (_rule, fields, modelId, dropped) => {
    expect(translate(fields, modelId).droppedParams).toEqual(dropped);
  });
});
