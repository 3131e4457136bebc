import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionBudget, type Deployment } from '@genai-gateway/config';
import { App, type CfnElement, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, test } from 'vitest';
import { lambdaCode } from '../lambda-code.ts';
import { listOf, statementsOf, wildActions, wildResources } from '../testing/iam.ts';
import { nagFindings } from '../testing/nag.ts';
import { standInFoundation, standInNetwork } from '../testing/parts.ts';
import { sampleDeployment } from '../testing/sample-deployment.ts';
import { buildData } from './build-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'build-data-'));
const configFile = join(folder, 'config.yaml');
writeFileSync(configFile, 'model_list: []\n');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const database = { ...sampleDeployment.database, maxConnections: connectionBudget(sampleDeployment).total + 1 };
const staging: Deployment = { ...sampleDeployment, database, models: { ...sampleDeployment.models, configFile } };
const production: Deployment = { ...staging, stage: 'prod', isProduction: true };

function build(deployment: Deployment = staging) {
  const stack = new Stack(new App(), 'Data', { env: { account: '111122223333', region: deployment.region } });
  const data = buildData(stack, deployment, { foundation: standInFoundation(stack), network: standInNetwork(stack) });
  return { stack, data, template: Template.fromStack(stack) };
}

const built = build();
const builtForProduction = build(production);
const key = (purpose: string) => `arn:aws:kms:eu-west-1:111122223333:key/${purpose}`;
/** The bucket, secret … that a construct made. */
const resourceOf = (construct: { readonly node: { readonly defaultChild?: unknown } }, from: typeof built = built) => {
  const { logicalId } = construct.node.defaultChild as CfnElement;
  return from.template.toJSON()['Resources'][from.stack.resolve(logicalId)];
};

describe('Postgres', () => {
  const instance = (properties: object, from = built) =>
    from.template.hasResourceProperties('AWS::RDS::DBInstance', properties);

  test('is version 17, in two zones, on gp3, and upgrades minor versions by itself', () =>
    instance({
      Engine: 'postgres',
      EngineVersion: Match.stringLikeRegexp('^17\\.'),
      MultiAZ: true,
      StorageType: 'gp3',
      AutoMinorVersionUpgrade: true,
      DBInstanceClass: 'db.t4g.small',
    }));

  test('is encrypted by the key of data, its insights too', () =>
    instance({ StorageEncrypted: true, KmsKeyId: key('data'), PerformanceInsightsKMSKeyId: key('data') }));

  test('stands in the data subnets, behind its own security group, not public', () => {
    instance({ PubliclyAccessible: false, VPCSecurityGroups: ['sg-database'] });
    built.template.hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['subnet-data0', 'subnet-data1'] });
  });

  test('takes TLS alone, logs no statement and no value, and holds the connections of the plan', () =>
    built.template.hasResourceProperties('AWS::RDS::DBParameterGroup', {
      Family: 'postgres17',
      Parameters: {
        'rds.force_ssl': '1',
        'rds.accepted_password_auth_method': 'scram',
        log_statement: 'none',
        log_min_duration_statement: '5000',
        log_parameter_max_length: '0',
        log_parameter_max_length_on_error: '0',
        max_connections: String(database.maxConnections),
      },
    }));

  test('has IAM authentication on, backups in a window, and Performance Insights', () =>
    instance({
      EnableIAMDatabaseAuthentication: true,
      BackupRetentionPeriod: 7,
      PreferredBackupWindow: '03:00-04:00',
      CopyTagsToSnapshot: true,
      EnablePerformanceInsights: true,
    }));

  test('writes its logs into groups that were there before it, with retention and our key', () => {
    instance({ EnableCloudwatchLogsExports: ['postgresql', 'upgrade'] });
    for (const log of ['postgresql', 'upgrade']) {
      built.template.hasResourceProperties('AWS::Logs::LogGroup', {
        LogGroupName: `/aws/rds/instance/genai-gateway-test-eu-west-1/${log}`,
        RetentionInDays: 365,
        KmsKeyId: key('logs'),
      });
    }
    built.template.hasResource('AWS::RDS::DBInstance', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^DatabaseLogs')]),
    });
  });

  test('its logs stay in production, unless they are of a first deployment that failed', () => {
    const policies = ({ template }: typeof built) =>
      Object.entries(template.findResources('AWS::Logs::LogGroup'))
        .filter(([id]) => id.startsWith('DatabaseLogs'))
        .map(([, { DeletionPolicy }]) => DeletionPolicy);
    expect(policies(builtForProduction)).toEqual(['RetainExceptOnCreate', 'RetainExceptOnCreate']);
    expect(policies(built)).toEqual(['Delete', 'Delete']);
  });

  test('in production it cannot be deleted by a slip, and leaves a snapshot', () =>
    builtForProduction.template.hasResource('AWS::RDS::DBInstance', {
      DeletionPolicy: 'Snapshot',
      UpdateReplacePolicy: 'Snapshot',
      Properties: { DeletionProtection: true, DeleteAutomatedBackups: false },
    }));

  test('in other stages it goes with its stack', () =>
    built.template.hasResource('AWS::RDS::DBInstance', {
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtection: false },
    }));

  test('three logins of their own, whose passwords may stand in a URL', () => {
    const { ownerSecret, gatewaySecret, litellmSecret } = built.data.database;
    const names = [ownerSecret, gatewaySecret, litellmSecret].map((secret) => {
      const { GenerateSecretString } = resourceOf(secret).Properties;
      expect(GenerateSecretString).toMatchObject({ GenerateStringKey: 'password', ExcludePunctuation: true });
      return JSON.parse(GenerateSecretString.SecretStringTemplate).username;
    });
    expect(names).toEqual(['dbowner', 'gateway', 'litellm']);
  });

  test('too few connections for the services at their largest: nothing is built', () => {
    const maxConnections = connectionBudget(staging).total;
    expect(() => build({ ...staging, database: { ...database, maxConnections } })).toThrow(
      /RDS_INSTANCE_CLASS|MAX_CAPACITY/,
    );
  });
});

