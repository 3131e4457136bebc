import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { OperationsParts } from './operations/operations-parts.ts';
import { outputNames } from './output-names.ts';

/** What a deployment tells whoever made it, and the operator's commands. No secret is among it. */
export function buildOutputs(
  stack: Stack,
  { data, edge, compute, functions }: Pick<OperationsParts, 'data' | 'edge' | 'compute' | 'functions'>,
): void {
  const values: Record<keyof typeof outputNames, string> = {
    url: edge.url,
    platform: compute.platform,
    cluster: compute.clusterName,
    gatewayService: compute.gateway.name,
    litellmService: compute.litellm.name,
    gatewayLogGroup: compute.gateway.logGroupName,
    litellmLogGroup: compute.litellm.logGroupName,
    masterKeySecret: data.secrets.masterKey.secretArn,
    providerKeysSecret: data.secrets.providerKeys.secretArn,
    configBucket: data.buckets.config.bucketName,
    configKey: data.configKey,
    gatewayTargetGroup: edge.gatewayTargets.targetGroupArn,
    promptsAdminFunction: functions['prompts-admin'].functionName,
    chatHistoryFunction: functions['chat-history'].functionName,
    logCompactionFunction: functions['log-compaction'].functionName,
    secretRotationFunction: functions['secret-rotation'].functionName,
    requestLogBucket: data.buckets.requestLogs.bucketName,
    archiveBucket: data.buckets.archive.bucketName,
    requestLogDatabase: data.requestLogQueries.databaseName,
    requestLogWorkGroup: data.requestLogQueries.workGroupName,
  };
  for (const [key, value] of Object.entries(values)) {
    new CfnOutput(stack, outputNames[key as keyof typeof outputNames], { value });
  }
}
