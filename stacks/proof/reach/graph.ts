import { at, flag, text, texts } from '../json.ts';
import { referredTo } from '../resolve.ts';
import type { System } from '../system.ts';
import { isEverybody, isPrivate } from './cidr.ts';
import {
  type Conditions,
  type Distribution,
  distributionsOf,
  type Listener,
  type LoadBalancer,
  loadBalancersOf,
} from './entrances.ts';
import { type Manifest, manifestsOf } from './manifests.ts';
import { NetworkPolicies } from './network-policies.ts';
import { Routes } from './routes.ts';
import { anyPort, covers, describe, groupKey, SecurityGroups } from './security-groups.ts';
import { type VpcEndpoint, vpcEndpointsOf } from './vpc-endpoints.ts';
import { LAMBDA, type Workload, workloadsOf } from './workloads.ts';

/** A connection that can be made. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Why it can be made, for people. */
  readonly why: string;
  readonly isEncrypted: boolean;
  /** Headers that are put on every request that takes it. */
  readonly sends: readonly { readonly name: string; readonly value: string }[];
  /** What a request must have to take it; undefined: nothing. */
  readonly demands: Conditions | undefined;
}

/** Something that is stored, behind a port. */
interface Store {
  readonly id: 'database' | 'cache';
  readonly groups: readonly string[];
  readonly subnets: readonly string[];
  readonly port: number;
  readonly isPublic: boolean;
}

/** Names of who is outside. */
export const outside = {
  /** Anybody, from any address. */
  internet: 'internet',
  /** Anybody who has a distribution of CloudFront of their own. */
  foreignCloudFront: 'a foreign CloudFront distribution',
  /** What has a private address: the VPC's neighbours, a VPN. */
  privateNetwork: 'private network',
} as const;

/** Stands for addresses of the internet in rules that are about blocks; reserved for documentation. */
const someAddress = '192.0.2.0/24';

/** AWS's list of CloudFront's servers in the regions of the variants; see `stacks/network/prefix-lists.ts`. */
const cloudFrontLists = ['pl-4fa04526', 'pl-3b927c52'];

/** Who can connect to whom in a system, as far as its templates say. */
export class Graph {
  readonly system: System;
  readonly routes: Routes;
  readonly groups: SecurityGroups;
  readonly policies: NetworkPolicies;
  readonly manifests: readonly Manifest[];
  readonly loadBalancers: readonly LoadBalancer[];
  readonly distributions: readonly Distribution[];
  readonly workloads: readonly Workload[];
  readonly endpoints: readonly VpcEndpoint[];
  readonly stores: readonly Store[];
  readonly edges: readonly Edge[];
  readonly vpcCidr: string;

