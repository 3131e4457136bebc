import { text } from './json.ts';
import type { Place, RawResource, Template, Templates } from './templates.ts';

/**
 * A resource with its intrinsic functions worked out. What only AWS can know stands between ‹ and ›: `‹network/Vpc›`
 * for a Ref, `‹network/Vpc.CidrBlock›` for an attribute, the same whichever stack it is seen from.
 */
export interface Resource {
  /** Such as `network/Vpc8378EB38`. */
  readonly id: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** The construct's path, for people; the id where there is none. */
  readonly path: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly deletionPolicy: string | undefined;
  readonly updateReplacePolicy: string | undefined;
  readonly dependsOn: readonly string[];
}

/**
 * Works out every template of a deployment, exports and nested stacks included. Of `known` are resources that were worked
 * out before and may stay as they are: only where nothing was changed but other resources.
 */
export function resolveTemplates(
  templates: Templates,
  place: Place,
  known: ReadonlyMap<RawResource, Resource> = new Map(),
): ReadonlyMap<RawResource, Resource> {
  const resolver = new Resolver(templates, place);
  return new Map(
    Object.entries(templates).flatMap(([stack, template]) =>
      Object.entries(template.Resources).map(([logicalId, raw]) => [
        raw,
        known.get(raw) ?? {
          id: `${stack}/${logicalId}`,
          stack,
          logicalId,
          type: raw.Type,
          path: text(raw.Metadata, 'aws:cdk:path') ?? `${stack}/${logicalId}`,
          properties: resolver.resolve(raw.Properties ?? {}, stack) as Record<string, unknown>,
          deletionPolicy: raw.DeletionPolicy,
          updateReplacePolicy: raw.UpdateReplacePolicy,
          dependsOn: [raw.DependsOn ?? []].flat().map((each) => `${stack}/${each}`),
        },
      ]),
    ),
  );
}

/** The id of the resource that a resolved value refers to: `network/Vpc` of `‹network/Vpc.CidrBlock›`. */
export function referredTo(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return /^‹([^‹›.]+)(?:\.[^‹›]+)?›$/.exec(value)?.[1];
}

/** The ids of all resources that are named anywhere in a resolved text. */
export function allReferredTo(value: string): readonly string[] {
  return [...value.matchAll(/‹([^‹›.]+)(?:\.[^‹›]+)?›/g)].map((match) => match[1] ?? '');
}

class Resolver {
  readonly #templates: Templates;
  readonly #place: Place;
  readonly #exports = new Map<string, { stack: string; value: unknown }>();

  constructor(templates: Templates, place: Place) {
    this.#templates = templates;
    this.#place = place;
    for (const [stack, template] of Object.entries(templates)) {
      for (const output of Object.values(template.Outputs ?? {})) {
        const name = this.resolve(output.Export?.Name, stack);
        if (typeof name === 'string') this.#exports.set(name, { stack, value: output.Value });
      }
    }
  }

