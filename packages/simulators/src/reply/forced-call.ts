import { isObject, type JsonObject, stringOf } from '../json.ts';
import type { ScriptToolCall } from '../script/script.ts';
import { sampleOfSchema } from './schema-sample.ts';

/** A tool that a request declares, in no vendor's words. */
export interface DeclaredTool {
  readonly name: string | undefined;
  readonly schema: JsonObject[string] | undefined;
}

/**
 * The call of a caller who leaves no choice, with the smallest input that the schema allows. `wanted` is the tool that
 * was named, undefined for any; then those that have been called since the user spoke come last, so that a caller who
 * forces a tool in every step gets on. Undefined: there is no such tool.
 */
export function forcedCall(
  tools: readonly DeclaredTool[],
  wanted: string | undefined,
  called: readonly string[],
  text: string,
): ScriptToolCall | undefined {
  const fresh = tools.find(({ name }) => name !== undefined && !called.includes(name)) ?? tools.at(-1);
  const tool = wanted === undefined ? fresh : tools.find(({ name }) => name === wanted);
  const name = stringOf(tool?.name);
  if (name === undefined) return undefined;
  const input = sampleOfSchema(tool?.schema, text);
  return { name, input: isObject(input) ? input : {} };
}
