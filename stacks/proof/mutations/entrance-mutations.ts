import { graphOf } from '../reach/graph-of.ts';
import type { Resource } from '../resolve.ts';
import { type Loose, type Mutation, type Planted, referenceTo } from './planted.ts';

const rule = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const listener = 'AWS::ElasticLoadBalancingV2::Listener';
const loadBalancer = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const targetGroup = 'AWS::ElasticLoadBalancingV2::TargetGroup';

const isBehindCloudFront = ({ system }: Planted) => 'origin' in system.deployment.entrance;
const asksSecret = ({ properties }: Resource) => JSON.stringify(properties['Conditions'] ?? '').includes('http-header');
const isHttps = ({ properties }: Resource) => properties['Protocol'] === 'HTTPS';
const isHttp = ({ properties }: Resource) => properties['Protocol'] === 'HTTP';

/** An action that forwards to the gateway. */
function forward(planted: Planted) {
  const [TargetGroupArn] = planted.system.ofType(targetGroup).map((each) => `‹${each.id}›`);
  return { Type: 'forward', TargetGroupArn };
}

function attribute(name: string, key: string, value: string, caughtBy: string): Mutation {
  return {
    name,
    caughtBy,
    plant: (planted) =>
      planted.edit(key.startsWith('deregistration') ? targetGroup : loadBalancer, (properties) => {
        const list = key.startsWith('deregistration') ? 'TargetGroupAttributes' : 'LoadBalancerAttributes';
        properties[list] = [
          ...(properties[list] ?? []).filter((each: { Key: string }) => each.Key !== key),
          { Key: key, Value: value },
        ];
      }),
  };
}

const onlyCloudFront = 'Behind CloudFront, nothing but CloudFront';

