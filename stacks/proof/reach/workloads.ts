import { type FunctionName, functionNames } from '../../functions/functions.ts';
import { at, entries, flag, list, number, text, texts } from '../json.ts';
import { type Resource, referredTo } from '../resolve.ts';
import type { System } from '../system.ts';
import type { Manifest } from './manifests.ts';
import { labelsOf, type Pod } from './network-policies.ts';
import type { Routes } from './routes.ts';
import { groupKey } from './security-groups.ts';

/** What of ours a workload is; functions by their folders. */
type Role = 'gateway' | 'litellm' | 'migration' | 'node' | FunctionName;

/** Something that runs our containers, or anything else with an address in the VPC that may open connections. */
export interface Workload {
  readonly id: string;
  /** Undefined: none of these. */
  readonly role: Role | undefined;
  readonly groups: readonly string[];
  readonly subnets: readonly string[];
  /** Whether it has an address of the internet. */
  readonly isPublic: boolean;
  /** Resolved values that name the target groups that it is in, with its port there. */
  readonly targetGroups: readonly { readonly targetGroup: string; readonly port: number }[];
  /** Pods: what policies choose them by; undefined: not a pod. */
  readonly pod: Pod | undefined;
}

/** Services and tasks of ECS, pods of EKS, nodes, Lambda functions within the VPC, and single machines. */
export function workloadsOf(system: System, routes: Routes, manifests: readonly Manifest[]): readonly Workload[] {
  return [
    ...ecsServices(system, routes),
    ...ecsTasks(system, routes),
    ...pods(manifests, nodeNetwork(system, routes)),
    ...nodes(system, routes),
    ...functions(system, routes),
    ...instances(system, routes),
  ];
}

/** Which of the three a container is: by the port that it listens on, and the migration by its command. */
function roleOf(containers: readonly unknown[], ports: { containers: string; port: string }): Role | undefined {
  for (const container of containers) {
    if (/migrate\.mjs/.test(JSON.stringify(container))) return 'migration';
    const numbers = list(container, ports.containers).map((each) => number(each, ports.port));
    if (numbers.includes(3443)) return 'gateway';
    if (numbers.includes(4000)) return 'litellm';
  }
  return undefined;
}

function roleOfTask(task: Resource | undefined): Role | undefined {
  return roleOf(list(task?.properties, 'ContainerDefinitions'), { containers: 'PortMappings', port: 'ContainerPort' });
}

function ecsServices(system: System, routes: Routes): Workload[] {
  return system.ofType('AWS::ECS::Service').map(({ id, properties }) => {
    const task = system.resourceOf(properties['TaskDefinition']);
    const network = at(properties, 'NetworkConfiguration', 'AwsvpcConfiguration');
    return {
      id,
      role: roleOfTask(task),
      groups: texts(network, 'SecurityGroups').map(groupKey),
      subnets: routes.subnets(at(network, 'Subnets')),
      isPublic: text(network, 'AssignPublicIp') === 'ENABLED',
      targetGroups: list(properties, 'LoadBalancers').flatMap((each) => {
        const targetGroup = text(each, 'TargetGroupArn');
        return targetGroup === undefined ? [] : [{ targetGroup, port: number(each, 'ContainerPort') ?? 0 }];
      }),
      pod: undefined,
    };
  });
}

/** Tasks that a custom resource starts: it names the task definition, groups and subnets among its properties. */
function ecsTasks(system: System, routes: Routes): Workload[] {
  const inServices = new Set(
    system.ofType('AWS::ECS::Service').map((each) => referredTo(each.properties['TaskDefinition'])),
  );
  return system
    .ofType('AWS::ECS::TaskDefinition')
    .filter((each) => !inServices.has(each.id))
    .flatMap((task) => {
      const role = roleOfTask(task);
      return system.resources
        .filter((each) => isCustom(each) && JSON.stringify(each.properties).includes(task.id))
        .map(({ id, properties }) => {
          const words = JSON.stringify(properties);
          return {
            id,
            role,
            groups: textsUnder(properties, /securityGroups?$/i).map(groupKey),
            subnets: routes.subnets(textsUnder(properties, /subnets?$/i)),
            isPublic: /"assignPublicIp":"ENABLED"/i.test(words),
            targetGroups: [],
            pod: undefined,
          };
        });
    });
}

function isCustom({ type }: Resource): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

