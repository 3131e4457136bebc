import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { FILES_BEHIND_TEXT, MISSING_RESULT_TEXT } from './conversation.ts';
import { violations } from './test-support/converse-rules.ts';
import { converse, PLAIN_MODEL, translate } from './test-support/translate.ts';

const png = 'data:image/png;base64,iVBORw0KGgo=';
const user = (content: unknown) => ({ role: 'user', content });
const system = (content: unknown) => ({ role: 'system', content });
const assistant = (content: unknown, ...ids: (string | undefined)[]) => ({
  role: 'assistant',
  content,
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
});
const pdf = `data:application/pdf;base64,${Buffer.from('%PDF-1.4').toString('base64')}`;
const file = (filename: string, file_data = pdf) => ({ type: 'file', file: { filename, file_data } });
const tool = (id: string | undefined, content: unknown = 'r') => ({ role: 'tool', tool_call_id: id, content });

/** A message list in short: u[…] and a[…], calls as call:id, results as result:id=text. */
function brief(messages: readonly unknown[], modelId?: string): string {
  const request = converse({ messages }, modelId);
  expect(violations(request)).toEqual([]);
  const blocks = (content: readonly object[]): string =>
    content
      .map((block) => {
        if ('text' in block) return String(block.text);
        if ('image' in block) return 'image';
        if ('document' in block) return `document:${(block.document as { name: string }).name}`;
        if ('reasoningContent' in block) return briefThought(block.reasoningContent as object);
        if ('toolResult' in block || 'toolUse' in block) return briefTool(block);
        return Object.keys(block).join();
      })
      .join(' | ');
  const briefTool = (block: object): string => {
    if ('toolUse' in block) return `call:${(block.toolUse as { toolUseId: string }).toolUseId}`;
    const result = (block as { toolResult: { toolUseId: string; content: object[] } }).toolResult;
    return `result:${result.toolUseId}=${blocks(result.content)}`;
  };
  return (request.messages ?? []).map(({ role, content }) => `${role[0]}[${blocks(content)}]`).join(' ');
}

function briefThought(content: object): string {
  if (!('reasoningText' in content)) return `redacted:${(content as { redactedContent: string }).redactedContent}`;
  const { text, signature } = content.reasoningText as { text: string; signature: string };
  return `thought:${text}/${signature}`;
}

