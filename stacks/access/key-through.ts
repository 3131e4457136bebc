import type { Deployment } from '@genai-gateway/config';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** A key of ours, by one service of this region alone. */
export function through(
  key: IKey,
  { region }: Pick<Deployment, 'region'>,
  service: 's3' | 'dynamodb' | 'secretsmanager',
  actions: readonly string[],
): PolicyStatement {
  return new PolicyStatement({
    actions: [...actions],
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } },
  });
}

/** What reading and writing encrypted objects of our buckets takes. */
export function objectsKey(key: IKey, deployment: Pick<Deployment, 'region'>): PolicyStatement {
  return through(key, deployment, 's3', ['kms:Decrypt', 'kms:GenerateDataKey']);
}

/**
 * What reading and writing an encrypted table takes of whoever calls DynamoDB.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html (as of 2026-11-23).
 */
export function tableKey(key: IKey, deployment: Pick<Deployment, 'region'>): PolicyStatement {
  return through(key, deployment, 'dynamodb', [
    'kms:Encrypt',
    'kms:Decrypt',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
    'kms:GenerateDataKey',
    'kms:DescribeKey',
  ]);
}
