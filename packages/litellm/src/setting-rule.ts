import type { AdminSettingKind } from '@genai-gateway/core';

/**
 * What one option of LiteLLM means for the hot path.
 *
 * - `setting`: a call must respect it where `counts` is true of its value.
 * - `read`: the reader of the row or the file takes it up itself.
 * - `harmless`: it cannot change how the hot path must serve a call.
 *
 * `why` is the reason, for whoever has to decide the same about the next version of LiteLLM.
 */
export type Rule =
  | {
      readonly use: 'setting';
      readonly kind: AdminSettingKind;
      readonly counts: (value: unknown) => boolean;
      readonly why: string;
    }
  | { readonly use: 'read'; readonly why: string }
  | { readonly use: 'harmless'; readonly why: string };

export type Rules = Readonly<Record<string, Rule>>;

/** A rule for an option that a call must respect. */
export function setting(kind: AdminSettingKind, counts: (value: unknown) => boolean, why: string): Rule {
  return { use: 'setting', kind, counts, why };
}

/** A rule for an option that the reader itself takes up. */
export function read(why: string): Rule {
  return { use: 'read', why };
}

/** The same harmless rule for several options. */
export function harmless<const Name extends string>(why: string, ...names: readonly Name[]): Record<Name, Rule> {
  const rule: Rule = { use: 'harmless', why };
  return Object.fromEntries(names.map((name) => [name, rule])) as Record<Name, Rule>;
}

/** The rule of a name; own properties only, so that `constructor` is as unknown as any other. */
export function ruleOf(rules: Rules, name: string): Rule | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined;
}
