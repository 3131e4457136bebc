import { describe, expect, it } from 'vitest';
import { readDirectives } from './directive.ts';
import type { ScriptReply } from './script.ts';

const rows: readonly [directive: string, reply: ScriptReply][] = [
  ['tool=look', { text: 'a b', toolCalls: [{ name: 'look', input: '' }] }],
  [
    'tool=look input={"q":"x ]] y","deep":{"list":[1]}} tool=go',
    {
      text: 'a b',
      toolCalls: [
        { name: 'look', input: { q: 'x ]] y', deep: { list: [1] } } },
        { name: 'go', input: '' },
      ],
    },
  ],
  ['stop=max_tokens', { stopReason: 'max_tokens' }],
  ['words=3 delayMs=20', { text: 'word1 word2 word3', paceMs: 20 }],
  ['text="two words"', { text: 'two words' }],
  ['text="a \\"quote\\""', { text: 'a "quote"' }],
  ['firstByteMs=5 firstEventMs=6', { firstByteDelayMs: 5, firstEventDelayMs: 6 }],
  ['error=ThrottlingException', { fault: { kind: 'exception', name: 'ThrottlingException' } }],
  [
    'exception=throttlingException after=3',
    { fault: { kind: 'stream-exception', name: 'throttlingException', afterEvents: 3 } },
  ],
  ['after=2 cut', { fault: { kind: 'cut', afterEvents: 2 } }],
  ['stall', { fault: { kind: 'stall', afterEvents: 0 } }],
  ['unfinished', { fault: { kind: 'no-message-stop' } }],
  ['corrupt after=1', { fault: { kind: 'corrupt-crc', afterEvents: 1 } }],
];

describe('readDirectives', () => {
  it.each(rows)('[[sim %s]]', (directive, reply) => {
    expect(readDirectives(`a [[sim ${directive}]]b`)).toEqual({ text: 'a b', reply });
  });

  it('joins several and leaves their text out of the echo', () => {
    expect(readDirectives('[[sim stop=end_turn]]hello [[sim delayMs=1]]there')).toEqual({
      text: 'hello there',
      reply: { stopReason: 'end_turn', paceMs: 1 },
    });
  });

  it('has samples of reasoning, redacted reasoning, citations and cache figures', () => {
    expect(readDirectives('[[sim reasoning redacted citations cache]]').reply).toMatchObject({
      reasoning: { text: expect.any(String), signature: expect.any(String) },
      redactedReasoning: expect.any(String),
      citations: [{}],
      usage: { cacheReadInputTokens: 1024, cacheWriteInputTokens: 256 },
    });
  });

  it('leaves a text without a directive alone', () => {
    expect(readDirectives(' [sim] [[ x ]] ')).toEqual({ text: ' [sim] [[ x ]] ', reply: undefined });
  });

  it.each([
    ['[[sim nonsense]]', /nonsense is unknown/],
    ['[[sim stop=later]]', /stopReason must be one of/],
    ['[[sim error=Oops]]', /fault.name must be one of/],
    ['[[sim exception=ThrottlingException]]', /fault.name must be one of/],
    ['[[sim words=many]]', /words needs a whole number/],
    ['[[sim words]]', /words needs a whole number/],
    ['[[sim tool]]', /tool needs a value/],
    ['[[sim input={}]]', /input comes after a tool/],
    ['[[sim tool=a input={x}]]', /input is not JSON/],
    ['[[sim tool=a', /it has no \]\]/],
    ['[[sim tool=a input={"x":1 ]]', /unexpected '\]'/],
    ['[[sim ,]]', /unexpected ','/],
  ])('refuses %s', (text, problem) => {
    expect(() => readDirectives(text)).toThrow(problem);
  });
});
