/** One error in the form of the engine's HTTP API: what the client reads to choose its own exception. */
export interface EngineErrorItem {
  readonly error: string;
  readonly user_facing_error: {
    readonly is_panic: boolean;
    readonly message: string;
    readonly error_code?: string;
    readonly meta?: Readonly<Record<string, unknown>>;
    readonly batch_request_idx?: number | null;
  };
}

/** An error that this process answers with itself. Codes: https://www.prisma.io/docs/orm/reference/error-reference (as of 2026-11-23). */
export class EngineError extends Error {
  readonly code: string;
  readonly meta: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, meta: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'EngineError';
    this.code = code;
    this.meta = meta;
  }
}

/** The error as an item of a reply's `errors`. */
export function errorItem({ code, message, meta }: EngineError): EngineErrorItem {
  return { error: message, user_facing_error: { is_panic: false, message, error_code: code, meta } };
}
