import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { IMAGES, messagesOf, translate } from './test-support/translate.ts';
import { FAILED_TOOL_TEXT } from './tool-messages.ts';

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

const S3 = { s3Location: { uri: 's3://bucket/key' } };
const PDF = 'JVBERi0xLjQK';
const pdfFile = { type: 'file', file: { filename: 'Plan.pdf', file_data: `data:application/pdf;base64,${PDF}` } };
const mp4File = { type: 'file', file: { filename: 'video.mp4', file_data: 'data:video/mp4;base64,AAAA' } };
const base64 = (it: string) => Buffer.from(it).toString('base64');
const document = (format: string, source: object, more: object = {}) => ({
  document: { format, name: 'Plan', source, ...more },
});
const found = { title: 'Rates', source: 'https://example.com/rates', content: [{ text: '1 %' }, { text: '2 %' }] };

describe('documents, videos, audio, search results and guarded content', () => {
  test.each<[rule: string, block: object, parts: object[]]>([
    ['a PDF is a file', document('pdf', { bytes: PDF }), [pdfFile]],
    ['whatever it is said to be', document('csv', { bytes: PDF }), [pdfFile]],
    ['text is text', document('txt', { bytes: base64('Žluť') }), [text('Document "Plan":\n\nŽluť')]],
    ['and so is a table', document('csv', { bytes: base64('a,b') }), [text('Document "Plan":\n\na,b')]],
    ['and a page', document('html', { bytes: base64('<html>') }), [text('Document "Plan":\n\n<html>')]],
    ['a text of its own', document('txt', { text: 'a' }), [text('Document "Plan":\n\na')]],
    [
      'texts of its own',
      document('md', { content: [{ text: 'a' }, { text: 'b' }] }),
      [text('Document "Plan":\n\na\n\nb')],
    ],
    [
      'what is told of it',
      document('txt', { text: 'a' }, { context: 'Of May.' }),
      [text('Document "Plan":\nOf May.\n\na')],
    ],
    [
      'what is told of a file',
      document('pdf', { bytes: PDF }, { context: 'Of May.' }),
      [text('Document "Plan":\nOf May.'), pdfFile],
    ],
    [
      'text in no UTF-8 is a file',
      document('txt', { bytes: '//4=' }),
      [{ type: 'file', file: { filename: 'Plan.txt', file_data: 'data:text/plain;base64,//4=' } }],
    ],
    [
      'bytes that say nothing are what they are called',
      document('docx', { bytes: 'AAEC' }),
      [{ type: 'file', file: { filename: 'Plan.docx', file_data: expect.stringContaining('wordprocessingml') } }],
    ],
    ['a video is a file', { video: { format: 'mp4', source: { bytes: 'AAAA' } } }, [mp4File]],
    [
      'a video of another type',
      { video: { format: 'three_gp', source: { bytes: 'AAAA' } } },
      [{ type: 'file', file: { filename: 'video.three_gp', file_data: 'data:video/3gpp;base64,AAAA' } }],
    ],
    [
      'audio',
      { audio: { format: 'wav', source: { bytes: 'AAAA' } } },
      [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }],
    ],
    [
      'audio that OpenAI names otherwise',
      { audio: { format: 'mpga', source: { bytes: 'AA' } } },
      [{ type: 'input_audio', input_audio: { data: 'AA==', format: 'mp3' } }],
    ],
    ['a search result', { searchResult: found }, [text('Rates\nhttps://example.com/rates\n\n1 %\n\n2 %')]],
    ['guarded text', { guardContent: { text: { text: 'a', qualifiers: ['query'] } } }, [text('a')]],
    ['a guarded image', { guardContent: { image: { format: 'png', source: { bytes: IMAGES.png } } } }, [png]],
  ])('%s', (_rule, block, parts) => {
    expect(messagesOf([user({ text: 'Hi' }, block)])).toStrictEqual([
      { role: 'user', content: [text('Hi'), ...parts] },
    ]);
  });

  test.each<[rule: string, block: object, said: string, files: object[]]>([
    ['a text', document('txt', { text: 'a' }), 'Document "Plan":\n\na', []],
    ['a search result', { searchResult: { ...found, content: [] } }, 'Rates\nhttps://example.com/rates', []],
    ['a PDF', document('pdf', { bytes: PDF }), 'The file "Plan.pdf" follows in the next message.', [pdfFile]],
    [
      'a video',
      { video: { format: 'mp4', source: { bytes: 'AAAA' } } },
      'The file "video.mp4" follows in the next message.',
      [mp4File],
    ],
  ])('in the result of a tool: %s', (_rule, block, said, files) => {
    const after = files.length === 0 ? 'b' : [...files, text('b')];
    expect(messagesOf([user(result('t', block), { text: 'b' })])).toStrictEqual([
      tool('t', said),
      { role: 'user', content: after },
    ]);
  });

  test('in system', () => {
    const system = [{ text: 'a' }, { guardContent: { text: { text: 'b' } } }];
    expect(messagesOf([HI], system)[0]).toStrictEqual({ role: 'system', content: [text('a'), text('b')] });
    const image = [{ guardContent: { image: { format: 'png', source: { bytes: IMAGES.png } } } }];
    expect(refusal(() => messagesOf([HI], image))).toBe('invalid-request system.0');
  });

  test('the text of an earlier answer with sources', () => {
    const cited = { citationsContent: { content: [{ text: 'b' }, { text: 'c' }], citations: [{ title: 'T' }] } };
    expect(after(assistant({ text: 'a' }, cited))[0]).toStrictEqual({ role: 'assistant', content: 'abc' });
    expect(after(assistant({ citationsContent: {} }))[0]).toStrictEqual({ role: 'assistant', content: '' });
  });

  test.each([
    ['of a document', document('txt', { text: 'a' }, { citations: { enabled: true } }), ['citations']],
    ['of a search result', { searchResult: { ...found, citations: { enabled: true } } }, ['citations']],
    ['that nobody wants', document('txt', { text: 'a' }, { citations: { enabled: false } }), []],
  ])('sources %s are reported', (_what, block, dropped) => {
    expect(translate({ messages: [user(block)] }).droppedParams).toEqual(dropped);
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
    ['a document in S3', [user(document('pdf', S3))], `${first}.document.source.s3Location`],
    ['a document that is an image', [user(document('pdf', { bytes: IMAGES.png }))], `${first}.document.source.bytes`],
    ['a document that is no base64', [user(document('pdf', { bytes: '*' }))], `${first}.document.source.bytes`],
    ['a video in S3', [user({ video: { format: 'mp4', source: S3 } })], `${first}.video.source.s3Location`],
    ['no video', [user({ video: { format: 'mp4', source: { bytes: '' } } })], `${first}.video.source.bytes`],
    ['audio in S3', [user({ audio: { format: 'wav', source: S3 } })], `${first}.audio.source.s3Location`],
    ['no audio', [user({ audio: { format: 'wav', source: { bytes: '*' } } })], `${first}.audio.source.bytes`],
    [
      'a guarded image that is none',
      [user({ guardContent: { image: { format: 'png', source: { bytes: 'AAAA' } } } })],
      `${first}.guardContent.image.source.bytes`,
    ],
    [
      'the result of a call that the provider made',
      [user({ toolResult: { toolUseId: 't', content: [], type: 'server_tool_result' } })],
      `${first}.toolResult.type`,
    ],
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

describe('any number of blocks in one message', () => {
  const many = Array.from({ length: 150_000 }, () => ({ text: 'a' }));
  test('results', () => {
    const results = many.map(() => ({ toolResult: { toolUseId: 't', content: [{ text: 'a' }] } }));
    expect(after({ role: 'user', content: results })).toHaveLength(many.length);
  });
  test('texts with sources', () => {
    const [answer] = after(assistant({ citationsContent: { content: many, citations: [] } }));
    expect(answer).toStrictEqual({ role: 'assistant', content: 'a'.repeat(many.length) });
  });
});
