import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HmacKey } from './hmac-key.ts';

test('agrees with crypto.createHmac for any key up to a block and any text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.string({ unit: 'grapheme', maxLength: 300 }), (key, text) => {
      expect(new HmacKey(key).signHex(text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
    }),
    { seed: 42, numRuns: 300 },
  );
});

test('a longer key is refused', () => {
  expect(() => new HmacKey(new Uint8Array(65))).toThrow(RangeError);
});
