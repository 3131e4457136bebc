import type { Deployment } from '@genai-gateway/config';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { nagFindings } from '../testing/nag.ts';
import { standInFoundation } from '../testing/parts.ts';
import { entrances, platforms, sampleDeployment } from '../testing/sample-deployment.ts';
import { buildNetwork } from './build-network.ts';
import type { Network } from './network.ts';
import { build, type Changes, given, none } from './network-in-test.ts';

function templateOf(changes: Changes = {}): Template {
  return Template.fromStack(build(changes).stack);
}

type Rule = Readonly<Record<string, unknown>>;

/** Rules of a kind, each in a line: whose, port, peer. */
function rules(template: Template, direction: 'Ingress' | 'Egress'): string[] {
  const lines = (properties: Rule, owner: string) => {
    const peer =
      properties['CidrIp'] ??
      properties['SourcePrefixListId'] ??
      properties['DestinationPrefixListId'] ??
      groupName(properties['SourceSecurityGroupId'] ?? properties['DestinationSecurityGroupId']);
    return `${owner} ${properties['FromPort']} ${peer}`;
  };
  const separate = Object.values(template.findResources(`AWS::EC2::SecurityGroup${direction}`)).map(({ Properties }) =>
    lines(Properties, groupName(Properties.GroupId)),
  );
  const inline = Object.entries(template.findResources('AWS::EC2::SecurityGroup')).flatMap(
    ([id, { Properties }]: [string, Rule & { Properties?: Rule }]) =>
      ((Properties?.[`SecurityGroup${direction}`] ?? []) as Rule[])
        .filter((rule) => rule['Description'] !== 'Disallow all traffic')
        .map((rule) => lines(rule, groupName({ 'Fn::GetAtt': [id] }))),
  );
  return [...separate, ...inline].sort();
}

function groupName(reference: unknown): string {
  const id = (reference as { 'Fn::GetAtt'?: readonly string[] })['Fn::GetAtt']?.[0];
  return id?.replace(/Group[0-9A-F]{8}$/, '') ?? String(reference);
}

const ofFunctions = [
  'Cache 6379 PromptsAdmin',
  'Cache 6379 SecretRotation',
  ...['ChatHistory', 'PromptsAdmin', 'SecretRotation'].flatMap((name) => [
    `Database 5432 ${name}`,
    `Endpoints 443 ${name}`,
  ]),
];
const inside = [
  ...ofFunctions,
  'Cache 6379 Gateway',
  'Cache 6379 Litellm',
  'Database 5432 Gateway',
  'Database 5432 Litellm',
  'Endpoints 443 Gateway',
  'Endpoints 443 Litellm',
  'Gateway 3443 LoadBalancer',
  'Litellm 4000 Gateway',
];
const callers = ['Gateway', 'Litellm', 'ChatHistory', 'PromptsAdmin', 'SecretRotation'];
const cloudFrontList = 'pl-4fa04526';

