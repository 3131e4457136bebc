import { GetWebACLCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { globalRegion, webAclOutput } from '@genai-gateway/config';
import { clientOptions, nameOf } from '../shared/aws.ts';
import { readDeployedStacks } from '../shared/deployed.ts';
import { type Finding, fail, ok, type Patient, warn } from './finding.ts';

/** CloudFront's web ACL; that of the load balancer is made with it. */
export async function checkWebAcl({ deployment, stage, region }: Patient): Promise<readonly Finding[]> {
  const entrance = deployment?.entrance;
  if (entrance === undefined || !('webAclArn' in entrance)) return [];
  const byDeploy = `npm run deploy -- --stage ${stage} makes one and hands it over`;
  const webAclArn = entrance.webAclArn ?? (await madeWebAcl(stage, region));
  if (webAclArn === undefined) {
    return [warn('web ACL', 'CloudFront has none; the load balancer has its own', byDeploy)];
  }
  const [, name, id] = /:global\/webacl\/([^/]+)\/([^/]+)$/.exec(webAclArn) ?? [];
  if (name === undefined) return [fail('web ACL', `${webAclArn} is no ARN of one for CloudFront`, byDeploy)];
  try {
    const client = new WAFV2Client(clientOptions(globalRegion));
    const { WebACL } = await client.send(new GetWebACLCommand({ Name: name, Id: id, Scope: 'CLOUDFRONT' }));
    return [ok('web ACL', `${WebACL?.Name} in us-east-1, ${WebACL?.Rules?.length ?? 0} rules`)];
  } catch (error) {
    if (nameOf(error) !== 'WAFNonexistentItemException') throw error;
    return [fail('web ACL', `${webAclArn} is not there`, byDeploy)];
  }
}

/** That of the first pass of `npm run deploy`, in another region. */
async function madeWebAcl(stage: string, region: string): Promise<string | undefined> {
  const stacks = await readDeployedStacks(stage, globalRegion);
  return stacks.find(({ id }) => id === `global-${region}`)?.outputs[webAclOutput];
}
