import { isGatewayError } from '@genai-gateway/core';
import type { ApiMessage, ConverseContentBlock, ConverseMessage } from '@genai-gateway/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openaiMessages } from '../conversation/stored-in-api.ts';
import { FILES_BEHIND_TEXT } from './conversation.ts';
import { openaiToConverse } from './openai-to-converse.ts';
import { parseOpenaiChatRequest } from './parse-openai-chat.ts';
import { violations } from './test-support/converse-rules.ts';

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const modelIds = fc.constantFrom(
  CLAUDE,
  'anthropic.claude-opus-4-8',
  'amazon.nova-pro-v1:0',
  'mistral.pixtral-large-2502-v1:0',
  'us.meta.llama4-maverick-17b-instruct-v1:0',
  'openai.gpt-oss-120b-1:0',
  'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc',
);

const PNG = 'iVBORw0KGgo=';
const PDF = Buffer.from('%PDF-1.4').toString('base64');
const MP4 = 'AAAAGGZ0eXBtcDQyAAAAAG1wNDJpc29t';

/** Parts with a mark on some of them. */
const marked = <T extends object>(part: fc.Arbitrary<T>): fc.Arbitrary<object> =>
  fc
    .tuple(part, fc.constantFrom(undefined, undefined, undefined, {}, { ttl: '1h' }, { ttl: '5m' }, { ttl: 1 }))
    .map(([it, mark]) => (mark === undefined ? it : { ...it, cache_control: { type: 'ephemeral', ...mark } }));
const word = fc.constantFrom('a', 'b', 'c', ' ', '');
const text = fc.record({ type: fc.constant('text'), text: word });
const image = fc.constant({ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } });
const file = fc
  .tuple(
    fc.constantFrom('a.pdf', 'b', 'ü  .'),
    fc.constantFrom(`data:application/pdf;base64,${PDF}`, 'data:text/csv,a'),
  )
  .map(([filename, file_data]) => ({ type: 'file', file: { filename, file_data } }));
