import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { nagFindings } from '../testing/nag.ts';
import { sampleDeployment } from '../testing/sample-deployment.ts';
import { buildGlobal } from './build-global.ts';

function build(): Stack {
  const stack = new Stack(new App(), 'X', { env: { account: '111122223333', region: 'us-east-1' } });
  buildGlobal(stack, sampleDeployment);
  return stack;
}

test('the global pass makes a web ACL for CloudFront, which counts callers by their own addresses', () => {
  const template = Template.fromStack(build());
  template.hasResourceProperties('AWS::WAFv2::WebACL', { Scope: 'CLOUDFRONT' });
  const [acl] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
  const rules: { Name: string; Statement: { RateBasedStatement?: object } }[] = acl?.['Properties'].Rules;
  expect(rules.map(({ Name }) => Name)).toEqual([
    'RateLimit',
    'AWSManagedRulesCommonRuleSet',
    'AWSManagedRulesKnownBadInputsRuleSet',
  ]);
  expect(rules[0]?.Statement.RateBasedStatement).toMatchObject({ AggregateKeyType: 'IP', Limit: 2_000 });
});

test('the main pass and people learn its ARN, under names of this deployment alone', () => {
  const template = Template.fromStack(build());
  const arn = { 'Fn::GetAtt': ['WebAcl', 'Arn'] };
  template.hasOutput('CloudFrontWebAclArn', { Value: arn });
  template.hasResourceProperties('AWS::SSM::Parameter', {
    Name: '/genai-gateway/test/eu-west-1/cloudfront-web-acl-arn',
    Value: arn,
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', {
    LogGroupName: 'aws-waf-logs-genai-gateway-test-eu-west-1-cloudfront',
  });
});

test('cdk-nag has nothing to say', () => {
  expect(nagFindings(build())).toEqual([]);
});
