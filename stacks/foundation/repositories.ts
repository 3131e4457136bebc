import type { Deployment } from '@genai-gateway/config';
import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagMutability } from 'aws-cdk-lib/aws-ecr';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { uniqueName } from '../names.ts';
import type { Foundation } from './foundation.ts';

/** How many images of a repository stay for going back to an earlier one. */
const KEPT_IMAGES = 20;

/**
 * Repositories for images that are built elsewhere and deployed by digest (GATEWAY_IMAGE, LITELLM_IMAGE). They go with
 * the stack in every stage: their images can be built again, and a repository that stayed would be in the way of the
 * next deployment, because whoever pushes has to know its name.
 */
export function makeRepositories(stack: Stack, deployment: Deployment, key: IKey): Foundation['repositories'] {
  const make = (id: string, name: string) =>
    new Repository(stack, id, {
      repositoryName: uniqueName(`genai-gateway/${name}`, deployment),
      imageScanOnPush: true,
      imageTagMutability: TagMutability.IMMUTABLE,
      encryption: RepositoryEncryption.KMS,
      encryptionKey: key,
      lifecycleRules: [{ description: `The newest ${KEPT_IMAGES} images`, maxImageCount: KEPT_IMAGES }],
      removalPolicy: RemovalPolicy.DESTROY,
      emptyOnDelete: true,
    });
  return { gateway: make('GatewayImages', 'gateway'), litellm: make('LitellmImages', 'litellm') };
}
