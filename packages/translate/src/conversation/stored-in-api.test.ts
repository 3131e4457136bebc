import type { AnthropicMessage, ApiMessage, ConverseMessage, OpenaiConversationMessage } from '@genai-gateway/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anthropicMessages, converseMessages, openaiMessages } from './stored-in-api.ts';

const PNG = 'iVBORw0KGgo=';
const PDF = 'JVBERg==';
const MP4 = 'AAAAGGZ0eXBtcDQyAAAAAG1wNDJpc29t';
const TXT = Buffer.from('héllo').toString('base64');

const openai = (message: object): ApiMessage => ({ api: 'openai', message: message as OpenaiConversationMessage });
const converse = (role: 'user' | 'assistant' | 'system', ...content: object[]): ApiMessage => ({
  api: 'converse',
  message: { role, content: content as unknown as ConverseMessage['content'] },
});
const anthropic = (role: 'user' | 'assistant' | 'system', content: string | object[]): ApiMessage => ({
  api: 'anthropic',
  message: { role, content: content as AnthropicMessage['content'] },
});
const user = (...parts: object[]) => openai({ role: 'user', content: parts });
const toolCall = { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };

describe('in the words of Converse', () => {
  const rows: readonly [rule: string, stored: ApiMessage, role: string, content: object[]][] = [
    ['a text', openai({ role: 'user', content: 'a' }), 'user', [{ text: 'a' }]],
    ['no text', openai({ role: 'user', content: '' }), 'user', []],
    ['parts', user({ type: 'text', text: 'a' }, { type: 'text', text: ' ' }), 'user', [{ text: 'a' }, { text: ' ' }]],
    ['a system message', openai({ role: 'developer', content: 'a' }), 'system', [{ text: 'a' }]],
    [
      'an image',
      user({ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }),
      'user',
      [{ image: { format: 'png', source: { bytes: PNG } } }],
    ],
    [
      'an image on the web',
      user({ type: 'image_url', image_url: { url: 'https://x.test/a.png' } }),
      'user',
      [{ text: '[An image that cannot be shown here: https://x.test/a.png]' }],
    ],
    [
      'an image that is none',
      user({ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }),
      'user',
      [{ text: '[An image that cannot be shown here]' }],
    ],
    [
      'an image with another address',
      user({ type: 'image_url', image_url: { url: 'gs://b/\nk' } }),
      'user',
      [{ text: '[An image that cannot be shown here: gs://b/ k]' }],
    ],
    [
      'a document',
      user({ type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } }),
      'user',
      [{ document: { format: 'pdf', name: 'a-pdf', source: { bytes: PDF } } }],
    ],
    [
      'a document elsewhere',
      user({ type: 'file', file: { filename: 'a.pdf', file_id: 'x' } }),
      'user',
      [{ text: '[A document that cannot be shown here: a.pdf]' }],
    ],
    [
      'a recording',
      user({ type: 'input_audio', input_audio: {} }),
      'user',
      [{ text: '[A recording that cannot be shown here]' }],
    ],
    [
      'a video elsewhere',
      user({ type: 'video_url', video_url: { url: 'https://x.test/a.mp4' } }),
      'user',
      [{ text: '[A video that cannot be shown here: https://x.test/a.mp4]' }],
    ],
    [
      'an unknown part',
      user({ type: 'hologram' }),
      'user',
      [{ text: '[A part "hologram" that cannot be shown here]' }],
    ],
    [
      'a cache mark',
      user({ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } }),
      'user',
      [{ text: 'a' }, { cachePoint: { type: 'default', ttl: '1h' } }],
    ],
    [
      'an answer with everything',
      openai({
        role: 'assistant',
        content: 'a',
        refusal: 'r',
        tool_calls: [toolCall],
        reasoning_content: 'xy',
        thinking_blocks: [
          { type: 'thinking', thinking: 'x', signature: 's' },
          { type: 'redacted_thinking', data: 'AAEC' },
        ],
        images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }],
      }),
      'assistant',
      [
        { reasoningContent: { reasoningText: { text: 'x', signature: 's' } } },
        { reasoningContent: { redactedContent: 'AAEC' } },
        { text: 'a' },
        { text: 'r' },
        { image: { format: 'png', source: { bytes: PNG } } },
        { toolUse: { toolUseId: 'c', name: 'f', input: { a: 1 } } },
      ],
    ],
    [
      'thinking without signature',
      openai({ role: 'assistant', content: 'a', reasoning_content: 'x' }),
      'assistant',
      [{ reasoningContent: { reasoningText: { text: 'x' } } }, { text: 'a' }],
    ],
    [
      'a spoken answer',
      openai({ role: 'assistant', content: null, audio: { id: 'x', transcript: 't' } }),
      'assistant',
      [{ text: 't' }],
    ],
    [
      'a call of a tool that takes text',
      openai({ role: 'assistant', tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'f', input: 'x' } }] }),
      'assistant',
      [{ toolUse: { toolUseId: 'c', name: 'f', input: { input: 'x' } } }],
    ],
    [
      'arguments that are no JSON',
      openai({ role: 'assistant', tool_calls: [{ ...toolCall, function: { name: 'f', arguments: '{"a' } }] }),
      'assistant',
      [{ toolUse: { toolUseId: 'c', name: 'f', input: '{"a' } }],
    ],
    [
      'the result of a tool',
      openai({ role: 'tool', tool_call_id: 'c', content: 'r' }),
      'user',
      [{ toolResult: { toolUseId: 'c', content: [{ text: 'r' }] } }],
    ],

    ['a text of Anthropic', anthropic('user', 'a'), 'user', [{ text: 'a' }]],
    ['a system message of Anthropic', anthropic('system', 'a'), 'system', [{ text: 'a' }]],
    [
      'an image of Anthropic',
      anthropic('user', [{ type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: PNG } }]),
      'user',
      [{ image: { format: 'png', source: { bytes: PNG } } }],
    ],
    [
      'an image of a file',
      anthropic('user', [{ type: 'image', source: { type: 'file', file_id: 'x' } }]),
      'user',
      [{ text: '[An image that cannot be shown here]' }],
    ],
    [
      'a PDF',
      anthropic('user', [
        { type: 'document', title: 'a', source: { type: 'base64', media_type: 'application/pdf', data: PDF } },
      ]),
      'user',
      [{ document: { format: 'pdf', name: 'a', source: { bytes: PDF } } }],
    ],
    [
      'a text document',
      anthropic('user', [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'héllo' } }]),
      'user',
      [{ document: { format: 'txt', name: 'document', source: { bytes: TXT } } }],
    ],
    [
      'a document on the web',
      anthropic('user', [{ type: 'document', source: { type: 'url', url: 'https://x.test/a' } }]),
      'user',
      [{ text: '[A document that cannot be shown here: https://x.test/a]' }],
    ],
    [
      'thinking and calls of Anthropic',
      anthropic('assistant', [
        { type: 'thinking', thinking: 'x', signature: 's' },
        { type: 'redacted_thinking', data: 'not base64' },
        { type: 'text', text: 'a', citations: [], cache_control: { type: 'ephemeral' } },
        { type: 'tool_use', id: 'c', name: 'f', input: { a: 1 } },
      ]),
      'assistant',
      [
        { reasoningContent: { reasoningText: { text: 'x', signature: 's' } } },
        { reasoningContent: { redactedContent: Buffer.from('litellm-text:not base64').toString('base64') } },
        { text: 'a' },
        { cachePoint: { type: 'default' } },
        { toolUse: { toolUseId: 'c', name: 'f', input: { a: 1 } } },
      ],
    ],
    [
      'a failed result of Anthropic',
      anthropic('user', [{ type: 'tool_result', tool_use_id: 'c', is_error: true, content: 'r' }]),
      'user',
      [{ toolResult: { toolUseId: 'c', content: [{ text: 'r' }], status: 'error' } }],
    ],
    [
      'a result without content',
      anthropic('user', [{ type: 'tool_result', tool_use_id: 'c' }]),
      'user',
      [{ toolResult: { toolUseId: 'c', content: [] } }],
    ],
    [
      'a search of Anthropic itself',
      anthropic('assistant', [{ type: 'server_tool_use', id: 'x', name: 'web_search', input: {} }]),
      'assistant',
      [{ text: '[A block "server_tool_use" that cannot be shown here: web_search]' }],
    ],
    ['a summary', anthropic('assistant', [{ type: 'compaction', content: 'a' }]), 'assistant', [{ text: 'a' }]],
    [
      'found texts',
      anthropic('user', [
        {
          type: 'search_result',
          title: 't',
          source: 'u',
          content: [{ type: 'text', text: 'a' }],
          citations: { enabled: true },
        },
      ]),
      'user',
      [{ searchResult: { source: 'u', title: 't', content: [{ text: 'a' }], citations: { enabled: true } } }],
    ],
    [
      'a document to quote from',
      anthropic('user', [
        {
          type: 'document',
          title: 'a.b',
          context: 'c',
          citations: { enabled: true },
          source: {
            type: 'content',
            content: [
              { type: 'text', text: 'hé' },
              { type: 'text', text: 'llo' },
            ],
          },
        },
      ]),
      'user',
      [
        {
          document: {
            format: 'txt',
            name: 'a-b',
            source: { bytes: Buffer.from('hé\n\nllo').toString('base64') },
            context: 'c',
            citations: { enabled: true },
          },
        },
      ],
    ],
    [
      'a document under its own type',
      anthropic('user', [{ type: 'document', source: { type: 'base64', media_type: 'text/csv', data: TXT } }]),
      'user',
      [{ document: { format: 'csv', name: 'document', source: { bytes: TXT } } }],
    ],
    [
      'a document in the place of an image',
      user({ type: 'image_url', image_url: { url: `data:application/pdf;base64,${PDF}` } }),
      'user',
      [{ document: { format: 'pdf', name: 'document', source: { bytes: PDF } } }],
    ],
    [
      'a video',
      user({ type: 'video_url', video_url: { url: `data:video/mp4;base64,${MP4}` } }),
      'user',
      [{ video: { format: 'mp4', source: { bytes: MP4 } } }],
    ],
    [
      'a recording with its format',
      user({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }),
      'user',
      [{ audio: { format: 'wav', source: { bytes: 'AAAA' } } }],
    ],
    ['guarded text', user({ type: 'guarded_text', text: 'a' }), 'user', [{ text: 'a' }]],
    [
      "a breakpoint in OpenAI's words, and a cache point alone",
      user(
        { type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } },
        { type: 'text', text: 'b' },
        { cachePoint: { type: 'default', ttl: '1h' } },
      ),
      'user',
      [
        { text: 'a' },
        { cachePoint: { type: 'default' } },
        { text: 'b' },
        { cachePoint: { type: 'default', ttl: '1h' } },
      ],
    ],
    [
      'thinking among the parts of an answer',
      openai({
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'x', signature: 's' },
          { type: 'redacted_thinking', data: 'UkVE' },
          { type: 'text', text: 'a' },
        ],
      }),
      'assistant',
      [
        { reasoningContent: { reasoningText: { text: 'x', signature: 's' } } },
        { reasoningContent: { redactedContent: 'UkVE' } },
        { text: 'a' },
      ],
    ],
  ];
  test.each(rows)('%s', (_rule, stored, role, content) => {
    expect(converseMessages([stored])).toStrictEqual([{ role, content }]);
  });
});

