import { type Deployment, functionConcurrency } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Policy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { allow } from '../access/bedrock-access.ts';
import { keepSessions, managePrompts } from '../access/function-access.ts';
import type { FunctionParts } from './function-parts.ts';
import { cacheSettings, callerSettings } from './function-settings.ts';
import type { Functions } from './functions.ts';
import { lambdaFunction, type MadeFunction } from './lambda-function.ts';
import { compaction } from './log-compaction.ts';
import { onSchedule } from './on-schedule.ts';

/**
 * The functions that stand beside the services: two behind the load balancer, and the compaction of request logs. They come
 * before the entrance, which forwards to them, and so before the database is migrated: what they ask of it has to hold
 * for the version before, too.
 */
export function buildFunctions(stack: Stack, deployment: Deployment, parts: FunctionParts): Functions {
  return {
    'prompts-admin': promptsAdmin(stack, deployment, parts).facts,
    'chat-history': chatHistory(stack, deployment, parts).facts,
    'log-compaction': compaction(stack, deployment, parts).facts,
  };
}

/** `/v1/prompts`: knows models as the gateway does, because they decide who may read a prompt. */
function promptsAdmin(stack: Stack, deployment: Deployment, parts: FunctionParts): MadeFunction {
  const { data, network } = parts;
  const caller = callerSettings(deployment, parts);
  const cache = cacheSettings(deployment, parts);
  return lambdaFunction(stack, deployment, parts, {
    name: 'prompts-admin',
    description: `Managed prompts, /v1/prompts, stage ${deployment.stage}`,
    memoryMib: 512,
    timeoutSeconds: 30,
    environment: {
      ...caller.environment,
      ...cache.environment,
      LITELLM_CONFIG_BUCKET_NAME: data.buckets.config.bucketName,
      LITELLM_CONFIG_BUCKET_OBJECT_KEY: data.configKey,
      STORE_MODEL_IN_DB: 'true',
      BEDROCK_ALLOWED_REGIONS: deployment.models.regions.join(','),
    },
    files: [...caller.files, ...cache.files],
    statements: [...caller.statements, ...cache.statements, ...managePrompts(stack, deployment, parts)],
    wildcards: 'Prompts, profiles and routers of this account; a list of prompts names none.',
    securityGroup: network.securityGroups.promptsAdmin,
    concurrency: functionConcurrency['prompts-admin'],
    eventHours: 1,
  });
}

/** `/v1/sessions`, and what goes on without a caller: exports, deletions, the daily sweep. */
function chatHistory(stack: Stack, deployment: Deployment, parts: FunctionParts): MadeFunction {
  const { data, network } = parts;
  const caller = callerSettings(deployment, parts);
  const made = lambdaFunction(stack, deployment, parts, {
    name: 'chat-history',
    description: `Sessions, /v1/sessions, stage ${deployment.stage}`,
    memoryMib: 1024,
    timeoutSeconds: 300,
    environment: {
      ...caller.environment,
      HISTORY_TABLE: data.sessions.tableName,
      HISTORY_BUCKET: data.buckets.history.bucketName,
      HISTORY_RETENTION_DAYS: String(deployment.history.retentionDays),
      EXPORT_BUCKET: data.buckets.history.bucketName,
    },
    files: caller.files,
    statements: [...caller.statements, ...keepSessions(deployment, parts)],
    wildcards: 'Objects of one bucket.',
    securityGroup: network.securityGroups.chatHistory,
    concurrency: functionConcurrency['chat-history'],
    eventHours: 1,
  });
  // It hands on to itself what it has no time for, and ends by itself; Lambda would stop it after 16 rounds otherwise.
  (made.function.node.defaultChild as CfnFunction).recursiveLoop = 'Allow';
  // Beside the role and not in it: the function comes after its role, and this after the function.
  new Policy(stack, 'ChatHistoryGoesOn', {
    roles: made.function.role === undefined ? [] : [made.function.role],
    statements: allow(['lambda:InvokeFunction'], [made.facts.functionArn]) as PolicyStatement[],
  });
  onSchedule(stack, 'RetentionSweep', made, {
    description: 'What has outlived its retention goes',
    schedule: Schedule.cron({ hour: '2', minute: '20' }),
    task: { task: 'retention-sweep' },
  });
  return made;
}
