import { expect, test } from 'vitest';
import { scramVerifier } from './scram.ts';

test('the form is that of Postgres, and only the salt makes two of them differ', () => {
  expect(scramVerifier('pencil')).toMatch(
    /^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/,
  );
  expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'));
  const salt = Buffer.from('0123456789abcdef');
  expect(scramVerifier('pencil', salt)).toBe(scramVerifier('pencil', salt));
});

test.each(['', 'größer', 'a\nb'])('a password that SCRAM would write otherwise is refused: %j', (password) => {
  expect(() => scramVerifier(password)).toThrow(RangeError);
});
