import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { outputNames } from '../../../stacks/output-names.ts';
import type { MotoServer } from '../../moto/moto-server.ts';

/** How the tests' own clients reach moto. */
export function motoClient(moto: MotoServer): {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
} {
  const region = moto.environment['AWS_REGION'] ?? '';
  return {
    endpoint: moto.url,
    region,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' },
  };
}

/**
 * What a deployment leaves behind as far as the operator's commands look at it: the outputs of its last stack, the
 * secret of the master key, the bucket of the configuration. Gives the bucket's name.
 */
export async function deployStage(
  moto: MotoServer,
  stage: string,
  {
    masterKey,
    outputs = {},
  }: { readonly masterKey: string; readonly outputs?: Partial<Record<keyof typeof outputNames, string>> },
): Promise<string> {
  const client = motoClient(moto);
  const secret = await new SecretsManagerClient(client).send(
    new CreateSecretCommand({ Name: `${stage}-master-key`, SecretString: masterKey }),
  );
  const bucket = `config-of-${stage}`;
  const CreateBucketConfiguration = { LocationConstraint: client.region as 'eu-west-1' };
  await new S3Client(client).send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
  const anything = Object.fromEntries(Object.keys(outputNames).map((key) => [key, '-']));
  const values: Record<string, string> = {
    ...anything,
    ...{ url: 'http://127.0.0.1:1', platform: 'ecs', cluster: 'gateway', gatewayService: 'gateway' },
    ...{ litellmService: 'litellm', masterKeySecret: secret.ARN ?? '', configBucket: bucket, configKey: 'config.yaml' },
    ...outputs,
  };
  const template = {
    Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
    Outputs: Object.fromEntries(
      Object.entries(values).map(([key, Value]) => [outputNames[key as keyof typeof outputNames], { Value }]),
    ),
  };
  await new CloudFormationClient(client).send(
    new CreateStackCommand({ StackName: `${stage}-genai-gateway-operations`, TemplateBody: JSON.stringify(template) }),
  );
  return bucket;
}
