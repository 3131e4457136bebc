/** What the translation has to know of a Prisma schema: which fields hold JSON, and where relations lead. */
export interface Datamodel {
  /** Model → field → the name of its type (`String`, `Json`, another model), without `[]` and `?`. */
  readonly models: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The environment variable that the data source takes its URL from. */
  readonly urlVariable: string;
}

/**
 * Reads a schema that `prisma generate` has accepted, so its grammar is not checked again
 * (https://www.prisma.io/docs/orm/reference/prisma-schema-reference, as of 2026-11-23).
 */
export function parseDatamodel(schema: string): Datamodel {
  const models = new Map<string, ReadonlyMap<string, string>>();
  let urlVariable = 'DATABASE_URL';
  let fields: Map<string, string> | undefined;
  for (const line of schema.split('\n')) {
    const [, block, name] = /^\s*(model|view|enum|type|datasource|generator)\s+(\w+)\s*\{/.exec(line) ?? [];
    if (block !== undefined && name !== undefined) {
      fields = block === 'model' || block === 'view' ? new Map() : undefined;
      if (fields !== undefined) models.set(name, fields);
      continue;
    }
    // Comments begin with `//`, attributes of the model with `@@`: neither begins with a word.
    const [, field, type] = /^\s*(\w+)\s+(\w+)/.exec(line) ?? [];
    if (field !== undefined && type !== undefined) fields?.set(field, type);
    urlVariable = /^\s*url\s*=\s*env\("([^"]+)"\)/.exec(line)?.[1] ?? urlVariable;
  }
  return { models, urlVariable };
}