/** The texts of all lists below a key; a list may be written as JSON or with commas between. */
function textsUnder(value: unknown, key: RegExp): readonly string[] {
  return entries(value).flatMap(([name, inner]) => {
    if (!key.test(name)) return textsUnder(inner, key);
    if (typeof inner === 'string') return inner.replace(/[[\]"\s]/g, '').split(',');
    return texts(inner);
  });
}

function pods(manifests: readonly Manifest[], network: ReturnType<typeof nodeNetwork>): Workload[] {
  const ofKind = (kind: string) => manifests.filter((each) => each.kind === kind);
  return manifests
    .filter(({ kind }) => ['Deployment', 'Job', 'DaemonSet', 'StatefulSet', 'CronJob'].includes(kind))
    .map(({ id, namespace, object }) => {
      const template = at(object, 'spec', 'jobTemplate', 'spec', 'template') ?? at(object, 'spec', 'template');
      const labels = labelsOf(at(template, 'metadata', 'labels'));
      const services = ofKind('Service').filter(
        (each) => each.namespace === namespace && selects(entries(each.object, 'spec', 'selector'), labels),
      );
      return {
        id,
        role: roleOf(list(template, 'spec', 'containers'), { containers: 'ports', port: 'containerPort' }),
        ...network,
        targetGroups: ofKind('TargetGroupBinding').flatMap(({ object: binding }) => {
          const service = services.find((each) => each.name === text(binding, 'spec', 'serviceRef', 'name'));
          const targetGroup = text(binding, 'spec', 'targetGroupARN');
          if (service === undefined || targetGroup === undefined) return [];
          return [
            { targetGroup, port: targetPort(service.object, template, at(binding, 'spec', 'serviceRef', 'port')) },
          ];
        }),
        pod: { namespace, labels },
      };
    });
}

/** The container's port behind a port of a service, by number or name. */
function targetPort(service: unknown, template: unknown, port: unknown): number {
  const found = list(service, 'spec', 'ports').find((each) => at(each, 'port') === port || at(each, 'name') === port);
  const target = at(found, 'targetPort') ?? at(found, 'port');
  if (typeof target === 'number') return target;
  const named = list(template, 'spec', 'containers')
    .flatMap((each) => list(each, 'ports'))
    .find((each) => at(each, 'name') === target);
  return number(named, 'containerPort') ?? 0;
}

function selects(selector: readonly [string, unknown][], labels: Readonly<Record<string, string>>): boolean {
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

/** Pods have the groups and subnets of the nodes that they run on: all node groups together. */
function nodeNetwork(system: System, routes: Routes) {
  const groups = new Set<string>();
  const subnets = new Set<string>();
  for (const nodeGroup of system.ofType('AWS::EKS::Nodegroup')) {
    const template = system.resourceOf(at(nodeGroup.properties, 'LaunchTemplate', 'Id'));
    for (const each of launchGroups(template)) groups.add(groupKey(each));
    for (const each of routes.subnets(nodeGroup.properties['Subnets'])) subnets.add(each);
  }
  const { platform } = system.deployment;
  if (platform.kind === 'eks' && platform.cluster.kind === 'existing') {
    // The nodes of a cluster that was there are in its own group and, as far as is known here, in the private subnets.
    groups.add(platform.cluster.securityGroupId);
    for (const each of routes.all) if (routes.wayOut(each) !== 'internet-gateway') subnets.add(each);
  }
  return {
    groups: [...groups],
    subnets: [...subnets],
    isPublic: [...subnets].some((each) => routes.givesPublicAddresses(each)),
  };
}

/** Nodes themselves, beside their pods: they fetch images, and run the drivers that fetch secrets. */
function nodes(system: System, routes: Routes): Workload[] {
  return system.ofType('AWS::EKS::Nodegroup').map(({ id }) => ({
    id,
    role: 'node',
    ...nodeNetwork(system, routes),
    targetGroups: [],
    pod: undefined,
  }));
}

function launchGroups(template: Resource | undefined): readonly string[] {
  const data = at(template?.properties, 'LaunchTemplateData');
  return [
    ...texts(data, 'SecurityGroupIds'),
    ...list(data, 'NetworkInterfaces').flatMap((each) => texts(each, 'Groups')),
  ];
}

function functions(system: System, routes: Routes): Workload[] {
  return system
    .ofType('AWS::Lambda::Function')
    .filter((each) => list(each.properties, 'VpcConfig', 'SubnetIds').length > 0)
    .map(({ id, properties }) => ({
      id,
      role: functionNameOf(properties),
      groups: texts(properties, 'VpcConfig', 'SecurityGroupIds').map(groupKey),
      subnets: routes.subnets(at(properties, 'VpcConfig', 'SubnetIds')),
      isPublic: false,
      targetGroups: lambdaTargetGroups(system, id).map((targetGroup) => ({ targetGroup, port: LAMBDA })),
      pod: undefined,
    }));
}

/** Which of ours a function is; CDK's and those behind custom resources are none. */
export function functionNameOf(properties: unknown): FunctionName | undefined {
  const name = text(properties, 'Environment', 'Variables', 'POWERTOOLS_SERVICE_NAME');
  return functionNames.find((each) => each === name);
}

/** In place of a port: a load balancer calls a function by Lambda's API and needs a right for it. */
export const LAMBDA = 0;

/** References to the target groups that a function is in, and that may call it. */
function lambdaTargetGroups(system: System, functionId: string): readonly string[] {
  return system
    .ofType('AWS::ElasticLoadBalancingV2::TargetGroup')
    .filter(({ properties }) => list(properties, 'Targets').some((each) => referredTo(text(each, 'Id')) === functionId))
    .filter(({ properties }) =>
      system.ofType('AWS::Lambda::Permission').some((permission) => {
        const { FunctionName, Principal, SourceArn } = permission.properties;
        return (
          referredTo(FunctionName) === functionId &&
          Principal === 'elasticloadbalancing.amazonaws.com' &&
          String(SourceArn).includes(`:targetgroup/${text(properties, 'Name')}/`)
        );
      }),
    )
    .map(({ id }) => `‹${id}›`);
}

function instances(system: System, routes: Routes): Workload[] {
  return system.ofType('AWS::EC2::Instance').map(({ id, properties }) => {
    const card = at(properties, 'NetworkInterfaces', 0);
    const subnets = routes.subnets([at(properties, 'SubnetId') ?? at(card, 'SubnetId')]);
    return {
      id,
      role: undefined,
      groups: [...texts(properties, 'SecurityGroupIds'), ...texts(card, 'GroupSet')].map(groupKey),
      subnets,
      isPublic: flag(card, 'AssociatePublicIpAddress') || subnets.some((each) => routes.givesPublicAddresses(each)),
      targetGroups: [],
      pod: undefined,
    };
  });
}
