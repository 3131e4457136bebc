import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Check, faultIf } from '../fault.ts';

/** Files that are read when the stacks are built. */
export const checkFiles: Check = ({ variables, folder }) => {
  if (folder === undefined) return [];
  return (['MODEL_CONFIG_FILE', 'EKS_ALB_CONTROLLER_CHART'] as const).map((name) => {
    const path = variables[name];
    return faultIf(
      path !== undefined && !existsSync(resolve(folder, path)),
      [name],
      `${name} is ${path}, and there is no such file in ${folder}. Write its path from there, or the whole one.`,
    );
  });
};
