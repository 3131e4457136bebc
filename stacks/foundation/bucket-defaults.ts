import type { Deployment } from '@genai-gateway/config';
import { Duration } from 'aws-cdk-lib';
import { BlockPublicAccess, type BucketProps, type LifecycleRule, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { removalPolicyOf } from '../names.ts';

/** Uploads that were given up are paid for until something removes them. */
export const givenUpUploads: LifecycleRule = {
  id: 'given-up-uploads',
  abortIncompleteMultipartUploadAfter: Duration.days(7),
};

/** What all buckets have in common: TLS only, nothing public, kept in production and emptied elsewhere. */
export function bucketDefaults(deployment: Deployment) {
  return {
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: removalPolicyOf(deployment),
    autoDeleteObjects: !deployment.isProduction,
  } satisfies BucketProps;
}
