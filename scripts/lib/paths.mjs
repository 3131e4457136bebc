import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's top folder, absolute. */
export const repoRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
