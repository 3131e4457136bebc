import type { Deployment } from '@genai-gateway/config';
import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { makePeople } from '../access/people.ts';
import { makeAccessLogBucket } from './access-log-bucket.ts';
import type { Foundation } from './foundation.ts';
import { makeKeys } from './keys.ts';
import { makeRepositories } from './repositories.ts';

/** Keys, the bucket of access logs, repositories and the roles of people. */
export function buildFoundation(stack: Stack, deployment: Deployment): Foundation {
  const keys = makeKeys(stack, deployment);
  const foundation: Foundation = {
    keys,
    accessLogs: makeAccessLogBucket(stack, deployment),
    repositories: makeRepositories(stack, deployment, keys.data),
    people: makePeople(stack, deployment),
  };
  const outputs = {
    GatewayRepositoryUri: foundation.repositories.gateway.repositoryUri,
    LitellmRepositoryUri: foundation.repositories.litellm.repositoryUri,
    DevelopersRoleArn: foundation.people.developers.roleArn,
    OperatorsRoleArn: foundation.people.operators.roleArn,
  };
  for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
  return foundation;
}