describe('in the words of OpenAI', () => {
  const image = { image: { format: 'png', source: { bytes: PNG } } };
  const part = { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } };
  const rows: readonly [rule: string, stored: ApiMessage, expected: object[]][] = [
    ['a text', converse('user', { text: 'a' }), [{ role: 'user', content: 'a' }]],
    [
      'texts',
      converse('user', { text: 'a' }, { text: 'b' }),
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ],
    ],
    ['nothing', converse('user'), [{ role: 'user', content: '' }]],
    ['a system message', converse('system', { text: 'a' }), [{ role: 'system', content: 'a' }]],
    ['an image', converse('user', image), [{ role: 'user', content: [part] }]],
    [
      'an image in S3',
      converse('user', { image: { format: 'png', source: { s3Location: { uri: 's3://b/k' } } } }),
      [{ role: 'user', content: '[An image that cannot be shown here: s3://b/k]' }],
    ],
    [
      'an image on the web',
      anthropic('user', [{ type: 'image', source: { type: 'url', url: 'https://x.test/a' } }]),
      [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.test/a' } }] }],
    ],
    [
      'a document',
      converse('user', { document: { format: 'docx', name: 'a', source: { bytes: 'AAAA' } } }),
      [
        {
          role: 'user',
          content: [
            {
              type: 'file',
              file: {
                filename: 'a',
                file_data: 'data:application/vnd.openxmlformats-officedocument.wordprocessingml.document;base64,AAAA',
              },
            },
          ],
        },
      ],
    ],
    [
      'a video',
      converse('user', { video: { format: 'mov', source: { bytes: MP4 } } }),
      [
        {
          role: 'user',
          content: [{ type: 'file', file: { filename: 'video.mov', file_data: `data:video/quicktime;base64,${MP4}` } }],
        },
      ],
    ],
    [
      'a video in S3',
      converse('user', { video: { format: 'mov', source: { s3Location: { uri: 's3://b/k' } } } }),
      [{ role: 'user', content: '[A video that cannot be shown here: s3://b/k]' }],
    ],
    [
      'a video of no known format',
      converse('user', { video: {} }),
      [{ role: 'user', content: '[A video that cannot be shown here]' }],
    ],
    [
      'a recording',
      converse('user', { audio: { format: 'mp3', source: { bytes: 'AAAA' } } }),
      [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } }] }],
    ],
    [
      'found texts',
      converse('user', { searchResult: { source: 'u', title: 't', content: [{ text: 'a' }, { text: 'b' }] } }),
      [{ role: 'user', content: 't\nu\na\nb' }],
    ],
    [
      'files in a result',
      converse('user', {
        toolResult: {
          toolUseId: 'c',
          content: [
            { video: { format: 'mov', source: { bytes: MP4 } } },
            { searchResult: { source: 'u', title: 't', content: [{ text: 'a' }] } },
          ],
        },
      }),
      [{ role: 'tool', tool_call_id: 'c', content: '[A video that cannot be shown here]\nt\nu\na' }],
    ],
    ['guarded text', converse('user', { guardContent: { text: { text: 'a' } } }), [{ role: 'user', content: 'a' }]],
    [
      'a cache point',
      converse('user', { text: 'a' }, { cachePoint: { type: 'default' } }),
      [{ role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] }],
    ],
    [
      'results, in front of what the user says',
      converse(
        'user',
        { text: 'a' },
        { toolResult: { toolUseId: 'c', content: [{ text: 'r' }, { json: { x: 1 } }] } },
        { toolResult: { toolUseId: 'd', content: [image], status: 'error' } },
      ),
      [
        { role: 'tool', tool_call_id: 'c', content: 'r\n{"x":1}' },
        { role: 'tool', tool_call_id: 'd', content: [{ type: 'text', text: 'The tool call failed.' }, part] },
        { role: 'user', content: 'a' },
      ],
    ],
    [
      'a document in a result',
      converse('user', {
        toolResult: { toolUseId: 'c', content: [{ document: { format: 'pdf', name: 'a', source: { bytes: PDF } } }] },
      }),
      [{ role: 'tool', tool_call_id: 'c', content: '[A document that cannot be shown here: a]' }],
    ],
    [
      'an answer with everything',
      converse(
        'assistant',
        { reasoningContent: { reasoningText: { text: 'x', signature: 's' } } },
        { reasoningContent: { reasoningText: { text: 'y' } } },
        { reasoningContent: { redactedContent: 'AAEC' } },
        { text: 'a' },
        { citationsContent: { content: [{ text: 'b' }], citations: [{}] } },
        image,
        { toolUse: { toolUseId: 'c', name: 'f', input: { a: 1 } } },
      ),
      [
        {
          role: 'assistant',
          content: 'ab',
          tool_calls: [toolCall],
          thinking_blocks: [
            { type: 'thinking', thinking: 'x', signature: 's' },
            { type: 'redacted_thinking', data: 'AAEC' },
          ],
          reasoning_content: 'y',
          images: [part],
        },
      ],
    ],
    [
      'calls alone',
      converse('assistant', { toolUse: { toolUseId: 'c', name: 'f', input: { a: 1 } } }),
      [{ role: 'assistant', content: null, tool_calls: [toolCall] }],
    ],
    [
      'a tool of the provider',
      converse(
        'assistant',
        { toolUse: { toolUseId: 'c', name: 'f', input: {}, type: 'server_tool_use' } },
        { toolResult: { toolUseId: 'c', content: [], type: 'x' } },
      ),
      [
        {
          role: 'assistant',
          content:
            '[A call of a tool of the provider that cannot be shown here: f][A result of a tool of the provider that cannot be shown here]',
        },
      ],
    ],
    [
      'an answer with a cache point',
      converse('assistant', { text: 'a' }, { cachePoint: { type: 'default', ttl: '5m' } }),
      [{ role: 'assistant', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '5m' } }] }],
    ],
    [
      'a call with a cache point',
      converse(
        'assistant',
        { toolUse: { toolUseId: 'c', name: 'f', input: { a: 1 } } },
        { cachePoint: { type: 'default' } },
      ),
      [{ role: 'assistant', content: null, tool_calls: [{ ...toolCall, cache_control: { type: 'ephemeral' } }] }],
    ],
  ];
  test.each(rows)('%s', (_rule, stored, expected) => {
    expect(openaiMessages([stored])).toStrictEqual(expected);
  });
});

