import type { JsonObject } from '@genai-gateway/protocol';
import { invalidRequest, isRecord, type JsonRecord, MAX_JSON_DEPTH, nestsWithin } from '../json.ts';

/** A schema may not grow beyond this when its references are replaced by what they stand for. */
const MAX_NODES = 20_000;

/** Keys whose value is a map from names to schemas, and keys whose value is data and no schema. */
const schemaMaps = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions']);
const dataKeys = new Set(['const', 'enum', 'default', 'examples', 'example', 'required']);

/**
 * The JSON schema of a function's parameters in the form Bedrock takes: an object at the root, no
 * anyOf, oneOf or allOf there (their members' properties are put together), and no `$ref` (a
 * reference that comes back to itself becomes "anything of that type"). A schema that is so already
 * is given back as it is.
 * Throws `invalid-request` for references that lead nowhere, a root of another type, and schemas too large.
 */
export function parametersToSchema(parameters: unknown, param: string): JsonObject {
  if (parameters === undefined || parameters === null) return { type: 'object', properties: {} };
  if (!isRecord(parameters)) throw invalidRequest('The parameters of a function must be a JSON schema object.', param);
  const merged = mergeCombined(inlinedSchema(parameters, param).schema);
  const { type } = merged;
  if (type === 'object') return merged as JsonObject;
  if (type !== undefined && !(Array.isArray(type) && type.includes('object'))) {
    throw invalidRequest('The schema of a function must have "type": "object" at its root.', param);
  }
  return { ...(merged as JsonObject), type: 'object' };
}

/**
 * A JSON schema with every `$ref` replaced by what it stands for. `isRecursive`: one came back to itself, and was cut there.
 * Throws `invalid-request` for references that lead nowhere, and schemas too deep or too large.
 */
export function inlinedSchema(
  schema: JsonRecord,
  param: string,
): { readonly schema: JsonObject; readonly isRecursive: boolean } {
  if (!nestsWithin(schema, MAX_JSON_DEPTH)) {
    throw invalidRequest(`The schema nests deeper than ${MAX_JSON_DEPTH} levels; flatten it.`, param);
  }
  if ('$ref' in schema && typeof schema['$ref'] !== 'string') throw invalidRequest('A $ref must be a text.', param);
  if (!hasRef(schema)) return { schema: schema as JsonObject, isRecursive: false };
  const inliner = new Inliner(schema, param);
  return { schema: inliner.run() as JsonObject, isRecursive: inliner.isRecursive };
}

/** True when a `$ref` text is anywhere; one in data counts too, which only costs a copy. */
function hasRef(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasRef);
  if (!isRecord(value)) return false;
  return typeof value['$ref'] === 'string' || Object.values(value).some(hasRef);
}

class Inliner {
  readonly #root: JsonRecord;
  readonly #param: string;
  /** References that are being replaced now; '#' is the root itself. */
  readonly #open = new Set<string>(['#']);
  #nodes = 0;
  isRecursive = false;

  constructor(root: JsonRecord, param: string) {
    this.#root = root;
    this.#param = param;
  }

  run(): JsonRecord {
    const { $defs: _defs, definitions: _definitions, ...rest } = this.#root;
    return this.#schema(rest, 0) as JsonRecord;
  }

  #schema(value: unknown, depth: number): unknown {
    if (++this.#nodes > MAX_NODES || depth > 2 * MAX_JSON_DEPTH) {
      throw invalidRequest('The schema is too large once its references are followed; use fewer of them.', this.#param);
    }
    if (Array.isArray(value)) return value.map((item) => this.#schema(item, depth + 1));
    if (!isRecord(value)) return value;
    const ref = value['$ref'];
    if (typeof ref !== 'string') return this.#members(value, depth);
    const { $ref: _ref, ...siblings } = value;
    return { ...this.#target(ref, depth), ...this.#members(siblings, depth) };
  }

  #members(value: JsonRecord, depth: number): JsonRecord {
    // Object.fromEntries defines the keys, so that one named __proto__ stays data.
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        if (dataKeys.has(key)) return [key, item];
        if (!schemaMaps.has(key) || !isRecord(item)) return [key, this.#schema(item, depth + 1)];
        const map = Object.entries(item).map(([name, schema]) => [name, this.#schema(schema, depth + 2)] as const);
        return [key, Object.fromEntries(map)];
      }),
    );
  }

  #target(ref: string, depth: number): JsonRecord {
    const target = this.#lookUp(ref);
    if (this.#open.has(ref)) {
      this.isRecursive = true;
      return typeof target['type'] === 'string' ? { type: target['type'] } : {};
    }
    this.#open.add(ref);
    const inlined = this.#schema(target, depth + 1);
    this.#open.delete(ref);
    return isRecord(inlined) ? inlined : {};
  }

  #lookUp(ref: string): JsonRecord {
    let found: unknown = this.#root;
    if (ref !== '#') {
      const steps = ref.startsWith('#/') ? ref.slice(2).split('/') : ['no such step'];
      for (const step of steps) {
        const key = unescapePointer(step);
        const holder: unknown = found;
        found =
          typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
            ? Reflect.get(holder, key)
            : undefined;
      }
    }
    if (isRecord(found)) return found;
    throw invalidRequest(
      'A $ref of the schema leads nowhere. Only references into the same schema work, such as "#/$defs/Name".',
      this.#param,
    );
  }
}

function unescapePointer(step: string): string {
  let text = step;
  try {
    text = decodeURIComponent(step);
  } catch {
    // Not percent-encoded: taken as it stands.
  }
  return text.replace(/~1/g, '/').replace(/~0/g, '~');
}

/** Puts anyOf, oneOf and allOf of one schema together into one object schema that allows what each of them allows. */
function mergeCombined(schema: JsonRecord): JsonRecord {
  const { anyOf, oneOf, allOf, ...rest } = schema;
  const choices = records(anyOf).concat(records(oneOf)).map(mergeCombined);
  const parts = records(allOf).map(mergeCombined);
  if (anyOf === undefined && oneOf === undefined && allOf === undefined) return schema;
  // By the property's name, then by the schema's text: a flat list of any length, because nested ones could not be written.
  const forms = new Map<string, Map<string, unknown>>();
  for (const member of [rest, ...parts, ...choices]) {
    for (const [name, value] of Object.entries(isRecord(member['properties']) ? member['properties'] : {})) {
      const known = forms.get(name) ?? new Map<string, unknown>();
      const text = JSON.stringify(value);
      if (!known.has(text)) known.set(text, value);
      forms.set(name, known);
    }
  }
  const properties = [...forms].map(([name, known]): readonly [string, unknown] => {
    const [only, ...more] = known.values();
    return [name, more.length === 0 ? only : { anyOf: [only, ...more] }];
  });
  const always = [rest, ...parts].flatMap(requiredOf);
  const ofEach = choices.map((it) => new Set(requiredOf(it)));
  const inEach = [...(ofEach[0] ?? [])].filter((name) => ofEach.every((names) => names.has(name)));
  const required = [...new Set([...always, ...inEach])];
  return {
    ...rest,
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 ? { required } : {}),
  };
}

function records(value: unknown): JsonRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function requiredOf(schema: JsonRecord): string[] {
  const { required } = schema;
  return Array.isArray(required) ? required.filter((name): name is string => typeof name === 'string') : [];
}
