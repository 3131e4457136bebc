import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Aspects } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { App } from 'sst/constructs';
import { goldenFiles, goldenName, keptFiles } from '../golden.ts';
import { runMutations } from '../mutations/run-mutations.ts';
import { allRules } from '../rules/all-rules.ts';
import { synthesise } from '../synthesise.ts';
import { type Breach, breachesOf, System } from '../system.ts';
import type { Templates } from '../templates.ts';
import { allVariants } from '../variants.ts';
import type { SynthAnswer, SynthWork } from './work.ts';

const work = workerData as SynthWork;

/** Synthesises the variant of a name, looks at it, and plants faults in it where that is the work. */
function look(name: string): SynthAnswer {
  const startedAt = performance.now();
  const variant = allVariants.find((each) => each.name === name);
  if (variant === undefined) throw new Error(`There is no variant ${name}.`);
  try {
    const isNagged = work.nagged.includes(name);
    const { deployment, templates, messages } = synthesise(variant, isNagged ? nag : undefined);
    if (work.out !== undefined) write(join(work.out, name), templates);
    const system = new System(name, deployment, templates);
    return {
      name,
      breaches: [
        ...breachesOf(system, allRules),
        ...(isNagged ? findingsOf(messages) : []),
        ...(work.golden.includes(name) ? differences(name, templates) : []),
      ],
      mutations: work.mutated.includes(name) ? runMutations(system) : [],
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

function nag(app: App): void {
  Aspects.of(app).add(new AwsSolutionsChecks());
}

function findingsOf(messages: readonly string[]): readonly Breach[] {
  const findings = messages.filter((each) => /AwsSolutions-|CdkNagValidationFailure/.test(each));
  return findings.map((breach) => ({ rule: 'cdk-nag finds nothing that is not explained', breach }));
}

/** Lines in which golden templates and these differ, the first few of each file. */
function differences(name: string, templates: Templates): readonly Breach[] {
  const kept = keptFiles(goldenName(name));
  const made = goldenFiles(templates);
  return [...new Set([...kept.keys(), ...made.keys()])]
    .filter((file) => kept.get(file) !== made.get(file))
    .map((file) => ({
      rule: 'The templates are the golden ones (after a change that is meant: npm run synth -- --golden)',
      breach: `${file}: ${firstDifference(kept.get(file) ?? '', made.get(file) ?? '')}`,
    }));
}

function firstDifference(kept: string, made: string): string {
  const [before, after] = [kept.split('\n'), made.split('\n')];
  const line = after.findIndex((each, index) => each !== before[index]);
  return `line ${line + 1} was ${before[line]?.trim() ?? 'not there'} and is ${after[line]?.trim() ?? 'gone'}`;
}

function write(folder: string, templates: Templates): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [id, template] of Object.entries(templates)) {
    writeFileSync(join(folder, `${id.replaceAll('/', '.')}.template.json`), `${JSON.stringify(template, null, 1)}\n`);
  }
}

parentPort?.on('message', (name: string) => parentPort?.postMessage(look(name)));