describe('messages', () => {
  const image = { type: 'image_url', image_url: { url: png } };
  const guarded = (text: string) => ({ type: 'guarded_text', text });
  const thoughts = [
    { type: 'thinking', thinking: 'x', signature: 's' },
    { type: 'redacted_thinking', data: 'UkVE' },
    { type: 'thinking', thinking: '', signature: 't' },
  ];
  const rows: readonly [rule: string, messages: readonly unknown[], expected: string][] = [
    ['one text', [user('a')], 'u[a]'],
    ['runs of the user are merged', [user('a'), user('b')], 'u[a | b]'],
    ['runs of the assistant are merged', [user('a'), assistant('b'), assistant('c'), user('d')], 'u[a] a[b | c] u[d]'],
    [
      'an answer to go on with does not end in white space, earlier ones may',
      [user('a'), assistant('b '), user('c'), assistant('{ \n')],
      'u[a] a[b ] u[c] a[{]',
    ],
    ['parts stay apart', [user([{ type: 'text', text: 'a' }, image, { type: 'text', text: 'b' }])], 'u[a | image | b]'],
    [
      'a blank text is dropped',
      [
        user([
          { type: 'text', text: ' \n' },
          { type: 'text', text: 'b' },
        ]),
      ],
      'u[b]',
    ],
    ['a blank message becomes a dot', [user('a'), assistant(' '), user('b')], 'u[a] a[.] u[b]'],
    ['an empty list of parts becomes a dot', [user([])], 'u[.]'],
    ['null content becomes a dot', [user('a'), assistant(null)], 'u[a] a[.]'],
    ['one blank of a merged run leaves no dot', [user(''), user('b')], 'u[b]'],
    ['an assistant at first gets a user before it', [assistant('a'), user('b')], 'u[.] a[a] u[b]'],
    ['no message but system gets a user', [system('a')], 'u[.]'],
    [
      'a refusal is text of the assistant',
      [user('a'), { role: 'assistant', refusal: 'no' }, user('b')],
      'u[a] a[no] u[b]',
    ],
    ['a refusal part is text', [user('a'), assistant([{ type: 'refusal', refusal: 'no' }])], 'u[a] a[no]'],
    [
      'a later system message is a note in its place',
      [user('a'), assistant('b'), system('c'), user('d')],
      'u[a] a[b] u[System note: c | d]',
    ],
    ['a blank later system message is nothing', [user('a'), assistant('b'), system(' '), user('d')], 'u[a] a[b] u[d]'],
    [
      'what a spoken answer said is text',
      [user('a'), { role: 'assistant', audio: { id: '1', transcript: 'b' } }, user('c')],
      'u[a] a[b] u[c]',
    ],
    ['a guarded text of the newest run is one', [user([guarded('a')])], 'u[guardContent]'],
    ['and plain where an answer follows', [user([guarded('a')]), assistant('b'), user('c')], 'u[a] a[b] u[c]'],
    ['a document gets a text beside it', [user([file('a.pdf')])], 'u[document:a-pdf | .]'],
    [
      'which goes in front of a cache point',
      [user([{ ...file('a.pdf'), cache_control: {} }])],
      'u[document:a-pdf | . | cachePoint]',
    ],
    ['but none where it has one', [user([{ type: 'text', text: 'b' }, file('a.pdf')])], 'u[b | document:a-pdf]'],
    [
      'two documents of one name have two, whatever they hold',
      [user([file('a', pdf), file('a', 'data:text/plain,b'), file('a')]), assistant('c'), user([file('a')])],
      'u[document:a | document:a (2) | document:a (3) | .] a[c] u[document:a (4) | .]',
    ],
    [
      'a document in a result has a name of its own too',
      [user([file('a')]), assistant(null, '1'), tool('1', [file('a')])],
      'u[document:a | .] a[call:1] u[result:1=document:a (2)]',
    ],
    [
      'signed and redacted thinking goes back, in front',
      [user('a'), { ...assistant('b', '1'), reasoning_content: 'x', thinking_blocks: thoughts }, tool('1')],
      'u[a] a[thought:x/s | redacted:UkVE | thought:/t | b | call:1] u[result:1=r]',
    ],
    [
      'and so does thinking among the parts',
      [user('a'), assistant([{ type: 'text', text: 'b' }, thoughts[0]]), user('c')],
      'u[a] a[thought:x/s | b] u[c]',
    ],
    [
      'in other words too',
      [
        user('a'),
        assistant([
          { type: 'thinking', text: 'x', signature: 's' },
          { type: 'redacted_thinking', redactedContent: 'UkVE' },
          { type: 'text', text: 'b' },
        ]),
        user('c'),
      ],
      'u[a] a[thought:x/s | redacted:UkVE | b] u[c]',
    ],
    [
      'thinking without a signature is left out',
      [
        user('a'),
        { ...assistant('b'), thinking_blocks: [{ type: 'thinking', thinking: 'x', signature: '' }] },
        user('c'),
      ],
      'u[a] a[b] u[c]',
    ],
    [
      'an answer of nothing but thinking is a dot',
      [user('a'), { role: 'assistant', content: '', thinking_blocks: thoughts }, user('c')],
      'u[a] a[.] u[c]',
    ],
    [
      'the form before tools',
      [
        user('a'),
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: 'x' },
        { role: 'assistant', function_call: { name: 'f', arguments: '' } },
        { role: 'function', name: 'f', content: 'y' },
      ],
      'u[a] a[call:call_1] u[result:call_1=x] a[call:call_2] u[result:call_2=y]',
    ],
    [
      'a call of a custom tool has its text as input',
      [user('a'), { role: 'assistant', tool_calls: [{ id: '1', type: 'custom', custom: { name: 'f', input: 'x' } }] }],
      `u[a] a[call:1] u[result:1=${MISSING_RESULT_TEXT}]`,
    ],
    [
      'reasoning of earlier turns is left out',
      [user('a'), { ...assistant('b'), reasoning_content: 'x' }, user('c')],
      'u[a] a[b] u[c]',
    ],

    ['text stands before the calls', [user('a'), assistant('b', '1'), tool('1')], 'u[a] a[b | call:1] u[result:1=r]'],
    [
      'text of a merged run too',
      [user('a'), assistant('b', '1'), assistant('c', '2'), tool('1'), tool('2')],
      'u[a] a[b | c | call:1 | call:2] u[result:1=r | result:2=r]',
    ],
    [
      'all results are in one message',
      [user('a'), assistant(null, '1', '2', '3'), tool('1'), tool('2'), tool('3')],
      'u[a] a[call:1 | call:2 | call:3] u[result:1=r | result:2=r | result:3=r]',
    ],
    [
      'results stand before text, which comes first here',
      [user('a'), assistant(null, '1'), user('b'), tool('1')],
      'u[a] a[call:1] u[result:1=r | b]',
    ],
    [
      'results stand before a note',
      [user('a'), assistant(null, '1'), system('n'), tool('1')],
      'u[a] a[call:1] u[result:1=r | System note: n]',
    ],
    [
      'a missing result is made up',
      [user('a'), assistant(null, '1', '2'), tool('2'), user('b')],
      `u[a] a[call:1 | call:2] u[result:2=r | result:1=${MISSING_RESULT_TEXT} | b]`,
    ],
    [
      'a missing last result too',
      [user('a'), assistant(null, '1')],
      `u[a] a[call:1] u[result:1=${MISSING_RESULT_TEXT}]`,
    ],
    [
      'a missing result before the next turn',
      [user('a'), assistant(null, '1'), user('b'), assistant('c'), user('d')],
      `u[a] a[call:1] u[result:1=${MISSING_RESULT_TEXT} | b] a[c] u[d]`,
    ],
    [
      'a second result for one call is left out',
      [user('a'), assistant(null, '1'), tool('1', 'x'), tool('1', 'y')],
      'u[a] a[call:1] u[result:1=x]',
    ],
    [
      'the same call twice is one',
      [user('a'), assistant(null, '1', '1'), tool('1', 'x')],
      'u[a] a[call:1] u[result:1=x]',
    ],
    [
      'a call without id gets one',
      [user('a'), assistant(null, undefined), tool(undefined)],
      'u[a] a[call:call_1] u[result:call_1=r]',
    ],
    [
      'calls without id are answered in order',
      [user('a'), assistant(null, '', ''), tool('', 'x'), tool('', 'y')],
      'u[a] a[call:call_1 | call:call_2] u[result:call_1=x | result:call_2=y]',
    ],
    ['a blank result becomes a dot', [user('a'), assistant(null, '1'), tool('1', '')], 'u[a] a[call:1] u[result:1=.]'],
    [
      'no result content becomes a dot',
      [user('a'), assistant(null, '1'), { role: 'tool', tool_call_id: '1' }],
      'u[a] a[call:1] u[result:1=.]',
    ],
    [
      'an image in a result stays',
      [user('a'), assistant(null, '1'), tool('1', [image])],
      'u[a] a[call:1] u[result:1=image]',
    ],
  ];
  test.each(rows)('%s', (_rule, messages, expected) => {
    expect(brief(messages)).toBe(expected);
  });

  test('an id that comes again in a later turn gets another, and its result follows', () => {
    const turn = [assistant(null, 'call_0'), tool('call_0')];
    expect(brief([user('a'), ...turn, user('b'), ...turn])).toMatch(
      /^u\[a\] a\[call:call_0\] u\[result:call_0=r \| b\] a\[call:(call_0_\w+)\] u\[result:\1=r\]$/,
    );
  });

  test('two calls of one id with other arguments stay two, answered in order', () => {
    const call = (args: string) => ({ id: '1', type: 'function', function: { name: 'f', arguments: args } });
    const messages = [
      user('a'),
      { role: 'assistant', tool_calls: [call('{"x":1}'), call('{"x":2}')] },
      tool('1', 'x'),
      tool('1', 'y'),
    ];
    expect(brief(messages)).toMatch(/^u\[a\] a\[call:1 \| call:(1_\w+)\] u\[result:1=x \| result:\1=y\]$/);
  });

  test.each([
    ['letters Bedrock refuses', 'a/b c', /^call:a_b_c_[0-9a-f]{16}$/],
    ['more than 64 letters', 'x'.repeat(65), /^call:x{47}_[0-9a-f]{16}$/],
    ['what the pattern allows stays', 'functions.f:0_-9', /^call:functions\.f:0_-9$/],
  ])('an id with %s', (_rule, id, expected) => {
    expect(/a\[(.*?)\]/.exec(brief([user('a'), assistant(null, id), tool(id)]))?.[1]).toMatch(expected);
  });

  test('Mistral gets ids of nine letters and digits, different ones for ids of one beginning', () => {
    const messages = [user('a'), assistant(null, 'tooluse_1', 'tooluse_2'), tool('tooluse_1'), tool('tooluse_2')];
    const ids = [...brief(messages, 'mistral.mistral-large-2407-v1:0').matchAll(/call:([^ \]]*)/g)].map((it) => it[1]);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(new Set(ids).size).toBe(2);
  });

  test.each([
    ['Claude and Nova get the status of a result', 'amazon.nova-pro-v1:0', 'success', 'error'],
    ['others get none', 'mistral.mistral-large-2407-v1:0', undefined, undefined],
  ])('%s', (_rule, modelId, first, second) => {
    const { messages } = converse({ messages: [user('a'), assistant(null, '1', '2'), tool('1')] }, modelId);
    const statuses = messages
      ?.at(-1)
      ?.content.map((block) => ('toolResult' in block ? block.toolResult.status : 'none'));
    expect(statuses).toEqual([first, second]);
  });
});

