import type { Deployment, ExistingVpcPlan } from '@genai-gateway/config';
import { App, Stack } from 'aws-cdk-lib';
import { standInFoundation } from '../testing/parts.ts';
import { sampleDeployment } from '../testing/sample-deployment.ts';
import { buildNetwork } from './build-network.ts';

/** A VPC of which everything was told. */
export const given: ExistingVpcPlan = {
  kind: 'existing',
  vpcId: 'vpc-0123456789abcdef0',
  parts: {
    cidr: '10.40.0.0/16',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    publicSubnetIds: ['subnet-0aaaaaaaaaaaaaaa1', 'subnet-0aaaaaaaaaaaaaaa2'],
    privateSubnetIds: ['subnet-0bbbbbbbbbbbbbbb1', 'subnet-0bbbbbbbbbbbbbbb2'],
    privateRouteTableIds: ['rtb-0bbbbbbbbbbbbbbb1', 'rtb-0bbbbbbbbbbbbbbb2'],
  },
};
/** No way out. */
export const none = { outbound: 'none', endpoints: 'all' } as const;

export type Changes = Partial<Omit<Deployment, 'network'>> & { readonly network?: Partial<Deployment['network']> };

/** The network of the sample deployment, changed; in a stack of its own. */
export function build(changes: Changes = {}) {
  const deployment: Deployment = {
    ...sampleDeployment,
    ...changes,
    network: { ...sampleDeployment.network, ...changes.network },
  };
  const stack = new Stack(new App(), 'X', { env: { account: '111122223333', region: deployment.region } });
  const network = buildNetwork(stack, deployment, { foundation: standInFoundation(stack) });
  return { stack, network };
}
