import { hash } from 'node:crypto';

/** SHA-256 works on blocks of this many bytes, and HMAC pads its key to one. */
const BLOCK_BYTES = 64;

/**
 * HMAC-SHA-256 under a key that is used many times. `crypto.createHmac` makes a key object and a
 * stream for every message, which costs several times what the two hashes do (bench/micro.ts).
 * Source: RFC 2104, section 2. `crypto.createHmac` is the oracle of its test.
 */
export class HmacKey {
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  /** `key`: at most 64 bytes; a longer one would have to be hashed first and is a RangeError. */
  constructor(key: Uint8Array) {
    if (key.length > BLOCK_BYTES) throw new RangeError('HmacKey takes keys of at most 64 bytes');
    this.#inner = Buffer.alloc(BLOCK_BYTES, 0x36);
    this.#outer = Buffer.alloc(BLOCK_BYTES, 0x5c);
    for (const [at, byte] of key.entries()) {
      this.#inner[at] = byte ^ 0x36;
      this.#outer[at] = byte ^ 0x5c;
    }
  }

  /** The HMAC of a text in UTF-8, in lower-case hex. */
  signHex(text: string): string {
    const inner = hash('sha256', Buffer.concat([this.#inner, Buffer.from(text, 'utf8')]), 'buffer');
    return hash('sha256', Buffer.concat([this.#outer, inner]), 'hex');
  }
}
