import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsFailure, clientOptions, nameOf } from './aws.ts';
import { OperatorFailure } from './command.ts';

/** The value of a secret of plain text; undefined: it has none yet. Rejects with OperatorFailure, without the value. */
export async function findSecret(arn: string, region: string): Promise<string | undefined> {
  const client = new SecretsManagerClient(clientOptions(region));
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
  } catch (error) {
    // So Secrets Manager answers for a secret that is there and empty too.
    if (nameOf(error) === 'ResourceNotFoundException') return undefined;
    throw awsFailure(error, `The secret ${arn} cannot be read`);
  } finally {
    client.destroy();
  }
}

/** The same, where there has to be one. */
export async function readSecret(arn: string, region: string): Promise<string> {
  const value = await findSecret(arn, region);
  if (value !== undefined) return value;
  throw new OperatorFailure(`The secret ${arn} has no value.`, 'deploy again: the stack `data` makes it');
}

/** Gives a secret a new value. Rejects with OperatorFailure, without the value. */
export async function writeSecret(arn: string, region: string, value: string): Promise<void> {
  const client = new SecretsManagerClient(clientOptions(region));
  try {
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: value }));
  } catch (error) {
    throw awsFailure(error, `The secret ${arn} cannot be written`);
  } finally {
    client.destroy();
  }
}
