import { ACMClient } from '@aws-sdk/client-acm';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import type { MotoServer } from '../../../scripts/moto/moto-server.ts';

export type MotoClients = ReturnType<typeof clientsOf>;

/** Clients of AWS that can speak to nobody but this moto, whatever the environment says. */
export function clientsOf({ url }: MotoServer, region: string) {
  const options = {
    endpoint: url,
    region,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'of-moto' },
    // An answer of moto does not get better by asking again.
    maxAttempts: 1,
  };
  return {
    acm: new ACMClient(options),
    cloudFormation: new CloudFormationClient(options),
    dynamoDb: new DynamoDBClient(options),
    ec2: new EC2Client(options),
    ecs: new ECSClient(options),
    elb: new ElasticLoadBalancingV2Client(options),
    iam: new IAMClient(options),
    kms: new KMSClient(options),
    rds: new RDSClient(options),
    route53: new Route53Client(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
  };
}
