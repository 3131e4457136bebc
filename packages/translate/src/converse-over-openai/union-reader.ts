import { invalidRequest } from '../json.ts';
import { ObjectReader } from './object-reader.ts';

/** What to do instead of a block that has no translation. */
const mends: Readonly<Record<string, string>> = {
  toolAddition: 'Send all tools in `toolConfig.tools`.',
  toolRemoval: 'Send the tools that are left in `toolConfig.tools`.',
};

/**
 * A union of AWS: an object with exactly one field, whose name says what it is.
 * Throws `invalid-request` for none, several, and one that is not in `kinds`; `elsewhere` are those that have other places.
 */
export function unionReader<K extends string>(
  value: unknown,
  place: string,
  kinds: readonly K[],
  elsewhere: ReadonlySet<string> = new Set(),
): { readonly kind: K; readonly reader: ObjectReader } {
  const reader = ObjectReader.ofAnyFields(value, place);
  const [name, ...more] = reader.given();
  if (name === undefined || more.length > 0) {
    throw invalidRequest(`A block has exactly one field, one of: ${kinds.join(', ')}.`, place);
  }
  const kind = kinds.find((known) => known === name);
  if (kind !== undefined) return { kind, reader };
  const mend = Object.hasOwn(mends, name) ? mends[name] : undefined;
  if (mend !== undefined) throw invalidRequest(`\`${name}\` is not supported for this model. ${mend}`, reader.at(name));
  const what = elsewhere.has(name) ? `\`${name}\` blocks do not belong here` : 'This is no block that is known here';
  throw invalidRequest(`${what}; possible are: ${kinds.join(', ')}.`, reader.at(name));
}
