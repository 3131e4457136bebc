import type { ConverseMessage } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { assistant, brief, call, png, point, result, text, thought, user } from '../test-support/converse-messages.ts';
import { refusal } from '../test-support/refusal.ts';
import { LATE_RESULT_TEXT, MISSING_RESULT_TEXT } from './conversation.ts';
import { violations } from './test-support/converse-rules.ts';
import { PLAIN_MODEL, translate } from './test-support/translate.ts';
import { NO_TOOLS_NOTE } from './tools.ts';

const says = (content: string) => ({ role: 'user', content });
const tool = (id: string | undefined, content = 'r') => ({ role: 'tool', tool_call_id: id, content });
const calls = (...ids: string[]) => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
});
const open = [user(text('a')), assistant(thought('x', 's'), text('b'), call('1'), call('2'))];

describe('messages of a request behind stored ones', () => {
  const rows: readonly [rule: string, before: readonly ConverseMessage[], messages: readonly object[], string][] = [
    ['they follow one another', [user(text('a')), assistant(text('b'))], [says('c')], 'u[a] a[b] u[c]'],
    ['two of the user become one', [user(text('a'), png)], [says('b')], 'u[a | image | b]'],
    [
      'two of the assistant become one',
      [user(text('a')), assistant(text('b'))],
      [{ role: 'assistant', content: 'c' }],
      'u[a] a[b | c]',
    ],
    [
      'tool messages answer stored calls',
      open,
      [tool('2'), tool('1')],
      'u[a] a[thought:x/s | b | call:1(f) | call:2(f)] u[result:2=r | result:1=r]',
    ],
    [
      'in their order without ids',
      open,
      [tool(undefined, 'x'), tool(undefined, 'y')],
      'u[a] a[thought:x/s | b | call:1(f) | call:2(f)] u[result:1=x | result:2=y]',
    ],
    [
      'a call without tool message gets a result',
      open,
      [says('c'), tool('2')],
      `u[a] a[thought:x/s | b | call:1(f) | call:2(f)] u[result:2=r | result:1=${MISSING_RESULT_TEXT} | c]`,
    ],
    [
      'an answer that is sent again means the same calls',
      [user(text('a')), assistant(thought('x', 's'), call('1'))],
      [calls('1'), tool('1')],
      'u[a] a[thought:x/s | call:1(f)] u[result:1=r]',
    ],
    [
      'a tool message that comes late becomes text',
      [...open, user(text('c')), assistant(text('d'))],
      [tool('1', 'x')],
      `u[a] a[thought:x/s | b | call:1(f) | call:2(f)] u[result:1=${MISSING_RESULT_TEXT} | result:2=${MISSING_RESULT_TEXT} | c] a[d] u[${LATE_RESULT_TEXT} | x]`,
    ],
    [
      'a system message at first is no note',
      [user(text('a')), assistant(text('b'))],
      [{ role: 'system', content: 's' }, says('c')],
      'u[a] a[b] u[c]',
    ],
    ['stored messages alone', [user(text('a'))], [], 'u[a]'],
  ];
  test.each(rows)('%s', (_rule, before, messages, expected) => {
    const { request } = translate({ messages }, PLAIN_MODEL, { before });
    expect(brief(request.messages ?? [])).toBe(expected);
    expect(violations(request)).toEqual([]);
  });

  test.each([
    ['names no stored call', [tool('9')]],
    [
      'names one that the request itself made in an earlier turn',
      [calls('7'), says('b'), { role: 'assistant', content: 'c' }, tool('7')],
    ],
  ])('a tool message that %s is refused', (_rule, messages) => {
    const at = messages.length - 1;
    expect(refusal(() => translate({ messages }, PLAIN_MODEL, { before: open }))).toBe(
      `invalid-request messages.${at}.tool_call_id`,
    );
  });

  test('ids of a model that counts them anew are told apart, each with its result', () => {
    const before = [user(text('a')), assistant(call('call_0')), user(result('call_0')), assistant(text('b'))];
    const { request } = translate({ messages: [says('c'), calls('call_0'), tool('call_0')] }, PLAIN_MODEL, { before });
    expect(brief(request.messages ?? [])).toMatch(/u\[c\] a\[call:(call_0_\w+)\(f\)\] u\[result:\1=r\]$/);
  });
});

describe('system', () => {
  const system = [{ text: 's' }, point as { cachePoint: { type: 'default' } }];
  test("stands before the caller's own", () => {
    const messages = [{ role: 'system', content: 'own' }, says('a')];
    expect(translate({ messages }, PLAIN_MODEL, { system }).request.system).toEqual([...system, { text: 'own' }]);
    expect(translate({}, PLAIN_MODEL, { system }).request.system).toEqual(system);
    expect(translate({}, PLAIN_MODEL, { system: [] }).request.system).toBeUndefined();
  });
});

describe('tools', () => {
  const before = [user(text('a')), assistant(call('1', 'get-weather')), user(result('1')), assistant(text('b'))];
  const offered = (name: string) => [{ type: 'function', function: { name } }];

  test('that only stored messages name are listed, and are not to be called', () => {
    const { request } = translate({}, PLAIN_MODEL, { before });
    expect(request.toolConfig?.tools).toMatchObject([{ toolSpec: { name: 'get-weather' } }]);
    expect(request.system).toEqual([{ text: NO_TOOLS_NOTE }]);
  });

  test('have the same name there and in the list', () => {
    const { request, toolNames } = translate({ tools: offered('get-weather') }, 'amazon.nova-pro-v1:0', { before });
    const [spec] = request.toolConfig?.tools ?? [];
    const name = spec !== undefined && 'toolSpec' in spec ? spec.toolSpec.name : '';
    expect(name).toMatch(/^get_weather_\w{8}$/);
    expect(brief(request.messages ?? [])).toContain(`call:1(${name})`);
    expect(toolNames).toEqual(new Map([[name, 'get-weather']]));
  });

  test('have the same name too where the answer was stored with the one that the upstream got', () => {
    const first = translate({ tools: offered('get.weather') });
    const [given] = first.toolNames.keys();
    const stored = [user(text('a')), assistant(call('1', given)), user(result('1')), assistant(text('b'))];
    const second = translate({ tools: offered('get.weather') }, PLAIN_MODEL, { before: stored });
    expect(second.toolNames).toEqual(first.toolNames);
    expect(second.request.toolConfig).toEqual(first.request.toolConfig);
    expect(brief(second.request.messages ?? [])).toContain(`call:1(${given})`);
  });
});

test('a thousand turns whose ids begin anew cost a thousand steps', () => {
  const turn = [user(text('a')), assistant(call('call_0')), user(result('call_0')), assistant(text('b'))];
  const before = Array.from({ length: 5000 }, () => turn).flat();
  const { request } = translate({}, PLAIN_MODEL, { before });
  const ids = (request.messages ?? []).flatMap(({ content }) =>
    content.flatMap((block) => ('toolUse' in block ? [block.toolUse.toolUseId] : [])),
  );
  expect(new Set(ids).size).toBe(5000);
});
