import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, GetKeyPolicyCommand, GetKeyRotationStatusCommand } from '@aws-sdk/client-kms';
import { DescribeDBInstancesCommand, DescribeDBSubnetGroupsCommand } from '@aws-sdk/client-rds';
import { GetBucketEncryptionCommand } from '@aws-sdk/client-s3';
import { at, list } from '../json.ts';
import type { Check } from './check.ts';

/**
 * Keys, database, table and buckets. moto drops what else their templates say: the buckets' blocks on public
 * access and their versions, the table's end of items, its backups and its key.
 */
export const storedChecks: readonly Check[] = [
  {
    name: 'keys that turn, each with its policy',
    look: async ({ kms }, made) => {
      const keys = made.ofType('AWS::KMS::Key');
      const found = keys.map(async ({ id: KeyId }) => {
        const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
        const { KeyRotationEnabled } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
        const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
        return [KeyMetadata?.KeyId, KeyRotationEnabled, JSON.parse(Policy) as unknown];
      });
      return {
        expected: keys.map(({ id, properties }) => [id, properties['EnableKeyRotation'], properties['KeyPolicy']]),
        found: await Promise.all(found),
      };
    },
  },
  {
    name: 'the database: encrypted, in two zones, not public, behind its security group',
    look: async ({ rds }, made) => {
      const fields = [
        'DBInstanceClass',
        'Engine',
        'EngineVersion',
        'MultiAZ',
        'PubliclyAccessible',
        'StorageEncrypted',
      ];
      const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand());
      return {
        expected: made
          .ofType('AWS::RDS::DBInstance')
          .map(({ id, properties }) => [
            id,
            fields.map((each) => [each, properties[each]]),
            [properties['KmsKeyId'], properties['VPCSecurityGroups']],
          ]),
        found: DBInstances.map((database) => [
          database.DBInstanceIdentifier,
          fields.map((each) => [each, at(database, each)]),
          [database.KmsKeyId, database.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId)],
        ]),
      };
    },
  },
  {
    name: 'the subnets of the database',
    look: async ({ rds }, made) => {
      const { DBSubnetGroups = [] } = await rds.send(new DescribeDBSubnetGroupsCommand());
      return {
        expected: made.ofType('AWS::RDS::DBSubnetGroup').map(({ properties }) => properties['SubnetIds']),
        found: DBSubnetGroups.map(({ Subnets = [] }) => Subnets.map(({ SubnetIdentifier }) => SubnetIdentifier)),
      };
    },
  },
  {
    name: 'the table of sessions: its keys and its index, paid by request',
    look: async ({ dynamoDb }, made) => {
      const tables = made.ofType('AWS::DynamoDB::Table');
      const found = tables.map(async ({ id: TableName }) => {
        const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
        return [
          Table?.TableName,
          Table?.KeySchema,
          Table?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema }) => ({ IndexName, KeySchema })),
          Table?.BillingModeSummary?.BillingMode,
        ];
      });
      const expected = tables.map(({ id, properties }) => [
        id,
        properties['KeySchema'],
        list(properties, 'GlobalSecondaryIndexes').map((each) => {
          return { IndexName: at(each, 'IndexName'), KeySchema: at(each, 'KeySchema') };
        }),
        properties['BillingMode'],
      ]);
      return { expected, found: await Promise.all(found) };
    },
  },
  {
    name: 'buckets, each encrypted by its key',
    look: async ({ s3 }, made) => {
      const buckets = made.ofType('AWS::S3::Bucket');
      const found = buckets.map(async ({ id: Bucket }) => {
        const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
        const by = ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
        return [Bucket, by?.SSEAlgorithm, by?.KMSMasterKeyID];
      });
      const expected = buckets.map(({ id, properties }) => {
        const rule = at(properties, 'BucketEncryption', 'ServerSideEncryptionConfiguration', 0);
        const by = at(rule, 'ServerSideEncryptionByDefault');
        return [id, at(by, 'SSEAlgorithm'), at(by, 'KMSMasterKeyID')];
      });
      return { expected, found: await Promise.all(found) };
    },
  },
];
