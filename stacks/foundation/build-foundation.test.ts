import type { Deployment } from '@genai-gateway/config';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { statementsOf, wildActions, wildResources } from '../testing/iam.ts';
import { nagFindings } from '../testing/nag.ts';
import { entrances, platforms, sampleDeployment } from '../testing/sample-deployment.ts';
import { buildFoundation } from './build-foundation.ts';

const production: Deployment = { ...sampleDeployment, stage: 'prod', isProduction: true };
const onEks: Deployment = { ...sampleDeployment, platform: platforms.eks };

function build(deployment: Deployment = sampleDeployment) {
  const stack = new Stack(new App(), 'Foundation', {
    env: { account: '111122223333', region: deployment.region },
  });
  buildFoundation(stack, deployment);
  return { stack, template: Template.fromStack(stack) };
}

function keyStatements(template: Template, sid: string) {
  return statementsOf(template.toJSON()).filter(({ statement }) => statement.Sid === sid);
}

describe('keys', () => {
  test('there is one for data, one for secrets and one for logs, and each rotates', () => {
    const { template } = build();
    template.resourceCountIs('AWS::KMS::Key', 3);
    template.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  test('CloudWatch Logs of this region may use the key of logs, for log groups of this account', () => {
    const [found, ...others] = keyStatements(build().template, 'LogGroups');
    expect(others).toEqual([]);
    expect(found?.logicalId).toMatch(/^LogsKey/);
    expect(found?.statement.Principal).toEqual({ Service: 'logs.eu-west-1.amazonaws.com' });
    expect(JSON.stringify(found?.statement.Condition)).toContain(':logs:eu-west-1:111122223333:*');
  });

  test('alarms and events of this account may publish to a topic that is encrypted with the key of logs', () => {
    const [alarms] = keyStatements(build().template, 'Alarms');
    expect(alarms?.statement).toMatchObject({
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    });
    const [events] = keyStatements(build().template, 'Events');
    expect(events?.statement).toMatchObject({
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Principal: { Service: 'events.amazonaws.com' },
    });
    // SNS: source conditions in a key's policy are not supported for what EventBridge sends to an encrypted topic.
    expect(Object.keys(events?.statement.Condition ?? {})).toEqual(['ArnLike']);
    expect(JSON.stringify(events?.statement.Condition)).toMatch(
      /"kms:EncryptionContext:aws:sns:topicArn".*:sns:eu-west-1:111122223333:\*/,
    );
  });

  test('Auto Scaling may use the key of data where there are nodes, and only there', () => {
    expect(keyStatements(build().template, 'VolumesOfNodes')).toEqual([]);
    const [found] = keyStatements(build(onEks).template, 'VolumesOfNodes');
    expect(found?.logicalId).toMatch(/^DataKey/);
    expect(JSON.stringify(found?.statement.Condition)).toContain('AWSServiceRoleForAutoScaling');
    const [grant] = keyStatements(build(onEks).template, 'AttachVolumesOfNodes');
    expect(grant?.statement.Condition).toMatchObject({ Bool: { 'kms:GrantIsForAWSResource': true } });
  });

  test('whoever is not of the account has nothing of a key', () => {
    const anybody = statementsOf(build(onEks).template.toJSON()).filter(
      ({ type, statement }) =>
        type === 'AWS::KMS::Key' && JSON.stringify(statement.Principal).includes('"*"') && statement.Effect === 'Allow',
    );
    expect(anybody.length).toBeGreaterThan(0);
    for (const { statement } of anybody) {
      expect(statement.Condition).toMatchObject({ StringEquals: { 'kms:CallerAccount': '111122223333' } });
    }
  });
});

describe('the bucket of access logs', () => {
  const bucketOf = (deployment: Deployment) =>
    Object.values(build(deployment).template.findResources('AWS::S3::Bucket'))[0];

  test("is encrypted by S3's own key, closed to the public, and forgets after the retention", () => {
    build().template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 365 })]) },
    });
  });

  test('takes TLS 1.2 and newer only', () => {
    const denied = statementsOf(build().template.toJSON()).filter(({ statement }) => statement.Effect === 'Deny');
    expect(denied.map(({ statement }) => statement.Condition)).toEqual([
      { Bool: { 'aws:SecureTransport': 'false' } },
      { NumericLessThan: { 's3:TlsVersion': 1.2 } },
    ]);
  });

  test('load balancers and buckets of this account may write, and nobody else', () => {
    const writers = statementsOf(build(production).template.toJSON()).filter(
      ({ type, statement }) => type === 'AWS::S3::BucketPolicy' && statement.Effect === 'Allow',
    );
    expect(writers.map(({ statement }) => [statement.Principal, statement.Action])).toEqual([
      [{ Service: 'logdelivery.elasticloadbalancing.amazonaws.com' }, 's3:PutObject'],
      [{ Service: 'logging.s3.amazonaws.com' }, 's3:PutObject'],
    ]);
    for (const { statement } of writers) expect(JSON.stringify(statement.Condition)).toContain('111122223333');
  });

  test.each([
    ['cloudfront', 'BucketOwnerPreferred'],
    ['cloudfront-domain', 'BucketOwnerPreferred'],
    ['direct-alb', 'BucketOwnerEnforced'],
    ['private', 'BucketOwnerEnforced'],
  ] as const)('scenario %s: %s', (kind, ownership) => {
    expect(bucketOf({ ...sampleDeployment, entrance: entrances[kind] })?.['Properties']).toMatchObject({
      OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] },
    });
  });
});

