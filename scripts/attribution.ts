import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Writes the table of npm packages in ATTRIBUTION.md anew from the lock file; the text above it stays. */
const MARKER = '## npm packages';
const root = resolve(import.meta.dirname, '..');
const file = resolve(root, 'ATTRIBUTION.md');

const lock = JSON.parse(readFileSync(resolve(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { version?: string; license?: string; link?: boolean; dev?: boolean }>;
};
const rows = new Map<string, string>();
for (const [path, entry] of Object.entries(lock.packages)) {
  if (!path.includes('node_modules/') || entry.link === true || entry.dev === true) continue;
  const name = path.split('node_modules/').at(-1) ?? '';
  rows.set(`${name}@${entry.version}`, `| ${name} | ${entry.version} | ${entry.license ?? 'see the package'} |`);
}
const table = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
const [head] = readFileSync(file, 'utf8').split(MARKER);
writeFileSync(
  file,
  `${head}${MARKER}\n\nMade from package-lock.json by \`scripts/attribution.ts\`; packages used only for development are left out.\n\n| package | version | licence |\n| --- | --- | --- |\n${table.join('\n')}\n`,
);
