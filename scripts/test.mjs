// What `npm test` runs: full installation, the check, then the tests. Arguments go to vitest.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { main } from './lib/main.mjs';
import { chooseNode, environmentFor } from './lib/node-runtime.mjs';
import { repoRoot } from './lib/paths.mjs';
import { runChild } from './lib/run-child.mjs';

await main(async (args) => {
  await ensureInstalled('full');
  const node = chooseNode();
  const options = { env: environmentFor(node), cwd: repoRoot };
  const check = join(repoRoot, 'scripts/check.ts');
  if (existsSync(check)) {
    const code = await runChild(node, ['--disable-warning=ExperimentalWarning', check], options);
    if (code !== 0) return code;
  }
  return runChild(node, [join(repoRoot, 'node_modules/vitest/vitest.mjs'), 'run', ...args], options);
});
