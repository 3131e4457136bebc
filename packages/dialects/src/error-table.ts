import type { ErrorCode } from '@genai-gateway/core';

/** How one code looks in each dialect. */
export interface ErrorRow {
  /** HTTP status on the OpenAI routes. */
  readonly openaiStatus: number;
  /** `error.type`; the SDKs choose their exception by the status, the litellm client by this. */
  readonly openaiType: string;
  /** `error.code`. */
  readonly openaiCode: string;
  /** HTTP status on the Bedrock routes. The AWS SDKs retry 429, 500, 502, 503 and 504, nothing else. */
  readonly bedrockStatus: number;
  /** `x-amzn-ErrorType`: the exception that the AWS SDKs raise. */
  readonly bedrockException: string;
  /** The exception frame within a stream; ConverseStream knows only these five. */
  readonly bedrockStreamException:
    | 'validationException'
    | 'throttlingException'
    | 'internalServerException'
    | 'serviceUnavailableException'
    | 'modelStreamErrorException';
}

type Row = [
  openaiStatus: number,
  openaiType: string,
  openaiCode: string,
  bedrockStatus: number,
  bedrockException: string,
  bedrockStreamException: ErrorRow['bedrockStreamException'],
];

// biome-ignore format: a table, one row a line
const rows: Readonly<Record<ErrorCode, Row>> = {
  'invalid-json': [400, 'invalid_request_error', 'invalid_json', 400, 'ValidationException', 'validationException'],
  'invalid-request': [400, 'invalid_request_error', 'invalid_value', 400, 'ValidationException', 'validationException'],
  'headers-too-large': [431, 'invalid_request_error', 'headers_too_large', 431, 'ValidationException', 'validationException'],
  'body-too-large': [413, 'invalid_request_error', 'request_too_large', 413, 'ValidationException', 'validationException'],
  'body-timeout': [408, 'invalid_request_error', 'request_timeout', 408, 'ValidationException', 'validationException'],
  'unsupported-encoding': [415, 'invalid_request_error', 'unsupported_encoding', 415, 'ValidationException', 'validationException'],
  'route-not-found': [404, 'invalid_request_error', 'unknown_url', 404, 'UnknownOperationException', 'validationException'],
  'method-not-allowed': [405, 'invalid_request_error', 'method_not_allowed', 405, 'UnknownOperationException', 'validationException'],
  'missing-credential': [401, 'authentication_error', 'invalid_api_key', 403, 'AccessDeniedException', 'validationException'],
  'invalid-credential': [401, 'authentication_error', 'invalid_api_key', 403, 'AccessDeniedException', 'validationException'],
  'key-blocked': [401, 'authentication_error', 'key_blocked', 403, 'AccessDeniedException', 'validationException'],
  'key-expired': [401, 'authentication_error', 'key_expired', 403, 'AccessDeniedException', 'validationException'],
  'model-not-allowed': [403, 'permission_error', 'model_not_allowed', 403, 'AccessDeniedException', 'validationException'],
  'model-not-found': [404, 'invalid_request_error', 'model_not_found', 404, 'ResourceNotFoundException', 'validationException'],
  'region-not-allowed': [403, 'permission_error', 'region_not_allowed', 403, 'AccessDeniedException', 'validationException'],
  'not-on-hot-path': [403, 'permission_error', 'not_on_hot_path', 403, 'AccessDeniedException', 'validationException'],
  'master-key-required': [403, 'permission_error', 'master_key_required', 403, 'AccessDeniedException', 'validationException'],
  'not-permitted': [403, 'permission_error', 'not_permitted', 403, 'AccessDeniedException', 'validationException'],
  'rate-limited': [429, 'rate_limit_error', 'rate_limit_exceeded', 429, 'ThrottlingException', 'throttlingException'],
  'budget-exceeded': [429, 'insufficient_quota', 'insufficient_quota', 400, 'ServiceQuotaExceededException', 'validationException'],
  'price-unknown': [403, 'permission_error', 'price_unknown', 403, 'AccessDeniedException', 'validationException'],
  'session-not-found': [404, 'invalid_request_error', 'session_not_found', 404, 'ResourceNotFoundException', 'validationException'],
  // As the predecessor's routes answer
  'session-refused': [401, 'authentication_error', 'session_not_found', 401, 'AccessDeniedException', 'validationException'],
  'prompt-not-found': [404, 'invalid_request_error', 'prompt_not_found', 404, 'ResourceNotFoundException', 'validationException'],
  'prompt-conflict': [409, 'invalid_request_error', 'prompt_conflict', 409, 'ConflictException', 'validationException'],
  'answer-too-large': [413, 'invalid_request_error', 'answer_too_large', 413, 'ValidationException', 'validationException'],
  'client-gone': [499, 'invalid_request_error', 'client_closed', 499, 'ValidationException', 'validationException'],
  'upstream-rejected': [400, 'invalid_request_error', 'invalid_request', 400, 'ValidationException', 'validationException'],
  'upstream-context-too-long': [400, 'invalid_request_error', 'context_length_exceeded', 400, 'ValidationException', 'validationException'],
  'upstream-model-not-found': [404, 'invalid_request_error', 'model_not_found', 404, 'ResourceNotFoundException', 'validationException'],
  'upstream-throttled': [429, 'rate_limit_error', 'rate_limit_exceeded', 429, 'ThrottlingException', 'throttlingException'],
  'upstream-quota-exceeded': [429, 'rate_limit_error', 'quota_exceeded', 400, 'ServiceQuotaExceededException', 'throttlingException'],
  'upstream-access-denied': [502, 'api_error', 'upstream_access_denied', 502, 'InternalServerException', 'internalServerException'],
  'upstream-model-error': [502, 'api_error', 'model_error', 424, 'ModelErrorException', 'modelStreamErrorException'],
  'upstream-timeout': [504, 'api_error', 'upstream_timeout', 408, 'ModelTimeoutException', 'modelStreamErrorException'],
  'upstream-overloaded': [503, 'api_error', 'upstream_overloaded', 503, 'ServiceUnavailableException', 'serviceUnavailableException'],
  'upstream-unavailable': [503, 'api_error', 'upstream_unavailable', 503, 'ServiceUnavailableException', 'serviceUnavailableException'],
  'upstream-failed': [502, 'api_error', 'upstream_error', 500, 'InternalServerException', 'internalServerException'],
  'upstream-cut': [502, 'api_error', 'upstream_cut', 500, 'InternalServerException', 'modelStreamErrorException'],
  'litellm-unavailable': [503, 'api_error', 'litellm_unavailable', 503, 'ServiceUnavailableException', 'serviceUnavailableException'],
  'identity-unavailable': [503, 'api_error', 'identity_unavailable', 503, 'ServiceUnavailableException', 'serviceUnavailableException'],
  'credentials-unavailable': [503, 'api_error', 'credentials_unavailable', 503, 'ServiceUnavailableException', 'serviceUnavailableException'],
  'accounts-unavailable': [503, 'api_error', 'accounts_unavailable', 503, 'ServiceUnavailableException', 'serviceUnavailableException'],
  'history-unavailable': [503, 'api_error', 'history_unavailable', 503, 'ServiceUnavailableException', 'serviceUnavailableException'],
  'prompts-unavailable': [503, 'api_error', 'prompts_unavailable', 503, 'ServiceUnavailableException', 'serviceUnavailableException'],
  overloaded: [503, 'api_error', 'overloaded', 503, 'ServiceUnavailableException', 'serviceUnavailableException'],
  'shutting-down': [503, 'api_error', 'shutting_down', 503, 'ServiceUnavailableException', 'serviceUnavailableException'],
  internal: [500, 'api_error', 'internal_error', 500, 'InternalServerException', 'internalServerException'],
};

/** How a code looks on the wire. */
export function errorRow(code: ErrorCode): ErrorRow {
  const [openaiStatus, openaiType, openaiCode, bedrockStatus, bedrockException, bedrockStreamException] = rows[code];
  return { openaiStatus, openaiType, openaiCode, bedrockStatus, bedrockException, bedrockStreamException };
}
