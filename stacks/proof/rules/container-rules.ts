import { at, flag, list, number, text } from '../json.ts';
import { graphOf } from '../reach/graph-of.ts';
import type { Rule, System } from '../system.ts';

/** How our containers run, on either platform. */
export const containerRules: readonly Rule[] = [
  {
    name: 'Containers of ours cannot write to their image, and run as nobody in particular',
    breaches: (system) => [...tasks(system).flatMap(looseContainer), ...pods(system).flatMap(loosePod)],
  },
  {
    name: 'Containers of ours are asked for their health',
    breaches: (system) => [
      ...services(system)
        .filter(({ containers }) => !containers.some((each) => at(each, 'HealthCheck') !== undefined))
        .map((each) => each.id),
      ...pods(system)
        .filter((each) => each.kind === 'Deployment')
        .filter(({ template }) =>
          list(template, 'spec', 'containers').some(
            (each) => at(each, 'readinessProbe') === undefined || at(each, 'livenessProbe') === undefined,
          ),
        )
        .map((each) => each.id),
    ],
  },
  {
    name: 'A service that does not start is rolled back, and a new one is there before the old one goes',
    breaches: (system) => [
      ...services(system)
        .filter(({ properties }) => {
          const deployment = at(properties, 'DeploymentConfiguration');
          const isBreaking =
            flag(deployment, 'DeploymentCircuitBreaker', 'Enable') &&
            flag(deployment, 'DeploymentCircuitBreaker', 'Rollback');
          return !isBreaking || (number(deployment, 'MinimumHealthyPercent') ?? 0) < 100;
        })
        .map((each) => each.id),
      ...pods(system)
        .filter((each) => each.kind === 'Deployment')
        .filter(({ object }) => String(at(object, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable')) !== '0')
        .map((each) => each.id),
    ],
  },
  {
    name: 'Images are named by digest, or built by this deployment',
    breaches: (system) =>
      [
        ...tasks(system).flatMap((each) => each.containers.map((one) => [each.id, text(one, 'Image')] as const)),
        ...pods(system).flatMap((each) =>
          list(each.template, 'spec', 'containers').map((one) => [each.id, text(one, 'image')] as const),
        ),
      ]
        .filter(
          ([, image]) => !/@sha256:[0-9a-f]{64}$|cdk-[a-z0-9]+-container-assets-.*:[0-9a-f]{64}$/.test(image ?? ''),
        )
        .map(([id, image]) => `${id}: ${image}`),
  },
];

function tasks(system: System) {
  return system
    .ofType('AWS::ECS::TaskDefinition')
    .map(({ id, properties }) => ({ id, containers: list(properties, 'ContainerDefinitions') }));
}

function services(system: System) {
  return system.ofType('AWS::ECS::Service').map(({ id, properties }) => ({
    id,
    properties,
    containers: list(system.resourceOf(properties['TaskDefinition'])?.properties, 'ContainerDefinitions'),
  }));
}

function pods(system: System) {
  const isOurs = new Set(
    graphOf(system)
      .workloads.filter((each) => each.role !== undefined)
      .map((each) => each.id),
  );
  return graphOf(system)
    .manifests.filter((each) => isOurs.has(each.id))
    .map(({ id, kind, object }) => ({ id, kind, object, template: at(object, 'spec', 'template') }));
}

function looseContainer({ id, containers }: { id: string; containers: readonly unknown[] }): readonly string[] {
  return containers.flatMap((each) => [
    ...(flag(each, 'ReadonlyRootFilesystem') ? [] : [`${id}: writes to its image`]),
    ...(flag(each, 'Privileged') ? [`${id}: privileged`] : []),
    ...(/^(0|root)(:|$)/.test(text(each, 'User') ?? '0') ? [`${id}: runs as root`] : []),
    ...(list(each, 'LinuxParameters', 'Capabilities', 'Drop').includes('ALL') ? [] : [`${id}: keeps capabilities`]),
  ]);
}

function loosePod({ id, template }: { id: string; template: unknown }): readonly string[] {
  const own = at(template, 'spec', 'securityContext');
  return list(template, 'spec', 'containers').flatMap((each) => {
    const context = at(each, 'securityContext');
    return [
      ...(flag(context, 'readOnlyRootFilesystem') ? [] : [`${id}: writes to its image`]),
      ...(at(context, 'allowPrivilegeEscalation') === false ? [] : [`${id}: may gain privileges`]),
      ...(flag(own, 'runAsNonRoot') || flag(context, 'runAsNonRoot') ? [] : [`${id}: may run as root`]),
      ...(list(context, 'capabilities', 'drop').includes('ALL') ? [] : [`${id}: keeps capabilities`]),
      ...(at(own, 'seccompProfile') !== undefined || at(context, 'seccompProfile') !== undefined
        ? []
        : [`${id}: any system call`]),
    ];
  });
}
