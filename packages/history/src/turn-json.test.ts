import { describe, expect, it } from 'vitest';
import { sampleTurn } from './test-support/sample-turn.ts';
import type { Turn } from './turn.ts';
import { turnFromBytes, turnToBytes } from './turn-json.ts';

const full = sampleTurn({ system: [{ text: 'Be short.' }, { cachePoint: { type: 'default' } }], isBlocked: true });
const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const written = (turn: Turn = full): Record<string, unknown> => JSON.parse(Buffer.from(turnToBytes(turn)).toString());

describe('a turn', () => {
  it.each([
    ['with everything', full],
    ['with as little as there can be', sampleTurn({ messages: [], stopReason: undefined, usage: undefined })],
  ])('%s comes back as it was written', (_what, turn) => {
    expect(turnFromBytes(turnToBytes(turn))).toStrictEqual(turn);
  });

  it('is written with the version of its form and nothing that is no part of it', () => {
    expect(written({ ...full, position: 7 } as Turn)).toEqual({ version: 1, ...full });
  });

  it('is read beside fields that came later', () => {
    expect(turnFromBytes(bytesOf({ ...written(), rating: 5 }))).toStrictEqual(full);
  });
});

describe('what is no turn of this version is refused', () => {
  const { answer, ...withoutAnswer } = written();
  const rows: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', new Uint8Array()],
    ['half of it', turnToBytes(full).slice(0, -1)],
    ['bytes that are not UTF-8', Buffer.from(JSON.stringify({ ...written(), model: '\xff' }), 'latin1')],
    ['null', bytesOf(null)],
    ['a list', bytesOf([written()])],
    ['no version', bytesOf({ ...written(), version: undefined })],
    ['a later version', bytesOf({ ...written(), version: 2 })],
    ['a version as text', bytesOf({ ...written(), version: '1' })],
    ['no answer', bytesOf(withoutAnswer)],
    ['an API that there is not', bytesOf({ ...written(), answer: { ...(answer as object), api: 'gemini' } })],
    ['an answer without a role', bytesOf({ ...written(), answer: { api: 'openai', message: {} } })],
    ['messages that are none', bytesOf({ ...written(), messages: ['Hello'] })],
    ['one message in place of a list', bytesOf({ ...written(), messages: answer })],
    ['a system prompt as text', bytesOf({ ...written(), system: 'Be short.' })],
    ['a part of the system prompt as text', bytesOf({ ...written(), system: ['Be short.'] })],
    ['usage as a number', bytesOf({ ...written(), usage: 7 })],
    ['usage as a list', bytesOf({ ...written(), usage: [7] })],
    ...['turnId', 'startedAtMs', 'endedAtMs', 'model', 'isBlocked'].map(
      (name) => [`no ${name}`, bytesOf({ ...written(), [name]: undefined })] as const,
    ),
    ...['turnId', 'startedAtMs', 'endedAtMs', 'model', 'stopReason', 'isBlocked', 'usage', 'system', 'messages'].map(
      (name) => [`${name} null`, bytesOf({ ...written(), [name]: null })] as const,
    ),
  ];

  it.each(rows)('%s', (_what, bytes) => {
    expect(() => turnFromBytes(bytes)).toThrow(expect.objectContaining({ code: 'history-unavailable' }));
  });

  it('and operators learn why, callers nothing of it', () => {
    const read = () => turnFromBytes(bytesOf({ ...written(), version: 2 }));
    expect(read).toThrow(
      expect.objectContaining({ cause: new Error('a stored turn cannot be read: it has version 2, not 1') }),
    );
    expect(read).not.toThrow(/version/);
  });
});