describe('system', () => {
  test.each([
    [
      'system and developer, all leading ones',
      [system('a'), { role: 'developer', content: 'b' }, user('c')],
      [{ text: 'a' }, { text: 'b' }],
    ],
    [
      'a list of parts',
      [
        system([
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ]),
        user('c'),
      ],
      [{ text: 'a' }, { text: 'b' }],
    ],
    ['left out when blank', [system(' '), user('c')], undefined],
    ['left out when there is none', [user('c')], undefined],
  ])('%s', (_rule, messages, expected) => {
    expect(converse({ messages }).system).toEqual(expected);
  });
});

describe('the arguments of calls in the history', () => {
  const withArguments = (args: unknown) => ({
    messages: [user('a'), { role: 'assistant', tool_calls: [{ id: '1', function: { name: 'f', arguments: args } }] }],
  });
  test.each([
    ['an object', '{"a":[1]}', { a: [1] }],
    ['nothing', '', {}],
    ['blanks', ' ', {}],
    ['null in JSON', 'null', {}],
    ['null', null, {}],
    ['an object that is no text', { a: 1 }, { a: 1 }],
    ['cut JSON, which the model reads as it wrote it', '{"a":', { invalid_arguments: '{"a":' }],
    ['a list', '[]', { invalid_arguments: '[]' }],
    ['a text', '"x"', { invalid_arguments: '"x"' }],
    ['a key named __proto__', '{"__proto__":{"a":1}}', JSON.parse('{"__proto__":{"a":1}}')],
  ])('%s', (_rule, args, input) => {
    const block = converse(withArguments(args)).messages?.[1]?.content[0];
    expect(block !== undefined && 'toolUse' in block ? block.toolUse.input : undefined).toEqual(input);
  });

  test('deeper than anything real is refused', () => {
    const args = `{"a":${'['.repeat(200)}${']'.repeat(200)}}`;
    expect(refusal(() => translate(withArguments(args)))).toBe(
      'invalid-request messages.1.tool_calls.0.function.arguments',
    );
  });
});

