import { checkSessionId } from '@genai-gateway/history';
import type { JsonObject } from '@genai-gateway/protocol';
import { invalidRequest } from '@genai-gateway/translate';
import type { Call } from './call.ts';

/** What a request says to the gateway itself, beside what it says to a model. */
export interface GatewayFields {
  /** Undefined: the caller names no session. */
  readonly sessionId: string | undefined;
  /** Whether the call is to be kept; so is every one that names a session. */
  readonly enableHistory: boolean;
  /** As it came; undefined: there are none. */
  readonly promptVariables: unknown;
  /** The variant of a managed prompt that is asked for by name. */
  readonly promptVariant: string | undefined;
}

/** A request without the fields that are the gateway's. */
export interface Parted {
  readonly fields: GatewayFields;
  readonly request: JsonObject;
  /** There were none that its own API does not know: it may go on as it came. */
  readonly isUntouched: boolean;
}

const PLACE = 'additionalModelRequestFields';
const VARIANT_HEADER = 'x-gateway-prompt-variant';

/** Parts the body of a chat completion. Throws `invalid-request` for a field that is not what it should be. */
export function partOpenai(call: Call, body: JsonObject): Parted {
  const { enable_history, session_id, promptVariables, promptVariant, ...request } = body;
  const fields = fieldsOf(call, { enable_history, session_id, promptVariables, promptVariant }, '');
  return { fields, request, isUntouched: isSame(body, request) };
}

/** The same for Converse, whose SDKs let callers add fields in one place only; prompt variables are Bedrock's own. */
export function partConverse(call: Call, body: JsonObject): Parted {
  const { promptVariables, [PLACE]: additional, ...request } = body;
  if (additional === null || typeof additional !== 'object' || Array.isArray(additional)) {
    const without = additional === undefined ? request : { ...request, [PLACE]: additional };
    return { fields: fieldsOf(call, { promptVariables }, ''), request: without, isUntouched: true };
  }
  const { enable_history, session_id, promptVariant, ...others } = additional as JsonObject;
  const fields = fieldsOf(call, { enable_history, session_id, promptVariables, promptVariant }, `${PLACE}.`);
  const isEmpty = Object.keys(others).length === 0;
  return {
    fields,
    request: isEmpty ? request : { ...request, [PLACE]: others },
    isUntouched: isSame(additional, others),
  };
}

/** Anthropic's Messages take no further fields, so headers say it: `x-session-id`, `x-enable-history`. */
export function partAnthropic(call: Call, body: JsonObject): Parted {
  const { promptVariables, promptVariant, ...request } = body;
  const enable = call.header('x-enable-history')?.toLowerCase();
  if (enable !== undefined && enable !== 'true' && enable !== 'false') {
    throw invalidRequest('The header x-enable-history must be true or false.', 'x-enable-history');
  }
  const sessionId = call.header('x-session-id');
  const given = { enable_history: enable === 'true', session_id: sessionId, promptVariables, promptVariant };
  return { fields: fieldsOf(call, given, ''), request, isUntouched: isSame(body, request) };
}

type Given = Readonly<Partial<Record<'enable_history' | 'session_id' | 'promptVariables' | 'promptVariant', unknown>>>;

function fieldsOf(call: Call, given: Given, prefix: string): GatewayFields {
  const { enable_history: enable, session_id: id, promptVariables, promptVariant } = given;
  if (enable !== undefined && enable !== null && typeof enable !== 'boolean') {
    throw invalidRequest(`\`${prefix}enable_history\` must be true or false.`, `${prefix}enable_history`);
  }
  const variant = promptVariant ?? call.header(VARIANT_HEADER);
  if (variant !== undefined && typeof variant !== 'string') {
    throw invalidRequest(`\`${prefix}promptVariant\` must be the name of a variant.`, `${prefix}promptVariant`);
  }
  return {
    sessionId: id === undefined || id === null ? undefined : checkSessionId(id, `${prefix}session_id`),
    enableHistory: enable === true,
    promptVariables: promptVariables ?? undefined,
    promptVariant: variant,
  };
}

function isSame(before: object, after: object): boolean {
  return Object.keys(before).length === Object.keys(after).length;
}