describe('in the words of Anthropic', () => {
  const rows: readonly [rule: string, stored: ApiMessage, role: string, content: object[]][] = [
    ['a text', converse('user', { text: 'a' }, { text: ' ' }), 'user', [{ type: 'text', text: 'a' }]],
    ['a system message', openai({ role: 'system', content: 'a' }), 'user', [{ type: 'text', text: 'System note: a' }]],
    [
      'an image',
      converse('user', { image: { format: 'webp', source: { bytes: PNG } } }),
      'user',
      [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }],
    ],
    [
      'an image on the web',
      user({ type: 'image_url', image_url: { url: 'https://x.test/a' } }),
      'user',
      [{ type: 'image', source: { type: 'url', url: 'https://x.test/a' } }],
    ],
    [
      'a PDF',
      converse('user', { document: { format: 'pdf', name: 'a', source: { bytes: PDF } } }),
      'user',
      [{ type: 'document', title: 'a', source: { type: 'base64', media_type: 'application/pdf', data: PDF } }],
    ],
    [
      'a text document',
      converse('user', { document: { format: 'md', name: 'a', source: { text: 'héllo' } } }),
      'user',
      [{ type: 'document', title: 'a', source: { type: 'text', media_type: 'text/plain', data: 'héllo' } }],
    ],
    [
      'a spreadsheet',
      converse('user', { document: { format: 'xls', name: 'a', source: { bytes: PDF } } }),
      'user',
      [{ type: 'text', text: '[A document that cannot be shown here: a]' }],
    ],
    [
      'an answer',
      openai({
        role: 'assistant',
        content: 'a',
        thinking_blocks: [
          { type: 'thinking', thinking: 'x', signature: 's' },
          { type: 'redacted_thinking', data: 'd' },
        ],
        tool_calls: [{ ...toolCall, cache_control: { type: 'ephemeral' } }],
      }),
      'assistant',
      [
        { type: 'thinking', thinking: 'x', signature: 's' },
        { type: 'redacted_thinking', data: 'd' },
        { type: 'text', text: 'a' },
        { type: 'tool_use', id: 'c', name: 'f', input: { a: 1 }, cache_control: { type: 'ephemeral' } },
      ],
    ],
    [
      'found texts',
      converse('user', {
        searchResult: { source: 'u', title: 't', content: [{ text: 'a' }], citations: { enabled: true } },
      }),
      'user',
      [
        {
          type: 'search_result',
          source: 'u',
          title: 't',
          content: [{ type: 'text', text: 'a' }],
          citations: { enabled: true },
        },
      ],
    ],
    [
      'a video and a recording',
      converse(
        'user',
        { video: { format: 'mov', source: { bytes: MP4 } } },
        { audio: { format: 'mp3', source: { bytes: 'AAAA' } } },
      ),
      'user',
      [
        { type: 'text', text: '[A video that cannot be shown here]' },
        { type: 'text', text: '[A recording that cannot be shown here]' },
      ],
    ],
    [
      'a document to quote from',
      converse('user', {
        document: {
          name: 'a',
          source: { content: [{ text: 'b' }, { text: 'c' }] },
          context: 'd',
          citations: { enabled: false },
        },
      }),
      'user',
      [
        {
          type: 'document',
          title: 'a',
          context: 'd',
          citations: { enabled: false },
          source: { type: 'text', media_type: 'text/plain', data: 'b\n\nc' },
        },
      ],
    ],
    [
      'thinking without signature',
      openai({ role: 'assistant', content: null, reasoning_content: 'x' }),
      'assistant',
      [{ type: 'thinking', thinking: 'x', signature: '' }],
    ],
    [
      'a cache point behind thinking',
      converse(
        'assistant',
        { reasoningContent: { reasoningText: { text: 'x', signature: 's' } } },
        { cachePoint: { type: 'default' } },
      ),
      'assistant',
      [{ type: 'thinking', thinking: 'x', signature: 's' }],
    ],
    [
      'results',
      converse(
        'user',
        { toolResult: { toolUseId: 'c', content: [{ text: 'r' }], status: 'error' } },
        { toolResult: { toolUseId: 'd', content: [{ text: 'r' }, { text: 's' }], status: 'success' } },
      ),
      'user',
      [
        { type: 'tool_result', tool_use_id: 'c', content: 'r', is_error: true },
        {
          type: 'tool_result',
          tool_use_id: 'd',
          content: [
            { type: 'text', text: 'r' },
            { type: 'text', text: 's' },
          ],
        },
      ],
    ],
  ];
  test.each(rows)('%s', (_rule, stored, role, content) => {
    expect(anthropicMessages([stored])).toStrictEqual([{ role, content }]);
  });
});

