// What `npm test` runs: full installation, the check, then the tests. Arguments go to vitest. The results
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
  const check = await runChild(
    node,
    ['--disable-warning=ExperimentalWarning', join(repoRoot, 'scripts/check.ts')],
    options,
  );
  // A failed check does not hide what the tests have to say.
  const vitest = join(repoRoot, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const tests = await runChild(node, [vitest, 'run', ...reporters, ...args], options);
  if (check !== 0) process.stdout.write('\nThe check before the tests failed: see above.\n');
  return tests === 0 ? check : tests;
});
