import { expect, it } from 'vitest';
import { checkSessionId, newSessionId } from './session-id.ts';

it.each(['a', 'A-z_9', '0', '-', 'x'.repeat(128), newSessionId()])('takes the id %j', (id) => {
  expect(checkSessionId(id, 'session_id')).toBe(id);
});

it.each(['', ' ', 'a b', 'a\n', 'a.b', 'a/b', 'a#b', 'ü', '..', 'x'.repeat(129), 1, null, undefined, {}, ['a']])(
  'refuses the id %j',
  (id) => {
    expect(() => checkSessionId(id, 'x-session-id')).toThrow(
      expect.objectContaining({ code: 'invalid-request', param: 'x-session-id' }),
    );
  },
);

it('makes an id for each session', () => {
  expect(newSessionId()).not.toBe(newSessionId());
});
