import type { Deployment } from '@genai-gateway/config';
import { Duration, type Stack } from 'aws-cdk-lib';
import {
  Bucket,
  BucketEncryption,
  type BucketProps,
  type CfnBucket,
  type LifecycleRule,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { bucketDefaults, givenUpUploads } from '../foundation/bucket-defaults.ts';
import type { Foundation } from '../foundation/foundation.ts';
import type { Data } from './data.ts';

/** A turn that has outlived its retention in the table may be read for another day; then nothing leads to its object. */
const HISTORY_SLACK_DAYS = 7;
/** How long earlier versions of the model list stay, for going back to one. */
const OLD_CONFIG_DAYS = 180;
/** Single objects wait this long at most for being compacted. */
const UNCOMPACTED_DAYS = 90;
const REPLACED_ARCHIVE_DAYS = 30;
/** Where Athena puts what a query found, in the archive's bucket, and for how long. */
export const queryResults = 'athena-results';
const QUERY_RESULT_DAYS = 7;

/**
 * The buckets, all encrypted by our key with bucket keys (so that KMS is not called for each object), logging their
 * accesses.
 *
 * Versions are kept where an overwritten object is a loss: of the model list, and of the archive. What a person had
 * deleted from the history must be gone, so that bucket has none.
 */
export function makeBuckets(
  stack: Stack,
  deployment: Deployment,
  { foundation }: { readonly foundation: Foundation },
): Data['buckets'] {
  const { history, operations } = deployment;
  const make = (id: string, name: string, props: BucketProps & { readonly lifecycleRules: LifecycleRule[] }) => {
    const bucket = new Bucket(stack, id, {
      ...bucketDefaults(deployment),
      encryption: BucketEncryption.KMS,
      encryptionKey: foundation.keys.data,
      bucketKeyEnabled: true,
      ...props,
      lifecycleRules: [...props.lifecycleRules, givenUpUploads],
    });
    // By the resource's own property: CDK would write the bucket into the policy of the other stack's log bucket.
    (bucket.node.defaultChild as CfnBucket).loggingConfiguration = {
      destinationBucketName: foundation.accessLogs.bucketName,
      logFilePrefix: `buckets/${name}/`,
    };
    return bucket;
  };
  return {
    config: make('ConfigBucket', 'config', {
      versioned: true,
      lifecycleRules: [{ id: 'old-versions', noncurrentVersionExpiration: Duration.days(OLD_CONFIG_DAYS) }],
    }),
    history: make('HistoryBucket', 'history', {
      lifecycleRules: [{ id: 'retention', expiration: Duration.days(history.retentionDays + HISTORY_SLACK_DAYS) }],
    }),
    requestLogs: make('RequestLogBucket', 'request-logs', {
      lifecycleRules: [{ id: 'uncompacted', expiration: Duration.days(UNCOMPACTED_DAYS) }],
    }),
    archive: make('ArchiveBucket', 'archive', {
      versioned: true,
      lifecycleRules: [
        // By folders: `runs/head.json`, by which the compaction goes on, must never go.
        ...['requests', 'quarantine', 'runs/date='].map((folder) => ({
          id: `retention-${folder.replace(/\W/g, '')}`,
          prefix: folder.endsWith('=') ? folder : `${folder}/`,
          expiration: Duration.days(operations.logRetentionDays),
        })),
        { id: 'results', prefix: `${queryResults}/`, expiration: Duration.days(QUERY_RESULT_DAYS) },
        {
          id: 'storage',
          noncurrentVersionExpiration: Duration.days(REPLACED_ARCHIVE_DAYS),
          transitions: [{ storageClass: StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(0) }],
        },
      ],
    }),
  };
}
