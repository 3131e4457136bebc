/** A failure as a client's own code sees it: the class it raised, and what it knows about it. */
export interface Failure {
  /** Class name of the exception; for botocore, which has one class for many, its error code. */
  readonly name: string;
  readonly message: string;
  readonly status?: number | undefined;
  readonly retryAfter?: string | undefined;
  /** OpenAI's `error.type` and `error.code`, Anthropic's `error.type`. */
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  /** By which the libraries name the call. */
  readonly requestId?: string | undefined;
}

/**
 * What a client made of an answer, as JSON; bytes are `{"$b64": …}`. A stream that failed has the
 * events that came before its failure.
 */
export interface Reply {
  readonly output?: unknown;
  readonly events?: readonly unknown[];
  readonly failure?: Failure;
  /** The headers of a good answer, where the client shows them. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CallOptions {
  /** Default: the good key. `null` sends none. */
  readonly key?: string | null;
  /** Path after the gateway's address; default `/bedrock`, for OpenAI `/v1`. */
  readonly prefix?: string;
  /** A gateway other than the shared one; its HTTP address. */
  readonly http?: string;
  /** Attempts the SDK may make; default 1, so that a test sees the first answer. */
  readonly attempts?: number;
  /** Leaves the stream after so many events. */
  readonly leaveAfter?: number;
  /** Gives up when no answer came for so long. */
  readonly giveUpMs?: number;
}

/** What the libraries of OpenAI and Anthropic for Node raise. */
export function failureOf(error: unknown): Failure {
  const [status, headers] = [at(error, 'status'), at(error, 'headers')];
  const told = (field: string): string | undefined => {
    const value = at(error, field);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    name: error instanceof Error ? error.constructor.name : 'not an error',
    message: String(at(error, 'message')),
    status: typeof status === 'number' ? status : undefined,
    retryAfter: headers instanceof Headers ? (headers.get('retry-after') ?? undefined) : undefined,
    type: told('type'),
    code: told('code'),
    requestId: told('requestID'),
  };
}

/** JSON text with bytes as `{"$b64": …}`. */
export function encode(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key: string, converted: unknown) {
    // A Buffer has turned itself into a list of numbers by the time it is handed over.
    const each = this[key];
    return each instanceof Uint8Array ? { $b64: Buffer.from(each).toString('base64') } : converted;
  });
}

/** A field of a JSON value by its path; undefined where the path ends early. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (found === null || typeof found !== 'object') return undefined;
    found = (found as Record<string | number, unknown>)[key];
  }
  return found;
}

/** The bytes of a `{"$b64": …}` as text. */
export function bytesText(value: unknown): string {
  return Buffer.from(String(at(value, '$b64')), 'base64').toString('utf8');
}
