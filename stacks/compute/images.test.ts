import type { Deployment } from '@genai-gateway/config';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { describe, expect, it } from 'vitest';
import { sampleDeployment } from '../testing/sample-deployment.ts';
import { gatewayImage, litellmImage, type ServiceImage } from './images.ts';

const digest = `sha256:${'0'.repeat(64)}`;

function build(deployment: Deployment) {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [], 'aws:cdk:disable-asset-staging': true } });
  const stack = new Stack(app, 'Images', { env: { account: '111122223333', region: deployment.region } });
  const images = { gateway: gatewayImage(stack, deployment), litellm: litellmImage(stack, deployment) };
  return { app, stack, images };
}

function assetsOf(app: App): Record<string, unknown>[] {
  const [manifest] = app.synth().artifacts.flatMap((each) => ('contents' in each ? [each.contents] : [])) as {
    dockerImages?: Record<string, { source: Record<string, unknown> }>;
  }[];
  return Object.values(manifest?.dockerImages ?? {}).map(({ source }) => source);
}

describe.each([
  ['arm', 'linux/arm64'],
  ['x86', 'linux/amd64'],
] as const)('images that are not given, for %s', (architecture, platform) => {
  it('are built on what containers/images.json names, for that processor', () => {
    const sources = assetsOf(build({ ...sampleDeployment, architecture }).app);
    expect(sources).toEqual([
      expect.objectContaining({
        platform,
        dockerBuildArgs: { NODE_IMAGE: expect.stringMatching(/^gcr\.io\/distroless\/nodejs24-\w+:nonroot/) },
      }),
      expect.objectContaining({
        platform,
        dockerBuildArgs: { LITELLM_IMAGE: expect.stringMatching(/^ghcr\.io\/berriai\/litellm-non_root:v1\.106\.2/) },
      }),
    ]);
  });
});

describe('images that are given', () => {
  const given = (uri: string) => {
    const deployment = {
      ...sampleDeployment,
      gateway: { ...sampleDeployment.gateway, image: uri },
      litellm: { ...sampleDeployment.litellm, image: uri },
    };
    return build(deployment);
  };
  const policyFor = (stack: Stack, image: ServiceImage) => {
    new FargateTaskDefinition(stack, 'Task').addContainer('it', { image: image.containerImage });
    return JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  };

  it('are taken as they are, and nothing is built', () => {
    const { app, images } = given(`ghcr.io/example/gateway@${digest}`);
    expect(images.gateway.uri).toBe(`ghcr.io/example/gateway@${digest}`);
    expect(assetsOf(app)).toEqual([]);
  });

  it('of ECR: the role of the task may pull from that repository, in whichever account it is', () => {
    const { stack, images } = given(`444455556666.dkr.ecr.us-east-1.amazonaws.com/team/gateway@${digest}`);
    expect(policyFor(stack, images.gateway)).toContain('arn:aws:ecr:us-east-1:444455556666:repository/team/gateway');
  });

  it('of another registry: no role is needed', () => {
    const { stack, images } = given(`ghcr.io/example/gateway@${digest}`);
    expect(policyFor(stack, images.gateway)).toBe('{}');
  });
});