  constructor(system: System) {
    this.system = system;
    this.vpcCidr = vpcCidrOf(system);
    this.routes = new Routes(system);
    this.groups = new SecurityGroups(system, this.vpcCidr);
    this.#declareClusterGroups();
    this.manifests = manifestsOf(system);
    this.policies = new NetworkPolicies(this.manifests);
    this.loadBalancers = loadBalancersOf(system, this.routes);
    this.distributions = distributionsOf(system);
    this.workloads = workloadsOf(system, this.routes, this.manifests);
    this.endpoints = vpcEndpointsOf(system, this.routes);
    this.stores = storesOf(system, this.routes);
    this.edges = [
      ...this.loadBalancers.flatMap((each) => this.#toLoadBalancer(each)),
      ...this.loadBalancers.flatMap((each) =>
        each.listeners.flatMap((listener) => this.#throughListener(each, listener)),
      ),
      ...this.distributions.flatMap((each) => this.#throughCloudFront(each)),
      ...this.workloads.flatMap((each) => this.#fromWorkload(each)),
      ...this.#fromOutsideToInside(),
    ];
  }

  /** What the name of a workload is in the graph. */
  nameOf(workload: Workload): string {
    return workload.role ?? workload.id;
  }

  #toLoadBalancer({ id, isInternal, groups, subnets, listeners }: LoadBalancer): Edge[] {
    const isRouted = subnets.some((each) => this.routes.wayOut(each) === 'internet-gateway');
    return listeners.flatMap((listener) =>
      this.groups
        .ingress(groups)
        .filter((rule) => covers(rule, listener.port))
        .flatMap((rule): Edge[] => {
          const why = `${id} listens on ${listener.port} and takes ${describe(rule)}`;
          const { peer } = rule;
          const edge = (from: string): Edge => plainEdge(from, listener.id, why, listener.protocol === 'HTTPS');
          const isReachable = !isInternal && isRouted;
          if (peer.kind === 'prefix-list') return isReachable ? [edge(outside.foreignCloudFront)] : [];
          if (peer.kind === 'group') return [];
          const near = isEverybody(peer.cidr) || isPrivate(peer.cidr) ? [edge(outside.privateNetwork)] : [];
          if (!isReachable || isPrivate(peer.cidr)) return near;
          if (!isEverybody(peer.cidr)) return [edge(`addresses of ${peer.cidr}`)];
          return [...near, edge(outside.internet), edge(outside.foreignCloudFront)];
        }),
    );
  }

  #throughCloudFront({ id, origins }: Distribution): Edge[] {
    const fromViewers = plainEdge(outside.internet, id, 'CloudFront answers anybody', true);
    const toOrigins = origins.flatMap((origin): Edge[] => {
      const loadBalancer = this.loadBalancers.find((each) => each.id === origin.loadBalancer);
      const listener = loadBalancer?.listeners.find((each) => each.port === origin.port);
      if (loadBalancer === undefined || listener === undefined) return [];
      const admitting = this.groups.ingress(loadBalancer.groups).find((rule) => {
        const { peer } = rule;
        const isCloudFront =
          peer.kind === 'prefix-list'
            ? cloudFrontLists.includes(peer.list)
            : peer.kind === 'cidr' && isEverybody(peer.cidr);
        return isCloudFront && covers(rule, origin.port);
      });
      const isRouted = loadBalancer.subnets.some((each) => this.routes.wayOut(each) === 'internet-gateway');
      const isThere = origin.isVpcOrigin ? loadBalancer.isInternal : !loadBalancer.isInternal && isRouted;
      if (admitting === undefined || !isThere) return [];
      const how = origin.isVpcOrigin ? 'through the VPC' : 'through the internet';
      const why = `${origin.protocol} on ${origin.port} ${how}, taken by ${describe(admitting)}`;
      return [{ ...plainEdge(id, listener.id, why, origin.protocol === 'https-only'), sends: origin.headers }];
    });
    return [fromViewers, ...toOrigins];
  }

  #throughListener(loadBalancer: LoadBalancer, listener: Listener): Edge[] {
    return listener.rules
      .filter((rule) => rule.action === 'forward')
      .flatMap((rule) =>
        this.workloads.flatMap((workload) =>
          workload.targetGroups
            .filter(({ targetGroup }) => rule.targetGroups.includes(targetGroup))
            .flatMap(({ targetGroup, port }): Edge[] => {
              if (port === LAMBDA) {
                const calls = `rule ${rule.priority} of ${listener.port} calls it by Lambda's API`;
                return [{ ...plainEdge(listener.id, this.nameOf(workload), calls, true), demands: rule.conditions }];
              }
              const connects = this.groups.connects(loadBalancer.groups, workload.groups, port);
              const { pod } = workload;
              const isLetIn =
                pod === undefined ||
                this.#cidrs(loadBalancer.subnets).some((cidr) => this.policies.allows(pod, 'Ingress', { cidr }, port));
              if (connects === undefined || !isLetIn) return [];
              const protocol = text(this.system.resourceOf(targetGroup)?.properties, 'Protocol');
              const why = `rule ${rule.priority} of ${listener.port} forwards to ${port}, ${connects}`;
              const edge = plainEdge(listener.id, this.nameOf(workload), why, protocol === 'HTTPS');
              return [{ ...edge, demands: rule.conditions }];
            }),
        ),
      );
  }

  #fromWorkload(workload: Workload): Edge[] {
    const from = this.nameOf(workload);
    const edges: Edge[] = [];
    const to = (target: string, why: string, isEncrypted = true) =>
      edges.push(plainEdge(from, target, why, isEncrypted));
    for (const other of this.workloads) {
      const why = other === workload ? undefined : this.#betweenWorkloads(workload, other);
      if (why !== undefined) to(this.nameOf(other), why, false);
    }
    for (const store of this.stores) {
      const why = this.groups.connects(workload.groups, store.groups, store.port);
      if (why !== undefined && this.#mayLeave(workload, this.#cidrs(store.subnets), store.port)) to(store.id, why);
    }
    const toInternet = this.#toInternet(workload);
    if (toInternet !== undefined) to(outside.internet, toInternet);
    for (const endpoint of this.endpoints) {
      const why = this.#toEndpoint(workload, endpoint);
      if (why !== undefined) to(`aws:${endpoint.service}`, why);
    }
    return edges;
  }

  #betweenWorkloads(from: Workload, to: Workload): string | undefined {
    if (to.role !== 'gateway' && to.role !== 'litellm') return undefined;
    const port = { gateway: 3443, litellm: 4000 }[to.role];
    const why = this.groups.connects(from.groups, to.groups, port);
    if (why === undefined) return undefined;
    const leaves =
      from.pod === undefined ||
      this.policies.allows(from.pod, 'Egress', to.pod === undefined ? { cidr: this.vpcCidr } : { pod: to.pod }, port);
    const enters =
      to.pod === undefined ||
      this.policies.allows(
        to.pod,
        'Ingress',
        from.pod === undefined ? { cidr: this.vpcCidr } : { pod: from.pod },
        port,
      );
    return leaves && enters ? `${port}: ${why}` : undefined;
  }

