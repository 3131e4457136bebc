import { EngineError } from './engine-error.ts';

/** An argument's value as the document wrote it: numbers keep their text, so that none is rounded. */
export type DocumentValue =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'enum'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly DocumentValue[] }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, DocumentValue> };

/** One selected field. `alias` is its name in the answer; `selection` is empty for a scalar. */
export interface DocumentField {
  readonly alias: string;
  readonly name: string;
  readonly arguments: ReadonlyMap<string, DocumentValue>;
  readonly selection: readonly DocumentField[];
}

/**
 * Reads a GraphQL document as prisma-client-python writes them: one operation with one root field,
 * arguments of literals only; no variables, fragments, directives or block strings. What it takes means
 * what it means in GraphQL (https://spec.graphql.org/October2021/, section 2, read 2026-11-23).
 * Throws {@link EngineError} P2009 for anything else, as the native engine does.
 */
export function parseDocument(source: string): DocumentField {
  const reader = new Reader(source);
  if (reader.peek() !== '{') {
    const operation = reader.name();
    if (operation !== 'query' && operation !== 'mutation') reader.fail('`query` or `mutation` was expected');
    if (reader.peek() !== '{') reader.name();
  }
  const [root, another] = reader.selection();
  if (root === undefined || another !== undefined) return reader.fail('one field at the root was expected');
  if (reader.peek() !== '') reader.fail('the end was expected');
  return root;
}

const namePattern = /[_A-Za-z][_0-9A-Za-z]*/y;
/** No sign of a longer number or of a name may follow, as the specification asks. */
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![.\w])/y;
const ignoredPattern = /(?:[\uFEFF\t\n\r ,]|#[^\n\r]*)*/y;
const loneSurrogate = /\p{Surrogate}/u;
const quote = 0x22;
const backslash = 0x5c;

class Reader {
  readonly #source: string;
  #position = 0;

  constructor(source: string) {
    this.#source = source;
  }

  fail(expectation: string): never {
    const found = this.#source.slice(this.#position, this.#position + 20);
    throw new EngineError('P2009', `Error parsing GraphQL query: ${expectation} at ${this.#position}: ${found}`);
  }

  /** The next character that counts, not taken yet; empty at the end. */
  peek(): string {
    this.#match(ignoredPattern);
    return this.#source.charAt(this.#position);
  }

  name(): string {
    this.peek();
    return this.#match(namePattern) ?? this.fail('a name was expected');
  }

  selection(): DocumentField[] {
    this.#take('{');
    const fields: DocumentField[] = [];
    do fields.push(this.#field());
    while (this.peek() !== '}');
    this.#take('}');
    return fields;
  }

  #field(): DocumentField {
    const alias = this.name();
    const name = this.#skip(':') ? this.name() : alias;
    const given = new Map<string, DocumentValue>();
    if (this.#skip('(')) {
      do this.#entry(given);
      while (!this.#skip(')'));
    }
    const selection = this.peek() === '{' ? this.selection() : [];
    return { alias, name, arguments: given, selection };
  }

  #entry(into: Map<string, DocumentValue>): void {
    const name = this.name();
    this.#take(':');
    into.set(name, this.#value());
  }

  #value(): DocumentValue {
    switch (this.peek()) {
      case '"':
        return { kind: 'string', value: this.#string() };
      case '[':
        return { kind: 'list', items: this.#list() };
      case '{':
        return { kind: 'object', fields: this.#object() };
    }
    const number = this.#match(numberPattern);
    if (number !== undefined) return { kind: 'number', text: number };
    const name = this.#match(namePattern) ?? this.fail('a value was expected');
    if (name === 'null') return { kind: 'null' };
    if (name === 'true' || name === 'false') return { kind: 'boolean', value: name === 'true' };
    return { kind: 'enum', name };
  }

  #list(): DocumentValue[] {
    this.#take('[');
    const items: DocumentValue[] = [];
    while (!this.#skip(']')) items.push(this.#value());
    return items;
  }

  #object(): Map<string, DocumentValue> {
    this.#take('{');
    const fields = new Map<string, DocumentValue>();
    while (!this.#skip('}')) this.#entry(fields);
    return fields;
  }

  /** The client writes strings as JSON, whose escapes are GraphQL's. A loop, for texts of megabytes. */
  #string(): string {
    if (this.#source.startsWith('"""', this.#position)) this.fail('a string on one line was expected');
    let end = this.#position + 1;
    for (let code = this.#source.charCodeAt(end); code !== quote; code = this.#source.charCodeAt(end)) {
      if (Number.isNaN(code)) this.fail('the end of this string is missing');
      end += code === backslash ? 2 : 1;
    }
    const text = this.#source.slice(this.#position, end + 1);
    const value = parseJsonString(text);
    if (value === undefined || loneSurrogate.test(value)) this.fail('a string was expected');
    this.#position = end + 1;
    return value;
  }

  #take(character: string): void {
    if (!this.#skip(character)) this.fail(`\`${character}\` was expected`);
  }

  #skip(character: string): boolean {
    if (this.peek() !== character) return false;
    this.#position += 1;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#source)?.[0];
    this.#position += found?.length ?? 0;
    return found;
  }
}

function parseJsonString(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
