import { functionNameOf } from '../reach/workloads.ts';
import type { Resource } from '../resolve.ts';
import type { Loose, Mutation } from './planted.ts';

const isOurs = ({ properties }: Resource) => functionNameOf(properties) !== undefined;
const isIn = (folder: string) => (each: Resource) => functionNameOf(each.properties) === folder;
const lambda = 'AWS::Lambda::Function';
const permission = 'AWS::Lambda::Permission';
const complete = 'Every function is there once';

function on(name: string, caughtBy: string, change: (properties: Loose) => void, where = isOurs): Mutation {
  return { name, caughtBy, plant: (planted) => planted.edit(lambda, change, where) };
}

const isForLambda = ({ properties }: Resource) => properties['TargetType'] === 'lambda';
const isOf = (service: string) => (each: Resource) => String(each.properties['Principal']).startsWith(service);

/** Faults of the functions, of who may call them, and of what calls them. */
export const functionMutations: readonly Mutation[] = [
  on('A function leaves no dead letters', complete, (properties) => {
    delete properties.DeadLetterConfig;
  }),
  on('A function logs into a group that nobody ends', complete, (properties) => {
    properties.LoggingConfig = { LogGroup: '/aws/lambda/function' };
  }),
  on('A function runs on an older Node', complete, (properties) => {
    properties.Runtime = 'nodejs20.x';
  }),
  {
    name: 'Two functions share a role',
    caughtBy: complete,
    plant: (planted) => {
      const other = planted.system.ofType(lambda).find(isIn('prompts-admin'));
      return planted.edit(
        lambda,
        (properties) => {
          properties.Role = other?.properties['Role'];
        },
        isIn('chat-history'),
      );
    },
  },
  {
    name: 'What a function cannot do is not tried again',
    caughtBy: complete,
    plant: (planted) => planted.remove('AWS::Lambda::EventInvokeConfig'),
  },
  on(
    'A function opens as many connections as it likes',
    'As many functions may run',
    (properties) => {
      delete properties.ReservedConcurrentExecutions;
    },
    isIn('chat-history'),
  ),
  on(
    'More functions may run than connections are kept for',
    'As many functions may run',
    (properties) => {
      properties.ReservedConcurrentExecutions = 40;
    },
    isIn('prompts-admin'),
  ),
  on(
    'A key stands in the environment of a function',
    'No template holds a secret',
    (properties) => {
      properties.Environment.Variables.LITELLM_MASTER_KEY = 'abc';
    },
    isIn('chat-history'),
  ),
  {
    name: 'A function is in the security group of the gateway',
    caughtBy: 'LiteLLM is reached by',
    plant: (planted) => {
      const [gateway] = planted.groupsOf('gateway') ?? [];
      return (
        planted.system.deployment.platform.kind === 'ecs' &&
        planted.edit(
          lambda,
          (properties) => {
            properties.VpcConfig.SecurityGroupIds = [`‹${gateway}.GroupId›`];
          },
          isIn('prompts-admin'),
        )
      );
    },
  },
  {
    name: 'Every load balancer may call a function',
    caughtBy: 'A function is called by its own services alone',
    plant: (planted) =>
      planted.edit(
        permission,
        (properties) => {
          delete properties.SourceArn;
        },
        isOf('elasticloadbalancing'),
      ),
  },
  {
    name: 'Every account may call a function',
    caughtBy: 'A function is called by its own services alone',
    plant: (planted) =>
      planted.edit(
        permission,
        (properties) => {
          properties.Principal = '*';
        },
        isOf('elasticloadbalancing'),
      ),
  },
  {
    name: 'Secrets of another account may rotate by our function',
    caughtBy: 'A function is called by its own services alone',
    plant: (planted) =>
      planted.edit(
        permission,
        (properties) => {
          properties.SourceAccount = '999999999999';
        },
        isOf('secretsmanager'),
      ),
  },
  {
    name: 'The load balancer has no right to call a function',
    caughtBy: 'Whoever may call the gateway reaches the functions',
    plant: (planted) => planted.remove(permission, isOf('elasticloadbalancing')),
  },
  {
    name: 'The gateway takes the paths of a function',
    caughtBy: 'The load balancer sends each path',
    plant: (planted) => {
      const gateway = planted.system
        .ofType('AWS::ElasticLoadBalancingV2::TargetGroup')
        .find((each) => !isForLambda(each));
      return planted.edit(
        'AWS::ElasticLoadBalancingV2::ListenerRule',
        (properties) => {
          properties.Actions = [{ Type: 'forward', TargetGroupArn: `‹${gateway?.id}›` }];
        },
        ({ properties }) => JSON.stringify(properties['Conditions']).includes('/v1/prompts'),
      );
    },
  },
  {
    name: 'A function gets one value of each header',
    caughtBy: 'Functions get every value of a header',
    plant: (planted) =>
      planted.edit(
        'AWS::ElasticLoadBalancingV2::TargetGroup',
        (properties) => {
          delete properties.TargetGroupAttributes;
        },
        isForLambda,
      ),
  },
  {
    name: 'A schedule loses what it cannot hand over',
    caughtBy: 'What a schedule cannot hand over',
    plant: (planted) =>
      planted.edit(
        'AWS::Events::Rule',
        (properties) => {
          for (const each of properties.Targets) delete each.DeadLetterConfig;
        },
        ({ properties }) => properties['ScheduleExpression'] !== undefined,
      ),
  },
  {
    name: 'The master key rotates by itself',
    caughtBy: 'Secrets rotate by a schedule where',
    plant: (planted) => {
      const key = planted.system.ofType('AWS::SecretsManager::Secret').find(({ path }) => path.includes('MasterKey'));
      const rotation = planted.system.ofType(lambda).find(isIn('secret-rotation'));
      return planted.add('rotation', 'AWS::SecretsManager::RotationSchedule', {
        SecretId: `‹${key?.id}›`,
        RotationLambdaARN: `‹${rotation?.id}.Arn›`,
        RotationRules: { AutomaticallyAfterDays: 30 },
      });
    },
  },
];
