import { execFileSync } from 'node:child_process';
import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { builtImage, type ServiceImage } from '../compute/images.ts';
import { inRepository } from '../repository.ts';

const folder = 'containers/simulators';

/** The image of the simulated providers. Its program is bundled here, because nothing else needs it. */
export function simulatorsImage(stack: Stack, deployment: Deployment): ServiceImage {
  if (stack.bundlingRequired) bundle();
  return builtImage(stack, 'Image', deployment, {
    folder,
    files: ['Dockerfile', 'dist'],
    base: { argument: 'NODE_IMAGE', image: 'node' },
  });
}

function bundle(): void {
  execFileSync(process.execPath, [
    inRepository('node_modules/esbuild/bin/esbuild'),
    inRepository('packages/simulators/src/main.ts'),
    '--bundle',
    '--platform=node',
    '--target=node24',
    '--format=esm',
    // What of it is CommonJS asks for Node's own modules.
    "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    `--outfile=${inRepository(folder, 'dist/main.mjs')}`,
    '--log-level=warning',
  ]);
}
