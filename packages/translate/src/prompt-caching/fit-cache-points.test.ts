import type { ConverseCachePointBlock, ConverseContentBlock, ConverseRequest } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { modelFactsOf } from '../model-facts/model-facts-of.ts';
import { assistant, call, pdf, png, result, text, thought, user } from '../test-support/converse-messages.ts';
import { fitCachePoints } from './fit-cache-points.ts';

const CLAUDE = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const OLDER = 'anthropic.claude-sonnet-4-20250514-v1:0';
const NOVA = 'amazon.nova-pro-v1:0';
const LLAMA = 'us.meta.llama4-maverick-17b-instruct-v1:0';
const UNKNOWN = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc';

const point: ConverseCachePointBlock = { cachePoint: { type: 'default' } };
const hour: ConverseCachePointBlock = { cachePoint: { type: 'default', ttl: '1h' } };
const minutes: ConverseCachePointBlock = { cachePoint: { type: 'default', ttl: '5m' } };
const csv: ConverseContentBlock = { document: { format: 'csv', name: 'c', source: { bytes: 'YQ==' } } };
const tool = { toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } };

/** A request in short: T…/S…/u…, with p, p5m and p1h for the points. */
function brief({ toolConfig, system, messages }: ConverseRequest): string {
  const list = (blocks: readonly object[]): string =>
    blocks
      .map((block) => ('cachePoint' in block ? `p${(block as typeof hour).cachePoint.ttl ?? ''}` : kind(block)))
      .join(' ');
  const kind = (block: object): string => ('text' in block ? String(block.text) : (Object.keys(block)[0] ?? ''));
  return [
    ...(toolConfig === undefined ? [] : [`T[${list(toolConfig.tools)}]`]),
    ...(system === undefined ? [] : [`S[${list(system)}]`]),
    ...(messages ?? []).map(({ role, content }) => `${role[0]}[${list(content)}]`),
  ].join(' ');
}

type Row = [rule: string, modelId: string, request: ConverseRequest, expected: string, lost: readonly string[]];

test.each<Row>([
  ['a point stays where it is', CLAUDE, { messages: [user(text('a'), point, text('b'))] }, 'u[a p b]', []],
  [
    'everywhere',
    CLAUDE,
    { toolConfig: { tools: [tool, point] }, system: [{ text: 's' }, point], messages: [user(text('a'), point)] },
    'T[toolSpec p] S[s p] u[a p]',
    [],
  ],
  ['a model that nothing is known of gets it', UNKNOWN, { messages: [user(text('a'), hour)] }, 'u[a p1h]', []],
  ['a family without them gets none', LLAMA, { messages: [user(text('a'), point)] }, 'u[a]', ['messages']],
  [
    'a family without them among tools',
    NOVA,
    { toolConfig: { tools: [tool, point] }, messages: [user(text('a'), point)] },
    'T[toolSpec] u[a p]',
    ['tools'],
  ],
  [
    'of a role that takes none',
    NOVA,
    { messages: [user(text('a')), assistant(text('b'), point)] },
    'u[a] a[b]',
    ['messages'],
  ],
  [
    'right behind a result where the family refuses it',
    NOVA,
    { messages: [user(text('a')), assistant(call('1')), user(result('1'), point, text('b'))] },
    'u[a] a[toolUse] u[toolResult b]',
    ['messages'],
  ],
  [
    'right behind a result and a call elsewhere',
    CLAUDE,
    { messages: [user(text('a')), assistant(call('1'), point), user(result('1'), point)] },
    'u[a] a[toolUse p] u[toolResult p]',
    [],
  ],
  [
    'not at first',
    CLAUDE,
    { system: [point, { text: 's' }], messages: [user(point, text('a'))] },
    'S[s] u[a]',
    ['system', 'messages'],
  ],
  [
    'not behind reasoning, but in the same message',
    CLAUDE,
    { messages: [user(text('a')), assistant(thought('x', 's'), point, text('b'), point)] },
    'u[a] a[reasoningContent b p]',
    ['messages'],
  ],
  ['not twice', CLAUDE, { messages: [user(text('a'), point, point)] }, 'u[a p]', ['messages']],
  [
    'behind a PDF and an image',
    CLAUDE,
    { messages: [user(text('a'), pdf('d'), point, png, point)] },
    'u[a document p image p]',
    [],
  ],
  [
    'behind a document that becomes a text',
    CLAUDE,
    { messages: [user(text('a'), csv, point)] },
    'u[a document . p]',
    [],
  ],

  [
    'of more than four, the newest of the messages',
    CLAUDE,
    { messages: [1, 2, 3, 4, 5, 6].map((n) => user(text(`${n}`), point)) },
    'u[1] u[2] u[3 p] u[4 p] u[5 p] u[6 p]',
    ['messages'],
  ],
  [
    'the last of the tools and of the system first',
    CLAUDE,
    {
      toolConfig: { tools: [tool, point, tool, point] },
      system: [{ text: 's' }, point, { text: 't' }, point],
      messages: [user(text('a'), point), user(text('b'), point), user(text('c'), point)],
    },
    'T[toolSpec toolSpec p] S[s t p] u[a] u[b p] u[c p]',
    ['messages', 'system', 'tools'],
  ],
  [
    'the others of the system where there is room',
    CLAUDE,
    {
      system: [{ text: 's' }, point, { text: 't' }, point, { text: 'u' }, point, { text: 'v' }, point],
      messages: [user(text('a'), point)],
    },
    'S[s t p u p v p] u[a p]',
    ['system'],
  ],

  [
    'a time that the model has',
    CLAUDE,
    { system: [{ text: 's' }, hour], messages: [user(text('a'), minutes)] },
    'S[s p1h] u[a p5m]',
    [],
  ],
  ['none that it has not', OLDER, { messages: [user(text('a'), hour)] }, 'u[a p]', ['ttl']],
  [
    'none that nobody knows',
    UNKNOWN,
    { messages: [user(text('a'), { cachePoint: { type: 'default', ttl: '30m' } })] },
    'u[a p]',
    ['ttl'],
  ],
  [
    'none that is longer than before',
    CLAUDE,
    { system: [{ text: 's' }, point], messages: [user(text('a'), hour)] },
    'S[s p] u[a p]',
    ['ttl'],
  ],
  [
    'one that was left out makes none shorter',
    CLAUDE,
    { system: [point, { text: 's' }], messages: [user(text('a'), hour)] },
    'S[s] u[a p1h]',
    ['system'],
  ],
])('%s', (_rule, modelId, request, expected, lost) => {
  const fitted = fitCachePoints(request, modelFactsOf(modelId));
  expect(brief(fitted.request)).toBe(expected);
  expect([...fitted.lost].sort()).toEqual([...lost].sort());
});

test('a request without points is given back as it is', () => {
  const request = { messages: [user(text('a'))] };
  expect(fitCachePoints(request, modelFactsOf(CLAUDE)).request).toBe(request);
});

describe('ten thousand points cost ten thousand steps', () => {
  test.each([['messages'], ['one message']])('in %s', (where) => {
    const content = Array.from({ length: 10_000 }, (_, n) => (n % 2 === 0 ? text(`${n}`) : point));
    const messages = where === 'messages' ? content.map((it) => user(text('a'), it)) : [user(...content)];
    const { request } = fitCachePoints({ messages }, modelFactsOf(CLAUDE));
    const left = (request.messages ?? []).flatMap((it) => it.content).filter((it) => 'cachePoint' in it);
    expect(left).toHaveLength(4);
  });
});
