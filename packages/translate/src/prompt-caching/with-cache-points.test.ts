import type { ConverseMessage, ConverseRequest, ConverseToolConfig } from '@genai-gateway/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withCachePoints } from './with-cache-points.ts';

const claude = 'us.anthropic.claude-3-7-sonnet-20250219-v1:0';
const nova = 'amazon.nova-lite-v1:0';
const point = { cachePoint: { type: 'default' } } as const;

/** Text of so many tokens, by the estimate. */
const text = (tokens: number) => ({ text: 'word'.repeat(tokens) });
const user = (...content: ConverseMessage['content']): ConverseMessage => ({ role: 'user', content });
const assistant = (...content: ConverseMessage['content']): ConverseMessage => ({ role: 'assistant', content });
const toolUse = { toolUse: { toolUseId: 'a', name: 'weather', input: {} } };
const toolResult = { toolResult: { toolUseId: 'a', content: [text(10)] } };
const thought = { reasoningContent: { reasoningText: { text: 'hm', signature: 's' } } };
const toolConfig = (tokens: number): ConverseToolConfig => ({
  tools: [{ toolSpec: { name: 'weather', description: text(tokens).text, inputSchema: { json: {} } } }],
});
const image = { image: { format: 'png', source: { bytes: 'AAAA' } } } as const;

/** Where points were put: `tools`, `system`, or the number of a message. */
function placesOf(request: ConverseRequest, stableMessages: number, modelId = claude): readonly (string | number)[] {
  const { request: marked, added } = withCachePoints(request, { modelId, stableMessages });
  const isMarked = (blocks: readonly object[] | undefined) => 'cachePoint' in (blocks?.at(-1) ?? {});
  const places = [
    ...(isMarked(marked.toolConfig?.tools) ? ['tools'] : []),
    ...(isMarked(marked.system) ? ['system'] : []),
    ...(marked.messages ?? []).flatMap(({ content }, at) => (isMarked(content) ? [at] : [])),
  ];
  expect(added).toBe(places.length);
  return places;
}

describe('points stand behind what is long enough', () => {
  const long = text(2_000);
  const question = user(text(1));
  test.each<[string, ConverseRequest, (string | number)[]]>([
    ['nothing', {}, []],
    ['a short request', { system: [text(10)], toolConfig: toolConfig(10), messages: [question] }, []],
    ['a long system prompt', { system: [long], messages: [question] }, ['system']],
    ['one of just the length', { system: [text(1_024)], messages: [question] }, ['system']],
    ['not one token less', { system: [text(1_023)], messages: [question] }, []],
    ['long tools', { toolConfig: toolConfig(2_000), messages: [question] }, ['tools']],
    [
      'both, each with what is in front of it',
      { toolConfig: toolConfig(600), system: [text(600)], messages: [question] },
      ['system'],
    ],
    ['both long', { toolConfig: toolConfig(2_000), system: [long], messages: [question] }, ['tools', 'system']],
    ['no tools', { toolConfig: { tools: [] }, system: [], messages: [user(long)] }, []],
  ])('%s', (_rule, request, places) => {
    expect(placesOf(request, 0)).toEqual(places);
  });
});

describe('points stand behind stable messages', () => {
  const long = user(text(2_000));
  const answer = assistant(text(10));
  const next = user(text(10));
  test.each<[string, ConverseMessage[], number, number[]]>([
    ['none of which is stable', [long, answer, next], 0, []],
    ['of the first turn', [long, answer, next], 2, [1]],
    [
      'of later turns: where this call ends, and where the one before did',
      [long, answer, next, answer, next],
      4,
      [1, 3],
    ],
    ['of many turns', [long, answer, next, answer, next, answer, next], 6, [3, 5]],
    ['short ones that are long together', [next, assistant(text(1_100)), next, answer, next], 4, [1, 3]],
    ['from where they are long enough', [next, answer, next, assistant(text(1_100)), next], 4, [3]],
    ['short ones', [next, answer, next, answer, next], 4, []],
    ['more than there are', [long, answer], 9, [1]],
    ['fewer than none', [long, answer], -1, []],
    ['not behind reasoning', [long, assistant(thought, text(10)), next, answer, next], 4, [0, 3]],
    [
      'nor behind the results of a call that was reasoned',
      [long, assistant(thought, toolUse), user(toolResult), next],
      3,
      [0],
    ],
    ['but behind other calls and results', [long, assistant(toolUse), user(toolResult), answer, next], 4, [1, 3]],
    ['not behind a block that nobody knows', [user(text(2_000), { document: {} } as never), answer, next], 1, []],
    ['behind an image, which counts', [user(text(30), image), answer, next], 1, [0]],
    ['not behind nothing', [long, assistant(), next], 2, [0]],
  ])('%s', (_rule, messages, stableMessages, places) => {
    expect(placesOf({ messages }, stableMessages)).toEqual(places);
  });

  test('where the call before put its last one, so that its cache is found', () => {
    const turns = Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? long : answer));
    for (let stable = 4; stable <= 12; stable += 2) {
      const [now, then] = [stable, stable - 2].map((each) =>
        placesOf({ messages: [...turns.slice(0, each), next] }, each),
      );
      expect(now?.[0]).toBe(then?.at(-1));
    }
  });
});

