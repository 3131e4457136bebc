import { at, entries, flag, list, number, text, texts } from '../json.ts';
import { type Resource, referredTo } from '../resolve.ts';
import type { Rule, System } from '../system.ts';

/** A rule about each resource of some types: a line for each that breaks it. */
function each(
  name: string,
  types: readonly string[],
  fault: (resource: Resource, system: System) => string | undefined,
): Rule {
  return {
    name,
    breaches: (system) =>
      system.ofType(...types).flatMap((resource) => {
        const found = fault(resource, system);
        return found === undefined ? [] : [`${resource.id} (${resource.path}): ${found}`];
      }),
  };
}

/** Several faults of one resource as one; an empty text is none. */
function together(...faults: readonly string[]): string | undefined {
  return faults.filter((fault) => fault !== '').join(', ') || undefined;
}

/** Types of what holds what people wrote, or keys: production keeps it when its stack goes. */
const kept = [
  'AWS::RDS::DBInstance',
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
];

/** How what is stored and written is kept. */
export const storageRules: readonly Rule[] = [
  each('A log group is kept for a stated time', ['AWS::Logs::LogGroup'], ({ properties }) =>
    number(properties, 'RetentionInDays') === undefined ? 'kept for ever' : undefined,
  ),
  each('A bucket is closed to the public', ['AWS::S3::Bucket'], ({ properties }) => {
    const settings = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];
    const open = settings.filter((key) => !flag(properties, 'PublicAccessBlockConfiguration', key));
    return open.length === 0 ? undefined : open.join(', ');
  }),
  each('A bucket is encrypted', ['AWS::S3::Bucket'], ({ properties }) =>
    list(properties, 'BucketEncryption', 'ServerSideEncryptionConfiguration').length === 0 ? 'not said' : undefined,
  ),
  each('A bucket takes TLS alone', ['AWS::S3::Bucket'], ({ id }, system) => {
    const policy = system
      .ofType('AWS::S3::BucketPolicy')
      .find((other) => referredTo(other.properties['Bucket']) === id);
    const denies = list(policy?.properties, 'PolicyDocument', 'Statement').some(
      (statement) =>
        text(statement, 'Effect') === 'Deny' &&
        String(at(statement, 'Condition', 'Bool', 'aws:SecureTransport')) === 'false',
    );
    return denies ? undefined : 'takes HTTP';
  }),
  each('A bucket ends what it keeps', ['AWS::S3::Bucket'], ({ properties }) =>
    list(properties, 'LifecycleConfiguration', 'Rules').some((rule) => text(rule, 'Status') === 'Enabled')
      ? undefined
      : 'has no lifecycle',
  ),
  each('A topic is encrypted and takes TLS alone', ['AWS::SNS::Topic'], ({ id, properties }, system) => {
    if (at(properties, 'KmsMasterKeyId') === undefined) return 'not encrypted';
    const policies = system
      .ofType('AWS::SNS::TopicPolicy')
      .filter((other) => texts(other.properties, 'Topics').some((topic) => referredTo(topic) === id));
    return policies.some((policy) => JSON.stringify(policy.properties).includes('"aws:SecureTransport":"false"'))
      ? undefined
      : 'takes HTTP';
  }),
  each('A queue is encrypted', ['AWS::SQS::Queue'], ({ properties }) =>
    at(properties, 'KmsMasterKeyId') === undefined && !flag(properties, 'SqsManagedSseEnabled')
      ? 'not encrypted'
      : undefined,
  ),
  each('A key of KMS turns over by itself', ['AWS::KMS::Key'], ({ properties }) =>
    flag(properties, 'EnableKeyRotation') ? undefined : 'does not',
  ),
  each('A secret is encrypted by our key', ['AWS::SecretsManager::Secret'], ({ properties }) =>
    at(properties, 'KmsKeyId') === undefined ? "by AWS's" : undefined,
  ),
  each(
    'Postgres is encrypted, private, in two zones, backed up, and takes TLS alone',
    ['AWS::RDS::DBInstance'],
    ({ properties }, system) => {
      const parameters = system.resourceOf(properties['DBParameterGroupName']);
      return together(
        flag(properties, 'StorageEncrypted') && at(properties, 'KmsKeyId') !== undefined
          ? ''
          : 'not encrypted by our key',
        flag(properties, 'PubliclyAccessible') ? 'public' : '',
        flag(properties, 'MultiAZ') ? '' : 'in one zone',
        (number(properties, 'BackupRetentionPeriod') ?? 0) > 0 ? '' : 'without backup',
        String(at(parameters?.properties, 'Parameters', 'rds.force_ssl')) === '1' ? '' : 'takes clear text',
        flag(properties, 'EnableIAMDatabaseAuthentication') ? '' : 'without IAM authentication',
        /^17/.test(text(properties, 'EngineVersion') ?? '') && text(properties, 'Engine') === 'postgres'
          ? ''
          : 'not Postgres 17',
      );
    },
  ),
  each(
    'The cache is encrypted, takes TLS and named users alone, and fails over',
    ['AWS::ElastiCache::ReplicationGroup'],
    ({ properties }) => {
      return together(
        flag(properties, 'TransitEncryptionEnabled') ? '' : 'takes clear text',
        text(properties, 'TransitEncryptionMode') === 'preferred' ? 'takes clear text too' : '',
        flag(properties, 'AtRestEncryptionEnabled') && at(properties, 'KmsKeyId') !== undefined
          ? ''
          : 'not encrypted by our key',
        list(properties, 'UserGroupIds').length > 0 || at(properties, 'AuthToken') !== undefined ? '' : 'takes anybody',
        (number(properties, 'NumCacheClusters') ?? 0) < 2 || flag(properties, 'AutomaticFailoverEnabled')
          ? ''
          : 'does not fail over',
      );
    },
  ),
  each(
    'The table of sessions is encrypted by our key, restorable, on demand, and forgets',
    ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'],
    ({ properties }) => {
      const words = JSON.stringify(properties);
      return together(
        flag(properties, 'SSESpecification', 'SSEEnabled') ? '' : 'not encrypted by our key',
        words.includes('"PointInTimeRecoveryEnabled":true') ? '' : 'not restorable',
        text(properties, 'BillingMode') === 'PAY_PER_REQUEST' ? '' : 'not on demand',
        flag(properties, 'TimeToLiveSpecification', 'Enabled') ? '' : 'does not forget',
      );
    },
  ),
  each('Images are scanned when they are pushed', ['AWS::ECR::Repository'], ({ properties }) =>
    flag(properties, 'ImageScanningConfiguration', 'ScanOnPush') ? undefined : 'not scanned',
  ),
  each('Discs are encrypted', ['AWS::EC2::LaunchTemplate', 'AWS::EC2::Instance'], ({ properties }) => {
    const devices = [
      ...list(properties, 'BlockDeviceMappings'),
      ...list(properties, 'LaunchTemplateData', 'BlockDeviceMappings'),
    ];
    const isSaid = devices.length > 0 && devices.every((device) => flag(device, 'Ebs', 'Encrypted'));
    return isSaid ? undefined : 'not encrypted';
  }),
  each('Machines keep their credentials to themselves (IMDSv2)', ['AWS::EC2::LaunchTemplate'], ({ properties }) =>
    text(properties, 'LaunchTemplateData', 'MetadataOptions', 'HttpTokens') === 'required' ? undefined : 'IMDSv1',
  ),
  each('Flow logs are kept', ['AWS::EC2::VPC'], ({ id }, system) =>
    system.ofType('AWS::EC2::FlowLog').some((log) => referredTo(log.properties['ResourceId']) === id)
      ? undefined
      : 'none',
  ),
  {
    name: 'Production keeps what is stored when its stack goes, other stages leave nothing behind but the salt key',
    breaches: (system) =>
      system
        .ofType(...kept)
        .filter(({ deletionPolicy }) => {
          const isKept =
            deletionPolicy === 'Retain' || deletionPolicy === 'RetainExceptOnCreate' || deletionPolicy === 'Snapshot';
          return system.deployment.isProduction ? !isKept : isKept;
        })
        .map(({ id, deletionPolicy }) => `${id}: ${deletionPolicy}`),
  },
  {
    name: 'Production cannot be deleted by one call',
    breaches: (system) => {
      if (!system.deployment.isProduction) return [];
      const open = [
        ...system
          .ofType('AWS::RDS::DBInstance', 'AWS::DynamoDB::Table')
          .filter(
            ({ properties }) =>
              !flag(properties, 'DeletionProtection') && !flag(properties, 'DeletionProtectionEnabled'),
          ),
        ...system
          .ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')
          .filter(({ properties }) => attributesOf(properties)['deletion_protection.enabled'] !== 'true'),
      ];
      return open.map((resource) => resource.id);
    },
  },
];

/** Attributes of a load balancer or a target group. */
export function attributesOf(properties: unknown): Readonly<Record<string, string>> {
  const key = entries(properties).some(([name]) => name === 'TargetGroupAttributes')
    ? 'TargetGroupAttributes'
    : 'LoadBalancerAttributes';
  return Object.fromEntries(
    list(properties, key).map((attribute) => [text(attribute, 'Key') ?? '', text(attribute, 'Value') ?? '']),
  );
}
