import { connectionBudget, connectionsPerFunction, type FunctionTarget, routeTable } from '@genai-gateway/config';
import type { FunctionName } from '../../functions/functions.ts';
import { at, list, number, text, texts } from '../json.ts';
import { outside } from '../reach/graph.ts';
import { graphOf } from '../reach/graph-of.ts';
import { pathsBetween } from '../reach/paths.ts';
import { functionNameOf } from '../reach/workloads.ts';
import { type Resource, referredTo } from '../resolve.ts';
import type { Rule, System } from '../system.ts';
import { account } from '../variants.ts';
import { attributesOf } from './storage-rules.ts';

interface OurFunction {
  readonly name: FunctionName;
  readonly resource: Resource;
}

/** By which services a function is called, beside people and itself. */
const callers: Readonly<Record<FunctionName, readonly string[]>> = {
  'prompts-admin': ['elasticloadbalancing'],
  'chat-history': ['elasticloadbalancing', 'events'],
  'log-compaction': ['events'],
  'secret-rotation': ['events', 'secretsmanager'],
};

/** The Lambda functions of `functions/`. */
export const functionRules: readonly Rule[] = [
  {
    name: 'Every function is there once, of the newest Node, with a role of its own, dead letters, and a log that ends',
    breaches: (system) => {
      const ours = functionsOf(system);
      const counted = Object.keys(callers).filter((name) => ours.filter((each) => each.name === name).length !== 1);
      const roles = ours.map(({ resource }) => String(resource.properties['Role']));
      return [
        ...counted.map((name) => `${name} is not there once.`),
        ...roles.filter((role, index) => roles.indexOf(role) !== index).map((role) => `${role} is of two functions.`),
        ...ours.flatMap((each) => looseFunction(system, each)),
      ];
    },
  },
  {
    name: 'A function is called by its own services alone, each for one thing of this account',
    breaches: (system) =>
      system.ofType('AWS::Lambda::Permission').flatMap(({ id, properties }) => {
        const called = functionsOf(system).find(({ resource }) => refersTo(properties['FunctionName'], resource));
        if (called === undefined) return [];
        const principal = text(properties, 'Principal') ?? '';
        const service = principal.replace(/\.amazonaws\.com$/, '');
        return [
          ...(callers[called.name].includes(service) ? [] : [`${id}: ${principal} may call ${called.name}.`]),
          ...(isBound(system, service, properties) ? [] : [`${id}: ${principal} may call for anything.`]),
        ];
      }),
  },
  {
    name: 'The load balancer sends each path to whom the route table says, in its order',
    breaches: (system) => {
      const graph = graphOf(system);
      const said = routeTable.flatMap(({ paths, target }) => paths.map((path) => `${path} → ${target}`));
      return graph.loadBalancers.flatMap(({ listeners }) =>
        listeners
          .filter(({ rules }) => rules.some((each) => each.action === 'forward'))
          .flatMap(({ id, rules }) => {
            const made = rules
              .filter(({ action }) => action === 'forward')
              .flatMap(({ conditions, targetGroups }) =>
                (conditions.paths ?? ['*']).map(
                  (path) => `${path} → ${targetGroups.map((each) => nameOf(system, each))}`,
                ),
              );
            return JSON.stringify(made) === JSON.stringify(said) ? [] : [`${id}: ${made.join(', ')}`];
          }),
      );
    },
  },
  {
    name: 'Whoever may call the gateway reaches the functions of the route table, and nobody else does',
    breaches: (system) => {
      const graph = graphOf(system);
      const sources = [...new Set(graph.edges.map((each) => each.from))].filter(
        (each) => (Object.values(outside) as string[]).includes(each) || each.startsWith('addresses of '),
      );
      const open = routeTable.flatMap(({ access, paths }) => (access === 'open' ? paths : []));
      const reach = (from: string, to: string) =>
        pathsBetween(graph, from, to).some(({ urls }) => urls?.every((each) => open.includes(each)) !== true);
      return targets().flatMap((name) => [
        ...sources
          .filter((from) => reach(from, 'gateway') !== reach(from, name))
          .map((from) => `${from} reaches only one of gateway and ${name}.`),
        ...graph.edges
          .filter(
            ({ to, from }) =>
              to === name && !graph.loadBalancers.some((each) => each.listeners.some(({ id }) => id === from)),
          )
          .map(({ from }) => `${from} reaches ${name}.`),
      ]);
    },
  },
  {
    name: 'Functions get every value of a header from the load balancer',
    breaches: (system) =>
      system
        .ofType('AWS::ElasticLoadBalancingV2::TargetGroup')
        .filter(({ properties }) => text(properties, 'TargetType') === 'lambda')
        .filter(({ properties }) => attributesOf(properties)['lambda.multi_value_headers.enabled'] !== 'true')
        .map(({ id }) => id),
  },
  {
    name: 'As many functions may run at one time as connections to Postgres are kept for',
    breaches: (system) => {
      const callersOfPostgres = graphOf(system)
        .edges.filter(({ to }) => to === 'database')
        .map(({ from }) => from);
      const asking = functionsOf(system).filter(({ name }) => callersOfPostgres.includes(name));
      const reserved = asking.map(({ name, resource }) => ({
        name,
        count: number(resource.properties, 'ReservedConcurrentExecutions'),
      }));
      const kept = connectionBudget(system.deployment).functions;
      const most = reserved.reduce((sum, { count = 0 }) => sum + count * connectionsPerFunction, 0);
      return [
        ...reserved.filter(({ count }) => count === undefined).map(({ name }) => `${name} has no limit.`),
        ...(most <= kept ? [] : [`${most} connections, and ${kept} are kept.`]),
      ];
    },
  },
  {
    name: 'What a schedule cannot hand over is in dead letters, which take TLS and come from it alone',
    breaches: (system) =>
      system
        .ofType('AWS::Events::Rule')
        .filter(({ properties }) => at(properties, 'ScheduleExpression') !== undefined)
        .flatMap(({ id, properties }) =>
          list(properties, 'Targets')
            .filter((each) => system.resourceOf(text(each, 'DeadLetterConfig', 'Arn'))?.type !== 'AWS::SQS::Queue')
            .map(() => `${id} loses what it cannot hand over.`),
        ),
  },
  {
    name: 'Secrets rotate by a schedule where the deployer wants it, and the master key never does',
    breaches: (system) => {
      const { everyDays } = system.deployment.rotation;
      const schedules = system.ofType('AWS::SecretsManager::RotationSchedule');
      const rotation = functionsOf(system).find(({ name }) => name === 'secret-rotation');
      const wrong = schedules.filter(
        ({ properties }) =>
          number(properties, 'RotationRules', 'AutomaticallyAfterDays') !== everyDays ||
          rotation === undefined ||
          !refersTo(properties['RotationLambdaARN'], rotation.resource) ||
          system.resourceOf(properties['SecretId'])?.path.includes('MasterKey') !== false,
      );
      const wanted = everyDays === undefined ? 0 : 3;
      return [
        ...wrong.map(({ id }) => id),
        ...(schedules.length === wanted ? [] : [`${schedules.length} secrets rotate, and ${wanted} should.`]),
      ];
    },
  },
];

