import { at, list, number, text } from '../json.ts';
import { referredTo } from '../resolve.ts';
import type { System } from '../system.ts';
import { isEverybody, overlap } from './cidr.ts';

/** Who a rule of a security group is about. */
export type Peer =
  | { readonly kind: 'cidr'; readonly cidr: string }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'prefix-list'; readonly list: string };

export interface GroupRule {
  readonly fromPort: number;
  readonly toPort: number;
  readonly peer: Peer;
}

interface Group {
  readonly ingress: GroupRule[];
  readonly egress: GroupRule[];
}

/** The security groups of a system by their keys, which are ids of resources, or of AWS where a group is not ours. */
export class SecurityGroups {
  readonly #groups = new Map<string, Group>();
  readonly #vpcCidr: string;

  constructor(system: System, vpcCidr: string) {
    this.#vpcCidr = vpcCidr;
    for (const group of system.ofType('AWS::EC2::SecurityGroup')) {
      const own = this.#group(group.id);
      own.ingress.push(...rulesOf(list(group.properties, 'SecurityGroupIngress'), 'ingress'));
      const egress = at(group.properties, 'SecurityGroupEgress');
      // Without a word about what may go out, everything may.
      if (egress === undefined) own.egress.push({ ...anyPort, peer: { kind: 'cidr', cidr: '0.0.0.0/0' } });
      else own.egress.push(...rulesOf(list(egress), 'egress'));
    }
    for (const { properties } of system.ofType('AWS::EC2::SecurityGroupIngress')) {
      this.#group(groupKey(properties['GroupId'])).ingress.push(...rulesOf([properties], 'ingress'));
    }
    for (const { properties } of system.ofType('AWS::EC2::SecurityGroupEgress')) {
      this.#group(groupKey(properties['GroupId'])).egress.push(...rulesOf([properties], 'egress'));
    }
  }

  get keys(): readonly string[] {
    return [...this.#groups.keys()];
  }

  ingress(groups: readonly string[]): readonly GroupRule[] {
    return groups.flatMap((each) => this.#groups.get(each)?.ingress ?? []);
  }

  egress(groups: readonly string[]): readonly GroupRule[] {
    return groups.flatMap((each) => this.#groups.get(each)?.egress ?? []);
  }

  /** Declares the rules of a group that is not ours, or that AWS makes by itself. */
  declare(
    group: string,
    rules: { readonly ingress: readonly GroupRule[]; readonly egress: readonly GroupRule[] },
  ): void {
    const own = this.#group(group);
    own.ingress.push(...rules.ingress);
    own.egress.push(...rules.egress);
  }

  /** Why something with the groups `from` can open a connection within the VPC to something with the groups `to`; undefined: it cannot. */
  connects(from: readonly string[], to: readonly string[], port: number): string | undefined {
    const out = this.egress(from).find((rule) => covers(rule, port) && this.#isPeer(rule.peer, to));
    const into = this.ingress(to).find((rule) => covers(rule, port) && this.#isPeer(rule.peer, from));
    if (out === undefined || into === undefined) return undefined;
    return `out by ${describe(out)}, in by ${describe(into)}`;
  }

  #isPeer(peer: Peer, groups: readonly string[]): boolean {
    if (peer.kind === 'group') return groups.includes(peer.group);
    return peer.kind === 'cidr' && (isEverybody(peer.cidr) || overlap(peer.cidr, this.#vpcCidr));
  }

  #group(key: string): Group {
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { ingress: [], egress: [] };
      this.#groups.set(key, group);
    }
    return group;
  }
}

export const anyPort = { fromPort: 0, toPort: 65_535 } as const;

/** The key of a group: the resource's id, or what names it where it is not a resource of its own. */
export function groupKey(value: unknown): string {
  const whole = String(value);
  const resource = referredTo(whole);
  // A cluster's own group is an attribute of the cluster, and another thing than the cluster.
  return resource === undefined || /ClusterSecurityGroupId›$/.test(whole) ? whole : resource;
}

export function covers(rule: GroupRule, port: number): boolean {
  return rule.fromPort <= port && port <= rule.toPort;
}

export function describe({ fromPort, toPort, peer }: GroupRule): string {
  const ports = fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
  const who = peer.kind === 'cidr' ? peer.cidr : peer.kind === 'group' ? peer.group : `prefix list ${peer.list}`;
  return `${ports} ${who}`;
}

/** Rules for TCP; one for all protocols counts as one for all ports, one for another protocol carries nothing here. */
function rulesOf(raw: readonly unknown[], direction: 'ingress' | 'egress'): GroupRule[] {
  const side = direction === 'ingress' ? 'Source' : 'Destination';
  return raw.flatMap((each): GroupRule[] => {
    const protocol = String(at(each, 'IpProtocol'));
    if (!['tcp', '6', '-1', 'all'].includes(protocol)) return [];
    const ports =
      protocol === '-1' || protocol === 'all'
        ? anyPort
        : { fromPort: number(each, 'FromPort') ?? 0, toPort: number(each, 'ToPort') ?? 65_535 };
    const group = at(each, `${side}SecurityGroupId`);
    const prefixList = at(each, `${side}PrefixListId`);
    const cidr = text(each, 'CidrIp') ?? text(each, 'CidrIpv6');
    if (group !== undefined) return [{ ...ports, peer: { kind: 'group', group: groupKey(group) } }];
    if (prefixList !== undefined) return [{ ...ports, peer: { kind: 'prefix-list', list: String(prefixList) } }];
    return cidr === undefined ? [] : [{ ...ports, peer: { kind: 'cidr', cidr } }];
  });
}
