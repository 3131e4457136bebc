import type { Deployment } from '@genai-gateway/config';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Foundation } from '../foundation/foundation.ts';
import { allow } from './bedrock-access.ts';
import { through } from './key-through.ts';

/** Reading these secrets, the version before the newest too, and the key that they are encrypted with for that alone. */
export function readSecrets(
  deployment: Pick<Deployment, 'region'>,
  { keys }: Foundation,
  secrets: readonly ISecret[],
): readonly PolicyStatement[] {
  return [
    ...allow(
      ['secretsmanager:GetSecretValue'],
      secrets.map(({ secretArn }) => secretArn),
    ),
    through(keys.secrets, deployment, 'secretsmanager', ['kms:Decrypt']),
  ];
}
