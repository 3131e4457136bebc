import { describe, expect, test } from 'vitest';
import type { Call } from './call.ts';
import { partAnthropic, partConverse, partOpenai } from './gateway-fields.ts';

const callWith = (headers: Readonly<Record<string, string>> = {}): Call =>
  ({ header: (name: string) => headers[name] }) as unknown as Call;
const none = { sessionId: undefined, enableHistory: false, promptVariables: undefined, promptVariant: undefined };

describe('a chat completion', () => {
  test('without fields of ours goes on as it came', () => {
    expect(partOpenai(callWith(), { model: 'm' })).toEqual({
      fields: none,
      request: { model: 'm' },
      isUntouched: true,
    });
  });
  test('loses ours, even where they ask for nothing', () => {
    const body = { model: 'm', enable_history: false, session_id: null, promptVariables: null };
    expect(partOpenai(callWith(), body)).toEqual({ fields: none, request: { model: 'm' }, isUntouched: false });
  });
  test('names a session, variables and a variant', () => {
    const body = { session_id: 'a-B_1', enable_history: true, promptVariables: { a: 'b' }, promptVariant: 'v' };
    expect(partOpenai(callWith(), body).fields).toEqual({
      sessionId: 'a-B_1',
      enableHistory: true,
      promptVariables: { a: 'b' },
      promptVariant: 'v',
    });
  });
  test('names a variant by a header', () => {
    const { fields, isUntouched } = partOpenai(callWith({ 'x-gateway-prompt-variant': 'v' }), {});
    expect(fields.promptVariant).toBe('v');
    expect(isUntouched).toBe(true);
  });
  test.each<[string, object, string]>([
    ['a session id with other characters', { session_id: 'a b' }, 'session_id'],
    ['a session id that is too long', { session_id: 'a'.repeat(129) }, 'session_id'],
    ['an empty session id', { session_id: '' }, 'session_id'],
    ['a session id that is no text', { session_id: 7 }, 'session_id'],
    ['a word for enable_history', { enable_history: 'yes' }, 'enable_history'],
    ['a list for promptVariant', { promptVariant: ['v'] }, 'promptVariant'],
  ])('%s is refused', (_what, body, param) => {
    expect(() => partOpenai(callWith(), body as never)).toThrow(
      expect.objectContaining({ code: 'invalid-request', param }),
    );
  });
});

describe('Converse', () => {
  const place = 'additionalModelRequestFields';
  test('without fields of ours goes on as it came, prompt variables and all', () => {
    const body = { [place]: { top_k: 1 }, promptVariables: { a: { text: 'b' } } };
    const parted = partConverse(callWith(), body);
    expect(parted.isUntouched).toBe(true);
    expect(parted.fields.promptVariables).toEqual({ a: { text: 'b' } });
    expect(parted.request).toEqual({ [place]: { top_k: 1 } });
  });
  test('loses ours, and keeps the model its own', () => {
    const body = { messages: [], [place]: { top_k: 1, session_id: 's', enable_history: true, promptVariant: 'v' } };
    const parted = partConverse(callWith(), body);
    expect(parted.isUntouched).toBe(false);
    expect(parted.fields).toEqual({ ...none, sessionId: 's', enableHistory: true, promptVariant: 'v' });
    expect(parted.request).toEqual({ messages: [], [place]: { top_k: 1 } });
  });
  test('has no empty place left over', () => {
    expect(partConverse(callWith(), { [place]: { session_id: 's' } }).request).toEqual({});
  });
  test('is left to Bedrock where the place is none', () => {
    expect(partConverse(callWith(), { [place]: 'x' }).request).toEqual({ [place]: 'x' });
  });
  test('refuses by the whole name', () => {
    expect(() => partConverse(callWith(), { [place]: { enable_history: 1 } })).toThrow(
      expect.objectContaining({ param: `${place}.enable_history` }),
    );
  });
});

describe('Messages', () => {
  test('say it by headers', () => {
    const headers = { 'x-session-id': 's', 'x-enable-history': 'True' };
    expect(partAnthropic(callWith(headers), { model: 'm' })).toEqual({
      fields: { ...none, sessionId: 's', enableHistory: true },
      request: { model: 'm' },
      isUntouched: true,
    });
  });
  test('take prompt variables and a variant in the body', () => {
    const body = { promptVariables: { a: 'b' }, promptVariant: 'v' };
    const { fields, request, isUntouched } = partAnthropic(callWith(), body);
    expect([fields.promptVariables, fields.promptVariant, request, isUntouched]).toEqual([{ a: 'b' }, 'v', {}, false]);
  });
  test.each<[string, string]>([
    ['x-session-id', 'ä'],
    ['x-enable-history', 'yes'],
  ])('a strange %s is refused', (name, value) => {
    expect(() => partAnthropic(callWith({ [name]: value }), {})).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
  });
});