const strange = fc.constantFrom<object>(
  { type: 'video_url', video_url: { url: `data:video/mp4;base64,${MP4}` } },
  { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
  { type: 'guarded_text', text: 'a' },
  { type: 'query', text: 'a' },
  { type: 'search_result', source: 'u', title: 't', content: [{ type: 'text', text: 'a' }] },
  { type: 'document', source: { type: 'text', data: 'a' }, citations: { enabled: true } },
  { cachePoint: { type: 'default' } },
);
const part = (hasStrange: boolean): fc.Arbitrary<object> =>
  marked(
    fc.oneof(
      { weight: 6, arbitrary: text },
      { weight: 2, arbitrary: image },
      { weight: 1, arbitrary: file },
      { weight: hasStrange ? 1 : 0, arbitrary: strange },
    ),
  );
const parts = (hasStrange: boolean): fc.Arbitrary<string | object[]> =>
  fc.oneof(word, fc.array(part(hasStrange), { maxLength: 3 }));
const thought = fc.constantFrom(
  { type: 'thinking', thinking: 'x', signature: 's' },
  { type: 'thinking', thinking: '', signature: 't' },
  { type: 'thinking', thinking: 'x', signature: '' },
  { type: 'redacted_thinking', data: 'UkVE' },
);
const calls = fc.uniqueArray(fc.constantFrom('1', '2', '3'), { maxLength: 3 });

/** An answer with its calls, and their results in any order, some of them missing or twice. */
const turn = (hasStrange: boolean): fc.Arbitrary<object[]> =>
  fc
    .tuple(word, fc.array(thought, { maxLength: 2 }), calls, fc.boolean())
    .chain(([content, thinking_blocks, ids, isMarked]) => {
      const answer = {
        role: 'assistant',
        content,
        ...(thinking_blocks.length === 0 ? {} : { thinking_blocks }),
        ...(ids.length === 0
          ? {}
          : { tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{"a":1}' } })) }),
        ...(isMarked ? { cache_control: { type: 'ephemeral' } } : {}),
      };
      const results = ids.map((tool_call_id) =>
        parts(hasStrange).map((it): object => ({ role: 'tool', tool_call_id, content: it })),
      );
      return fc
        .tuple(...results)
        .chain((all) => fc.shuffledSubarray([...all, ...all]).map((some) => [answer, ...some]));
    });
const user = (hasStrange: boolean): fc.Arbitrary<object[]> =>
  parts(hasStrange).map((content) => [{ role: 'user', content }]);
const system = word.map((content): object[] => [{ role: 'system', content }]);
const conversation = (hasStrange: boolean): fc.Arbitrary<object[]> =>
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: user(hasStrange) },
        { weight: 4, arbitrary: turn(hasStrange) },
        { weight: 1, arbitrary: system },
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((all) => all.flat());

const translated = (messages: object[], modelId: string, before: readonly ConverseMessage[] = []) =>
  openaiToConverse(parseOpenaiChatRequest({ model: 'm', messages }), { modelId, before }).request;

test('any conversation gives messages that Bedrock takes, or a coded error, behind any other one too', () => {
  let passed = 0;
  fc.assert(
    fc.property(
      conversation(true),
      conversation(false),
      modelIds,
      fc.boolean(),
      (messages, earlier, modelId, isStored) => {
        let before: readonly ConverseMessage[] = [];
        try {
          // A stored turn was one of another model.
          if (isStored) before = translated(earlier, CLAUDE).messages ?? [];
        } catch {
          return;
        }
        try {
          expect(violations(translated(messages, modelId, before))).toEqual([]);
          passed++;
        } catch (error) {
          if (!(isGatewayError(error) && error.code === 'invalid-request' && error.param !== undefined)) throw error;
        }
      },
    ),
    { seed: 1, numRuns: 1500 },
  );
  // Otherwise the property would look at refusals only.
  expect(passed).toBeGreaterThan(500);
});

/** All that a conversation says, in order: texts that are not blank, files, calls, and what answers them. */
function meaningOf(messages: readonly object[]): string[] {
  const said: string[] = [];
  const ofContent = (content: unknown): string[] => {
    if (typeof content === 'string') return content.trim() === '' ? [] : [content];
    return ((content ?? []) as Record<string, never>[]).flatMap((it) => {
      if (it['type'] === 'text') return ofContent(it['text']);
      if (it['type'] === 'image_url') return [String((it['image_url'] as unknown as { url: string }).url)];
      return it['type'] === 'file' ? [(it['file'] as unknown as { file_data: string }).file_data] : [];
    });
  };
  for (const message of messages as Record<string, never>[]) {
    const content = ofContent(message['content']);
    if (message['role'] === 'tool') said.push(`${message['tool_call_id']}=${content.join('')}`);
    else if (message['role'] !== 'system') said.push(...content);
    for (const { id, function: it } of (message['tool_calls'] ?? []) as { id: string; function: object }[]) {
      said.push(`${id}:${JSON.stringify(it)}`);
    }
    for (const it of (message['thinking_blocks'] ?? []) as object[]) said.push(JSON.stringify(it));
  }
  return said;
}

test('what was said there and back is the same', () => {
  /** A turn with an answer that says something, one result for each of its calls, and no file in them. */
  const wordy = fc.constantFrom('a', 'b', 'c');
  const whole = fc
    .tuple(
      fc.array(fc.oneof(fc.record({ type: fc.constant('text'), text: wordy }), image, file), {
        minLength: 1,
        maxLength: 3,
      }),
      wordy,
      fc.array(
        thought.filter((it) => it.signature !== ''),
        { maxLength: 2 },
      ),
      fc.uniqueArray(fc.constantFrom('1', '2', '3'), { maxLength: 3 }),
      wordy,
    )
    .map(([content, answer, thinking_blocks, ids, outcome]) => (index: number): object[] => [
      { role: 'user', content: [{ type: 'text', text: 'q' }, ...content] },
      {
        role: 'assistant',
        content: answer,
        ...(thinking_blocks.length === 0 ? {} : { thinking_blocks }),
        ...(ids.length === 0
          ? {}
          : {
              tool_calls: ids.map((id) => ({
                id: `${index}${id}`,
                type: 'function',
                function: { name: 'f', arguments: '{"a":1}' },
              })),
            }),
      },
      ...ids.map((id) => ({ role: 'tool', tool_call_id: `${index}${id}`, content: outcome })),
    ]);
  const documents = (messages: object[]): number => JSON.stringify(messages).split('"file"').length / 2;
  fc.assert(
    fc.property(fc.array(whole, { minLength: 1, maxLength: 4 }), (turns) => {
      const messages = turns.flatMap((make, index) => make(index));
      fc.pre(documents(messages) < 5);
      const there = translated(messages, CLAUDE).messages ?? [];
      const stored = there.map((message): ApiMessage => ({ api: 'converse', message }));
      // The type of a text comes back as Converse knows it.
      const csv = `data:text/csv;base64,${Buffer.from('a').toString('base64')}`;
      expect(meaningOf(openaiMessages(stored))).toEqual(
        meaningOf(messages).map((it) => (it === 'data:text/csv,a' ? csv : it)),
      );
    }),
    { seed: 1, numRuns: 500 },
  );
});

describe('ten thousand messages cost ten thousand steps', () => {
  const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
  const say = (content: unknown) => ({ role: 'user', content });
  const marks = { cache_control: { type: 'ephemeral' } };
  test.each<[rule: string, messages: object[]]>([
    ['of the user', times(10_000, () => say('a'))],
    ['with marks', times(10_000, () => say([{ type: 'text', text: 'a', ...marks }]))],
    [
      'with one system message among them each',
      times(10_000, (n) => (n % 2 === 0 ? say('a') : { role: 'system', content: 'b' })),
    ],
    [
      'of results without ids',
      [
        { role: 'assistant', tool_calls: times(10_000, () => ({ id: '', function: { name: 'f' } })) },
        ...times(10_000, () => ({ role: 'tool', content: 'r' })),
      ],
    ],
    ['in one', [say(times(100_000, () => ({ type: 'text', text: 'a' })))]],
    ['with images', times(10_000, () => say([{ type: 'image_url', image_url: { url: PNG } }]))],
  ])('%s', (_rule, messages) => {
    const request = translated(messages, 'anthropic.claude-opus-4-8');
    expect(request.messages?.length).toBeGreaterThan(0);
  });

  test('with as many stored documents', () => {
    const before = times(10_000, (n): ConverseMessage => {
      const block: ConverseContentBlock = { document: { format: 'pdf', name: 'a', source: { bytes: PDF } } };
      return { role: n % 2 === 0 ? 'user' : 'assistant', content: n % 2 === 0 ? [block] : [{ text: 'b' }] };
    });
    const request = translated([say('c')], CLAUDE, before);
    expect(JSON.stringify(request).split('"document"')).toHaveLength(6);
  });
});

test('a result whose files stand behind it says so', () => {
  const messages = [
    { role: 'user', content: 'a' },
    { role: 'assistant', tool_calls: [{ id: '1', function: { name: 'f' } }] },
    {
      role: 'tool',
      tool_call_id: '1',
      content: [{ type: 'video_url', video_url: { url: `data:video/mp4;base64,${MP4}` } }],
    },
  ];
  const last = translated(messages, 'amazon.nova-pro-v1:0').messages?.at(-1);
  expect(last?.content).toMatchObject([
    { toolResult: { content: [{ text: FILES_BEHIND_TEXT }] } },
    { video: { format: 'mp4', source: { bytes: MP4 } } },
  ]);
});
