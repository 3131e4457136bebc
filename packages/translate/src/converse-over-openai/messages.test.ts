import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { FAILED_TOOL_TEXT } from './messages.ts';
import { IMAGES, messagesOf, translate } from './test-support/translate.ts';

const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const system = (...content: object[]) => ({ role: 'system', content });
const image = (bytes: string = IMAGES.png, format = 'png') => ({ image: { format, source: { bytes } } });
const use = (toolUseId: string, input: object = {}) => ({ toolUse: { toolUseId, name: 'f', input } });
const result = (toolUseId: string, ...content: object[]) => ({ toolResult: { toolUseId, content } });
const failed = (...content: object[]) => ({ toolResult: { toolUseId: 't', content, status: 'error' } });
const thought = (text: string, signature?: string) => ({ reasoningContent: { reasoningText: { text, signature } } });
const point = { cachePoint: { type: 'default' } };

const text = (value: string) => ({ type: 'text', text: value });
const url = (value: string) => ({ type: 'image_url', image_url: { url: value } });
const png = url(`data:image/png;base64,${IMAGES.png}`);
const call = (id: string, args = '{}') => ({ id, type: 'function', function: { name: 'f', arguments: args } });
const tool = (id: string, content: unknown) => ({ role: 'tool', tool_call_id: id, content });
const marked = { cache_control: { type: 'ephemeral' } };

const HI = user({ text: 'Hi' });
/** What becomes of messages that come after a first one of the user. */
const after = (...messages: object[]) => messagesOf([HI, ...messages]).slice(1);

describe('system', () => {
  test.each<[rule: string, blocks: object[], expected: unknown]>([
    ['one text is a plain text', [{ text: 's' }], 's'],
    ['several stay apart', [{ text: 's' }, { text: 't' }], [text('s'), text('t')]],
    [
      'a cache point marks the text before it',
      [{ text: 's' }, point, { text: 't' }],
      [{ ...text('s'), ...marked }, text('t')],
    ],
    ['a marked text is no plain text', [{ text: 's' }, point], [{ ...text('s'), ...marked }]],
  ])('%s', (_rule, blocks, expected) => {
    expect(messagesOf([HI], blocks)[0]).toStrictEqual({ role: 'system', content: expected });
  });
  test.each([
    ['not given', undefined],
    ['empty', []],
    ['only a cache point', [point]],
  ])('%s is no message', (_rule, blocks) => {
    expect(messagesOf([HI], blocks)).toStrictEqual([{ role: 'user', content: 'Hi' }]);
  });
  test('in mid-conversation it stays in its place', () => {
    expect(after(system({ text: 's' }), user({ text: 'b' }))).toStrictEqual([
      { role: 'system', content: 's' },
      { role: 'user', content: 'b' },
    ]);
  });
});

