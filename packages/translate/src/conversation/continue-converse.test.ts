import type { ConverseMessage, ConverseRequest } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { LATE_RESULT_TEXT, MISSING_RESULT_TEXT } from '../openai-over-converse/conversation.ts';
import { PLAIN_MODEL } from '../openai-over-converse/test-support/translate.ts';
import { NO_TOOLS_NOTE } from '../openai-over-converse/tools.ts';
import {
  assistant,
  brief,
  call,
  pdf,
  png,
  point,
  result,
  text,
  thought,
  user,
} from '../test-support/converse-messages.ts';
import { continueConverse } from './continue-converse.ts';

const MISTRAL = 'mistral.mistral-large-2407-v1:0';
const NOVA = 'amazon.nova-pro-v1:0';

const tools = { tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }] };

function continued(
  before: readonly ConverseMessage[],
  messages: readonly ConverseMessage[],
  modelId = PLAIN_MODEL,
): readonly ConverseMessage[] {
  return continueConverse({ messages, toolConfig: tools }, { modelId, before }).messages ?? [];
}

describe('where stored messages meet those of the request', () => {
  const open = [user(text('a')), assistant(text('b'), call('1'), call('2'))];
  const rows: readonly [rule: string, before: readonly ConverseMessage[], own: readonly ConverseMessage[], string][] = [
    ['they follow one another', [user(text('a')), assistant(text('b'))], [user(text('c'))], 'u[a] a[b] u[c]'],
    ['two of the user become one', [user(text('a'))], [user(text('b'))], 'u[a | b]'],
    [
      'two of the assistant become one',
      [user(text('a')), assistant(text('b'))],
      [assistant(text('c'))],
      'u[a] a[b | c]',
    ],
    [
      'results answer stored calls',
      open,
      [user(result('2'), result('1'))],
      'u[a] a[b | call:1(f) | call:2(f)] u[result:2=r | result:1=r]',
    ],
    [
      'a call that is not answered gets a result, before what the user says',
      open,
      [user(text('c'), result('1'))],
      `u[a] a[b | call:1(f) | call:2(f)] u[result:1=r | result:2=${MISSING_RESULT_TEXT} | c]`,
    ],
    [
      'stored calls that are not answered too',
      [...open, user(text('c')), assistant(text('d'))],
      [user(text('e'))],
      `u[a] a[b | call:1(f) | call:2(f)] u[result:1=${MISSING_RESULT_TEXT} | result:2=${MISSING_RESULT_TEXT} | c] a[d] u[e]`,
    ],
    [
      'a request that sends the answer again means the same calls',
      [user(text('a')), assistant(call('1'))],
      [assistant(call('1')), user(result('1'))],
      'u[a] a[call:1(f)] u[result:1=r]',
    ],
    [
      'a stored answer that was sent again is one too',
      [
        user(text('a')),
        assistant(thought('x', 's'), call('1')),
        assistant(call('1')),
        user(result('1')),
        assistant(text('b')),
      ],
      [user(text('c'))],
      'u[a] a[thought:x/s | call:1(f)] u[result:1=r] a[b] u[c]',
    ],
    ['without messages of its own', [user(text('a'))], [], 'u[a]'],
    [
      'a result that comes late becomes text',
      [...open, user(result('1'), result('2')), assistant(text('d'))],
      [user(result('1', 'x'))],
      `u[a] a[b | call:1(f) | call:2(f)] u[result:1=r | result:2=r] a[d] u[${LATE_RESULT_TEXT} | x]`,
    ],
    [
      'a stored one too, as parallel calls of a session leave it',
      [
        user(text('a')),
        assistant(call('1')),
        user(text('b')),
        assistant(text('c')),
        user(result('1', 'x')),
        assistant(text('d')),
      ],
      [user(text('e'))],
      `u[a] a[call:1(f)] u[result:1=${MISSING_RESULT_TEXT} | b] a[c] u[${LATE_RESULT_TEXT} | x] a[d] u[e]`,
    ],
    [
      'a stored result whose call was left out becomes text',
      [user(result('9', 'x')), assistant(text('d'))],
      [user(text('e'))],
      `u[${LATE_RESULT_TEXT} | x] a[d] u[e]`,
    ],
    ['a result of the request that answers nothing stays', [user(text('a'))], [user(result('9'))], 'u[a | result:9=r]'],
    [
      'stored messages that begin with the assistant get a user',
      [assistant(text('a'))],
      [user(text('b'))],
      'u[.] a[a] u[b]',
    ],
    [
      'blank text of stored messages goes',
      [user(text('a')), assistant(text('\n'), text('b'))],
      [user(text('c'))],
      'u[a] a[b] u[c]',
    ],
    [
      'an empty stored message becomes a dot',
      [user(text('a')), assistant(text(' '))],
      [user(text('c'))],
      'u[a] a[.] u[c]',
    ],
    ['nothing but thinking too', [user(text('a')), assistant(thought('x', 's'))], [user(text('c'))], 'u[a] a[.] u[c]'],
    [
      'stored system messages become notes',
      [user(text('a')), assistant(text('b')), { role: 'system', content: [{ text: 's' }] }],
      [user(text('c'))],
      'u[a] a[b] u[System note: s | c]',
    ],
    [
      'those of the request stay',
      [user(text('a'))],
      [assistant(text('b')), { role: 'system', content: [{ text: 's' }] }, user(text('c'))],
      'u[a] a[b] s[s] u[c]',
    ],
    [
      'thinking keeps its place among calls',
      [user(text('a')), assistant(thought('x', 's'), call('1'), thought('y', 't'), call('2'))],
      [user(result('1'), result('2'))],
      'u[a] a[thought:x/s | call:1(f) | thought:y/t | call:2(f)] u[result:1=r | result:2=r]',
    ],
    [
      'thinking without signature goes',
      [user(text('a')), assistant(thought('x'), text('b'))],
      [user(text('c'))],
      'u[a] a[b] u[c]',
    ],
    ['images stay', [user(png)], [user(text('c'))], 'u[image | c]'],
    [
      'documents of one name get their own',
      [user(pdf('x')), assistant(text('b')), user(pdf('x')), assistant(text('c'))],
      [user(pdf('x'))],
      'u[document:x | .] a[b] u[document:x (2) | .] a[c] u[document:x (3) | .]',
    ],
    [
      'a tool of the provider needs no result',
      [
        user(text('a')),
        assistant({ toolUse: { toolUseId: '1', name: 'g', input: {}, type: 'server_tool_use' } }, text('b')),
      ],
      [user(text('c'))],
      'u[a] a[call:1(g) | b] u[c]',
    ],
  ];
  test.each(rows)('%s', (_rule, before, own, expected) => {
    expect(brief(continued(before, own))).toBe(expected);
  });

  test('an id that was there gets another, and its result follows', () => {
    const turn = [user(text('a')), assistant(call('1')), user(result('1')), assistant(text('b'))];
    expect(brief(continued(turn, turn))).toMatch(
      /^(u\[a\] a\[call:)1(\(f\)\] u\[result:)1(=r\] a\[b\]) \1(1_\w+)\2\4\3$/,
    );
  });

  test('blocks that fit are the same objects', () => {
    const before = [user(text('a'), png), assistant(thought('x', 's'), text('b'), call('1')), user(result('1'))];
    const own = user(text('c'));
    const messages = continued(before, [own]);
    expect(messages.flatMap(({ content }) => content)).toEqual([...before, own].flatMap(({ content }) => content));
    const blocks = new Set(messages.flatMap(({ content }) => content));
    for (const block of [...before, own].flatMap(({ content }) => content)) expect(blocks.has(block)).toBe(true);
  });
});

