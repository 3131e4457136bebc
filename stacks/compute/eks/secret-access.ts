import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Foundation } from '../../foundation/foundation.ts';
import type { ContainerSettings } from '../service-settings.ts';

/** Lets a role read these secrets, and use the key that they are encrypted with for that alone. */
export function grantSecrets(stack: Stack, role: Role, { keys }: Foundation, { secrets }: ContainerSettings): void {
  const resources = new Set(
    Object.values(secrets).map(({ secret }) => secret.secretFullArn ?? `${secret.secretArn}-??????`),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      resources: [...resources],
    }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [keys.secrets.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${stack.region}.amazonaws.com` } },
    }),
  );
}
