import { type Deployment, requestLogTable, requestLogViews } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Foundation } from '../foundation/foundation.ts';
import { uniqueName } from '../names.ts';
import { queryResults } from './buckets.ts';
import type { Data } from './data.ts';

/** A query that reads more is ended: ten years of one large deployment, and a mistake of some 50 dollars. */
const MOST_BYTES = 10 * 2 ** 40;

/**
 * The archive of request logs as a table for SQL, and a work group of Athena that writes what it finds into the archive's
 * bucket, encrypted, whatever a client says. Partitions are worked out by the table's properties, so nothing has to
 * look for new ones. The views stand as saved queries: Athena makes a view by running one, once.
 */
export function makeRequestLogQueries(
  stack: Stack,
  deployment: Deployment,
  { foundation, buckets }: { readonly foundation: Foundation; readonly buckets: Data['buckets'] },
): Data['requestLogQueries'] {
  const bucket = buckets.archive.bucketName;
  // Athena takes no dashes in the name of a database.
  const databaseName = uniqueName('genai-gateway', deployment).replaceAll('-', '_');
  const database = new CfnDatabase(stack, 'RequestLogDatabase', {
    catalogId: stack.account,
    databaseInput: { name: databaseName, description: `Request logs of the gateway, stage ${deployment.stage}` },
  });
  const { name, description, columns, partitionKeys, inputFormat, outputFormat, serializationLibrary } =
    requestLogTable;
  new CfnTable(stack, 'RequestLogTable', {
    catalogId: stack.account,
    databaseName,
    tableInput: {
      name,
      description,
      tableType: 'EXTERNAL_TABLE',
      partitionKeys: [...partitionKeys],
      parameters: requestLogTable.parameters(bucket),
      storageDescriptor: {
        columns: [...columns],
        location: requestLogTable.location(bucket),
        inputFormat,
        outputFormat,
        serdeInfo: { serializationLibrary },
      },
    },
  }).addDependency(database);
  const workGroup = new CfnWorkGroup(stack, 'RequestLogWorkGroup', {
    name: uniqueName('genai-gateway', deployment),
    description: `Queries over request logs, stage ${deployment.stage}`,
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: MOST_BYTES,
      resultConfiguration: {
        outputLocation: `s3://${bucket}/${queryResults}/`,
        encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: foundation.keys.data.keyArn },
      },
    },
  });
  requestLogViews.forEach((view, index) => {
    new CfnNamedQuery(stack, `View-${view.name}`, {
      name: `${index + 1}. view ${view.name}`,
      description: view.description,
      database: databaseName,
      workGroup: workGroup.name,
      queryString: `CREATE OR REPLACE VIEW ${view.name} AS\n${view.sql}`,
    }).addDependency(workGroup);
  });
  return { databaseName, workGroupName: workGroup.name };
}
