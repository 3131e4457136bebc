import { isEverybody } from '../reach/cidr.ts';
import { outside } from '../reach/graph.ts';
import { graphOf } from '../reach/graph-of.ts';
import { describe, type Peer } from '../reach/security-groups.ts';
import type { Rule, System } from '../system.ts';

/** Which of our workloads have to reach what; nobody else may. */
const guests = {
  litellm: ['gateway'],
  database: ['gateway', 'litellm', 'migration', 'prompts-admin', 'chat-history', 'secret-rotation'],
  cache: ['gateway', 'litellm', 'prompts-admin', 'secret-rotation'],
} as const;

/**
 * Who may besides, because it has the security groups of the others: on Fargate the migration, which is a task of the
 * gateway's image, for minutes; on EKS the nodes, whose groups are those of their pods.
 */
const besides: readonly string[] = ['migration', 'node'];

/**
 * Members of a cluster's own security group, which lets them reach each other: nodes, and CDK's function that applies
 * manifests. Of a cluster that was there it is its owner's to say who they are.
 */
function isMember(system: System, name: string): boolean {
  const { workloads, clusterGroups, nameOf } = graphOf(system);
  return workloads
    .filter((each) => nameOf(each) === name && each.pod === undefined)
    .some((each) => each.groups.some((group) => clusterGroups.includes(group)));
}

/** Who talks with whom within the VPC. */
export const insideRules: readonly Rule[] = [
  ...(['litellm', 'database', 'cache'] as const).map(
    (host): Rule => ({
      name: `${{ litellm: 'LiteLLM', database: 'Postgres', cache: 'The cache' }[host]} is reached by ${guests[host].join(', ')}, and by nobody else`,
      breaches: (system) => {
        const callers = callersOf(system, host);
        const allowed: readonly string[] = guests[host];
        return [
          ...callers
            .filter((each) => !allowed.includes(each) && !besides.includes(each) && !isMember(system, each))
            .map((each) => `${each} reaches it.`),
          ...allowed.filter((each) => !callers.includes(each)).map((each) => `${each} does not reach it.`),
        ];
      },
    }),
  ),
  {
    name: 'The gateway is reached from outside by the load balancer alone',
    breaches: (system) => {
      const listeners = graphOf(system).loadBalancers.flatMap((each) => each.listeners.map((listener) => listener.id));
      const callers = callersOf(system, 'gateway');
      return [
        ...callers
          .filter((each) => !listeners.includes(each) && !isMember(system, each))
          .map((each) => `${each} reaches it.`),
        ...(callers.some((each) => listeners.includes(each)) ? [] : ['The load balancer does not reach it.']),
      ];
    },
  },
  {
    name: 'What is stored is not on the internet, and its subnets have no way there',
    breaches: (system) => {
      const { stores, routes } = graphOf(system);
      if (stores.length !== 2) return [`There are ${stores.length} stores, not two.`];
      // In an existing VPC stored data shares the private subnets.
      const isOwn = system.deployment.network.vpc.kind === 'new';
      return stores.flatMap(({ id, isPublic, subnets }) => [
        ...(isPublic ? [`${id} has a public address.`] : []),
        ...(subnets.length < 2 ? [`${id} is in ${subnets.length} subnets.`] : []),
        ...subnets
          .filter((each) => routes.wayOut(each) === 'internet-gateway' || (isOwn && routes.wayOut(each) !== 'none'))
          .map((each) => `${id} is in ${each}, which has a way out by ${routes.wayOut(each)}.`),
      ]);
    },
  },
  {
    name: 'What is stored opens no connection, and groups let in no range of ports and nobody from everywhere',
    breaches: (system) => {
      const { groups, stores, loadBalancers } = graphOf(system);
      const entrance = loadBalancers.flatMap((each) => each.groups);
      const open = groups.keys.flatMap((key) =>
        groups
          .ingress([key])
          // A cluster's own group takes itself: EKS makes it so.
          .filter(({ peer }) => peer.kind !== 'group' || peer.group !== key)
          .filter(
            ({ peer, fromPort, toPort }) =>
              fromPort !== toPort || (peer.kind === 'cidr' && isEverybody(peer.cidr) && !entrance.includes(key)),
          )
          .map((rule) => `${key} takes ${describe(rule)}.`),
      );
      const talking = stores.flatMap(({ id, groups: keys }) =>
        groups.egress(keys).map((rule) => `${id} may go to ${describe(rule)}.`),
      );
      return [...open, ...talking];
    },
  },
  {
    name: 'No task, pod or function has a public address',
    breaches: (system) => {
      const graph = graphOf(system);
      return graph.workloads.filter((each) => each.isPublic).map((each) => graph.nameOf(each));
    },
  },
  {
    name: 'Without outbound nothing has a way to the internet',
    breaches: (system) => {
      if (system.deployment.network.outbound !== 'none') return [];
      const graph = graphOf(system);
      const nats = system.ofType('AWS::EC2::NatGateway').map((each) => each.id);
      const edges = graph.edges
        .filter((each) => each.to === outside.internet)
        .map((each) => `${each.from}: ${each.why}`);
      const subnets = graph.workloads
        .flatMap((each) => each.subnets)
        .filter((each) => graph.routes.wayOut(each) !== 'none')
        .map((each) => `${each} has a way out by ${graph.routes.wayOut(each)}.`);
      return [...nats, ...edges, ...new Set(subnets)];
    },
  },
  {
    name: 'Gateway and LiteLLM go to 443 of the internet at most',
    breaches: (system) => {
      const { groups, workloads } = graphOf(system);
      const isFargate = system.deployment.platform.kind === 'ecs';
      return workloads
        .filter((each) => each.role !== undefined && each.role !== 'node' && (isFargate || each.pod === undefined))
        .flatMap((each) =>
          groups
            .egress(each.groups)
            .filter(
              ({ peer, fromPort, toPort }) =>
                peer.kind === 'cidr' && isEverybody(peer.cidr) && !(fromPort === 443 && toPort === 443),
            )
            .map((rule) => `${each.role} may go to ${describe(rule)}.`),
        );
    },
  },
  {
    name: 'The gateway, LiteLLM, the migration, nodes and functions reach what they need of AWS',
    breaches: (system) => {
      const { edges } = graphOf(system);
      return needing.flatMap((role) =>
        needsOf(system, role)
          .filter(
            (service) =>
              !edges.some(({ from, to }) => from === role && (to === `aws:${service}` || to === outside.internet)),
          )
          .map((service) => `${role} does not reach ${service}.`),
      );
    },
  },
  {
    name: 'VPC endpoints take only what is ours, and in a VPC that was there what is in it',
    breaches: (system) => {
      const { endpoints, groups } = graphOf(system);
      const { vpc } = system.deployment.network;
      const shared = vpc.kind === 'existing' ? vpc.parts?.cidr : undefined;
      const isFit = (peer: Peer) => peer.kind === 'group' || (peer.kind === 'cidr' && peer.cidr === shared);
      return endpoints
        .filter((each) => each.kind === 'interface')
        .flatMap(({ service, groups: keys, hasPrivateName }) => [
          ...(keys.length === 0 ? [`${service} has no security group.`] : []),
          ...(hasPrivateName ? [] : [`${service} has not its usual name.`]),
          ...groups
            .ingress(keys)
            .filter(({ peer, fromPort, toPort }) => !isFit(peer) || fromPort !== 443 || toPort !== 443)
            .map((rule) => `${service} takes ${describe(rule)}.`),
        ]);
    },
  },
  {
    name: 'Pods may do what a policy allows and nothing else, and never ask the node for its credentials',
    breaches: (system) => {
      const { workloads, policies } = graphOf(system);
      return workloads.flatMap(({ id, pod, role }) => {
        if (pod === undefined || role === undefined) return [];
        return [
          ...(['Ingress', 'Egress'] as const)
            .filter((each) => !policies.isIsolated(pod, each))
            .map((each) => `${id}: ${each} is open.`),
          ...(policies.allows(pod, 'Egress', { cidr: '169.254.169.254/32' }, 80)
            ? [`${id} reaches the node's credentials.`]
            : []),
        ];
      });
    },
  },
];

