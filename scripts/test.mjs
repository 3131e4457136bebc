// What `npm test` runs: full installation, then the check and the tests side by side. Arguments go to vitest. The results
// of the tests are also written to .cache/test-results.json.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { main } from './lib/main.mjs';
import { chooseNode, environmentFor } from './lib/node-runtime.mjs';
import { repoRoot } from './lib/paths.mjs';
import { runChild } from './lib/run-child.mjs';

const results = join(repoRoot, '.cache/test-results.json');

await main(async (args) => {
  // Results of an earlier run must not be taken for those of one that never got to its tests.
  rmSync(results, { force: true });
  mkdirSync(join(repoRoot, '.cache'), { recursive: true });
  await ensureInstalled('full');
  const node = chooseNode();
  const options = { env: environmentFor(node), cwd: repoRoot };
  // Beside the tests, which wait for much and leave it time enough.
  const checking = runChild(node, ['--disable-warning=ExperimentalWarning', join(repoRoot, 'scripts/check.ts')], {
    ...options,
    aside: true,
  });
  const vitest = join(repoRoot, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const tests = await runChild(node, [vitest, 'run', ...reporters, ...args], options);
  const check = await checking;
  if (check !== 0) process.stdout.write('\nThe check beside the tests failed: see above.\n');
  return tests === 0 ? check : tests;
});
