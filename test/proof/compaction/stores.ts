// By its file: the whole package takes seconds to load, and processes begin often here.
import { S3Objects } from '../../../packages/aws/src/s3-objects.ts';
import { anyCredentials } from '../../../packages/aws/src/test-support/local-dynamodb.ts';
import { bucket } from '../../../packages/aws/src/test-support/local-s3.ts';

/** The one bucket of the proof: raw objects and the archive in it, whose keys never meet. */
export function proofObjects(endpoint: string): S3Objects {
  return new S3Objects({ credentials: anyCredentials, region: 'us-east-1', endpoint, bucket });
}
