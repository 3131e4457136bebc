import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { GetRoleCommand, ListAttachedRolePoliciesCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { at, list, texts } from '../json.ts';
import type { Check } from './check.ts';

/**
 * Roles, tasks and services. moto drops what else their templates say: the tasks' roles, the services' networks and
 * load balancers. It has none of the policies that AWS manages.
 */
export const computeChecks: readonly Check[] = [
  {
    name: 'roles: who may take them, and which policies they have',
    look: async ({ iam }, made) => {
      const roles = made.ofType('AWS::IAM::Role');
      const policies = [...made.ofType('AWS::IAM::Policy'), ...made.ofType('AWS::IAM::ManagedPolicy')];
      const found = roles.map(async ({ id: RoleName }) => {
        const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
        const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
        const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
        return [
          Role?.RoleName,
          JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')) as unknown,
          [...PolicyNames, ...AttachedPolicies.map(({ PolicyArn }) => PolicyArn)],
        ];
      });
      const expected = roles.map(({ id, properties }) => [
        id,
        properties['AssumeRolePolicyDocument'],
        [
          ...list(properties, 'Policies').map((each) => at(each, 'PolicyName')),
          ...texts(properties, 'ManagedPolicyArns').filter((each) => !each.startsWith('arn:aws:iam::aws:')),
          ...policies
            .filter((each) => texts(each.properties, 'Roles').includes(id))
            .map((each) => (each.id.startsWith('arn:') ? each.id : each.properties['PolicyName'])),
        ],
      ]);
      return { expected, found: await Promise.all(found) };
    },
  },
  {
    name: 'tasks: their containers with image, ports and read-only file system',
    look: async ({ ecs }, made) => {
      const tasks = made.ofType('AWS::ECS::TaskDefinition');
      const found = tasks.map(async ({ id }) => {
        const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: id }));
        return [
          taskDefinition?.taskDefinitionArn,
          taskDefinition?.containerDefinitions?.map(({ name, image, portMappings = [], readonlyRootFilesystem }) => {
            return [name, image, portMappings.map(({ containerPort }) => containerPort), readonlyRootFilesystem];
          }),
        ];
      });
      const expected = tasks.map(({ id, properties }) => [
        id,
        list(properties, 'ContainerDefinitions').map((each) => [
          at(each, 'Name'),
          at(each, 'Image'),
          list(each, 'PortMappings').map((port) => at(port, 'ContainerPort')),
          at(each, 'ReadonlyRootFilesystem'),
        ]),
      ]);
      return { expected, found: await Promise.all(found) };
    },
  },
  {
    name: 'services, each with its task',
    look: async ({ ecs }, made) => {
      const wanted = made.ofType('AWS::ECS::Service');
      const { services = [] } = await ecs.send(
        new DescribeServicesCommand({
          cluster: made.ofType('AWS::ECS::Cluster')[0]?.id,
          services: wanted.map(({ id }) => id),
        }),
      );
      return {
        expected: wanted.map(({ id, properties }) => [id, properties['TaskDefinition']]),
        found: services.map((each) => [each.serviceArn, each.taskDefinition]),
      };
    },
  },
];
