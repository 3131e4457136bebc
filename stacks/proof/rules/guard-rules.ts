import { at, list, number, text } from '../json.ts';
import { graphOf } from '../reach/graph-of.ts';
import { type Resource, referredTo } from '../resolve.ts';
import type { Rule, System } from '../system.ts';
import { attributesOf } from './storage-rules.ts';

/** What a web ACL must have of AWS's own rules. */
const managedRuleSets = ['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet'];
/** Rules of theirs that block ordinary prompts. */
const mustCount = [
  'NoUserAgent_HEADER',
  'SizeRestrictions_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'CrossSiteScripting_BODY',
  'EC2MetaDataSSRF_BODY',
  'Log4JRCE_BODY',
  'JavaDeserializationRCE_BODY',
];

/** The firewall, the load balancer's own care, and times that must fit each other. */
export const guardRules: readonly Rule[] = [
  {
    name: 'The load balancer has its web ACL',
    breaches: (system) =>
      graphOf(system)
        .loadBalancers.filter(({ id }) => webAclOf(system, id) === undefined)
        .map((each) => each.id),
  },
  {
    name: 'Every web ACL stands before something',
    breaches: (system) => {
      const used = system
        .ofType('AWS::WAFv2::WebACLAssociation')
        .map((each) => referredTo(each.properties['WebACLArn']));
      return system
        .ofType('AWS::WAFv2::WebACL')
        .filter((each) => text(each.properties, 'Scope') === 'REGIONAL' && !used.includes(each.id))
        .map((each) => each.id);
    },
  },
  {
    name: 'CloudFront has the web ACL that was given',
    breaches: (system) => {
      const { entrance } = system.deployment;
      const given = 'webAclArn' in entrance ? entrance.webAclArn : undefined;
      return graphOf(system)
        .distributions.filter((each) => each.webAclArn !== given)
        .map((each) => each.id);
    },
  },
  {
    name: "A web ACL blocks what AWS's common rules and known bad inputs say, and who asks too often",
    breaches: (system) =>
      system.ofType('AWS::WAFv2::WebACL').flatMap(({ id, properties }) => {
        const rules = list(properties, 'Rules');
        const sets = rules.map((each) => at(each, 'Statement', 'ManagedRuleGroupStatement'));
        const missing = managedRuleSets.filter((name) => !sets.some((each) => text(each, 'Name') === name));
        const disarmed = rules
          .filter((each) => at(each, 'OverrideAction', 'Count') !== undefined)
          .map((each) => text(each, 'Name'));
        const rate = rules.find((each) => at(each, 'Statement', 'RateBasedStatement') !== undefined);
        const isBlocking = at(rate, 'Action', 'Block') !== undefined;
        const limit = number(rate, 'Statement', 'RateBasedStatement', 'Limit');
        return [
          ...missing.map((name) => `${id} lacks ${name}.`),
          ...disarmed.map((name) => `${id} only counts ${name}.`),
          ...(isBlocking && limit === system.deployment.waf.rateLimit
            ? []
            : [`${id} has no rate rule of ${system.deployment.waf.rateLimit}.`]),
        ];
      }),
  },
  {
    name: 'Behind CloudFront the rate rule counts by the address that CloudFront forwards',
    breaches: (system) => {
      const isForwarded = 'origin' in system.deployment.entrance;
      return system.ofType('AWS::WAFv2::WebACL').flatMap(({ id, properties }) => {
        const keys = list(properties, 'Rules').flatMap(
          (each) => text(each, 'Statement', 'RateBasedStatement', 'AggregateKeyType') ?? [],
        );
        const wanted = isForwarded && text(properties, 'Scope') === 'REGIONAL' ? 'FORWARDED_IP' : 'IP';
        return keys.every((each) => each === wanted) ? [] : [`${id} counts by ${keys.join(', ')}.`];
      });
    },
  },
  {
    name: 'A web ACL only counts what blocks ordinary prompts',
    breaches: (system) =>
      system.ofType('AWS::WAFv2::WebACL').flatMap(({ id, properties }) => {
        const overrides = list(properties, 'Rules').flatMap((each) =>
          list(each, 'Statement', 'ManagedRuleGroupStatement', 'RuleActionOverrides'),
        );
        const counted = overrides
          .filter((each) => at(each, 'ActionToUse', 'Count') !== undefined)
          .map((each) => text(each, 'Name'));
        return mustCount.filter((name) => !counted.includes(name)).map((name) => `${id}: ${name}`);
      }),
  },
  {
    name: 'The load balancer drops invalid headers, is strict about desync, and writes an access log',
    breaches: (system) =>
      graphOf(system).loadBalancers.flatMap(({ id, resource }) => {
        const attributes = attributesOf(resource.properties);
        const wanted: Readonly<Record<string, string>> = {
          'routing.http.drop_invalid_header_fields.enabled': 'true',
          'routing.http.desync_mitigation_mode': 'strictest',
          'access_logs.s3.enabled': 'true',
        };
        return Object.entries(wanted)
          .filter(([key, value]) => attributes[key] !== value)
          .map(([key]) => `${id}: ${key} is ${attributes[key] ?? 'not said'}.`);
      }),
  },
  {
    name: 'Health of the gateway is its own readiness, over TLS, and a target leaves as slowly as the longest stream',
    breaches: (system) =>
      ofAddresses(system).flatMap(({ id, properties }) => {
        const delay = Number(attributesOf(properties)['deregistration_delay.timeout_seconds'] ?? 300);
        return [
          ...(text(properties, 'HealthCheckPath') === '/health/readiness'
            ? []
            : [`${id} asks ${text(properties, 'HealthCheckPath')}.`]),
          ...(text(properties, 'HealthCheckProtocol') === 'HTTPS' ? [] : [`${id} asks in clear text.`]),
          ...(delay === system.deployment.gateway.longestStreamSeconds ? [] : [`${id} waits for ${delay} s.`]),
        ];
      }),
  },
  {
    name: 'CloudFront caches nothing, errors included, and passes everything on',
    breaches: (system) =>
      graphOf(system).distributions.flatMap(({ id, resource, behaviours }) => {
        const config = at(resource.properties, 'DistributionConfig');
        // AWS's policies CachingDisabled, AllViewer and AllViewerExceptHostHeader, by their ids.
        const isUncached = behaviours.every(
          (each) => text(each, 'CachePolicyId') === '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        );
        const isWhole = behaviours.every(
          (each) => text(each, 'OriginRequestPolicyId') === '216adef6-5c7f-47e4-b989-5492eafa07d3',
        );
        const methods = behaviours.every((each) => list(each, 'AllowedMethods').length === 7);
        const errors = list(config, 'CustomErrorResponses').filter((each) => number(each, 'ErrorCachingMinTTL') !== 0);
        return [
          ...(isUncached ? [] : [`${id} caches.`]),
          ...(isWhole ? [] : [`${id} keeps something back.`]),
          ...(methods ? [] : [`${id} does not take every method.`]),
          ...(errors.length === 0 && list(config, 'CustomErrorResponses').length > 0 ? [] : [`${id} keeps errors.`]),
        ];
      }),
  },
  {
    name: 'Times fit: heartbeats within every idle timeout, and the gateway keeps connections longer than the load balancer',
    breaches: (system) =>
      graphOf(system).loadBalancers.flatMap(({ id, resource }) => {
        const idle = Number(attributesOf(resource.properties)['idle_timeout.timeout_seconds'] ?? 60);
        const readTimeouts = graphOf(system).distributions.flatMap((each) =>
          each.origins.map((origin) => origin.readTimeoutSeconds),
        );
        const keepAlive = Number(gatewayEnvironment(system)['GATEWAY_KEEP_ALIVE_TIMEOUT_MS'] ?? 75_000) / 1000;
        return [
          ...(idle >= 60 ? [] : [`${id} cuts what is silent for ${idle} s.`]),
          ...readTimeouts
            .filter((each) => each < 30 || each > idle)
            .map((each) => `CloudFront waits for ${each} s, the load balancer for ${idle} s.`),
          ...(keepAlive > idle
            ? []
            : [`The gateway ends idle connections after ${keepAlive} s, ${id} after ${idle} s.`]),
        ];
      }),
  },
  {
    name: 'All tasks at their most, with their pools, and the migration fit into the connections of Postgres',
    breaches: (system) => {
      const { maxConnections } = system.deployment.database;
      const said = system
        .ofType('AWS::RDS::DBParameterGroup')
        .flatMap((each) => number(each.properties, 'Parameters', 'max_connections') ?? []);
      const most = mostConnections(system);
      return said.length === 1 && said[0] === maxConnections && most < maxConnections
        ? []
        : [`${most} of ${said.join(', ')} connections`];
    },
  },
];

/** Target groups of tasks and pods; functions have no health of their own. */
function ofAddresses(system: System): readonly Resource[] {
  return system
    .ofType('AWS::ElasticLoadBalancingV2::TargetGroup')
    .filter(({ properties }) => text(properties, 'TargetType') !== 'lambda');
}

/** While services roll at their largest there are twice as many tasks; then a migration, functions, and Postgres's own. */
function mostConnections({ deployment: { gateway, litellm } }: System): number {
  const tasks = gateway.scaling.max * gateway.databasePoolSize + litellm.scaling.max * litellm.databasePoolSize;
  return 2 * tasks + 5 + 30 + 5;
}

function webAclOf(system: System, loadBalancer: string): Resource | undefined {
  const association = system
    .ofType('AWS::WAFv2::WebACLAssociation')
    .find((each) => referredTo(each.properties['ResourceArn']) === loadBalancer);
  return system.resourceOf(association?.properties['WebACLArn']);
}

/** Plain variables of the gateway's container, on either platform. */
function gatewayEnvironment(system: System): Readonly<Record<string, string>> {
  const workload = graphOf(system).workloads.find((each) => each.role === 'gateway');
  const service = system.resourceOf(`‹${workload?.id ?? ''}›`);
  const task = system.resourceOf(service?.properties['TaskDefinition']);
  const ofTask = list(task?.properties, 'ContainerDefinitions').flatMap((each) => list(each, 'Environment'));
  const manifest = graphOf(system).manifests.find((each) => each.id === workload?.id);
  const ofPod = list(manifest?.object, 'spec', 'template', 'spec', 'containers').flatMap((each) => list(each, 'env'));
  return Object.fromEntries([
    ...ofTask.map((each) => [text(each, 'Name') ?? '', text(each, 'Value') ?? '']),
    ...ofPod.map((each) => [text(each, 'name') ?? '', text(each, 'value') ?? '']),
  ]);
}
