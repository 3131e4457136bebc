import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, OperatorFailure } from '../shared/command.ts';
import type { Template } from './estimators/estimator.ts';

/** All templates of a folder and its folders: JSON files with `Resources`. Throws OperatorFailure where there are none. */
export function readTemplates(folder: string): Template[] {
  const found = globSync('**/*.json', { cwd: folder })
    .sort()
    .map((file) => parse(join(folder, file)))
    .filter((each) => each.Resources !== undefined);
  if (found.length > 0) return found;
  throw new OperatorFailure(
    `There are no templates in ${folder}.`,
    'name a folder that `npm run synth` has filled, such as .cache/synth/VARIANT, or .sst/dist after `npm run sst -- build`',
  );
}

function parse(file: string): Template {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Template;
  } catch (error) {
    throw new OperatorFailure(`${file} is no JSON: ${messageOf(error)}`, 'name a folder with templates alone');
  }
}
