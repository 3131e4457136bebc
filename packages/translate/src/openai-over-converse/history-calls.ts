import type { JsonObject, OpenaiAssistantMessage, OpenaiFunctionCall } from '@genai-gateway/protocol';
import { invalidRequest, isRecord, MAX_JSON_DEPTH, nestsWithin } from '../json.ts';
import { pointOf } from '../prompt-caching/marks.ts';
import type { ToolNameMap } from '../tools/tool-names.ts';
import type { HistoryCall } from './open-calls.ts';

/** Holds arguments that are no JSON object, as the model wrote them. */
const INVALID_ARGUMENTS = 'invalid_arguments';

/**
 * The calls of an answer that the caller sends back, `function_call` of the time before tools too. A call of a tool that takes
 * text has that text as its input. Throws `invalid-request` for arguments that nest too deeply.
 */
export function historyCalls(message: OpenaiAssistantMessage, names: ToolNameMap, param: string): HistoryCall[] {
  const calls = (message.tool_calls ?? []).map((call, index): HistoryCall => {
    const at = `${param}.tool_calls.${index}`;
    const { id, function: definition, custom } = call;
    const point = pointOf(call);
    const made = { id: id ? id : undefined, ...(point === undefined ? {} : { point }) };
    if (definition === undefined) {
      return { ...made, name: names.upstream(custom?.name ?? ''), input: { input: custom?.input ?? '' } };
    }
    return {
      ...made,
      name: names.upstream(definition.name),
      input: argumentsToInput(definition, `${at}.function.arguments`),
    };
  });
  const { function_call: older } = message;
  if (!older || calls.length > 0) return calls;
  const input = argumentsToInput(older, `${param}.function_call.arguments`);
  return [{ id: undefined, name: names.upstream(older.name), input }];
}

/**
 * The arguments as the object that Converse wants; "" and "null" are a call without arguments. What a model left
 * unfinished or wrong stays as its text: the caller has told it so in the result, and the conversation goes on.
 */
function argumentsToInput(call: OpenaiFunctionCall, param: string): JsonObject {
  const { arguments: given = {} } = call;
  const value = typeof given === 'string' ? objectIn(given) : (given ?? {});
  if (!isRecord(value) || !nestsWithin(value, MAX_JSON_DEPTH)) {
    throw invalidRequest(`The arguments must be a JSON object, at most ${MAX_JSON_DEPTH} levels deep.`, param);
  }
  return value as JsonObject;
}

function objectIn(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text) ?? {};
    return isRecord(value) ? value : { [INVALID_ARGUMENTS]: text };
  } catch {
    return { [INVALID_ARGUMENTS]: text };
  }
}
