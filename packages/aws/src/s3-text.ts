import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Patience, type ServiceOptions, s3ClientConfig } from './sdk-client.ts';

export interface S3TextOptions extends ServiceOptions {
  readonly bucket: string;
}

/** A process that starts has time, and often starts beside many others that ask for the same. */
const PATIENCE: Patience = { connectTimeoutMs: 5_000, attemptTimeoutMs: 5_000, maxAttempts: 5 };

/**
 * An object of a bucket as a text; the role needs `s3:GetObject` on it. Rejects with what S3 or the way to it says, after
 * the attempts that may help.
 */
export async function readS3Text(options: S3TextOptions, key: string): Promise<string> {
  const { bucket } = options;
  const client = new S3Client(s3ClientConfig(options, PATIENCE));
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body === undefined) throw new Error(`S3 has sent nothing of ${key}.`);
    return await Body.transformToString('utf-8');
  } finally {
    client.destroy();
  }
}
