import type { AdminSetting } from '@genai-gateway/core';
import type { Catalogue } from './catalogue.ts';
import { type Eligibility, eligibility } from './eligibility.ts';
import { type RegionPolicy, type Resolution, resolveModel } from './resolve.ts';

/**
 * What the models stand for that an ARN leads to (`ModelsBehind.modelIds`), each as if it were called by its own id:
 * their aliases hold for the ARN too, or an application profile or a default prompt router would dodge what is set on
 * them. None where an administrator has named the ARN itself: then the alias says all.
 */
export function resolveBehind(
  resolution: Resolution,
  modelIds: readonly string[],
  catalogue: Catalogue,
  regions: RegionPolicy,
): readonly Resolution[] {
  if (resolution.kind === 'alias') return [];
  const { modelId } = resolution.deployment;
  const isNamed = resolution.aliases.some(({ deployments }) =>
    deployments.some(({ deployment }) => deployment?.modelId === modelId),
  );
  return isNamed ? [] : modelIds.map((each) => resolveModel(each, catalogue, regions));
}

/** `eligibility` of a call that leads to further models: what stands against one of them stands against the call. */
export function eligibilityWith(
  resolution: Resolution,
  behind: readonly Resolution[],
  catalogue: Catalogue,
  callerSettings: readonly AdminSetting[],
): Eligibility {
  const verdict = eligibility(resolution, catalogue, callerSettings);
  const reasons = [verdict, ...behind.map((each) => eligibility(each, catalogue, callerSettings))].flatMap((each) =>
    each.eligible ? [] : each.reasons,
  );
  return reasons.length === 0 ? verdict : { eligible: false, reasons: [...new Set(reasons)] };
}
