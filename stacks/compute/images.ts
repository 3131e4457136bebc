import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Deployment } from '@genai-gateway/config';
import { IgnoreMode, type Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { inRepository } from '../repository.ts';

/** Node in the gateway's image, which is distroless. */
export const nodeProgram = '/nodejs/bin/node';

/** Who runs in a container, by number: nobody of the host's. */
export const containerUser = 65_532;

export interface ServiceImage {
  /** As a manifest of Kubernetes names it. */
  readonly uri: string;
  readonly containerImage: ContainerImage;
}

/** The gateway's image: the one that is given, else one that is built from `containers/gateway` on deployment. */
export function gatewayImage(stack: Stack, deployment: Deployment): ServiceImage {
  const { image } = deployment.gateway;
  if (image !== undefined) return givenImage(stack, 'GatewayImage', image);
  if (stack.bundlingRequired) bundleGateway();
  return builtImage(stack, 'GatewayImage', deployment, {
    folder: 'containers/gateway',
    files: ['Dockerfile', 'dist'],
    base: { argument: 'NODE_IMAGE', image: 'node' },
  });
}

/** LiteLLM's image: the one that is given, else one that is built from `containers/litellm` on deployment. */
export function litellmImage(stack: Stack, deployment: Deployment): ServiceImage {
  const { image } = deployment.litellm;
  if (image !== undefined) return givenImage(stack, 'LitellmImage', image);
  return builtImage(stack, 'LitellmImage', deployment, {
    folder: 'containers/litellm',
    files: ['Dockerfile', 'start.py', 'rds-ca.pem'],
    base: { argument: 'LITELLM_IMAGE', image: 'litellm' },
  });
}

export interface ImageSource {
  readonly folder: string;
  /** What goes into the image: nothing else of the folder makes it another one. */
  readonly files: readonly string[];
  /** The build argument that names the image it stands on, and that image in `containers/images.json`. */
  readonly base: { readonly argument: string; readonly image: string };
}

/** An image that is built on deployment, for the processor of the deployment. */
export function builtImage(stack: Stack, id: string, deployment: Deployment, source: ImageSource): ServiceImage {
  const asset = new DockerImageAsset(stack, id, {
    directory: inRepository(source.folder),
    exclude: ['*', ...source.files.map((file) => `!${file}`)],
    ignoreMode: IgnoreMode.DOCKER,
    platform: deployment.architecture === 'arm' ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
    buildArgs: { [source.base.argument]: pinnedImage(source.base.image) },
  });
  return { uri: asset.imageUri, containerImage: ContainerImage.fromDockerImageAsset(asset) };
}

/** An image of ECR needs a role that may pull it, which CDK sees to where it knows the repository; others are public. */
function givenImage(stack: Stack, id: string, uri: string): ServiceImage {
  const parts = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^@:]+)@(sha256:[0-9a-f]{64})$/.exec(uri);
  if (parts === null) return { uri, containerImage: ContainerImage.fromRegistry(uri) };
  const [, account, region, repositoryName = '', digest = ''] = parts;
  const repository = Repository.fromRepositoryAttributes(stack, id, {
    repositoryName,
    repositoryArn: `arn:aws:ecr:${region}:${account}:repository/${repositoryName}`,
  });
  return { uri, containerImage: ContainerImage.fromEcrRepository(repository, digest) };
}

interface ImagePin {
  readonly repository: string;
  readonly tag: string;
  /** `sha256:…`; null: nobody has asked the registry yet. Production stages demand it. */
  readonly digest: string | null;
}

function pinnedImage(name: string): string {
  const pins = JSON.parse(readFileSync(inRepository('containers/images.json'), 'utf8')) as Record<string, ImagePin>;
  const pin = pins[name];
  if (pin === undefined) throw new Error(`containers/images.json has no image named ${name}.`);
  return pin.digest === null ? `${pin.repository}:${pin.tag}` : `${pin.repository}:${pin.tag}@${pin.digest}`;
}

let isBundled = false;

/** Makes `containers/gateway/dist`, once per process. Tests that want no assets go without. */
function bundleGateway(): void {
  if (isBundled) return;
  execFileSync('npm', ['run', '--silent', 'bundle'], { cwd: inRepository(), stdio: ['ignore', 'inherit', 'inherit'] });
  isBundled = true;
}
