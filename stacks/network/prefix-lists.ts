import type { Stack } from 'aws-cdk-lib';
import { type IPeer, Peer, PrefixList } from 'aws-cdk-lib/aws-ec2';

/**
 * AWS's list of the addresses from which CloudFront calls origins, by region
 * (https://aws.amazon.com/blogs/networking-and-content-delivery/limit-access-to-your-origins-using-the-aws-managed-prefix-list-for-amazon-cloudfront/,
 * as of 2026-11-23; not read from AWS's API). Written down, so that the default scenario synthesises without AWS; an id
 * that is wrong makes the deployment fail, it opens nothing.
 */
const cloudFrontLists: Readonly<Record<string, string>> = {
  'us-east-1': 'pl-3b927c52',
  'us-east-2': 'pl-b6a144df',
  'us-west-1': 'pl-4ea04527',
  'us-west-2': 'pl-82a045eb',
  'ca-central-1': 'pl-38a64351',
  'sa-east-1': 'pl-5da64334',
  'eu-west-1': 'pl-4fa04526',
  'eu-west-2': 'pl-93a247fa',
  'eu-west-3': 'pl-75b1541c',
  'eu-central-1': 'pl-a3a144ca',
  'eu-north-1': 'pl-fab65393',
  'eu-south-1': 'pl-1bbc5972',
};

/** CloudFront's servers. A rule of this peer counts as 55 of the 60 of a security group. */
export function cloudFront(stack: Stack): IPeer {
  const known = cloudFrontLists[stack.region];
  return known === undefined
    ? lookedUp(stack, 'com.amazonaws.global.cloudfront.origin-facing')
    : Peer.prefixList(known);
}

/** S3 or DynamoDB in this region, to which a gateway endpoint leads. */
export function awsService(stack: Stack, service: 's3' | 'dynamodb'): IPeer {
  return lookedUp(stack, `com.amazonaws.${stack.region}.${service}`);
}

/** Asked of AWS's Cloud Control API on deployment, by CDK, which remembers the answer in `cdk.context.json`. */
function lookedUp(stack: Stack, prefixListName: string): IPeer {
  const list = PrefixList.fromLookup(stack, `PrefixList-${prefixListName}`, { prefixListName });
  return Peer.prefixList(list.prefixListId);
}
