import { graphOf } from '../reach/graph-of.ts';
import { groupKey } from '../reach/security-groups.ts';
import type { Resource } from '../resolve.ts';
import { System } from '../system.ts';
import type { RawResource, Template } from '../templates.ts';

// biome-ignore lint/suspicious/noExplicitAny: a mutation reaches into any template, whatever it looks like.
export type Loose = any;

/** A fault that somebody could write into a template, and the rule that has to find it. */
export interface Mutation {
  /** What is done, as a sentence. */
  readonly name: string;
  /** The beginning of the name of the rule that must find it. */
  readonly caughtBy: string;
  /** Puts the fault in; false: this system has nothing to put it into. */
  readonly plant: (planted: Planted) => boolean;
}

/**
 * A copy of a system's templates that faults are put into: of resources that are changed, the others are shared. Properties are given worked out, with `‹network/Vpc›` for
 * references, and may be written so: they mean the same when they are worked out again.
 */
export class Planted {
  readonly system: System;
  readonly #templates: Record<string, Template>;
  /** Properties that were changed already, by the id of their resource. */
  readonly #edited = new Map<string, Loose>();

  constructor(system: System) {
    this.system = system;
    this.#templates = Object.fromEntries(
      Object.entries(system.templates).map(([stack, template]) => [
        stack,
        { ...template, Resources: { ...template.Resources } },
      ]),
    );
  }

  /** The system with its faults. */
  result(): System {
    return new System(this.system.name, this.system.deployment, this.#templates, this.system);
  }

  /** Changes the properties of the first resource of a type that `where` takes. False: there is none. */
  edit(
    type: string,
    change: (properties: Loose, resource: Resource) => void,
    where: (each: Resource) => boolean = () => true,
  ): boolean {
    const found = this.system.ofType(type).find(where);
    if (found === undefined) return false;
    const properties = this.#edited.get(found.id) ?? (structuredClone(found.properties) as Loose);
    this.#edited.set(found.id, properties);
    change(properties, found);
    this.#own(found.id).Properties = properties;
    return true;
  }

  /** Changes the resource itself, beside its properties. */
  editResource(
    type: string,
    change: (raw: RawResource) => void,
    where: (each: Resource) => boolean = () => true,
  ): boolean {
    const found = this.system.ofType(type).find(where);
    if (found === undefined) return false;
    change(this.#own(found.id));
    return true;
  }

  /** Takes all resources of a type away that `where` takes. False: there are none. */
  remove(type: string, where: (each: Resource) => boolean = () => true): boolean {
    const found = this.system.ofType(type).filter(where);
    for (const { stack, logicalId } of found) delete this.#templates[stack]?.Resources[logicalId];
    return found.length > 0;
  }

  /** Puts a resource into a stack. */
  add(stack: string, type: string, properties: Record<string, unknown>): boolean {
    return this.addNamed(
      stack,
      `Planted${Object.keys(this.#templates[stack]?.Resources ?? {}).length}`,
      type,
      properties,
    );
  }

  addNamed(stack: string, logicalId: string, type: string, properties: Record<string, unknown>): boolean {
    const template = this.#templates[stack];
    if (template === undefined) return false;
    template.Resources[logicalId] = { Type: type, Properties: properties };
    return true;
  }

  /** Lets a peer into a group, by a rule of CloudFormation's words. */
  letIn(
    groups: readonly string[] | undefined,
    rule: Record<string, unknown>,
    port: number | readonly [number, number],
  ): boolean {
    const [group] = groups ?? [];
    if (group === undefined) return false;
    const [FromPort, ToPort] = typeof port === 'number' ? [port, port] : port;
    return this.add('network', 'AWS::EC2::SecurityGroupIngress', {
      GroupId: referenceTo(group),
      IpProtocol: 'tcp',
      FromPort,
      ToPort,
      ...rule,
    });
  }

  letOut(groups: readonly string[] | undefined, rule: Record<string, unknown>): boolean {
    const [group] = groups ?? [];
    if (group === undefined) return false;
    return this.add('network', 'AWS::EC2::SecurityGroupEgress', { GroupId: referenceTo(group), ...rule });
  }

  /** Takes the rules of a group away, of one direction, for one port. */
  shut(groups: readonly string[] | undefined, direction: 'Ingress' | 'Egress', port: number): boolean {
    const key = groups?.[0] ?? '';
    const single = `AWS::EC2::SecurityGroup${direction}`;
    const isIt = (each: Resource) => groupKey(each.properties['GroupId']) === key;
    const removed = this.remove(single, (each) => isIt(each) && each.properties['FromPort'] === port);
    const edited = this.edit(
      'AWS::EC2::SecurityGroup',
      (properties) => {
        const name = `SecurityGroup${direction}`;
        properties[name] = (properties[name] ?? []).filter((each: Loose) => each.FromPort !== port);
      },
      (each) => each.id === key,
    );
    return removed || edited;
  }

  /** Changes objects that are applied to the cluster: those of a kind that `where` takes, in the first resource that has one. */
  editManifest(kind: string, change: (object: Loose) => void, where: (object: Loose) => boolean = () => true): boolean {
    const manifest = graphOf(this.system).manifests.find((each) => each.kind === kind && where(each.object));
    if (manifest === undefined) return false;
    const id = manifest.id.split('#')[0] ?? '';
    return this.edit(
      'Custom::AWSCDK-EKS-KubernetesResource',
      (properties) => {
        const objects = JSON.parse(properties.Manifest) as Loose[];
        for (const each of objects) if (each.kind === kind && where(each)) change(each);
        properties.Manifest = JSON.stringify(objects);
      },
      (each) => each.id === id,
    );
  }

  /** Applies one more object to the cluster. */
  addManifest(object: Loose): boolean {
    return this.add('compute', 'Custom::AWSCDK-EKS-KubernetesResource', { Manifest: JSON.stringify([object]) });
  }

  /** The security groups of one of the parts that everybody knows. */
  groupsOf(
    part: 'load-balancer' | 'gateway' | 'litellm' | 'database' | 'cache' | 'endpoints',
  ): readonly string[] | undefined {
    const graph = graphOf(this.system);
    switch (part) {
      case 'load-balancer':
        return graph.loadBalancers[0]?.groups;
      case 'endpoints':
        return graph.endpoints.find((each) => each.kind === 'interface')?.groups;
      case 'database':
      case 'cache':
        return graph.stores.find((each) => each.id === part)?.groups;
      default:
        return graph.workloads.find((each) => each.role === part)?.groups;
    }
  }

  /** The resource as one that may be changed. */
  #own(id: string): RawResource {
    const cut = id.lastIndexOf('/');
    const resources = this.#templates[id.slice(0, cut)]?.Resources;
    const raw = resources?.[id.slice(cut + 1)];
    if (resources === undefined || raw === undefined) throw new Error(`There is no ${id}.`);
    // Parameters of a nested stack are in the properties of others, which would be known as they were.
    if (raw.Type === 'AWS::CloudFormation::Stack')
      throw new Error(`Faults of a nested stack cannot be planted: ${id}.`);
    const own = structuredClone(raw);
    resources[id.slice(cut + 1)] = own;
    return own;
  }
}

/** How a template names what the graph knows by a key: ids of AWS stand for themselves. */
export function referenceTo(key: string): string {
  return key.includes('/') && !key.includes('‹') ? `‹${key}›` : key;
}
