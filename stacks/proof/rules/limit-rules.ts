import { at, list, text, texts } from '../json.ts';
import { graphOf } from '../reach/graph-of.ts';
import { referredTo } from '../resolve.ts';
import type { Rule, System } from '../system.ts';

/**
 * Quotas of AWS that CDK does not count, so that a deployment would find them
 * (https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html and the pages of the services behind it,
 * as of 2026-11-23).
 */
const limits = {
  resourcesPerTemplate: 500,
  bytesPerTemplate: 1024 * 1024,
  outputsPerTemplate: 200,
  parametersPerTemplate: 200,
  rulesPerGroup: 60,
  groupsPerInterface: 5,
  rulesPerLoadBalancer: 100,
  valuesPerCondition: 3,
  valuesPerRule: 5,
  pathPatternLength: 128,
  loadBalancerNameLength: 32,
  roleNameLength: 64,
  inlinePolicyCharacters: 10_240,
  managedPolicyCharacters: 6_144,
  trustPolicyCharacters: 2_048,
  managedPoliciesPerRole: 10,
  tags: 50,
  environmentBytesOfFunction: 4_096,
  taskDefinitionBytes: 65_536,
  webAclCapacity: 1_500,
} as const;

/** A rule of a security group weighs one, but for a prefix list as much as that has entries at most: CloudFront's has 55. */
const weightOfPrefixList = 55;

/** What an ARN may be once AWS knows it: what is not known yet is taken to be this long. */
const lengthOfUnknown = 40;

export const limitRules: readonly Rule[] = [
  {
    name: 'A template is within the quotas of CloudFormation',
    breaches: ({ templates }) =>
      Object.entries(templates).flatMap(([stack, template]) => {
        const counts: [string, number, number][] = [
          ['resources', Object.keys(template.Resources).length, limits.resourcesPerTemplate],
          ['bytes', JSON.stringify(template, null, 1).length, limits.bytesPerTemplate],
          ['outputs', Object.keys(template.Outputs ?? {}).length, limits.outputsPerTemplate],
          ['parameters', Object.keys(template.Parameters ?? {}).length, limits.parametersPerTemplate],
        ];
        return counts
          .filter(([, count, limit]) => count > limit)
          .map(([what, count]) => `${stack} has ${count} ${what}.`);
      }),
  },
  {
    name: 'A security group has rules for no more than 60',
    breaches: (system) => {
      const { groups } = graphOf(system);
      return groups.keys.flatMap((key) =>
        [groups.ingress([key]), groups.egress([key])].flatMap((rules) => {
          const weight = rules.reduce(
            (sum, { peer }) => sum + (peer.kind === 'prefix-list' ? weightOfPrefixList : 1),
            0,
          );
          return weight > limits.rulesPerGroup ? [`${key} weighs ${weight}.`] : [];
        }),
      );
    },
  },
  {
    name: 'A network interface has no more than 5 security groups',
    breaches: (system) =>
      graphOf(system)
        .workloads.filter((each) => each.groups.length > limits.groupsPerInterface)
        .map((each) => `${each.id} has ${each.groups.length}.`),
  },
  {
    name: 'Rules of the load balancer are within its quotas',
    breaches: (system) =>
      graphOf(system).loadBalancers.flatMap(({ id, listeners }) => {
        const rules = listeners.flatMap((each) => each.rules.filter(({ priority }) => priority !== 'default'));
        const breaches = rules.length > limits.rulesPerLoadBalancer ? [`${id} has ${rules.length} rules.`] : [];
        for (const { id: rule, conditions } of rules) {
          const sets = [conditions.paths ?? [], ...conditions.headers.map((each) => each.values)];
          if (sets.some((each) => each.length > limits.valuesPerCondition))
            breaches.push(`${rule} has a condition of too many values.`);
          if (sets.flat().length > limits.valuesPerRule) breaches.push(`${rule} has ${sets.flat().length} values.`);
          if (sets.flat().some((each) => !each.includes('{{') && each.length > limits.pathPatternLength))
            breaches.push(`${rule} has a value that is too long.`);
        }
        for (const { id: listener, rules: own } of listeners) {
          if (new Set(own.map((each) => each.priority)).size !== own.length)
            breaches.push(`${listener} has two rules of one priority.`);
        }
        return breaches;
      }),
  },
  {
    name: 'Physical names are short enough',
    breaches: (system) => [
      ...tooLong(system, 'AWS::IAM::Role', 'RoleName', limits.roleNameLength),
      ...tooLong(system, 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'Name', limits.loadBalancerNameLength),
      ...tooLong(system, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'Name', limits.loadBalancerNameLength),
      ...tooLong(system, 'AWS::S3::Bucket', 'BucketName', 63),
      ...tooLong(system, 'AWS::Lambda::Function', 'FunctionName', 64),
      ...tooLong(system, 'AWS::ElastiCache::ReplicationGroup', 'ReplicationGroupId', 40),
      ...tooLong(system, 'AWS::EKS::Nodegroup', 'NodegroupName', 63),
    ],
  },
  {
    name: 'A policy is within the quotas of IAM',
    breaches: policyBreaches,
  },
  {
    name: 'A resource has no more than 50 tags',
    breaches: ({ resources }) =>
      resources.filter((each) => list(each.properties, 'Tags').length > limits.tags).map((each) => each.id),
  },
  {
    name: 'The environment of a function fits into 4 KB, a task definition into 64',
    breaches: (system) => [
      ...system
        .ofType('AWS::Lambda::Function')
        .filter(
          (each) =>
            JSON.stringify(at(each.properties, 'Environment', 'Variables') ?? {}).length >
            limits.environmentBytesOfFunction,
        )
        .map((each) => each.id),
      ...system
        .ofType('AWS::ECS::TaskDefinition')
        .filter((each) => JSON.stringify(each.properties).length > limits.taskDefinitionBytes)
        .map((each) => each.id),
    ],
  },
  {
    name: 'CPU and memory of a task are a pair that Fargate has',
    breaches: (system) =>
      system
        .ofType('AWS::ECS::TaskDefinition')
        .filter(({ properties }) => texts(properties, 'RequiresCompatibilities').includes('FARGATE'))
        .filter(({ properties }) => !isFargatePair(Number(properties['Cpu']), Number(properties['Memory'])))
        .map(({ id, properties }) => `${id}: ${String(properties['Cpu'])}, ${String(properties['Memory'])}`),
  },
  {
    name: 'Stacks export no name twice',
    breaches: ({ templates }) => {
      const names = Object.values(templates).flatMap((each) =>
        Object.values(each.Outputs ?? {}).flatMap((output) => text(output.Export, 'Name') ?? []),
      );
      return names.filter((each, index) => names.indexOf(each) !== index);
    },
  },
];

