import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inRepository } from '../../repository.ts';

/**
 * The folder of a Helm chart that was given as one, or as the `.tgz` that `helm pull` writes: CDK uploads folders, and
 * its helm function takes nothing else. Throws where there is no chart.
 */
export function chartFolder(given: string): string {
  const path = resolve(inRepository(), given);
  if (!existsSync(path)) throw new Error(`EKS_ALB_CONTROLLER_CHART names ${given}, and there is nothing at ${path}.`);
  const folder = statSync(path).isDirectory() ? path : unpacked(path);
  if (existsSync(join(folder, 'Chart.yaml'))) return folder;
  throw new Error(`EKS_ALB_CONTROLLER_CHART names ${given}, which is no Helm chart: it has no Chart.yaml.`);
}

/** What the archive holds, without the folder of the chart's name around it. */
function unpacked(archive: string): string {
  const hash = createHash('sha256').update(readFileSync(archive)).digest('hex').slice(0, 16);
  const folder = inRepository('.cache/charts', hash);
  if (existsSync(folder)) return folder;
  const begun = `${folder}.${process.pid}`;
  mkdirSync(begun, { recursive: true });
  execFileSync('tar', ['-xzf', archive, '-C', begun, '--strip-components=1']);
  renameSync(begun, folder);
  return folder;
}
