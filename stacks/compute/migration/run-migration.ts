import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTasksCommand, ECSClient, RunTaskCommand, type Task } from '@aws-sdk/client-ecs';

/** What the template says of the migration; all of it text, as CloudFormation has it. */
export interface MigrationProperties {
  readonly Cluster: string;
  readonly TaskDefinition: string;
  readonly Container: string;
  readonly Subnets: readonly string[];
  readonly SecurityGroups: readonly string[];
  readonly LogGroup: string;
  readonly LogStreamPrefix: string;
}

/** A change of a custom resource, as CDK's provider framework hands it on (aws-cdk-lib/custom-resources). */
export interface MigrationEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: MigrationProperties;
  /** What `onEvent` answered, when `isComplete` is asked. */
  readonly Data?: { readonly TaskArn?: string };
}

/** How often, and how far apart in milliseconds, a task is tried whose roles or rights AWS does not know yet. */
const attempts = 20;
const pauseMs = 3_000;
/** Of the log, in an error: CloudFormation shows 4 kB of one, as of 2026-11-23. */
const shownLines = 20;
const shownCharacters = 2_000;

// Region, credentials and, in a test, the endpoint come from the environment.
const ecs = new ECSClient();
const logs = new CloudWatchLogsClient();

/** Starts the migration when a deployment makes or changes it. Deleting it does nothing: the tables stay. */
export async function onEvent(
  event: MigrationEvent,
): Promise<{ PhysicalResourceId: string; Data?: { TaskArn: string } }> {
  const PhysicalResourceId = event.PhysicalResourceId ?? 'migration';
  if (event.RequestType === 'Delete') return { PhysicalResourceId };
  return { PhysicalResourceId, Data: { TaskArn: await start(event) } };
}

/** Whether it is over. Throws, and so fails the deployment, with the log's last lines when it did not end well. */
export async function isComplete(event: MigrationEvent): Promise<{ IsComplete: boolean }> {
  if (event.RequestType === 'Delete') return { IsComplete: true };
  const { Cluster, Container } = event.ResourceProperties;
  const taskArn = event.Data?.TaskArn;
  if (taskArn === undefined) throw new Error('The migration was not started.');
  const { tasks = [], failures = [] } = await ecs.send(
    new DescribeTasksCommand({ cluster: Cluster, tasks: [taskArn] }),
  );
  const [task] = tasks;
  if (task === undefined) throw new Error(`The migration's task ${taskArn} is gone: ${reasonOf(failures)}.`);
  if (task.lastStatus !== 'STOPPED') return { IsComplete: false };
  const container = task.containers?.find(({ name }) => name === Container);
  if (container?.exitCode === 0) return { IsComplete: true };
  const why = [
    container?.exitCode === undefined ? 'it never ran' : `exit code ${container.exitCode}`,
    task.stoppedReason,
    container?.reason,
  ];
  const said = await lastLines(event.ResourceProperties, task);
  throw new Error(
    `The migration of the database failed (${why.filter(Boolean).join('; ')}). The services were not changed. ` +
      `Its log, ${event.ResourceProperties.LogGroup}, ends with:\n${said}`,
  );
}

async function start({ RequestId, ResourceProperties: given }: MigrationEvent): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { tasks = [], failures = [] } = await ecs.send(
        new RunTaskCommand({
          cluster: given.Cluster,
          taskDefinition: given.TaskDefinition,
          launchType: 'FARGATE',
          count: 1,
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: [...given.Subnets],
              securityGroups: [...given.SecurityGroups],
              assignPublicIp: 'DISABLED',
            },
          },
          // The same request twice, which Lambda may make, is one task.
          clientToken: RequestId,
          startedBy: 'migration',
        }),
      );
      const taskArn = tasks[0]?.taskArn;
      if (taskArn === undefined) throw new Error(`The migration could not be started: ${reasonOf(failures)}.`);
      return taskArn;
    } catch (error) {
      // IAM tells of a role, and of a right to run this revision of the task, that was made seconds ago with a delay.
      const isTooEarly =
        error instanceof Error && (error.name === 'AccessDeniedException' || /assume the role/i.test(error.message));
      if (!isTooEarly || attempt === attempts) throw error;
      await sleep(pauseMs);
    }
  }
}

async function lastLines({ LogGroup, LogStreamPrefix, Container }: MigrationProperties, task: Task): Promise<string> {
  const taskId = task.taskArn?.split('/').at(-1);
  try {
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({
        logGroupName: LogGroup,
        logStreamName: `${LogStreamPrefix}/${Container}/${taskId}`,
        limit: shownLines,
        startFromHead: false,
      }),
    );
    const text = events.map(({ message }) => message).join('\n');
    return text === '' ? '(nothing was logged)' : text.slice(-shownCharacters);
  } catch (error) {
    return `(the log cannot be read: ${error instanceof Error ? error.message : String(error)})`;
  }
}

function reasonOf(failures: readonly { readonly reason?: string; readonly detail?: string }[]): string {
  return (
    failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(': ')).join('; ') || 'no reason given'
  );
}
