import type { EntrancePlan, PlatformPlan } from '@genai-gateway/config';

export type Platform = PlatformPlan['kind'];
export type Scenario = EntrancePlan['kind'];

/** A deployment that somebody could ask for, said in the variables that a deployer sets. */
export interface Variant {
  /** Such as `ecs-cloudfront-new-nat`. */
  readonly name: string;
  readonly stage: string;
  readonly region: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What `readDeployment` must refuse, and by which words. */
export interface RefusedVariant extends Variant {
  readonly reason: RegExp;
}

export const platforms: readonly Platform[] = ['ecs', 'eks'];
export const scenarios: readonly Scenario[] = ['cloudfront', 'cloudfront-domain', 'direct-alb', 'private'];
const vpcs = ['new', 'existing'] as const;
const outbounds = ['nat', 'none'] as const;

/** A made-up account: nothing here is ever sent to AWS. */
export const account = '111122223333';
const region = 'eu-west-1';
const certificate = (where: string) =>
  `arn:aws:acm:${where}:${account}:certificate/11111111-1111-1111-1111-111111111111`;
const webAcl = `arn:aws:wafv2:us-east-1:${account}:global/webacl/genai-gateway/11111111-1111-1111-1111-111111111111`;

/** A folder that looks like a Helm chart: what it would install is not rendered without a cluster. */
const standInChart = new URL('./stand-in-chart', import.meta.url).pathname;

const entranceEnv: Readonly<Record<Scenario, Readonly<Record<string, string>>>> = {
  cloudfront: { USE_CLOUDFRONT: 'true', USE_ROUTE53: 'false', PUBLIC_LOAD_BALANCER: 'true' },
  'cloudfront-domain': {
    ...{ USE_CLOUDFRONT: 'true', USE_ROUTE53: 'true', PUBLIC_LOAD_BALANCER: 'true' },
    ...{ HOSTED_ZONE_NAME: 'example.com', HOSTED_ZONE_ID: 'Z0123456789EXAMPLE', RECORD_NAME: 'ai.example.com' },
    CERTIFICATE_ARN: certificate('us-east-1'),
  },
  'direct-alb': {
    ...{ USE_CLOUDFRONT: 'false', USE_ROUTE53: 'true', PUBLIC_LOAD_BALANCER: 'true' },
    ...{ HOSTED_ZONE_NAME: 'example.com', HOSTED_ZONE_ID: 'Z0123456789EXAMPLE', RECORD_NAME: 'ai.example.com' },
    CERTIFICATE_ARN: certificate(region),
  },
  private: {
    ...{ USE_CLOUDFRONT: 'false', USE_ROUTE53: 'true', PUBLIC_LOAD_BALANCER: 'false' },
    ...{ HOSTED_ZONE_NAME: 'example.internal', RECORD_NAME: 'ai.example.internal' },
    CERTIFICATE_ARN: certificate(region),
  },
};

const existingVpc = {
  EXISTING_VPC_ID: 'vpc-0123456789abcdef0',
  EXISTING_VPC_CIDR: '10.40.0.0/16',
  EXISTING_VPC_AVAILABILITY_ZONES: `${region}a,${region}b`,
  EXISTING_PUBLIC_SUBNET_IDS: 'subnet-0aaaaaaaaaaaaaaa1,subnet-0aaaaaaaaaaaaaaa2',
  EXISTING_PRIVATE_SUBNET_IDS: 'subnet-0bbbbbbbbbbbbbbb1,subnet-0bbbbbbbbbbbbbbb2',
  EXISTING_PRIVATE_ROUTE_TABLE_IDS: 'rtb-0bbbbbbbbbbbbbbb1,rtb-0bbbbbbbbbbbbbbb2',
  CREATE_VPC_ENDPOINTS_IN_EXISTING_VPC: 'true',
};

const noOutbound = { DISABLE_OUTBOUND_NETWORK_ACCESS: 'true' };

function envOf(platform: Platform, scenario: Scenario, vpc: 'new' | 'existing', outbound: 'nat' | 'none') {
  return {
    DEPLOYMENT_PLATFORM: platform.toUpperCase(),
    ...entranceEnv[scenario],
    ...(vpc === 'existing' ? existingVpc : {}),
    ...(outbound === 'none' ? noOutbound : {}),
    ...(outbound === 'none' && platform === 'eks' ? { EKS_ALB_CONTROLLER_CHART: standInChart } : {}),
  };
}

/** One of the plain variants, by what it is made of. */
export function plainVariant(
  platform: Platform,
  scenario: Scenario,
  vpc: 'new' | 'existing' = 'new',
  outbound: 'nat' | 'none' = 'nat',
): Variant {
  const name = [platform, scenario, vpc, outbound].join('-');
  return { name, stage: 'test', region, env: envOf(platform, scenario, vpc, outbound) };
}

/** Every platform with every scenario, in a new or an existing VPC, with a way out or without. */
const plainVariants: readonly Variant[] = platforms.flatMap((platform) =>
  scenarios.flatMap((scenario) =>
    vpcs.flatMap((vpc) => outbounds.map((outbound) => plainVariant(platform, scenario, vpc, outbound))),
  ),
);

/** What the golden templates hold, and what cdk-nag and cfn-lint look at: every platform with every scenario, in a VPC of its own. */
export const goldenVariants: readonly Variant[] = plainVariants.filter((each) => each.name.endsWith('-new-nat'));

function special(
  name: string,
  of: Variant,
  env: Readonly<Record<string, string>>,
  more: Partial<Variant> = {},
): Variant {
  return { ...of, name, ...more, env: { ...of.env, ...env } };
}

const ecs = plainVariant('ecs', 'cloudfront');
const eks = plainVariant('eks', 'cloudfront');
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const images = {
  GATEWAY_IMAGE: `${account}.dkr.ecr.${region}.amazonaws.com/gateway@${digest}`,
  LITELLM_IMAGE: `${account}.dkr.ecr.${region}.amazonaws.com/litellm@${digest}`,
};
const existingCluster = {
  ...existingVpc,
  EXISTING_EKS_CLUSTER_NAME: 'shared',
  EKS_KUBECTL_ROLE_ARN: `arn:aws:iam::${account}:role/kubectl`,
  EKS_OIDC_PROVIDER_ARN: `arn:aws:iam::${account}:oidc-provider/oidc.eks.${region}.amazonaws.com/id/0123456789ABCDEF`,
  EKS_CLUSTER_SECURITY_GROUP_ID: 'sg-0cccccccccccccccc',
};
const helpers = { LOAD_TEST_SERVER: 'true', JUMP_HOST: 'true' };

/** What the plain variants leave at its default, changed once. */
const specialVariants: readonly Variant[] = [
  special('eks-existing-cluster', eks, existingCluster),
  special('eks-existing-cluster-add-ons', plainVariant('eks', 'private'), {
    ...existingCluster,
    INSTALL_ADD_ONS_IN_EXISTING_EKS_CLUSTER: 'true',
  }),
  special('ecs-existing-vpc-looked-up', plainVariant('ecs', 'direct-alb'), {
    EXISTING_VPC_ID: existingVpc.EXISTING_VPC_ID,
  }),
  special('ecs-existing-vpc-with-endpoints-of-its-own', plainVariant('ecs', 'private'), {
    ...existingVpc,
    CREATE_VPC_ENDPOINTS_IN_EXISTING_VPC: 'false',
  }),
  special('ecs-x86', ecs, { CPU_ARCHITECTURE: 'x86' }),
  special('eks-x86', eks, { CPU_ARCHITECTURE: 'x86' }),
  special('ecs-given-images', ecs, images),
  special('eks-given-images', eks, images),
  special('ecs-all-foundation-models', ecs, {
    BEDROCK_MODEL_ACCESS: 'all-foundation-models',
    BEDROCK_REGIONS: `${region},eu-central-1,us-east-1`,
  }),
  special('ecs-cloudfront-public-origin', ecs, { CLOUDFRONT_VPC_ORIGIN: 'false' }),
  special('eks-cloudfront-public-origin', eks, { CLOUDFRONT_VPC_ORIGIN: 'false' }),
  special('ecs-cloudfront-domain-public-origin', plainVariant('ecs', 'cloudfront-domain'), {
    CLOUDFRONT_VPC_ORIGIN: 'false',
    ALB_CERTIFICATE_ARN: certificate(region),
  }),
  special('ecs-cloudfront-rotated', ecs, { CLOUDFRONT_SECRET_GENERATION: '2' }),
  special('ecs-cloudfront-domain-waf', plainVariant('ecs', 'cloudfront-domain'), {
    CLOUDFRONT_WAF: 'true',
    CLOUDFRONT_WEB_ACL_ARN: webAcl,
    CLOUDFRONT_SECRET_GENERATION: '7',
  }),
  special('ecs-direct-alb-allowed-cidrs', plainVariant('ecs', 'direct-alb'), {
    ALLOWED_CIDRS: '198.51.100.0/24,203.0.113.7/32',
  }),
  special('ecs-private-allowed-cidrs', plainVariant('ecs', 'private'), { ALLOWED_CIDRS: '10.200.0.0/16' }),
  special('ecs-private-existing-zone', plainVariant('ecs', 'private', 'existing'), {
    HOSTED_ZONE_ID: 'Z0123456789EXAMPLE',
    CREATE_PRIVATE_HOSTED_ZONE_IN_EXISTING_VPC: 'false',
  }),
  special('ecs-three-zones', ecs, { AVAILABILITY_ZONES: '3', NAT_GATEWAYS: '3', VPC_ENDPOINTS: 'all' }),
  special('eks-three-zones', plainVariant('eks', 'private'), { AVAILABILITY_ZONES: '3', NAT_GATEWAYS: '3' }),
  special('ecs-helpers', plainVariant('ecs', 'private'), helpers),
  special('eks-helpers', plainVariant('eks', 'private'), helpers),
  special('ecs-helpers-no-outbound', plainVariant('ecs', 'private', 'new', 'none'), helpers),
  special('ecs-production', plainVariant('ecs', 'direct-alb'), images, { stage: 'prod' }),
  special('eks-production', plainVariant('eks', 'direct-alb'), images, { stage: 'prod' }),
  special('ecs-no-endpoints', ecs, { VPC_ENDPOINTS: 'none' }),
  special('ecs-us-east-1', ecs, {}, { region: 'us-east-1' }),
  special('ecs-many-tasks', ecs, {
    MIN_CAPACITY: '4',
    DESIRED_CAPACITY: '4',
    MAX_CAPACITY: '12',
    RDS_INSTANCE_CLASS: 'db.m7g.large',
  }),
  special('ecs-long-stage', ecs, {}, { stage: 'feature-of-16-ab' }),
  special('ecs-rotating', ecs, { SECRET_ROTATION_DAYS: '30', REQUEST_LOG_CONTENT: 'all' }),
  special('ecs-alarms-by-mail', ecs, { ALARM_EMAIL: 'on-call@example.com' }),
];

/** Everything that must synthesise. */
export const allVariants: readonly Variant[] = [...plainVariants, ...specialVariants];

const { CERTIFICATE_ARN: _certificate, ...withoutCertificate } = entranceEnv['direct-alb'];

/** What the configuration refuses before anything is built. */
export const refusedVariants: readonly RefusedVariant[] = [
  {
    ...special('eks-no-outbound-without-chart', plainVariant('eks', 'private', 'new', 'none'), {
      EKS_ALB_CONTROLLER_CHART: '',
    }),
    reason: /EKS_ALB_CONTROLLER_CHART/,
  },
  {
    ...special('private-open-to-the-world', plainVariant('ecs', 'private'), { ALLOWED_CIDRS: '0.0.0.0/0' }),
    reason: /ALLOWED_CIDRS/,
  },
  {
    ...special('cloudfront-in-front-of-a-private-scenario', ecs, { PUBLIC_LOAD_BALANCER: 'false' }),
    reason: /PUBLIC_LOAD_BALANCER/,
  },
  {
    ...special('no-cloudfront-and-no-domain', ecs, { USE_CLOUDFRONT: 'false' }),
    reason: /USE_ROUTE53/,
  },
  { ...ecs, name: 'no-certificate', env: withoutCertificate, reason: /CERTIFICATE_ARN/ },
  {
    ...special('waf-without-its-acl', ecs, { CLOUDFRONT_WAF: 'true' }),
    reason: /CLOUDFRONT_WEB_ACL_ARN/,
  },
  {
    ...special('regional-acl-for-cloudfront', ecs, {
      CLOUDFRONT_WAF: 'true',
      CLOUDFRONT_WEB_ACL_ARN: webAcl.replace(':us-east-1:', ':eu-west-1:').replace(':global/', ':regional/'),
    }),
    reason: /CLOUDFRONT_WEB_ACL_ARN/,
  },
  {
    ...special('viewer-certificate-of-the-region', plainVariant('ecs', 'cloudfront-domain'), {
      CERTIFICATE_ARN: certificate(region),
    }),
    reason: /CERTIFICATE_ARN[\s\S]*us-east-1/,
  },
  {
    ...special('certificate-of-another-region', plainVariant('ecs', 'direct-alb'), {
      CERTIFICATE_ARN: certificate('us-east-1'),
    }),
    reason: /CERTIFICATE_ARN[\s\S]*eu-west-1/,
  },
  {
    ...special('record-outside-of-the-zone', plainVariant('ecs', 'direct-alb'), { RECORD_NAME: 'ai.example.org' }),
    reason: /RECORD_NAME/,
  },
  {
    ...special('public-without-public-subnets', plainVariant('ecs', 'direct-alb', 'existing'), {
      EXISTING_PUBLIC_SUBNET_IDS: '',
    }),
    reason: /EXISTING_PUBLIC_SUBNET_IDS/,
  },
  {
    ...special('existing-cluster-in-a-new-vpc', eks, { ...existingCluster, ...emptied(existingVpc) }),
    reason: /EXISTING_VPC_ID/,
  },
  {
    ...special('existing-cluster-without-its-role', eks, { ...existingCluster, EKS_KUBECTL_ROLE_ARN: '' }),
    reason: /EKS_KUBECTL_ROLE_ARN/,
  },
  {
    ...special('issuer-by-url-without-outbound', plainVariant('ecs', 'private', 'new', 'none'), {
      OKTA_ISSUER: 'https://login.example.com',
      OKTA_AUDIENCE: 'gateway',
    }),
    reason: /OKTA_ISSUER|OIDC_ISSUERS/,
  },
  {
    ...special('openai-without-outbound', plainVariant('ecs', 'private', 'new', 'none'), {
      OPENAI_API_KEY: 'placeholder',
    }),
    reason: /OPENAI_API_KEY/,
  },
  {
    ...special('production-without-images', ecs, {}, { stage: 'prod' }),
    reason: /pin-images|GATEWAY_IMAGE|LITELLM_IMAGE/,
  },
  {
    ...special('more-connections-than-the-database-has', ecs, { MAX_CAPACITY: '90' }),
    reason: /MAX_CAPACITY|RDS_INSTANCE_CLASS/,
  },
  {
    ...special('capacities-out-of-order', ecs, { MIN_CAPACITY: '5', MAX_CAPACITY: '4' }),
    reason: /MIN_CAPACITY|MAX_CAPACITY/,
  },
];

function emptied(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(variables).map((name) => [name, '']));
}