  #mayLeave({ pod }: Workload, cidrs: readonly string[], port: number): boolean {
    return pod === undefined || cidrs.some((cidr) => this.policies.allows(pod, 'Egress', { cidr }, port));
  }

  #toInternet(workload: Workload): string | undefined {
    const rule = this.groups.egress(workload.groups).find(({ peer }) => peer.kind === 'cidr' && !isPrivate(peer.cidr));
    const subnet = workload.subnets.find((each) => {
      const way = this.routes.wayOut(each);
      return way === 'nat' || (way === 'internet-gateway' && workload.isPublic);
    });
    if (
      rule === undefined ||
      subnet === undefined ||
      !this.#mayLeave(workload, [someAddress], rule.fromPort === 0 ? 443 : rule.fromPort)
    )
      return undefined;
    return `out by ${describe(rule)}, from ${subnet} by ${this.routes.wayOut(subnet)}`;
  }

  #toEndpoint(workload: Workload, endpoint: VpcEndpoint): string | undefined {
    if (endpoint.kind === 'interface') {
      if (!endpoint.hasPrivateName) return undefined;
      const why = this.groups.connects(workload.groups, endpoint.groups, 443);
      return this.#mayLeave(workload, this.#cidrs(endpoint.subnets), 443) ? why : undefined;
    }
    const out = this.groups
      .egress(workload.groups)
      .find(
        (rule) =>
          covers(rule, 443) &&
          (rule.peer.kind === 'prefix-list' || (rule.peer.kind === 'cidr' && isEverybody(rule.peer.cidr))),
      );
    const subnet = workload.subnets.find((each) =>
      this.routes.routeTables(each).some((table) => endpoint.routeTables.includes(table)),
    );
    if (out === undefined || subnet === undefined || !this.#mayLeave(workload, [someAddress], 443)) return undefined;
    return `out by ${describe(out)}, from ${subnet} by its route table`;
  }

  /** Doors that should not be: addresses of the internet on what is not a load balancer. */
  #fromOutsideToInside(): Edge[] {
    const things = [
      ...this.workloads.map((each) => ({ name: this.nameOf(each), ...each })),
      ...this.stores.map((each) => ({ name: each.id, ...each })),
    ];
    return things
      .filter(
        (each) => each.isPublic && each.subnets.some((subnet) => this.routes.wayOut(subnet) === 'internet-gateway'),
      )
      .flatMap(({ name, groups }) =>
        this.groups
          .ingress(groups)
          .filter(({ peer }) => peer.kind === 'cidr' && !isPrivate(peer.cidr))
          .map((rule) => plainEdge(outside.internet, name, `a public address, taken by ${describe(rule)}`, false)),
      );
  }

  /** The blocks of subnets, where they are known; else that of the VPC. */
  #cidrs(subnets: readonly string[]): readonly string[] {
    const known = subnets.map((each) => text(this.system.resourceOf(`‹${each}›`)?.properties, 'CidrBlock'));
    return known.map((each) => (each !== undefined && /^\d/.test(each) ? each : this.vpcCidr));
  }

  /** The security groups that EKS makes for clusters, of its own and all members. */
  get clusterGroups(): readonly string[] {
    const { platform } = this.system.deployment;
    const given =
      platform.kind === 'eks' && platform.cluster.kind === 'existing' ? [platform.cluster.securityGroupId] : [];
    const made = this.system.ofType('AWS::EKS::Cluster').map(({ id }) => `‹${id}.ClusterSecurityGroupId›`);
    return [...given, ...made];
  }

  /** A cluster's own group lets its members talk with each other, and go anywhere: EKS makes it so. */
  #declareClusterGroups(): void {
    for (const group of this.clusterGroups) {
      this.groups.declare(group, {
        ingress: [{ ...anyPort, peer: { kind: 'group', group } }],
        egress: [{ ...anyPort, peer: { kind: 'cidr', cidr: '0.0.0.0/0' } }],
      });
    }
  }
}

