import { at, entries, everyText, list, text, texts } from '../json.ts';
import type { Resource } from '../resolve.ts';
import type { Rule, System } from '../system.ts';
import { account } from '../variants.ts';

interface Statement {
  readonly owner: Resource;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly hasNotAction: boolean;
  readonly hasCondition: boolean;
  readonly principals: readonly string[];
}

/**
 * Actions that IAM cannot hold to a resource, or not before there is one
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/, as of 2026-11-23), and why we need them.
 */
const actionsWithoutResource: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^ecr:GetAuthorizationToken$/, 'A token is for the whole registry.'],
  [
    /^ec2:(Describe\w+|\*NetworkInterfaces?|(Create|Delete|AssignPrivate\w+|UnassignPrivate\w+|Attach|Detach)NetworkInterface\w*)$/,
    'Interfaces of functions in the VPC, and what the controller looks up.',
  ],
  [/^xray:Put\w+$/, 'Traces have no resource.'],
  [/^cloudwatch:(PutMetricData|List\w+|Describe\w+|Get\w+)$/, 'Metrics have no resource.'],
  [/^ssmmessages:\w+$/, 'Channels of Session Manager have no resource.'],
  [/^ec2messages:\w+$/, 'The same, of its older protocol.'],
  [/^ssm:UpdateInstanceInformation$/, 'The machine is not known before it is there.'],
  [/^elasticloadbalancing:Describe\w+$/, 'What is described cannot be named.'],
  [/^bedrock:(List\w+|GetFoundationModelAvailability)$/, 'Lists have no resource.'],
  [/^bedrock:CreatePrompt$/, 'A prompt has no name before it is there.'],
  [
    /^(ecs|logs|cloudformation|eks|tag|wafv2|application-autoscaling|autoscaling):(List\w+|Describe\w+|GetResources)$/,
    'Lists have no resource.',
  ],
  [/^ecs:DeregisterTaskDefinition$/, 'Has no resource.'],
  [
    /^logs:(CreateLogDelivery|PutResourcePolicy|DeleteLogDelivery|GetLogDelivery|UpdateLogDelivery|StopQuery|GetQueryResults)$/,
    'Deliveries and queries have no resource.',
  ],
  [/^sts:GetCallerIdentity$/, 'Has no resource.'],
];

/** Who may do what. */
export const accessRules: readonly Rule[] = [
  {
    name: 'No policy allows every action, of everything or of a service',
    breaches: (system) =>
      statementsOf(system)
        .filter((each) => each.effect === 'Allow' && each.owner.type !== 'AWS::KMS::Key' && !isEndpointPolicy(each))
        .flatMap((each) => [
          ...each.actions
            .filter((action) => /^(\*|[\w-]+:\*)$/.test(action))
            .map((action) => `${each.owner.id}: ${action}`),
          ...(each.hasNotAction ? [`${each.owner.id} allows by NotAction.`] : []),
        ]),
  },
  {
    name: 'No policy allows on every resource what could name one',
    breaches: (system) =>
      statementsOf(system)
        .filter((each) => each.effect === 'Allow' && isIdentityPolicy(each) && each.resources.includes('*'))
        .flatMap((each) =>
          each.actions
            .filter((action) => !actionsWithoutResource.some(([pattern]) => pattern.test(action)))
            .map((action) => `${each.owner.id} (${each.owner.path}): ${action}`),
        ),
  },
  {
    name: 'Nothing that is ours lets everybody in by its own policy',
    breaches: (system) =>
      statementsOf(system)
        .filter(
          (each) =>
            each.effect === 'Allow' && each.principals.includes('*') && !each.hasCondition && !isEndpointPolicy(each),
        )
        .map((each) => each.owner.id),
  },
  {
    name: 'A role is taken on only by services, by our account, or by a cluster',
    breaches: (system) =>
      system.ofType('AWS::IAM::Role').flatMap(({ id, properties }) =>
        list(properties, 'AssumeRolePolicyDocument', 'Statement').flatMap((each) =>
          texts(each, 'Principal', 'AWS')
            .filter((who) => who === '*' || (/^arn:aws:iam::\d+:/.test(who) && !who.includes(account)))
            .map((who) => `${id}: ${who}`),
        ),
      ),
  },
  {
    name: 'No template holds a secret',
    breaches: secretsIn,
  },
];

function isIdentityPolicy({ owner }: Statement): boolean {
  return ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::Role'].includes(owner.type);
}

function isEndpointPolicy({ owner }: Statement): boolean {
  return owner.type === 'AWS::EC2::VPCEndpoint';
}

function statementsOf(system: System): readonly Statement[] {
  return system.resources.flatMap((owner) =>
    documentsOf(owner).flatMap((document) =>
      list(document, 'Statement').map((each) => ({
        owner,
        effect: text(each, 'Effect') ?? '',
        actions: texts(each, 'Action'),
        resources: texts(each, 'Resource'),
        hasNotAction: at(each, 'NotAction') !== undefined,
        hasCondition: at(each, 'Condition') !== undefined,
        principals: [...texts(each, 'Principal'), ...texts(each, 'Principal', 'AWS')],
      })),
    ),
  );
}

function documentsOf({ properties }: Resource): readonly unknown[] {
  return [
    at(properties, 'PolicyDocument'),
    at(properties, 'KeyPolicy'),
    at(properties, 'RepositoryPolicyText'),
    at(properties, 'ResourcePolicy'),
    ...list(properties, 'Policies').map((each) => at(each, 'PolicyDocument')),
  ].filter((each) => each !== undefined);
}

/** Names of what is secret, and words that look like one. */
const secretName = /(password|secret|api_?key|token|master_?key|salt_?key|private_?key)$/i;
const secretWord =
  /\b(sk-[A-Za-z0-9_-]{12,}|AKIA[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|gh[pousr]_[A-Za-z0-9]{20,}|xox[bp]-)/;

function secretsIn({ resources, deployment }: System): readonly string[] {
  const given = Object.values(deployment.litellm.providerKeys);
  return resources.flatMap(({ id, type, properties }) => {
    const found: string[] = [];
    for (const { path, text: value } of everyText(properties)) {
      if (secretWord.test(value)) found.push(`${id}.${path} looks like a secret.`);
      if (given.some((each) => each.length > 0 && value.includes(each)))
        found.push(`${id}.${path} holds a provider's key.`);
    }
    if (type === 'AWS::ECS::TaskDefinition') {
      for (const container of list(properties, 'ContainerDefinitions')) {
        for (const each of list(container, 'Environment')) {
          if (secretName.test(text(each, 'Name') ?? '')) found.push(`${id} has ${text(each, 'Name')} in clear text.`);
        }
      }
    }
    if (type === 'AWS::Lambda::Function') {
      for (const [name] of entries(properties, 'Environment', 'Variables')) {
        if (secretName.test(name)) found.push(`${id} has ${name} in clear text.`);
      }
    }
    if (type === 'AWS::SecretsManager::Secret' && at(properties, 'SecretString') !== undefined) {
      found.push(`${id} has its value in the template.`);
    }
    for (const key of ['MasterUserPassword', 'AuthToken']) {
      const value = text(properties, key);
      if (value !== undefined && !value.includes('{{resolve:secretsmanager:'))
        found.push(`${id}.${key} is in clear text.`);
    }
    if (
      type === 'Custom::AWSCDK-EKS-KubernetesResource' &&
      /"kind":"Secret"/.test(text(properties, 'Manifest') ?? '')
    ) {
      found.push(`${id} is a Kubernetes secret.`);
    }
    return found;
  });
}
