import type { Deployment } from '@genai-gateway/config';
import { Stack } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { secretsOfGateway } from '../compute/service-settings.ts';
import type { Data } from '../data/data.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { attach } from './attach.ts';
import {
  allow,
  applyGuardrails,
  callAllModels,
  callListedModels,
  lookUpModels,
  type Place,
  usePrompts,
} from './bedrock-access.ts';
import { objectsKey, tableKey } from './key-through.ts';
import { modelConfigOf } from './model-config.ts';
import { listedModels } from './model-list.ts';
import { readSecrets } from './read-secrets.ts';

interface Parts {
  readonly foundation: Foundation;
  readonly data: Data;
}

const wildcards =
  'Models, profiles and buckets are named; what ends in * are guardrails, prompts, profiles and routers of this account, objects of one bucket, and the regions of a continent behind a named profile.';

/**
 * Gives a role what the gateway calls: models, guardrails, managed prompts, what stands behind ARNs, the table and the
 * bucket of sessions, the model list, the secrets that rotate, its request log. `role` may be imported; its policies come into its stack.
 * Sources: docs/operations.md, "The table of sessions", and the adapters in packages/aws.
 */
export function grantGateway(role: IRole, deployment: Deployment, { foundation, data }: Parts): void {
  const place = placeOf(role, deployment);
  const { sessions, buckets } = data;
  const statements = [
    ...callModels(deployment, place),
    ...applyGuardrails(place),
    ...usePrompts(place),
    ...lookUpModels(place),
    // Saves turns and reads them, and takes none away: chat-history does.
    ...allow(
      ['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      [sessions.tableArn],
    ),
    ...allow(['dynamodb:Query'], [`${sessions.tableArn}/index/by-owner`]),
    ...allow(['s3:GetObject', 's3:PutObject'], [buckets.history.arnForObjects('*')]),
    ...allow(['s3:ListBucket'], [buckets.history.bucketArn]),
    ...allow(['s3:PutObject'], [buckets.requestLogs.arnForObjects('gateway/*')]),
    ...readConfig(data),
    ...readSecrets(deployment, foundation, Object.values(secretsOfGateway(data))),
    objectsKey(foundation.keys.data, deployment),
    tableKey(foundation.keys.data, deployment),
  ];
  attach(role, role, { purpose: 'GatewayAccess', statements, reason: wildcards });
}

/**
 * Gives a role what LiteLLM calls: models, guardrails, the SageMaker endpoints and roles that the list names, the model
 * list, and the bucket that its logger writes to.
 */
export function grantLitellm(role: IRole, deployment: Deployment, { foundation, data }: Parts): void {
  const place = placeOf(role, deployment);
  const { sagemakerEndpoints, assumedRoles, bedrockIds } = listedModels(modelConfigOf(deployment));
  const endpoints = sagemakerEndpoints.map(
    ({ name, region }) =>
      `arn:${place.partition}:sagemaker:${region ?? deployment.region}:${place.account}:endpoint/${name}`,
  );
  const statements = [
    ...callModels(deployment, place),
    ...applyGuardrails(place),
    ...allow(['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream'], endpoints),
    ...allow(['sts:AssumeRole'], assumedRoles),
    ...(bedrockIds.some(({ id }) => id.includes('rerank')) ? [rerank(place)] : []),
    ...readConfig(data),
    ...allow(['s3:PutObject'], [data.buckets.requestLogs.arnForObjects('litellm/*')]),
    objectsKey(foundation.keys.data, deployment),
  ];
  attach(role, role, { purpose: 'LitellmAccess', statements, reason: wildcards });
}

function callModels(deployment: Deployment, place: Place): readonly PolicyStatement[] {
  return deployment.models.access === 'all-foundation-models'
    ? callAllModels(place)
    : callListedModels(listedModels(modelConfigOf(deployment)), place);
}

function readConfig({ buckets, configKey }: Data): readonly PolicyStatement[] {
  return allow(['s3:GetObject'], [buckets.config.arnForObjects(configKey)]);
}

/** Bedrock's reranking names no resource; the model is checked by InvokeModel. */
function rerank(place: Place): PolicyStatement {
  return new PolicyStatement({
    actions: ['bedrock:Rerank'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:RequestedRegion': [...place.regions] } },
  });
}

/** The partition by its name and not by a reference: policies are limited in length, and easier to read so. */
function placeOf(role: IRole, { region, models }: Deployment): Place {
  const partition = RegionInfo.get(region).partition ?? 'aws';
  return { partition, account: Stack.of(role).account, regions: [...new Set([region, ...models.regions])] };
}