describe('conversations', () => {
  const results = [
    openai({
      role: 'assistant',
      tool_calls: [{ function: { name: 'f', arguments: '{}' } }, { id: '', function: { name: 'g' } }],
    }),
    openai({ role: 'tool', content: 'x' }),
    openai({ role: 'tool', content: 'y' }),
    openai({ role: 'user', content: 'a' }),
    openai({ role: 'user', content: 'b' }),
  ];
  test('results in a row and what the user says with them are one message; calls without id get one', () => {
    const result = (toolUseId: string, text: string) => ({ toolResult: { toolUseId, content: [{ text }] } });
    expect(converseMessages(results)).toEqual([
      {
        role: 'assistant',
        content: [
          { toolUse: { toolUseId: 'call_1', name: 'f', input: {} } },
          { toolUse: { toolUseId: 'call_2', name: 'g', input: {} } },
        ],
      },
      { role: 'user', content: [result('call_1', 'x'), result('call_2', 'y'), { text: 'a' }] },
      { role: 'user', content: [{ text: 'b' }] },
    ]);
  });

  test('messages in the wanted words are the same objects, in their place', () => {
    const all = [
      ...results,
      converse('user', { text: 'c' }),
      anthropic('user', 'd'),
      openai({ role: 'tool', content: 'x' }),
      converse('user', { text: 'e' }),
    ];
    const [own, , , last] = converseMessages(all).slice(-4);
    expect(own).toBe(all[5]?.message);
    expect(last).toBe(all[8]?.message);
    expect(openaiMessages(all)[0]).toBe(all[0]?.message);
    expect(anthropicMessages(all).at(-2)).toBe(all[6]?.message);
  });
});

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((it) => it.trim() !== '');
const block = {
  text: fc.record({ text }),
  image: fc.constantFrom(
    { image: { format: 'png', source: { bytes: PNG } } },
    { image: { format: 'jpeg', source: { bytes: '/9j/4A==' } } },
  ),
  call: fc.record({
    toolUse: fc.record({
      toolUseId: text,
      name: fc.constantFrom('f', 'a-b'),
      input: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant(null))),
    }),
  }),
  thought: fc.record({
    reasoningContent: fc.record({ reasoningText: fc.record({ text: fc.string(), signature: text }) }),
  }),
  redacted: fc
    .uint8Array({ minLength: 1, maxLength: 12 })
    .map((it) => ({ reasoningContent: { redactedContent: Buffer.from(it).toString('base64') } })),
};
const result = fc.record({
  toolResult: fc.record({
    toolUseId: text,
    content: fc.tuple(fc.oneof(block.text, block.image)).map((all) => [...all]),
  }),
});
const said = fc.oneof(
  fc
    .tuple(
      fc.array(result, { maxLength: 2 }),
      fc.array(fc.oneof(block.text, block.image), { minLength: 1, maxLength: 3 }),
    )
    .map(([results, rest]) => ({ role: 'user' as const, content: [...results, ...rest] })),
  fc
    .tuple(
      fc.array(fc.oneof(block.thought, block.redacted), { maxLength: 2 }),
      fc.array(block.text, { minLength: 1, maxLength: 1 }),
      fc.array(block.image, { maxLength: 1 }),
      fc.array(block.call, { maxLength: 2 }),
    )
    .map((parts) => ({ role: 'assistant' as const, content: parts.flat() })),
);

