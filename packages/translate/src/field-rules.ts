import { invalidRequest, isRecord } from './json.ts';

/**
 * What becomes of a field of a request:
 * - `translate`: it has an effect on what the model is asked or on the answer.
 * - `gateway`: it is for the gateway itself (history, prompts), which has taken it by now.
 * - `model`: it is a field of the model's own API for the families that have it; for others it has no effect.
 * - `drop`: it has no effect, and the caller is told so.
 * - `refuse`: without it the answer would be another one than the caller asked for, so it is an error.
 */
export type FieldRule =
  | { readonly what: 'translate' | 'gateway' | 'model' | 'drop'; readonly neutral?: Neutral }
  | { readonly what: 'refuse'; readonly neutral?: Neutral; readonly mend: string };

/** By the name of the field. */
export type FieldRules = Readonly<Record<string, FieldRule>>;

/** True for a value that asks for nothing special. null and undefined always do. */
type Neutral = (value: unknown) => boolean;

export const translate: FieldRule = { what: 'translate' };
export const drop: FieldRule = { what: 'drop' };
export const is =
  (...neutral: readonly unknown[]): Neutral =>
  (value) =>
    neutral.includes(value);
export const isEmpty: Neutral = (value) =>
  (Array.isArray(value) && value.length === 0) || (isRecord(value) && Object.keys(value).length === 0);

/** A field that asks for something, and what its rule says; undefined: it has none. */
interface LeftField {
  readonly name: string;
  readonly value: unknown;
  readonly what: 'model' | 'drop' | undefined;
}

/**
 * What the rules leave of a request, without what asks for nothing: fields to drop, the model's own, and those without a rule.
 * Throws `invalid-request` for the first field with rule `refuse`.
 */
export function leftFields(request: object, rules: FieldRules): readonly LeftField[] {
  const left: LeftField[] = [];
  for (const [name, value] of Object.entries(request)) {
    if (value === null || value === undefined) continue;
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule?.what === 'translate' || rule?.what === 'gateway' || rule?.neutral?.(value) === true) continue;
    if (rule?.what === 'refuse') {
      throw invalidRequest(`\`${name}\` is not supported for this model. ${rule.mend}`, name);
    }
    left.push({ name, value, what: rule?.what });
  }
  return left;
}
