import type { $SchemaRef, StaticSchema } from '@smithy/types';
import { BedrockError, invalid } from '../errors.ts';
import { isObject } from '../json.ts';
import { enumOf } from './schema-enums.ts';

/** How the AWS SDK writes simple shapes: https://github.com/smithy-lang/smithy-typescript, `sentinels.ts` (as of 2026-11-22). */
const STRING = 0;
const NUMBER = 1;
const BOOLEAN = 2;
const DOCUMENT = 15;
const BLOB = 21;
const STREAMING_BLOB = 42;
const LIST_OF = 64;
const MAP_OF = 128;

/** Canonical base64; AWS accepts no URL-safe alphabet and no missing padding. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

interface Walk {
  /** Constraint violations, all of which one answer names. */
  readonly violations: string[];
}

/** A place in a body: AWS writes constraints 1-based (`messages.1.member.role`), union errors 0-based (`messages.0`). */
interface Place {
  readonly member: string;
  readonly index: string;
}

/**
 * Checks a parsed body against a structure schema of `@aws-sdk/client-bedrock-runtime` or `…-agent`. Members that travel in the
 * path or in headers are not looked for. Throws `SerializationException` for a wrong type and `ValidationException`
 * for a missing member, a value outside an enum, or a union that does not have exactly one member.
 */
export function checkAgainstSchema(body: unknown, schema: $SchemaRef): void {
  const walk: Walk = { violations: [] };
  visit(body, schema, { member: '', index: '' }, walk, '');
  if (walk.violations.length > 0) throw constraintError(walk.violations);
}

/** The one error AWS makes of several violated constraints. */
export function constraintError(violations: readonly string[]): BedrockError {
  const errors = violations.length === 1 ? 'error' : 'errors';
  return invalid(`${violations.length} validation ${errors} detected: ${violations.join('; ')}`);
}

function visit(value: unknown, reference: $SchemaRef, place: Place, walk: Walk, enumKey: string): void {
  let schema: unknown = reference;
  // A member reference is a schema, a function that gives one, or either of them beside the member's traits.
  while (typeof schema === 'function' || (Array.isArray(schema) && typeof schema[0] !== 'number')) {
    schema = typeof schema === 'function' ? schema() : schema[0];
  }
  if (Array.isArray(schema) && schema.length === 2) schema = schema[0];
  if (typeof schema === 'number') visitSimple(value, schema, place, walk, enumKey);
  else visitShape(value, schema as StaticSchema, place, walk, enumKey);
}

function visitShape(value: unknown, schema: StaticSchema, place: Place, walk: Walk, enumKey: string): void {
  switch (schema[0]) {
    case 0:
      visit(value, schema[4], place, walk, enumKey);
      return;
    case 1:
      visitList(value, schema[4], place, walk, enumKey);
      return;
    case 2:
      visitMap(value, schema[5], place, walk, enumKey);
      return;
    case 4:
      visitUnion(value, schema[2], schema[4], schema[5], place, walk);
      return;
    case 3:
    case -3:
      visitStructure(value, schema[2], schema[4], schema[5], schema[6] ?? 0, place, walk);
      return;
    default:
      throw new TypeError(`no body has the schema kind ${schema[0]}`);
  }
}

function visitStructure(
  value: unknown,
  name: string,
  members: readonly string[],
  schemas: readonly $SchemaRef[],
  required: number,
  place: Place,
  walk: Walk,
): void {
  if (!isObject(value)) throw wrongType(value, 'a structure', place);
  for (const [at, member] of members.entries()) {
    const schema = schemas[at];
    if (schema === undefined || travelsOutsideTheBody(schema)) continue;
    const inner = child(place, member);
    const given = value[member];
    if (given !== undefined && given !== null) visit(given, schema, inner, walk, `${name}.${member}`);
    else if (at < required) {
      walk.violations.push(`Value at '${inner.member}' failed to satisfy constraint: Member must not be null`);
    }
  }
}

