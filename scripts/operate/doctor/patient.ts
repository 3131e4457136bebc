import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, type Deployment, type ImagePins, readDeployment } from '@genai-gateway/config';
import { repositoryRoot } from '../shared/environment.ts';

/** The configuration as a deployment from here would read it, or everything that is wrong with it. */
export function configurationOf(
  stage: string,
  region: string,
  env: NodeJS.ProcessEnv,
): { readonly deployment: Deployment | undefined; readonly problems: readonly string[] } {
  try {
    return { deployment: readDeployment({ stage, region, env, imagePins: readImagePins() }), problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { deployment: undefined, problems: error.problems };
  }
}

/** containers/images.json; undefined: there is none that can be read. */
export function readImagePins(): ImagePins | undefined {
  try {
    return JSON.parse(readFileSync(join(repositoryRoot, 'containers/images.json'), 'utf8')) as ImagePins;
  } catch {
    return undefined;
  }
}
