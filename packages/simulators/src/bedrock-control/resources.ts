import { BedrockError } from '../errors.ts';

/** What an account has made of Bedrock's models. Absent: none of that kind. */
export interface BedrockResources {
  /** `…:application-inference-profile/…` */
  readonly applicationProfiles?: readonly SimulatedProfile[];
  /** `…:prompt-router/…` and `…:default-prompt-router/…` */
  readonly promptRouters?: readonly SimulatedRouter[];
  /** `…:provisioned-model/…` */
  readonly provisionedModels?: readonly SimulatedDeployment[];
  /** `…:custom-model-deployment/…` of a `…:custom-model/…` */
  readonly customModelDeployments?: readonly SimulatedDeployment[];
}

export interface SimulatedProfile {
  readonly arn: string;
  /** Of foundation models: the same one in each region that calls may go to. */
  readonly modelArns: readonly string[];
}

export interface SimulatedRouter {
  readonly arn: string;
  /** Of foundation models or inference profiles. */
  readonly modelArns: readonly string[];
  readonly fallbackModelArn: string;
}

export interface SimulatedDeployment {
  readonly arn: string;
  readonly modelArn: string;
}

/** A router takes its fallback for requests that are longer than this. */
const ROUTER_LIMIT_BYTES = 1_000;

/** The ARN that a call of a resource goes to; undefined for what is none of these. */
export function targetOf(resources: BedrockResources, arn: string, bodyBytes: number): string | undefined {
  const router = routerOf(resources, arn);
  if (router !== undefined) return bodyBytes > ROUTER_LIMIT_BYTES ? router.fallbackModelArn : router.modelArns[0];
  const profile = resources.applicationProfiles?.find((each) => each.arn === arn);
  if (profile !== undefined) return profile.modelArns[0];
  const { provisionedModels = [], customModelDeployments = [] } = resources;
  return [...provisionedModels, ...customModelDeployments].find((each) => each.arn === arn)?.modelArn;
}

/** The prompt router of an ARN. */
export function routerOf({ promptRouters = [] }: BedrockResources, arn: string): SimulatedRouter | undefined {
  return promptRouters.find((each) => each.arn === arn);
}

/** One of a list by its ARN. Throws ResourceNotFoundException. */
export function found<Resource extends { readonly arn: string }>(
  list: readonly Resource[] | undefined,
  arn: string,
): Resource {
  const resource = list?.find((each) => each.arn === arn);
  if (resource !== undefined) return resource;
  throw new BedrockError('ResourceNotFoundException', 'The specified resource ARN was not found.');
}
