import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  type ITable,
  ProjectionType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Foundation } from '../foundation/foundation.ts';
import { removalPolicyOf } from '../names.ts';

/**
 * The table of sessions, as docs/operations.md describes it: the gateway looks at its keys and its index at the start.
 */
export function makeSessionsTable(
  stack: Stack,
  deployment: Deployment,
  { foundation }: { readonly foundation: Foundation },
): ITable {
  const table = new Table(stack, 'Sessions', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    timeToLiveAttribute: 'expiresAt',
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: foundation.keys.data,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: deployment.isProduction,
    removalPolicy: removalPolicyOf(deployment),
  });
  table.addGlobalSecondaryIndex({
    indexName: 'by-owner',
    partitionKey: { name: 'owner', type: AttributeType.STRING },
    sortKey: { name: 'updatedAtMs', type: AttributeType.NUMBER },
    projectionType: ProjectionType.ALL,
  });
  return table;
}
