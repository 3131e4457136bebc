import type { Deployment, EntrancePlan, PlatformPlan } from '@genai-gateway/config';

/** Plans of all four scenarios, for tests of single stacks. Whole deployments come from `readDeployment`. */
export const entrances = {
  cloudfront: {
    kind: 'cloudfront',
    origin: 'vpc',
    priceClass: 'PriceClass_100',
    readTimeoutSeconds: 60,
    secretGeneration: 1,
    webAclArn: undefined,
  },
  'cloudfront-domain': {
    kind: 'cloudfront-domain',
    origin: 'vpc',
    priceClass: 'PriceClass_100',
    readTimeoutSeconds: 60,
    secretGeneration: 2,
    webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/genai-gateway/a1b2c3d4-5678-90ab-cdef-111111111111',
    domain: { zoneName: 'example.com', zoneId: 'Z0000000EXAMPLE', name: 'ai.example.com' },
    viewerCertificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/11111111-1111-1111-1111-111111111111',
    certificateArn: undefined,
  },
  'direct-alb': {
    kind: 'direct-alb',
    domain: { zoneName: 'example.com', zoneId: 'Z0000000EXAMPLE', name: 'ai.example.com' },
    certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/22222222-2222-2222-2222-222222222222',
    allowedCidrs: [],
  },
  private: {
    kind: 'private',
    domain: { zoneName: 'example.internal', zoneId: undefined, name: 'ai.example.internal' },
    privateZone: 'create',
    certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/22222222-2222-2222-2222-222222222222',
    allowedCidrs: ['10.200.0.0/16'],
  },
} as const satisfies Record<EntrancePlan['kind'], EntrancePlan>;

export const platforms = {
  ecs: { kind: 'ecs' },
  eks: {
    kind: 'eks',
    cluster: {
      kind: 'new',
      instanceType: 't4g.medium',
      amiType: 'AL2023_ARM_64_STANDARD',
      adminRoleArns: [],
      apiAllowedCidrs: [],
    },
    albControllerChart: undefined,
    albControllerImage: undefined,
  },
} as const satisfies Record<PlatformPlan['kind'], PlatformPlan>;

/** A deployment by the defaults: the first scenario, on ECS. */
export const sampleDeployment: Deployment = {
  stage: 'test',
  region: 'eu-west-1',
  isProduction: false,
  entrance: entrances.cloudfront,
  network: {
    vpc: { kind: 'new', cidr: '10.0.0.0/16', availabilityZones: 2, natGateways: 1 },
    outbound: 'nat',
    endpoints: 'bedrock',
  },
  platform: platforms.ecs,
  architecture: 'arm',
  gateway: {
    vcpus: 0.5,
    memoryMib: 1024,
    scaling: { desired: 2, min: 2, max: 4, cpuTargetPercent: 50, memoryTargetPercent: 40 },
    openStreamsTarget: 500,
    longestStreamSeconds: 600,
    databasePoolSize: 5,
    image: undefined,
    environment: {},
  },
  litellm: {
    version: '1.106.2',
    vcpus: 1,
    memoryMib: 4096,
    scaling: { desired: 2, min: 2, max: 4, cpuTargetPercent: 50, memoryTargetPercent: 40 },
    databasePoolSize: 10,
    image: undefined,
    environment: {},
    providerKeys: {},
  },
  database: { instanceClass: 't4g.small', allocatedStorageGb: 20, backupRetentionDays: 7, maxConnections: 150 },
  cache: { nodeType: 'cache.t4g.micro', nodes: 2 },
  waf: { rateLimit: 2000 },
  models: { configFile: undefined, access: 'listed', regions: ['eu-west-1'] },
  history: { retentionDays: 30 },
  requestLog: { content: 'none' },
  rotation: { everyDays: undefined },
  operations: { logRetentionDays: 365, alarmEmail: undefined },
  helpers: { fakeLlm: false, jumpHost: false },
};
