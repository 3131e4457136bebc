import type { ConverseOutputConfig, ConverseToolSpec, JsonObject, OpenaiChatRequest } from '@genai-gateway/protocol';
import { withoutUndefined } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { closedSchema } from '../tools/output-schema.ts';
import type { ToolNameMap } from '../tools/tool-names.ts';
import { inlinedSchema, parametersToSchema } from '../tools/tool-schema.ts';

/** Said where nothing else holds the model to JSON. */
export const JSON_NOTE =
  'Answer with one JSON object and nothing else: no words before or after it, and no Markdown around it.';

/** How a model is brought to answer in JSON. */
export type JsonAnswer =
  | { readonly by: 'config'; readonly outputConfig: ConverseOutputConfig }
  /** A tool whose input is the answer. */
  | { readonly by: 'tool'; readonly toolSpec: ConverseToolSpec }
  /** Goes after the caller's system text. */
  | { readonly by: 'note'; readonly note: string };

const SCHEMA = 'response_format.json_schema.schema';

/**
 * `response_format` by the best that the model has: its own structured output, else a tool whose input is the answer, else
 * words. A schema that the better way does not take goes the next: one with a root that is no object cannot be a tool's, one
 * with open objects or recursion cannot be held to by grammar. So the answer is always one by the caller's own schema, never
 * wrapped into another.
 * Throws `invalid-request` for a schema with references that lead nowhere.
 */
export function responseFormatToConverse(
  { response_format: format }: OpenaiChatRequest,
  facts: ModelFacts,
  names: ToolNameMap,
): JsonAnswer | undefined {
  if (!format || format.type === 'text') return undefined;
  if (format.type === 'json_object') return { by: 'note', note: JSON_NOTE };
  const { name, description: said, schema } = format.json_schema;
  if (!schema) return { by: 'note', note: JSON_NOTE };
  const description = said?.trim() ? said : undefined;
  const { schema: inlined, isRecursive } = inlinedSchema(schema, SCHEMA);
  if (facts.structuredOutput === 'native' && !isRecursive) {
    const closed = closedSchema(inlined);
    if (closed !== undefined) {
      const jsonSchema = withoutUndefined({ schema: JSON.stringify(closed), name, description });
      return { by: 'config', outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
    }
  }
  if (facts.tools && facts.structuredOutput !== 'prompt' && hasObjectAtRoot(inlined)) {
    const toolSpec = {
      name: freeName(name, names),
      description: description ?? 'The answer to the user. Call this once, with the whole answer.',
      inputSchema: { json: parametersToSchema(inlined, SCHEMA) },
    };
    return { by: 'tool', toolSpec };
  }
  return { by: 'note', note: schemaNote(schema, description) };
}

function hasObjectAtRoot(schema: JsonObject): boolean {
  const { type, anyOf, oneOf } = schema;
  return type === 'object' || (type === undefined && anyOf === undefined && oneOf === undefined);
}

function schemaNote(schema: JsonObject, description: string | undefined): string {
  const about = description === undefined ? '' : ` It is: ${description}`;
  return `Answer with JSON and nothing else: no words before or after it, and no Markdown around it.${about} It has to be valid by this JSON schema:\n${JSON.stringify(schema)}`;
}

/** A name that none of the caller's tools has. */
function freeName(name: string, names: ToolNameMap): string {
  for (let round = 0; ; round++) {
    const wanted = `json_${name.replace(/\W/g, '_').slice(0, 40)}${round === 0 ? '' : `_${round}`}`;
    if (!names.isTaken(wanted)) return wanted;
  }
}
