import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { Compute } from './compute/compute.ts';
import type { Data } from './data/data.ts';
import type { Edge } from './edge/edge.ts';
import { outputNames } from './output-names.ts';

/** What a deployment tells whoever made it, and the operator's commands. No secret is among it. */
export function buildOutputs(
  stack: Stack,
  { data, edge, compute }: { readonly data: Data; readonly edge: Edge; readonly compute: Compute },
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
  };
  for (const [key, value] of Object.entries(values)) {
    new CfnOutput(stack, outputNames[key as keyof typeof outputNames], { value });
  }
}
