import type { Deployment } from '@genai-gateway/config';
import type { App } from 'sst/constructs';
import { buildGlobal } from './build-global.ts';

/** The first pass of `npm run deploy`, in us-east-1. Its stack has the deployment's region in its name. */
export function buildGlobalApp(app: App, deployment: Deployment): void {
  app.stack(
    ({ stack }) => {
      // As in `gateway-app.ts`: nothing here is SST's own.
      stack.node.tryRemoveChild('CustomResourceHandler');
      return buildGlobal(stack, deployment);
    },
    { id: `global-${deployment.region}` },
  );
}
