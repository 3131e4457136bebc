import { type CostLine, type Estimated, type Estimators, field, line, listOf } from './estimator.ts';

/** The ways in and out. */
export const networkEstimators: Estimators = {
  'AWS::EC2::NatGateway': ({ context }) => {
    const nats = context.count('AWS::EC2::NatGateway');
    const throughNat = hasBedrockEndpoint(context) ? 0 : context.traffic.natGb / nats;
    return [line('VPC', 'NAT gateways', 'nat-gateway'), line('VPC', 'data through NAT in GB', 'nat-data', throughNat)];
  },
  'AWS::EC2::EIP': () => [line('VPC', 'public IPv4 addresses', 'public-ipv4')],
  'AWS::EC2::VPCEndpoint': endpoint,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ properties, context }) => {
    const addresses = properties['Scheme'] === 'internet-facing' ? listOf(properties['Subnets']).length : 0;
    return [
      line('Load balancer', 'load balancers', 'load-balancer'),
      line('Load balancer', 'capacity units', 'load-balancer-lcu', context.traffic.loadBalancerLcu),
      ...(addresses === 0 ? [] : [line('VPC', 'public IPv4 addresses', 'public-ipv4', addresses)]),
      ...(context.count('AWS::CloudFront::Distribution') > 0
        ? []
        : [line('Data to clients', 'GB', 'data-out', context.traffic.responseGb)]),
    ];
  },
  'AWS::CloudFront::Distribution': ({ properties, context }) => [
    line('CloudFront', 'requests in millions', 'cloudfront-requests', context.traffic.requestsMillion),
    line('CloudFront', 'data to clients in GB', 'cloudfront-data', context.traffic.responseGb),
    ...(field(properties['DistributionConfig'], 'WebACLId') === undefined ? [] : globalWebAcl(context)),
  ],
  'AWS::CloudFront::Function': ({ context }) => [
    line('CloudFront', 'function, millions of requests', 'cloudfront-function', context.traffic.requestsMillion),
  ],
  'AWS::Route53::HostedZone': () => [line('Route 53', 'hosted zones', 'hosted-zone')],
  'AWS::WAFv2::WebACL': ({ properties, context }) =>
    webAcl(listOf(properties['Rules']).length, context.traffic.requestsMillion),
};

/**
 * CloudFront's web ACL is made by another pass in us-east-1, and has as many rules as the load balancer's. Where its
 * template is among the others it has its own line.
 */
function globalWebAcl({ all, traffic }: Estimated['context']): readonly CostLine[] {
  const acls = all.filter(({ Type }) => Type === 'AWS::WAFv2::WebACL').map(({ Properties }) => Properties ?? {});
  if (acls.some((acl) => acl['Scope'] === 'CLOUDFRONT')) return [];
  return webAcl(listOf(acls[0]?.['Rules']).length, traffic.requestsMillion);
}

function webAcl(rules: number, requestsMillion: number): CostLine[] {
  return [
    line('WAF', 'web ACLs', 'web-acl'),
    line('WAF', 'rules', 'web-acl-rule', rules),
    line('WAF', 'requests in millions', 'web-acl-requests', requestsMillion),
  ];
}

function endpoint({ properties, context }: Estimated): CostLine[] {
  if (properties['VpcEndpointType'] !== 'Interface') return [];
  const subnets = properties['SubnetIds'];
  // A list that is imported from another stack is one value, of two zones at least.
  const zones = Array.isArray(subnets) ? subnets.length : 2;
  const data = serviceOf(properties['ServiceName']) === 'bedrock-runtime' ? context.traffic.natGb : 0;
  return [
    line('VPC', 'interface endpoints, each in each zone', 'interface-endpoint', zones),
    ...(data === 0 ? [] : [line('VPC', 'data through endpoints in GB', 'interface-endpoint-data', data)]),
  ];
}

/** What would leave by NAT is mostly calls of models: where Bedrock has an endpoint they take that. */
function hasBedrockEndpoint({ all }: Estimated['context']): boolean {
  return all.some(
    ({ Type, Properties }) =>
      Type === 'AWS::EC2::VPCEndpoint' && serviceOf(Properties?.['ServiceName']) === 'bedrock-runtime',
  );
}

/** `com.amazonaws.REGION.bedrock-runtime`, whose region may be a reference. */
function serviceOf(name: unknown): string | undefined {
  const joined = listOf(listOf(field(name, 'Fn::Join'))[1]).filter((each) => typeof each === 'string');
  const text = typeof name === 'string' ? name : joined.join('.');
  return text.split('.').at(-1);
}
