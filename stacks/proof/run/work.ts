import type { MutationResult } from '../mutations/run-mutations.ts';

/** What a worker is told once. */
export interface SynthWork {
  /** Where templates are written, a folder per variant; undefined: nowhere. */
  readonly out: string | undefined;
  /** In which variants faults are planted too. */
  readonly mutated: readonly string[];
  /** Which variants cdk-nag looks at. */
  readonly nagged: readonly string[];
  /** Which variants are compared with their golden templates. */
  readonly golden: readonly string[];
}

/** What it says of a variant. */
export interface SynthAnswer {
  readonly name: string;
  readonly breaches: readonly { readonly rule: string; readonly breach: string }[];
  readonly mutations: readonly MutationResult[];
  readonly resources: number;
  readonly seconds: number;
}
