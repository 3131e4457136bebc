import { readDeployment } from '@genai-gateway/config';
import type { SSTConfig } from 'sst';
import { buildGateway } from './stacks/gateway-app.ts';

/** Read by the SST command line: `npx sst deploy --stage prod`. Variables: docs/deployment.md. */
const config: SSTConfig = {
  config: (given) => ({
    name: 'genai-gateway',
    region: given.region ?? process.env['AWS_REGION'] ?? 'us-east-1',
    ...(given.stage === undefined ? {} : { stage: given.stage }),
  }),
  stacks: (app) => buildGateway(app, readDeployment({ stage: app.stage, region: app.region, env: process.env })),
};

export default config;
