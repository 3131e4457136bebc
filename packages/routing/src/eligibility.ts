import type { AdminSetting, AdminSettingKind } from '@genai-gateway/core';
import type { Catalogue, CatalogueDeployment, Deployment } from './catalogue.ts';
import type { Resolution } from './resolve.ts';

/**
 * Whether the hot path itself holds what an administrator can set. `false` sends the call through
 * LiteLLM, which does; a row turns to `true` when the hot path has learnt it.
 */
const heldByHotPath: Readonly<Record<AdminSettingKind, boolean>> = {
  budget: false,
  'model-budget': false,
  'rate-limit': false,
  'model-rate-limit': false,
  'parallel-limit': false,
  guardrails: false,
  callbacks: false,
  policies: false,
  'response-cache': false,
  fallbacks: false,
  'several-deployments': false,
  'router-settings': false,
  'default-parameters': false,
  'enforced-parameters': false,
  'tool-allow-list': false,
  credentials: false,
  'prompt-management': false,
  'other-provider': false,
  'wildcard-alias': false,
  'team-model': false,
  'access-restriction': false,
  'unknown-option': false,
};

/** The verdict: the one deployment to call, or everything that stands against the hot path. */
export type Eligibility =
  | {
      readonly eligible: true;
      readonly deployment: Deployment;
      /** The row of the model list that was called by its alias; undefined for a model called by its own id. */
      readonly row: CatalogueDeployment | undefined;
    }
  | { readonly eligible: false; readonly reasons: readonly AdminSetting[] };

/**
 * Decides whether the hot path may serve a call. `callerSettings` are those of the key and of
 * everything above it. Calling a model by its direct id dodges nothing: what is set on every alias
 * that leads to the same model holds for the direct call too (one plain alias is enough to allow it,
 * because then that way is open anyway).
 */
export function eligibility(
  resolution: Resolution,
  catalogue: Catalogue,
  callerSettings: readonly AdminSetting[],
): Eligibility {
  const common = notHeld([...catalogue.settings, ...callerSettings]);
  if (resolution.kind === 'alias') {
    const { alias } = resolution;
    const reasons = [...common, ...aliasReasons(alias)];
    const row = alias.deployments[0];
    if (reasons.length > 0) return { eligible: false, reasons };
    if (row?.deployment !== undefined) return { eligible: true, deployment: row.deployment, row };
    return { eligible: false, reasons: [{ scope: 'alias', kind: 'other-provider', name: alias.name }] };
  }
  const perAlias = resolution.aliases.map(aliasReasons);
  const fewest = perAlias.toSorted((a, b) => a.length - b.length)[0] ?? [];
  const reasons = [...common, ...fewest];
  if (reasons.length > 0) return { eligible: false, reasons };
  return { eligible: true, deployment: resolution.deployment, row: undefined };
}

function aliasReasons(alias: {
  readonly name: string;
  readonly deployments: readonly { readonly settings: readonly AdminSetting[] }[];
  readonly settings: readonly AdminSetting[];
}): AdminSetting[] {
  const all = [...alias.settings, ...alias.deployments.flatMap((each) => each.settings)];
  if (alias.deployments.length > 1) {
    all.push({ scope: 'alias', kind: 'several-deployments', name: alias.name });
  }
  return notHeld(all);
}

function notHeld(settings: readonly AdminSetting[]): AdminSetting[] {
  return settings.filter((each) => !heldByHotPath[each.kind]);
}

/**
 * The same in words of ours alone, for a header: `key budget, alias fallbacks`. What administrators call
 * things is not in it.
 */
export function summarizeReasons(reasons: readonly AdminSetting[]): string {
  return [...new Set(reasons.map(({ scope, kind }) => `${scope} ${kind.replaceAll('-', ' ')}`))].join(', ');
}

/** The reasons as a caller and a log line may read them: `key budget (max_budget), alias fallbacks (…)`. */
export function describeReasons(reasons: readonly AdminSetting[]): string {
  return reasons.map(({ scope, kind, name }) => `${scope} ${kind.replaceAll('-', ' ')} (${name})`).join(', ');
}