describe('files that the model takes from the user only', () => {
  test('stand behind the results', () => {
    const messages = [user('a'), assistant(null, '1', '2'), tool('1', [file('a.pdf')]), tool('2'), user('b')];
    expect(brief(messages, 'us.meta.llama4-maverick-17b-instruct-v1:0')).toBe(
      `u[a] a[call:1 | call:2] u[result:1=${FILES_BEHIND_TEXT} | result:2=r | document:a-pdf | b]`,
    );
  });
});

describe('what a system message says in mid-conversation, where the model has such messages', () => {
  const NATIVE = 'anthropic.claude-opus-4-8';
  test.each<[rule: string, messages: readonly unknown[], expected: string]>([
    ['stays one, in the end', [user('a'), system('b')], 'u[a] s[b]'],
    ['stands behind what the user says', [user('a'), system('b'), user('c'), system('d')], 'u[a | c] s[b | d]'],
    [
      'stands behind the results',
      [user('a'), assistant(null, '1'), system('n'), tool('1'), assistant('b'), user('c')],
      'u[a] a[call:1] u[result:1=r] s[n] a[b] u[c]',
    ],
    ['gets a user in front of it', [user('a'), assistant('b'), system('c')], 'u[a] a[b] u[.] s[c]'],
    ['is nothing when it is blank', [user('a'), system(' ')], 'u[a]'],
    ['is the system text at first', [system('a'), user('b')], 'u[b]'],
  ])('%s', (_rule, messages, expected) => {
    expect(brief(messages, NATIVE)).toBe(expected);
  });
});

