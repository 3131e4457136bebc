import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  ConfigError,
  type DeploymentSource,
  environmentFiles,
  type ImagePins,
  parseEnvironment,
  readDeployment,
} from '@genai-gateway/config';

/** Everything that is wrong with a deployment; each begins with the variable that it is about. */
export function problemsOf(source: DeploymentSource): readonly string[] {
  const root = resolve(import.meta.dirname, '../..');
  const file = resolve(root, 'containers/images.json');
  const imagePins = JSON.parse(readFileSync(file, 'utf8')) as ImagePins;
  try {
    readDeployment({ ...source, imagePins, folder: root });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** What no answer mends. */
export function isForLater(problem: string): boolean {
  return problem.includes('npm run pin-images');
}

/** The variables of a file. */
export function variablesOf(file: string): Record<string, string> {
  return parseEnvironment(readFileSync(file, 'utf8'));
}

/** What SST would see of a stage with that text in the file. */
export function environmentWith(
  file: string,
  text: string,
  { folder, stage }: { readonly folder: string; readonly stage: string },
): Record<string, string | undefined> {
  const layers = environmentFiles(stage).map((name) => {
    const each = resolve(folder, name);
    if (each === file) return parseEnvironment(text);
    return existsSync(each) ? variablesOf(each) : {};
  });
  return Object.assign({}, process.env, ...layers);
}
