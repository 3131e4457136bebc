import type { Deployment } from '@genai-gateway/config';
import type { App } from 'sst/constructs';
import { inStack } from '../in-stack.ts';
import { buildGlobal } from './build-global.ts';

/** The first pass of `npm run deploy`, in us-east-1. Its stack has the deployment's region in its name. */
export function buildGlobalApp(app: App, deployment: Deployment): void {
  inStack(app, `global-${deployment.region}`, (stack) => buildGlobal(stack, deployment));
}
