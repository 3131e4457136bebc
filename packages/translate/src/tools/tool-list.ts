import { isDeepStrictEqual } from 'node:util';
import type { ConverseTool, ConverseToolSpec } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { closedSchema } from './output-schema.ts';
import type { ToolNameMap } from './tool-names.ts';
import { parametersToSchema } from './tool-schema.ts';

/** A tool that a caller offers: what the APIs have in common, and what each calls its schema. */
interface CallersTool {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly strict?: boolean | null | undefined;
  readonly parameters?: unknown;
  readonly input_schema?: unknown;
}

/** The tools of a request in Converse's form, each once, with the cache points behind them. */
export class ToolList {
  readonly tools: ConverseTool[] = [];
  readonly #specs = new Map<string, ConverseToolSpec>();
  readonly #names: ToolNameMap;
  readonly #facts: ModelFacts;
  readonly #dropped: DroppedParams;

  constructor(names: ToolNameMap, facts: ModelFacts, dropped: DroppedParams) {
    this.#names = names;
    this.#facts = facts;
    this.#dropped = dropped;
  }

  /**
   * Adds the tool that stands at `place` of the request, and `point` behind it.
   * Throws `invalid-request` for another tool of a name that is taken, and for a schema that is none.
   */
  add(
    tool: CallersTool,
    schemaField: 'parameters' | 'input_schema',
    place: string,
    point: ConverseTool | undefined,
  ): void {
    const spec = this.#specOf(tool, tool[schemaField], `${place}.${schemaField}`);
    const known = this.#specs.get(spec.name);
    if (known === undefined) {
      this.#specs.set(spec.name, spec);
      this.tools.push({ toolSpec: spec });
    } else if (!isDeepStrictEqual(known, spec)) {
      throw invalidRequest('Two different tools have the same name; give each its own.', `${place}.name`);
    }
    if (point !== undefined) this.tools.push(point);
  }

  #specOf({ name, description, strict }: CallersTool, schema: unknown, place: string): ConverseToolSpec {
    const spec = { name: this.#names.upstream(name), description: description?.trim() ? description : name };
    const json = parametersToSchema(schema, place);
    if (strict === true) {
      const closed = this.#facts.strictTools ? closedSchema(json) : undefined;
      if (closed !== undefined) return { ...spec, inputSchema: { json: closed }, strict };
      this.#dropped.add('tools.strict');
    }
    return { ...spec, inputSchema: { json } };
  }
}
