import { allRules } from '../rules/all-rules.ts';
import { breachesOf, type System } from '../system.ts';
import { cloudFrontMutations } from './cloudfront-mutations.ts';
import { entranceMutations } from './entrance-mutations.ts';
import { functionMutations } from './function-mutations.ts';
import { insideMutations } from './inside-mutations.ts';
import { type Mutation, Planted } from './planted.ts';
import { serviceMutations } from './service-mutations.ts';
import { storedMutations } from './stored-mutations.ts';

/** Every fault that is planted. */
export const allMutations: readonly Mutation[] = [
  ...entranceMutations,
  ...cloudFrontMutations,
  ...insideMutations,
  ...storedMutations,
  ...serviceMutations,
  ...functionMutations,
];

export interface MutationResult {
  readonly mutation: string;
  /** `caught`, by the rule that has to; `survived` otherwise. */
  readonly outcome: 'caught' | 'survived';
  /** The rule that has to find it, as far as it is named. */
  readonly expected: string;
  /** Which rules found it, of those that have to. */
  readonly rules: readonly string[];
}

/** Plants each fault that there is a place for in a system, each into a copy of its own, and sees whether the rule finds it. */
export function runMutations(system: System, mutations: readonly Mutation[] = allMutations): readonly MutationResult[] {
  const before = new Set(breachesOf(system, allRules).map(({ rule, breach }) => `${rule}: ${breach}`));
  return mutations.flatMap((mutation) => {
    const planted = new Planted(system);
    if (!mutation.plant(planted)) return [];
    const asked = allRules.filter((each) => each.name.startsWith(mutation.caughtBy));
    const found = breachesOf(planted.result(), asked).filter(({ rule, breach }) => !before.has(`${rule}: ${breach}`));
    const rules = [...new Set(found.map((each) => each.rule))];
    const outcome = rules.length > 0 ? 'caught' : 'survived';
    return [{ mutation: mutation.name, outcome, expected: mutation.caughtBy, rules }];
  });
}
