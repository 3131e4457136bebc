import { open } from 'node:fs/promises';
import type { JwksSource } from './jwks-source.ts';

/** A key set longer than this is none; the longest in use have some twenty kilobytes. */
export const MAX_KEY_SET_BYTES = 262_144;

/** A key set in a file, for networks without a way out. It is read anew each time, so replacing the file rotates keys. */
export function jwksFromFile(path: string): JwksSource {
  return {
    read: async (signal) => {
      const file = await open(path);
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_KEY_SET_BYTES + 1), 0);
        signal.throwIfAborted();
        if (bytesRead > MAX_KEY_SET_BYTES) throw new Error(`the key set in ${path} is too long`);
        return JSON.parse(buffer.toString('utf8', 0, bytesRead));
      } finally {
        await file.close();
      }
    },
  };
}
