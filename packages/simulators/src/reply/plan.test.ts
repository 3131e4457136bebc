import { describe, expect, it } from 'vitest';
import { planReply, type ReplyRequest, textOf } from './plan.ts';
import { sampleOfSchema } from './schema-sample.ts';
import { cutToTokens, MEDIA_TOKENS, tokensOfPrompt } from './tokens.ts';

const request: ReplyRequest = {
  echoText: 'one two three four',
  inputTokens: 7,
  seed: 'seed',
  maxTokens: undefined,
  stopSequences: [],
  forcedTool: undefined,
  reasons: false,
};

describe('planReply', () => {
  it.each([
    ['its token limit', { maxTokens: 2 }, { text: 'one two ', stopReason: 'max_tokens' }],
    ['the first stop sequence', { stopSequences: ['four', ' th'] }, { text: 'one two', stopReason: 'stop_sequence' }],
    ['neither', { maxTokens: 5, stopSequences: ['five'] }, { text: 'one two three four', stopReason: 'end_turn' }],
  ] as const)('an echo stops at %s', (_, change, { text, stopReason }) => {
    const reply = planReply({ ...request, ...change });
    expect({ text: textOf(reply), stopReason: reply.stopReason }).toEqual({ text, stopReason });
    expect(reply.usage.outputTokens).toBe(Math.ceil(text.length / 4));
  });

  it('a script is not limited', () => {
    expect(textOf(planReply({ ...request, maxTokens: 1 }, { text: 'more than one token' }))).toBe(
      'more than one token',
    );
  });

  it('a forced tool is called, unless a script says otherwise', () => {
    const forced = { ...request, forcedTool: { name: 'look', input: { q: 'x' } } };
    expect(planReply(forced)).toMatchObject({ stopReason: 'tool_use', blocks: [{ kind: 'tool-use', name: 'look' }] });
    expect(planReply(forced, { text: 'no' }).blocks).toMatchObject([{ kind: 'text' }]);
  });

  it('keeps chunks, fragments of tool input and figures as they are scripted', () => {
    const reply = planReply(request, {
      chunks: ['a', '', 'bc'],
      toolCalls: [{ name: 't', toolUseId: 'id', inputChunks: ['{"a"', ':1}'] }],
      usage: { outputTokens: 0, cacheReadInputTokens: 3 },
      stopReason: 'malformed_tool_use',
    });
    expect(reply.blocks).toEqual([
      { kind: 'text', deltas: ['a', '', 'bc'], citations: [] },
      { kind: 'tool-use', toolUseId: 'id', name: 't', input: { a: 1 }, deltas: ['{"a"', ':1}'] },
    ]);
    expect(reply.usage).toEqual({
      inputTokens: 7,
      outputTokens: 0,
      cacheReadInputTokens: 3,
      cacheWriteInputTokens: undefined,
    });
    expect(reply.stopReason).toBe('malformed_tool_use');
  });

  it('reasons first when the caller asked for it', () => {
    expect(planReply({ ...request, reasons: true }).blocks.map(({ kind }) => kind)).toEqual(['reasoning', 'text']);
  });
});

describe('tokens', () => {
  it('never cuts a character in two', () => {
    expect(cutToTokens('ééé', 1)).toBe('éé');
    expect(cutToTokens('😀😀', 1)).toBe('😀');
    expect(cutToTokens('abc😀', 1)).toBe('abc');
  });

  it('counts media by the block, not by their bytes', () => {
    const image = { image: { format: 'png', source: { bytes: 'A'.repeat(10_000) } } };
    expect(tokensOfPrompt([[{ text: 'four' }, image]])).toBe(1 + MEDIA_TOKENS);
    const messagesImage = { type: 'image', source: { type: 'base64', data: 'A'.repeat(10_000) } };
    expect(tokensOfPrompt([[messagesImage]])).toBe(MEDIA_TOKENS);
    expect(tokensOfPrompt([undefined])).toBe(1);
  });
});

it('a sample fits its schema', () => {
  const schema = {
    type: 'object',
    required: ['name', 'kind', 'sizes', 'inner'],
    properties: {
      name: { type: 'string' },
      kind: { enum: ['b', 'a'] },
      sizes: { type: 'array', items: { type: 'integer', minimum: 3 }, minItems: 1 },
      inner: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
      optional: { type: 'string' },
    },
  };
  expect(sampleOfSchema(schema, 'hello')).toEqual({ name: 'hello', kind: 'b', sizes: [3], inner: true });
});

it('references into the schema are followed, and cycles end', () => {
  const schema = {
    type: 'object',
    required: ['city', 'next'],
    properties: { city: { $ref: '#/$defs/city' }, next: { $ref: '#' } },
    $defs: { city: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } },
  };
  const sample = sampleOfSchema(schema, 'Oslo');
  expect(sample).toMatchObject({ city: { name: 'Oslo' }, next: { city: { name: 'Oslo' } } });
  expect(JSON.stringify(sample)).toContain('"next":null');
});
