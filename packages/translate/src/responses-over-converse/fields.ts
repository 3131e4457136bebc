import type { JsonObject, ResponsesRequest } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest, isRecord } from '../json.ts';

/**
 * What becomes of a field that chat completions have not, or not in this form:
 * - `read`: it has an effect on what the model is asked or on the answer.
 * - `drop`: it has no effect, and the caller is told so.
 * - `refuse`: without it the answer would be another one than the caller asked for, so it is an error.
 * A field that is not here goes into the chat request, whose table decides.
 */
type FieldRule =
  | { readonly what: 'read' }
  | { readonly what: 'drop'; readonly neutral?: (value: unknown) => boolean }
  | { readonly what: 'refuse'; readonly neutral?: (value: unknown) => boolean; readonly mend: string };

const read: FieldRule = { what: 'read' };
const drop: FieldRule = { what: 'drop' };
const is =
  (...neutral: readonly unknown[]) =>
  (value: unknown): boolean =>
    neutral.includes(value);

/** Every field of Responses that we decided about. */
export const responsesFieldRules = {
  model: read,
  input: read,
  instructions: read,
  stream: read,
  tools: read,
  tool_choice: read,
  max_output_tokens: read,
  text: read,
  reasoning: read,
  include: read,
  user: read,
  safety_identifier: read,
  prompt: read,
  conversation: read,

  // Nothing is stored, whatever is asked for: the answer says so in its own `store`.
  store: read,
  stream_options: read,
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
} as const satisfies Readonly<Record<string, FieldRule>>;

const ruleOf: ReadonlyMap<string, FieldRule> = new Map(Object.entries(responsesFieldRules));

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
  for (const [name, value] of Object.entries(request as unknown as JsonObject)) {
    if (value === null || value === undefined) continue;
    const rule = ruleOf.get(name);
    if (rule === undefined) others[name] = value;
    else if (rule.what !== 'read' && rule.neutral?.(value) !== true) {
      if (rule.what === 'refuse')
        throw invalidRequest(`\`${name}\` is not supported for this model. ${rule.mend}`, name);
      dropped.add(name);
    }
  }
  if (request.include?.some((each) => !includable.has(each)) === true) dropped.add('include');
  const { context, mode } = isRecord(request.reasoning) ? request.reasoning : {};
  if (typeof context === 'string' && context !== 'auto') dropped.add('reasoning.context');
  if (typeof mode === 'string' && mode !== 'standard') dropped.add('reasoning.mode');
  return others;
}
