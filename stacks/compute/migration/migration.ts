import type { Deployment } from '@genai-gateway/config';
import { CustomResource, Duration, type Stack } from 'aws-cdk-lib';
import type { Cluster } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { NagSuppressions } from 'cdk-nag';
import { lambdaCode } from '../../lambda-code.ts';
import type { ComputeParts } from '../compute.ts';
import { fargateTask, serviceLogs, type Task } from '../ecs-task.ts';
import { nodeProgram, type ServiceImage } from '../images.ts';
import { migrationSettings } from '../service-settings.ts';
import type { MigrationProperties } from './run-migration.ts';

const name = 'migration';

/** CloudFormation waits for an hour; what takes longer has to fail before, to be able to say why. */
const longestMigration = Duration.minutes(55);

type MigrationParts = ComputeParts & { readonly cluster: Cluster; readonly image: ServiceImage };

/**
 * Brings the database to LiteLLM's version and makes the services' logins, by one task that runs to its end before a
 * service rolls: what comes back is for the services to depend on. It runs on the first deployment and whenever its
 * task, hence the gateway's image, or LiteLLM's version changes. The functions that start it and wait for it stand
 * outside of the VPC, so that it needs no way out; the task itself is inside.
 */
export function migrateDatabase(stack: Stack, deployment: Deployment, parts: MigrationParts): CustomResource {
  const task = fargateTask(stack, 'MigrationTask', deployment, {
    vcpus: 0.25,
    memoryMib: 512,
    image: parts.image,
    settings: migrationSettings(parts),
    logs: serviceLogs(stack, 'MigrationLogs', deployment, parts.foundation),
    name,
    entry: [nodeProgram, 'migrate.mjs'],
    port: undefined,
    healthCheck: undefined,
    writableFolders: [],
    labels: {},
  });
  const provider = migrationProvider(stack, deployment, parts, task);
  const properties: MigrationProperties & { readonly LitellmVersion: string } = {
    Cluster: parts.cluster.clusterName,
    TaskDefinition: task.definition.taskDefinitionArn,
    Container: name,
    Subnets: parts.network.subnets.private.map(({ subnetId }) => subnetId),
    SecurityGroups: [parts.network.securityGroups.gateway.securityGroupId],
    LogGroup: task.logs.logGroupName,
    LogStreamPrefix: name,
    LitellmVersion: deployment.litellm.version,
  };
  const migration = new CustomResource(stack, 'Migration', {
    serviceToken: provider.serviceToken,
    resourceType: 'Custom::DatabaseMigration',
    properties,
  });
  // Its roles' policies too, or the task could not read its secrets.
  migration.node.addDependency(task.definition);
  return migration;
}

function migrationProvider(
  stack: Stack,
  deployment: Deployment,
  { foundation, cluster }: MigrationParts,
  task: Task,
): Provider {
  const logs = serviceLogs(stack, 'MigrationRunnerLogs', deployment, foundation);
  const code = lambdaCode('stacks/compute/migration/run-migration.ts');
  const onEvent = handler(stack, 'StartMigration', { code, logs, handler: 'onEvent', timeout: Duration.minutes(3) });
  const isComplete = handler(stack, 'AwaitMigration', {
    code,
    logs,
    handler: 'isComplete',
    timeout: Duration.seconds(30),
  });
  onEvent.addToRolePolicy(
    new PolicyStatement({
      actions: ['ecs:RunTask'],
      resources: [task.definition.taskDefinitionArn],
      conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
    }),
  );
  onEvent.addToRolePolicy(
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [task.definition.taskRole.roleArn, task.definition.obtainExecutionRole().roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    }),
  );
  isComplete.addToRolePolicy(
    new PolicyStatement({
      actions: ['ecs:DescribeTasks'],
      resources: [stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` })],
      conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
    }),
  );
  isComplete.addToRolePolicy(
    new PolicyStatement({
      actions: ['logs:GetLogEvents'],
      resources: [`${task.logs.logGroupArn}:log-stream:${name}/*`],
    }),
  );
  const provider = new Provider(stack, 'MigrationProvider', {
    onEventHandler: onEvent,
    isCompleteHandler: isComplete,
    queryInterval: Duration.seconds(10),
    totalTimeout: longestMigration,
    logGroup: logs,
  });
  suppressFindings(provider, [onEvent, isComplete]);
  return provider;
}

function handler(
  stack: Stack,
  id: string,
  given: {
    readonly code: Code;
    readonly logs: LogGroup;
    readonly handler: keyof typeof import('./run-migration.ts');
    readonly timeout: Duration;
  },
): LambdaFunction {
  return new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: given.code,
    handler: `index.${given.handler}`,
    timeout: given.timeout,
    memorySize: 256,
    logGroup: given.logs,
  });
}

const basicExecution = 'Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

function suppressFindings(provider: Provider, functions: readonly LambdaFunction[]): void {
  for (const each of functions) {
    NagSuppressions.addResourceSuppressions(
      each,
      [
        {
          id: 'AwsSolutions-IAM4',
          appliesTo: [basicExecution],
          reason: 'The managed policy lets a function write its log, and nothing else.',
        },
        {
          id: 'AwsSolutions-IAM5',
          reason: 'A task and a log stream have no name before they are there: all of this cluster, of this log group.',
        },
      ],
      true,
    );
  }
  NagSuppressions.addResourceSuppressions(
    provider,
    [
      {
        id: 'AwsSolutions-IAM4',
        appliesTo: [basicExecution],
        reason: "CDK's provider framework: the managed policy lets a function write its log, and nothing else.",
      },
      {
        id: 'AwsSolutions-IAM5',
        reason: "CDK's provider framework calls any version of the two functions above, and of its own.",
      },
      { id: 'AwsSolutions-L1', reason: "The runtime of CDK's provider framework comes with CDK." },
      {
        id: 'AwsSolutions-SF1',
        reason: 'The state machine only waits; what happens stands in the logs of the functions.',
      },
      { id: 'AwsSolutions-SF2', reason: 'The state machine only waits, a few minutes per deployment.' },
    ],
    true,
  );
}