describe('a family takes them where it does', () => {
  const long = { toolConfig: toolConfig(2_000), system: [text(2_000)] };
  const messages = [user(text(10)), assistant(text(10)), user(toolResult), assistant(text(10)), user(text(10))];
  test('Claude everywhere, four at most', () => {
    expect(placesOf({ ...long, messages }, 4)).toEqual(['tools', 'system', 1, 3]);
  });
  test('Nova not among tools, and behind texts of the user', () => {
    expect(placesOf({ ...long, messages }, 4, nova)).toEqual(['system', 0]);
    expect(placesOf({ toolConfig: toolConfig(2_000), system: [text(1)] }, 0, nova)).toEqual(['system']);
  });
  test('others nowhere', () => {
    const request = { ...long, messages };
    expect(withCachePoints(request, { modelId: 'meta.llama3-3-70b-instruct-v1:0', stableMessages: 4 })).toEqual({
      request,
      added: 0,
    });
  });
});

describe('who has set one knows better', () => {
  const long: ConverseRequest = { system: [text(2_000)], toolConfig: toolConfig(2_000), messages: [user(text(2_000))] };
  test.each<[string, ConverseRequest]>([
    ['in the system prompt', { ...long, system: [point, text(2_000)] }],
    ['among tools', { ...long, toolConfig: { tools: [...toolConfig(2_000).tools, point] } }],
    ['in a message', { ...long, messages: [user(text(2_000), point), user(text(10))] }],
  ])('%s', (_rule, request) => {
    const { request: same, added } = withCachePoints(request, { modelId: claude, stableMessages: 1 });
    expect(same).toBe(request);
    expect(added).toBe(0);
  });
});

test('the request itself, when no point is put, and nothing of it is ever changed', () => {
  const tokens = fc.nat({ max: 1_500 });
  const message = fc.tuple(fc.constantFrom('user', 'assistant'), fc.array(tokens.map(text), { maxLength: 3 }));
  fc.assert(
    fc.property(tokens, tokens, fc.array(message, { maxLength: 8 }), fc.integer({ min: -1, max: 10 }), (...given) => {
      const [systemTokens, toolTokens, sent, stableMessages] = given;
      const request = {
        system: [text(systemTokens)],
        toolConfig: toolConfig(toolTokens),
        messages: sent.map(([role, content]) => ({ role, content }) as ConverseMessage),
      };
      const before = structuredClone(request);
      const { request: marked, added } = withCachePoints(request, { modelId: claude, stableMessages });
      expect(request).toEqual(before);
      expect(added).toBeLessThanOrEqual(4);
      if (added === 0) expect(marked).toBe(request);
      const without = JSON.parse(JSON.stringify(marked).replaceAll(`,${JSON.stringify(point)}]`, ']'));
      expect(without).toEqual(before);
    }),
    { seed: 6 },
  );
});

test('a request may be as deep as it likes', () => {
  let input: object = {};
  for (let depth = 0; depth < 50_000; depth += 1) input = { input };
  const deep = assistant({ toolUse: { toolUseId: 'a', name: 'b', input: input as never } });
  expect(placesOf({ messages: [deep, user(text(2_000)), assistant(text(1))] }, 3)).toEqual([2]);
});
