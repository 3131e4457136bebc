// Runs a TypeScript file of the repository after a full installation:  node scripts/run.mjs FILE [ARGS]

import { resolve } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { main } from './lib/main.mjs';
import { chooseNode, environmentFor } from './lib/node-runtime.mjs';
import { repoRoot } from './lib/paths.mjs';
import { runChild } from './lib/run-child.mjs';

await main(async ([file, ...args]) => {
  if (file === undefined) {
    process.stderr.write('Usage: node scripts/run.mjs FILE [ARGS]\n');
    return 2;
  }
  await ensureInstalled('full');
  const node = chooseNode();
  return runChild(node, ['--disable-warning=ExperimentalWarning', resolve(repoRoot, file), ...args], {
    env: environmentFor(node),
    cwd: repoRoot,
  });
});
