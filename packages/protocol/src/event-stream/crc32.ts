import { crc32 as zlibCrc32 } from 'node:zlib';

/** CRC-32 (IEEE) of `bytes`: an unsigned 32-bit integer. */
export function crc32(bytes: Uint8Array): number {
  return zlibCrc32(bytes);
}

const table = new Uint32Array(256).map((_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/**
 * The same of the eight bytes at `offset`. For so few, crossing into native code and making the view
 * to take there cost several times what the sum does.
 */
export function crc32OfEight(bytes: Uint8Array, offset: number): number {
  let crc = 0xffffffff;
  for (let at = offset; at < offset + 8; at += 1) {
    crc = (table[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
