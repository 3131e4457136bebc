import { BedrockError, type ExceptionName } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { StreamException } from '../script/script.ts';
import type { Refusal } from './http/provider-server.ts';

/** What stands in the body of an OpenAI error beside its message. */
interface OpenaiFault {
  readonly status: number;
  readonly type: string;
  readonly code?: string;
  readonly param?: string;
}

/** An error the simulated OpenAI answers with, before the first byte of a reply. */
export class OpenaiError extends Error {
  readonly fault: OpenaiFault;
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, fault: OpenaiFault, retryAfterSeconds?: number) {
    super(message);
    this.name = 'OpenaiError';
    this.fault = fault;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A 400, the most frequent of them. `param` names the field at fault. */
export function badRequest(message: string, param?: string, code?: string): OpenaiError {
  return new OpenaiError(message, {
    status: 400,
    type: 'invalid_request_error',
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  });
}

const invalidKey: OpenaiFault = { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' };
const overloaded: OpenaiFault = { status: 503, type: 'service_unavailable_error', code: 'server_is_overloaded' };
const broken: OpenaiFault = { status: 500, type: 'server_error' };

/**
 * OpenAI's error for each error a script or a directive can ask for, which they name as Bedrock does.
 * Source: https://platform.openai.com/docs/guides/error-codes (as of 2026-11-23).
 */
const faultOf: Readonly<Record<ExceptionName, OpenaiFault>> = {
  AccessDeniedException: { status: 403, type: 'invalid_request_error', code: 'insufficient_permissions' },
  ConflictException: { status: 409, type: 'invalid_request_error' },
  InternalServerException: broken,
  ModelErrorException: broken,
  ModelNotReadyException: overloaded,
  ModelStreamErrorException: broken,
  ModelTimeoutException: { status: 408, type: 'server_error', code: 'request_timeout' },
  ResourceNotFoundException: { status: 404, type: 'invalid_request_error', code: 'model_not_found' },
  ServiceQuotaExceededException: { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' },
  ServiceUnavailableException: overloaded,
  ThrottlingException: { status: 429, type: 'requests', code: 'rate_limit_exceeded' },
  ValidationException: { status: 400, type: 'invalid_request_error' },
  ExpiredTokenException: invalidKey,
  IncompleteSignatureException: invalidKey,
  InvalidSignatureException: invalidKey,
  MissingAuthenticationTokenException: invalidKey,
  RequestEntityTooLargeException: { status: 413, type: 'invalid_request_error' },
  SerializationException: { status: 400, type: 'invalid_request_error' },
  UnknownOperationException: { status: 404, type: 'invalid_request_error', code: 'unknown_url' },
  UnrecognizedClientException: invalidKey,
};

/** Any error as OpenAI's: the shared parts of the simulators throw Bedrock's. */
export function toOpenaiError(error: unknown): OpenaiError {
  if (error instanceof OpenaiError) return error;
  if (error instanceof BedrockError) {
    return new OpenaiError(error.message, faultOf[error.exception], error.retryAfterSeconds);
  }
  // A mistake of the simulator itself has to be seen by whoever runs it, not only by the client.
  process.emitWarning(error instanceof Error ? error : String(error));
  return new OpenaiError(String(error), broken);
}

/** The `error` member of a body, and what an event of a stream that failed carries. */
export function errorBody({ message, fault }: OpenaiError): JsonObject {
  return { message, type: fault.type, param: fault.param ?? null, code: fault.code ?? null };
}

/** Any error as an answer. A wait is stated twice, in seconds and in milliseconds, as OpenAI's clients read it. */
export function openaiRefusal(error: unknown): Refusal {
  const known = toOpenaiError(error);
  const wait = known.retryAfterSeconds;
  return {
    status: known.fault.status,
    headers: wait === undefined ? {} : { 'retry-after': String(wait), 'retry-after-ms': String(wait * 1000) },
    body: JSON.stringify({ error: errorBody(known) }),
  };
}

/** A failure in mid-stream: the names differ from those of errors in their first letter only. */
export function streamFailure(name: StreamException, message: string): OpenaiError {
  const exceptions: Readonly<Record<StreamException, ExceptionName>> = {
    internalServerException: 'InternalServerException',
    modelStreamErrorException: 'ModelStreamErrorException',
    modelTimeoutException: 'ModelTimeoutException',
    serviceUnavailableException: 'ServiceUnavailableException',
    throttlingException: 'ThrottlingException',
    validationException: 'ValidationException',
  };
  return new OpenaiError(message, faultOf[exceptions[name]]);
}
