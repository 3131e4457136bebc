import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { compactLogs } from '../access/function-access.ts';
import type { FunctionParts } from './function-parts.ts';
import { lambdaFunction, type MadeFunction } from './lambda-function.ts';
import { onSchedule } from './on-schedule.ts';

/** Makes Parquet of request logs, every hour. It needs S3 alone, so it stands outside of the VPC. */
export function compaction(stack: Stack, deployment: Deployment, parts: FunctionParts): MadeFunction {
  const { requestLogs, archive } = parts.data.buckets;
  const made = lambdaFunction(stack, deployment, parts, {
    name: 'log-compaction',
    description: `Compacts request logs, stage ${deployment.stage}`,
    // One whole virtual processor.
    memoryMib: 1769,
    timeoutSeconds: 900,
    environment: { REQUEST_LOG_BUCKET: requestLogs.bucketName, ARCHIVE_BUCKET: archive.bucketName },
    files: [],
    statements: compactLogs(deployment, parts),
    wildcards: 'Objects of two buckets, by their prefixes.',
    securityGroup: undefined,
    concurrency: 1,
    eventHours: 1,
  });
  onSchedule(stack, 'HourlyCompaction', made, {
    description: 'Request logs become Parquet',
    schedule: Schedule.cron({ minute: '10' }),
    task: { task: 'compact' },
  });
  return made;
}
