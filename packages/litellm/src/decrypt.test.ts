import { createCipheriv } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decrypt, decryptValues, encryptionKey, unreadable } from './decrypt.ts';

const key = encryptionKey('sk-made-up-salt');
const otherKey = encryptionKey('sk-another-salt');

/*
 * Made with LiteLLM 1.106.2 itself on 2026-11-23, LITELLM_SALT_KEY=sk-made-up-salt:
 * `encrypt_value_helper(text)` of proxy/common_utils/encrypt_decrypt_utils.py, for AES-GCM with
 * general_settings.encryption_algorithm 'aes-256-gcm'; the older form is
 * `base64.b64encode(encrypt_value(text, 'sk-made-up-salt'))`, repeated until + and / were in it.
 */
const vectors: readonly (readonly [form: string, text: string, ciphertext: string])[] = [
  [
    'a secret box',
    'bedrock/us.amazon.nova-lite-v1:0',
    'i0qvoDeKTS1rsbGQzfZhbtjXWGE_32NwMxNwkqeW9VsyrX-7PGFrWHy_IAfdA8W2Hd3bsH1D8tBYXewag9JOcCcIOQ-3nuBg',
  ],
  ['a secret box', '', '8NnUBad05q23lwjs0G8JGcCm9UT1sg9HeD3GY4rqOwNsTTOyzkwD4Q=='],
  [
    'a secret box',
    'Grüße, 東京 🚀',
    'l4B8BBHRA3-6zmCcOSptLwBBBtRcNppn1r_fpjb2Gs4Q5nxUueE5t-MOTCJoGQpiiLqGjYHrn_ZlahsC',
  ],
  [
    'a secret box',
    'a'.repeat(90),
    'Au211AV6odxwUY32KRcurOOGB1lcnQYfreI80nhU9uQMtlaLwSs7hCGIBIsWJy6rBwsakCC4GfWjF-6BeBEnuhXJk0s-7CS-9B86kPsWp_KpO9Or7xJLiSdLBx8smwnsXSbRFQFGScBUGIH57S8ib9zWUHLt13-6R2DiDRKCK8d4fQ==',
  ],
  [
    'AES-GCM',
    'bedrock/us.amazon.nova-lite-v1:0',
    'v2:gcm:-glVCLMM7EEGqAHEHFXI-4hfML5J8_C4rh_-DFIOXzw73vqzuldk8SwqxsTftfzr-N70L8ChSRasNC8I',
  ],
  ['AES-GCM', '', 'v2:gcm:c6Ug1jshH7-hVcCiCMbyPGGm1cExD8pgwJNGaQ=='],
  ['AES-GCM', 'Grüße, 東京 🚀', 'v2:gcm:Wp4i5UP_Fn-AjMQL0ET0zkH9f_gqs5XCWIGZfKlxCKtjIXHhchVASJN5ctUzpVFP'],
  [
    'the older base64',
    'bedrock/us.amazon.nova-lite-v1:0',
    't7IhGlYom4mIAplIX2R7k0rdS7Bf5uTL7TxUNw7xHh4d1d/qbgwgTVC+7b9Y6Q9tOcnH6sF/JamQ6WNgUYViok4IOvnhLNpx',
  ],
  [
    'the older base64',
    'Grüße, 東京 🚀',
    '9V+2BsYjxMb94X0SmKhgTwe3BdfK7pNhSDJIl+/K7CWzxnv3iQNTAoA45IVGiU7xQuQZkyy0pYio0OKm',
  ],
];

describe('what LiteLLM encrypted', () => {
  test.each(vectors)('%s of %j', (_form, text, ciphertext) => {
    expect(decrypt(ciphertext, key)).toBe(text);
    expect(decryptValues({ model: ciphertext }, key)).toEqual({ model: text });
  });

  test.each(vectors)('%s of %j with another key is unreadable', (_form, _text, ciphertext) => {
    expect(decrypt(ciphertext, otherKey)).toBeUndefined();
    expect(decryptValues({ model: ciphertext }, otherKey)).toEqual({ model: unreadable });
    expect(decryptValues({ model: ciphertext }, undefined)).toEqual({ model: unreadable });
  });
});

describe('what was never encrypted stays as it is', () => {
  test.each<[string, unknown]>([
    ['text', 'bedrock/us.amazon.nova-lite-v1:0'],
    ['text that could be base64', 'us-east-1'],
    ['a word of four letters', 'true'],
    ['a long word that is no base64', 'a'.repeat(57)],
    ['nothing', ''],
    ['a star', '*'],
    ['a reference', 'os.environ/AWS_REGION_NAME'],
    ['an ARN', 'arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc123def456'],
    ['a number', 5],
    ['a flag', false],
    ['null', null],
    ['a list', ['i0qvoDeKTS1rsbGQzfZhbtjXWGE_32NwMxNwkqeW9Vsy']],
    ['a mapping', { a: 'b' }],
  ])('%s', (_name, value) => {
    expect(decryptValues({ value }, key)).toEqual({ value });
  });
});

test('a damaged ciphertext is unreadable, never another text', () => {
  const cut = fc.constantFrom(...vectors).chain(([, , ciphertext]) => {
    const start = ciphertext.startsWith('v2:gcm:') ? 'v2:gcm:'.length : 0;
    return fc.tuple(fc.constant(ciphertext), fc.integer({ min: start, max: ciphertext.length - 4 }));
  });
  fc.assert(
    fc.property(cut, ([ciphertext, at]) => {
      const other = ciphertext[at] === 'A' ? 'B' : 'A';
      expect(decrypt(ciphertext.slice(0, at) + other + ciphertext.slice(at + 1), key)).toBeUndefined();
      expect(decrypt(ciphertext.slice(0, at), key)).toBeUndefined();
    }),
  );
});

test('bytes that are no UTF-8 are unreadable', () => {
  const nonce = Buffer.alloc(24, 1);
  const box = Buffer.concat([nonce, xsalsa20poly1305(key, nonce).encrypt(Buffer.from([0xff, 0xfe]))]);
  expect(decrypt(box.toString('base64url'), key)).toBeUndefined();
});

test('any text comes back, in both ciphers', () => {
  const nonces = fc.record({
    long: fc.uint8Array({ minLength: 24, maxLength: 24 }),
    text: fc.string({ unit: 'grapheme' }),
  });
  fc.assert(
    fc.property(nonces, ({ long, text }) => {
      const box = Buffer.concat([long, xsalsa20poly1305(key, long).encrypt(Buffer.from(text))]);
      expect(decrypt(box.toString('base64url'), key)).toBe(text);
      const cipher = createCipheriv('aes-256-gcm', key, long.subarray(0, 12));
      const sealed = [long.subarray(0, 12), cipher.update(text), cipher.final(), cipher.getAuthTag()];
      expect(decrypt(`v2:gcm:${Buffer.concat(sealed).toString('base64url')}`, key)).toBe(text);
    }),
  );
});
