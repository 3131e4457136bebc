import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsFailure, clientOptions } from './aws.ts';
import { OperatorFailure } from './command.ts';

/** The value of a secret of plain text. Rejects with OperatorFailure, which never holds the value. */
export async function readSecret(arn: string, region: string): Promise<string> {
  const client = new SecretsManagerClient(clientOptions(region));
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    if (SecretString !== undefined) return SecretString;
  } catch (error) {
    throw awsFailure(error, `The secret ${arn} cannot be read`);
  } finally {
    client.destroy();
  }
  throw new OperatorFailure(`The secret ${arn} holds no text.`, 'deploy again: it is made by the stack `data`');
}
