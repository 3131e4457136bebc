import type { AdminSetting } from '@genai-gateway/core';
import type { ConfigDocument } from './config-document.ts';
import { asObject, isFilled } from './values.ts';

/** What putting fallbacks on their aliases needs to know. */
export interface FallbackContext {
  /** The names in `model_list`. */
  readonly names: ReadonlySet<string>;
  readonly groupAliases: ReadonlyMap<string, string>;
  /** Where each fallback goes that is for one alias. */
  readonly aliasSettings: Map<string, AdminSetting[]>;
  readonly warn: (path: string, message: string) => void;
  /** Told of a list that has another form; throws, or gives what holds instead. */
  readonly malformed: (path: string, message: string) => AdminSetting[];
}

/** Puts each fallback list on the alias it is for; gives the ones for every model, which are settings of the proxy. */
export function spreadFallbacks(section: string, values: ConfigDocument, context: FallbackContext): AdminSetting[] {
  return ['fallbacks', 'context_window_fallbacks', 'content_policy_fallbacks'].flatMap((option) => {
    const name = `${section}.${option}`;
    const value = values[option];
    if (!isFilled(value)) return [];
    if (!Array.isArray(value) || value.some((each) => asObject(each) === undefined)) {
      return context.malformed(
        name,
        `${name} has to be a list of mappings, such as [{ "my-model": ["my-other-model"] }].`,
      );
    }
    return value
      .flatMap((each) => Object.entries(asObject(each) ?? {}))
      .flatMap(([from, targets]) => (isFilled(targets) ? spreadFallback(name, from, context) : []));
  });
}

function spreadFallback(name: string, from: string, context: FallbackContext): AdminSetting[] {
  if (from === '*') return [{ scope: 'proxy', kind: 'fallbacks', name }];
  const { names, aliasSettings } = context;
  const alias = context.groupAliases.get(from) ?? from;
  const wildcards = [...names].filter((each) => each.includes('*') && wildcardMatches(each, alias));
  const holders = names.has(alias) ? [alias] : wildcards;
  if (holders.length === 0) context.warn(name, `${name} names '${from}', which is not in model_list.`);
  for (const holder of holders) {
    aliasSettings.set(holder, [...(aliasSettings.get(holder) ?? []), { scope: 'alias', kind: 'fallbacks', name }]);
  }
  return [];
}

function wildcardMatches(pattern: string, name: string): boolean {
  const literal = (part: string) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`).test(name);
}
