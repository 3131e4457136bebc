/** A statement of a policy in a template. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Every statement of every policy of roles, resources and keys in a template, with the resource that it stands in. */
export function statementsOf(template: {
  readonly [section: string]: unknown;
}): readonly { readonly logicalId: string; readonly type: string; readonly statement: Statement }[] {
  const resources = (template['Resources'] ?? {}) as Readonly<Record<string, Resource>>;
  return Object.entries(resources).flatMap(([logicalId, { Type: type, Properties }]) =>
    statementsIn(Properties).map((statement) => ({ logicalId, type, statement })),
  );
}

export function listOf<Item>(value: Item | readonly Item[] | undefined): readonly Item[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Item[]) : [value as Item];
}

/** Statements that allow an action with a `*` in it; those of a key's own account and of CDK's emptying of buckets apart. */
export function wildActions(template: { readonly [section: string]: unknown }): readonly string[] {
  return statementsOf(template).flatMap(({ logicalId, type, statement }) =>
    statement.Effect === 'Deny' || type === 'AWS::KMS::Key'
      ? []
      : listOf(statement.Action)
          .filter((action) => action.includes('*'))
          .map((action) => `${logicalId} ${action}`),
  );
}

/** Actions that a role may do to every resource there is, as `logicalId action`. */
export function wildResources(template: { readonly [section: string]: unknown }): readonly string[] {
  return statementsOf(template).flatMap(({ logicalId, type, statement }) =>
    statement.Effect === 'Deny' || type === 'AWS::KMS::Key' || !listOf(statement.Resource).includes('*')
      ? []
      : listOf(statement.Action).map((action) => `${logicalId} ${action}`),
  );
}

function statementsIn(value: unknown): readonly Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  const record = value as Readonly<Record<string, unknown>>;
  if (record['Effect'] !== undefined && record['Action'] !== undefined) return [record as unknown as Statement];
  return Object.values(record).flatMap(statementsIn);
}
