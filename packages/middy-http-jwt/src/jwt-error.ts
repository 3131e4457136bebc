/** Why a request was refused: by `code`, which is stable; the message is for people. */
export type JwtErrorCode =
  /** No token was sent. */
  | 'token-missing'
  /** What was sent is no signed token, or not one that is taken. */
  | 'token-malformed'
  /** The token's issuer is not configured. */
  | 'issuer-unknown'
  /** Algorithm, key or signature are not right. */
  | 'signature-invalid'
  /** Audience, a required claim or a time is not right. */
  | 'claims-invalid'
  | 'token-expired'
  /** The issuer's keys could not be read, and none were read before. */
  | 'keys-unavailable';

/**
 * A request that goes no further. `@middy/http-error-handler` makes the answer of it: status, message and headers (RFC
 * 6750, section 3). The message never repeats anything of the token; what jose said is the `cause`.
 */
export class JwtError extends Error {
  override readonly name = 'JwtError';
  readonly code: JwtErrorCode;
  /** 401, or 503 for `keys-unavailable`. */
  readonly statusCode: 401 | 503;
  readonly expose = true;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: JwtErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.statusCode = code === 'keys-unavailable' ? 503 : 401;
    this.headers = headersFor(code, message);
  }
}

function headersFor(code: JwtErrorCode, message: string): Record<string, string> {
  if (code === 'keys-unavailable') return { 'retry-after': '5' };
  if (code === 'token-missing') return { 'www-authenticate': 'Bearer' };
  return { 'www-authenticate': `Bearer error="invalid_token", error_description="${message}"` };
}
