import { startMoto } from '../../../scripts/moto/moto-server.ts';
import type { Templates } from '../templates.ts';
import { type Check, differenceOf, Made } from './check.ts';
import { computeChecks } from './check-compute.ts';
import { entranceChecks } from './check-entrance.ts';
import { networkChecks } from './check-network.ts';
import { storedChecks } from './check-stored.ts';
import { type Deployed, deployToMoto, rehearsedVariant } from './deploy.ts';
import { leftOutTypes, propertiesOfMoto } from './left-out.ts';
import { clientsOf } from './moto-clients.ts';

const checks: readonly Check[] = [...networkChecks, ...entranceChecks, ...storedChecks, ...computeChecks];

/** What came of it: what was deployed, and a difference for each check that found one. */
export interface RehearsedDeployment {
  readonly deployed: Deployed;
  readonly results: readonly { readonly check: string; readonly difference: string | undefined }[];
}

/**
 * Deploys the rehearsed variant to an empty moto and asks moto what is there. `change` may plant a fault in the
 * templates before. Throws where moto refuses a stack.
 */
export async function rehearseDeployment(change?: (templates: Templates) => void): Promise<RehearsedDeployment> {
  const { region } = rehearsedVariant;
  const moto = await startMoto(region);
  try {
    const clients = clientsOf(moto, region);
    const deployed = await deployToMoto(moto, clients, change);
    const made = new Made(deployed);
    const results: { check: string; difference: string | undefined }[] = [];
    for (const check of checks) {
      results.push({ check: check.name, difference: await differenceOf(check, clients, made) });
    }
    return { deployed, results };
  } finally {
    await moto.stop();
  }
}

/** The lines that `npm run rehearse -- --deploy` prints, with what was left out and why. */
export function linesOf({ deployed, results }: RehearsedDeployment): readonly string[] {
  const countOf = (type: string) => deployed.leftOut.filter((each) => each.startsWith(`${type} `)).length;
  const failed = results.filter(({ difference }) => difference !== undefined).length;
  return [
    `${rehearsedVariant.name}: its templates, changed for moto as said below, by CreateStack; sst deploy was not run.`,
    `ok   ${deployed.stacks.length} stacks: ${deployed.stacks.join(', ')}`,
    ...Object.entries(leftOutTypes).map(([type, why]) => `left out: ${countOf(type)} ${type} (${why})`),
    ...propertiesOfMoto.map(({ type, property, reason }) => `changed: ${property} of ${type} (${reason})`),
    ...results.map(({ check, difference }) =>
      difference === undefined ? `ok   ${check}` : `FAIL ${check}: ${difference}`,
    ),
    `rehearsal of a deployment: ${deployed.physicalIds.size} resources made, ${deployed.leftOut.length} left out, ${results.length} checks, ${failed} failed`,
  ];
}
