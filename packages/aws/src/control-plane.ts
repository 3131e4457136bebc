import {
  BedrockClient,
  GetCustomModelDeploymentCommand,
  GetInferenceProfileCommand,
  GetPromptRouterCommand,
  GetProvisionedModelThroughputCommand,
} from '@aws-sdk/client-bedrock';
import { type ModelsBehind, modelKind, modelsOfId, modelsOfProfile, unknownModels } from '@genai-gateway/routing';
import { RegionClients, type RegionClientsOptions } from './region-clients.ts';

/** A router of profiles is as deep as it gets. */
const MAX_DEPTH = 2;

/**
 * Bedrock's control plane, as far as it says which models stand behind an ARN. By the AWS SDK: it is asked once in a
 * while, not per call. The gateway's role needs `bedrock:GetInferenceProfile`, `bedrock:GetPromptRouter`,
 * `bedrock:GetProvisionedModelThroughput` and `bedrock:GetCustomModelDeployment`.
 */
export class ControlPlane {
  readonly #clients: RegionClients<BedrockClient>;

  constructor(options: RegionClientsOptions) {
    this.#clients = new RegionClients(options, (config) => new BedrockClient(config));
  }

  /** The models behind an ARN that `modelsOfId` does not know. Rejects with the SDK's errors. */
  async lookUp(arn: string, signal: AbortSignal, depth = 1): Promise<ModelsBehind> {
    const kind = modelKind(arn);
    const client = this.#clients.of(arn.split(':')[3] ?? '');
    const modelIds: string[] = [];
    for (const behind of await targetsOf(arn, client, signal)) {
      const models =
        modelsOfId(behind) ?? (depth < MAX_DEPTH ? await this.lookUp(behind, signal, depth + 1) : undefined);
      // One of them that nobody knows could be any: then nobody knows what is behind the whole.
      if (models === undefined || models.unknownBecause !== undefined)
        return unknownModels(kind, 'no-foundation-model');
      modelIds.push(...models.modelIds);
    }
    if (modelIds.length === 0) return unknownModels(kind, 'no-foundation-model');
    // The fallback comes last, and is often one of the others too.
    return { kind, modelIds: [...new Set(modelIds.toReversed())].reverse(), unknownBecause: undefined };
  }

  close(): void {
    this.#clients.close();
  }
}

/** What an ARN leads to next: ids or ARNs. Source: @aws-sdk/client-bedrock 3.1164.0, types (read 2026-11-23). */
async function targetsOf(arn: string, client: BedrockClient, abortSignal: AbortSignal): Promise<readonly string[]> {
  switch (modelKind(arn)) {
    case 'application-inference-profile': {
      const { models } = await client.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier: arn }), {
        abortSignal,
      });
      return modelsOfProfile(arnsIn(models ?? []));
    }
    case 'prompt-router': {
      const { models, fallbackModel } = await client.send(new GetPromptRouterCommand({ promptRouterArn: arn }), {
        abortSignal,
      });
      return arnsIn([...(models ?? []), ...(fallbackModel === undefined ? [] : [fallbackModel])]);
    }
    case 'provisioned-model': {
      const { foundationModelArn } = await client.send(
        new GetProvisionedModelThroughputCommand({ provisionedModelId: arn }),
        { abortSignal },
      );
      return arnsIn([{ modelArn: foundationModelArn }]);
    }
    case 'custom-model-deployment': {
      const { modelArn } = await client.send(
        new GetCustomModelDeploymentCommand({ customModelDeploymentIdentifier: arn }),
        { abortSignal },
      );
      return arnsIn([{ modelArn }]);
    }
    default:
      return [];
  }
}

function arnsIn(models: readonly { readonly modelArn?: string | undefined }[]): readonly string[] {
  return models.flatMap(({ modelArn }) => modelArn ?? []);
}
