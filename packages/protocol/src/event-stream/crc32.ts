import { crc32 as zlibCrc32 } from 'node:zlib';

/** CRC-32 (IEEE) of `bytes`, continued from `seed`: an unsigned 32-bit integer. */
export function crc32(bytes: Uint8Array, seed = 0): number {
  return zlibCrc32(bytes, seed);
}