describe('the cache', () => {
  const group = (properties: object) =>
    built.template.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', properties);

  test('is Valkey with replicas in other zones, failing over by itself', () =>
    group({ Engine: 'valkey', MultiAZEnabled: true, AutomaticFailoverEnabled: true, NumCacheClusters: 2 }));

  test('takes TLS alone and is encrypted by the key of data', () =>
    group({
      TransitEncryptionEnabled: true,
      TransitEncryptionMode: 'required',
      AtRestEncryptionEnabled: true,
      KmsKeyId: key('data'),
    }));

  test('evicts nothing', () =>
    built.template.hasResourceProperties('AWS::ElastiCache::ParameterGroup', {
      CacheParameterGroupFamily: 'valkey9',
      Properties: { 'maxmemory-policy': 'noeviction' },
    }));

  test('stands in the data subnets, behind its own security group', () => {
    group({ SecurityGroupIds: ['sg-cache'] });
    built.template.hasResourceProperties('AWS::ElastiCache::SubnetGroup', {
      SubnetIds: ['subnet-data0', 'subnet-data1'],
    });
  });

  test('is backed up, and leaves a snapshot in production', () => {
    group({ SnapshotRetentionLimit: 1 });
    builtForProduction.template.hasResource('AWS::ElastiCache::ReplicationGroup', {
      DeletionPolicy: 'Snapshot',
      Properties: { SnapshotRetentionLimit: 7 },
    });
  });

  test('has one user who may do what the services need, and a switched-off default; the password is a reference', () => {
    const users = Object.values(built.template.findResources('AWS::ElastiCache::User'));
    const [gateway, nobody] = ['gateway', 'default'].map((name) =>
      users.find((user) => user['Properties'].UserName === name),
    );
    expect(users.length).toBe(2);
    expect(gateway?.['Properties'].AccessString).toMatch(/^on .* -@admin -@dangerous \+info$/);
    expect(nobody?.['Properties'].AccessString).toMatch(/^off .* -@all /);
    for (const user of users) {
      expect(JSON.stringify(user['Properties'].AuthenticationMode)).toContain('{{resolve:secretsmanager:');
      expect(user['Properties'].UserId).toMatch(/^[a-z][a-z0-9-]{1,39}$/);
    }
    built.template.hasResourceProperties('AWS::ElastiCache::UserGroup', {
      Engine: 'valkey',
      UserIds: Match.anyValue(),
    });
  });

  test('names that CloudFormation does not make up are short enough, however long the stage is called', () => {
    const stack = new Stack(new App(), 'a-stage-of-quite-some-length-genai-gateway-data', {
      env: { account: '111122223333', region: 'eu-central-1' },
    });
    buildData(stack, staging, { foundation: standInFoundation(stack), network: standInNetwork(stack) });
    const template = Template.fromStack(stack);
    for (const { Properties } of Object.values(template.findResources('AWS::ElastiCache::User'))) {
      expect(Properties.UserId).toMatch(/^[a-z][a-z0-9-]{1,39}$/);
    }
  });
});

