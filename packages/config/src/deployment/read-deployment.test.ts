import { describe, expect, test } from 'vitest';
import { describeGatewayConfig } from '../gateway-config.ts';
import type { Deployment } from './deployment.ts';
import { handedThrough, setByTheStacks } from './gateway-variables.ts';
import { readDeployment } from './read-deployment.ts';
import { variableNames } from './variables.ts';

const read = (env: Record<string, string>, place: { stage?: string; region?: string } = {}) =>
  readDeployment({ stage: 'test', region: 'eu-west-1', env, ...place });

const viewer = 'arn:aws:acm:us-east-1:111122223333:certificate/11111111-1111-1111-1111-111111111111';
const regional = 'arn:aws:acm:eu-west-1:111122223333:certificate/22222222-2222-2222-2222-222222222222';
const named = { USE_ROUTE53: 'true', HOSTED_ZONE_NAME: 'example.com', RECORD_NAME: 'ai' };
const domain = { zoneName: 'example.com', zoneId: undefined, name: 'ai.example.com' };
const cloudfront = {
  origin: 'vpc',
  priceClass: 'PriceClass_100',
  readTimeoutSeconds: 60,
  secretGeneration: 1,
  webAclArn: undefined,
};

describe('the four scenarios', () => {
  test.each<[string, Record<string, string>, Deployment['entrance']]>([
    ['1 is what nobody has to say', {}, { kind: 'cloudfront', ...cloudfront, origin: 'vpc' } as Deployment['entrance']],
    [
      '2 by a name',
      { ...named, CERTIFICATE_ARN: viewer, CLOUDFRONT_VPC_ORIGIN: 'false' },
      {
        kind: 'cloudfront-domain',
        ...cloudfront,
        origin: 'public',
        domain,
        viewerCertificateArn: viewer,
        certificateArn: undefined,
      } as Deployment['entrance'],
    ],
    [
      '3 without CloudFront',
      { ...named, USE_CLOUDFRONT: 'false', CERTIFICATE_ARN: regional, ALLOWED_CIDRS: '192.0.2.0/24, 198.51.100.0/24' },
      {
        kind: 'direct-alb',
        domain,
        certificateArn: regional,
        allowedCidrs: ['192.0.2.0/24', '198.51.100.0/24'],
      },
    ],
    [
      '4 in private',
      { ...named, USE_CLOUDFRONT: 'false', PUBLIC_LOAD_BALANCER: 'false', CERTIFICATE_ARN: regional },
      { kind: 'private', domain, privateZone: 'create', certificateArn: regional, allowedCidrs: [] },
    ],
  ])('%s', (_, env, entrance) => {
    expect(read(env).entrance).toEqual(entrance);
  });

  test.each([
    ['ai', 'ai.example.com'],
    ['ai.example.com', 'ai.example.com'],
    ['example.com', 'example.com'],
  ])('the record %s is the name %s', (record, name) => {
    const { entrance } = read({ ...named, RECORD_NAME: record, CERTIFICATE_ARN: viewer });
    expect(entrance).toMatchObject({ domain: { name } });
  });

  test('the private zone of an existing VPC is made when that is wished', () => {
    const env = { ...named, USE_CLOUDFRONT: 'false', PUBLIC_LOAD_BALANCER: 'false', CERTIFICATE_ARN: regional };
    const existing = { ...env, EXISTING_VPC_ID: 'vpc-0123456789abcdef0' };
    expect(read(existing).entrance).toMatchObject({ privateZone: 'existing' });
    expect(read({ ...existing, CREATE_PRIVATE_HOSTED_ZONE_IN_EXISTING_VPC: 'true' }).entrance).toMatchObject({
      privateZone: 'create',
    });
  });
});

describe('the network', () => {
  const existing = { EXISTING_VPC_ID: 'vpc-0123456789abcdef0' };
  const closed = { DISABLE_OUTBOUND_NETWORK_ACCESS: 'true' };
  test.each<[string, Record<string, string>, unknown]>([
    ['a new one has the endpoints of Bedrock', {}, { outbound: 'nat', endpoints: 'bedrock' }],
    ['a new one without a way out has all', closed, { outbound: 'none', endpoints: 'all' }],
    ['an existing one has its own', { ...existing, ...closed }, { outbound: 'none', endpoints: 'none' }],
    [
      'an existing one gets them when that is wished',
      { ...existing, ...closed, CREATE_VPC_ENDPOINTS_IN_EXISTING_VPC: 'true' },
      {
        outbound: 'none',
        endpoints: 'all',
        vpc: { kind: 'existing', vpcId: 'vpc-0123456789abcdef0', parts: undefined },
      },
    ],
    [
      'an existing one as it is described',
      {
        ...existing,
        EXISTING_VPC_CIDR: '10.1.0.0/16',
        EXISTING_VPC_AVAILABILITY_ZONES: 'eu-west-1a,eu-west-1b',
        EXISTING_PRIVATE_SUBNET_IDS: 'subnet-00000001,subnet-00000002',
      },
      {
        vpc: {
          parts: {
            cidr: '10.1.0.0/16',
            availabilityZones: ['eu-west-1a', 'eu-west-1b'],
            publicSubnetIds: [],
            privateSubnetIds: ['subnet-00000001', 'subnet-00000002'],
            privateRouteTableIds: [],
          },
        },
      },
    ],
  ])('%s', (_, env, network) => {
    expect(read(env).network).toMatchObject(network as object);
  });

  test('production has a NAT gateway in each zone', () => {
    const pinned = { GATEWAY_IMAGE: `x@sha256:${'a'.repeat(64)}`, LITELLM_IMAGE: `y@sha256:${'b'.repeat(64)}` };
    const { network, isProduction } = read({ ...pinned, AVAILABILITY_ZONES: '3' }, { stage: 'prod' });
    expect({ network, isProduction }).toMatchObject({ isProduction: true, network: { vpc: { natGateways: 3 } } });
    expect(read({ PRODUCTION: 'false' }, { stage: 'prod' }).isProduction).toBe(false);
  });
});

