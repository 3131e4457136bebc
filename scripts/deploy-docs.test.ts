import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeDeployment, describeGatewayConfig } from '../packages/config/src/index.ts';

/** What the guides say has to be there: commands with their options, variables, outputs, alarms, pages. */
const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'docs/deploy');
const pages = globSync('*.md', { cwd: folder }).sort();
const textOf = (page: string) => readFileSync(join(folder, page), 'utf8');
const all = pages.map(textOf).join('\n');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const stacks = globSync('stacks/**/*.ts', { cwd: root })
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

interface Mentioned {
  readonly script: string;
  readonly options: readonly string[];
}

/** `npm run NAME -- --option …`, as far as the line or the quotation goes. */
const commands: readonly Mentioned[] = [...all.matchAll(/npm run ([\w:-]+)((?: [^`\n#]*)?)/g)].map(
  ([, script, rest]) => ({
    script: script ?? '',
    options: [...(rest ?? '').matchAll(/ (--[\w-]+)/g)].flatMap(([, option]) => option ?? []),
  }),
);

describe('the guides of a deployment', () => {
  it('name only commands that package.json has', () => {
    const missing = commands.filter(({ script }) => scripts[script] === undefined).map(({ script }) => script);
    expect([...new Set(missing)]).toEqual([]);
    expect(commands.length).toBeGreaterThan(40);
  });

  const ours = [...new Set(commands.map(({ script }) => script))].filter((name) =>
    /scripts\/\S+\.ts/.test(scripts[name] ?? ''),
  );
  it.each(ours)('name only options that %s has', { timeout: 60_000 }, (name) => {
    const [, file = ''] = /(scripts\/\S+\.ts)/.exec(scripts[name] ?? '') ?? [];
    const { stdout } = spawnSync(process.execPath, [join(root, file), '--help'], { encoding: 'utf8', timeout: 60_000 });
    const wanted = commands.filter(({ script }) => script === name).flatMap(({ options }) => options);
    expect(wanted.filter((option) => !stdout.includes(option))).toEqual([]);
  });

  it('name only variables that a deployment or the gateway reads', () => {
    const { groups } = describeDeployment();
    const known = new Set([
      ...groups.flatMap(({ variables }) => variables.map(({ name }) => name)),
      ...describeGatewayConfig().map(({ name }) => name),
      'AWS_REGION',
      'AWS_PROFILE',
    ]);
    const quoted = [...all.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)].flatMap(([, name]) => name ?? []);
    const states = /_(COMPLETE|FAILED)$/;
    expect([...new Set(quoted)].filter((name) => !known.has(name) && !states.test(name))).toEqual([]);
  });

  it('name only outputs that a stack has', () => {
    const quoted = [...all.matchAll(/outputs? `(\w+)`|<output (\w+)>/g)].flatMap(([, a, b]) => a ?? b ?? []);
    expect(quoted.length).toBeGreaterThan(5);
    expect([...new Set(quoted)].filter((name) => !stacks.includes(`'${name}'`))).toEqual([]);
  });

  it('name every alarm', () => {
    const source = readFileSync(join(root, 'stacks/operations/alarms.ts'), 'utf8');
    const alarms = [...source.matchAll(/^ +(\w+): \{\n +metric:/gm)].flatMap(([, name]) => name ?? []);
    expect(alarms.length).toBeGreaterThan(15);
    const page = textOf('monitoring.md');
    expect(alarms.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it.each(pages)('%s leads only to pages and headings that are there', (page) => {
    for (const [, target = ''] of textOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = '', heading] = target.split('#');
      const path = file === '' ? join(folder, page) : join(dirname(join(folder, page)), file);
      expect(existsSync(path), target).toBe(true);
      if (heading === undefined) continue;
      const headings = [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text]) => slugOf(text ?? ''));
      expect(headings, target).toContain(heading);
    }
  });
});

/** As GitHub makes an anchor of a heading. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replace(/\s/g, '-');
}