describe('stored messages that another model wrote', () => {
  const before = [
    user(text('a'), point),
    assistant(
      thought('x', 's'),
      { citationsContent: { content: [{ text: 'b' }, { text: 'c' }] } },
      call('tooluse_1', 'a-b'),
    ),
    user(result('tooluse_1')),
    assistant({ reasoningContent: { redactedContent: 'AA==' } }, text('d')),
  ];
  test.each([
    [
      'Claude',
      PLAIN_MODEL,
      'u[a | cachePoint] a[thought:x/s | citationsContent | call:tooluse_1(a-b)] u[result:tooluse_1=r] a[redacted | d] u[e]',
    ],
    [
      'Nova',
      NOVA,
      /^u\[a \| cachePoint\] a\[citationsContent \| call:tooluse_1\((a_b_\w{8})\)\] u\[result:tooluse_1=r\] a\[d\] u\[e\]$/,
    ],
    ['Mistral', MISTRAL, /^u\[a\] a\[bc \| call:(\w{9})\(a-b\)\] u\[result:\1=r\] a\[d\] u\[e\]$/],
  ])('for %s', (_family, modelId, expected) => {
    expect(brief(continued(before, [user(text('e'))], modelId))).toMatch(expected);
  });

  test('the status of a result goes where it is refused', () => {
    const [, , said] = continued([user(text('a')), assistant(call('1')), user(result('1'))], [], MISTRAL);
    expect(said?.content[0]).toEqual({ toolResult: { toolUseId: expect.any(String), content: [{ text: 'r' }] } });
  });

  test('arguments that are no object become one', () => {
    const [, said] = continued(
      [user(text('a')), assistant({ toolUse: { toolUseId: '1', name: 'f', input: '{"a' } })],
      [],
    );
    expect(said?.content[0]).toEqual({ toolUse: { toolUseId: '1', name: 'f', input: {} } });
  });
});

