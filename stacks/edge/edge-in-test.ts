import type { Deployment, EntrancePlan } from '@genai-gateway/config';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { standInFoundation, standInFunctions, standInNetwork } from '../testing/parts.ts';
import { entrances, sampleDeployment } from '../testing/sample-deployment.ts';
import { buildEdge } from './build-edge.ts';

/** The edge of the sample deployment, changed; in a stack of its own. */
export function build(entrance: EntrancePlan, changes: Partial<Deployment> = {}) {
  const deployment = { ...sampleDeployment, ...changes, entrance };
  const app = new App();
  const stack = new Stack(app, 'X', { env: { account: '111122223333', region: deployment.region } });
  const edge = buildEdge(stack, deployment, {
    foundation: standInFoundation(stack),
    network: standInNetwork(stack),
    functions: standInFunctions(stack),
  });
  return { app, stack, edge };
}

export function templateOf(entrance: EntrancePlan, changes: Partial<Deployment> = {}): Template {
  return Template.fromStack(build(entrance, changes).stack);
}

/** Of all resources of a type. */
export function propertiesOf(template: Template, type: string) {
  return Object.values(template.findResources(type)).map(({ Properties }) => Properties);
}

export const { cloudfront, private: inside } = entrances;
export const domain = entrances['cloudfront-domain'];
export const direct = entrances['direct-alb'];
export const publicOrigin = { ...cloudfront, origin: 'public' } as const;
export const publicDomainOrigin = { ...domain, origin: 'public' } as const;
/** Every entrance, by its scenario. */
export const all: readonly (readonly [string, EntrancePlan])[] = [
  ['1', cloudfront],
  ['1, public origin', publicOrigin],
  ['2', domain],
  ['2, public origin', publicDomainOrigin],
  ['3', direct],
  ['4', inside],
];
export const behindCloudFront = all.slice(0, 4);
