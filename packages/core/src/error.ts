/**
 * Every failure the gateway can answer with. The list is closed: a test in `containers/gateway`
 * proves that each code has a status and a body in every dialect.
 */
export const errorCodes = [
  // the caller's
  'invalid-json',
  'invalid-request',
  'headers-too-large',
  'body-too-large',
  'body-timeout',
  'unsupported-encoding',
  'route-not-found',
  'method-not-allowed',
  'missing-credential',
  'invalid-credential',
  'key-blocked',
  'key-expired',
  'model-not-allowed',
  'model-not-found',
  'region-not-allowed',
  'not-on-hot-path',
  'master-key-required',
  'not-permitted',
  'rate-limited',
  'budget-exceeded',
  'price-unknown',
  'session-not-found',
  'session-refused',
  'prompt-not-found',
  'prompt-conflict',
  'answer-too-large',
  'client-gone',
  // the upstream's
  'upstream-rejected',
  'upstream-context-too-long',
  'upstream-model-not-found',
  'upstream-throttled',
  'upstream-quota-exceeded',
  'upstream-access-denied',
  'upstream-model-error',
  'upstream-timeout',
  'upstream-overloaded',
  'upstream-unavailable',
  'upstream-failed',
  'upstream-cut',
  'litellm-unavailable',
  // ours
  'identity-unavailable',
  'credentials-unavailable',
  'accounts-unavailable',
  'history-unavailable',
  'prompts-unavailable',
  'overloaded',
  'shutting-down',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export type Fault = 'caller' | 'upstream' | 'gateway';

export interface GatewayErrorOptions {
  readonly cause?: unknown;
  /** How long the caller should wait before trying again. */
  readonly retryAfterSeconds?: number;
  /** The request field at fault, in the words of the caller's API (`messages.0.role`). */
  readonly param?: string;
}

/**
 * The one error class. `message` is written for the caller: it says what is wrong and how to mend
 * it, and never holds a secret, an ARN or a prompt. What is only for operators goes into `cause`.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;
  readonly param: string | undefined;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'GatewayError';
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.param = options.param;
  }

  get fault(): Fault {
    return faultOf(this.code);
  }
}

/** Whose fault a code is: `caller`, `upstream` or `gateway`. */
export function faultOf(code: ErrorCode): Fault {
  if (code.startsWith('upstream-')) return 'upstream';
  switch (code) {
    case 'litellm-unavailable':
      return 'upstream';
    case 'identity-unavailable':
    case 'credentials-unavailable':
    case 'accounts-unavailable':
    case 'history-unavailable':
    case 'prompts-unavailable':
    case 'overloaded':
    case 'shutting-down':
    case 'internal':
      return 'gateway';
    default:
      return 'caller';
  }
}

/** True for our error by its shape, so that two copies of this package still agree. */
export function isGatewayError(value: unknown): value is GatewayError {
  return value instanceof Error && value.name === 'GatewayError' && 'code' in value;
}

/** The error itself when it is ours, else an `internal` one that keeps it as its cause. */
export function toGatewayError(value: unknown): GatewayError {
  if (isGatewayError(value)) return value;
  return new GatewayError('internal', 'The gateway failed to handle this request.', { cause: value });
}
