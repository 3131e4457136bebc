import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../gateway-config.ts';
import type { ImagePins } from './fault.ts';
import { readDeployment } from './read-deployment.ts';

type Env = Record<string, string>;

type More = { stage?: string; region?: string; imagePins?: ImagePins; folder?: string };

function problems(env: Env, more: More = {}): readonly string[] {
  try {
    readDeployment({ stage: 'test', region: 'eu-west-1', env, ...more });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const certificate = (region: string) =>
  `arn:aws:acm:${region}:111122223333:certificate/11111111-1111-1111-1111-111111111111`;
const named: Env = { USE_ROUTE53: 'true', HOSTED_ZONE_NAME: 'example.com', RECORD_NAME: 'ai' };
const second: Env = { ...named, CERTIFICATE_ARN: certificate('us-east-1') };
const third: Env = { ...named, USE_CLOUDFRONT: 'false', CERTIFICATE_ARN: certificate('eu-west-1') };
const fourth: Env = { ...third, PUBLIC_LOAD_BALANCER: 'false' };
const closed: Env = { DISABLE_OUTBOUND_NETWORK_ACCESS: 'true' };
const vpc: Env = { EXISTING_VPC_ID: 'vpc-0123456789abcdef0' };
const described: Env = {
  ...vpc,
  EXISTING_VPC_CIDR: '10.1.0.0/16',
  EXISTING_VPC_AVAILABILITY_ZONES: 'eu-west-1a,eu-west-1b',
  EXISTING_PRIVATE_SUBNET_IDS: 'subnet-00000001,subnet-00000002',
};
const eks: Env = { DEPLOYMENT_PLATFORM: 'EKS' };
const cluster: Env = {
  ...eks,
  ...vpc,
  EXISTING_EKS_CLUSTER_NAME: 'shared',
  EKS_KUBECTL_ROLE_ARN: 'arn:aws:iam::111122223333:role/kubectl',
  EKS_OIDC_PROVIDER_ARN: 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC',
  EKS_CLUSTER_SECURITY_GROUP_ID: 'sg-0123456789abcdef0',
};
const without = (env: Env, name: string): Env =>
  Object.fromEntries(Object.entries(env).filter(([each]) => each !== name));
const acl = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/mine/11111111-1111-1111-1111-111111111111';
const issuer = (more: object) =>
  JSON.stringify([{ name: 'main', issuer: 'https://id.example.com', audiences: ['api'], ...more }]);
const localFolder = new URL('../../../local', import.meta.url).pathname;
const digest = `x@sha256:${'a'.repeat(64)}`;
const pins: ImagePins = {
  node: { digest: `sha256:${'a'.repeat(64)}` },
  litellm: { digest: `sha256:${'b'.repeat(64)}` },
};

/** What is wrong, and how each complaint begins: with the variable to mend. */
const rows: [string, Env, string[], More?][] = [
  // The scenarios.
  ['CloudFront and a private load balancer', { PUBLIC_LOAD_BALANCER: 'false' }, ['PUBLIC_LOAD_BALANCER is false']],
  ['the same with a name', { ...second, PUBLIC_LOAD_BALANCER: 'false' }, ['PUBLIC_LOAD_BALANCER is false']],
  ['neither CloudFront nor a name', { USE_CLOUDFRONT: 'false' }, ['USE_ROUTE53 is false']],
  ['the same in private', { USE_CLOUDFRONT: 'false', PUBLIC_LOAD_BALANCER: 'false' }, ['USE_ROUTE53 is false']],
  [
    'scenario 2 alone',
    { USE_ROUTE53: 'true' },
    ['HOSTED_ZONE_NAME is not', 'RECORD_NAME is not', 'CERTIFICATE_ARN is not'],
  ],
  [
    'a name that is not used',
    { RECORD_NAME: 'ai', HOSTED_ZONE_NAME: 'example.com' },
    ['HOSTED_ZONE_NAME is set', 'RECORD_NAME is set'],
  ],
  ['a record outside of its zone', { ...second, RECORD_NAME: 'ai.example.org' }, ['RECORD_NAME is outside']],
  [
    'a record of a zone that only ends alike',
    { ...second, RECORD_NAME: 'ai.myexample.com' },
    ['RECORD_NAME is outside'],
  ],
  [
    'a certificate that CloudFront does not take',
    { ...second, CERTIFICATE_ARN: certificate('eu-west-1') },
    ['CERTIFICATE_ARN is a certificate of eu-west-1'],
  ],
  [
    'a certificate that the load balancer does not take',
    { ...third, CERTIFICATE_ARN: certificate('us-east-1') },
    ['CERTIFICATE_ARN is a certificate of us-east-1'],
  ],
  [
    'the same in private',
    { ...fourth, CERTIFICATE_ARN: certificate('us-east-1') },
    ['CERTIFICATE_ARN is a certificate of us-east-1'],
  ],
  [
    'a second certificate of the wrong region',
    { ...second, ALB_CERTIFICATE_ARN: certificate('us-east-1') },
    ['ALB_CERTIFICATE_ARN is a certificate'],
  ],
  [
    'a second certificate that nobody shows',
    { ...third, ALB_CERTIFICATE_ARN: certificate('eu-west-1') },
    ['ALB_CERTIFICATE_ARN is set'],
  ],
  ['allowed addresses behind CloudFront', { ALLOWED_CIDRS: '192.0.2.0/24' }, ['ALLOWED_CIDRS is set']],
  ['the same behind a name', { ...second, ALLOWED_CIDRS: '192.0.2.0/24' }, ['ALLOWED_CIDRS is set']],
  ['a private gateway open to all', { ...fourth, ALLOWED_CIDRS: '0.0.0.0/0' }, ['ALLOWED_CIDRS opens']],
  [
    'a private gateway open to half of them',
    { ...fourth, ALLOWED_CIDRS: '10.0.0.0/8,128.0.0.0/1' },
    ['ALLOWED_CIDRS opens'],
  ],
  ["CloudFront's WAF without one", { CLOUDFRONT_WAF: 'true' }, ['CLOUDFRONT_WAF is true']],
  [
    'a web ACL that is not used',
    { CLOUDFRONT_WAF: 'false', CLOUDFRONT_WEB_ACL_ARN: acl },
    ['CLOUDFRONT_WEB_ACL_ARN is set'],
  ],
  ['a web ACL without CloudFront', { ...third, CLOUDFRONT_WEB_ACL_ARN: acl }, ['CLOUDFRONT_WEB_ACL_ARN is set']],
  ["CloudFront's WAF without CloudFront", { ...third, CLOUDFRONT_WAF: 'true' }, ['CLOUDFRONT_WAF is set']],
  [
    'a regional web ACL',
    { CLOUDFRONT_WEB_ACL_ARN: acl.replace('us-east-1', 'eu-west-1').replace('global', 'regional') },
    ['CLOUDFRONT_WEB_ACL_ARN must be'],
  ],
  [
    'heartbeats slower than CloudFront waits',
    { CLOUDFRONT_READ_TIMEOUT_SECONDS: '15' },
    ['CLOUDFRONT_READ_TIMEOUT_SECONDS is not longer'],
  ],
  ['the same by the heartbeats', { GATEWAY_HEARTBEAT_MS: '60000' }, ['CLOUDFRONT_READ_TIMEOUT_SECONDS is not longer']],

  // The network.
  [
    'half of a VPC',
    { ...vpc, EXISTING_VPC_CIDR: '10.1.0.0/16' },
    ['EXISTING_VPC_AVAILABILITY_ZONES is not', 'EXISTING_PRIVATE_SUBNET_IDS is not'],
  ],
  ['parts of no VPC', { EXISTING_VPC_CIDR: '10.1.0.0/16' }, ['EXISTING_VPC_CIDR is set']],
  [
    'one zone',
    { ...described, EXISTING_VPC_AVAILABILITY_ZONES: 'eu-west-1a', EXISTING_PRIVATE_SUBNET_IDS: 'subnet-00000001' },
    ['EXISTING_VPC_AVAILABILITY_ZONES has one'],
  ],
  ['zones of another region', described, ['EXISTING_VPC_AVAILABILITY_ZONES has to'], { region: 'eu-west-2' }],
  [
    'fewer subnets than zones',
    { ...described, EXISTING_PRIVATE_SUBNET_IDS: 'subnet-00000001' },
    ['EXISTING_PRIVATE_SUBNET_IDS has 1'],
  ],
  [
    'a subnet twice',
    { ...described, EXISTING_PRIVATE_SUBNET_IDS: 'subnet-00000001,subnet-00000001' },
    ['EXISTING_PRIVATE_SUBNET_IDS names'],
  ],
  [
    'more public subnets than zones',
    { ...described, EXISTING_PUBLIC_SUBNET_IDS: 'subnet-00000003' },
    ['EXISTING_PUBLIC_SUBNET_IDS has 1'],
  ],
  [
    'fewer route tables than subnets',
    { ...described, EXISTING_PRIVATE_ROUTE_TABLE_IDS: 'rtb-00000001' },
    ['EXISTING_PRIVATE_ROUTE_TABLE_IDS has 1'],
  ],
  [
    'endpoints without route tables',
    { ...described, ...closed, CREATE_VPC_ENDPOINTS_IN_EXISTING_VPC: 'true' },
    ['EXISTING_PRIVATE_ROUTE_TABLE_IDS is not'],
  ],
  ['a public load balancer without public subnets', { ...third, ...described }, ['EXISTING_PUBLIC_SUBNET_IDS is not']],
  [
    'the same behind CloudFront',
    { ...described, CLOUDFRONT_VPC_ORIGIN: 'false' },
    ['EXISTING_PUBLIC_SUBNET_IDS is not'],
  ],
  [
    'the same behind a name',
    { ...second, ...described, CLOUDFRONT_VPC_ORIGIN: 'false' },
    ['EXISTING_PUBLIC_SUBNET_IDS is not'],
  ],
  ['a VPC that is too large', { VPC_CIDR: '10.0.0.0/8' }, ['VPC_CIDR is a /8']],
  ['a VPC that is too small', { VPC_CIDR: '10.0.0.0/24' }, ['VPC_CIDR is a /24']],
  [
    'a block that does not start at its start',
    { VPC_CIDR: '10.0.0.1/16' },
    ['VPC_CIDR must start at the first address of its block: 10.0.0.0/16'],
  ],
  [
    'three zones where there are two',
    { AVAILABILITY_ZONES: '3' },
    ['AVAILABILITY_ZONES is 3'],
    { region: 'us-west-1' },
  ],
  ['more NAT gateways than zones', { NAT_GATEWAYS: '3' }, ['NAT_GATEWAYS is more']],
  ['NAT gateways without a way out', { ...closed, NAT_GATEWAYS: '1' }, ['NAT_GATEWAYS is set']],
  ['few endpoints without a way out', { ...closed, VPC_ENDPOINTS: 'bedrock' }, ['VPC_ENDPOINTS is bedrock']],

  // No way out.
  ['a provider without a way out', { ...closed, OPENAI_API_KEY: 'sk-1' }, ['OPENAI_API_KEY is set']],
  [
    'logs elsewhere without a way out',
    { ...closed, LANGFUSE_HOST: 'https://logs.example.com' },
    ['LANGFUSE_HOST is set'],
  ],
  [
    'an image of elsewhere without a way out',
    { ...closed, GATEWAY_IMAGE: `ghcr.io/${digest}` },
    ['GATEWAY_IMAGE is not in ECR'],
  ],
  [
    "an image of another region's ECR",
    { ...closed, LITELLM_IMAGE: `111122223333.dkr.ecr.us-east-1.amazonaws.com/${digest}` },
    ['LITELLM_IMAGE is not in ECR'],
  ],
  ['another region without a way out', { ...closed, BEDROCK_REGIONS: 'us-east-1' }, ['BEDROCK_REGIONS names']],
  ['EKS without a way out, without a chart', { ...eks, ...closed }, ['EKS_ALB_CONTROLLER_CHART is not']],
  [
    'the same for add-ons in a cluster',
    { ...cluster, ...closed, INSTALL_ADD_ONS_IN_EXISTING_EKS_CLUSTER: 'true' },
    ['EKS_ALB_CONTROLLER_CHART is not'],
  ],
  [
    'an issuer by discovery without a way out',
    { ...closed, OIDC_ISSUERS: issuer({}) },
    ['OIDC_ISSUERS: the keys of the issuer "main"'],
  ],
  [
    'an issuer by URL without a way out',
    { ...closed, OIDC_ISSUERS: issuer({ jwksUri: 'https://id.example.com/keys' }) },
    ['OIDC_ISSUERS: the keys of'],
  ],
  [
    'Okta without a way out',
    { ...closed, OKTA_ISSUER: 'https://id.example.com', OKTA_AUDIENCE: 'api' },
    ['OKTA_ISSUER: the keys of'],
  ],

  // The platform.
  ['a cluster for ECS', { ...vpc, EXISTING_EKS_CLUSTER_NAME: 'shared' }, ['EXISTING_EKS_CLUSTER_NAME is set']],
  ['a cluster without a VPC', without(cluster, 'EXISTING_VPC_ID'), ['EXISTING_VPC_ID is not']],
  ['a cluster without its role', without(cluster, 'EKS_KUBECTL_ROLE_ARN'), ['EKS_KUBECTL_ROLE_ARN is not']],
  ['a cluster without its provider', without(cluster, 'EKS_OIDC_PROVIDER_ARN'), ['EKS_OIDC_PROVIDER_ARN is not']],
  [
    'a cluster without its group',
    without(cluster, 'EKS_CLUSTER_SECURITY_GROUP_ID'),
    ['EKS_CLUSTER_SECURITY_GROUP_ID is not'],
  ],
  [
    'parts of no cluster',
    { ...eks, EKS_CLUSTER_SECURITY_GROUP_ID: 'sg-0123456789abcdef0' },
    ['EKS_CLUSTER_SECURITY_GROUP_ID is set'],
  ],
  ['an API server for everybody', { ...eks, EKS_API_ALLOWED_CIDRS: '0.0.0.0/0' }, ['EKS_API_ALLOWED_CIDRS opens']],
  ['nodes that are too small', { ...eks, EKS_ARM_INSTANCE_TYPE: 't4g.small' }, ['EKS_ARM_INSTANCE_TYPE has 2 GiB']],
  ['pods that are too large', { ...eks, LITELLM_MEMORY_MIB: '4096' }, ['EKS_ARM_INSTANCE_TYPE has 4 GiB']],
  ['nodes of another kind', { ...eks, EKS_ARM_INSTANCE_TYPE: 'm7i.large' }, ['EKS_ARM_INSTANCE_TYPE is m7i.large']],

  // Sizes.
  ['fewer at first than at least', { DESIRED_CAPACITY: '1' }, ['DESIRED_CAPACITY is 1']],
  ['more at first than at most', { DESIRED_CAPACITY: '5' }, ['DESIRED_CAPACITY is 5']],
  [
    'a task that Fargate does not have',
    { GATEWAY_VCPUS: '4' },
    ['GATEWAY_MEMORY_MIB is 1024, and must be from 8192 to 30720'],
  ],
  ["LiteLLM's task likewise", { ECS_VCPUS: '1', LITELLM_MEMORY_MIB: '1024' }, ['LITELLM_MEMORY_MIB is 1024']],
  [
    'a quarter with one and a half GiB',
    { GATEWAY_VCPUS: '0.25', GATEWAY_MEMORY_MIB: '1536' },
    ['GATEWAY_MEMORY_MIB is 1536'],
  ],
  ['processors that Fargate does not sell', { ECS_VCPUS: '3' }, ['ECS_VCPUS must be 0.25']],
  [
    'more connections than Postgres takes',
    { MAX_CAPACITY: '8' },
    ['RDS_INSTANCE_CLASS db.t4g.small takes 170 connections, and 280 may be opened'],
  ],
  ['the same by larger pools', { DATABASE_POOL_SIZE: '20' }, ['RDS_INSTANCE_CLASS db.t4g.small']],
  ['the same by a smaller instance', { RDS_INSTANCE_CLASS: 'db.t4g.micro' }, ['RDS_INSTANCE_CLASS db.t4g.micro']],
  ['an instance that nobody knows', { RDS_INSTANCE_CLASS: 'db.z9.large' }, ['RDS_INSTANCE_CLASS is of a family']],
  [
    'a log retention that CloudWatch does not have',
    { LOG_RETENTION_DAYS: '100' },
    ['LOG_RETENTION_DAYS must be one of'],
  ],

  // Production.
  [
    'production of what is another one tomorrow',
    {},
    ['GATEWAY_IMAGE is not set', 'LITELLM_IMAGE is not set'],
    { stage: 'prod' },
  ],
  ['production by another name', { PRODUCTION: 'true' }, ['GATEWAY_IMAGE is not set', 'LITELLM_IMAGE is not set']],
  [
    'production with one pin',
    {},
    ['LITELLM_IMAGE is not set'],
    { stage: 'production', imagePins: { ...pins, litellm: { digest: null } } },
  ],
  [
    'production of an image by its tag',
    { GATEWAY_IMAGE: 'repo/gateway:v1' },
    ['GATEWAY_IMAGE names an image by its tag'],
    { stage: 'prod', imagePins: pins },
  ],

  // Place and words.
  [
    'a region without a list of models',
    {},
    ['MODEL_CONFIG_FILE is not set, and the region ap-south-1'],
    { region: 'ap-south-1' },
  ],
  ['a region that is none', {}, ['The region "moon" is none'], { region: 'moon' }],
  ['a stage that is no name', {}, ['The stage "Prod" is not usable'], { stage: 'Prod' }],
  ['a stage that is too long', {}, ['The stage "a-very-long-stage-name" is'], { stage: 'a-very-long-stage-name' }],
  ['a stage with two hyphens', {}, ['The stage "a--b" is not usable'], { stage: 'a--b' }],
  ['what is neither true nor false', { USE_CLOUDFRONT: 'yes' }, ['USE_CLOUDFRONT must be true or false']],
  ['an address that is none', { ALARM_EMAIL: 'ops' }, ['ALARM_EMAIL must be an address']],
  ['an image without tag and digest', { GATEWAY_IMAGE: 'repo/gateway' }, ['GATEWAY_IMAGE must be an image with a tag']],
  [
    'what the stacks set',
    { DATABASE_URL: 'postgresql://x', LITELLM_MASTER_KEY: 'sk-1' },
    ['DATABASE_URL cannot be set', 'LITELLM_MASTER_KEY cannot be set'],
  ],
  ["what the gateway's own reader refuses", { LOG_LEVEL: 'loud' }, ['LOG_LEVEL ']],
  [
    'a log without the lines that metrics are made from',
    { LOG_LEVEL: 'warn' },
    ['LOG_LEVEL must be info, debug, trace'],
  ],
  [
    'a wait that the load balancer does not stand',
    { UPSTREAM_FIRST_BYTE_TIMEOUT_MS: '3970001' },
    ['UPSTREAM_FIRST_BYTE_TIMEOUT_MS must be at most 3970000'],
  ],
  [
    "what the gateway's own reader finds contradictory",
    { UNKNOWN_PRICE: 'ceiling' },
    ['UNKNOWN_PRICE is ceiling', 'UNKNOWN_PRICE is ceiling'],
  ],
  [
    'a page of anywhere',
    { CORS_ALLOWED_ORIGINS: 'https://chat.example.com,*' },
    ['CORS_ALLOWED_ORIGINS does not take'],
  ],
  [
    'a model list that is not there',
    { MODEL_CONFIG_FILE: 'nowhere.yaml' },
    ['MODEL_CONFIG_FILE is nowhere.yaml'],
    { folder: tmpdir() },
  ],
  [
    'a chart that is not there',
    { ...eks, EKS_ALB_CONTROLLER_CHART: '/nowhere.tgz' },
    ['EKS_ALB_CONTROLLER_CHART is /nowhere.tgz'],
    { folder: tmpdir() },
  ],
  [
    'an issuer without an audience',
    { OKTA_ISSUER: 'https://id.example.com' },
    ['OKTA_ISSUER is set, so OKTA_AUDIENCE'],
  ],
];

test.each<[string, Env, string[], More?]>(rows)('%s is refused', (_, env, beginnings, more) => {
  const found = problems(env, more);
  expect(found.map((problem, index) => problem.slice(0, beginnings[index]?.length ?? 60))).toEqual(beginnings);
});

test('an issuer whose keys are in a file is refused: the file is not in the container', () => {
  const jwksFile = join(mkdtempSync(join(tmpdir(), 'keys-')), 'keys.json');
  writeFileSync(jwksFile, JSON.stringify({ keys: [] }));
  expect(problems({ OIDC_ISSUERS: issuer({ jwksFile }) })).toEqual([expect.stringContaining('Put them into "jwks"')]);
});

describe('what looks alike and is right', () => {
  test.each<[string, Env, More?]>([
    ['scenario 2', second],
    ['scenario 3', third],
    ['scenario 4', fourth],
    ['scenario 4 with a VPN', { ...fourth, ALLOWED_CIDRS: '10.0.0.0/8' }],
    ['scenario 3 with a few addresses', { ...third, ALLOWED_CIDRS: '192.0.2.1/32' }],
    ['a described VPC without public subnets, behind CloudFront', described],
    ['a described VPC in private', { ...fourth, ...described }],
    ['an existing cluster without a way out', { ...cluster, ...closed }],
    ['EKS without a way out, with a chart', { ...eks, ...closed, EKS_ALB_CONTROLLER_CHART: 'charts/alb.tgz' }],
    [
      'an image of its own ECR without a way out',
      { ...closed, GATEWAY_IMAGE: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/${digest}` },
    ],
    ['an issuer with its keys, without a way out', { ...closed, OIDC_ISSUERS: issuer({ jwks: { keys: [] } }) }],
    ['its own region without a way out', { ...closed, BEDROCK_REGIONS: 'eu-west-1' }],
    ['another region with a list of its own', { MODEL_CONFIG_FILE: 'mine.yaml' }, { region: 'ap-south-1' }],
    ['pinned production', {}, { stage: 'prod', imagePins: pins }],
    ['production of ready images', { GATEWAY_IMAGE: digest, LITELLM_IMAGE: digest }, { stage: 'prod' }],
    ['many tasks on a large instance', { MAX_CAPACITY: '20', RDS_INSTANCE_CLASS: 'm7g.large' }],
    ['larger pods on larger nodes', { ...eks, LITELLM_MEMORY_MIB: '4096', EKS_ARM_INSTANCE_TYPE: 'm7g.large' }],
    ['a model list that is there', { MODEL_CONFIG_FILE: 'litellm.config.yaml' }, { folder: localFolder }],
    ['a web ACL', { CLOUDFRONT_WEB_ACL_ARN: acl }],
  ])('%s', (_, env, more) => {
    expect(problems(env, more)).toEqual([]);
  });
});

test('every fault is named at once, and what cannot be read is not held against others', () => {
  const found = problems({
    ...third,
    USE_CLOUDFRONT: 'perhaps',
    VPC_CIDR: '10.0.0.0/8',
    MIN_CAPACITY: '0',
    ALARM_EMAIL: '@',
  });
  expect(found.map((each) => each.split(' ')[0])).toEqual([
    'USE_CLOUDFRONT',
    'MIN_CAPACITY',
    'ALARM_EMAIL',
    'VPC_CIDR',
  ]);
});

test('no value that could be a secret is shown', () => {
  const secret = 'sk-very-secret';
  const env: Env = {
    ...closed,
    OPENAI_API_KEY: secret,
    LANGFUSE_SECRET_KEY: secret,
    LITELLM_MASTER_KEY: secret,
    DATABASE_PASSWORD: secret,
    OIDC_ISSUERS: secret,
    ALARM_EMAIL: secret,
    CERTIFICATE_ARN: secret,
  };
  expect(problems(env).length).toBeGreaterThan(6);
  expect(problems(env).join('\n')).not.toContain(secret);
});
