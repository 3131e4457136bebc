import { createDecipheriv, hash } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';

/*
 * What LiteLLM keeps encrypted in its database.
 * Source: LiteLLM 1.106.2, proxy/common_utils/encrypt_decrypt_utils.py,
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */

/** Takes the place of a value that is encrypted with a key other than ours. It shows nothing of the value. */
export const unreadable: unique symbol = Symbol('unreadable');

/** The 32 bytes that LiteLLM makes of `LITELLM_SALT_KEY`, or of the master key where that is not set. */
export function encryptionKey(saltKey: string): Buffer {
  return hash('sha256', saltKey, 'buffer');
}

/**
 * The values of an object, the encrypted ones decrypted. Only strings at the top are ever encrypted, and
 * a string that is no ciphertext stays as it is, because LiteLLM takes it so too. `key` undefined: there
 * is none, so that every ciphertext is {@link unreadable}.
 */
export function decryptValues(
  values: Readonly<Record<string, unknown>>,
  key: Buffer | undefined,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, decryptValue(value, key)]));
}

function decryptValue(value: unknown, key: Buffer | undefined): unknown {
  if (typeof value !== 'string') return value;
  const text = key === undefined ? undefined : decrypt(value, key);
  return text ?? (looksEncrypted(value) ? unreadable : value);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const GCM_PREFIX = 'v2:gcm:';
const GCM_NONCE_BYTES = 12;
const SALSA_NONCE_BYTES = 24;
/** Both ciphers' tags. */
const TAG_BYTES = 16;

/** The text of a ciphertext; undefined for any other value, or when it was encrypted with another key. */
export function decrypt(value: string, key: Buffer): string | undefined {
  const gcm = value.startsWith(GCM_PREFIX);
  // Both alphabets of base64, as in LiteLLM: what it wrote years ago is not safe for URLs.
  const sealed = Buffer.from(gcm ? value.slice(GCM_PREFIX.length) : value, 'base64');
  try {
    return utf8.decode(gcm ? openGcm(sealed, key) : openSecretBox(sealed, key));
  } catch {
    return undefined;
  }
}

function openGcm(sealed: Buffer, key: Buffer): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, GCM_NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(GCM_NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}

/** NaCl's secret box: nonce, tag, ciphertext. */
function openSecretBox(sealed: Buffer, key: Buffer): Uint8Array {
  return xsalsa20poly1305(key, sealed.subarray(0, SALSA_NONCE_BYTES)).decrypt(sealed.subarray(SALSA_NONCE_BYTES));
}

/** True for what only a ciphertext looks like: LiteLLM's mark, or base64 that is long enough for nonce and tag. */
function looksEncrypted(value: string): boolean {
  if (value.startsWith(GCM_PREFIX)) return true;
  return (
    value.length % 4 === 0 &&
    value.length >= ((SALSA_NONCE_BYTES + TAG_BYTES) * 4) / 3 &&
    /^[\w+/-]+={0,2}$/.test(value)
  );
}