describe('user', () => {
  test.each<[rule: string, content: object[], expected: unknown[]]>([
    ['one text is a plain text', [{ text: 'a' }], [{ role: 'user', content: 'a' }]],
    [
      'texts and images keep their order',
      [image(), { text: 'a' }, image()],
      [{ role: 'user', content: [png, text('a'), png] }],
    ],
    ['blank text is text', [{ text: ' ' }], [{ role: 'user', content: ' ' }]],
    [
      'tool results come first, in their order, and before what the user says',
      [{ text: 'a' }, result('u', { text: '2' }), { text: 'b' }, result('t', { text: '1' })],
      [tool('u', '2'), tool('t', '1'), { role: 'user', content: [text('a'), text('b')] }],
    ],
    ['only results are no user message', [result('t', { text: '1' })], [tool('t', '1')]],
    [
      'a cache point marks the part before it',
      [{ text: 'a' }, image(), point],
      [{ role: 'user', content: [text('a'), { ...png, ...marked }] }],
    ],
    [
      'or the result before it',
      [result('t', { text: '1' }), point, { text: 'a' }],
      [
        { ...tool('t', '1'), ...marked },
        { role: 'user', content: 'a' },
      ],
    ],
    [
      'its ttl stays',
      [{ text: 'a' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      [{ role: 'user', content: [{ ...text('a'), cache_control: { type: 'ephemeral', ttl: '1h' } }] }],
    ],
  ])('%s', (_rule, content, expected) => {
    expect(messagesOf([user(...content)])).toStrictEqual(expected);
  });

  test('a cache point with nothing before it is reported', () => {
    expect(translate({ messages: [user(point, { text: 'a' })] })).toMatchObject({
      request: { messages: [{ role: 'user', content: 'a' }] },
      droppedParams: ['cachePoint'],
    });
  });
});

describe('tool results', () => {
  test.each<[rule: string, block: object, expected: unknown]>([
    ['text', result('t', { text: 'a' }), 'a'],
    ['nothing is an empty text', result('t'), ''],
    ['JSON as its text', result('t', { json: { a: [1, null] } }), '{"a":[1,null]}'],
    ['JSON that is no object', result('t', { json: 'a' }), '"a"'],
    ['texts are lines', result('t', { text: 'a' }, { json: 1 }), 'a\n1'],
    ['an image', result('t', { text: 'a' }, image()), [text('a'), png]],
    ['success is not said', { toolResult: { toolUseId: 't', content: [{ text: 'a' }], status: 'success' } }, 'a'],
    ['a failure is', failed({ text: 'a' }), `${FAILED_TOOL_TEXT}\na`],
    ['a failure without content', failed(), FAILED_TOOL_TEXT],
    ['a failure with an image', failed(image()), [text(FAILED_TOOL_TEXT), png]],
  ])('%s', (_rule, block, expected) => {
    expect(after(assistant(use('t')), user(block))[1]).toStrictEqual(tool('t', expected));
  });
});

describe('assistant', () => {
  test.each<[rule: string, content: object[], expected: object]>([
    ['texts are joined as they are', [{ text: 'a' }, { text: 'b' }], { content: 'ab' }],
    ['calls', [use('t', { a: 1 }), use('u')], { content: null, tool_calls: [call('t', '{"a":1}'), call('u')] }],
    ['text beside calls', [{ text: 'a' }, use('t')], { content: 'a', tool_calls: [call('t')] }],
    ['a cache point marks the text before it', [{ text: 'a' }, point], { content: [{ ...text('a'), ...marked }] }],
    ['or the call', [use('t'), point], { content: null, tool_calls: [{ ...call('t'), ...marked }] }],
    ['an image that a model made', [image()], { content: [png] }],
    [
      'signed reasoning goes with its signature',
      [thought('a', 's'), { text: 'b' }],
      { content: 'b', thinking_blocks: [{ type: 'thinking', thinking: 'a', signature: 's' }] },
    ],
    [
      'unsigned reasoning goes as text',
      [thought('a'), thought('b'), { text: 'c' }],
      { content: 'c', reasoning_content: 'a\nb' },
    ],
    [
      'redacted reasoning keeps its place among the signed',
      [thought('a', 's'), { reasoningContent: { redactedContent: 'AAEC' } }, thought('', 't'), use('t')],
      {
        content: null,
        tool_calls: [call('t')],
        thinking_blocks: [
          { type: 'thinking', thinking: 'a', signature: 's' },
          { type: 'redacted_thinking', data: 'AAEC' },
          { type: 'thinking', thinking: '', signature: 't' },
        ],
      },
    ],
    ['only reasoning', [thought('a')], { content: '', reasoning_content: 'a' }],
  ])('%s', (_rule, content, expected) => {
    expect(after(assistant(...content))[0]).toStrictEqual({ role: 'assistant', ...expected });
  });

  test('a cache point after reasoning is reported', () => {
    expect(translate({ messages: [HI, assistant(thought('a', 's'), point)] }).droppedParams).toEqual(['cachePoint']);
  });
});

describe('images', () => {
  test.each(Object.entries(IMAGES))('%s', (format, bytes) => {
    expect(messagesOf([user(image(bytes, format))])).toStrictEqual([
      { role: 'user', content: [url(`data:image/${format};base64,${bytes}`)] },
    ]);
  });
  test('the bytes say what type it is', () => {
    expect(messagesOf([user(image(IMAGES.jpeg, 'png'))])[0]?.content).toStrictEqual([
      url(`data:image/jpeg;base64,${IMAGES.jpeg}`),
    ]);
  });
});

describe('refused, with what to do instead', () => {
  const s3 = { image: { format: 'png', source: { s3Location: { uri: 's3://bucket/key' } } } };
  const first = 'messages.0.content.0';
  test.each<[rule: string, messages: object[], param: string]>([
    ['an image in S3', [user(s3)], `${first}.image.source.s3Location`],
    ['an image in S3 in a result', [user(result('t', s3))], `${first}.toolResult.content.0.image.source.s3Location`],
    ['bytes that are no base64', [user(image('***'))], `${first}.image.source.bytes`],
    ['bytes that are no image', [user(image('AAAA'))], `${first}.image.source.bytes`],
    ['no bytes', [user(image(''))], `${first}.image.source.bytes`],
    ['citations', [HI, assistant({ citationsContent: {} })], 'messages.1.content.0.citationsContent'],
    [
      'a call that the provider made',
      [HI, assistant({ text: 'a' }, { toolUse: { toolUseId: 't', name: 'f', input: {}, type: 'server_tool_use' } })],
      'messages.1.content.1.toolUse.type',
    ],
  ])('%s', (_rule, messages, param) => {
    expect(refusal(() => messagesOf(messages))).toBe(`invalid-request ${param}`);
    expect(() => messagesOf(messages)).toThrow(/Send |Leave out /);
  });
});
