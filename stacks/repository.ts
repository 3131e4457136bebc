import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A path in this repository, from its root. SST runs the stacks as one bundled file in the root, so a path that is
 * relative to the file it is written in would lead elsewhere there than in a test.
 */
export function inRepository(...parts: readonly string[]): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'sst.config.ts'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('The stacks are not in their repository: there is no sst.config.ts above.');
    folder = parent;
  }
  return join(folder, ...parts);
}
