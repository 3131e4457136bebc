import { readFileSync } from 'node:fs';
import { deploymentPass, type ImagePins, readDeployment } from '@genai-gateway/config';
import type { SSTConfig } from 'sst';
import { buildGateway } from './stacks/gateway-app.ts';
import { buildGlobalApp } from './stacks/global/global-app.ts';
import { inRepository } from './stacks/repository.ts';

/** Read by the SST command line: `npx sst deploy --stage prod`. Variables: docs/deployment-variables.md. */
const config: SSTConfig = {
  config: (given) => ({
    name: 'genai-gateway',
    region: given.region ?? process.env['AWS_REGION'] ?? 'us-east-1',
    ...(given.stage === undefined ? {} : { stage: given.stage }),
  }),
  stacks: (app) => {
    const { kind, region, env } = deploymentPass({ region: app.region, env: process.env });
    const deployment = readDeployment({
      stage: app.stage,
      region,
      env,
      imagePins: readImagePins(),
      folder: inRepository(),
    });
    if (kind === 'global') buildGlobalApp(app, deployment);
    else buildGateway(app, deployment);
  },
};

function readImagePins(): ImagePins {
  return JSON.parse(readFileSync(inRepository('containers/images.json'), 'utf8')) as ImagePins;
}

export default config;
