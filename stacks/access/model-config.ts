import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Deployment } from '@genai-gateway/config';
import { inRepository } from '../repository.ts';

/**
 * LiteLLM's config.yaml of a deployment, as text: the deployer's file, by a path from the root of the repository, or
 * the default of its region. It goes to the config bucket, and says which models the roles may call.
 */
export function modelConfigOf({ models, region }: Pick<Deployment, 'models' | 'region'>): string {
  if (models.configFile === undefined) throw new Error(`There is no default model list for ${region}. Set MODEL_CONFIG_FILE.`);
  return readFileSync(resolve(inRepository(), models.configFile), 'utf8');
}
