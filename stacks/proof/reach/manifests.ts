import { at, list, text } from '../json.ts';
import type { System } from '../system.ts';

/** An object that is applied to the cluster. */
export interface Manifest {
  /** `<id of the resource>#<Kind>/<name>` */
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  /** Empty for what belongs to no namespace. */
  readonly namespace: string;
  readonly object: unknown;
}

/** Everything that the stacks apply to a cluster by CDK's KubernetesManifest. */
export function manifestsOf(system: System): readonly Manifest[] {
  return system.ofType('Custom::AWSCDK-EKS-KubernetesResource').flatMap(({ id, properties }) => {
    const written = text(properties, 'Manifest') ?? '[]';
    return list(JSON.parse(written)).map((object) => {
      const kind = text(object, 'kind') ?? '';
      const name = text(object, 'metadata', 'name') ?? '';
      return {
        id: `${id}#${kind}/${name}`,
        kind,
        name,
        namespace: text(object, 'metadata', 'namespace') ?? '',
        object: at(object),
      };
    });
  });
}
