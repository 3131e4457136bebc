import { type Deployment, webAclOutput } from '@genai-gateway/config';
import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { webAcl } from '../edge/web-acl.ts';

/**
 * What CloudFront takes from us-east-1 only: its web ACL. The main pass is told its ARN; people and other tools find it
 * in Systems Manager.
 */
export function buildGlobal(stack: Stack, deployment: Deployment): void {
  const { acl } = webAcl(stack, deployment, { scope: 'CLOUDFRONT', addressHeader: undefined, logsKey: undefined });
  new CfnOutput(stack, webAclOutput, { value: acl.attrArn });
  new StringParameter(stack, 'WebAclArn', {
    parameterName: `/genai-gateway/${deployment.stage}/${deployment.region}/cloudfront-web-acl-arn`,
    description: 'The web ACL in front of CloudFront',
    stringValue: acl.attrArn,
  });
}
