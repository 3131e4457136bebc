import { type Check, faultIf } from '../fault.ts';
import { parseCidr } from '../variable-types.ts';
import { providerKeyNames, type VariableName, type Variables } from '../variables.ts';
import { isOnTheInternet, scenarioOf } from './entrance-checks.ts';

const PARTS = ['EXISTING_VPC_CIDR', 'EXISTING_VPC_AVAILABILITY_ZONES', 'EXISTING_PRIVATE_SUBNET_IDS'] as const;

const isSet = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0);

/** Whether an existing VPC is described, so that nothing has to be looked up. */
export function hasParts(variables: Variables): boolean {
  return PARTS.every((name) => isSet(variables[name]));
}

export const checkExistingVpc: Check = ({ variables, region }) => {
  const all = [...PARTS, 'EXISTING_PUBLIC_SUBNET_IDS', 'EXISTING_PRIVATE_ROUTE_TABLE_IDS'] as const;
  const givenParts = all.filter((name) => isSet(variables[name]));
  if (variables.EXISTING_VPC_ID === undefined) {
    return givenParts.map((name) => ({
      about: [name, 'EXISTING_VPC_ID'],
      says: `${name} is set, and EXISTING_VPC_ID is not. Name the VPC, or unset it: a new VPC has subnets of its own.`,
    }));
  }
  if (givenParts.length === 0) return [];
  const zones = variables.EXISTING_VPC_AVAILABILITY_ZONES;
  const [publicIds, privateIds] = [variables.EXISTING_PUBLIC_SUBNET_IDS, variables.EXISTING_PRIVATE_SUBNET_IDS];
  const tables = variables.EXISTING_PRIVATE_ROUTE_TABLE_IDS;
  return [
    ...PARTS.filter((name) => !isSet(variables[name])).map((name) => ({
      about: all,
      says: `${name} is not set, and ${givenParts[0]} is. Describe the VPC by block, zones and private subnets, or set none of them and all is looked up.`,
    })),
    faultIf(
      zones.length === 1,
      ['EXISTING_VPC_AVAILABILITY_ZONES'],
      'EXISTING_VPC_AVAILABILITY_ZONES has one zone. Load balancer and database need two or three.',
    ),
    faultIf(
      zones.some((zone) => zone.slice(0, -1) !== region) || new Set(zones).size < zones.length,
      ['EXISTING_VPC_AVAILABILITY_ZONES', 'region'],
      `EXISTING_VPC_AVAILABILITY_ZONES has to name zones of ${region}, each once.`,
    ),
    faultIf(
      zones.length > 0 && privateIds.length > 0 && privateIds.length !== zones.length,
      ['EXISTING_PRIVATE_SUBNET_IDS', 'EXISTING_VPC_AVAILABILITY_ZONES'],
      `EXISTING_PRIVATE_SUBNET_IDS has ${privateIds.length} subnets for ${zones.length} zones. Name one per zone, in the order of the zones.`,
    ),
    faultIf(
      publicIds.length > 0 && zones.length > 0 && publicIds.length !== zones.length,
      ['EXISTING_PUBLIC_SUBNET_IDS', 'EXISTING_VPC_AVAILABILITY_ZONES'],
      `EXISTING_PUBLIC_SUBNET_IDS has ${publicIds.length} subnets for ${zones.length} zones. Name one per zone, in the order of the zones, or none.`,
    ),
    faultIf(
      tables.length > 0 && privateIds.length > 0 && tables.length !== privateIds.length,
      ['EXISTING_PRIVATE_ROUTE_TABLE_IDS', 'EXISTING_PRIVATE_SUBNET_IDS'],
      `EXISTING_PRIVATE_ROUTE_TABLE_IDS has ${tables.length} route tables for ${privateIds.length} subnets. Name one for each, in the order of the subnets; subnets may share one.`,
    ),
    faultIf(
      tables.length === 0 &&
        variables.DISABLE_OUTBOUND_NETWORK_ACCESS &&
        variables.CREATE_VPC_ENDPOINTS_IN_EXISTING_VPC,
      ['EXISTING_PRIVATE_ROUTE_TABLE_IDS', 'DISABLE_OUTBOUND_NETWORK_ACCESS', 'CREATE_VPC_ENDPOINTS_IN_EXISTING_VPC'],
      'EXISTING_PRIVATE_ROUTE_TABLE_IDS is not set, and without outbound access S3 (images, configuration) and DynamoDB are reached by gateway endpoints, which stand in route tables. Name one for each private subnet.',
    ),
    faultIf(
      new Set([...publicIds, ...privateIds]).size < publicIds.length + privateIds.length,
      ['EXISTING_PRIVATE_SUBNET_IDS', 'EXISTING_PUBLIC_SUBNET_IDS'],
      'EXISTING_PRIVATE_SUBNET_IDS names a subnet twice, or one that EXISTING_PUBLIC_SUBNET_IDS has too. Name each once.',
    ),
    faultIf(
      publicIds.length === 0 && isOnTheInternet(scenarioOf(variables), variables),
      ['EXISTING_PUBLIC_SUBNET_IDS', 'USE_CLOUDFRONT', 'CLOUDFRONT_VPC_ORIGIN'],
      'EXISTING_PUBLIC_SUBNET_IDS is not set, and the load balancer of this scenario stands on the internet. Name public subnets, or set CLOUDFRONT_VPC_ORIGIN=true, or take scenario 4.',
    ),
  ];
};

