import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Deployment, defaultModelConfig } from '@genai-gateway/config';
import { inRepository } from '../repository.ts';

/**
 * LiteLLM's config.yaml of a deployment, as text: the deployer's file, by a path from the root of the repository, or
 * the default of its region. It goes to the config bucket, and says which models the roles may call.
 */
export function modelConfigOf({ models, region, litellm }: Pick<Deployment, 'models' | 'region' | 'litellm'>): string {
  if (models.configFile === undefined) return defaultModelConfig(region, Object.keys(litellm.providerKeys));
  return readFileSync(resolve(inRepository(), models.configFile), 'utf8');
}
