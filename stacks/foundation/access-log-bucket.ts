import type { Deployment } from '@genai-gateway/config';
import { Duration, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { NagSuppressions } from 'cdk-nag';
import { bucketDefaults, givenUpUploads } from './bucket-defaults.ts';

/**
 * Where load balancer, buckets and CloudFront write who called. Encrypted by S3's own key: load balancers write into no
 * other. Who may write is said here and not by the sources, which stand in later stacks and would make a circle.
 *
 * Sources (as of 2026-11-23):
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html,
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html: CloudFront's
 * logs come by access control lists, which therefore stay on for them alone, and not into buckets of the regions
 * that an account has to opt in to (of ours: eu-central-2, eu-south-1, eu-south-2).
 */
export function makeAccessLogBucket(stack: Stack, deployment: Deployment): Bucket {
  const isBehindCloudFront = deployment.entrance.kind.startsWith('cloudfront');
  const bucket = new Bucket(stack, 'AccessLogs', {
    ...bucketDefaults(deployment),
    encryption: BucketEncryption.S3_MANAGED,
    objectOwnership: isBehindCloudFront
      ? ObjectOwnership.BUCKET_OWNER_PREFERRED
      : ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [
      { id: 'retention', expiration: Duration.days(deployment.operations.logRetentionDays) },
      givenUpUploads,
    ],
  });
  const letWrite = (sid: string, principal: string, conditions: Record<string, Record<string, string>>) =>
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new ServicePrincipal(principal)],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects('*')],
        conditions,
      }),
    );
  letWrite('LoadBalancers', 'logdelivery.elasticloadbalancing.amazonaws.com', {
    ArnLike: {
      'aws:SourceArn': `arn:${stack.partition}:elasticloadbalancing:${stack.region}:${stack.account}:loadbalancer/*`,
    },
  });
  letWrite('Buckets', 'logging.s3.amazonaws.com', { StringEquals: { 'aws:SourceAccount': stack.account } });
  NagSuppressions.addResourceSuppressions(bucket, [
    {
      id: 'AwsSolutions-S1',
      reason: 'It holds the access logs; logging its own accesses into itself would never end.',
    },
  ]);
  return bucket;
}
