import { ACCOUNT } from '../bedrock-agent/prompt-identifier.ts';
import { invalid } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { knownModelIds } from '../models.ts';
import { type Answerable, silent } from '../operations.ts';
import { planReply } from '../reply/plan.ts';
import type { ControlRoute } from './control-routes.ts';
import { type BedrockResources, found, type SimulatedProfile } from './resources.ts';

/** Everything here was made at one time, so that equal requests get equal bytes. */
const MADE_AT = '2026-01-01T00:00:00Z';
const MAX_RESULTS = 100;

/** What an operation of the control plane answers; a script may bring a fault. Throws `BedrockError`. */
export function prepareControl(route: ControlRoute, resources: BedrockResources): Answerable {
  const body = answerOf(route, resources);
  return {
    plan: (script) => planReply(silent(0, ''), { text: '', ...script }),
    body: () => body,
    events: () => [],
  };
}

function answerOf({ operation, modelId, query }: ControlRoute, resources: BedrockResources): JsonObject {
  switch (operation) {
    case 'get-inference-profile':
      return profileOf(modelId, resources);
    case 'list-inference-profiles':
      return listOf(query, resources);
    case 'get-prompt-router': {
      const router = found(resources.promptRouters, modelId);
      const type = modelId.includes(':default-prompt-router/') ? 'default' : 'custom';
      return {
        ...times,
        fallbackModel: { modelArn: router.fallbackModelArn },
        models: router.modelArns.map((modelArn) => ({ modelArn })),
        promptRouterArn: router.arn,
        promptRouterName: nameOf(router.arn),
        routingCriteria: { responseQualityDifference: 10 },
        status: 'AVAILABLE',
        type,
      };
    }
    case 'get-provisioned-model-throughput': {
      const { arn, modelArn } = found(resources.provisionedModels, modelId);
      return {
        creationTime: MADE_AT,
        desiredModelArn: modelArn,
        desiredModelUnits: 1,
        foundationModelArn: modelArn,
        lastModifiedTime: MADE_AT,
        modelArn,
        modelUnits: 1,
        provisionedModelArn: arn,
        provisionedModelName: nameOf(arn),
        status: 'InService',
      };
    }
    case 'get-custom-model-deployment': {
      const { arn, modelArn } = found(resources.customModelDeployments, modelId);
      return {
        createdAt: MADE_AT,
        customModelDeploymentArn: arn,
        modelArn,
        modelDeploymentName: nameOf(arn),
        status: 'Active',
      };
    }
  }
}

const times = { createdAt: MADE_AT, updatedAt: MADE_AT };

/** By id or ARN; a system profile is there for each model that is hosted here. */
function profileOf(identifier: string, resources: BedrockResources): JsonObject {
  const system = /(?:^|:inference-profile\/)(us\.[^/]+)$/.exec(identifier)?.[1];
  const profile = systemProfiles().find(({ arn }) => system !== undefined && nameOf(arn) === system);
  if (profile !== undefined) return describe(profile, 'SYSTEM_DEFINED');
  return describe(found(resources.applicationProfiles, identifier), 'APPLICATION');
}

/** Pages as the API has them; the token is the number of those that were listed. */
function listOf(query: URLSearchParams, { applicationProfiles = [] }: BedrockResources): JsonObject {
  const type = query.get('type') ?? 'SYSTEM_DEFINED';
  if (type !== 'SYSTEM_DEFINED' && type !== 'APPLICATION') throw invalid(`There is no type of profiles '${type}'.`);
  const size = Number(query.get('maxResults') ?? MAX_RESULTS);
  const from = Number(query.get('nextToken') ?? 0);
  if (!Number.isInteger(size) || size < 1 || size > 1_000) throw invalid('maxResults must be between 1 and 1000.');
  if (!Number.isInteger(from) || from < 0) throw invalid('The nextToken is invalid.');
  const all = type === 'APPLICATION' ? applicationProfiles : systemProfiles();
  return {
    inferenceProfileSummaries: all.slice(from, from + size).map((profile) => describe(profile, type)),
    ...(from + size < all.length ? { nextToken: String(from + size) } : {}),
  };
}

function systemProfiles(): readonly SimulatedProfile[] {
  return knownModelIds.map((id) => ({
    arn: `arn:aws:bedrock:us-east-1:${ACCOUNT}:inference-profile/us.${id}`,
    modelArns: ['us-east-1', 'us-west-2'].map((region) => `arn:aws:bedrock:${region}::foundation-model/${id}`),
  }));
}

function describe({ arn, modelArns }: SimulatedProfile, type: 'SYSTEM_DEFINED' | 'APPLICATION'): JsonObject {
  return {
    ...times,
    inferenceProfileArn: arn,
    inferenceProfileId: nameOf(arn),
    inferenceProfileName: nameOf(arn),
    models: modelArns.map((modelArn) => ({ modelArn })),
    status: 'ACTIVE',
    type,
  };
}

function nameOf(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}
