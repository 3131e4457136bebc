import { graphOf } from '../reach/graph-of.ts';
import type { Resource } from '../resolve.ts';
import { type Mutation, type Planted, referenceTo } from './planted.ts';

const endpoint = 'AWS::EC2::VPCEndpoint';
const everybody = { CidrIp: '0.0.0.0/0' };
const isOwnVpc = ({ system }: Planted) => system.deployment.network.vpc.kind === 'new';
const isEks = ({ system }: Planted) => system.deployment.platform.kind === 'eks';
const hasNoOutbound = ({ system }: Planted) => system.deployment.network.outbound === 'none';
const isFor = (service: string) => (each: Resource) => String(each.properties['ServiceName']).endsWith(`.${service}`);

/** Faults of security groups, routes, endpoints and network policies. */
export const insideMutations: readonly Mutation[] = [
  {
    name: 'Postgres takes the whole VPC',
    caughtBy: 'Postgres is reached by',
    plant: (planted) => {
      const opened = planted.letIn(planted.groupsOf('database'), { CidrIp: graphOf(planted.system).vpcCidr }, 5432);
      // Somebody has to be there who could use it: a function in the VPC that may go anywhere within it.
      return opened && addNeighbour(planted);
    },
  },
  {
    name: 'Postgres takes everybody',
    caughtBy: 'What is stored opens no connection, and groups',
    plant: (planted) => planted.letIn(planted.groupsOf('database'), everybody, 5432),
  },
  {
    name: 'The cache takes the load balancer instead of the gateway',
    caughtBy: 'The cache is reached by',
    plant: (planted) => {
      const [wrong] = planted.groupsOf('load-balancer') ?? [];
      return replaceSource(planted, planted.groupsOf('cache'), 6379, `‹${wrong}.GroupId›`);
    },
  },
  {
    name: 'Postgres no longer takes the gateway',
    caughtBy: 'Postgres is reached by',
    plant: (planted) => planted.shut(planted.groupsOf('database'), 'Ingress', 5432),
  },
  {
    name: 'The gateway no longer takes the load balancer',
    caughtBy: 'The gateway is reached from outside',
    plant: (planted) => !isExistingCluster(planted) && planted.shut(planted.groupsOf('gateway'), 'Ingress', 3443),
  },
  {
    name: 'LiteLLM takes a function of the VPC',
    caughtBy: 'LiteLLM is reached by',
    plant: (planted) => {
      if (isEks(planted)) return false;
      return (
        planted.letIn(planted.groupsOf('litellm'), { CidrIp: graphOf(planted.system).vpcCidr }, 4000) &&
        addNeighbour(planted)
      );
    },
  },
  {
    name: 'The gateway is open to every address on its TLS port',
    caughtBy: 'What is stored opens no connection, and groups',
    plant: (planted) => !isExistingCluster(planted) && planted.letIn(planted.groupsOf('gateway'), everybody, 3443),
  },
  {
    name: 'The gateway takes all ports of the load balancer',
    caughtBy: 'What is stored opens no connection, and groups',
    plant: (planted) => {
      const [from] = planted.groupsOf('load-balancer') ?? [];
      return (
        !isExistingCluster(planted) &&
        planted.letIn(planted.groupsOf('gateway'), { SourceSecurityGroupId: `‹${from}.GroupId›` }, [1, 65_535])
      );
    },
  },
  {
    name: 'The gateway may go anywhere on any port',
    caughtBy: 'Gateway and LiteLLM go to 443',
    plant: (planted) =>
      !isEks(planted) && planted.letOut(planted.groupsOf('gateway'), { ...everybody, IpProtocol: '-1' }),
  },
  {
    name: 'Postgres may open connections to the internet',
    caughtBy: 'What is stored opens no connection',
    plant: (planted) => planted.letOut(planted.groupsOf('database'), { ...everybody, IpProtocol: '-1' }),
  },
  {
    name: 'Endpoints take every address of our VPC, or any address of another',
    caughtBy: 'VPC endpoints take only',
    plant: (planted) => {
      const { vpcCidr } = graphOf(planted.system);
      return planted.letIn(planted.groupsOf('endpoints'), isOwnVpc(planted) ? { CidrIp: vpcCidr } : everybody, 443);
    },
  },
  {
    name: 'An endpoint has not the usual name of its service',
    caughtBy: 'VPC endpoints take only',
    plant: (planted) =>
      planted.edit(
        endpoint,
        (properties) => {
          properties.PrivateDnsEnabled = false;
        },
        ({ properties }) => properties['VpcEndpointType'] === 'Interface',
      ),
  },
  ...['bedrock-runtime', 'secretsmanager', 's3', 'dynamodb', 'lambda', 'elasticache', 'bedrock-agent'].map(
    (service): Mutation => ({
      name: `Without outbound there is no endpoint of ${service}`,
      caughtBy: 'The gateway, LiteLLM, the migration, nodes and functions reach what they need',
      plant: (planted) => hasNoOutbound(planted) && planted.remove(endpoint, isFor(service)),
    }),
  ),
  {
    name: 'Without outbound the endpoint of S3 is in no route table',
    caughtBy: 'The gateway, LiteLLM, the migration, nodes and functions reach what they need',
    plant: (planted) =>
      hasNoOutbound(planted) &&
      planted.edit(
        endpoint,
        (properties) => {
          properties.RouteTableIds = [];
        },
        isFor('s3'),
      ),
  },
  {
    name: 'Without outbound a NAT gateway leads out',
    caughtBy: 'Without outbound nothing has a way',
    plant: (planted) => hasNoOutbound(planted) && routeToNat(planted, graphOf(planted.system).workloads),
  },
  {
    name: 'Private subnets lead to the internet gateway',
    caughtBy: 'Without outbound nothing has a way',
    plant: (planted) => hasNoOutbound(planted) && routeToInternet(planted, graphOf(planted.system).loadBalancers),
  },
  {
    name: 'Subnets of the internal load balancer lead to the internet gateway',
    caughtBy: 'In the private scenario the load balancer is internal',
    plant: (planted) =>
      planted.system.deployment.entrance.kind === 'private' &&
      routeToInternet(planted, graphOf(planted.system).loadBalancers),
  },
  {
    name: 'Data subnets lead to the internet gateway',
    caughtBy: 'What is stored is not on the internet',
    plant: (planted) => routeToInternet(planted, graphOf(planted.system).stores),
  },
  {
    name: 'Data subnets have a NAT',
    caughtBy: 'What is stored is not on the internet',
    plant: (planted) => routeToNat(planted, graphOf(planted.system).stores),
  },
  {
    name: 'Postgres stands in the subnets of the gateway',
    caughtBy: 'What is stored is not on the internet',
    plant: (planted) => {
      const subnets = graphOf(planted.system).workloads[0]?.subnets ?? [];
      if (!isOwnVpc(planted) || hasNoOutbound(planted)) return false;
      return planted.edit('AWS::RDS::DBSubnetGroup', (properties) => {
        properties.SubnetIds = subnets.map((each) => `‹${each}›`);
      });
    },
  },
  {
    name: 'Nothing leads from private subnets to the NAT',
    caughtBy: 'The gateway, LiteLLM, the migration, nodes and functions reach what they need',
    plant: (planted) =>
      !hasNoOutbound(planted) &&
      planted.remove('AWS::EC2::Route', ({ properties }) => properties['NatGatewayId'] !== undefined),
  },
  {
    name: 'The gateway may not go out on 443',
    caughtBy: 'The gateway, LiteLLM, the migration, nodes and functions reach what they need',
    plant: (planted) => !isEks(planted) && planted.shut(planted.groupsOf('gateway'), 'Egress', 443),
  },
  {
    name: 'Postgres has a public address',
    caughtBy: 'What is stored is not on the internet',
    plant: (planted) =>
      planted.edit('AWS::RDS::DBInstance', (properties) => {
        properties.PubliclyAccessible = true;
      }),
  },
  {
    name: 'Tasks have public addresses',
    caughtBy: 'No task, pod or function has a public address',
    plant: (planted) =>
      planted.edit('AWS::ECS::Service', ({ NetworkConfiguration }) => {
        NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp = 'ENABLED';
      }),
  },
  {
    name: 'There is no network policy',
    caughtBy: 'Pods may do what a policy allows',
    plant: (planted) => isEks(planted) && clearPolicies(planted),
  },
  {
    name: 'A network policy lets every pod reach LiteLLM',
    caughtBy: 'LiteLLM is reached by',
    plant: (planted) => {
      const pod = graphOf(planted.system).workloads.find((each) => each.role === 'litellm')?.pod;
      if (pod === undefined) return false;
      const opened = planted.editManifest(
        'NetworkPolicy',
        (object) => {
          object.spec.ingress = [{}];
        },
        (object) => isAbout(object, pod.labels) && object.spec.policyTypes.includes('Ingress'),
      );
      return opened && planted.addManifest(stranger);
    },
  },
  {
    name: 'Network policies let pods ask the node for its credentials',
    caughtBy: 'Pods may do what a policy allows',
    plant: (planted) => isEks(planted) && openPolicy(planted),
  },
];

