import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lacksMoto, type MotoServer, startMoto } from '../../../scripts/moto/moto-server.ts';
import { lambdaCode } from '../../lambda-code.ts';
import type { MigrationEvent } from './run-migration.ts';

/** A subnet of the VPC that every region begins with; asked without a client of EC2's, which nothing else needs. */
async function subnetOf(url: string): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-west-1/ec2/aws4_request',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'Action=DescribeSubnets&Version=2016-11-15',
  });
  const [, subnet] = /<subnetId>(subnet-[0-9a-f]+)<\/subnetId>/.exec(await answer.text()) ?? [];
  if (subnet === undefined) throw new Error('moto has no subnet.');
  return subnet;
}

let moto: MotoServer | undefined;

beforeAll(async () => {
  if (lacksMoto) return;
  moto = await startMoto('eu-west-1');
  Object.assign(process.env, moto.environment);
}, 300_000);
afterAll(() => moto?.stop());

it.skipIf(lacksMoto)(
  'the bundle starts a task in moto’s ECS, and waits until it has ended (needs Python)',
  async () => {
    const ecs = new ECSClient();
    await ecs.send(new CreateClusterCommand({ clusterName: 'the-cluster' }));
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'migration',
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'migration', image: 'gateway', cpu: 256, memory: 512 }],
      }),
    );
    const { onEvent, isComplete } = (await import(
      pathToFileURL(join(lambdaCode('stacks/compute/migration/run-migration.ts').path, 'index.mjs')).href
    )) as typeof import('./run-migration.ts');
    const event: MigrationEvent = {
      RequestType: 'Create',
      RequestId: '6a4b5b3e-1c0f-4b8e-9d53-2f1b6a1c7d10',
      ResourceProperties: {
        Cluster: 'the-cluster',
        TaskDefinition: taskDefinition?.taskDefinitionArn ?? '',
        Container: 'migration',
        Subnets: [await subnetOf(moto?.url ?? '')],
        SecurityGroups: [],
        LogGroup: '/migration',
        LogStreamPrefix: 'migration',
      },
    };
    const { Data } = await onEvent(event);
    const running: MigrationEvent = { ...event, ...(Data === undefined ? {} : { Data }) };
    expect(await isComplete(running)).toEqual({ IsComplete: false });

    await ecs.send(
      new StopTaskCommand({ cluster: 'the-cluster', task: Data?.TaskArn ?? '', reason: 'stopped by hand' }),
    );
    expect(await isComplete(running)).toEqual({ IsComplete: true });
  },
);
