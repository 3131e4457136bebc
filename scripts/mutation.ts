import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { judge, type Verdict } from './mutation/ask-workers.ts';
import { type Mutant, mutantsOf } from './mutation/mutants.ts';

/**
 * The mutation test of packages/translate: changes its sources, one small change at a time and in memory, and asks whether
 * `vectors:check` would be red. Prints what nobody noticed, and the score of each folder.
 *
 *     npm run mutation                                  # a sample of 1500, always the same one
 *     npm run mutation -- --all
 *     npm run mutation -- --only converse-over-openai   # all of a folder or file; with --sample 300 some
 *
 * Exits with 1 when the score is below `--break` (percent).
 */
const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    only: { type: 'string' },
    sample: { type: 'string' },
    workers: { type: 'string', default: '2' },
    break: { type: 'string', default: '0' },
    quiet: { type: 'boolean', default: false },
  },
});

const root = resolve(import.meta.dirname, '..');
const files = globSync('packages/translate/src/**/*.ts', { cwd: root })
  .filter((file) => !/\.test(-d)?\.ts$|\/test-support\/|\/index\.ts$/.test(file))
  .filter((file) => values.only === undefined || file.includes(values.only))
  .sort();
const everyone = files.flatMap((file) => mutantsOf(file, readFileSync(resolve(root, file), 'utf8')));
const isWhole = values.all || (values.only !== undefined && values.sample === undefined);
const mutants = isWhole ? everyone : sampleOf(everyone, Number(values.sample ?? 1500));

await mustBeGreen('before');
const startedAt = performance.now();
let done = 0;
const verdicts = await judge(mutants, {
  root,
  workers: Number(values.workers),
  onVerdict: ({ mutant, killedBy }) => {
    done += 1;
    if (killedBy === null && !values.quiet) process.stdout.write(`lives ${described(mutant)}\n`);
    if (done % 250 === 0) process.stdout.write(`  … ${done} of ${mutants.length}\n`);
  },
});

// Where a source changed meanwhile, red vectors would have been taken for noticed mutants.
await mustBeGreen('after');
const folders = new Set(verdicts.map(({ mutant }) => folderOf(mutant)));
for (const folder of [...folders].sort()) {
  const own = verdicts.filter(({ mutant }) => folderOf(mutant) === folder);
  process.stdout.write(`${scoreLine(folder, own)}\n`);
}
process.stdout.write(`${scoreLine('all', verdicts)}\n`);
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
process.stdout.write(`${mutants.length} of ${everyone.length} mutants of ${files.length} files, ${minutes} minutes\n`);
process.exitCode = scoreOf(verdicts) >= Number(values.break) ? 0 : 1;

/** The score means nothing where the vectors are red without any change. */
async function mustBeGreen(when: string): Promise<void> {
  const [first] = everyone;
  if (first === undefined) throw new Error('No mutants: is the name right?');
  const [verdict] = await judge([{ ...first, start: 0, end: 0, replacement: '' }], { root, workers: 1 });
  if (verdict?.killedBy === null) return;
  process.stderr.write(`The vectors are red without any change, ${when} the mutants: ${verdict?.killedBy}\n`);
  process.exit(2);
}

function folderOf({ file }: Mutant): string {
  return file.split('/').slice(3, -1).join('/') || '(top)';
}

function described({ file, line, start, end, replacement, rule }: Mutant): string {
  const was = readFileSync(resolve(root, file), 'utf8').slice(start, end).replace(/\s+/g, ' ');
  const short = was.length > 60 ? `${was.slice(0, 60)}…` : was;
  return `${file}:${line} ${rule}: ${short} → ${replacement || '(nothing)'}`;
}

/** Spread over all of them, and the same ones for the same source. */
function sampleOf<T>(all: readonly T[], count: number): readonly T[] {
  const step = all.length / count;
  return step <= 1 ? all : Array.from({ length: count }, (_, index) => all[Math.floor(index * step)] as T);
}

function scoreOf(own: readonly Verdict[]): number {
  return own.length === 0 ? 100 : (100 * own.filter(({ killedBy }) => killedBy !== null).length) / own.length;
}

function scoreLine(name: string, own: readonly Verdict[]): string {
  const living = own.filter(({ killedBy }) => killedBy === null).length;
  return `${name.padEnd(30)} ${scoreOf(own).toFixed(1).padStart(5)} %  ${own.length - living} noticed, ${living} not`;
}