describe('the table of sessions', () => {
  test('has the keys and the index that the gateway looks for, TTL, and is paid by request', () =>
    built.template.hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: 'owner', AttributeType: 'S' },
        { AttributeName: 'updatedAtMs', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-owner',
          KeySchema: [
            { AttributeName: 'owner', KeyType: 'HASH' },
            { AttributeName: 'updatedAtMs', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    }));

  test('can be taken back to any point in time, and is encrypted by the key of data', () =>
    built.template.hasResourceProperties('AWS::DynamoDB::Table', {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key('data') },
    }));

  test.each([
    ['test', built, 'Delete', false],
    ['production', builtForProduction, 'Retain', true],
  ] as const)('%s', (_stage, { template }, DeletionPolicy, DeletionProtectionEnabled) =>
    template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy, Properties: { DeletionProtectionEnabled } }),
  );
});

describe('buckets', () => {
  test('all are encrypted by the key of data, closed to the public and log their accesses', () => {
    built.template.resourceCountIs('AWS::S3::Bucket', 4);
    built.template.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key('data') },
          },
        ],
      },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      LoggingConfiguration: {
        DestinationBucketName: 'access-logs',
        LogFilePrefix: Match.stringLikeRegexp('^buckets/[a-z-]+/$'),
      },
    });
  });

  test('all take TLS 1.2 and newer only', () => {
    const denied = statementsOf(built.template.toJSON()).filter(({ statement }) => statement.Effect === 'Deny');
    expect(denied.length).toBe(8);
    built.template.resourceCountIs('AWS::S3::BucketPolicy', 4);
  });

  test('turns go a week after their retention, and what was deleted has no version left', () => {
    const { VersioningConfiguration, LifecycleConfiguration } = resourceOf(built.data.buckets.history).Properties;
    expect(VersioningConfiguration).toBeUndefined();
    expect(LifecycleConfiguration.Rules).toContainEqual({ Id: 'retention', ExpirationInDays: 37, Status: 'Enabled' });
  });

  test.each(['config', 'archive'] as const)('of %s earlier versions stay for a while', (name) => {
    const { VersioningConfiguration, LifecycleConfiguration } = resourceOf(built.data.buckets[name]).Properties;
    expect(VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(JSON.stringify(LifecycleConfiguration)).toContain('NoncurrentVersionExpiration');
  });

  test.each(['requestLogs', 'archive'] as const)('%s do not grow for ever', (name) => {
    expect(JSON.stringify(resourceOf(built.data.buckets[name]).Properties.LifecycleConfiguration)).toContain(
      '"ExpirationInDays"',
    );
  });

  test('production keeps them, other stages empty and remove them', () => {
    builtForProduction.template.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
    builtForProduction.template.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
    built.template.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
    built.template.resourceCountIs('Custom::S3AutoDeleteObjects', 4);
  });
});

describe('the model list', () => {
  const properties = (template: Template) =>
    Object.values(template.findResources('Custom::ModelConfig'))[0]?.['Properties'];

  test('is copied into the config bucket, as an asset and not by the template', () => {
    expect(properties(built.template)).toMatchObject({
      SourceKey: expect.stringMatching(/^[0-9a-f]{64}\.yaml$/),
      Key: 'config.yaml',
    });
    expect(JSON.stringify(built.template.toJSON())).not.toContain('model_list');
  });

  test('is copied again when it has changed, and only then', () => {
    const other = join(folder, 'other.yaml');
    writeFileSync(other, 'model_list: [] # changed\n');
    const same = join(folder, 'same.yaml');
    writeFileSync(same, readFileSync(configFile));
    const keyOf = (file: string) =>
      properties(build({ ...staging, models: { ...staging.models, configFile: file } }).template)?.SourceKey;
    expect(keyOf(same)).toBe(keyOf(configFile));
    expect(keyOf(other)).not.toBe(keyOf(configFile));
  });
});