test('there and back, a conversation keeps texts, images, tools and signed thinking', () => {
  fc.assert(
    fc.property(fc.array(said, { maxLength: 4 }), (messages) => {
      const stored = messages.map((message) => ({
        api: 'converse' as const,
        message: JSON.parse(JSON.stringify(message)) as ConverseMessage,
      }));
      const wanted = stored.map(({ message }) => message);
      const viaOpenai = openaiMessages(stored).map((message) => ({ api: 'openai' as const, message }));
      expect(converseMessages(viaOpenai)).toStrictEqual(wanted);
      const viaAnthropic = anthropicMessages(stored).map((message) => ({ api: 'anthropic' as const, message }));
      expect(converseMessages(viaAnthropic)).toStrictEqual(wanted);
      expect(anthropicMessages(viaOpenai)).toStrictEqual(viaAnthropic.map(({ message }) => message));
    }),
    { seed: 1, numRuns: 1000 },
  );
});

describe('what nests without end can be read', () => {
  const nested = (wrap: (inner: object) => object): object => {
    let inner: object = { text: 'a', type: 'text' };
    for (let depth = 0; depth < 50_000; depth++) inner = wrap(inner);
    return inner;
  };
  test.each([
    [
      'the input of a call',
      converse('assistant', { toolUse: { toolUseId: 'c', name: 'f', input: nested((a) => ({ a })) } }),
    ],
    [
      'JSON in a result',
      converse('user', { toolResult: { toolUseId: 'c', content: [{ json: nested((a) => ({ a })) }] } }),
    ],
    [
      'results of Converse',
      converse(
        'user',
        nested((it) => ({ toolResult: { toolUseId: 'c', content: [it] } })),
      ),
    ],
    [
      'results of Anthropic',
      anthropic('user', [nested((it) => ({ type: 'tool_result', tool_use_id: 'c', content: [it] }))]),
    ],
  ])('%s', (_rule, stored) => {
    for (const read of [converseMessages, openaiMessages, anthropicMessages]) expect(read([stored])).toHaveLength(1);
  });
});

