import type { Deployment } from '@genai-gateway/config';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { through } from '../../access/key-through.ts';
import type { Foundation } from '../../foundation/foundation.ts';
import type { ContainerSettings } from '../service-settings.ts';

/** Lets a role read these secrets, if there are any, and use the key that they are encrypted with for that alone. */
export function grantSecrets(
  role: Role,
  deployment: Deployment,
  { keys }: Foundation,
  { secrets }: ContainerSettings,
): void {
  if (Object.keys(secrets).length === 0) return;
  const resources = new Set(
    Object.values(secrets).map(({ secret }) => secret.secretFullArn ?? `${secret.secretArn}-??????`),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      resources: [...resources],
    }),
  );
  role.addToPolicy(through(keys.secrets, deployment, 'secretsmanager', ['kms:Decrypt']));
}
