import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { CredentialSource } from './credentials.ts';
import { sdkCredentials } from './sdk-credentials.ts';

export interface S3TextOptions {
  readonly credentials: CredentialSource;
  readonly region: string;
  /** Base URL of another S3, such as a VPC endpoint or a local one; undefined: the region's own. */
  readonly endpoint: string | undefined;
  readonly bucket: string;
}

const ATTEMPT_TIMEOUT_MS = 5_000;
/** A process that starts has time, and often starts beside many others that ask for the same. */
const MAX_ATTEMPTS = 5;

/**
 * An object of a bucket as a text; the role needs `s3:GetObject` on it. Rejects with what S3 or the way to it says, after
 * the attempts that may help.
 */
export async function readS3Text(
  { credentials, region, endpoint, bucket }: S3TextOptions,
  key: string,
): Promise<string> {
  const client = new S3Client({
    region,
    credentials: sdkCredentials(credentials),
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: ATTEMPT_TIMEOUT_MS,
      requestTimeout: ATTEMPT_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body === undefined) throw new Error(`S3 has sent nothing of ${key}.`);
    return await Body.transformToString('utf-8');
  } finally {
    client.destroy();
  }
}
