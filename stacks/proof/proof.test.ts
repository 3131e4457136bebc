import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { allMutations, type MutationResult } from './mutations/run-mutations.ts';
import { inWorkers } from './run/in-workers.ts';
import { mutatedVariants } from './run/mutated-variants.ts';
import type { SynthAnswer, SynthWork } from './run/work.ts';
import { deploymentOf } from './synthesise.ts';
import { allVariants, goldenVariants, platforms, refusedVariants, scenarios } from './variants.ts';

/** What `npm run synth -- --all` and `npm run reach -- --mutate` do, all at once: each variant is synthesised once. */
const answers = new Map<string, SynthAnswer>();

beforeAll(async () => {
  const golden = goldenVariants.map((each) => each.name);
  const data: SynthWork = {
    out: resolve(import.meta.dirname, '../../.cache/synth'),
    mutated: mutatedVariants,
    nagged: golden,
    golden,
  };
  // What has most to be done comes first, so that both workers end at the same time.
  const names = allVariants.map((each) => each.name).sort((a, b) => weight(b) - weight(a));
  const script = new URL('./run/synth-worker.ts', import.meta.url);
  for await (const answer of inWorkers<string, SynthAnswer>(script, names, { workers: 2, data })) {
    answers.set(answer.name, answer);
  }
}, 900_000);

function weight(name: string): number {
  return mutatedVariants.includes(name) ? 1 : 0;
}

test('every platform is there with every scenario, in a new and an existing VPC, with a way out and without', () => {
  for (const platform of platforms) {
    for (const scenario of scenarios) {
      for (const rest of ['new-nat', 'new-none', 'existing-nat', 'existing-none']) {
        expect(answers.has(`${platform}-${scenario}-${rest}`)).toBe(true);
      }
    }
  }
});

describe('a variant synthesises, and keeps every promise', () => {
  test.each(allVariants.map((each) => each.name))('%s', (name) => {
    expect(answers.get(name)?.breaches).toEqual([]);
    expect(answers.get(name)?.resources).toBeGreaterThan(100);
  });
});

describe('the configuration refuses, by its name for the fault', () => {
  test.each(refusedVariants.map((each) => [each.name, each] as const))('%s', (_name, variant) => {
    expect(() => deploymentOf(variant)).toThrow(variant.reason);
  });
});

describe('a planted fault is found', () => {
  test.each(allMutations.map((each) => each.name))('%s', (name) => {
    const results = resultsOf(name);
    expect(results.length, 'places to plant it').toBeGreaterThan(0);
    expect(results.filter((each) => each.outcome === 'survived')).toEqual([]);
  });

  test('of many kinds', () => {
    expect(allMutations.length).toBeGreaterThanOrEqual(30);
    expect(new Set(allMutations.map((each) => each.caughtBy)).size).toBeGreaterThanOrEqual(30);
  });
});

function resultsOf(mutation: string): readonly MutationResult[] {
  return [...answers.values()].flatMap((each) => each.mutations.filter((one) => one.mutation === mutation));
}
