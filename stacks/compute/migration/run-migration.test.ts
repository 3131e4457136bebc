import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { isComplete as IsComplete, MigrationEvent, onEvent as OnEvent } from './run-migration.ts';

type Json = Record<string, unknown>;

/** What ECS and CloudWatch Logs are asked, and what they answer: by the name of the operation, on the wire. */
const asked: { readonly operation: string; readonly body: Json }[] = [];
const answers = new Map<string, (body: Json, times: number) => { status?: number; body: Json }>();

const server = createServer((request, response) => void answer(request, response));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Json;
  asked.push({ operation, body });
  const times = asked.filter((each) => each.operation === operation).length;
  const given = answers.get(operation)?.(body, times) ?? {
    status: 500,
    body: { message: `no answer to ${operation}` },
  };
  response.writeHead(given.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(given.body));
}

let onEvent: typeof OnEvent;
let isComplete: typeof IsComplete;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  });
  ({ onEvent, isComplete } = await import('./run-migration.ts'));
});
afterEach(() => {
  asked.length = 0;
  answers.clear();
});
afterAll(() => server.close());

const taskArn = 'arn:aws:ecs:eu-west-1:111122223333:task/the-cluster/0123456789abcdef';
const event = (change: Partial<MigrationEvent> = {}): MigrationEvent => ({
  RequestType: 'Create',
  RequestId: '6a4b5b3e-1c0f-4b8e-9d53-2f1b6a1c7d10',
  ResourceProperties: {
    Cluster: 'the-cluster',
    TaskDefinition: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/migration:7',
    Container: 'migration',
    Subnets: ['subnet-1', 'subnet-2'],
    SecurityGroups: ['sg-1'],
    LogGroup: '/migration',
    LogStreamPrefix: 'migration',
  },
  ...change,
});
const started = () => event({ Data: { TaskArn: taskArn } });
const task = (facts: Json) => () => ({ body: { tasks: [{ taskArn, ...facts }], failures: [] } });

describe('when a deployment makes or changes the migration', () => {
  it.each(['Create', 'Update'] as const)(
    '%s: one task is started, in private, and a repeated request is the same',
    async (type) => {
      answers.set('RunTask', task({ lastStatus: 'PROVISIONING' }));
      expect(await onEvent(event({ RequestType: type }))).toEqual({
        PhysicalResourceId: 'migration',
        Data: { TaskArn: taskArn },
      });
      expect(asked.map(({ operation }) => operation)).toEqual(['RunTask']);
      expect(asked[0]?.body).toMatchObject({
        cluster: 'the-cluster',
        taskDefinition: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/migration:7',
        launchType: 'FARGATE',
        clientToken: event().RequestId,
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: ['subnet-1', 'subnet-2'],
            securityGroups: ['sg-1'],
            assignPublicIp: 'DISABLED',
          },
        },
      });
    },
  );

  it('keeps the id that it had', async () => {
    answers.set('RunTask', task({}));
    const answer = await onEvent(event({ RequestType: 'Update', PhysicalResourceId: 'before' }));
    expect(answer.PhysicalResourceId).toBe('before');
  });

  it('fails when there is no capacity, in the words of ECS', async () => {
    answers.set('RunTask', () => ({
      body: { tasks: [], failures: [{ reason: 'RESOURCE:FARGATE', detail: 'none left' }] },
    }));
    await expect(onEvent(event())).rejects.toThrow('RESOURCE:FARGATE: none left');
  });

  it.each([
    ['roles that ECS does not know yet', 'ClientException', 'ECS was unable to assume the role that was given.'],
    ['a right that IAM was given just now', 'AccessDeniedException', 'not authorized to perform: ecs:RunTask'],
  ])('waits for %s', async (_what, __type, message) => {
    answers.set('RunTask', (_, times) => (times === 1 ? { status: 400, body: { __type, message } } : task({})()));
    expect((await onEvent(event())).Data).toEqual({ TaskArn: taskArn });
    expect(asked).toHaveLength(2);
  });

  it('fails at once when the request itself is refused', async () => {
    answers.set('RunTask', () => ({
      status: 400,
      body: { __type: 'ClientException', message: 'TaskDefinition is inactive' },
    }));
    await expect(onEvent(event())).rejects.toThrow('TaskDefinition is inactive');
    expect(asked).toHaveLength(1);
  });
});

it('taking it away does nothing', async () => {
  const removal = event({ RequestType: 'Delete', PhysicalResourceId: 'migration' });
  expect(await onEvent(removal)).toEqual({ PhysicalResourceId: 'migration' });
  expect(await isComplete(removal)).toEqual({ IsComplete: true });
  expect(asked).toEqual([]);
});

describe('while it runs and when it has ended', () => {
  it.each(['PROVISIONING', 'PENDING', 'RUNNING', 'DEPROVISIONING'])('%s: not over', async (lastStatus) => {
    answers.set('DescribeTasks', task({ lastStatus }));
    expect(await isComplete(started())).toEqual({ IsComplete: false });
  });

  it('exit code 0: the services may roll', async () => {
    answers.set('DescribeTasks', task({ lastStatus: 'STOPPED', containers: [{ name: 'migration', exitCode: 0 }] }));
    expect(await isComplete(started())).toEqual({ IsComplete: true });
    expect(asked[0]?.body).toMatchObject({ cluster: 'the-cluster', tasks: [taskArn] });
  });

  it('another exit code: the deployment fails with the last lines of the log', async () => {
    const containers = [
      { name: 'aside', exitCode: 0 },
      { name: 'migration', exitCode: 3 },
    ];
    answers.set(
      'DescribeTasks',
      task({ lastStatus: 'STOPPED', stoppedReason: 'Essential container exited', containers }),
    );
    answers.set('GetLogEvents', () => ({ body: { events: [{ message: 'migrating' }, { message: 'no such table' }] } }));
    await expect(isComplete(started())).rejects.toThrow(
      /exit code 3; Essential container exited[\s\S]*\/migration, ends with:\nmigrating\nno such table$/,
    );
    expect(asked[1]?.body).toMatchObject({
      logGroupName: '/migration',
      logStreamName: 'migration/migration/0123456789abcdef',
      startFromHead: false,
    });
  });

  it('a task that never began says why', async () => {
    const containers = [{ name: 'migration', reason: 'CannotPullContainerError: not found' }];
    answers.set('DescribeTasks', task({ lastStatus: 'STOPPED', stoppedReason: 'Task failed to start', containers }));
    answers.set('GetLogEvents', () => ({
      status: 400,
      body: { __type: 'ResourceNotFoundException', message: 'no such stream' },
    }));
    await expect(isComplete(started())).rejects.toThrow(
      /it never ran; Task failed to start; CannotPullContainerError: not found[\s\S]*the log cannot be read/,
    );
  });

  it('an error is as long as CloudFormation shows', async () => {
    answers.set('DescribeTasks', task({ lastStatus: 'STOPPED', containers: [{ name: 'migration', exitCode: 1 }] }));
    answers.set('GetLogEvents', () => ({ body: { events: [{ message: 'x'.repeat(50_000) }] } }));
    const error = await isComplete(started()).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error?.message.length).toBeLessThan(3000);
  });

  it('a task that nobody knows any more is a failure, not a wait', async () => {
    answers.set('DescribeTasks', () => ({ body: { tasks: [], failures: [{ arn: taskArn, reason: 'MISSING' }] } }));
    await expect(isComplete(started())).rejects.toThrow('MISSING');
  });
});