function functionsOf(system: System): readonly OurFunction[] {
  return system.ofType('AWS::Lambda::Function').flatMap((resource) => {
    const name = functionNameOf(resource.properties);
    return name === undefined ? [] : [{ name, resource }];
  });
}

function refersTo(value: unknown, { id }: Resource): boolean {
  return referredTo(value) === id;
}

function targets(): readonly FunctionTarget[] {
  return [...new Set(routeTable.flatMap(({ target }) => (target === 'gateway' ? [] : [target])))];
}

function looseFunction(system: System, { name, resource: { id, properties } }: OurFunction): readonly string[] {
  const queue = system.resourceOf(text(properties, 'DeadLetterConfig', 'TargetArn'));
  const logs = system.resourceOf(text(properties, 'LoggingConfig', 'LogGroup'));
  const tries = system
    .ofType('AWS::Lambda::EventInvokeConfig')
    .find((each) => referredTo(each.properties['FunctionName']) === id);
  return [
    ...(queue?.type === 'AWS::SQS::Queue' ? [] : [`${name} has no dead letters.`]),
    ...(logs?.type === 'AWS::Logs::LogGroup' && at(logs.properties, 'KmsKeyId') !== undefined
      ? []
      : [`${name} has no encrypted log group of ours.`]),
    ...(number(tries?.properties, 'MaximumRetryAttempts') === 2 ? [] : [`${name} is not tried again.`]),
    ...(text(properties, 'Runtime') === 'nodejs24.x' ? [] : [`${name} runs on ${text(properties, 'Runtime')}.`]),
    ...(texts(properties, 'Architectures').includes('arm64') ? [] : [`${name} does not run on ARM.`]),
  ];
}

/** Whether a service may call for one target group, rule or secret of ours, and for nobody else's. */
function isBound(system: System, service: string, properties: unknown): boolean {
  const source = text(properties, 'SourceArn') ?? '';
  if (service === 'events') return system.resourceOf(source)?.type === 'AWS::Events::Rule';
  if (text(properties, 'SourceAccount') !== account) return false;
  if (service === 'secretsmanager') return system.resourceOf(source)?.type === 'AWS::SecretsManager::Secret';
  const name = /:targetgroup\/([^/*]+)\/\*$/.exec(source)?.[1];
  return system
    .ofType('AWS::ElasticLoadBalancingV2::TargetGroup')
    .some((each) => text(each.properties, 'Name') === name && list(each.properties, 'Targets').length === 1);
}

/** Who stands behind a target group. */
function nameOf(system: System, targetGroup: string): string {
  const graph = graphOf(system);
  const found = graph.workloads.find((each) => each.targetGroups.some((one) => one.targetGroup === targetGroup));
  return found === undefined ? 'nobody' : graph.nameOf(found);
}