/** Faults of load balancer, listeners and rules. */
export const entranceMutations: readonly Mutation[] = [
  {
    name: 'The rule for everything asks for no secret',
    caughtBy: 'Behind CloudFront, each forwarding rule',
    plant: (planted) => askOnlyFor(planted, '/*', asksSecret),
  },
  {
    name: 'The secret is a word that stands in the template',
    caughtBy: 'Behind CloudFront, each forwarding rule',
    plant: (planted) => planted.edit(rule, ({ Conditions }) => setHeader(Conditions, ['letmein']), asksSecret),
  },
  {
    name: 'Any secret will do',
    caughtBy: 'Behind CloudFront, each forwarding rule',
    plant: (planted) => planted.edit(rule, ({ Conditions }) => setHeader(Conditions, ['*']), asksSecret),
  },
  {
    name: 'Another header is asked for',
    caughtBy: 'Behind CloudFront, each forwarding rule',
    plant: (planted) =>
      planted.edit(
        rule,
        ({ Conditions }) => {
          for (const each of Conditions) if (each.HttpHeaderConfig) each.HttpHeaderConfig.HttpHeaderName = 'User-Agent';
        },
        asksSecret,
      ),
  },
  {
    name: 'Every path counts as a health path',
    caughtBy: 'Behind CloudFront, each forwarding rule',
    plant: (planted) => isBehindCloudFront(planted) && askOnlyFor(planted, '/*', (each) => !asksSecret(each)),
  },
  {
    name: 'Health paths have a star at their end',
    caughtBy: 'Behind CloudFront, each forwarding rule',
    plant: (planted) => isBehindCloudFront(planted) && askOnlyFor(planted, '/health/*', (each) => !asksSecret(each)),
  },
  {
    name: 'A rule for one host forwards without the secret',
    caughtBy: onlyCloudFront,
    plant: (planted) => {
      const [first] = planted.system.ofType(listener);
      const open = graphOf(planted.system).loadBalancers.some((each) => !each.isInternal);
      if (!isBehindCloudFront(planted) || first === undefined || !open) return false;
      return planted.add(first.stack, rule, {
        ListenerArn: `‹${first.id}›`,
        Priority: 999,
        Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['ai.example.com'] } }],
        Actions: [forward(planted)],
      });
    },
  },
  {
    name: 'What no rule takes is forwarded',
    caughtBy: 'What no rule takes is answered 403',
    plant: (planted) =>
      planted.edit(listener, (properties) => {
        properties.DefaultActions = [forward(planted)];
      }),
  },
  {
    name: 'What no rule takes is answered 200',
    caughtBy: 'What no rule takes is answered 403',
    plant: (planted) =>
      planted.edit(
        listener,
        ({ DefaultActions }) => {
          DefaultActions[0].FixedResponseConfig.StatusCode = '200';
        },
        ({ properties }) => JSON.stringify(properties['DefaultActions']).includes('FixedResponseConfig'),
      ),
  },
  {
    name: 'The secret of the generation before is no longer taken',
    caughtBy: 'What CloudFront sends is a secret',
    plant: (planted) =>
      planted.edit(
        rule,
        ({ Conditions }) => setHeader(Conditions, headerValues(Conditions).slice(0, 1)),
        (each) => asksSecret(each) && headerValues(each.properties['Conditions']).length > 1,
      ),
  },
  {
    name: 'A secret of long ago is still taken',
    caughtBy: 'What CloudFront sends is a secret',
    plant: (planted) =>
      planted.edit(
        rule,
        ({ Conditions }) =>
          setHeader(Conditions, [...headerValues(Conditions), '{{resolve:secretsmanager:‹edge/Old›:SecretString:::}}']),
        asksSecret,
      ),
  },
  {
    name: 'The load balancer faces the internet',
    caughtBy: 'In the private scenario the load balancer is internal',
    plant: (planted) => planted.system.deployment.entrance.kind === 'private' && faceInternet(planted),
  },
  {
    name: 'The load balancer behind a VPC origin faces the internet',
    caughtBy: 'With a VPC origin the load balancer is not on the internet',
    plant: (planted) => isBehindCloudFront(planted) && isInternal(planted) && faceInternet(planted),
  },
  {
    name: 'The internal load balancer stands in public subnets',
    caughtBy: 'In the private scenario the load balancer is internal',
    plant: (planted) => {
      const { routes } = graphOf(planted.system);
      const subnets = routes.all.filter((each) => routes.wayOut(each) === 'internet-gateway');
      if (planted.system.deployment.entrance.kind !== 'private' || subnets.length === 0) return false;
      return planted.edit(loadBalancer, (properties) => {
        properties.Subnets = subnets.map(referenceTo);
      });
    },
  },
  {
    name: 'The internal load balancer takes every address',
    caughtBy: 'In the private scenario the load balancer is internal',
    plant: (planted) =>
      planted.system.deployment.entrance.kind === 'private' &&
      planted.letIn(planted.groupsOf('load-balancer'), { CidrIp: '0.0.0.0/0' }, 443),
  },
  {
    name: 'The load balancer takes every address, not CloudFront alone',
    caughtBy: 'Behind CloudFront, the load balancer takes its servers alone',
    plant: (planted) =>
      isBehindCloudFront(planted) &&
      planted.letIn(planted.groupsOf('load-balancer'), { CidrIp: '0.0.0.0/0' }, entrancePort(planted)),
  },
  {
    name: 'The load balancer takes CloudFront on a second port',
    caughtBy: 'Behind CloudFront, the load balancer takes its servers alone',
    plant: (planted) =>
      isBehindCloudFront(planted) &&
      planted.letIn(planted.groupsOf('load-balancer'), { SourcePrefixListId: 'pl-4fa04526' }, 8443),
  },
  {
    name: 'The load balancer opens all ports to everybody',
    caughtBy: 'Without CloudFront, those who may call',
    plant: (planted) =>
      planted.system.deployment.entrance.kind === 'direct-alb' &&
      planted.letIn(planted.groupsOf('load-balancer'), { CidrIp: '0.0.0.0/0' }, [0, 65_535]),
  },
  {
    name: 'Nobody may call the load balancer',
    caughtBy: 'Without CloudFront, those who may call',
    plant: (planted) =>
      planted.system.deployment.entrance.kind === 'direct-alb' &&
      planted.shut(planted.groupsOf('load-balancer'), 'Ingress', 443),
  },
  {
    name: 'HTTP forwards to the gateway',
    caughtBy: 'HTTP forwards nothing',
    plant: (planted) =>
      planted.system.deployment.entrance.kind !== 'cloudfront' &&
      planted.edit(
        listener,
        (properties) => {
          properties.DefaultActions = [forward(planted)];
        },
        isHttp,
      ),
  },
  {
    name: 'The TLS policy is an old one',
    caughtBy: 'TLS at the load balancer',
    plant: (planted) =>
      planted.edit(
        listener,
        (properties) => {
          properties.SslPolicy = 'ELBSecurityPolicy-TLS13-1-1-2021-06';
        },
        isHttps,
      ),
  },
  {
    name: 'The TLS policy is not said',
    caughtBy: 'TLS at the load balancer',
    plant: (planted) =>
      planted.edit(
        listener,
        (properties) => {
          delete properties.SslPolicy;
        },
        isHttps,
      ),
  },
  {
    name: 'The load balancer speaks clear text with the gateway',
    caughtBy: 'The load balancer speaks TLS with the gateway',
    plant: (planted) =>
      planted.edit(targetGroup, (properties) => {
        properties.Protocol = 'HTTP';
      }),
  },
  {
    name: 'Health is asked at /',
    caughtBy: 'Health of the gateway',
    plant: (planted) =>
      planted.edit(targetGroup, (properties) => {
        properties.HealthCheckPath = '/';
      }),
  },
  attribute('Targets leave after 10 s', 'deregistration_delay.timeout_seconds', '10', 'Health of the gateway'),
  attribute(
    'Invalid headers are passed on',
    'routing.http.drop_invalid_header_fields.enabled',
    'false',
    'The load balancer drops invalid headers',
  ),
  attribute(
    'Desync is only defended against',
    'routing.http.desync_mitigation_mode',
    'defensive',
    'The load balancer drops invalid headers',
  ),
  attribute('There is no access log', 'access_logs.s3.enabled', 'false', 'The load balancer drops invalid headers'),
  attribute('Silent streams are cut after 10 s', 'idle_timeout.timeout_seconds', '10', 'Times fit'),
  attribute(
    'The load balancer keeps connections longer than the gateway',
    'idle_timeout.timeout_seconds',
    '4000',
    'Times fit',
  ),
  {
    name: 'A second load balancer stands beside',
    caughtBy: 'What no rule takes is answered 403',
    plant: (planted) =>
      planted.add('edge', loadBalancer, { Scheme: 'internet-facing', Subnets: [], SecurityGroups: [] }),
  },
  {
    name: 'A function has an address of its own',
    caughtBy: 'Nothing else is a door',
    plant: (planted) => planted.add('edge', 'AWS::Lambda::Url', { AuthType: 'NONE', TargetFunctionArn: 'x' }),
  },
];

/** Makes a path all that a rule asks for. */
function askOnlyFor(planted: Planted, path: string, where: (each: Resource) => boolean): boolean {
  return planted.edit(
    rule,
    (properties) => {
      properties.Conditions = [{ Field: 'path-pattern', PathPatternConfig: { Values: [path] } }];
    },
    where,
  );
}

function setHeader(conditions: readonly Loose[], values: readonly string[]): void {
  for (const each of conditions) if (each.HttpHeaderConfig) each.HttpHeaderConfig.Values = values;
}

function headerValues(conditions: unknown): readonly string[] {
  return (conditions as readonly Loose[]).flatMap((each) => each.HttpHeaderConfig?.Values ?? []);
}

function isInternal(planted: Planted): boolean {
  return graphOf(planted.system).loadBalancers.some((each) => each.isInternal);
}

function faceInternet(planted: Planted): boolean {
  return planted.edit(loadBalancer, (properties) => {
    properties.Scheme = 'internet-facing';
  });
}

function entrancePort({ system }: Planted): number {
  return system.deployment.entrance.kind === 'cloudfront' ? 80 : 443;
}
