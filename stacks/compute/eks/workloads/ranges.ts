import type { Deployment } from '@genai-gateway/config';
import type { ISubnet } from 'aws-cdk-lib/aws-ec2';
import { facesInternet } from '../../../network/entrance-kinds.ts';
import type { Network } from '../../../network/network.ts';
import type { Ranges } from './network-policies.ts';

/** Addresses that a VPC may have without being reached from the internet (RFC 1918, RFC 6598). */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/**
 * Where load balancer and data stand. Of a new VPC the subnets are known; an existing one tells ids only, and may have
 * more ranges than its first, so every private one is meant.
 */
export function rangesOf(deployment: Deployment, { subnets }: Network): Ranges {
  return {
    loadBalancer:
      rangesOfSubnets(facesInternet(deployment) ? subnets.public : subnets.private) ?? vpcRanges(deployment),
    data: rangesOfSubnets(subnets.data) ?? vpcRanges(deployment),
    loadTest: deployment.helpers.fakeLlm ? (rangesOfSubnets(subnets.private) ?? vpcRanges(deployment)) : [],
  };
}

function vpcRanges({ network: { vpc } }: Deployment): readonly string[] {
  return vpc.kind === 'new' ? [vpc.cidr] : privateRanges;
}

function rangesOfSubnets(subnets: readonly ISubnet[]): readonly string[] | undefined {
  const known = subnets.flatMap((subnet) => rangeOf(subnet) ?? []);
  return known.length > 0 && known.length === subnets.length ? known : undefined;
}

/** CDK throws where a subnet is known by its id alone. */
function rangeOf(subnet: ISubnet): string | undefined {
  try {
    return subnet.ipv4CidrBlock;
  } catch {
    return undefined;
  }
}
