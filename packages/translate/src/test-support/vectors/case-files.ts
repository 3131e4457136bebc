import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** `test/vectors` of the repository: a folder for each direction. */
const root = new URL('../../../../../test/vectors/', import.meta.url);

/** In each direction: cases whose request is refused, with `error.json` in place of all that is derived. */
const REFUSED = 'refused';
/** In each direction: tables of small cases. */
const RULES = 'rules';

/** The files of one folder in the direction's own. */
export class CaseFiles {
  /** `text`, `refused/no-messages` or `rules`. */
  readonly name: string;
  readonly #folder: URL;

  constructor(direction: string, name: string) {
    this.name = name;
    this.#folder = new URL(`${direction}/${name}/`, root);
  }

  get isRefused(): boolean {
    return this.name.startsWith(`${REFUSED}/`);
  }

  /** The names of the files, in their order. */
  names(): readonly string[] {
    return existsSync(this.#folder) ? readdirSync(this.#folder).sort() : [];
  }

  has(file: string): boolean {
    return existsSync(new URL(file, this.#folder));
  }

  bytes(file: string): Buffer {
    return readFileSync(new URL(file, this.#folder));
  }

  json(file: string): unknown {
    return JSON.parse(this.bytes(file).toString());
  }

  write(file: string, content: Buffer | string): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(new URL(file, this.#folder), content);
  }
}

/** All cases of a direction that have a folder of their own, the refused ones last. */
export function casesOf(direction: string): readonly CaseFiles[] {
  const good = foldersIn(direction).filter((name) => name !== REFUSED && name !== RULES);
  const refused = foldersIn(`${direction}/${REFUSED}`).map((name) => `${REFUSED}/${name}`);
  return [...good, ...refused].map((name) => new CaseFiles(direction, name));
}

/** The tables of a direction, as files of one folder. */
export function tablesOf(direction: string): CaseFiles {
  return new CaseFiles(direction, RULES);
}

/** The directions that have a folder. */
export function directionFolders(): readonly string[] {
  return foldersIn('.');
}

function foldersIn(folder: string): readonly string[] {
  const place = new URL(`${folder}/`, root);
  if (!existsSync(place)) return [];
  const entries = readdirSync(place, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}
