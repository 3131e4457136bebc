import { cidr, flag, listOf, oneOf, text, whole } from '../variable-types.ts';

const subnetId = text(/^subnet-[0-9a-f]{8,17}$/, 'ids of subnets (subnet-…), comma-separated');

/** The VPC and the ways out of it. */
export const networkVariables = {
  EXISTING_VPC_ID: text(/^vpc-[0-9a-f]{8,17}$/, 'the id of a VPC (vpc-…)')
    .optional()
    .describe('A VPC to deploy into; unset: a new one is made.'),
  EXISTING_VPC_CIDR: cidr
    .optional()
    .describe(
      'The IPv4 block of that VPC. With zones and private subnets given too, nothing is looked up; with none of these, all is.',
    ),
  EXISTING_VPC_AVAILABILITY_ZONES: listOf(
    text(/^[a-z]{2}(?:-[a-z]+)+-\d[a-z]$/, 'names of availability zones such as eu-west-1a, comma-separated'),
  )
    .default([])
    .describe('Its availability zones, two or more, in the order of the subnets.'),
  EXISTING_PUBLIC_SUBNET_IDS: listOf(subnetId)
    .default([])
    .describe('Its public subnets, one per zone; unset: it has none.'),
  EXISTING_PRIVATE_SUBNET_IDS: listOf(subnetId).default([]).describe('Its private subnets, one per zone.'),
  EXISTING_PRIVATE_ROUTE_TABLE_IDS: listOf(text(/^rtb-[0-9a-f]{8,17}$/, 'ids of route tables (rtb-…), comma-separated'))
    .default([])
    .describe(
      'Route tables of its private subnets, in their order, for the gateway endpoints of S3 and DynamoDB; unset: it has these endpoints, or goes without.',
    ),
  VPC_CIDR: cidr.default('10.0.0.0/16').describe('The IPv4 block of a new VPC, from /16 to /21.'),
  AVAILABILITY_ZONES: whole(2, 3).default(2).describe('How many availability zones a new VPC has.'),
  NAT_GATEWAYS: whole(1, 3)
    .optional()
    .describe('NAT gateways of a new VPC; unset: one, in production one per zone. Each has its price by the hour.'),
  DISABLE_OUTBOUND_NETWORK_ACCESS: flag
    .default(false)
    .describe(
      'Whether nothing can call the internet: no NAT, everything of AWS by VPC endpoints, every image from ECR.',
    ),
  VPC_ENDPOINTS: oneOf(['all', 'bedrock', 'none'])
    .optional()
    .describe(
      'Interface endpoints, each with its price by the hour and zone: all services that are used, the one that prompts and answers go by (bedrock), or none. Unset: bedrock; all where there is no way out.',
    ),
  CREATE_VPC_ENDPOINTS_IN_EXISTING_VPC: flag
    .default(false)
    .describe('Whether an existing VPC gets them too; false: it has its own, or a way out.'),
};