describe('the platform', () => {
  test('is ECS with arm; EKS takes its types by the architecture', () => {
    expect(read({})).toMatchObject({ platform: { kind: 'ecs' }, architecture: 'arm' });
    expect(read({ DEPLOYMENT_PLATFORM: 'eks', CPU_ARCHITECTURE: 'X86' })).toMatchObject({
      architecture: 'x86',
      platform: { kind: 'eks', cluster: { kind: 'new', instanceType: 't3.medium', amiType: 'AL2023_x86_64_STANDARD' } },
      litellm: { memoryMib: 2048 },
    });
  });

  test('may be a cluster that is there', () => {
    const env = {
      DEPLOYMENT_PLATFORM: 'EKS',
      EXISTING_VPC_ID: 'vpc-0123456789abcdef0',
      EXISTING_EKS_CLUSTER_NAME: 'shared',
      EKS_KUBECTL_ROLE_ARN: 'arn:aws:iam::111122223333:role/kubectl',
      EKS_OIDC_PROVIDER_ARN: 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC',
      EKS_CLUSTER_SECURITY_GROUP_ID: 'sg-0123456789abcdef0',
    };
    expect(read(env).platform).toMatchObject({ cluster: { kind: 'existing', name: 'shared', addOns: 'present' } });
    const installing = { ...env, INSTALL_ADD_ONS_IN_EXISTING_EKS_CLUSTER: 'true' };
    expect(read(installing).platform).toMatchObject({ cluster: { addOns: 'install' } });
  });
});

describe('variables of the gateway', () => {
  test('that it reads itself are handed through as they were written', () => {
    const env = { OKTA_ISSUER: 'https://id.example.com', OKTA_AUDIENCE: 'api', LOG_LEVEL: 'debug', UNRELATED: 'x' };
    expect(read(env).gateway.environment).toEqual({
      OKTA_ISSUER: 'https://id.example.com',
      OKTA_AUDIENCE: 'api',
      LOG_LEVEL: 'debug',
    });
  });

  test('are each read here, handed through, or set by the stacks, and no other is claimed to be set', () => {
    const names = describeGatewayConfig().map(({ name }) => name);
    const known = new Set([...variableNames, ...handedThrough(), ...Object.keys(setByTheStacks), 'AWS_REGION']);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    expect(Object.keys(setByTheStacks).filter((name) => !names.includes(name) && name !== 'SECRETS_DIR')).toEqual([]);
  });

  test('which are handed through is decided one by one', () => {
    expect(handedThrough()).toMatchInlineSnapshot(`
      [
        "LITELLM_OPEN_PROVIDER_ROUTES",
        "PROMPT_CACHING",
        "BEDROCK_ATTRIBUTION",
        "UNKNOWN_PRICE",
        "CEILING_PRICE_INPUT_PER_MILLION_TOKENS",
        "CEILING_PRICE_OUTPUT_PER_MILLION_TOKENS",
        "BUDGETS_WITHOUT_REDIS",
        "HISTORY_OWNER",
        "CORS_ALLOWED_ORIGINS",
        "SECRETS_REFRESH_MS",
        "MASTER_KEY_GRACE_MS",
        "OIDC_ISSUERS",
        "OKTA_ISSUER",
        "OKTA_AUDIENCE",
        "OIDC_MISSING_TEAM",
        "SELF_SERVICE_MAX_KEYS",
        "SELF_SERVICE_MAX_BUDGET_USD",
        "SELF_SERVICE_BUDGET_DURATION",
        "SELF_SERVICE_MAX_RPM",
        "SELF_SERVICE_MAX_TPM",
        "SELF_SERVICE_MAX_PARALLEL_REQUESTS",
        "SELF_SERVICE_MAX_KEY_DURATION",
        "SELF_SERVICE_KEY_TYPE",
        "UPSTREAM_CONNECT_TIMEOUT_MS",
        "UPSTREAM_FIRST_BYTE_TIMEOUT_MS",
        "UPSTREAM_SILENCE_TIMEOUT_MS",
        "GATEWAY_HEARTBEAT_MS",
        "GATEWAY_MAX_IN_FLIGHT",
        "GATEWAY_LOAD_LOG_MS",
        "LOG_LEVEL",
      ]
    `);
  });
});

test('empty variables and blanks are as good as unset', () => {
  expect(read({ HOSTED_ZONE_NAME: '', RECORD_NAME: '  ', DATABASE_URL: '' })).toEqual(read({}));
});

test('keys of providers are taken by their names', () => {
  const { providerKeys } = read({ OPENAI_API_KEY: 'sk-1', HF_TOKEN: 'hf-1' }).litellm;
  expect(providerKeys).toEqual({ OPENAI_API_KEY: 'sk-1', HF_TOKEN: 'hf-1' });
});

test('the defaults fit Postgres with room to spare, and a larger instance takes more', () => {
  expect(read({}).database).toMatchObject({ instanceClass: 't4g.small', maxConnections: 170 });
  expect(read({ RDS_INSTANCE_CLASS: 'db.r7g.large' }).database.maxConnections).toBe(1360);
});

test('Bedrock is called in the region of the deployment first', () => {
  expect(read({ BEDROCK_REGIONS: 'us-east-1,eu-west-1' }).models.regions).toEqual(['eu-west-1', 'us-east-1']);
});