/**
 * Regions where an account sees two zones alone.
 * Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html (as of 2026-11-23).
 */
const TWO_ZONES: readonly string[] = ['us-west-1'];

export const checkNewVpc: Check = ({ variables, region }) => {
  if (variables.EXISTING_VPC_ID !== undefined) return [];
  const bits = parseCidr(variables.VPC_CIDR)?.bits ?? 16;
  return [
    faultIf(
      bits < 16 || bits > 21,
      ['VPC_CIDR', 'EXISTING_VPC_ID'],
      `VPC_CIDR is a /${bits}. A VPC takes /16 at the largest, and subnets for tasks, nodes and data in three zones need /21 at the smallest.`,
    ),
    faultIf(
      variables.AVAILABILITY_ZONES > 2 && TWO_ZONES.includes(region),
      ['AVAILABILITY_ZONES', 'EXISTING_VPC_ID', 'region'],
      `AVAILABILITY_ZONES is ${variables.AVAILABILITY_ZONES}, and accounts have two in ${region}. Set 2.`,
    ),
    faultIf(
      variables.NAT_GATEWAYS !== undefined && variables.NAT_GATEWAYS > variables.AVAILABILITY_ZONES,
      ['NAT_GATEWAYS', 'AVAILABILITY_ZONES'],
      'NAT_GATEWAYS is more than AVAILABILITY_ZONES. One per zone is the most that is used.',
    ),
  ];
};

/** Everything that needs the internet, where there is no way to it. */
export const checkOutbound: Check = ({ variables, region }) => {
  if (!variables.DISABLE_OUTBOUND_NETWORK_ACCESS) return [];
  const closed = 'DISABLE_OUTBOUND_NETWORK_ACCESS' as const;
  const leavesByKey: readonly VariableName[] = [...providerKeyNames, 'LANGFUSE_PUBLIC_KEY', 'LANGFUSE_HOST'];
  const ownRegistry = new RegExp(`^\\d{12}\\.dkr\\.ecr\\.${region}\\.amazonaws\\.com/`);
  const isEcs = variables.DEPLOYMENT_PLATFORM === 'ECS';
  const needsController = !isEcs && bringsAddOns(variables);
  return [
    ...leavesByKey.map((name) =>
      faultIf(
        variables[name] !== undefined,
        [name, closed],
        `${name} is set, and ${closed} is true, so what it is for cannot be reached. Unset it, or allow outbound access.`,
      ),
    ),
    ...(['GATEWAY_IMAGE', 'LITELLM_IMAGE'] as const).map((name) =>
      faultIf(
        variables[name] !== undefined && !ownRegistry.test(variables[name]),
        [name, closed, 'region'],
        `${name} is not in ECR of ${region}, and ${closed} is true, so it cannot be fetched. Push it to a repository of your account there, or unset it.`,
      ),
    ),
    faultIf(
      variables.BEDROCK_REGIONS.some((each) => each !== region),
      ['BEDROCK_REGIONS', closed, 'region'],
      `BEDROCK_REGIONS names another region than ${region}, and ${closed} is true: VPC endpoints lead to the own region alone. Unset it; inference profiles reach other regions by themselves.`,
    ),
    faultIf(
      (variables.NAT_GATEWAYS ?? 0) > 0,
      ['NAT_GATEWAYS', closed],
      `NAT_GATEWAYS is set, and ${closed} is true. Unset one of them.`,
    ),
    faultIf(
      variables.VPC_ENDPOINTS !== undefined && variables.VPC_ENDPOINTS !== 'all',
      ['VPC_ENDPOINTS', closed],
      `VPC_ENDPOINTS is ${variables.VPC_ENDPOINTS}, and ${closed} is true, so nothing else of AWS could be reached. Unset it, or set all.`,
    ),
    faultIf(
      needsController && variables.EKS_ALB_CONTROLLER_CHART === undefined,
      ['EKS_ALB_CONTROLLER_CHART', 'DEPLOYMENT_PLATFORM', closed],
      `EKS_ALB_CONTROLLER_CHART is not set, and ${closed} is true, so the chart of the load balancer controller cannot be fetched. Download it (helm pull eks/aws-load-balancer-controller) and name the file.`,
    ),
  ];
};

/** Whether a cluster gets its add-ons and the load balancer controller from us. */
export function bringsAddOns(variables: Variables): boolean {
  return variables.EXISTING_EKS_CLUSTER_NAME === undefined || variables.INSTALL_ADD_ONS_IN_EXISTING_EKS_CLUSTER;
}
