import { at, list, number, text, texts } from '../json.ts';
import { allReferredTo, type Resource, referredTo } from '../resolve.ts';
import type { System } from '../system.ts';
import type { Routes } from './routes.ts';
import { groupKey } from './security-groups.ts';

/** What a rule of a listener asks of a request before it does what it does. */
export interface Conditions {
  /** Undefined: any. Patterns with `*` and `?`. */
  readonly paths: readonly string[] | undefined;
  readonly headers: readonly { readonly name: string; readonly values: readonly string[] }[];
  /** Conditions of other kinds, which only narrow. */
  readonly others: number;
}

export interface ListenerRule {
  readonly id: string;
  readonly priority: number | 'default';
  readonly conditions: Conditions;
  readonly action: 'forward' | 'redirect' | 'fixed-response' | 'other';
  /** Where it sends on to, as resolved values. */
  readonly targetGroups: readonly string[];
  /** Of a redirect or a fixed response. */
  readonly answer: unknown;
}

export interface Listener {
  readonly id: string;
  readonly port: number;
  readonly protocol: string;
  readonly sslPolicy: string | undefined;
  /** By priority, the default last. */
  readonly rules: readonly ListenerRule[];
}

export interface LoadBalancer {
  readonly id: string;
  readonly resource: Resource;
  readonly isInternal: boolean;
  readonly groups: readonly string[];
  readonly subnets: readonly string[];
  readonly listeners: readonly Listener[];
}

export function loadBalancersOf(system: System, routes: Routes): readonly LoadBalancer[] {
  return system.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer').map((resource) => ({
    id: resource.id,
    resource,
    isInternal: text(resource.properties, 'Scheme') === 'internal',
    groups: texts(resource.properties, 'SecurityGroups').map(groupKey),
    subnets: routes.subnets(resource.properties['Subnets']),
    listeners: system
      .ofType('AWS::ElasticLoadBalancingV2::Listener')
      .filter((each) => referredTo(each.properties['LoadBalancerArn']) === resource.id)
      .map((each) => listenerOf(system, each)),
  }));
}

function listenerOf(system: System, { id, properties }: Resource): Listener {
  const rules = system
    .ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
    .filter((each) => referredTo(each.properties['ListenerArn']) === id)
    .map((each) => ruleOf(each.id, number(each.properties, 'Priority') ?? 0, each.properties, 'Actions'))
    .sort((a, b) => Number(a.priority) - Number(b.priority));
  return {
    id,
    port: number(properties, 'Port') ?? 0,
    protocol: text(properties, 'Protocol') ?? '',
    sslPolicy: text(properties, 'SslPolicy'),
    rules: [...rules, ruleOf(`${id}#default`, 'default', properties, 'DefaultActions')],
  };
}

function ruleOf(id: string, priority: number | 'default', properties: unknown, key: string): ListenerRule {
  const actions = list(properties, key);
  const last = actions.at(-1);
  const type = text(last, 'Type');
  const weighted = list(last, 'ForwardConfig', 'TargetGroups').map((each) => text(each, 'TargetGroupArn'));
  return {
    id,
    priority,
    conditions: conditionsOf(list(properties, 'Conditions')),
    action: type === 'forward' || type === 'redirect' || type === 'fixed-response' ? type : 'other',
    targetGroups: [text(last, 'TargetGroupArn'), ...weighted].filter((each) => each !== undefined),
    answer: at(last, 'RedirectConfig') ?? at(last, 'FixedResponseConfig'),
  };
}

function conditionsOf(written: readonly unknown[]): Conditions {
  const paths = written
    .filter((each) => text(each, 'Field') === 'path-pattern')
    .map((each) => [...texts(each, 'PathPatternConfig', 'Values'), ...texts(each, 'Values')]);
  const headers = written
    .filter((each) => text(each, 'Field') === 'http-header')
    .map((each) => ({
      name: (text(each, 'HttpHeaderConfig', 'HttpHeaderName') ?? '').toLowerCase(),
      values: texts(each, 'HttpHeaderConfig', 'Values'),
    }));
  // Several conditions on the path must all hold; the first is the narrower or as narrow.
  return { paths: paths[0], headers, others: written.length - paths.length - headers.length };
}

export interface Distribution {
  readonly id: string;
  readonly resource: Resource;
  readonly origins: readonly Origin[];
  /** The default one, then those for single paths. */
  readonly behaviours: readonly unknown[];
  readonly webAclArn: string | undefined;
}

interface Origin {
  /** Id of the load balancer; undefined: something else. */
  readonly loadBalancer: string | undefined;
  /** Through the VPC instead of the internet. */
  readonly isVpcOrigin: boolean;
  readonly protocol: 'http-only' | 'https-only' | 'match-viewer';
  readonly port: number;
  readonly readTimeoutSeconds: number;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export function distributionsOf(system: System): readonly Distribution[] {
  return system.ofType('AWS::CloudFront::Distribution').map((resource) => {
    const config = at(resource.properties, 'DistributionConfig');
    const webAclArn = text(config, 'WebACLId');
    return {
      id: resource.id,
      resource,
      origins: list(config, 'Origins').map((each) => originOf(system, each)),
      behaviours: [at(config, 'DefaultCacheBehavior'), ...list(config, 'CacheBehaviors')],
      webAclArn: webAclArn === '' ? undefined : webAclArn,
    };
  });
}

function originOf(system: System, written: unknown): Origin {
  const headers = list(written, 'OriginCustomHeaders').map((each) => ({
    name: (text(each, 'HeaderName') ?? '').toLowerCase(),
    value: text(each, 'HeaderValue') ?? '',
  }));
  const vpcOrigin = at(written, 'VpcOriginConfig');
  const config = at(written, 'CustomOriginConfig') ?? vpcOrigin;
  const endpoint =
    vpcOrigin === undefined
      ? config
      : at(system.resourceOf(text(vpcOrigin, 'VpcOriginId'))?.properties, 'VpcOriginEndpointConfig');
  const protocol = text(endpoint, 'OriginProtocolPolicy') ?? 'match-viewer';
  const isHttps = protocol !== 'http-only';
  const port = isHttps ? (number(endpoint, 'HTTPSPort') ?? 443) : (number(endpoint, 'HTTPPort') ?? 80);
  return {
    loadBalancer:
      vpcOrigin === undefined
        ? loadBalancerBehind(system, text(written, 'DomainName') ?? '')
        : referredTo(text(endpoint, 'Arn')),
    isVpcOrigin: vpcOrigin !== undefined,
    protocol: protocol === 'http-only' || protocol === 'https-only' ? protocol : 'match-viewer',
    port,
    readTimeoutSeconds: number(config, 'OriginReadTimeout') ?? 30,
    headers,
  };
}

/** The load balancer that a name leads to: its own name, or a record that is an alias of it. */
function loadBalancerBehind(system: System, name: string): string | undefined {
  const record = system
    .ofType('AWS::Route53::RecordSet')
    .find((each) => text(each.properties, 'Name')?.replace(/\.$/, '') === name);
  const target = record === undefined ? name : (text(record.properties, 'AliasTarget', 'DNSName') ?? '');
  return allReferredTo(target).find(
    (each) => system.resourceOf(`‹${each}›`)?.type === 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  );
}
