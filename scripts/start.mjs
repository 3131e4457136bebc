// What `npm start` runs. Plain JavaScript for Node 20, without packages: it runs before any is installed.

import { join } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { main } from './lib/main.mjs';
import { chooseNode, environmentFor } from './lib/node-runtime.mjs';
import { repoRoot } from './lib/paths.mjs';
import { runChild } from './lib/run-child.mjs';

await main(async (args) => {
  await ensureInstalled('start');
  const node = chooseNode();
  const launcher = join(repoRoot, 'packages/local/src/main.ts');
  return runChild(node, ['--disable-warning=ExperimentalWarning', launcher, ...args], {
    env: environmentFor(node),
    cwd: process.cwd(),
    guarded: true,
  });
});
