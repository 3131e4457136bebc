import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package of npm that is in a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As its package.json names it, an expression of SPDX. */
  readonly licence: string;
  /** `sha512-…` of what npm installed, from package-lock.json. */
  readonly integrity: string | undefined;
  /** The texts of its licence and notice files. */
  readonly texts: readonly string[];
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
}

/** The packages that these files of a bundle come from, by name and version; our own are left out. */
export function bundledPackages(root: string, inputs: readonly string[]): readonly BundledPackage[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  const folders = new Set(inputs.flatMap((input) => packageFolder(input) ?? []));
  const packages = [...folders].map((folder) => describe(root, folder, lock));
  const unique = new Map(packages.map((each) => [`${each.name}@${each.version}`, each]));
  return [...unique.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
}

/** `node_modules/a/node_modules/@b/c` of a path into it; undefined: it is no package of npm's. */
function packageFolder(input: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

function describe(root: string, folder: string, lock: Lock): BundledPackage {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const locked = lock.packages[folder];
  if (locked?.version !== manifest.version) {
    throw new Error(`${folder} is not what package-lock.json says. Run \`npm ci\`.`);
  }
  const files = readdirSync(join(root, folder)).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file));
  return {
    name: manifest.name,
    version: manifest.version,
    licence: manifest.license ?? 'NOASSERTION',
    integrity: locked.integrity,
    texts: files.sort().map((file) => readFileSync(join(root, folder, file), 'utf8').trim()),
  };
}