function visitUnion(
  value: unknown,
  name: string,
  members: readonly string[],
  schemas: readonly $SchemaRef[],
  place: Place,
  walk: Walk,
): void {
  if (!isObject(value)) throw wrongType(value, 'a structure', place);
  const present = members.filter((member) => value[member] !== undefined && value[member] !== null);
  const [only] = present;
  if (present.length !== 1 || only === undefined) {
    const howMany = present.length === 0 ? 'must set one' : 'must set only one';
    throw invalid(`${name} object at ${place.index} ${howMany} of the following keys: ${members.join(', ')}.`);
  }
  const schema = schemas[members.indexOf(only)];
  if (schema !== undefined) visit(value[only], schema, child(place, only), walk, `${name}.${only}`);
}

function visitList(value: unknown, schema: $SchemaRef, place: Place, walk: Walk, enumKey: string): void {
  if (!Array.isArray(value)) throw wrongType(value, 'a list', place);
  for (const [at, item] of value.entries()) {
    const inner = { member: `${place.member}.${at + 1}.member`, index: `${place.index}.${at}` };
    if (item !== null) visit(item, schema, inner, walk, enumKey);
    else walk.violations.push(`Value at '${inner.member}' failed to satisfy constraint: Member must not be null`);
  }
}

function visitMap(value: unknown, schema: $SchemaRef, place: Place, walk: Walk, enumKey: string): void {
  if (!isObject(value)) throw wrongType(value, 'a map', place);
  for (const [key, item] of Object.entries(value)) visit(item, schema, child(place, key), walk, enumKey);
}

function visitSimple(value: unknown, schema: number, place: Place, walk: Walk, enumKey: string): void {
  if (schema >= MAP_OF) {
    visitMap(value, (schema - MAP_OF) as $SchemaRef, place, walk, enumKey);
  } else if (schema >= LIST_OF) {
    visitList(value, (schema - LIST_OF) as $SchemaRef, place, walk, enumKey);
  } else if (schema === STRING) {
    if (typeof value !== 'string') throw wrongType(value, 'a String', place);
    checkEnum(value, place, walk, enumKey);
  } else if (schema === NUMBER) {
    if (typeof value !== 'number') throw wrongType(value, 'a Number', place);
  } else if (schema === BOOLEAN) {
    if (typeof value !== 'boolean') throw wrongType(value, 'a Boolean', place);
  } else if (schema === BLOB || schema === STREAMING_BLOB) {
    if (typeof value !== 'string' || !BASE64.test(value)) throw wrongType(value, 'a Blob (base64)', place);
  } else if (schema !== DOCUMENT) {
    throw new TypeError(`no request has the simple schema ${schema}`);
  }
}

function checkEnum(value: string, place: Place, walk: Walk, enumKey: string): void {
  const allowed = enumOf(enumKey);
  if (allowed === undefined || allowed.includes(value)) return;
  walk.violations.push(
    `Value '${value}' at '${place.member}' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${allowed.join(', ')}]`,
  );
}

/** Path labels carry the trait bits `1`, header members an object of traits. */
function travelsOutsideTheBody(schema: $SchemaRef): boolean {
  if (!Array.isArray(schema) || schema.length !== 2) return false;
  const traits: unknown = schema[1];
  return traits === 1 || (typeof traits === 'object' && traits !== null);
}

function child(place: Place, key: string): Place {
  return {
    member: place.member === '' ? key : `${place.member}.${key}`,
    index: place.index === '' ? key : `${place.index}.${key}`,
  };
}

function wrongType(value: unknown, wanted: string, place: Place): BedrockError {
  const given = value === null ? 'NULL' : Array.isArray(value) ? 'LIST' : typeof value;
  const where = place.index === '' ? 'the body' : place.index;
  return new BedrockError(
    'SerializationException',
    `${given.toUpperCase()}_VALUE cannot be converted to ${wanted} at ${where}`,
  );
}
