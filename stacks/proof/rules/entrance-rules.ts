import { routeTable } from '@genai-gateway/config';
import { at, flag, list, text, texts } from '../json.ts';
import { isEverybody, isPrivate } from '../reach/cidr.ts';
import type { Listener, ListenerRule, LoadBalancer } from '../reach/entrances.ts';
import { outside } from '../reach/graph.ts';
import { graphOf } from '../reach/graph-of.ts';
import { describePath, isSecret, pathsBetween } from '../reach/paths.ts';
import { describe, type GroupRule } from '../reach/security-groups.ts';
import type { Rule, System } from '../system.ts';

const secretHeader = 'x-cloudfront-secret';
const openPaths = routeTable.filter((each) => each.access === 'open').flatMap((each) => [...each.paths]);

const isBehindCloudFront = ({ deployment }: System): boolean => 'origin' in deployment.entrance;

const isOpenOnly = (urls: readonly string[] | undefined): boolean =>
  urls?.every((each) => openPaths.includes(each)) === true;

/** A rule for those systems only for which `holds`. */
function when(holds: (system: System) => boolean, rule: Rule): Rule {
  return { name: rule.name, breaches: (system) => (holds(system) ? rule.breaches(system) : []) };
}

function everyLoadBalancer(breaches: (each: LoadBalancer, system: System) => readonly string[]): Rule['breaches'] {
  return (system) => {
    const { loadBalancers } = graphOf(system);
    if (loadBalancers.length !== 1) return [`There are ${loadBalancers.length} load balancers, not one.`];
    return loadBalancers.flatMap((each) => breaches(each, system));
  };
}

const forwarding = (listeners: readonly Listener[]): readonly ListenerRule[] =>
  listeners.flatMap((each) => each.rules).filter((each) => each.action === 'forward' || each.action === 'other');

