import type { VariableName, Variables } from './variables.ts';

/** Something that cannot be deployed. */
export interface Fault {
  /** Variables that it is about. Where one of them is not readable, that is said and this is not. */
  readonly about: readonly (VariableName | 'stage' | 'region' | 'gateway')[];
  /** Names the variable, what is wrong, and the mend. Never a value that could be a secret. */
  readonly says: string;
}

/** What the checks know. */
export interface CheckedInput {
  readonly stage: string;
  readonly region: string;
  readonly isProduction: boolean;
  readonly variables: Variables;
  /** Images of `containers/images.json`; undefined: not known to whoever asks. */
  readonly imagePins: ImagePins | undefined;
  /** Where the paths of files start; undefined: files are not looked for. */
  readonly folder: string | undefined;
  /** Names of all variables that were given, with their texts. */
  readonly given: Readonly<Record<string, string>>;
}

/** Digests of the images that ours are built on, by their names in `containers/images.json`. */
export type ImagePins = Readonly<Record<string, { readonly digest?: string | null }>>;

export type Check = (input: CheckedInput) => readonly (Fault | undefined)[];

/** A fault where a condition holds. */
export function faultIf(condition: boolean, about: Fault['about'], says: string): Fault | undefined {
  return condition ? { about, says } : undefined;
}