/** Who has an edge to it, by the names of the graph; our own workloads by their roles. */
function callersOf(system: System, to: string): readonly string[] {
  return [
    ...new Set(
      graphOf(system)
        .edges.filter((each) => each.to === to)
        .map((each) => each.from),
    ),
  ].sort();
}

const needing = [
  'gateway',
  'litellm',
  'migration',
  'node',
  'prompts-admin',
  'chat-history',
  'secret-rotation',
] as const;
type Caller = (typeof needing)[number];

/** The functions in the VPC; their code is Lambda's to fetch, and so are their logs. */
const needsOfFunctions = {
  'prompts-admin': ['secretsmanager', 'bedrock', 'bedrock-agent', 's3'],
  'chat-history': ['secretsmanager', 'dynamodb', 's3', 'lambda'],
  'secret-rotation': ['secretsmanager', 'elasticache'],
} as const;

/**
 * Services of AWS that are called at start and after. On Fargate image and secrets are fetched by the task's own
 * network, on EKS by its nodes: the driver of secrets and the agent of pods' roles run on these.
 */
function needsOf({ deployment }: System, role: Caller): readonly string[] {
  if (role === 'secret-rotation') return [...needsOfFunctions[role], deployment.platform.kind];
  if (role === 'prompts-admin' || role === 'chat-history') return needsOfFunctions[role];
  const hot = ['bedrock-runtime', 'bedrock', 'bedrock-agent', 'dynamodb', 's3', 'secretsmanager'];
  const own = { gateway: hot, litellm: ['bedrock-runtime', 's3'], migration: [], node: [] }[role];
  if (deployment.platform.kind === 'ecs') {
    return role === 'node' ? [] : [...own, 'secretsmanager', 'ecr.api', 'ecr.dkr', 's3', 'logs'];
  }
  // Nodes of a cluster that was there are its owner's.
  if (role !== 'node' || deployment.platform.cluster.kind === 'existing') return own;
  return ['secretsmanager', 'ecr.api', 'ecr.dkr', 's3', 'logs', 'eks', 'eks-auth', 'ec2', 'sts'];
}