describe('who may connect to whom', () => {
  const publicOrigin = { ...entrances.cloudfront, origin: 'public' } as const;
  const restricted = { ...entrances['direct-alb'], allowedCidrs: ['198.51.100.0/24'] };
  test.each([
    ['1: CloudFront alone, on 80 alone', entrances.cloudfront, [`LoadBalancer 80 ${cloudFrontList}`]],
    ['1 with a public origin: the same', publicOrigin, [`LoadBalancer 80 ${cloudFrontList}`]],
    ['2: CloudFront alone, on 443 alone', entrances['cloudfront-domain'], [`LoadBalancer 443 ${cloudFrontList}`]],
    ['3: everybody', entrances['direct-alb'], ['LoadBalancer 443 0.0.0.0/0', 'LoadBalancer 80 0.0.0.0/0']],
    ['3: some', restricted, ['LoadBalancer 443 198.51.100.0/24', 'LoadBalancer 80 198.51.100.0/24']],
    [
      '4: the VPC and whom it knows',
      entrances.private,
      ['10.0.0.0/16', '10.200.0.0/16'].flatMap((cidr) => [`LoadBalancer 443 ${cidr}`, `LoadBalancer 80 ${cidr}`]),
    ],
  ])('scenario %s', (_name, entrance, entering) => {
    expect(rules(templateOf({ entrance }), 'Ingress')).toEqual([...inside, ...entering].sort());
  });

  const outwards = [
    'Gateway 3443 LoadBalancer',
    'Litellm 4000 Gateway',
    ...inside.filter((rule) => /^(Cache|Database|Endpoints)/.test(rule)),
  ].map((rule) => rule.replace(/^(\w+) (\d+) (\w+)$/, '$3 $2 $1'));

  test.each([
    ['with a way out', sampleDeployment.network],
    ['without', none],
  ])('each group says itself what may go out, or EC2 would let everything out: %s', (_name, network) => {
    const groups = Object.values(templateOf({ network }).findResources('AWS::EC2::SecurityGroup'));
    for (const { Properties } of groups) expect(Properties.SecurityGroupEgress.length).toBeGreaterThan(0);
  });

  test('out of the VPC only by 443, where there is a way out', () => {
    expect(rules(templateOf(), 'Egress')).toEqual(
      [...outwards, ...callers.map((name) => `${name} 443 0.0.0.0/0`)].sort(),
    );
  });

  test('without a way out to S3 and DynamoDB by their prefix lists', () => {
    const { stack } = build({ network: none });
    // The stand-in of CDK for what it would look up.
    const [list] = ['pl-xxxxxxxx'];
    expect(rules(Template.fromStack(stack), 'Egress')).toEqual(
      [...outwards, ...callers.map((name) => `${name} 443 ${list}`)].sort(),
    );
    const asked = new App();
    const another = new Stack(asked, 'X', { env: { account: '111122223333', region: 'eu-west-1' } });
    buildNetwork(
      another,
      { ...sampleDeployment, network: { ...sampleDeployment.network, ...none } },
      { foundation: standInFoundation(another) },
    );
    const missing = JSON.stringify(asked.synth().manifest.missing);
    expect(missing).toContain('com.amazonaws.eu-west-1.s3');
    expect(missing).toContain('com.amazonaws.eu-west-1.dynamodb');
  });

  test('to the endpoints that an existing VPC has, by its addresses', () => {
    const template = templateOf({ network: { outbound: 'none', endpoints: 'none', vpc: given } });
    expect(rules(template, 'Egress')).toEqual(
      expect.arrayContaining(callers.map((name) => `${name} 443 10.40.0.0/16`)),
    );
  });

  test('an existing cluster stands for gateway and LiteLLM, and keeps its own ways out', () => {
    const cluster = {
      kind: 'existing',
      name: 'shared',
      kubectlRoleArn: 'arn:aws:iam::111122223333:role/kubectl',
      oidcProviderArn: 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0',
      securityGroupId: 'sg-0cccccccccccccccc',
      addOns: 'present',
    } as const;
    const template = templateOf({ platform: { ...platforms.eks, cluster }, network: { vpc: given } });
    expect(rules(template, 'Ingress')).toEqual(
      [
        ...ofFunctions,
        'Cache 6379 sg-0cccccccccccccccc',
        'Database 5432 sg-0cccccccccccccccc',
        'Endpoints 443 10.40.0.0/16',
        'Endpoints 443 sg-0cccccccccccccccc',
        'sg-0cccccccccccccccc 3443 LoadBalancer',
        `LoadBalancer 80 ${cloudFrontList}`,
      ].sort(),
    );
    const ours = rules(template, 'Egress').filter((rule) => !/^(ChatHistory|PromptsAdmin|SecretRotation) /.test(rule));
    expect(ours).toEqual(['LoadBalancer 3443 sg-0cccccccccccccccc']);
  });
});

describe('ways out', () => {
  const routes = (template: Template) =>
    Object.entries(template.findResources('AWS::EC2::Route'))
      .map(([id, { Properties }]) => {
        const kind = /^Vpc(public|private|data)Subnet/.exec(id)?.[1];
        return `${kind} ${Properties.DestinationCidrBlock} ${Properties.GatewayId ? 'internet' : 'nat'}`;
      })
      .sort();
  const toInternet = ['public 0.0.0.0/0 internet', 'public 0.0.0.0/0 internet'];
  const byNat = ['private 0.0.0.0/0 nat', 'private 0.0.0.0/0 nat'];

  test.each([
    ['1, NAT', entrances.cloudfront, {}, [...byNat, ...toInternet], 1, 1],
    ['1, none: an internet gateway that no route leads to', entrances.cloudfront, none, [], 1, 0],
    ['2, none', entrances['cloudfront-domain'], none, [], 1, 0],
    ['3, NAT', entrances['direct-alb'], {}, [...byNat, ...toInternet], 1, 1],
    ['3, none: for the load balancer alone', entrances['direct-alb'], none, toInternet, 1, 0],
    ['4, NAT', entrances.private, {}, [...byNat, ...toInternet], 1, 1],
    ['4, none: no internet at all', entrances.private, none, [], 0, 0],
  ])('scenario %s', (_name, entrance, network, expected, internetGateways, natGateways) => {
    const template = templateOf({ entrance, network });
    expect(routes(template)).toEqual(expected);
    template.resourceCountIs('AWS::EC2::InternetGateway', internetGateways);
    template.resourceCountIs('AWS::EC2::VPCGatewayAttachment', internetGateways);
    template.resourceCountIs('AWS::EC2::NatGateway', natGateways);
  });

  test('as many zones and NAT gateways as were asked for', () => {
    const vpc = { kind: 'new', cidr: '10.8.0.0/20', availabilityZones: 3, natGateways: 3 } as const;
    const template = templateOf({ network: { vpc } });
    template.resourceCountIs('AWS::EC2::Subnet', 9);
    template.resourceCountIs('AWS::EC2::NatGateway', 3);
  });

  test('another zone or another way out moves no subnet, which would move what is stored', () => {
    const blocks = (availabilityZones: number, network: Partial<Deployment['network']> = {}) => {
      const vpc = { kind: 'new', cidr: '10.8.0.0/20', availabilityZones, natGateways: 1 } as const;
      const subnets = templateOf({ network: { vpc, ...network } }).findResources('AWS::EC2::Subnet');
      return Object.fromEntries(Object.entries(subnets).map(([id, { Properties }]) => [id, Properties.CidrBlock]));
    };
    const most = blocks(3);
    expect(most).toMatchObject(blocks(2));
    expect(most).toMatchObject(blocks(2, none));
    expect(most).toMatchObject(blocks(3, none));
  });

  test('the smallest VPC still has subnets that a load balancer takes', () => {
    const vpc = { kind: 'new', cidr: '10.8.0.0/22', availabilityZones: 3, natGateways: 1 } as const;
    const sizes = Object.values(templateOf({ network: { vpc } }).findResources('AWS::EC2::Subnet')).map(
      ({ Properties }) => Number(Properties.CidrBlock.split('/')[1]),
    );
    expect(Math.max(...sizes)).toBe(27);
  });
});

