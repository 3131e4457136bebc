import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { synthesise } from './synthesise.ts';
import type { Templates } from './templates.ts';
import { goldenVariants } from './variants.ts';

/** Where the golden templates are: a folder per platform and scenario, a file per stack. */
export const goldenFolder = resolve(import.meta.dirname, '../golden');

/** A template's text as it is kept: keys in order, and without what changes with every build. */
function goldenText(template: unknown): string {
  return `${JSON.stringify(normalised(template), null, 1)}\n`;
}

/** The files of a golden folder, by name. */
export function goldenFiles(templates: Templates): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(templates).map(([id, template]) => [`${fileName(id)}.golden.json`, goldenText(template)]),
  );
}

/** The files that are kept in a golden folder, by name. */
export function keptFiles(name: string): ReadonlyMap<string, string> {
  const folder = join(goldenFolder, name);
  if (!existsSync(folder)) return new Map();
  return new Map(
    readdirSync(folder)
      .sort()
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );
}

/** The golden folder of a variant: its platform and its scenario. */
export function goldenName(variant: string): string {
  return variant.replace(/-new-nat$/, '');
}

/** Writes all golden templates anew, and gives their folders. */
export function writeGolden(): readonly string[] {
  return goldenVariants.map((variant) => {
    const folder = join(goldenFolder, goldenName(variant.name));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of goldenFiles(synthesise(variant).templates)) writeFileSync(join(folder, file), text);
    return folder;
  });
}

/** `compute`, or of a nested stack `compute.KubectlProvider`. */
function fileName(id: string): string {
  const [stack = '', ...nested] = id.split('/');
  return [stack, ...nested.map((each) => /[0-9A-F]{8}([A-Za-z]+)NestedStack/.exec(each)?.[1] ?? each)].join('.');
}

function normalised(value: unknown): unknown {
  if (typeof value === 'string') return normalisedText(value);
  if (Array.isArray(value)) return value.map(normalised);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'Metadata' && key !== 'SSTMetadata')
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, inner]) => [normalisedText(key), key === 'Because' ? '<hash>' : normalised(inner)]),
  );
}

/** Hashes of code and images, which change with every line of it, and are not the same where nothing was bundled yet. */
const hashes = [
  /[0-9a-f]{64}/g,
  /(?<=CurrentVersion[A-F0-9]{8})[0-9a-f]{32}/g,
  // Names of jobs and notes on pods: ten or sixteen digits of a hash.
  /(?<![0-9A-Za-z])(?=[0-9]*[a-f])(?:[0-9a-f]{10}|[0-9a-f]{16})(?![0-9A-Za-z])/g,
];

function normalisedText(text: string): string {
  return hashes.reduce((so, hash) => so.replace(hash, '<hash>'), text);
}