/** Who may come in, by scenario. */
export const entranceRules: readonly Rule[] = [
  when(isBehindCloudFront, {
    name: 'Behind CloudFront, nothing but CloudFront with the secret reaches the gateway, health paths excepted',
    breaches: (system) => {
      const graph = graphOf(system);
      const strangers = [outside.internet, outside.foreignCloudFront, outside.privateNetwork];
      const own = graph.distributions.map((each) => each.id);
      return [...strangers, ...addressSources(system)]
        .flatMap((from) => pathsBetween(graph, from, 'gateway'))
        .filter((path) => !path.edges.some((each) => own.includes(each.from)) && !isOpenOnly(path.urls))
        .map(describePath);
    },
  }),
  when(isBehindCloudFront, {
    name: 'Behind CloudFront, clients reach every path of the gateway by CloudFront',
    breaches: (system) => {
      const paths = pathsBetween(graphOf(system), outside.internet, 'gateway');
      const all = paths.filter(
        (each) => each.urls === undefined || each.urls.includes('/*') || each.urls.includes('*'),
      );
      return all.length > 0 ? [] : ['There is no such path.'];
    },
  }),
  when(isBehindCloudFront, {
    name: 'Behind CloudFront, each forwarding rule asks for the secret or is for exact health paths',
    breaches: everyLoadBalancer((loadBalancer) =>
      forwarding(loadBalancer.listeners)
        .filter(({ conditions: { headers, paths } }) => {
          const asks = headers.some((each) => each.name === secretHeader && each.values.every(isSecret));
          return !asks && !isOpenOnly(paths);
        })
        .map((each) => each.id),
    ),
  }),
  when(isBehindCloudFront, {
    name: 'What CloudFront sends is a secret of one generation, and that one and the one before it pass',
    breaches: everyLoadBalancer((loadBalancer, system) => {
      const { entrance } = system.deployment;
      const generation = 'secretGeneration' in entrance ? entrance.secretGeneration : 0;
      const sent = graphOf(system)
        .distributions.flatMap((each) => each.origins)
        .map((origin) => origin.headers.filter((each) => each.name === secretHeader).map((each) => each.value));
      const accepted = forwarding(loadBalancer.listeners)
        .flatMap((each) => each.conditions.headers)
        .filter((each) => each.name === secretHeader)
        .map((each) => each.values);
      const breaches: string[] = [];
      for (const values of sent) {
        if (values.length !== 1 || !values.every(isSecret)) breaches.push(`An origin gets ${values.length} secrets.`);
      }
      for (const values of accepted) {
        if (!sent.flat().every((each) => values.includes(each))) breaches.push('What is sent does not pass.');
        if (new Set(values).size !== Math.min(2, generation)) {
          breaches.push(`${new Set(values).size} secrets pass in generation ${generation}.`);
        }
      }
      if (accepted.length === 0) breaches.push('No rule takes the secret.');
      return breaches;
    }),
  }),
  when(isBehindCloudFront, {
    name: 'Behind CloudFront, the load balancer takes its servers alone, on one port',
    breaches: everyLoadBalancer((loadBalancer, system) => {
      const ingress = graphOf(system).groups.ingress(loadBalancer.groups);
      const ports = new Set(ingress.flatMap((each) => [each.fromPort, each.toPort]));
      const others = ingress.filter((each) => each.peer.kind !== 'prefix-list').map(describe);
      return [
        ...others,
        ...(ports.size === 1 && ingress.length > 0 ? [] : [`Its ports are ${[...ports].join(', ')}.`]),
      ];
    }),
  }),
  when((system) => system.deployment.entrance.kind === 'direct-alb', {
    name: 'Without CloudFront, those who may call reach the gateway on 443 alone',
    breaches: everyLoadBalancer((loadBalancer, system) => {
      const { entrance } = system.deployment;
      const allowed = entrance.kind === 'direct-alb' ? entrance.allowedCidrs : [];
      const sources = allowed.length === 0 ? [outside.internet] : allowed.map((each) => `addresses of ${each}`);
      const graph = graphOf(system);
      const unreached = sources.filter((each) => pathsBetween(graph, each, 'gateway').length === 0);
      const uninvited = [outside.internet, ...addressSources(system)]
        .filter((each) => !sources.includes(each))
        .flatMap((each) => pathsBetween(graph, each, 'gateway').map(describePath));
      const ports = graph.groups.ingress(loadBalancer.groups).filter((each) => !isOnePortOf(each, [80, 443]));
      return [...unreached.map((each) => `${each} does not reach it.`), ...uninvited, ...ports.map(describe)];
    }),
  }),
  when((system) => system.deployment.entrance.kind === 'private', {
    name: 'In the private scenario no path leads from the internet to anything',
    breaches: (system) => {
      const graph = graphOf(system);
      const internal = [...new Set(graph.edges.map((each) => each.to))].filter((each) => each !== outside.internet);
      return [outside.internet, outside.foreignCloudFront, ...addressSources(system)].flatMap((from) =>
        internal.flatMap((to) => pathsBetween(graph, from, to).map(describePath)),
      );
    },
  }),
  when((system) => system.deployment.entrance.kind === 'private', {
    name: 'In the private scenario the load balancer is internal, in subnets without a route from the internet, and takes private addresses',
    breaches: everyLoadBalancer((loadBalancer, system) => {
      const { routes, groups } = graphOf(system);
      const breaches: string[] = [];
      if (!loadBalancer.isInternal) breaches.push('It faces the internet.');
      for (const each of loadBalancer.subnets) {
        if (routes.wayOut(each) === 'internet-gateway') breaches.push(`${each} has a route to an internet gateway.`);
      }
      for (const rule of groups.ingress(loadBalancer.groups)) {
        if (rule.peer.kind !== 'cidr' || !isPrivate(rule.peer.cidr)) breaches.push(describe(rule));
        if (!isOnePortOf(rule, [80, 443])) breaches.push(`It opens ${describe(rule)}.`);
      }
      if (pathsBetween(graphOf(system), outside.privateNetwork, 'gateway').length === 0) {
        breaches.push('Private addresses do not reach the gateway.');
      }
      return breaches;
    }),
  }),
  when((system) => 'origin' in system.deployment.entrance && system.deployment.entrance.origin === 'vpc', {
    name: 'With a VPC origin the load balancer is not on the internet',
    breaches: everyLoadBalancer((loadBalancer, system) => [
      ...(loadBalancer.isInternal ? [] : ['It faces the internet.']),
      ...loadBalancer.subnets.filter((each) => graphOf(system).routes.wayOut(each) === 'internet-gateway'),
      ...graphOf(system)
        .distributions.flatMap((each) => each.origins)
        .filter((each) => !each.isVpcOrigin)
        .map(() => 'An origin is reached by the internet.'),
    ]),
  }),
  {
    name: 'What no rule takes is answered 403, or sent from HTTP to HTTPS',
    breaches: everyLoadBalancer(({ listeners }) =>
      listeners.flatMap(({ id, port, rules }) => {
        const last = rules.at(-1);
        const isRefused = last?.action === 'fixed-response' && text(last.answer, 'StatusCode') === '403';
        const isRedirect = port === 80 && last?.action === 'redirect' && text(last.answer, 'Protocol') === 'HTTPS';
        return isRefused || isRedirect ? [] : [id];
      }),
    ),
  },
  {
    name: 'HTTP forwards nothing, but from CloudFront without a domain',
    breaches: everyLoadBalancer(({ listeners }, system) =>
      system.deployment.entrance.kind === 'cloudfront'
        ? []
        : forwarding(listeners.filter((each) => each.protocol !== 'HTTPS')).map((each) => each.id),
    ),
  },
  {
    name: 'TLS at the load balancer is 1.2 or newer, with a certificate',
    breaches: everyLoadBalancer(({ listeners }, system) =>
      listeners
        .filter((each) => each.protocol === 'HTTPS')
        .flatMap(({ id, sslPolicy }) => {
          const certificates = list(system.resourceOf(`‹${id}›`)?.properties, 'Certificates');
          const isNew = /^ELBSecurityPolicy-TLS13-1-[23](-Res|-PQ|-FIPS)*-\d{4}-\d{2}$/.test(sslPolicy ?? '');
          return [
            ...(isNew ? [] : [`${id}: ${sslPolicy ?? 'the oldest policy'}`]),
            ...(certificates.some((each) => text(each, 'CertificateArn') !== undefined)
              ? []
              : [`${id} has no certificate.`]),
          ];
        }),
    ),
  },
  {
    name: 'CloudFront speaks TLS 1.2 or newer with viewers, and sends them from HTTP to HTTPS',
    breaches: (system) =>
      graphOf(system).distributions.flatMap(({ resource, behaviours }) => {
        const config = resource.properties['DistributionConfig'];
        const minimum = text(config, 'ViewerCertificate', 'MinimumProtocolVersion');
        const isOwnCertificate = text(config, 'ViewerCertificate', 'AcmCertificateArn') !== undefined;
        // With CloudFront's own certificate the version cannot be chosen.
        const breaches =
          isOwnCertificate && !/^TLSv1\.[23]_/.test(minimum ?? '') ? [`TLS from ${minimum ?? 'any version'}.`] : [];
        for (const behaviour of behaviours) {
          if (!['redirect-to-https', 'https-only'].includes(text(behaviour, 'ViewerProtocolPolicy') ?? '')) {
            breaches.push('A behaviour answers HTTP.');
          }
        }
        return breaches;
      }),
  },
  {
    name: 'CloudFront speaks TLS with the load balancer wherever that can have a certificate',
    breaches: (system) =>
      system.deployment.entrance.kind === 'cloudfront'
        ? []
        : graphOf(system)
            .distributions.flatMap((each) => each.origins)
            .filter((each) => each.protocol !== 'https-only')
            .map((each) => `An origin is reached by ${each.protocol}.`),
  },
  {
    name: 'The load balancer speaks TLS with the gateway',
    breaches: (system) =>
      graphOf(system)
        .edges.filter((each) => each.to === 'gateway' && each.demands !== undefined && !each.isEncrypted)
        .map((each) => `${each.from} → gateway in clear text`),
  },
  {
    name: 'Nothing else is a door: no other load balancer, API, function address, or public cluster API',
    breaches: otherDoors,
  },
];

