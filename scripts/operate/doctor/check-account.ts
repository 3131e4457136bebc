import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { supportedRegions } from '@genai-gateway/config';
import { clientOptions, nameOf } from '../shared/aws.ts';
import { type Finding, fail, ok, type Patient, warn } from './finding.ts';

export async function checkCredentials({ region }: Patient): Promise<readonly Finding[]> {
  const { Account, Arn } = await new STSClient(clientOptions(region)).send(new GetCallerIdentityCommand({}));
  const isRoot = Arn?.endsWith(':root') === true;
  if (isRoot) return [warn('credentials', `account ${Account}, as its root user`, 'use a role or a user instead')];
  return [ok('credentials', `account ${Account}, as ${Arn}`)];
}

export async function checkRegion({ region }: Patient): Promise<readonly Finding[]> {
  if (supportedRegions.some((each) => each === region)) return [ok('region', `${region} has a list of models`)];
  return [
    warn(
      'region',
      `${region} has no list of models here`,
      `give one of your own in MODEL_CONFIG_FILE, or take one of ${supportedRegions.join(', ')}`,
    ),
  ];
}

/** What CDK and SST keep in each region that they deploy to. SST makes both at the first deployment. */
export async function checkBootstrap({ region, deployment }: Patient): Promise<readonly Finding[]> {
  const isGlobalToo = deployment !== undefined && 'priceClass' in deployment.entrance;
  const regions = isGlobalToo ? [...new Set([region, 'us-east-1'])] : [region];
  const findings: Finding[] = [];
  for (const each of regions) {
    for (const name of ['CDKToolkit', 'SSTBootstrap']) findings.push(await bootstrapStack(name, each));
  }
  return findings;
}

async function bootstrapStack(name: string, region: string): Promise<Finding> {
  const about = `bootstrap of ${region}`;
  try {
    const answer = await new CloudFormationClient(clientOptions(region)).send(
      new DescribeStacksCommand({ StackName: name }),
    );
    const status = answer.Stacks?.[0]?.StackStatus ?? '';
    if (/^(CREATE|UPDATE)_COMPLETE$|^UPDATE_ROLLBACK_COMPLETE$/.test(status)) return ok(about, `${name} is there`);
    return fail(about, `${name} is ${status}`, 'delete that stack, or repair it in the console, then deploy');
  } catch (error) {
    if (nameOf(error) !== 'ValidationError') throw error;
    return warn(about, `${name} is not there yet`, 'nothing to do: the first npm run deploy makes it');
  }
}