  resolve(value: unknown, stack: string): unknown {
    if (Array.isArray(value)) {
      return value.map((each) => this.resolve(each, stack)).filter((each) => each !== undefined);
    }
    if (typeof value !== 'object' || value === null) return value;
    const [only, ...others] = Object.entries(value);
    if (only !== undefined && others.length === 0) {
      const [name, argument] = only;
      if (name === 'Ref') return this.#ref(String(argument), stack);
      if (name.startsWith('Fn::')) return this.#call(name.slice(4), argument, stack);
    }
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => {
        const resolved = this.resolve(inner, stack);
        return resolved === undefined ? [] : [[key, resolved]];
      }),
    );
  }

  #call(name: string, argument: unknown, stack: string): unknown {
    const parts = Array.isArray(argument) ? argument : [argument];
    switch (name) {
      case 'GetAtt': {
        const [id = '', ...attribute] = typeof argument === 'string' ? argument.split('.') : parts.map(String);
        return this.#attribute(id, attribute.join('.'), stack);
      }
      case 'ImportValue': {
        const exported = this.#exports.get(String(this.resolve(argument, stack)));
        if (exported === undefined)
          throw new Error(`${stack} imports ${JSON.stringify(argument)}: nothing exports it.`);
        return this.resolve(exported.value, exported.stack);
      }
      case 'Join': {
        const pieces = this.resolve(parts[1], stack);
        if (!Array.isArray(pieces)) return `‹Join ${String(pieces)}›`;
        return pieces.map(asText).join(String(parts[0]));
      }
      case 'Sub': {
        const [pattern, given] = parts as [string, Record<string, unknown> | undefined];
        return pattern.replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, key: string) => {
          if (literal !== '') return `\${${key}}`;
          if (given !== undefined && key in given) return asText(this.resolve(given[key], stack));
          if (key.includes('.')) return asText(this.#call('GetAtt', key, stack));
          return asText(this.#ref(key, stack) ?? whole);
        });
      }
      case 'Select': {
        const from = this.resolve(parts[1], stack);
        if (Array.isArray(from)) return from[Number(parts[0])];
        return `‹Select ${String(parts[0])} of ${bare(asText(from))}›`;
      }
      case 'Split': {
        const whole = this.resolve(parts[1], stack);
        return typeof whole === 'string' ? splitOutside(whole, String(parts[0])) : whole;
      }
      case 'If': {
        const [condition, yes, no] = parts;
        return this.resolve(this.#holds({ Condition: condition }, stack) ? yes : no, stack);
      }
      case 'FindInMap': {
        const [map, first, second] = parts.map((each) => asText(this.resolve(each, stack))) as [string, string, string];
        return this.resolve(this.#template(stack).Mappings?.[map]?.[first]?.[second], stack) ?? `‹FindInMap ${map}›`;
      }
      case 'GetAZs':
        return ['a', 'b', 'c'].map((letter) => `${this.#place.region}${letter}`);
      case 'Base64':
        return this.resolve(argument, stack);
      default:
        return `‹${name} ${bare(JSON.stringify(this.resolve(argument, stack)))}›`;
    }
  }

  #ref(name: string, stack: string): unknown {
    switch (name) {
      case 'AWS::Region':
        return this.#place.region;
      case 'AWS::AccountId':
        return this.#place.account;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::NoValue':
        return undefined;
    }
    const parameter = this.#template(stack).Parameters?.[name];
    if (parameter === undefined) return `‹${stack}/${name}›`;
    const [parent, nestedId] = parentOf(stack);
    const given = parent === undefined ? undefined : this.#argument(parent, nestedId, name);
    return given ?? parameter.Default ?? `‹${stack}/${name}›`;
  }

  /** What the parent hands to a parameter of its nested stack. */
  #argument(parent: string, nestedId: string, name: string): unknown {
    const nested = this.#template(parent).Resources[nestedId];
    const given = nested?.Properties?.['Parameters'] as Record<string, unknown> | undefined;
    return this.resolve(given?.[name], parent);
  }

  #attribute(id: string, attribute: string, stack: string): unknown {
    const output = /^Outputs\.(.+)$/.exec(attribute)?.[1];
    const nested = `${stack}/${id}`;
    if (output !== undefined && nested in this.#templates) {
      return this.resolve(this.#template(nested).Outputs?.[output]?.Value, nested);
    }
    return `‹${stack}/${id}.${attribute}›`;
  }

  #holds(condition: unknown, stack: string): boolean {
    const [[name, argument]] = Object.entries(condition as Record<string, unknown>) as [[string, unknown]];
    const parts = argument as unknown[];
    switch (name) {
      case 'Condition':
        return this.#holds(this.#template(stack).Conditions?.[String(argument)], stack);
      case 'Fn::Equals':
        return this.resolve(parts[0], stack) === this.resolve(parts[1], stack);
      case 'Fn::Not':
        return !this.#holds(parts[0], stack);
      case 'Fn::And':
        return parts.every((each) => this.#holds(each, stack));
      case 'Fn::Or':
        return parts.some((each) => this.#holds(each, stack));
      default:
        throw new Error(`${stack} has a condition that is not read here: ${name}.`);
    }
  }

  #template(stack: string): Template {
    const found = this.#templates[stack];
    if (found === undefined) throw new Error(`There is no template of ${stack}.`);
    return found;
  }
}

function parentOf(stack: string): [parent: string | undefined, nestedId: string] {
  const cut = stack.lastIndexOf('/');
  return cut === -1 ? [undefined, ''] : [stack.slice(0, cut), stack.slice(cut + 1)];
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function bare(value: string): string {
  return value.replaceAll('‹', '').replaceAll('›', '');
}

/** Splits, but not within what only AWS can know. */
function splitOutside(whole: string, delimiter: string): readonly string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (let index = 0; index < whole.length; index += 1) {
    if (depth === 0 && whole.startsWith(delimiter, index)) {
      parts.push('');
      index += delimiter.length - 1;
      continue;
    }
    const letter = whole[index] ?? '';
    if (letter === '‹') depth += 1;
    if (letter === '›') depth -= 1;
    parts[parts.length - 1] += letter;
  }
  return parts;
}
