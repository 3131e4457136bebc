import { createHash } from 'node:crypto';
import { type CfnResource, type CustomResource, Duration, type Stack } from 'aws-cdk-lib';
import { KubernetesManifest, KubernetesObjectValue } from 'aws-cdk-lib/aws-eks';
import type { IDependable } from 'constructs';
import type { EksCluster } from './cluster.ts';
import type { KubernetesObject } from './workloads/kubernetes-object.ts';

/** Applies objects, in their order, after what they depend on. Objects that are no longer among them are taken away. */
export function apply(
  stack: Stack,
  id: string,
  { cluster, access }: EksCluster,
  objects: readonly KubernetesObject[],
  after: readonly IDependable[],
): KubernetesManifest {
  const manifest = new KubernetesManifest(stack, id, {
    cluster,
    // CDK adds a label to each: to a copy, as the same object may be looked at elsewhere.
    manifest: objects.map((object) => structuredClone(object) as unknown as Record<string, unknown>),
    // What a deployment that failed left behind is taken over.
    overwrite: true,
  });
  manifest.node.addDependency(...access, ...after);
  return manifest;
}

/** What has to be seen in the cluster before a deployment goes on, else it fails and is rolled back. */
export interface Wish {
  readonly objectType: string;
  readonly objectName: string;
  readonly namespace: string;
  /** Empty until the wish is fulfilled. */
  readonly jsonPath: string;
  /** Below the 15 minutes of a Lambda function. */
  readonly timeoutSeconds: number;
}

/** Waits for it each time that `because` is another. */
export function waitFor(
  stack: Stack,
  id: string,
  { cluster }: EksCluster,
  wish: Wish,
  because: { readonly object: KubernetesObject; readonly manifest: KubernetesManifest },
): KubernetesObjectValue {
  const value = new KubernetesObjectValue(stack, id, {
    cluster,
    objectType: wish.objectType,
    objectName: wish.objectName,
    objectNamespace: wish.namespace,
    jsonPath: wish.jsonPath,
    timeout: Duration.seconds(wish.timeoutSeconds),
  });
  value.node.addDependency(because.manifest);
  // CloudFormation asks again only if a property differs.
  const resource = value.node.findChild('Resource') as CustomResource;
  (resource.node.defaultChild as CfnResource).addPropertyOverride('Because', hashOf(stack, because.object));
  return value;
}

/** Short, the same for the same content; what is known on deployment alone counts by its reference. */
export function hashOf(stack: Stack, value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(stack.resolve(value)))
    .digest('hex')
    .slice(0, 10);
}