describe('thinking that is left out is reported', () => {
  const signed = { thinking_blocks: [{ type: 'thinking', thinking: 'x', signature: 's' }] };
  test.each<[rule: string, fields: object, modelId: string, dropped: readonly string[]]>([
    ['not where it goes back', { ...signed, reasoning_content: 'x' }, PLAIN_MODEL, []],
    ['for another family', signed, 'amazon.nova-pro-v1:0', ['messages.thinking_blocks']],
    ['without blocks', { reasoning_content: 'x' }, PLAIN_MODEL, ['messages.reasoning_content']],
    ['not where there is none', { reasoning_content: '', thinking_blocks: [] }, PLAIN_MODEL, []],
  ])('%s', (_rule, fields, modelId, dropped) => {
    const messages = [user('a'), { ...assistant('b'), ...fields }, user('c')];
    expect(translate({ messages }, modelId).droppedParams).toEqual(dropped);
  });
});

test('pictures that a model made do not go back, and that is told', () => {
  const images = [{ type: 'image_url', image_url: { url: png } }];
  const messages = [user('a'), { ...assistant('b'), images }, user('c')];
  const { request, droppedParams } = translate({ messages });
  expect(request.messages?.[1]?.content).toEqual([{ text: 'b' }]);
  expect(droppedParams).toEqual(['messages.images']);
});

describe('parts that only Bedrock has words for', () => {
  const found = { type: 'search_result', source: 'https://x.test', title: 'T', content: [{ type: 'text', text: 'a' }] };
  const contentOf = (part: object, modelId = PLAIN_MODEL) =>
    converse({ messages: [user([{ type: 'text', text: 'q' }, part])] }, modelId).messages?.[0]?.content[1];
  test.each<[rule: string, part: object, expected: object]>([
    [
      'a search result',
      { ...found, citations: { enabled: true } },
      {
        searchResult: { source: 'https://x.test', title: 'T', content: [{ text: 'a' }], citations: { enabled: true } },
      },
    ],
    [
      'the source of a check of grounding',
      { type: 'grounding_source', text: 'a' },
      { guardContent: { text: { text: 'a', qualifiers: ['grounding_source'] } } },
    ],
    ['a cache point', { cachePoint: { type: 'default' } }, { cachePoint: { type: 'default' } }],
    [
      "an image in Anthropic's words",
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
      { image: { format: 'png', source: { bytes: 'iVBORw0KGgo=' } } },
    ],
    [
      'an image without the object around its address',
      { type: 'image_url', image_url: png },
      { image: { format: 'png', source: { bytes: 'iVBORw0KGgo=' } } },
    ],
  ])('%s', (_rule, part, expected) => {
    expect(contentOf(part)).toEqual(expected);
  });

  test.each([
    [PLAIN_MODEL, { enabled: true }, []],
    ['us.meta.llama4-maverick-17b-instruct-v1:0', undefined, ['messages.citations']],
  ])('the citations of a document, for %s', (modelId, citations, dropped) => {
    const part = { type: 'document', source: { type: 'text', data: 'a' }, citations: { enabled: true } };
    const { request, droppedParams } = translate({ messages: [user([part])] }, modelId);
    const [block] = request.messages?.[0]?.content ?? [];
    expect(block !== undefined && 'document' in block && block.document.citations).toEqual(citations);
    expect(droppedParams).toEqual(dropped);
  });

  test('a search result is text for a model that cites nothing', () => {
    expect(contentOf(found, 'us.meta.llama4-maverick-17b-instruct-v1:0')).toEqual({ text: 'T\nhttps://x.test\na' });
  });
});

