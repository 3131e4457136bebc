import { OperatorFailure } from '../shared/command.ts';

export type Keys = Readonly<Record<string, string>>;

export interface KeyChanges {
  readonly keys: Keys;
  /** Names, never values. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What is stored: JSON by name of variable. Throws OperatorFailure for anything else. */
export function readKeys(text: string | undefined): Keys {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text ?? '{}');
  } catch {
    parsed = undefined;
  }
  const isKeys =
    typeof parsed === 'object' &&
    parsed !== null &&
    !Array.isArray(parsed) &&
    Object.values(parsed).every((each) => typeof each === 'string');
  if (isKeys) return parsed as Keys;
  throw new OperatorFailure(
    'The secret of the provider keys is not a JSON object of texts.',
    'look at it in the console of Secrets Manager; an empty one is {}',
  );
}

/** Given keys over the stored ones, less those to be removed. Throws OperatorFailure for names that are not there. */
export function mergeKeys(stored: Keys, given: Keys, remove: readonly string[]): KeyChanges {
  const unknown = remove.filter((name) => stored[name] === undefined);
  if (unknown.length > 0) {
    throw new OperatorFailure(`There is no stored key ${unknown.join(', ')}.`, '--list tells which there are');
  }
  const contradicted = remove.filter((name) => given[name] !== undefined);
  if (contradicted.length > 0) {
    throw new OperatorFailure(
      `${contradicted.join(', ')} is to be removed, and the configuration has it.`,
      'take it out of .env and the environment first',
    );
  }
  const kept = Object.entries(stored).filter(([name]) => !remove.includes(name));
  return {
    keys: { ...Object.fromEntries(kept), ...given },
    added: Object.keys(given).filter((name) => stored[name] === undefined),
    changed: Object.keys(given).filter((name) => stored[name] !== undefined && stored[name] !== given[name]),
    removed: remove,
  };
}
