import type { Deployment, ExistingVpcPlan } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import {
  type GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  type IGatewayVpcEndpointService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
} from 'aws-cdk-lib/aws-ec2';
import { dynamoDbPolicy, s3Policies, secretsManagerPolicy } from './endpoint-policies.ts';
import type { Network } from './network.ts';
import { zoneNamesAreKnown } from './new-vpc.ts';

type Made = Pick<Network, 'vpc' | 'subnets' | 'securityGroups'>;

/**
 * Ways to AWS that do not leave the VPC. Those of S3 and DynamoDB cost nothing, so every VPC of ours has them; the
 * others by the plan. An existing VPC gets any only if the plan says so.
 */
export function buildEndpoints(stack: Stack, deployment: Deployment, made: Made): Network['endpoints'] {
  const { network } = deployment;
  // What else is in a VPC that was there before uses them too, for what we do not know.
  const isOurs = network.vpc.kind === 'new';
  if (isOurs || (network.endpoints !== 'none' && routesAreKnown(network.vpc))) {
    const s3 = gatewayEndpoint(made, 'S3', GatewayVpcEndpointAwsService.S3);
    // With a way out, images of other registries and files of other accounts are fetched from S3 too.
    if (network.outbound === 'none' && isOurs) for (const statement of s3Policies(stack)) s3.addToPolicy(statement);
    const dynamoDb = gatewayEndpoint(made, 'DynamoDb', GatewayVpcEndpointAwsService.DYNAMODB);
    if (isOurs) dynamoDb.addToPolicy(dynamoDbPolicy(stack));
  }
  return Object.fromEntries(
    interfaceServices(deployment).map((service) => [service, interfaceEndpoint(stack, deployment, made, service)]),
  );
}

function routesAreKnown({ parts }: ExistingVpcPlan): boolean {
  return parts === undefined || parts.privateRouteTableIds.length > 0;
}

/** What calls AWS is in the private subnets; stored data calls nothing. */
function gatewayEndpoint({ vpc, subnets }: Made, id: string, service: IGatewayVpcEndpointService): GatewayVpcEndpoint {
  return vpc.addGatewayEndpoint(id, { service, subnets: [{ subnets: [...subnets.private] }] });
}

/** Prompts and answers go by the first; by the others what is read now and then. */
const bedrock = ['bedrock-runtime', 'bedrock', 'bedrock-agent'] as const;
/** `ecr.*`: images; `sts`: roles of other accounts; `lambda`, `elasticache`: functions that go on, and rotate the cache's user. */
const services = [
  'lambda',
  'elasticache',
  'secretsmanager',
  'ecr.api',
  'ecr.dkr',
  'logs',
  'monitoring',
  'sts',
  'kms',
  'sagemaker.runtime',
] as const;
/** By which LiteLLM's tasks are started anew when its secrets have rotated. */
const fargate = ['ecs'] as const;
/** A shell in a container or on a machine. */
const sessionManager = ['ssm', 'ssmmessages', 'ec2messages'] as const;
/** Nodes and pods; `elasticloadbalancing` and `wafv2`: the controller of load balancers. */
const kubernetes = ['eks', 'eks-auth', 'ec2', 'autoscaling', 'elasticloadbalancing', 'wafv2'] as const;

/**
 * The services with an interface endpoint. Those of ECS's agents are not among them: tasks on Fargate do not use them
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html, as of 2026-11-23).
 */
function interfaceServices({
  network,
  platform,
  helpers,
}: Pick<Deployment, 'network' | 'platform' | 'helpers'>): readonly string[] {
  if (network.endpoints === 'none') return [];
  if (network.endpoints === 'bedrock') return bedrock.slice(0, 1);
  const needsSessions = platform.kind === 'eks' || helpers.jumpHost;
  return [
    ...bedrock,
    ...services,
    ...(needsSessions ? sessionManager : (['ssmmessages'] as const)),
    ...(platform.kind === 'eks' ? kubernetes : fargate),
  ];
}

function interfaceEndpoint(
  stack: Stack,
  deployment: Deployment,
  { vpc, subnets, securityGroups }: Made,
  service: string,
): InterfaceVpcEndpoint {
  const endpoint = new InterfaceVpcEndpoint(stack, `Endpoint-${service}`, {
    vpc,
    service: new InterfaceVpcEndpointAwsService(service),
    subnets: { subnets: [...subnets.private] },
    securityGroups: [securityGroups.endpoints],
    open: false,
    privateDnsEnabled: true,
    // Not in every zone, and CDK can ask in which, if it knows our zones by name.
    lookupSupportedAzs: service === 'bedrock-agent' && zoneNamesAreKnown(deployment),
  });
  if (service === 'secretsmanager' && deployment.network.vpc.kind === 'new')
    endpoint.addToPolicy(secretsManagerPolicy(stack));
  return endpoint;
}
