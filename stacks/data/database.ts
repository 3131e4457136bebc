import { connectionBudget, type Deployment } from '@genai-gateway/config';
import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import {
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  PerformanceInsightRetention,
  PostgresEngineVersion,
  StorageType,
  SubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import { NagSuppressions } from 'cdk-nag';
import type { Foundation } from '../foundation/foundation.ts';
import { namedLogGroup } from '../log-groups.ts';
import { uniqueName } from '../names.ts';
import { type Network, ports } from '../network/network.ts';
import type { Data } from './data.ts';
import { databaseParameters } from './database-parameters.ts';
import { loginSecret } from './secrets.ts';

const DATABASE_NAME = 'litellm';
/** The newest minor version that cfn-lint 1.58.0 knows of AWS (read 2026-11-23); RDS goes on from it by itself. */
const postgres = PostgresEngineVersion.of('17.11', '17');
const LOGS = ['postgresql', 'upgrade'];
/** Storage grows by itself up to this multiple of what was asked for. */
const STORAGE_GROWTH = 5;

/**
 * LiteLLM's Postgres: in two zones, encrypted, TLS only, reached by its peers alone. Three logins: the owner, who
 * migrates, and the two services, which the migration makes with what their secrets say. IAM authentication is on, for
 * people and tools that an administrator lets in.
 *
 * When its stack goes, production leaves a last snapshot, and other stages nothing.
 */
export function makeDatabase(
  stack: Stack,
  deployment: Deployment,
  { foundation, network }: { readonly foundation: Foundation; readonly network: Network },
): Data['database'] {
  assertConnections(deployment);
  const { database: plan, isProduction } = deployment;
  const login = (id: string, username: string, use: string) =>
    loginSecret(stack, deployment, { foundation, id, username, use });
  const ownerSecret = login('DatabaseOwner', 'dbowner', 'Owner of the database, for migrations');
  const gatewaySecret = login('DatabaseGateway', 'gateway', "The gateway's login to the database");
  const litellmSecret = login('DatabaseLitellm', 'litellm', "LiteLLM's login to the database");

  // The name is known beforehand so that its log groups can be made first, with retention and our key.
  const instanceIdentifier = uniqueName('genai-gateway', deployment);
  const logGroups = LOGS.map((log) =>
    namedLogGroup(
      stack,
      `DatabaseLogs-${log}`,
      deployment,
      foundation,
      `/aws/rds/instance/${instanceIdentifier}/${log}`,
    ),
  );
  const engine = DatabaseInstanceEngine.postgres({ version: postgres });
  const instance = new DatabaseInstance(stack, 'Database', {
    instanceIdentifier,
    engine,
    instanceType: new InstanceType(plan.instanceClass.replace(/^db\./, '')),
    databaseName: DATABASE_NAME,
    port: ports.database,
    credentials: Credentials.fromSecret(ownerSecret),
    vpc: network.vpc,
    subnetGroup: new SubnetGroup(stack, 'DatabaseSubnets', {
      description: 'Where Postgres stands',
      vpc: network.vpc,
      vpcSubnets: { subnets: [...network.subnets.data] },
    }),
    securityGroups: [network.securityGroups.database],
    publiclyAccessible: false,
    multiAz: true,
    allocatedStorage: plan.allocatedStorageGb,
    maxAllocatedStorage: plan.allocatedStorageGb * STORAGE_GROWTH,
    storageType: StorageType.GP3,
    storageEncrypted: true,
    storageEncryptionKey: foundation.keys.data,
    parameterGroup: databaseParameters(stack, engine, plan.maxConnections),
    iamAuthentication: true,
    backupRetention: Duration.days(plan.backupRetentionDays),
    preferredBackupWindow: '03:00-04:00',
    preferredMaintenanceWindow: 'sun:04:30-sun:05:30',
    copyTagsToSnapshot: true,
    autoMinorVersionUpgrade: true,
    enablePerformanceInsights: true,
    performanceInsightRetention: PerformanceInsightRetention.DEFAULT,
    performanceInsightEncryptionKey: foundation.keys.data,
    cloudwatchLogsExports: LOGS,
    deletionProtection: isProduction,
    deleteAutomatedBackups: !isProduction,
    removalPolicy: isProduction ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY,
  });
  for (const logGroup of logGroups) instance.node.addDependency(logGroup);
  NagSuppressions.addResourceSuppressions(instance, [
    {
      id: 'AwsSolutions-RDS11',
      reason:
        "The port is Postgres's own; security groups say who reaches it, and another port would hide it from nobody.",
    },
    ...(isProduction
      ? []
      : [{ id: 'AwsSolutions-RDS10', reason: 'A stage that is not production is torn down with its data.' }]),
  ]);
  return {
    host: instance.instanceEndpoint.hostname,
    port: ports.database,
    name: DATABASE_NAME,
    instanceId: instance.instanceIdentifier,
    maxConnections: plan.maxConnections,
    ownerSecret,
    gatewaySecret,
    litellmSecret,
  };
}

/** Whoever made the deployment checks it too; a database that is too small shows only under load. */
function assertConnections(deployment: Deployment): void {
  const { total } = connectionBudget(deployment);
  const { maxConnections } = deployment.database;
  if (total < maxConnections) return;
  throw new Error(
    `Postgres lets ${maxConnections} connections in, and at their largest the services, the migration and functions take ${total}. Raise RDS_INSTANCE_CLASS, or lower MAX_CAPACITY.`,
  );
}