describe('what a stage keeps', () => {
  test('production keeps keys and logs', () => {
    for (const type of ['AWS::KMS::Key', 'AWS::S3::Bucket']) {
      build(production).template.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
    build(production).template.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });

  test('other stages leave nothing behind', () => {
    for (const type of ['AWS::KMS::Key', 'AWS::S3::Bucket']) {
      build().template.allResources(type, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    }
    build().template.resourceCountIs('Custom::S3AutoDeleteObjects', 1);
  });
});

describe('repositories', () => {
  test('images are scanned, never overwritten, encrypted by our key, and only the newest stay', () => {
    const { template } = build();
    template.resourceCountIs('AWS::ECR::Repository', 2);
    template.allResourcesProperties('AWS::ECR::Repository', {
      ImageScanningConfiguration: { ScanOnPush: true },
      ImageTagMutability: 'IMMUTABLE',
      EncryptionConfiguration: {
        EncryptionType: 'KMS',
        KmsKey: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DataKey'), 'Arn'] },
      },
      LifecyclePolicy: { LifecyclePolicyText: Match.stringLikeRegexp('"countNumber":20') },
    });
  });
});

describe('people', () => {
  test.each([
    [{ ...production, region: 'us-east-1' }, 'litellm-stack-developers', 'litellm-stack-operators'],
    [sampleDeployment, 'litellm-stack-developers-test-eu-west-1', 'litellm-stack-operators-test-eu-west-1'],
  ])('their roles are named by stage and region, and taken by the account alone (%#)', (deployment, ...names) => {
    const { template } = build(deployment);
    for (const RoleName of names) {
      template.hasResourceProperties('AWS::IAM::Role', {
        RoleName,
        AssumeRolePolicyDocument: { Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow' }] },
        ManagedPolicyArns: Match.absent(),
        Policies: Match.absent(),
      });
    }
    const trust = statementsOf(template.toJSON()).filter(
      ({ statement }) =>
        statement.Action === 'sts:AssumeRole' && !JSON.stringify(statement.Principal).includes('lambda'),
    );
    for (const { statement } of trust) expect(JSON.stringify(statement.Principal)).toContain(':iam::111122223333:root');
  });
});

describe.each([
  ['test', sampleDeployment],
  ['production on EKS', { ...production, platform: platforms.eks }],
])('%s', (_name, deployment) => {
  test('no policy allows every action or is for every resource', () => {
    const template = build(deployment).template.toJSON();
    // CDK's own emptying of buckets, outside of production: its function alone, on its own bucket alone.
    const emptying = /^AccessLogsPolicy.* s3:(?:GetBucket|List|DeleteObject)\*$/;
    expect(wildActions(template).filter((each) => !emptying.test(each))).toEqual([]);
    expect(wildResources(template)).toEqual([]);
  });

  test('cdk-nag finds nothing', () => {
    expect(nagFindings(build(deployment).stack)).toEqual([]);
  });
});
