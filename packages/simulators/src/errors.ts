/**
 * The HTTP status of every error this simulator can answer with. Modelled exceptions carry the status of
 * the AWS SDK's own model (a test compares them); the rest are AWS's common errors.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html (as of 2026-11-22).
 */
export const exceptionStatus = {
  AccessDeniedException: 403,
  ConflictException: 400,
  InternalServerException: 500,
  ModelErrorException: 424,
  ModelNotReadyException: 429,
  ModelStreamErrorException: 424,
  ModelTimeoutException: 408,
  ResourceNotFoundException: 404,
  ServiceQuotaExceededException: 400,
  ServiceUnavailableException: 503,
  ThrottlingException: 429,
  ValidationException: 400,
  ExpiredTokenException: 403,
  IncompleteSignatureException: 403,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  RequestEntityTooLargeException: 413,
  SerializationException: 400,
  UnknownOperationException: 404,
  UnrecognizedClientException: 403,
} as const;

/** The name of an error as it stands in `x-amzn-ErrorType`. */
export type ExceptionName = keyof typeof exceptionStatus;

/**
 * Where the API of prompts has another status for an error. Source: the exceptions of
 * @aws-sdk/client-bedrock-agent 3.1138.0 (read 2026-11-23); a test compares them.
 */
export const promptExceptionStatus: Readonly<Partial<Record<ExceptionName, number>>> = {
  ConflictException: 409,
  ServiceQuotaExceededException: 402,
};

/** True for a name that `exceptionStatus` knows. */
export function isExceptionName(value: unknown): value is ExceptionName {
  return typeof value === 'string' && Object.hasOwn(exceptionStatus, value);
}

export interface BedrockErrorOptions {
  /** Sent as `retry-after`. */
  readonly retryAfterSeconds?: number;
}

/** An error the simulated service answers with, before the first byte of a reply. */
export class BedrockError extends Error {
  readonly exception: ExceptionName;
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(exception: ExceptionName, message: string, options: BedrockErrorOptions = {}) {
    super(message);
    this.name = 'BedrockError';
    this.exception = exception;
    this.status = exceptionStatus[exception];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A `ValidationException`, the most frequent of them. */
export function invalid(message: string): BedrockError {
  return new BedrockError('ValidationException', message);
}
