import type { Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/*
 * What may go through an endpoint, whoever asks, so that nobody inside carries data away with credentials of another
 * account. Bedrock and SageMaker have no such rule: models of other accounts are called with roles of those accounts.
 */

/** Secrets of this account, to be read, and to be rotated. */
export function secretsManagerPolicy(stack: Stack): PolicyStatement {
  const reading = ['GetSecretValue', 'BatchGetSecretValue', 'DescribeSecret'];
  const actions = [...reading, 'PutSecretValue', 'UpdateSecretVersionStage'];
  return new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions: actions.map((action) => `secretsmanager:${action}`),
    resources: [`arn:aws:secretsmanager:${stack.region}:${stack.account}:secret:*`],
  });
}

/** Items of this account's tables. */
export function dynamoDbPolicy(stack: Stack): PolicyStatement {
  const reading = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'DescribeTable'];
  const writing = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'ConditionCheckItem'];
  return new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions: [...reading, ...writing].map((action) => `dynamodb:${action}`),
    resources: [`arn:aws:dynamodb:${stack.region}:${stack.account}:table/*`],
  });
}

/**
 * Objects of this account's buckets, and the layers of images, which ECR keeps in a bucket of AWS's
 * (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html, as of 2026-11-23).
 */
export function s3Policies(stack: Stack): readonly PolicyStatement[] {
  const deleting = ['DeleteObject', 'DeleteObjectVersion', 'AbortMultipartUpload'];
  const actions = ['GetObject', 'GetObjectVersion', 'PutObject', ...deleting];
  const onBuckets = ['ListBucket', 'ListBucketVersions', 'GetBucketVersioning', 'GetBucketLocation'];
  return [
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: [...actions, ...onBuckets].map((action) => `s3:${action}`),
      resources: ['*'],
      conditions: { StringEquals: { 'aws:ResourceAccount': stack.account } },
    }),
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: ['s3:GetObject'],
      resources: [`arn:aws:s3:::prod-${stack.region}-starport-layer-bucket/*`],
    }),
  ];
}