/** A pod of somebody else's, in a namespace without policies. */
const stranger = {
  kind: 'Deployment',
  metadata: { name: 'stranger', namespace: 'default' },
  spec: { template: { metadata: { labels: { app: 'stranger' } }, spec: { containers: [{ image: 'x' }] } } },
};

function isAbout(
  policy: { spec: { podSelector: { matchLabels?: object } } },
  labels: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(policy.spec.podSelector.matchLabels ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

function isExistingCluster({ system: { deployment } }: Planted): boolean {
  return deployment.platform.kind === 'eks' && deployment.platform.cluster.kind === 'existing';
}

function addNeighbour(planted: Planted): boolean {
  const subnets = graphOf(planted.system).workloads[0]?.subnets ?? [];
  return (
    planted.add('network', 'AWS::Lambda::Function', {
      VpcConfig: {
        SubnetIds: subnets.map(referenceTo),
        SecurityGroupIds: ['‹network/NeighbourGroup›'],
      },
    }) &&
    planted.addNamed('network', 'NeighbourGroup', 'AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }],
    })
  );
}

interface InSubnets {
  readonly subnets: readonly string[];
}

/** Route tables of the subnets of some parts, each once. */
function tablesOf({ system }: Planted, parts: readonly InSubnets[]): readonly string[] {
  const subnets = parts.flatMap((each) => each.subnets);
  return [...new Set(subnets.flatMap((each) => graphOf(system).routes.routeTables(each)))];
}

function routeToNat(planted: Planted, parts: readonly InSubnets[]): boolean {
  const [table] = tablesOf(planted, parts);
  if (!isOwnVpc(planted) || table === undefined) return false;
  return planted.add('network', 'AWS::EC2::Route', {
    RouteTableId: `‹${table}›`,
    DestinationCidrBlock: '0.0.0.0/0',
    NatGatewayId: 'nat-0123456789abcdef0',
  });
}

function routeToInternet(planted: Planted, parts: readonly InSubnets[]): boolean {
  const [gateway] = planted.system.ofType('AWS::EC2::InternetGateway');
  const tables = tablesOf(planted, parts);
  if (!isOwnVpc(planted) || tables.length === 0) return false;
  const id = gateway === undefined ? 'network/PlantedGateway' : gateway.id;
  if (gateway === undefined) {
    planted.addNamed('network', 'PlantedGateway', 'AWS::EC2::InternetGateway', {});
    planted.addNamed('network', 'PlantedAttachment', 'AWS::EC2::VPCGatewayAttachment', {
      InternetGatewayId: `‹${id}›`,
    });
  }
  for (const table of tables) {
    planted.add('network', 'AWS::EC2::Route', {
      RouteTableId: `‹${table}›`,
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: `‹${id}›`,
    });
  }
  return true;
}

function replaceSource(planted: Planted, groups: readonly string[] | undefined, port: number, source: string): boolean {
  return planted.shut(groups, 'Ingress', port) && planted.letIn(groups, { SourceSecurityGroupId: source }, port);
}

function clearPolicies(planted: Planted): boolean {
  let isDone = false;
  for (const { name } of graphOf(planted.system).manifests.filter((each) => each.kind === 'NetworkPolicy')) {
    const one = planted.editManifest(
      'NetworkPolicy',
      (object) => {
        object.kind = 'ConfigMap';
      },
      (object) => object.metadata.name === name,
    );
    isDone = one || isDone;
  }
  return isDone;
}

/** Makes the policies of one resource let everything out. */
function openPolicy(planted: Planted): boolean {
  return planted.editManifest('NetworkPolicy', (object) => {
    object.spec = { podSelector: {}, policyTypes: ['Egress'], egress: [{}] };
  });
}
