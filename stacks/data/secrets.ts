import type { Deployment } from '@genai-gateway/config';
import { CustomResource, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { NagSuppressions } from 'cdk-nag';
import { through } from '../access/key-through.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { removalPolicyOf } from '../names.ts';
import { CustomResourceFunction, serviceTimeout } from './custom-resource/custom-resource-function.ts';
import type { Data } from './data.ts';

const PASSWORD_LENGTH = 48;

/**
 * A name and a generated password as JSON. The password has letters and digits only, so that it may stand in a URL;
 * 48 of them are more than 280 bits.
 */
export function loginSecret(
  stack: Stack,
  deployment: Deployment,
  { foundation, id, username, use }: { foundation: Foundation; id: string; username: string; use: string },
): Secret {
  const secret = new Secret(stack, id, {
    description: `${use}, stage ${deployment.stage}`,
    encryptionKey: foundation.keys.secrets,
    removalPolicy: removalPolicyOf(deployment),
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username }),
      generateStringKey: 'password',
      excludePunctuation: true,
      passwordLength: PASSWORD_LENGTH,
    },
  });
  sayWhyNotRotated(secret, 'Passwords change by a function of its own, and not by a schedule of this stack.');
  return secret;
}

/**
 * Keys of the gateway and of LiteLLM. No value of any is in a template: Secrets Manager generates them, or, where it
 * cannot write the form that is needed, a function does so once. A secret that holds a value is never written again by
 * a deployment.
 *
 * The salt key stays in every stage when its stack goes: without it what LiteLLM has encrypted in its database, or in
 * a snapshot of that, is lost. Outside of production the key that it is encrypted with goes 30 days later.
 */
export function makeSecrets(
  stack: Stack,
  deployment: Deployment,
  { foundation }: { readonly foundation: Foundation },
): Data['secrets'] {
  const encryptionKey = foundation.keys.secrets;
  const removalPolicy = removalPolicyOf(deployment);
  const generateSecretString = { excludePunctuation: true, passwordLength: PASSWORD_LENGTH };
  const of = (use: string) => `${use}, stage ${deployment.stage}`;

  const saltKey = new Secret(stack, 'SaltKey', {
    description: of('What LiteLLM encrypts credentials in its database with. Never change it'),
    encryptionKey,
    generateSecretString,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const gatewaySecret = new Secret(stack, 'GatewaySecret', {
    description: of('Where the keys of logins come from (GATEWAY_SECRET)'),
    encryptionKey,
    generateSecretString,
    removalPolicy,
  });
  const masterKey = new Secret(stack, 'MasterKey', {
    description: of('Master key of gateway and LiteLLM'),
    encryptionKey,
    removalPolicy,
  });
  const providerKeys = new Secret(stack, 'ProviderKeys', {
    description: of('Keys of model providers, JSON by name of variable'),
    encryptionKey,
    removalPolicy,
  });
  fillOnce(stack, foundation, { masterKey, providerKeys });

  const cannotRotate = 'Changing it would lose what was made with it: stored credentials, the keys of logins.';
  sayWhyNotRotated(saltKey, cannotRotate);
  sayWhyNotRotated(gatewaySecret, cannotRotate);
  sayWhyNotRotated(masterKey, 'It is changed on demand: LiteLLM has to be rolled with it.');
  sayWhyNotRotated(providerKeys, 'The providers issue them.');
  return { masterKey, saltKey, gatewaySecret, providerKeys };
}

/** Values that Secrets Manager cannot generate: `sk-…`, and an empty JSON object for keys that come later. */
function fillOnce(
  stack: Stack,
  foundation: Foundation,
  { masterKey, providerKeys }: { readonly masterKey: Secret; readonly providerKeys: Secret },
): void {
  const secrets = [
    { id: 'MasterKeyValue', secret: masterKey, form: 'master-key' },
    { id: 'ProviderKeysValue', secret: providerKeys, form: 'empty-object' },
  ];
  const { serviceToken } = new CustomResourceFunction(stack, 'FillSecret', {
    description: 'Gives a secret its first value',
    entry: 'stacks/data/fill-secret/handler.ts',
    logsKey: foundation.keys.logs,
    statements: [
      new PolicyStatement({
        actions: ['secretsmanager:DescribeSecret', 'secretsmanager:PutSecretValue'],
        resources: secrets.map(({ secret }) => secret.secretArn),
      }),
      through(foundation.keys.secrets, stack, 'secretsmanager', ['kms:Decrypt', 'kms:GenerateDataKey']),
    ],
  });
  for (const { id, secret, form } of secrets) {
    // CDK would have Secrets Manager generate a password where no value is given.
    (secret.node.defaultChild as CfnSecret).generateSecretString = undefined;
    new CustomResource(stack, id, {
      serviceToken,
      serviceTimeout,
      resourceType: 'Custom::FirstValueOfSecret',
      properties: { SecretId: secret.secretArn, Form: form },
    });
  }
}

function sayWhyNotRotated(secret: ISecret, reason: string): void {
  NagSuppressions.addResourceSuppressions(secret, [{ id: 'AwsSolutions-SMG4', reason }]);
}
