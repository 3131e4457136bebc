import { type CostLine, type Estimated, type Estimators, line, numberOf, textOf } from './estimator.ts';

/** What is kept. */
export const dataEstimators: Estimators = {
  'AWS::RDS::DBInstance': ({ properties }) => {
    const type = textOf(properties['DBInstanceClass'], 'AWS::RDS::DBInstance: its class').replace(/^db\./, '');
    const zones = properties['MultiAZ'] === true ? 'multi-az' : 'single-az';
    const gb = numberOf(properties['AllocatedStorage'], 'AWS::RDS::DBInstance: its storage');
    return [
      line('Postgres', `instance ${type}, ${zones}`, `rds-${zones}:${type}`),
      line('Postgres', 'storage in GB', `rds-storage-${zones}`, gb),
    ];
  },
  'AWS::ElastiCache::ReplicationGroup': cacheNodes,
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::S3::Bucket': ({ context }) => {
    const { historyTurnsMillion, requestLogObjectsMillion } = context.traffic;
    const share = 1 / context.count('AWS::S3::Bucket');
    return [
      line('S3', 'storage in GB', 's3-storage', context.traffic.s3Gb * share),
      line('S3', 'writes in millions', 's3-put', (historyTurnsMillion + requestLogObjectsMillion) * share),
    ];
  },
  'AWS::ECR::Repository': ({ context }) => [
    line('ECR', 'images in GB', 'ecr-storage', context.traffic.imageGb / context.count('AWS::ECR::Repository')),
  ],
  'AWS::SecretsManager::Secret': () => [line('Secrets Manager', 'secrets', 'secret')],
  'AWS::KMS::Key': () => [line('KMS', 'keys', 'kms-key')],
};

function cacheNodes({ properties }: Estimated): CostLine[] {
  const type = textOf(properties['CacheNodeType'], 'AWS::ElastiCache::ReplicationGroup: its node type');
  const nodes = numberOf(properties['NumCacheClusters'], 'AWS::ElastiCache::ReplicationGroup: its number of nodes');
  const engine = properties['Engine'] === 'valkey' ? 'valkey' : 'redis';
  return [line('Cache', `nodes ${type}, ${engine}`, `${engine}:${type}`, nodes)];
}

function table({ context }: Estimated): CostLine[] {
  const { historyTurnsMillion, historyGb } = context.traffic;
  return [
    line('DynamoDB', 'units of writing in millions', 'dynamodb-write', historyTurnsMillion * 4),
    line('DynamoDB', 'units of reading in millions', 'dynamodb-read', historyTurnsMillion * 4),
    line('DynamoDB', 'storage in GB', 'dynamodb-storage', historyGb),
    line('DynamoDB', 'point-in-time recovery in GB', 'dynamodb-recovery', historyGb),
  ];
}
