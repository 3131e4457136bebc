import type { Deployment, EksPlan } from '@genai-gateway/config';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Template as ProofTemplate } from '../../proof/templates.ts';
import { standInData, standInEdge, standInFoundation, standInNetwork } from '../../testing/parts.ts';
import { platforms, sampleDeployment } from '../../testing/sample-deployment.ts';
import { buildEks } from './build-eks.ts';
import { type AppliedObject, manifestsIn } from './conformance/manifests-in.ts';

const digest = `sha256:${'0'.repeat(64)}`;

export const existingCluster = {
  kind: 'existing',
  name: 'shared',
  kubectlRoleArn: 'arn:aws:iam::111122223333:role/kubectl',
  oidcProviderArn: 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF',
  securityGroupId: 'sg-0cccccccccccccccc',
  addOns: 'install',
} as const satisfies EksPlan['cluster'];

/** Something that looks like a chart; what it would install is not rendered without a cluster. */
export const chart = 'stacks/proof/stand-in-chart';

/** A deployment on EKS by the defaults, with something changed. */
export function eksDeployment(eks: Partial<EksPlan> = {}, more: Partial<Deployment> = {}): Deployment {
  const deployment = { ...sampleDeployment, ...more };
  return {
    ...deployment,
    platform: { ...platforms.eks, ...eks },
    models: { ...deployment.models, configFile: 'packages/local/litellm.config.yaml' },
    gateway: { ...deployment.gateway, image: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/gateway@${digest}` },
    litellm: { ...deployment.litellm, memoryMib: 2_048, image: `ghcr.io/example/litellm@${digest}` },
  };
}

const noOutbound = { network: { ...sampleDeployment.network, outbound: 'none', endpoints: 'all' } } as const;

/** Every kind of cluster, with a way out and without. */
export const variants = {
  'new cluster': eksDeployment(),
  'new cluster without outbound': eksDeployment({ albControllerChart: chart }, noOutbound),
  'existing cluster': eksDeployment({ cluster: existingCluster }),
  'existing cluster without outbound': eksDeployment(
    { cluster: existingCluster, albControllerChart: chart },
    noOutbound,
  ),
  'existing cluster with everything in it': eksDeployment({ cluster: { ...existingCluster, addOns: 'present' } }),
} as const satisfies Record<string, Deployment>;

/** The stack of a deployment, on stand-ins of all others. */
export function buildInTest(deployment: Deployment) {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Compute', {
    env: { account: '111122223333', region: deployment.region },
  });
  const compute = buildEks(stack, deployment, {
    foundation: standInFoundation(stack),
    network: standInNetwork(stack),
    data: standInData(stack),
    edge: standInEdge(stack),
  });
  const template = Template.fromStack(stack);
  const applied = manifestsIn(template.toJSON() as Pick<ProofTemplate, 'Resources'>);
  return { stack, compute, template, applied, resources: resourcesOf(template) };
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
}

function resourcesOf(template: Template): Readonly<Record<string, Resource>> {
  return template.toJSON()['Resources'] as Record<string, Resource>;
}

/** The one object of a kind and a name. Throws if there is none. */
export function objectOf(applied: readonly AppliedObject[], kind: string, name: string | RegExp): never {
  const found = applied.find(({ object }) => {
    const itsName = String((object['metadata'] as { name?: string }).name);
    return object['kind'] === kind && (typeof name === 'string' ? itsName === name : name.test(itsName));
  });
  if (found === undefined) throw new Error(`There is no ${kind} ${String(name)}.`);
  return found.object as never;
}
