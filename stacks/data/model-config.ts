import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Deployment } from '@genai-gateway/config';
import { CustomResource, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { through } from '../access/key-through.ts';
import { modelConfigOf } from '../access/model-config.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { inRepository } from '../repository.ts';
import { CustomResourceFunction, serviceTimeout } from './custom-resource/custom-resource-function.ts';
import type { Data } from './data.ts';

/**
 * LiteLLM's config.yaml in the config bucket. It travels as an asset, because a model list may be long and a template
 * is read by many, and a small function copies it from S3 to S3: CDK's own BucketDeployment would bring a layer of
 * 60 MB with the AWS command line in Python for one file.
 *
 * The function runs when the file has changed since the last deployment, and only then: what `npm run config:push` has
 * put there stays until somebody deploys another file. A deployment that fails puts the earlier one back.
 */
export function putModelConfig(
  stack: Stack,
  deployment: Deployment,
  {
    foundation,
    bucket,
    key,
  }: {
    readonly foundation: Foundation;
    readonly bucket: Data['buckets']['config'];
    readonly key: Data['configKey'];
  },
): void {
  const asset = new Asset(stack, 'ModelConfig', { path: fileOf(modelConfigOf(deployment)) });
  const { serviceToken } = new CustomResourceFunction(stack, 'PutModelConfig', {
    description: 'Copies the model list of a deployment into the config bucket',
    entry: 'stacks/data/put-model-config/handler.ts',
    logsKey: foundation.keys.logs,
    statements: [
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [asset.bucket.arnForObjects(asset.s3ObjectKey)] }),
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects(key)] }),
      through(foundation.keys.data, deployment, 's3', ['kms:GenerateDataKey', 'kms:Decrypt']),
    ],
  });
  new CustomResource(stack, 'ModelConfigInBucket', {
    serviceToken,
    serviceTimeout,
    resourceType: 'Custom::ModelConfig',
    properties: {
      SourceBucket: asset.s3BucketName,
      SourceKey: asset.s3ObjectKey,
      Bucket: bucket.bucketName,
      Key: key,
    },
  });
}

/** The same text has the same file, so that the asset changes with the text alone. */
function fileOf(text: string): string {
  const folder = inRepository('.cache/model-config', createHash('sha256').update(text).digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/config.yaml`;
  writeFileSync(file, text);
  return file;
}