function plainEdge(from: string, to: string, why: string, isEncrypted: boolean): Edge {
  return { from, to, why, isEncrypted, sends: [], demands: undefined };
}

function vpcCidrOf(system: System): string {
  const [vpc] = system.ofType('AWS::EC2::VPC');
  const plan = system.deployment.network.vpc;
  const declared = plan.kind === 'existing' ? plan.parts?.cidr : plan.cidr;
  return text(vpc?.properties, 'CidrBlock') ?? declared ?? '10.0.0.0/16';
}

function storesOf(system: System, routes: Routes): Store[] {
  const databases = system.ofType('AWS::RDS::DBInstance').map(({ properties }): Store => {
    const subnets = system.resourceOf(properties['DBSubnetGroupName']);
    return {
      id: 'database',
      groups: texts(properties, 'VPCSecurityGroups').map(groupKey),
      subnets: routes.subnets(at(subnets?.properties, 'SubnetIds')),
      port: 5432,
      isPublic: flag(properties, 'PubliclyAccessible'),
    };
  });
  const caches = system.ofType('AWS::ElastiCache::ReplicationGroup').map(({ properties }): Store => {
    const name = properties['CacheSubnetGroupName'];
    const subnets = system
      .ofType('AWS::ElastiCache::SubnetGroup')
      .find((each) => each.id === referredTo(name) || text(each.properties, 'CacheSubnetGroupName') === name);
    return {
      id: 'cache',
      groups: texts(properties, 'SecurityGroupIds').map(groupKey),
      subnets: routes.subnets(at(subnets?.properties, 'SubnetIds')),
      port: 6379,
      isPublic: false,
    };
  });
  return [...databases, ...caches];
}
