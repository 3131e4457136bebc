import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const hasGo = spawnSync('go', ['version']).status === 0;

test.skipIf(!hasGo && process.env['CI'] !== 'true')(
  'the Go programs pass their own tests',
  { timeout: 180_000 },
  () => {
    const run = spawnSync('go', ['test', './...'], {
      cwd: fileURLToPath(new URL('../go', import.meta.url)),
      encoding: 'utf8',
    });
    expect(run.status, run.stdout + run.stderr).toBe(0);
  },
);
