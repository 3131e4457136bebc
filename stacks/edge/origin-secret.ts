import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { NagSuppressions } from 'cdk-nag';
import type { Foundation } from '../foundation/foundation.ts';

/** By which the load balancer knows CloudFront; the gateway never passes it on. */
export const originSecretHeader = 'X-CloudFront-Secret';

export interface OriginSecret {
  /** What CloudFront sends. References that CloudFormation resolves: no value is in a template. */
  readonly sent: string;
  /** What the load balancer lets through. */
  readonly accepted: readonly string[];
}

/**
 * A secret for each generation, which stays what it is over deployments. That of this generation is sent, and the one
 * before passes too, so that counting up by one rotates it without a refused request: CloudFront's places take the new
 * value one after the other, for some minutes. Counting up by more would refuse requests meanwhile.
 *
 * A load balancer compares headers without regard to case, so the values have small letters and figures alone.
 */
export function originSecret(
  stack: Stack,
  { secretGeneration }: { readonly secretGeneration: number },
  { foundation }: { readonly foundation: Foundation },
): OriginSecret {
  if (secretGeneration < 1) throw new Error('CLOUDFRONT_SECRET_GENERATION counts from 1.');
  const current = makeSecret(stack, secretGeneration, foundation);
  const before = secretGeneration > 1 ? [makeSecret(stack, secretGeneration - 1, foundation)] : [];
  new CfnOutput(stack, 'OriginSecretName', {
    value: current.secretName,
    description: `Secrets Manager: what CloudFront sends as ${originSecretHeader}. Sensitive.`,
  });
  return { sent: reference(current), accepted: [current, ...before].map(reference) };
}

function reference(secret: Secret): string {
  return secret.secretValue.unsafeUnwrap();
}

function makeSecret(stack: Stack, generation: number, { keys }: Foundation): Secret {
  const secret = new Secret(stack, `OriginSecret${generation}`, {
    description: `Sent by CloudFront as ${originSecretHeader}, generation ${generation}`,
    encryptionKey: keys.secrets,
    generateSecretString: { passwordLength: 64, excludePunctuation: true, excludeUppercase: true },
  });
  NagSuppressions.addResourceSuppressions(secret, [
    {
      id: 'AwsSolutions-SMG4',
      reason:
        'It changes on demand, by CLOUDFRONT_SECRET_GENERATION: CloudFront and the listener take it on a deployment.',
    },
  ]);
  return secret;
}
