import { unusable } from '../gateway-config.ts';
import { assembleDeployment } from './assemble-deployment.ts';
import { checkCapacities, checkConnections, checkFargate } from './checks/capacity-checks.ts';
import { checkAllowedCidrs, checkCloudFront, checkDomain, checkScenario } from './checks/entrance-checks.ts';
import { checkFiles } from './checks/file-checks.ts';
import { checkGateway, checkIssuers, checkSetByTheStacks } from './checks/gateway-checks.ts';
import { checkImages } from './checks/image-checks.ts';
import { checkExistingVpc, checkNewVpc, checkOutbound } from './checks/network-checks.ts';
import { checkPlace } from './checks/place-checks.ts';
import { checkEks, checkNodes } from './checks/platform-checks.ts';
import type { Deployment } from './deployment.ts';
import type { Check, CheckedInput, ImagePins } from './fault.ts';
import { deploymentSchema, type VariableName, type Variables, variableNames } from './variables.ts';

export interface DeploymentSource {
  readonly stage: string;
  readonly region: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The images of `containers/images.json`; without them a production stage has to name ready images. */
  readonly imagePins?: ImagePins | undefined;
  /** Where the paths of files start, so that a missing one is named; undefined: they are not looked for. */
  readonly folder?: string | undefined;
}

const checks: readonly Check[] = [
  checkPlace,
  checkScenario,
  checkDomain,
  checkAllowedCidrs,
  checkCloudFront,
  checkExistingVpc,
  checkNewVpc,
  checkOutbound,
  checkEks,
  checkNodes,
  checkCapacities,
  checkFargate,
  checkConnections,
  checkImages,
  checkFiles,
  checkSetByTheStacks,
  checkGateway,
  checkIssuers,
];

/**
 * Reads what is to be deployed. An empty variable counts as unset. Throws `ConfigError` that lists everything that is
 * wrong or contradicts itself, each with its variable and the mend, before anything is built.
 */
export function readDeployment(source: DeploymentSource): Deployment {
  const given = givenOf(source.env);
  const { variables, unreadable, problems } = readVariables(given);
  const isProduction = variables.PRODUCTION ?? ['prod', 'production'].includes(source.stage);
  const input: CheckedInput = {
    ...source,
    imagePins: source.imagePins,
    folder: source.folder,
    given,
    variables,
    isProduction,
  };
  const faults = checks
    .flatMap((check) => check(input))
    .filter((fault) => fault !== undefined)
    .filter(({ about }) => !about.some((name) => unreadable.has(name)));
  const all = [...problems, ...faults.map(({ says }) => says)];
  if (all.length > 0) throw unusable('deployment', all);
  return assembleDeployment(input);
}

function givenOf(env: DeploymentSource['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => {
      const trimmed = value?.trim() ?? '';
      return trimmed === '' ? [] : [[name, trimmed]];
    }),
  );
}

/** Each variable by itself; one that cannot be read stands at its default, so that the others are checked too. */
function readVariables(given: Readonly<Record<string, string>>): {
  readonly variables: Variables;
  readonly unreadable: ReadonlySet<string>;
  readonly problems: readonly string[];
} {
  const readable: Record<string, string> = {};
  const problems: string[] = [];
  const unreadable = new Set<VariableName>();
  for (const name of variableNames) {
    const value = given[name];
    if (value === undefined) continue;
    const type = deploymentSchema.shape[name];
    const parsed = type.safeParse(value);
    if (parsed.success) {
      readable[name] = value;
    } else {
      unreadable.add(name);
      problems.push(`${name} ${parsed.error.issues[0]?.message ?? 'is not usable'}. ${type.description ?? ''}`);
    }
  }
  return { variables: deploymentSchema.parse(readable), unreadable, problems };
}
