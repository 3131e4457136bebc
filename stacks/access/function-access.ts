import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Data } from '../data/data.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { allow, lookUpModels, type Place } from './bedrock-access.ts';
import { objectsKey, tableKey, through } from './key-through.ts';

interface Parts {
  readonly foundation: Foundation;
  readonly data: Data;
}

/** What prompts-admin may do: managed prompts of the own region, and look up the models behind them. */
export function managePrompts(stack: Stack, deployment: Deployment, { foundation, data }: Parts): PolicyStatement[] {
  const { region, models } = deployment;
  const partition = RegionInfo.get(region).partition ?? 'aws';
  const place: Place = { partition, account: stack.account, regions: [...new Set([region, ...models.regions])] };
  return [
    ...allow(
      [
        'bedrock:GetPrompt',
        'bedrock:UpdatePrompt',
        'bedrock:DeletePrompt',
        'bedrock:CreatePromptVersion',
        'bedrock:TagResource',
      ],
      [`arn:${partition}:bedrock:${region}:${stack.account}:prompt/*`],
    ),
    // What is not there yet, and a list of all, name no prompt.
    new PolicyStatement({
      actions: ['bedrock:CreatePrompt', 'bedrock:ListPrompts'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:RequestedRegion': region } },
    }),
    ...lookUpModels(place),
    ...allow(['s3:GetObject'], [data.buckets.config.arnForObjects(data.configKey)]),
    through(foundation.keys.data, deployment, 's3', ['kms:Decrypt']),
  ];
}

/** What chat-history may do: every session, its objects, and exports of them. */
export function keepSessions(deployment: Deployment, { foundation, data }: Parts): PolicyStatement[] {
  const { sessions, buckets } = data;
  return [
    ...allow(
      [
        'dynamodb:DescribeTable',
        'dynamodb:GetItem',
        'dynamodb:Query',
        'dynamodb:Scan',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:BatchWriteItem',
      ],
      [sessions.tableArn],
    ),
    ...allow(['dynamodb:Query'], [`${sessions.tableArn}/index/by-owner`]),
    ...allow(
      ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'],
      [buckets.history.arnForObjects('*')],
    ),
    ...allow(['s3:ListBucket', 's3:ListBucketVersions', 's3:GetBucketVersioning'], [buckets.history.bucketArn]),
    objectsKey(foundation.keys.data, deployment),
    tableKey(foundation.keys.data, deployment),
  ];
}

/** What log-compaction may do: take request logs away when they are in the archive, and write and read that. */
export function compactLogs(deployment: Deployment, { foundation, data }: Parts): PolicyStatement[] {
  const { requestLogs, archive } = data.buckets;
  const of = (bucket: IBucket, ...folders: readonly string[]) =>
    folders.map((each) => bucket.arnForObjects(`${each}/*`));
  return [
    ...allow(['s3:GetObject', 's3:DeleteObject'], of(requestLogs, 'gateway', 'litellm')),
    ...allow(['s3:GetObject', 's3:PutObject'], of(archive, 'requests', 'quarantine', 'runs')),
    // Without a list, what is not there would be refused in place of not found.
    ...allow(['s3:ListBucket', 's3:GetBucketVersioning'], [requestLogs.bucketArn, archive.bucketArn]),
    objectsKey(foundation.keys.data, deployment),
  ];
}
