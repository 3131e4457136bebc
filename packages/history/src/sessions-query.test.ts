import { describe, expect, it } from 'vitest';
import { parseSessionQuery, parseTurnQuery, type QueryParameters } from './sessions-query.ts';

const NOON_MS = Date.UTC(2026, 10, 23, 12);
const refusal = (param: string) => expect.objectContaining({ code: 'invalid-request', param });

describe('a list of sessions', () => {
  const nothing = { limit: 20, cursor: undefined, fromMs: undefined, toMs: undefined };
  const rows: readonly (readonly [QueryParameters, object])[] = [
    [{}, nothing],
    [{ limit: undefined, after: undefined }, nothing],
    [
      { limit: '1', after: 'cursor' },
      { ...nothing, limit: 1, cursor: 'cursor' },
    ],
    [{ limit: '100' }, { ...nothing, limit: 100 }],
    [{ from: '0' }, { ...nothing, fromMs: 0 }],
    [
      { from: '1795435200', to: '1795435200.25' },
      { ...nothing, fromMs: NOON_MS, toMs: NOON_MS + 250 },
    ],
    [{ from: '2026-11-23' }, { ...nothing, fromMs: Date.UTC(2026, 10, 23) }],
    [{ to: '2026-11-23T12:00Z' }, { ...nothing, toMs: NOON_MS }],
    [{ to: '2026-11-23T12:00:00.125Z' }, { ...nothing, toMs: NOON_MS + 125 }],
    [{ to: '2026-11-23T13:30:00+01:30' }, { ...nothing, toMs: NOON_MS }],
    [{ to: '2026-11-23T02:00:00-10:00' }, { ...nothing, toMs: NOON_MS }],
    [{ to: '2024-02-29' }, { ...nothing, toMs: Date.UTC(2024, 1, 29) }],
  ];
  it.each(rows)('of %j', (query, parsed) => {
    expect(parseSessionQuery(query)).toEqual(parsed);
  });
});

describe('a list of turns', () => {
  const nothing = { limit: 20, after: undefined, api: 'openai' };
  const rows: readonly (readonly [QueryParameters, object])[] = [
    [{}, nothing],
    [
      { limit: '7', after: '0' },
      { ...nothing, limit: 7, after: 0 },
    ],
    [{ after: '123456789012' }, { ...nothing, after: 123_456_789_012 }],
    ...['openai', 'converse', 'anthropic'].map((api) => [{ api }, { ...nothing, api }] as const),
  ];
  it.each(rows)('of %j', (query, parsed) => {
    expect(parseTurnQuery(query)).toEqual(parsed);
  });
});

describe('refused are', () => {
  it.each(['', '0', '101', '-1', '1.5', '1e1', ' 5', 'ten', '00005'])('the limit %j', (limit) => {
    expect(() => parseSessionQuery({ limit })).toThrow(refusal('limit'));
    expect(() => parseTurnQuery({ limit })).toThrow(refusal('limit'));
  });

  it.each([
    '',
    'yesterday',
    '-1',
    '1e9',
    '999999999999',
    '2026',
    '2026-11',
    '2026-13-01',
    '2026-02-30',
    '2026-02-30T10:00:00Z',
    '2026-11-23T25:00:00Z',
    '2026-11-23T12:00:00',
    '2026-11-23T12:00:00 01:00',
    '2026-11-23 12:00:00Z',
    'Mon, 23 Nov 2026 12:00:00 GMT',
  ])('the time %j', (time) => {
    expect(() => parseSessionQuery({ from: time })).toThrow(refusal('from'));
    expect(() => parseSessionQuery({ to: time })).toThrow(refusal('to'));
  });

  it.each(['', '-1', 'x', '1.5', '1234567890123456'])('turns after %j', (after) => {
    expect(() => parseTurnQuery({ after })).toThrow(refusal('after'));
  });

  it.each(['', 'OpenAI', 'gemini', '__proto__'])('the API %j', (api) => {
    expect(() => parseTurnQuery({ api })).toThrow(refusal('api'));
  });

  it.each(['form', 'order', '', '__proto__'])('a parameter %j that there is not', (name) => {
    const query = Object.fromEntries([[name, 'x']]);
    expect(() => parseSessionQuery(query)).toThrow(refusal(name));
    expect(() => parseTurnQuery(query)).toThrow(refusal(name));
  });

  it('parameters of one list on the other', () => {
    expect(() => parseSessionQuery({ api: 'openai' })).toThrow(refusal('api'));
    expect(() => parseTurnQuery({ from: '0' })).toThrow(refusal('from'));
  });
});