describe('cache points', () => {
  const turns = (count: number) =>
    Array.from({ length: count }, (_, at) => [user(text(`u${at}`), point), assistant(text(`a${at}`))]).flat();
  const kept = (request: ConverseRequest) =>
    (request.messages ?? []).flatMap(({ content }) =>
      content.flatMap((block, at) => {
        const last = content[at - 1];
        return 'cachePoint' in block && last !== undefined && 'text' in last ? [last.text] : [];
      }),
    );
  test.each<[rule: string, turns: number, request: ConverseRequest, system: boolean, expected: string[]]>([
    ['up to four stay', 4, {}, false, ['u0', 'u1', 'u2', 'u3']],
    ['of more, the first and the newest', 6, {}, false, ['u0', 'u3', 'u4', 'u5']],
    ['those of the request count', 6, { messages: [user(text('z'), point)] }, false, ['u0', 'u4', 'u5', 'z']],
    [
      'those before the request in system too',
      6,
      { system: [{ text: 's' }, { cachePoint: { type: 'default' } }] },
      true,
      ['u0', 'u5'],
    ],
    [
      'none where the request has four',
      2,
      { messages: Array.from({ length: 4 }, (_, at) => user(text(`z${at}`), point)) },
      false,
      ['z0', 'z1', 'z2', 'z3'],
    ],
  ])('%s', (_rule, count, request, hasSystem, expected) => {
    const system = hasSystem ? [{ text: 't' }, { cachePoint: { type: 'default' as const } }] : [];
    expect(kept(continueConverse(request, { modelId: PLAIN_MODEL, before: turns(count), system }))).toEqual(expected);
  });

  test('none behind thinking', () => {
    expect(brief(continued([user(text('a')), assistant(text('b'), thought('x', 's'), point)], []))).toBe(
      'u[a] a[b | thought:x/s]',
    );
  });
});

describe('the rest of the request', () => {
  const request: ConverseRequest = { messages: [user(text('a'))], inferenceConfig: { maxTokens: 5 } };
  test('with nothing before it, it is the same object', () => {
    expect(continueConverse(request, { modelId: PLAIN_MODEL })).toBe(request);
    expect(continueConverse(request, { modelId: PLAIN_MODEL, before: [], system: [] })).toBe(request);
  });

  test('with a system text alone, its messages are the same objects', () => {
    const given = { ...request, system: [{ text: 's' }] };
    const result_ = continueConverse(given, { modelId: PLAIN_MODEL, system: [{ text: 'r' }] });
    expect(result_).toEqual({ ...request, system: [{ text: 'r' }, { text: 's' }] });
    expect(result_.messages).toBe(request.messages);
  });

  test('other fields stay', () => {
    const before = [user(text('z')), assistant(text('y'))];
    expect(continueConverse(request, { modelId: PLAIN_MODEL, before })).toEqual({
      messages: [...before, ...(request.messages ?? [])],
      inferenceConfig: { maxTokens: 5 },
    });
  });

  test('tools that only stored messages name are listed, and are not to be called', () => {
    const before = [user(text('z')), assistant(call('1', 'g')), user(result('1')), assistant(text('y'))];
    const { system, toolConfig } = continueConverse(request, { modelId: PLAIN_MODEL, before, system: [{ text: 's' }] });
    expect(system).toEqual([{ text: 's' }, { text: NO_TOOLS_NOTE }]);
    expect(toolConfig).toEqual({
      tools: [{ toolSpec: { name: 'g', description: 'g', inputSchema: { json: { type: 'object', properties: {} } } } }],
    });
    expect(continueConverse({ ...request, toolConfig: tools }, { modelId: PLAIN_MODEL, before }).toolConfig).toBe(
      tools,
    );
  });

  test('a model without tools is told in words of what was called', () => {
    const before = [user(text('z')), assistant(call('1', 'g')), user(result('1')), assistant(text('y'))];
    const { messages = [], ...rest } = continueConverse(request, { modelId: 'us.deepseek.r1-v1:0', before });
    expect(brief(messages)).toBe('u[z] a[[Called g with {}]] u[[The call gave:] | r] a[y] u[a]');
    expect(rest).toEqual({ inferenceConfig: { maxTokens: 5 } });
  });
});