function tooLong(system: System, type: string, key: string, limit: number): readonly string[] {
  return system
    .ofType(type)
    .map((each) => [each.id, text(each.properties, key)?.replace(/‹[^›]*›/g, 'x'.repeat(12)) ?? ''] as const)
    .filter(([, name]) => name.length > limit)
    .map(([id, name]) => `${id}: ${name} has ${name.length} characters.`);
}

/** Length as IAM counts: without white space; what only AWS knows is taken to be an ARN's length. */
function lengthOfPolicy(document: unknown): number {
  return JSON.stringify(document ?? {})
    .replace(/‹[^›]*›/g, 'x'.repeat(lengthOfUnknown))
    .replace(/\s/g, '').length;
}

function policyBreaches(system: System): readonly string[] {
  const breaches: string[] = [];
  const inline = new Map<string, number>();
  const add = (owner: string, document: unknown) =>
    inline.set(owner, (inline.get(owner) ?? 0) + lengthOfPolicy(document));
  const managed = new Map<string, number>();
  const attach = (owner: string, count: number) => managed.set(owner, (managed.get(owner) ?? 0) + count);
  for (const { id, properties } of system.ofType('AWS::IAM::Role')) {
    const trust = lengthOfPolicy(properties['AssumeRolePolicyDocument']);
    if (trust > limits.trustPolicyCharacters) breaches.push(`${id}: its trust policy has ${trust} characters.`);
    for (const each of list(properties, 'Policies')) add(id, at(each, 'PolicyDocument'));
    attach(id, list(properties, 'ManagedPolicyArns').length);
  }
  for (const { id, type, properties } of system.ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')) {
    const isManaged = type === 'AWS::IAM::ManagedPolicy';
    const document = properties['PolicyDocument'];
    if (isManaged && lengthOfPolicy(document) > limits.managedPolicyCharacters)
      breaches.push(`${id} has ${lengthOfPolicy(document)} characters.`);
    for (const role of texts(properties, 'Roles')) {
      if (isManaged) attach(referredTo(role) ?? role, 1);
      else add(referredTo(role) ?? role, document);
    }
  }
  for (const [owner, length] of inline) {
    if (length > limits.inlinePolicyCharacters) breaches.push(`${owner}: its policies have ${length} characters.`);
  }
  for (const [owner, count] of managed) {
    if (count > limits.managedPoliciesPerRole) breaches.push(`${owner} has ${count} managed policies.`);
  }
  return breaches;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html, as of 2026-11-23. */
function isFargatePair(cpu: number, memory: number): boolean {
  const ranges: Readonly<Record<number, readonly [least: number, most: number, step: number]>> = {
    256: [512, 2048, 512],
    512: [1024, 4096, 1024],
    1024: [2048, 8192, 1024],
    2048: [4096, 16_384, 1024],
    4096: [8192, 30_720, 1024],
    8192: [16_384, 61_440, 4096],
    16384: [32_768, 122_880, 8192],
  };
  const range = ranges[cpu];
  return range !== undefined && memory >= range[0] && memory <= range[1] && (memory - range[0]) % range[2] === 0;
}
