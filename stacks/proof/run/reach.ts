import { parseArgs } from 'node:util';
import { allMutations, type MutationResult } from '../mutations/run-mutations.ts';
import { outside } from '../reach/graph.ts';
import { graphOf } from '../reach/graph-of.ts';
import { describePath, pathsBetween } from '../reach/paths.ts';
import { synthesise } from '../synthesise.ts';
import { System } from '../system.ts';
import { allVariants } from '../variants.ts';
import { inWorkers } from './in-workers.ts';
import { mutatedVariants } from './mutated-variants.ts';
import type { SynthAnswer, SynthWork } from './work.ts';

const usage = `npm run reach -- [--variant NAME] [--from WHO] [--to WHAT] | --mutate

Who can connect to whom in a deployment, by its templates: routes, security groups, listeners, rules, policies.
  (nothing)      every way from outside to the gateway, and everything that each part may connect to
  --variant      of this deployment (default ecs-cloudfront-new-nat; the names: npm run synth -- --all)
  --from, --to   every way between these two, such as --from litellm --to internet
  --mutate       plants faults in templates of every platform and scenario: each has to be found`;

const { values } = parseArgs({
  options: {
    variant: { type: 'string', default: 'ecs-cloudfront-new-nat' },
    from: { type: 'string' },
    to: { type: 'string' },
    mutate: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(`${usage}\n`);
else process.exitCode = (values.mutate ? await mutate() : show()) ? 0 : 1;

function show(): boolean {
  const variant = allVariants.find((each) => each.name === values.variant);
  if (variant === undefined) {
    process.stdout.write(`No variant is called ${values.variant}.\n\n${usage}\n`);
    return false;
  }
  const { deployment, templates } = synthesise(variant);
  const graph = graphOf(new System(variant.name, deployment, templates));
  const asked = values.from !== undefined || values.to !== undefined;
  const sources = values.from === undefined ? (asked ? namesOf('from') : Object.values(outside)) : [values.from];
  const targets = values.to === undefined ? (asked ? namesOf('to') : ['gateway']) : [values.to];
  for (const from of sources) {
    for (const to of targets.filter((each) => each !== from)) {
      const paths = pathsBetween(graph, from, to);
      if (paths.length === 0) process.stdout.write(`${from} does not reach ${to}\n`);
      for (const path of paths) process.stdout.write(`${from} reaches ${to}: ${describePath(path)}\n`);
    }
  }
  if (!asked) {
    process.stdout.write('\n');
    for (const each of graph.edges) process.stdout.write(`${each.from} → ${each.to} (${each.why})\n`);
  }
  return true;

  function namesOf(side: 'from' | 'to'): readonly string[] {
    return [...new Set(graph.edges.map((each) => each[side]))];
  }
}

async function mutate(): Promise<boolean> {
  const results = new Map<string, MutationResult & { readonly variants: string[] }>();
  const sound: string[] = [];
  const answers = inWorkers<string, SynthAnswer>(new URL('./synth-worker.ts', import.meta.url), mutatedVariants, {
    workers: 2,
    data: { out: undefined, mutated: mutatedVariants, nagged: [], golden: [] } satisfies SynthWork,
  });
  for await (const { name, mutations, breaches } of answers) {
    process.stdout.write(`${name}: ${mutations.length} faults planted\n`);
    sound.push(
      ...breaches.map((each) => `${name} is not sound before a fault is planted: ${each.rule}: ${each.breach}`),
    );
    for (const each of mutations) {
      const known = results.get(each.mutation);
      if (known === undefined) results.set(each.mutation, { ...each, variants: [name] });
      else
        results.set(each.mutation, {
          ...(each.outcome === 'survived' ? each : known),
          variants: [...known.variants, name],
        });
    }
  }
  process.stdout.write('\n');
  for (const { mutation, outcome, expected, rules, variants } of results.values()) {
    const by = rules.find((each) => each.startsWith(expected)) ?? `nobody; it should be: ${expected}`;
    process.stdout.write(`${outcome.padEnd(8)} ${mutation} (in ${variants.length}) — ${by}\n`);
  }
  const unplanted = allMutations
    .filter((each) => !results.has(each.name))
    .map((each) => `There was no place for: ${each.name}`);
  const survivors = [...results.values()].filter((each) => each.outcome === 'survived');
  for (const each of [...sound, ...unplanted]) process.stdout.write(`FAIL ${each}\n`);
  const isGood = survivors.length + unplanted.length + sound.length === 0;
  process.stdout.write(`\nreach: ${results.size} kinds of faults, ${survivors.length} survived\n`);
  return isGood;
}