describe('a new VPC', () => {
  test('gives no public addresses, keeps flow logs under our key, and closes its default group', () => {
    const template = templateOf();
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
    template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'ALL', LogDestinationType: 'cloud-watch-logs' });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 365, KmsKeyId: Match.anyValue() });
    template.resourceCountIs('Custom::VpcRestrictDefaultSG', 1);
  });

  test.each([
    ['us-east-1', ['use1-az1', 'use1-az2', 'use1-az4']],
    ['ca-central-1', ['cac1-az1', 'cac1-az2', 'cac1-az4']],
  ])('in %s stands in the zones that have everything', (region, ids) => {
    const vpc = { kind: 'new', cidr: '10.0.0.0/16', availabilityZones: 3, natGateways: 1 } as const;
    const subnets = Object.values(templateOf({ region, network: { vpc } }).findResources('AWS::EC2::Subnet'));
    const zones = subnets.map(({ Properties }) => [Properties.AvailabilityZoneId, Properties.AvailabilityZone]);
    expect(zones).toEqual([...ids, ...ids, ...ids].map((id) => [id, undefined]));
  });

  test('stored data has subnets of its own', () => {
    const { network } = build();
    const ids = (kind: keyof Network['subnets']) => network.subnets[kind].map(({ subnetId }) => subnetId);
    expect(new Set([...ids('public'), ...ids('private'), ...ids('data')]).size).toBe(6);
  });
});

describe('an existing VPC', () => {
  test('is taken as it was told, and nothing is made in it but security groups', () => {
    const { stack, network } = build({ network: { vpc: given, endpoints: 'none' } });
    expect(network.subnets.private.map(({ subnetId }) => subnetId)).toEqual(given.parts?.privateSubnetIds);
    expect(network.subnets.data).toEqual(network.subnets.private);
    const types = Object.values(Template.fromStack(stack).toJSON()['Resources']).map(
      (it) => (it as { Type: string }).Type,
    );
    expect([...new Set(types)].sort()).toEqual([
      'AWS::EC2::SecurityGroup',
      'AWS::EC2::SecurityGroupEgress',
      'AWS::EC2::SecurityGroupIngress',
    ]);
  });

  test('is looked up, where it was not told', () => {
    const app = new App();
    const stack = new Stack(app, 'X', { env: { account: '111122223333', region: 'eu-west-1' } });
    const vpc = { kind: 'existing', vpcId: 'vpc-0123456789abcdef0', parts: undefined } as const;
    const network = { ...sampleDeployment.network, vpc };
    buildNetwork(stack, { ...sampleDeployment, network }, { foundation: standInFoundation(stack) });
    expect(JSON.stringify(app.synth().manifest.missing)).toContain('vpc-0123456789abcdef0');
  });

  test.each([
    [
      'one private subnet',
      { privateSubnetIds: ['subnet-0bbbbbbbbbbbbbbb1'], availabilityZones: ['eu-west-1a'] },
      entrances.private,
    ],
    ['no public subnet for a public load balancer', { publicSubnetIds: [] }, entrances['direct-alb']],
  ])('with %s is refused, and the words name the mend', (_name, change, entrance) => {
    if (given.parts === undefined) throw new Error('It has parts.');
    const parts = { ...given.parts, publicSubnetIds: [], privateRouteTableIds: [], ...change };
    expect(() => build({ entrance, network: { vpc: { ...given, parts } } })).toThrow(
      /EXISTING_(PRIVATE|PUBLIC)_SUBNET_IDS/,
    );
  });
});

test.each(
  Object.values(entrances).flatMap((entrance) =>
    [given, sampleDeployment.network.vpc].flatMap((vpc) =>
      [none, {}].map(
        (network) =>
          [
            entrance.kind,
            vpc.kind,
            'outbound' in network ? 'none' : 'nat',
            { entrance, network: { ...network, vpc } },
          ] as const,
      ),
    ),
  ),
)('cdk-nag has nothing to say: %s, %s VPC, %s', (_scenario, _vpc, _outbound, changes) => {
  expect(nagFindings(build(changes).stack)).toEqual([]);
});
