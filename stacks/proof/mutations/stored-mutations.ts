import type { Loose, Mutation } from './planted.ts';

function on(type: string, name: string, caughtBy: string, change: (properties: Loose) => void): Mutation {
  return { name, caughtBy, plant: (planted) => planted.edit(type, change) };
}

const database = 'AWS::RDS::DBInstance';
const cache = 'AWS::ElastiCache::ReplicationGroup';
const bucket = 'AWS::S3::Bucket';

/** Faults of what is stored, and of the firewall. */
export const storedMutations: readonly Mutation[] = [
  on(database, 'Postgres is not encrypted', 'Postgres is encrypted', (properties) => {
    properties.StorageEncrypted = false;
  }),
  on(database, 'Postgres is in one zone', 'Postgres is encrypted', (properties) => {
    properties.MultiAZ = false;
  }),
  on(database, 'Postgres has no backup', 'Postgres is encrypted', (properties) => {
    properties.BackupRetentionPeriod = 0;
  }),
  on('AWS::RDS::DBParameterGroup', 'Postgres takes clear text', 'Postgres is encrypted', (properties) => {
    properties.Parameters['rds.force_ssl'] = '0';
  }),
  on(
    'AWS::RDS::DBParameterGroup',
    'Postgres takes fewer connections than tasks may open',
    'All tasks at their most',
    (properties) => {
      properties.Parameters.max_connections = '20';
    },
  ),
  on(database, 'The password of Postgres stands in the template', 'No template holds a secret', (properties) => {
    properties.MasterUserPassword = 'correct horse battery staple';
  }),
  on(cache, 'The cache takes clear text', 'The cache is encrypted', (properties) => {
    properties.TransitEncryptionEnabled = false;
  }),
  on(cache, 'The cache takes anybody', 'The cache is encrypted', (properties) => {
    delete properties.UserGroupIds;
    delete properties.AuthToken;
  }),
  on(cache, 'The cache does not fail over', 'The cache is encrypted', (properties) => {
    properties.AutomaticFailoverEnabled = false;
  }),
  on('AWS::DynamoDB::Table', 'The table of sessions cannot be restored', 'The table of sessions', (properties) => {
    properties.PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: false };
  }),
  on('AWS::DynamoDB::Table', 'Sessions are never forgotten', 'The table of sessions', (properties) => {
    delete properties.TimeToLiveSpecification;
  }),
  on(bucket, 'A bucket may be made public', 'A bucket is closed', (properties) => {
    properties.PublicAccessBlockConfiguration.BlockPublicPolicy = false;
  }),
  on(bucket, 'A bucket is not encrypted', 'A bucket is encrypted', (properties) => {
    delete properties.BucketEncryption;
  }),
  {
    name: 'A bucket takes HTTP',
    caughtBy: 'A bucket takes TLS alone',
    plant: (planted) => planted.remove('AWS::S3::BucketPolicy'),
  },
  on('AWS::Logs::LogGroup', 'Logs are kept for ever', 'A log group is kept', (properties) => {
    delete properties.RetentionInDays;
  }),
  on('AWS::KMS::Key', 'A key never turns over', 'A key of KMS', (properties) => {
    properties.EnableKeyRotation = false;
  }),
  on('AWS::SNS::Topic', 'The topic of alarms is not encrypted', 'A topic is encrypted', (properties) => {
    delete properties.KmsMasterKeyId;
  }),
  on('AWS::ECR::Repository', 'Images are not scanned', 'Images are scanned', (properties) => {
    properties.ImageScanningConfiguration = { ScanOnPush: false };
  }),
  on('AWS::SecretsManager::Secret', "A secret is encrypted by AWS's key", 'A secret is encrypted', (properties) => {
    delete properties.KmsKeyId;
  }),
  on('AWS::SecretsManager::Secret', 'A secret stands in the template', 'No template holds a secret', (properties) => {
    properties.SecretString = 'sk-0123456789abcdef';
  }),
  {
    name: 'A database is thrown away, or kept, against the stage',
    caughtBy: 'Production keeps what is stored',
    plant: (planted) =>
      planted.editResource(database, (raw) => {
        raw.DeletionPolicy = planted.system.deployment.isProduction ? 'Delete' : 'Retain';
      }),
  },
  {
    name: 'The web ACL stands before nothing',
    caughtBy: 'The load balancer has its web ACL',
    plant: (planted) => planted.remove('AWS::WAFv2::WebACLAssociation'),
  },
  on('AWS::WAFv2::WebACL', "AWS's common rules are left out", 'A web ACL blocks', (properties) => {
    properties.Rules = properties.Rules.filter((each: Loose) => !JSON.stringify(each).includes('CommonRuleSet'));
  }),
  on('AWS::WAFv2::WebACL', 'Known bad inputs are only counted', 'A web ACL blocks', (properties) => {
    for (const each of properties.Rules)
      if (JSON.stringify(each).includes('KnownBadInputs')) each.OverrideAction = { Count: {} };
  }),
  on('AWS::WAFv2::WebACL', 'Nobody asks too often', 'A web ACL blocks', (properties) => {
    properties.Rules = properties.Rules.filter((each: Loose) => !JSON.stringify(each).includes('RateBasedStatement'));
  }),
  on('AWS::WAFv2::WebACL', 'Prompts with a path in them are blocked', 'A web ACL only counts', (properties) => {
    for (const each of properties.Rules) {
      const group = each.Statement?.ManagedRuleGroupStatement;
      if (group?.RuleActionOverrides)
        group.RuleActionOverrides = group.RuleActionOverrides.filter((one: Loose) => one.Name !== 'GenericLFI_BODY');
    }
  }),
  on(
    'AWS::WAFv2::WebACL',
    'The rate rule counts by the wrong address',
    'Behind CloudFront the rate rule',
    (properties) => {
      for (const each of properties.Rules) {
        const rate = each.Statement?.RateBasedStatement;
        if (rate) rate.AggregateKeyType = rate.AggregateKeyType === 'IP' ? 'FORWARDED_IP' : 'IP';
      }
    },
  ),
];
