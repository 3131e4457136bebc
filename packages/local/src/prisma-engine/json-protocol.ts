import type { Datamodel } from './datamodel.ts';
import { EngineError } from './engine-error.ts';
import type { DocumentField, DocumentValue } from './graphql-document.ts';
import { isEngineJson } from './json-text.ts';
import { rawNumber } from './raw-number.ts';

/**
 * One operation in the engine's JSON protocol: `{ modelName: 'User', action: 'findMany', query: … }`.
 * https://github.com/prisma/prisma-engines/blob/main/query-engine/request-handlers/src/protocols/json (read 2026-11-23)
 */
export interface JsonQuery {
  readonly modelName?: string;
  readonly action: string;
  readonly query: JsonSelection;
}

interface JsonSelection {
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly selection: Readonly<Record<string, true | JsonSelection>>;
}

/** Whether an operation is raw SQL, whose results have another form. */
export function isRaw({ action }: JsonQuery): boolean {
  return action === 'queryRaw' || action === 'executeRaw';
}

const modelActions = [
  ...['findUnique', 'findUniqueOrThrow', 'findFirst', 'findFirstOrThrow', 'findMany', 'aggregate', 'groupBy'],
  ...['createOne', 'createMany', 'updateOne', 'updateMany', 'upsertOne', 'deleteOne', 'deleteMany'],
];

/** The translation for one data model: a document's root field → the operation in the JSON protocol. */
export type Translator = (root: DocumentField) => JsonQuery;

/**
 * Makes the {@link Translator} of a data model. It throws {@link EngineError} P2009 for an operation that the
 * data model does not have and for a null in place of JSON; everything else the engine checks itself.
 */
export function translatorFor({ models }: Datamodel): Translator {
  const operations = new Map<string, { readonly action: string; readonly model: string }>();
  for (const model of models.keys()) {
    for (const action of modelActions) {
      const [, verb, orThrow = ''] = /^(.+?)(OrThrow)?$/.exec(action) ?? [];
      operations.set(`${verb}${model}${orThrow}`, { action, model });
    }
  }
  return (root) => {
    const { name } = root;
    if (name === 'queryRaw' || name === 'executeRaw') {
      return { action: name, query: { arguments: mapObject(root.arguments, plainValue), selection: {} } };
    }
    const operation = operations.get(name);
    if (operation === undefined) throw new EngineError('P2009', `There is no operation ${name}.`);
    const query = selectionOf(models, operation.model, root);
    return { modelName: operation.model, action: operation.action, query };
  };
}

type Models = Datamodel['models'];

function selectionOf(models: Models, model: string, field: DocumentField): JsonSelection {
  const selection: [string, true | JsonSelection][] = field.selection.map((inner) => {
    const { name } = inner;
    if (inner.alias !== name)
      throw new EngineError('P2009', `The alias ${inner.alias} below the root is not supported.`);
    if (inner.selection.length === 0 && inner.arguments.size === 0) return [name, true];
    const related = models.get(model)?.get(name);
    return [name, selectionOf(models, related !== undefined && models.has(related) ? related : model, inner)];
  });
  // An order names JSON fields too, with `asc` or `desc` in place of a value.
  const given = mapObject(field.arguments, (value, name) =>
    name === 'orderBy' ? plainValue(value) : inputOf(models, model, value),
  );
  return { arguments: given, selection: Object.fromEntries(selection) };
}

/** Relation operations whose value holds inputs by name (`{ where, create }`) and is no input itself. */
const wrappers = new Set(['connectOrCreate', 'upsert', 'createMany', 'updateMany']);

/** The operators of a filter on JSON whose value is JSON itself. Others take plain text or a path. */
const jsonOperators = new Set([
  ...['equals', 'not', 'lt', 'lte', 'gt', 'gte'],
  ...['array_contains', 'array_starts_with', 'array_ends_with'],
  ...['set', 'push'],
]);

/**
 * In GraphQL a JSON value is a string that holds its text; the JSON protocol would store that string as a
 * JSON string. So at each place it has to be known whose fields the names are, and JSON fields are tagged. A
 * name alone does not tell: LiteLLM has models with a field called `data`.
 *
 * Here the names are fields of the model (or AND, OR, NOT, a compound key, whose names are fields again).
 */
function inputOf(models: Models, model: string, value: DocumentValue): unknown {
  const types = models.get(model);
  return mapFields(value, (inner, name) => {
    const type = types?.get(name);
    if (type === undefined) return inputOf(models, model, inner);
    if (type === 'Json') return jsonValue(inner, name);
    return models.has(type) ? relationOf(models, type, inner) : plainValue(inner);
  });
}

/** Here the names are `create`, `connect`, `update`, … or in a filter `some`, `is`, … */
function relationOf(models: Models, model: string, value: DocumentValue): unknown {
  return mapFields(value, (inner, name) => {
    const wrapped = wrappers.has(name) || (name === 'update' && isWhereAndData(inner));
    return wrapped ? mapFields(inner, (part) => inputOf(models, model, part)) : inputOf(models, model, inner);
  });
}

/** An `update` of a relation is `{ where, data }`, or the new values at once. A field `data` holds no object. */
function isWhereAndData(value: DocumentValue): boolean {
  if (value.kind === 'list') return true;
  return value.kind === 'object' && value.fields.get('data')?.kind === 'object';
}

/** JSON is a string of JSON text, a list of such, or a filter whose operators have such values. */
function jsonValue(value: DocumentValue, name: string): unknown {
  switch (value.kind) {
    case 'string':
      if (!isEngineJson(value.value)) throw new EngineError('P2009', `Field ${name}: this is no valid JSON`);
      return { $type: 'Json', value: value.value };
    case 'list':
      return value.items.map((item) => jsonValue(item, name));
    case 'object':
      return mapFields(value, (inner, operator) => {
        if (!jsonOperators.has(operator) || inner.kind === 'null') return plainValue(inner);
        return jsonValue(inner, name);
      });
    case 'null':
      // The engine refuses it in GraphQL (JSON's own null is the text `null`); in its JSON protocol it would store one.
      throw new EngineError('P2009', `Field ${name}: A value is required but not set`);
    default:
      return plainValue(value);
  }
}

/** A value in which no JSON can be. What is not tagged the engine reads by the type that it expects. */
function plainValue(value: DocumentValue): unknown {
  switch (value.kind) {
    case 'string':
    case 'boolean':
      return value.value;
    case 'null':
      return null;
    case 'number':
      return rawNumber(value.text);
    case 'enum':
      return { $type: 'Enum', value: value.name };
    case 'list':
      return value.items.map(plainValue);
    case 'object':
      return mapObject(value.fields, plainValue);
  }
}

type Convert = (value: DocumentValue, name: string) => unknown;

/** Converts the fields of an object, or of each object in a list; anything else is plain. */
function mapFields(value: DocumentValue, convert: Convert): unknown {
  if (value.kind === 'list') return value.items.map((item) => mapFields(item, convert));
  return value.kind === 'object' ? mapObject(value.fields, convert) : plainValue(value);
}

function mapObject(fields: ReadonlyMap<string, DocumentValue>, convert: Convert): Record<string, unknown> {
  return Object.fromEntries(Array.from(fields, ([name, value]) => [name, convert(value, name)]));
}