describe('secrets', () => {
  const { masterKey, saltKey, gatewaySecret, providerKeys } = built.data.secrets;

  test('all are encrypted by the key of secrets', () =>
    built.template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: key('secrets') }));

  test('no value of any is in the template', () => {
    const providerKey = 'sk-proj-0123456789';
    const { template } = build({
      ...staging,
      litellm: { ...staging.litellm, providerKeys: { OPENAI_API_KEY: providerKey } },
    });
    expect(JSON.stringify(template.toJSON())).not.toContain(providerKey);
    expect(JSON.stringify(template.toJSON())).not.toContain('OPENAI_API_KEY');
    for (const { Properties } of Object.values(template.findResources('AWS::SecretsManager::Secret'))) {
      expect(Properties.SecretString).toBeUndefined();
    }
  });

  test.each([
    ['masterKey', masterKey, 'master-key'],
    ['providerKeys', providerKeys, 'empty-object'],
  ] as const)('%s gets its first value from our function, and none from Secrets Manager', (_name, secret, Form) => {
    expect(resourceOf(secret).Properties.GenerateSecretString).toBeUndefined();
    built.template.hasResourceProperties('Custom::FirstValueOfSecret', {
      Form,
      SecretId: built.stack.resolve(secret.secretArn),
    });
  });

  test.each([
    ['saltKey', saltKey],
    ['gatewaySecret', gatewaySecret],
  ])('%s is generated, plain text', (_name, secret) => {
    expect(resourceOf(secret).Properties.GenerateSecretString).toEqual({
      ExcludePunctuation: true,
      PasswordLength: 48,
    });
  });

  test('the salt key stays in every stage; the others in production', () => {
    expect(resourceOf(saltKey).DeletionPolicy).toBe('Retain');
    expect(resourceOf(saltKey).UpdateReplacePolicy).toBe('Retain');
    expect(resourceOf(masterKey).DeletionPolicy).toBe('Delete');
    builtForProduction.template.allResources('AWS::SecretsManager::Secret', { DeletionPolicy: 'Retain' });
  });
});

describe('the functions that CloudFormation calls', () => {
  test('run on the newest Node, outside of the VPC, with logs of limited life', () => {
    const functions = Object.values(built.template.findResources('AWS::Lambda::Function')).filter(
      ({ Properties }) => Properties.Runtime === 'nodejs24.x',
    );
    expect(functions.length).toBe(2);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Architectures: ['arm64'] });
      expect(Properties.VpcConfig).toBeUndefined();
    }
    built.template.allResourcesProperties('AWS::Logs::LogGroup', {
      RetentionInDays: Match.anyValue(),
      KmsKeyId: key('logs'),
    });
  });

  test('that do not answer fail a deployment within minutes', () => {
    for (const type of ['Custom::FirstValueOfSecret', 'Custom::ModelConfig']) {
      built.template.allResourcesProperties(type, { ServiceTimeout: '300' });
    }
  });

  test('may do this and nothing else', () => {
    const allowed = statementsOf(built.template.toJSON()).filter(({ type }) => type === 'AWS::IAM::Policy');
    const actions = allowed.flatMap(({ statement }) => listOf(statement.Action));
    expect([...new Set(actions)].sort()).toEqual([
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:GetObject',
      's3:PutObject',
      'secretsmanager:DescribeSecret',
      'secretsmanager:PutSecretValue',
    ]);
  });

  test.each(['fill-secret', 'put-model-config'])('%s is one small file', (name) => {
    const code = lambdaCode(`stacks/data/${name}/handler.ts`);
    const { path } = code as unknown as { readonly path: string };
    expect(readFileSync(join(path, 'index.mjs')).length).toBeLessThan(10_000);
  });
});

describe.each([
  ['test', built],
  ['production', builtForProduction],
] as const)('%s', (_name, { stack, template }) => {
  test('no policy allows every action or is for every resource', () => {
    // CDK's own emptying of buckets, outside of production: its function alone, on its own bucket alone.
    const emptying = /BucketPolicy\w+ s3:(?:GetBucket|List|DeleteObject)\*$/;
    expect(wildActions(template.toJSON()).filter((each) => !emptying.test(each))).toEqual([]);
    expect(wildResources(template.toJSON())).toEqual([]);
  });

  test('cdk-nag finds nothing', () => {
    expect(nagFindings(stack)).toEqual([]);
  });
});
