import { type Check, faultIf } from '../fault.ts';
import { litellmMemoryMib, memoryGibOf } from '../sizes.ts';
import { parseCidr } from '../variable-types.ts';

const CLUSTER = 'EXISTING_EKS_CLUSTER_NAME' as const;
const OF_THE_CLUSTER = ['EKS_KUBECTL_ROLE_ARN', 'EKS_OIDC_PROVIDER_ARN', 'EKS_CLUSTER_SECURITY_GROUP_ID'] as const;

export const checkEks: Check = ({ variables }) => {
  const isEks = variables.DEPLOYMENT_PLATFORM === 'EKS';
  const name = variables[CLUSTER];
  const platform = 'DEPLOYMENT_PLATFORM' as const;
  if (!isEks) {
    return [
      faultIf(
        name !== undefined,
        [CLUSTER, platform],
        `${CLUSTER} is set, and ${platform} is ECS. Set ${platform}=EKS, or unset it.`,
      ),
    ];
  }
  return [
    ...OF_THE_CLUSTER.map((each) =>
      faultIf(
        name !== undefined && variables[each] === undefined,
        [each, CLUSTER],
        `${each} is not set, and ${CLUSTER} is. An existing cluster is known by its kubectl role, its OIDC provider and its security group: set all three.`,
      ),
    ),
    ...OF_THE_CLUSTER.map((each) =>
      faultIf(
        name === undefined && variables[each] !== undefined,
        [each, CLUSTER],
        `${each} is set, and ${CLUSTER} is not. Name the cluster, or unset it: a new cluster has its own.`,
      ),
    ),
    faultIf(
      name !== undefined && variables.EXISTING_VPC_ID === undefined,
      ['EXISTING_VPC_ID', CLUSTER],
      `EXISTING_VPC_ID is not set, and ${CLUSTER} is. Name the VPC that the cluster is in.`,
    ),
    faultIf(
      variables.EKS_API_ALLOWED_CIDRS.some((each) => (parseCidr(each)?.bits ?? 32) < 8),
      ['EKS_API_ALLOWED_CIDRS'],
      'EKS_API_ALLOWED_CIDRS opens the API server of the cluster to the internet. Name the addresses of your network, /8 or smaller, or unset it.',
    ),
  ];
};

/** Pods that no node of the chosen type could take. */
export const checkNodes: Check = ({ variables }) => {
  if (variables.DEPLOYMENT_PLATFORM !== 'EKS' || variables[CLUSTER] !== undefined) return [];
  const isArm = variables.CPU_ARCHITECTURE === 'arm';
  const name = isArm ? 'EKS_ARM_INSTANCE_TYPE' : 'EKS_X86_INSTANCE_TYPE';
  const memoryGib = memoryGibOf(variables[name]);
  // What Kubernetes and the daemons of a node keep for themselves.
  const roomMib = memoryGib === undefined ? Number.POSITIVE_INFINITY : memoryGib * 1_024 - 1_024;
  const largest = Math.max(litellmMemoryMib(variables), variables.GATEWAY_MEMORY_MIB);
  return [
    faultIf(
      largest > roomMib,
      [name, 'LITELLM_MEMORY_MIB', 'GATEWAY_MEMORY_MIB', 'CPU_ARCHITECTURE', 'DEPLOYMENT_PLATFORM'],
      `${name} has ${memoryGib} GiB, of which a pod of ${largest} MiB finds no room beside what a node needs itself. Take a larger type, or lower LITELLM_MEMORY_MIB and GATEWAY_MEMORY_MIB.`,
    ),
    faultIf(
      isArmType(variables[name]) !== isArm,
      [name, 'CPU_ARCHITECTURE', 'DEPLOYMENT_PLATFORM'],
      `${name} is ${variables[name]}, which has other processors than CPU_ARCHITECTURE says. Graviton types have a g after their generation, such as t4g.medium.`,
    ),
  ];
};

function isArmType(instanceType: string): boolean {
  return /^(?:[a-z]+\d+g|a1)/.test(instanceType);
}
