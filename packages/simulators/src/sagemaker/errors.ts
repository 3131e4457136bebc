import { BedrockError, type ExceptionName } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { Refusal } from '../openai/http/provider-server.ts';

/** An error of the runtime, or of the model's container behind it. */
interface SagemakerFault {
  readonly status: number;
  readonly name: string;
  /** What the container answered with; only with `ModelError`. */
  readonly originalStatus?: number;
}

/** An error the simulated runtime answers with, before the first byte of a reply. */
export class SagemakerError extends Error {
  readonly fault: SagemakerFault;

  constructor(message: string, fault: SagemakerFault) {
    super(message);
    this.name = 'SagemakerError';
    this.fault = fault;
  }
}

/** A request that the container refuses: whoever asked SageMaker gets a 424 that tells of it. */
export function refusedByModel(message: string, originalStatus: number): SagemakerError {
  return new SagemakerError(message, { status: 424, name: 'ModelError', originalStatus });
}

const invalid: SagemakerFault = { status: 400, name: 'ValidationError' };

function common(name: ExceptionName, status: number): SagemakerFault {
  return { status, name };
}

/**
 * SageMaker's error for each error a script or a directive can ask for, which they name as Bedrock does. Names and
 * statuses are those of the service's model (botocore 1.43.126, `sagemaker-runtime/2017-05-13/service-2.json`, read
 * 2026-11-23) and of AWS's common errors, where throttling is a 400.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html (as of 2026-11-23).
 */
const faultOf: Readonly<Record<ExceptionName, SagemakerFault>> = {
  AccessDeniedException: common('AccessDeniedException', 403),
  ConflictException: invalid,
  InternalServerException: { status: 500, name: 'InternalFailure' },
  ModelErrorException: { status: 424, name: 'ModelError', originalStatus: 500 },
  ModelNotReadyException: common('ModelNotReadyException', 429),
  ModelStreamErrorException: { status: 424, name: 'ModelError', originalStatus: 500 },
  ModelTimeoutException: { status: 424, name: 'ModelError', originalStatus: 504 },
  ResourceNotFoundException: invalid,
  ServiceQuotaExceededException: common('ThrottlingException', 400),
  ServiceUnavailableException: { status: 503, name: 'ServiceUnavailable' },
  ThrottlingException: common('ThrottlingException', 400),
  ValidationException: invalid,
  ExpiredTokenException: common('ExpiredTokenException', 403),
  IncompleteSignatureException: common('IncompleteSignatureException', 403),
  InvalidSignatureException: common('InvalidSignatureException', 403),
  MissingAuthenticationTokenException: common('MissingAuthenticationTokenException', 403),
  RequestEntityTooLargeException: common('RequestEntityTooLargeException', 413),
  SerializationException: common('SerializationException', 400),
  UnknownOperationException: common('UnknownOperationException', 404),
  UnrecognizedClientException: common('UnrecognizedClientException', 403),
};

/** Any error as an answer. */
export function sagemakerRefusal(error: unknown, requestId: string): Refusal {
  const { fault, message } = toSagemakerError(error);
  return {
    status: fault.status,
    headers: { 'x-amzn-RequestId': requestId, 'x-amzn-ErrorType': fault.name },
    body: JSON.stringify(fault.name === 'ModelError' ? modelError(message, fault) : { Message: message }),
  };
}

function toSagemakerError(error: unknown): SagemakerError {
  if (error instanceof SagemakerError) return error;
  if (error instanceof BedrockError) return new SagemakerError(error.message, faultOf[error.exception]);
  // A mistake of the simulator itself has to be seen by whoever runs it, not only by the client.
  process.emitWarning(error instanceof Error ? error : String(error));
  return new SagemakerError(String(error), faultOf.InternalServerException);
}

function modelError(message: string, { originalStatus = 500 }: SagemakerFault): JsonObject {
  const kind = originalStatus < 500 ? 'client' : 'server';
  return {
    ErrorCode: `${kind.toUpperCase()}_ERROR_FROM_MODEL`,
    LogStreamArn: 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/simulator',
    Message: `Received ${kind} error (${originalStatus}) from primary with message "${message}".`,
    OriginalMessage: message,
    OriginalStatusCode: originalStatus,
  };
}
