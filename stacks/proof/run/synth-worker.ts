import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { runMutations } from '../mutations/run-mutations.ts';
import { allRules } from '../rules/all-rules.ts';
import { synthesise } from '../synthesise.ts';
import { breachesOf, System } from '../system.ts';
import type { Templates } from '../templates.ts';
import { allVariants, goldenVariants } from '../variants.ts';
import type { SynthAnswer, SynthWork } from './work.ts';

const work = workerData as SynthWork;

/** Synthesises the variant of a name, looks at it, and plants faults in it where that is the work. */
function look(name: string): SynthAnswer {
  const startedAt = performance.now();
  const variant = [...allVariants, ...goldenVariants].find((each) => each.name === name);
  if (variant === undefined) throw new Error(`There is no variant ${name}.`);
  try {
    const { deployment, templates } = synthesise(variant);
    if (work.out !== undefined) write(join(work.out, name), templates);
    const system = new System(name, deployment, templates);
    return {
      name,
      breaches: breachesOf(system, allRules),
      mutations: work.mutate ? runMutations(system) : [],
      resources: system.resources.length,
      seconds: (performance.now() - startedAt) / 1000,
    };
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      name,
      breaches: [{ rule: 'It synthesises', breach: message }],
      mutations: [],
      resources: 0,
      seconds: (performance.now() - startedAt) / 1000,
    };
  }
}

function write(folder: string, templates: Templates): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [id, template] of Object.entries(templates)) {
    writeFileSync(join(folder, `${id.replaceAll('/', '.')}.template.json`), `${JSON.stringify(template, null, 1)}\n`);
  }
}

parentPort?.on('message', (name: string) => parentPort?.postMessage(look(name)));
