import { CopyObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { answering, textOf } from '../custom-resource/answer.ts';

const client = new S3Client({});

/** Copies the model list that a deployment brought into the config bucket. */
export const handler = answering(async (event) => {
  const [bucket, key] = [textOf(event, 'Bucket'), textOf(event, 'Key')];
  const source = [textOf(event, 'SourceBucket'), textOf(event, 'SourceKey')].map(encodeURIComponent).join('/');
  await client.send(
    new CopyObjectCommand({
      Bucket: bucket,
      Key: key,
      CopySource: source,
      MetadataDirective: 'REPLACE',
      ContentType: 'application/yaml',
    }),
  );
  return `${bucket}/${key}`;
});
