import type { JsonObject, ResponsesRequest } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { drop, type FieldRules, is, leftFields, translate } from '../field-rules.ts';
import { isRecord } from '../json.ts';

/**
 * Every field of Responses that chat completions have not, or not in this form. One that is not here goes into the chat
 * request, whose table decides.
 */
export const responsesFieldRules = {
  model: translate,
  input: translate,
  instructions: translate,
  stream: translate,
  tools: translate,
  tool_choice: translate,
  max_output_tokens: translate,
  text: translate,
  reasoning: translate,
  include: translate,
  user: translate,
  safety_identifier: translate,
  prompt: translate,
  conversation: translate,

  // Nothing is stored, whatever is asked for: the answer says so in its own `store`.
  store: translate,
  stream_options: translate,
  background: {
    what: 'refuse',
    neutral: is(false),
    mend: 'Nothing runs in the background here; leave it out, and stream the answer if it takes long.',
  },
  previous_response_id: {
    what: 'refuse',
    neutral: is(''),
    mend: 'Responses are not stored here. Send the earlier items in `input` (with reasoning items as they came), or name a conversation of the gateway in `conversation`, where it keeps history.',
  },
  messages: { what: 'refuse', mend: 'Send the messages as items in `input`, or call POST /v1/chat/completions.' },
  response_format: { what: 'refuse', mend: 'Send the format in `text.format`.' },

  // There are no built-in tools whose calls it could count.
  max_tool_calls: drop,
  truncation: { what: 'drop', neutral: is('disabled') },
  context_management: { what: 'drop', neutral: (value) => Array.isArray(value) && value.length === 0 },
  access_programs: drop,
  image: drop,
} as const satisfies FieldRules;

/** Values of `include` that are answered in any case, or ask for what only tools of OpenAI's have. */
const includable = new Set([
  'reasoning.encrypted_content',
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
]);

/**
 * Goes through all fields of the request, and gives back those that go into the chat request as they are.
 * Throws `invalid-request` for the first field with rule `refuse`.
 */
export function otherFields(request: ResponsesRequest, dropped: DroppedParams): JsonObject {
  const others: Record<string, JsonObject[string]> = {};
  for (const { name, value, what } of leftFields(request, responsesFieldRules)) {
    if (what === undefined) others[name] = value as JsonObject[string];
    else dropped.add(name);
  }
  if (request.include?.some((each) => !includable.has(each)) === true) dropped.add('include');
  const { context, mode } = isRecord(request.reasoning) ? request.reasoning : {};
  if (typeof context === 'string' && context !== 'auto') dropped.add('reasoning.context');
  if (typeof mode === 'string' && mode !== 'standard') dropped.add('reasoning.mode');
  return others;
}
