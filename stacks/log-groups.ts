import type { Deployment } from '@genai-gateway/config';
import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Foundation } from './foundation/foundation.ts';
import { removalPolicyOf } from './names.ts';

/** A log group as all of ours are: encrypted, and kept for as long as the deployer says. */
export function logGroup(stack: Stack, id: string, deployment: Deployment, { keys }: Foundation): LogGroup {
  return new LogGroup(stack, id, {
    encryptionKey: keys.logs,
    retention: deployment.operations.logRetentionDays,
    removalPolicy: removalPolicyOf(deployment),
  });
}

/**
 * One of the name that a service of AWS writes to, so that the service does not make it, without an end and our key.
 * That of a first deployment that failed goes in production too: its name would be in the way of the next.
 */
export function namedLogGroup(
  stack: Stack,
  id: string,
  deployment: Deployment,
  { keys }: Foundation,
  logGroupName: string,
): LogGroup {
  return new LogGroup(stack, id, {
    logGroupName,
    encryptionKey: keys.logs,
    retention: deployment.operations.logRetentionDays,
    removalPolicy: deployment.isProduction ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
  });
}
