import { randomBytes } from 'node:crypto';
import {
  DescribeSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { answering, textOf } from '../custom-resource/answer.ts';

const client = new SecretsManagerClient({});

/** What a secret is filled with that holds nothing yet, by the resource's property `Form`. */
const forms: Readonly<Record<string, () => string>> = {
  'master-key': () => `sk-${randomBytes(32).toString('base64url')}`,
  'empty-object': () => '{}',
};

/** Fills a secret that has no value, once. One that has a value keeps it, whatever CloudFormation asks for. */
export const handler = answering(async (event) => {
  const secretId = textOf(event, 'SecretId');
  const make = forms[textOf(event, 'Form')];
  if (make === undefined) throw new Error('The property Form is none of those that are known.');
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
  if (Object.values(VersionIdsToStages).some((stages) => stages.includes('AWSCURRENT'))) return secretId;
  try {
    // The token names the version: an event that Lambda runs again, or twice at once, makes no second one.
    await client.send(
      new PutSecretValueCommand({ SecretId: secretId, SecretString: make(), ClientRequestToken: event.RequestId }),
    );
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
  }
  return secretId;
});
