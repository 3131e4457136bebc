import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';

/** Asks whether the vectors notice a change. */
export interface Question {
  readonly id: number;
  /** Absolute. */
  readonly file: string;
  /** What the file held when the mutant was made. */
  readonly source: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** `killedBy`: the first vector that is not as told, with what is wrong; null: all are. */
export interface Answer {
  readonly id: number;
  readonly killedBy: string | null;
}

/** The only parts of `packages/translate/src/test-support/vectors/all-vectors.ts` that are used here. */
interface Vectors {
  allVectors(): readonly { readonly place: string; check(): Promise<readonly string[]> }[];
}

const folder = new URL('../../packages/translate/src/', import.meta.url).href;
const sources = new Map<string, string>();
/** Places of vectors that found something, the latest first: they often find the next one. */
let finders: string[] = [];
let asked: Question | undefined;

// Each question gets modules of its own, because tables are made when a module is loaded. What is outside of the folder is shared.
registerHooks({
  resolve(specifier, context, nextResolve) {
    const found = nextResolve(specifier, context);
    const version = /\?mutant=\d+$/.exec(context.parentURL ?? '')?.[0];
    return version !== undefined && found.url.startsWith(folder) ? { ...found, url: found.url + version } : found;
  },
  load(url, context, nextLoad) {
    if (!url.includes('?mutant=')) return nextLoad(url, context);
    const file = fileURLToPath(url);
    return {
      format: 'module',
      shortCircuit: true,
      source: asked?.file === file ? changed(asked) : sourceOf(file),
    };
  },
});

// A change may leave a promise alone.
process.on('unhandledRejection', () => undefined);

parentPort?.on('message', (question: Question) => {
  void answer(question).then((found) => parentPort?.postMessage(found));
});

async function answer(question: Question): Promise<Answer> {
  asked = question;
  try {
    const { allVectors } = (await import(
      `${folder}test-support/vectors/all-vectors.ts?mutant=${question.id}`
    )) as Vectors;
    const vectors = [...allVectors()].sort((a, b) => rank(a.place) - rank(b.place));
    for (const vector of vectors) {
      const [difference] = await vector.check();
      if (difference === undefined) continue;
      finders = [vector.place, ...finders.filter((place) => place !== vector.place)].slice(0, 30);
      return { id: question.id, killedBy: `${vector.place}: ${difference.split('\n')[0]}` };
    }
    return { id: question.id, killedBy: null };
  } catch (error) {
    return { id: question.id, killedBy: `it does not even load: ${String(error).split('\n')[0]}` };
  }
}

function rank(place: string): number {
  const index = finders.indexOf(place);
  return index === -1 ? finders.length : index;
}

/** As JavaScript of the same length, so that places in the source are places in it. */
function sourceOf(file: string): string {
  const known = sources.get(file);
  if (known !== undefined) return known;
  const source = stripTypeScriptTypes(readFileSync(file, 'utf8'));
  sources.set(file, source);
  return source;
}

function changed({ source: original, start, end, replacement }: Question): string {
  const source = stripTypeScriptTypes(original);
  return source.slice(0, start) + replacement + source.slice(end);
}