function addressSources(system: System): readonly string[] {
  return [...new Set(graphOf(system).edges.map((each) => each.from))].filter((each) =>
    each.startsWith('addresses of '),
  );
}

function isOnePortOf(rule: GroupRule, ports: readonly number[]): boolean {
  return rule.fromPort === rule.toPort && ports.includes(rule.fromPort);
}

function otherDoors(system: System): readonly string[] {
  const types = [
    'AWS::ElasticLoadBalancing::LoadBalancer',
    'AWS::ApiGateway::RestApi',
    'AWS::ApiGatewayV2::Api',
    'AWS::Lambda::Url',
    'AWS::AppRunner::Service',
    'AWS::GlobalAccelerator::Accelerator',
    'AWS::EC2::EIPAssociation',
    'AWS::Transfer::Server',
    'AWS::EC2::ClientVpnEndpoint',
  ];
  const doors = system.ofType(...types).map((each) => each.id);
  for (const { id, kind, object } of graphOf(system).manifests) {
    if (kind === 'Ingress' || kind === 'Gateway') doors.push(id);
    if (kind === 'Service' && ['LoadBalancer', 'NodePort'].includes(text(object, 'spec', 'type') ?? '')) doors.push(id);
  }
  const { platform } = system.deployment;
  const allowed = platform.kind === 'eks' && platform.cluster.kind === 'new' ? platform.cluster.apiAllowedCidrs : [];
  for (const cluster of system.ofType('AWS::EKS::Cluster')) {
    const access = at(cluster.properties, 'ResourcesVpcConfig');
    // Public, and for everybody, is what EKS makes where nothing is said.
    const isPublic = at(access, 'EndpointPublicAccess') === undefined || flag(access, 'EndpointPublicAccess');
    const cidrs = at(access, 'PublicAccessCidrs') === undefined ? ['0.0.0.0/0'] : texts(access, 'PublicAccessCidrs');
    if (isPublic && (allowed.length === 0 || cidrs.some(isEverybody))) doors.push(cluster.id);
  }
  return doors;
}
