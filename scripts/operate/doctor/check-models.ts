import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  BedrockClient,
  GetFoundationModelAvailabilityCommand,
  GetInferenceProfileCommand,
} from '@aws-sdk/client-bedrock';
import { defaultModelConfig } from '@genai-gateway/config';
import { readConfig } from '../config-push/compare.ts';
import { clientOptions, nameOf } from '../shared/aws.ts';
import { repositoryRoot } from '../shared/environment.ts';
import { type Finding, fail, ok, type Patient, warn } from './finding.ts';

export interface BedrockTarget {
  readonly modelId: string;
  readonly region: string;
}

/** The Bedrock models of the list that would be deployed, each once. */
export function bedrockTargets({ region, deployment, environment }: Patient): readonly BedrockTarget[] {
  const file = deployment?.models.configFile ?? environment['MODEL_CONFIG_FILE'];
  const text = file === undefined ? defaultModelConfig(region) : readFileSync(resolve(repositoryRoot, file), 'utf8');
  const { catalogue } = readConfig(text, file ?? `the model list of ${region}`, region);
  const targets = [...catalogue.aliases.values()].flatMap(({ deployments }) =>
    deployments.flatMap(({ deployment: target }) => target ?? []),
  );
  const byName = new Map(
    targets.map(({ modelId, region: place }) => [`${place} ${modelId}`, { modelId, region: place }]),
  );
  return [...byName.values()];
}

/** Whether the account may call each model where it would be called. */
export async function checkModels(patient: Patient): Promise<readonly Finding[]> {
  const targets = bedrockTargets(patient);
  if (targets.length === 0) return [ok('models', 'the list has no Bedrock model')];
  const findings: Finding[] = [];
  for (const target of targets) findings.push(await checkModel(target));
  return findings;
}

async function checkModel({ modelId, region }: BedrockTarget): Promise<Finding> {
  const about = `model ${modelId}`;
  const client = new BedrockClient(clientOptions(region));
  const profile = profileOf(modelId);
  if (profile !== undefined) {
    try {
      const { status } = await client.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier: modelId }));
      if (status !== 'ACTIVE')
        return fail(about, `its inference profile is ${status} in ${region}`, 'take another profile');
    } catch (error) {
      if (nameOf(error) !== 'ResourceNotFoundException' && nameOf(error) !== 'ValidationException') throw error;
      return fail(
        about,
        `there is no such inference profile in ${region}`,
        'aws bedrock list-inference-profiles tells which there are; mend the model list',
      );
    }
    if (profile === 'arn') return ok(about, `its inference profile is active in ${region}`);
  }
  return availabilityOf(client, modelId, region, profile);
}

/** `eu.` and its like stand before the id of the model; an ARN says nothing of it. */
function profileOf(modelId: string): string | undefined {
  if (modelId.startsWith('arn:')) return 'arn';
  return /^(us|us-gov|eu|apac|jp|au|ca|sa|global)\.(?=[a-z0-9-]+\.)/.exec(modelId)?.[1];
}

async function availabilityOf(
  client: BedrockClient,
  modelId: string,
  region: string,
  profile: string | undefined,
): Promise<Finding> {
  const about = `model ${modelId}`;
  const id = profile === undefined ? modelId : modelId.slice(profile.length + 1);
  const answer = await client.send(new GetFoundationModelAvailabilityCommand({ modelId: id }));
  const { agreementAvailability: agreement, authorizationStatus, entitlementAvailability, regionAvailability } = answer;
  const console_ = `https://${region}.console.aws.amazon.com/bedrock/home?region=${region}#/modelaccess`;
  // A profile calls the model in other regions, so that it may be missing in this one.
  if (regionAvailability !== 'AVAILABLE' && profile === undefined) {
    return fail(about, `Bedrock does not offer it in ${region}`, 'take an inference profile of it, or another region');
  }
  if (authorizationStatus !== 'AUTHORIZED') {
    return fail(about, 'the account is not authorised', `ask whoever holds the account's policies (SCP); ${console_}`);
  }
  if (agreement?.status !== 'AVAILABLE') {
    const says = `its agreement is ${agreement?.status ?? 'unknown'}`;
    return fail(about, says, `accept it, and fill in the use case where it is asked for: ${console_}`);
  }
  if (entitlementAvailability !== 'AVAILABLE') {
    return warn(about, 'the account has no entitlement yet', `it comes with the first call, or by ${console_}`);
  }
  return ok(about, `may be called from ${region}`);
}
