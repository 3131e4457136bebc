import { type Deployment, functionConcurrency } from '@genai-gateway/config';
import { Duration, type Stack } from 'aws-cdk-lib';
import { CfnSecurityGroupEgress, CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { allow } from '../access/bedrock-access.ts';
import { through } from '../access/key-through.ts';
import type { Compute, EksFacts } from '../compute/compute.ts';
import { rotationGroup } from '../compute/eks/workloads/rollout-rights.ts';
import { cacheAddress, databaseAddress } from '../compute/service-settings.ts';
import type { Data } from '../data/data.ts';
import type { FunctionParts } from './function-parts.ts';
import { databaseCaFile } from './function-settings.ts';
import type { FunctionFacts } from './functions.ts';
import { lambdaFunction, type MadeFunction } from './lambda-function.ts';
import { onSchedule } from './on-schedule.ts';

type RotationParts = FunctionParts & { readonly compute: Compute };

/**
 * The function that gives the logins to Postgres and the cache, and the master key, new values, and the schedules by
 * which it does so where the deployer wants any. It comes after the services: it starts LiteLLM anew.
 */
export function buildRotation(stack: Stack, deployment: Deployment, parts: RotationParts): FunctionFacts {
  const { data, network, compute } = parts;
  const made = lambdaFunction(stack, deployment, parts, {
    name: 'secret-rotation',
    description: `Rotates secrets, stage ${deployment.stage}`,
    memoryMib: 512,
    timeoutSeconds: 600,
    environment: {
      ...databaseAddress(data),
      DATABASE_CA_FILE: databaseCaFile,
      DATABASE_OWNER_SECRET_ARN: data.database.ownerSecret.secretArn,
      ...cacheAddress(data),
      CACHE_USER_ID: data.cache.userId,
      LITELLM_SALT_KEY_SECRET_ARN: data.secrets.saltKey.secretArn,
      ROTATIONS: kindsByArn(data),
      ...whereLitellmRuns(compute),
    },
    files: [databaseCaFile],
    statements: rotationRights(stack, deployment, parts),
    wildcards: 'Everything else is named.',
    securityGroup: network.securityGroups.secretRotation,
    concurrency: functionConcurrency['secret-rotation'],
    eventHours: 1,
  });
  letSecretsManagerCall(stack, deployment, data, made);
  onSchedule(stack, 'SettleRotations', made, {
    description: 'LiteLLM starts anew where a rotation could not see to it',
    schedule: Schedule.rate(Duration.minutes(15)),
    task: { task: 'settle' },
  });
  if (compute.eks !== undefined) letCallKubernetes(stack, deployment, { ...parts, eks: compute.eks }, made);
  return made.facts;
}

type Kind = 'database' | 'litellm-database' | 'cache' | 'master-key';

/** Never the owner of the database, the salt key and what logins are derived from. */
function rotated({ database, cache, secrets }: Data): Readonly<Record<Kind, ISecret>> {
  return {
    database: database.gatewaySecret,
    'litellm-database': database.litellmSecret,
    cache: cache.secret,
    'master-key': secrets.masterKey,
  };
}

/** JSON, by the ARN of the secret. Written out: what is known on deployment alone can be no key of an object for CDK. */
function kindsByArn(data: Data): string {
  const pairs = Object.entries(rotated(data)).map(([kind, { secretArn }]) => `"${secretArn}":"${kind}"`);
  return `{${pairs.join(',')}}`;
}

function whereLitellmRuns({ clusterName, litellm, eks }: Compute): Record<string, string> {
  return eks === undefined
    ? { LITELLM_ECS_CLUSTER: clusterName, LITELLM_ECS_SERVICE: litellm.name }
    : {
        LITELLM_EKS_CLUSTER: clusterName,
        LITELLM_EKS_NAMESPACE: eks.namespace,
        LITELLM_EKS_DEPLOYMENT: litellm.name,
      };
}

function rotationRights(stack: Stack, deployment: Deployment, { foundation, data, compute }: RotationParts) {
  const { clusterName, litellm, eks } = compute;
  const arn = (service: string, resource: string) =>
    `arn:${stack.partition}:${service}:${stack.region}:${stack.account}:${resource}`;
  const all = Object.values(rotated(data)).map(({ secretArn }) => secretArn);
  return [
    ...allow(
      [
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      all,
    ),
    ...allow(['secretsmanager:GetSecretValue'], [data.database.ownerSecret.secretArn]),
    // Whether there is one, and not what it is.
    ...allow(['secretsmanager:DescribeSecret'], [data.secrets.saltKey.secretArn]),
    through(foundation.keys.secrets, deployment, 'secretsmanager', ['kms:Decrypt', 'kms:GenerateDataKey']),
    ...allow(
      ['elasticache:DescribeUsers', 'elasticache:ModifyUser'],
      [arn('elasticache', `user:${data.cache.userId}`)],
    ),
    ...(eks === undefined
      ? allow(['ecs:UpdateService', 'ecs:DescribeServices'], [arn('ecs', `service/${clusterName}/${litellm.name}`)])
      : allow(['eks:DescribeCluster'], [arn('eks', `cluster/${clusterName}`)])),
  ] satisfies PolicyStatement[];
}

/**
 * Secrets Manager may call it for these secrets alone. A schedule stands only where a deployer wants one, and never for
 * the master key: people and programs hold that.
 */
function letSecretsManagerCall(stack: Stack, deployment: Deployment, data: Data, made: MadeFunction): void {
  const { everyDays } = deployment.rotation;
  for (const [kind, { secretArn }] of Object.entries(rotated(data))) {
    const permission = new CfnPermission(stack, `Rotates-${kind}`, {
      action: 'lambda:InvokeFunction',
      functionName: made.facts.functionArn,
      principal: 'secretsmanager.amazonaws.com',
      sourceAccount: stack.account,
      sourceArn: secretArn,
    });
    if (everyDays === undefined || kind === 'master-key') continue;
    const schedule = new CfnRotationSchedule(stack, `Schedule-${kind}`, {
      secretId: secretArn,
      rotationLambdaArn: made.facts.functionArn,
      rotationRules: { automaticallyAfterDays: everyDays },
      // A first rotation is for a person to watch: `npm run rotate`.
      rotateImmediatelyOnUpdate: false,
    });
    schedule.addDependency(permission);
    schedule.node.addDependency(made.function);
  }
}

/** The way to the cluster's API, and what it may do there (`rollout-rights.ts`); in a cluster that was there its owner says who may. */
function letCallKubernetes(
  stack: Stack,
  deployment: Deployment,
  { network, compute, eks }: RotationParts & { readonly eks: EksFacts },
  made: MadeFunction,
): void {
  const rotation = network.securityGroups.secretRotation.securityGroupId;
  const port = { ipProtocol: 'tcp', fromPort: 443, toPort: 443 };
  new CfnSecurityGroupIngress(stack, 'RotationToKubernetes', {
    ...port,
    groupId: eks.securityGroupId,
    sourceSecurityGroupId: rotation,
    description: 'Secret rotation to the API of Kubernetes',
  });
  if (deployment.network.outbound === 'none') {
    new CfnSecurityGroupEgress(stack, 'KubernetesFromRotation', {
      ...port,
      groupId: rotation,
      destinationSecurityGroupId: eks.securityGroupId,
      description: 'Secret rotation to the API of Kubernetes',
    });
  }
  const roleArn = made.function.role?.roleArn;
  if (eks.access === 'ours' && roleArn !== undefined) {
    new CfnAccessEntry(stack, 'RotationAccess', {
      clusterName: compute.clusterName,
      principalArn: roleArn,
      kubernetesGroups: [rotationGroup],
    });
  }
}
