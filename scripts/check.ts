import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { configurationPageIsTrue } from './configuration.ts';
import { deploymentVariablesPageIsTrue } from './deployment-variables.ts';
import { checkLicences } from './licences.ts';

/** The fast checks: format, lint, types, import directions, dead code, licences. Runs all, then says what failed. */
const root = resolve(import.meta.dirname, '..');
const bin = (name: string): string => resolve(root, 'node_modules/.bin', name);

const typed = globSync(
  [
    '{packages,containers,functions}/*/tsconfig.json',
    'test/*/tsconfig.json',
    '{bench,scripts,scripts/operate,stacks}/tsconfig.json',
  ],
  {
    cwd: root,
  },
).sort();

/** It keeps the types of every workspace that it has seen, and those of AWS's clients are large: all at once is too much. */
const lintedTogether = [['packages'], ['functions', 'containers', 'bench'], ['scripts', 'stacks'], ['test']];

const steps: { name: string; run: () => boolean }[] = [
  { name: 'biome', run: () => run(bin('biome'), ['ci', '--error-on-warnings', '.']) },
  ...lintedTogether.map((folders) => ({ name: `eslint ${folders.join(' ')}`, run: () => lint(folders) })),
  ...typed.map((file) => ({ name: `tsc ${dirname(file)}`, run: () => run(bin('tsc'), ['-p', file]) })),
  { name: 'import directions', run: checkDirections },
  { name: 'knip', run: () => run(bin('knip'), []) },
  { name: 'licences', run: () => checkLicences(root) },
  { name: 'docs/configuration.md', run: configurationPageIsTrue },
  { name: 'docs/deployment-variables.md', run: deploymentVariablesPageIsTrue },
];

const failed: string[] = [];
for (const step of steps) {
  const startedAt = performance.now();
  const ok = step.run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${step.name} (${seconds} s)\n`);
  if (!ok) failed.push(step.name);
}
process.stdout.write(failed.length === 0 ? 'check: all good\n' : `check: failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;

function lint(folders: readonly string[]): boolean {
  return run(process.execPath, ['--max-old-space-size=8192', bin('eslint'), ...folders]);
}

function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

/** A cruise that sees no module proves nothing (it happens beside an unsupported TypeScript), so the count is checked. */
function checkDirections(): boolean {
  const rooms = ['packages', 'containers', 'functions', 'stacks'].filter((each) => existsSync(resolve(root, each)));
  const cruise = spawnSync(
    bin('depcruise'),
    ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...rooms],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  if (cruise.stdout === '') {
    process.stderr.write(cruise.stderr);
    return false;
  }
  const { summary } = JSON.parse(cruise.stdout) as {
    summary: {
      totalCruised: number;
      error: number;
      violations: { rule: { name: string }; from: string; to: string }[];
    };
  };
  for (const { rule, from, to } of summary.violations) process.stdout.write(`  ${rule.name}: ${from} → ${to}\n`);
  if (summary.totalCruised < 50) {
    process.stdout.write(`  only ${summary.totalCruised} modules were cruised: the check is blind\n`);
    return false;
  }
  return summary.error === 0;
}
