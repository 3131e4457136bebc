import type { Deployment } from '@genai-gateway/config';
import { Duration, type Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { removalPolicyOf } from '../names.ts';
import type { Foundation } from './foundation.ts';

/** What a service does with a key that it encrypts and reads with; spelt out, so that no policy has a `*` in an action. */
const useOfKey = [
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:DescribeKey',
];

/**
 * The keys. Each rotates once a year, and leaves it to IAM who of the account may use it (CDK's default policy); the
 * statements here are for services that act by themselves:
 *
 * - logs: CloudWatch Logs, for log groups of this account and region; alarms and events, which publish to an encrypted
 *   topic. EventBridge gives the key no account that it acts for: with `aws:SourceAccount` its messages would be lost
 *   without a word, so it is held to topics of this account by what SNS encrypts.
 *   Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html and
 *   https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html (as of 2026-11-23).
 * - data: Auto Scaling, for the encrypted volumes of an EKS cluster's nodes. Its service-linked role is named by a
 *   condition, because a key policy that names a role which is not there yet is refused.
 *   Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html (as of 2026-11-23).
 *
 * RDS, ElastiCache, DynamoDB, S3 and Secrets Manager work on behalf of who calls them, and need nothing here.
 */
export function makeKeys(stack: Stack, deployment: Deployment): Foundation['keys'] {
  const data = makeKey(stack, deployment, 'DataKey', 'Database, cache, table, buckets and images');
  const secrets = makeKey(stack, deployment, 'SecretsKey', 'Secrets');
  const logs = makeKey(stack, deployment, 'LogsKey', 'Log groups and the topic of alarms');

  logs.addToResourcePolicy(
    new PolicyStatement({
      sid: 'LogGroups',
      principals: [new ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
      actions: useOfKey,
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${stack.partition}:logs:${stack.region}:${stack.account}:*`,
        },
      },
    }),
  );
  letPublish(logs, 'Alarms', 'cloudwatch.amazonaws.com', {
    StringEquals: { 'aws:SourceAccount': stack.account },
  });
  letPublish(logs, 'Events', 'events.amazonaws.com', {
    ArnLike: {
      'kms:EncryptionContext:aws:sns:topicArn': `arn:${stack.partition}:sns:${stack.region}:${stack.account}:*`,
    },
  });
  if (deployment.platform.kind === 'eks') letAutoScalingUse(data, stack);
  return { data, secrets, logs };
}

function letPublish(key: Key, sid: string, service: string, conditions: Record<string, Record<string, string>>): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      sid,
      principals: [new ServicePrincipal(service)],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions,
    }),
  );
}

/** Time to think better of it: the salt key stays when its stack goes, and this is how long it can be read then. */
const PENDING_DAYS = 30;

function makeKey(stack: Stack, deployment: Deployment, id: string, purpose: string): Key {
  return new Key(stack, id, {
    description: `${purpose} of the gateway, stage ${deployment.stage}`,
    enableKeyRotation: true,
    rotationPeriod: Duration.days(365),
    pendingWindow: Duration.days(PENDING_DAYS),
    removalPolicy: removalPolicyOf(deployment),
  });
}

function letAutoScalingUse(key: Key, stack: Stack): void {
  const isAutoScaling = {
    StringEquals: { 'kms:CallerAccount': stack.account },
    ArnLike: {
      'aws:PrincipalArn': `arn:${stack.partition}:iam::${stack.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    },
  };
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'VolumesOfNodes',
      principals: [new AnyPrincipal()],
      actions: useOfKey,
      resources: ['*'],
      conditions: isAutoScaling,
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AttachVolumesOfNodes',
      principals: [new AnyPrincipal()],
      actions: ['kms:CreateGrant'],
      resources: ['*'],
      conditions: { ...isAutoScaling, Bool: { 'kms:GrantIsForAWSResource': true } },
    }),
  );
}