describe('refused', () => {
  const rows: readonly [rule: string, messages: readonly unknown[], param: string][] = [
    ['a tool message without a call', [user('a'), tool('1')], 'messages.1.tool_call_id'],
    ['a tool message for another call', [user('a'), assistant(null, '1'), tool('2')], 'messages.2.tool_call_id'],
    ['a tool message at first', [tool('1')], 'messages.0.tool_call_id'],
    [
      'a result that comes a turn late',
      [user('a'), assistant(null, '1'), user('b'), assistant('c'), tool('1')],
      'messages.4.tool_call_id',
    ],
    [
      'a function message without a call',
      [user('a'), { role: 'function', name: 'f', content: '1' }],
      'messages.1.name',
    ],
    [
      'arguments of a function_call that nest too deeply',
      [
        user('a'),
        { role: 'assistant', function_call: { name: 'f', arguments: `{"a":${'['.repeat(200)}${']'.repeat(200)}}` } },
      ],
      'messages.1.function_call.arguments',
    ],
    ['audio of the assistant', [user('a'), { role: 'assistant', audio: { id: '1' } }], 'messages.1.audio'],
    ['audio without data', [user([{ type: 'input_audio', input_audio: {} }])], 'messages.0.content.0.input_audio'],
    ['a file without data', [user([{ type: 'file', file: {} }])], 'messages.0.content.0.file.file_data'],
    [
      'a kind of file that the model does not take',
      [user([{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }])],
      'messages.0.content.0.type',
    ],
    ['a sixth document', [user(Array(6).fill(file('a')))], 'messages.0.content.5'],
    [
      'a text that is too large a document',
      [user([file('a', `data:text/plain;base64,${'QUFB'.repeat(1_600_000)}`)])],
      'messages.0.content.0',
    ],
    ['an unknown part', [user([{ type: 'constructor' }])], 'messages.0.content.0.type'],
    ['an image of the system', [system([{ type: 'image_url', image_url: { url: '' } }])], 'messages.0.content.0.type'],
    [
      'an image of the assistant',
      [user('a'), assistant([{ type: 'image_url', image_url: { url: '' } }])],
      'messages.1.content.0.type',
    ],
  ];
  test.each(rows)('%s', (_rule, messages, param) => {
    expect(refusal(() => translate({ messages }))).toBe(`invalid-request ${param}`);
  });
});

test('names of messages are reported, once', () => {
  const messages = [
    { ...user('a'), name: 'jan' },
    { ...user('b'), name: 'eva' },
  ];
  expect(translate({ messages }).droppedParams).toEqual(['messages.name']);
});

test('the same request gives the same bytes, and the request is not changed', () => {
  const fields = { messages: [user('a'), assistant('b', 'x y'), tool('x y'), user('c')] };
  const before = JSON.stringify(fields);
  expect(JSON.stringify(converse(fields, PLAIN_MODEL))).toBe(JSON.stringify(converse(fields, PLAIN_MODEL)));
  expect(JSON.stringify(fields)).toBe(before);
});

test.each([PLAIN_MODEL, 'anthropic.claude-opus-4-8'])('a message may have any number of parts: %s', (modelId) => {
  const parts = Array.from({ length: 150_000 }, () => ({ type: 'text', text: 'a' }));
  const request = converse({ messages: [system(parts), user('b'), system(parts)] }, modelId);
  expect(request.system).toHaveLength(parts.length);
  expect(request.messages?.flatMap(({ content }) => content)).toHaveLength(parts.length + 1);
});
