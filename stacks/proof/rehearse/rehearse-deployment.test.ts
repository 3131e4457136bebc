import { describe, expect, test } from 'vitest';
import { lacksMoto } from '../../../scripts/moto/moto-server.ts';
import { leftOutTypes } from './left-out.ts';
import { linesOf, rehearseDeployment } from './rehearse-deployment.ts';

describe.skipIf(lacksMoto)('a deployment to moto (needs Python)', () => {
  test('what the templates say is there, but for what is left out by name', { timeout: 240_000 }, async () => {
    const rehearsed = await rehearseDeployment();
    const { deployed, results } = rehearsed;
    expect(results.filter(({ difference }) => difference !== undefined)).toEqual([]);
    expect(results.length).toBeGreaterThan(14);
    const left = new Set(deployed.leftOut.map((each) => each.split(' ')[0]));
    expect([...left].toSorted()).toEqual(Object.keys(leftOutTypes).toSorted());
    const missing = deployed.system.resources.filter((each) => {
      return !deployed.physicalIds.has(each.id) && !(each.type in leftOutTypes);
    });
    expect(missing.map((each) => each.id)).toEqual([]);
    expect(linesOf(rehearsed).at(-1)).toContain(' 0 failed');
  });

  test('a listener without its rule, and a rule too many, are seen', { timeout: 240_000 }, async () => {
    const { results } = await rehearseDeployment((templates) => {
      const rules = templates['edge']?.Resources ?? {};
      const rule = Object.keys(rules).find((id) => rules[id]?.Type === 'AWS::ElasticLoadBalancingV2::ListenerRule');
      delete rules[rule ?? ''];
      const network = Object.values(templates['network']?.Resources ?? {});
      const database = network.find((each) => each.Properties?.['GroupDescription'] === 'Postgres');
      const open = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, CidrIp: '0.0.0.0/0' };
      Object.assign(database?.Properties ?? {}, { SecurityGroupIngress: [open] });
    });
    expect(results.filter(({ difference }) => difference !== undefined).map(({ check }) => check)).toEqual([
      'security groups, with exactly their rules inwards',
      'the rules of the listeners, each with its paths and its target group',
    ]);
  });
});

/** A type that is added here is a part of the templates that no rehearsal deploys any more. */
test('the types that are left out are these', () => {
  expect(Object.keys(leftOutTypes)).toEqual([
    'AWS::ApplicationAutoScaling::ScalableTarget',
    'AWS::ApplicationAutoScaling::ScalingPolicy',
    'AWS::Athena::NamedQuery',
    'AWS::Athena::WorkGroup',
    'AWS::CloudWatch::Alarm',
    'AWS::EC2::SecurityGroupEgress',
    'AWS::ElastiCache::ParameterGroup',
    'AWS::ElastiCache::ReplicationGroup',
    'AWS::ElastiCache::SubnetGroup',
    'AWS::ElastiCache::User',
    'AWS::ElastiCache::UserGroup',
    'AWS::Glue::Database',
    'AWS::Glue::Table',
    'AWS::Lambda::EventInvokeConfig',
    'AWS::Logs::MetricFilter',
    'AWS::S3::BucketPolicy',
    'AWS::SNS::TopicPolicy',
    'AWS::SQS::QueuePolicy',
    'AWS::SecretsManager::Secret',
    'AWS::SecretsManager::SecretTargetAttachment',
    'AWS::ServiceDiscovery::HttpNamespace',
    'AWS::StepFunctions::StateMachine',
    'AWS::WAFv2::LoggingConfiguration',
    'AWS::WAFv2::WebACL',
    'AWS::WAFv2::WebACLAssociation',
    'Custom::DatabaseMigration',
    'Custom::FirstValueOfSecret',
    'Custom::ModelConfig',
    'Custom::S3AutoDeleteObjects',
    'Custom::VpcRestrictDefaultSG',
  ]);
});
