/** A JSON schema, or what OpenAPI has in its place. */
export type Schema = Readonly<Record<string, unknown>>;

/** The part of Kubernetes' OpenAPI document that is read. */
export interface OpenApi {
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** The part of a custom resource definition that is read. */
export interface ResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const metadataDefinition = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/**
 * Schemas of these kinds by the names of the files that kubeconform looks for. Strict: a field that a type does not have
 * is refused. Throws for a kind that the document does not have.
 */
export function schemasOfKinds(api: OpenApi, kinds: readonly GroupVersionKind[]): ReadonlyMap<string, Schema> {
  return new Map(
    kinds.map((wanted) => {
      const found = Object.entries(api.definitions).find(([, { 'x-kubernetes-group-version-kind': names }]) =>
        (names as readonly GroupVersionKind[] | undefined)?.some((each) => isSame(each, wanted)),
      );
      if (found === undefined)
        throw new Error(`Kubernetes has no ${wanted.kind} of ${wanted.group}/${wanted.version}.`);
      return [fileName(wanted), withDefinitions(api, { $ref: `#/definitions/${found[0]}` })];
    }),
  );
}

/** Schemas of a custom resource in all its versions, as strict; `metadata` is Kubernetes' own. */
export function schemasOfResource(api: OpenApi, { spec }: ResourceDefinition): ReadonlyMap<string, Schema> {
  return new Map(
    spec.versions.map(({ name, schema }) => {
      const own = strict(schema.openAPIV3Schema);
      const properties = {
        ...(own['properties'] as Schema),
        metadata: { $ref: `#/definitions/${metadataDefinition}` },
      };
      const gvk = { group: spec.group, version: name, kind: spec.names.kind };
      return [fileName(gvk), withDefinitions(api, { ...own, properties })];
    }),
  );
}

/** `<kind>-<first part of the group>-<version>.json`; without a group the version alone. */
function fileName({ group, version, kind }: GroupVersionKind): string {
  return `${[kind, ...(group === '' ? [] : [group.split('.')[0]]), version].join('-').toLowerCase()}.json`;
}

function isSame(one: GroupVersionKind, other: GroupVersionKind): boolean {
  return one.group === other.group && one.version === other.version && one.kind === other.kind;
}

function withDefinitions(api: OpenApi, schema: Schema): Schema {
  const definitions: Record<string, Schema> = {};
  const take = (value: unknown): void => {
    for (const name of referencesIn(value)) {
      if (definitions[name] !== undefined) continue;
      const definition = strict(api.definitions[name] ?? {});
      definitions[name] = definition;
      take(definition);
    }
  };
  take(schema);
  return { $schema: 'http://json-schema.org/draft-07/schema#', allOf: [schema], definitions };
}

function referencesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === '$ref' && typeof each === 'string' ? [each.replace('#/definitions/', '')] : referencesIn(each),
  );
}

/** The schema with every object closed that names its fields. Numbers may stand where Kubernetes takes either. */
function strict(schema: Schema): Schema {
  if (schema['format'] === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true) {
    return { anyOf: [{ type: 'integer' }, { type: 'string' }] };
  }
  const inner = Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => key !== 'description' && key !== 'format' && !key.startsWith('x-kubernetes-'))
      .map(([key, value]) => [key, strictPart(key, value)]),
  );
  const isOpen =
    schema['additionalProperties'] !== undefined || schema['x-kubernetes-preserve-unknown-fields'] === true;
  return schema['properties'] === undefined || isOpen ? inner : { ...inner, additionalProperties: false };
}

function strictPart(key: string, value: unknown): unknown {
  const isSchema = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (key === 'properties' && isSchema) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, strict(each as Schema)]));
  }
  if ((key === 'items' || key === 'additionalProperties') && isSchema) return strict(value as Schema);
  if ((key === 'allOf' || key === 'anyOf' || key === 'oneOf') && Array.isArray(value)) {
    return value.map((each) => strict(each as Schema));
  }
  return value;
}
