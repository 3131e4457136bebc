import { type ErrorCode, GatewayError } from '@genai-gateway/core';
import { isRecord, textOf } from '../json.ts';

/** An answer of LiteLLM that is an error. Header names are in lower case. */
export interface LitellmErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The parsed body, `{ error: { message, type, param, code } }`; undefined when it is no JSON. */
  readonly body: unknown;
}

/**
 * Types of errors that LiteLLM itself raises, before any provider is called.
 * Source: litellm 1.106.2, proxy/_types.py `ProxyErrorTypes` (read 2026-11-23).
 */
const codeOfType: ReadonlyMap<string, ErrorCode> = new Map([
  // Status 422 unless configured otherwise (litellm.budget_exceeded_status_code).
  ['budget_exceeded', 'upstream-quota-exceeded'],
  ['no_db_connection', 'upstream-unavailable'],
  ['auth_provider_unavailable', 'upstream-unavailable'],
  ['token_not_found_in_db', 'invalid-credential'],
  ['expired_key', 'key-expired'],
  ['key_model_access_denied', 'model-not-allowed'],
  ['team_model_access_denied', 'model-not-allowed'],
  ['user_model_access_denied', 'model-not-allowed'],
  ['customer_model_access_denied', 'model-not-allowed'],
  ['org_model_access_denied', 'model-not-allowed'],
  ['project_model_access_denied', 'model-not-allowed'],
  ['agent_model_access_denied', 'model-not-allowed'],
  ['tool_access_denied', 'model-not-allowed'],
  ['model_cost_map_missing', 'model-not-allowed'],
]);

/** The same for classes of errors, which LiteLLM writes at the start of a message: `litellm.RateLimitError: …`. */
const codeOfClass: ReadonlyMap<string, ErrorCode> = new Map([
  ['ContextWindowExceededError', 'upstream-context-too-long'],
  ['AuthenticationError', 'upstream-access-denied'],
  ['PermissionDeniedError', 'upstream-access-denied'],
  ['PaymentRequiredError', 'upstream-access-denied'],
  ['RateLimitError', 'upstream-throttled'],
  ['Timeout', 'upstream-timeout'],
  ['NotFoundError', 'upstream-model-not-found'],
]);

/**
 * A refusal of LiteLLM as an error of ours. Its message is LiteLLM's where it is meant for the caller,
 * without the names of deployments and fallbacks; where it would tell of servers and credentials behind
 * LiteLLM, only the cause has it.
 */
export function litellmError({ status, headers, body }: LitellmErrorAnswer): GatewayError {
  return errorOf(status, isRecord(body) ? body['error'] : undefined, retryAfter(headers));
}

/** The error object within a stream; its `code` is the status as a text. */
export function litellmStreamError(error: unknown): GatewayError {
  const status = isRecord(error) ? Number(error['code']) : Number.NaN;
  return errorOf(status >= 400 && status <= 599 ? status : 500, error, undefined);
}

function errorOf(status: number, error: unknown, retryAfterSeconds: number | undefined): GatewayError {
  const fields = isRecord(error) ? error : {};
  const theirs = textOf(fields['message']) || textOf(error);
  const type = textOf(fields['type']);
  const code = codeOf(status, type, theirs);
  return new GatewayError(code, messageFor(code, theirs, status), {
    cause: new Error(`litellm answered ${status} ${type}: ${theirs.slice(0, 2000)}`),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

function codeOf(status: number, type: string, message: string): ErrorCode {
  const ofType = codeOfType.get(type);
  if (ofType !== undefined) return ofType;
  const [, name] = /^litellm\.(\w+): /.exec(message) ?? [];
  const ofClass = name === undefined ? undefined : codeOfClass.get(name);
  if (ofClass !== undefined) return ofClass;
  // Raised for the model's name before any deployment is chosen (proxy/route_llm_request.py).
  if (status === 400 && message.includes('Invalid model name passed in')) return 'upstream-model-not-found';
  return codeOfStatus(status, type, message);
}

function codeOfStatus(status: number, type: string, message: string): ErrorCode {
  switch (status) {
    case 401:
    case 403:
      return codeOfDenial(status, type, message);
    case 402:
      return 'upstream-access-denied';
    case 404:
      return 'upstream-model-not-found';
    case 408:
    case 504:
      return 'upstream-timeout';
    case 413:
      return 'body-too-large';
    case 429:
      return 'upstream-throttled';
    case 503:
    case 529:
      return 'upstream-overloaded';
    default:
      return status >= 500 ? 'upstream-failed' : 'upstream-rejected';
  }
}

/** A denial by LiteLLM itself is about the caller's key; any other about what LiteLLM calls. */
function codeOfDenial(status: number, type: string, message: string): ErrorCode {
  if (type !== 'auth_error') return 'upstream-access-denied';
  if (/\bis blocked\b/i.test(message)) return 'key-blocked';
  return status === 401 ? 'invalid-credential' : 'model-not-allowed';
}

const fixedMessages: Partial<Readonly<Record<ErrorCode, string>>> = {
  'upstream-access-denied':
    'The provider of this model refused the call. An administrator can check the credentials of the model in LiteLLM.',
  'upstream-unavailable': 'The model service is not available. Send the request again in a moment.',
  'upstream-overloaded': 'The model service is overloaded. Send the request again in a moment.',
  'upstream-timeout': 'The model did not answer in time. Send the request again.',
  'upstream-failed': 'The model service failed. Send the request again.',
  'invalid-credential': 'The model service does not accept this key.',
  'key-blocked': 'This key, or the team or project that it belongs to, is blocked.',
  'key-expired': 'This key has expired.',
};

function messageFor(code: ErrorCode, theirs: string, status: number): string {
  const fixed = fixedMessages[code];
  if (fixed !== undefined) return fixed;
  return cleaned(theirs) || `The model service answered with status ${status}.`;
}

/** What LiteLLM puts after a provider's message: names of deployments, fallbacks, and its own settings. */
const SUFFIX =
  /(?:\n+|\s*)(?:LiteLLM: model group '|model=\S* context_window_fallbacks=|Received Model Group=|Passed model=|To drop these, set `litellm|LiteLLM Retried: ).*$/s;
const PREFIX = /^(?:(?:litellm\.)?\w*(?:Error|Exception|Timeout)(?:: | - )|\/[\w/]+: )/;
const ARN = /arn:aws[a-z-]*:[A-Za-z0-9_./:*-]+/g;

function cleaned(message: string): string {
  let text = message.slice(0, 2000).replace(SUFFIX, '');
  while (PREFIX.test(text)) text = text.replace(PREFIX, '');
  return text.replace(ARN, '[resource]').trim();
}

function retryAfter(headers: LitellmErrorAnswer['headers']): number | undefined {
  // The second is the provider's own, passed on by LiteLLM under this name.
  const value = headers['retry-after'] ?? headers['llm_provider-retry-after'];
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds) : undefined;
}
