import type { Template } from '../../../proof/templates.ts';

/** An object that a template applies, with the resource that it stands in. */
export interface AppliedObject {
  readonly resource: string;
  readonly object: Readonly<Record<string, unknown>>;
}

/** Every object that a template applies to a cluster. What only a deployment knows is a text in the form of a name. */
export function manifestsIn({ Resources }: Pick<Template, 'Resources'>): readonly AppliedObject[] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'Custom::AWSCDK-EKS-KubernetesResource')
    .flatMap(([resource, { Properties }]) =>
      (JSON.parse(written(Properties?.['Manifest'])) as AppliedObject['object'][]).map((object) => ({
        resource,
        object,
      })),
    );
}

function written(value: unknown): string {
  if (typeof value === 'string') return value;
  const joined = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  if (joined !== undefined) return joined[1].map(written).join(joined[0]);
  return 'known-on-deployment';
}
