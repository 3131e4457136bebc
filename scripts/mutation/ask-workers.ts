import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Mutant } from './mutants.ts';
import type { Answer, Question } from './worker.ts';

/** How a mutant ended. `killedBy` is null for one that lives. */
export interface Verdict {
  readonly mutant: Mutant;
  readonly killedBy: string | null;
}

/** A loop without end is noticed as well. */
const PATIENCE_MS = 15_000;
/** Modules are never forgotten, so a worker is replaced before it holds too many. */
const PER_WORKER = 100;

/** Has every mutant judged by the vectors, `workers` at a time; `root` is where their files are. */
export async function judge(
  mutants: readonly Mutant[],
  { root, workers, onVerdict }: { root: string; workers: number; onVerdict?: (verdict: Verdict) => void },
): Promise<readonly Verdict[]> {
  const sources = new Map<string, string>(mutants.map(({ file }) => [file, '']));
  for (const file of sources.keys()) sources.set(file, readFileSync(resolve(root, file), 'utf8'));
  const verdicts: Verdict[] = new Array(mutants.length);
  const waiting = [...mutants.entries()];
  await Promise.all(
    Array.from({ length: Math.min(workers, mutants.length) }, async () => {
      let worker: WorkerLink | undefined;
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [index, mutant] = next;
        worker ??= new WorkerLink();
        const killedBy = await worker.ask({
          ...mutant,
          id: index,
          file: resolve(root, mutant.file),
          source: sources.get(mutant.file) ?? '',
        });
        const verdict = { mutant, killedBy };
        verdicts[index] = verdict;
        onVerdict?.(verdict);
        if (worker.isSpent) {
          await worker.close();
          worker = undefined;
        }
      }
      await worker?.close();
    }),
  );
  return verdicts;
}

class WorkerLink {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  #asked = 0;
  #isBroken = false;
  #end: (killedBy: string | null) => void = () => undefined;

  constructor() {
    this.#worker.on('message', ({ killedBy }: Answer) => this.#end(killedBy));
    this.#worker.on('error', (error) => this.#break(`it broke the worker: ${String(error).split('\n')[0]}`));
  }

  get isSpent(): boolean {
    return this.#isBroken || this.#asked >= PER_WORKER;
  }

  async ask(question: Question): Promise<string | null> {
    this.#asked += 1;
    return new Promise((answered) => {
      const timer = setTimeout(() => this.#break('it never ends'), PATIENCE_MS);
      this.#end = (killedBy) => {
        clearTimeout(timer);
        answered(killedBy);
      };
      this.#worker.postMessage(question);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #break(why: string): void {
    this.#isBroken = true;
    this.#end(why);
  }
}
