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