test('whatever is stored, it can be read', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
  const junk = fc.oneof(
    { weight: 20, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
    { weight: 1, arbitrary: fc.constant(deep) },
  );
  const fields = [
    'text',
    'image',
    'document',
    'toolUse',
    'toolResult',
    'reasoningContent',
    'citationsContent',
    'guardContent',
    'searchResult',
    'video',
    'audio',
    'input_audio',
    'video_url',
    'input_video',
    'format',
    'citations',
    'cachePoint',
    'type',
    'source',
    'content',
    'image_url',
    'file',
    'thinking',
    'cache_control',
    'input',
    'json',
    'data',
    'url',
  ];
  const types = [
    'text',
    'image',
    'image_url',
    'file',
    'tool_use',
    'tool_result',
    'thinking',
    'redacted_thinking',
    'document',
    'search_result',
    'compaction',
    'refusal',
    'input_audio',
    'video_url',
    'input_video',
    'guarded_text',
  ];
  const odd = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      junk,
      fc.constantFrom(...types),
      tie('object'),
      fc.array(tie('object'), { maxLength: 3 }),
    ),
    object: fc.dictionary(fc.constantFrom(...fields), tie('value'), { maxKeys: 4 }),
  })).value;
  const message = fc.record({
    role: fc.oneof(fc.constantFrom('user', 'assistant', 'system', 'tool', 'function', 'developer'), junk),
    content: odd,
    tool_calls: odd,
    thinking_blocks: odd,
    images: odd,
    audio: odd,
    function_call: odd,
  });
  fc.assert(
    fc.property(
      fc.constantFrom('openai', 'converse', 'anthropic'),
      fc.array(message, { maxLength: 3 }),
      (api, messages) => {
        const stored = messages.map((it) => ({ api, message: it })) as unknown as ApiMessage[];
        for (const read of [converseMessages, openaiMessages, anthropicMessages])
          expect(Array.isArray(read(stored))).toBe(true);
      },
    ),
    { seed: 1, numRuns: 1000 },
  );
});
