import type { GatewayError } from '@genai-gateway/core';
import type { Dialect } from '@genai-gateway/pipeline';
import { encodeExceptionFrame, type OpenaiErrorBody, sseData, sseNamed } from '@genai-gateway/protocol';
import { errorRow } from './error-table.ts';

/** A whole error answer. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A wait for callers who were refused for load and told nothing better. */
const DEFAULT_RETRY_AFTER_SECONDS = 1;

/**
 * An error as a whole answer in the caller's dialect, so that its SDK raises the exception it has for it. `requestId`
 * stands in the body where the dialect has a place for it.
 */
export function errorAnswer(error: GatewayError, dialect: Dialect, requestId?: string): ErrorAnswer {
  const row = errorRow(error.code);
  const status = statusOf(error, dialect);
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const retryAfterSeconds =
    error.retryAfterSeconds ?? (asksToWait.has(status) ? DEFAULT_RETRY_AFTER_SECONDS : undefined);
  if (error.code === 'budget-exceeded') {
    // It is refused until somebody has done something about it; OpenAI's clients would try a 429 again.
    if (dialect !== 'bedrock') headers['x-should-retry'] = 'false';
  } else if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  if (dialect === 'bedrock') {
    headers['x-amzn-errortype'] = row.bedrockException;
    return { status, headers, body: JSON.stringify({ message: error.message }) };
  }
  const body = dialect === 'openai' ? openaiError(error) : anthropicError(error, requestId);
  return { status, headers, body: JSON.stringify(body) };
}

/** The last bytes of a stream that cannot be finished. */
export function streamError(error: GatewayError, dialect: Dialect, requestId?: string): Buffer | string {
  switch (dialect) {
    case 'bedrock':
      return encodeExceptionFrame(errorRow(error.code).bedrockStreamException, error.message);
    case 'openai':
      return sseData(openaiError(error));
    case 'anthropic':
      return sseNamed('error', anthropicError(error, requestId));
  }
}

const asksToWait: ReadonlySet<number> = new Set([429, 503, 529]);

function statusOf(error: GatewayError, dialect: Dialect): number {
  const { openaiStatus, bedrockStatus } = errorRow(error.code);
  if (dialect === 'bedrock') return bedrockStatus;
  return (dialect === 'anthropic' ? anthropicStatuses[error.code] : undefined) ?? openaiStatus;
}

/** Where Anthropic's API has a status of its own. Source: https://docs.claude.com/en/api/errors (read 2026-11-23). */
const anthropicStatuses: Readonly<Partial<Record<GatewayError['code'], number>>> = {
  'budget-exceeded': 402,
  overloaded: 529,
  'upstream-overloaded': 529,
};

/** The same, and `ErrorType` of `@anthropic-ai/sdk` 1.12.0 (read 2026-11-23). */
const anthropicTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function anthropicError(error: GatewayError, requestId: string | undefined): unknown {
  const status = statusOf(error, 'anthropic');
  const type = anthropicTypes[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
  // By this, the libraries that keep a conversation in a thread know that they have to send it whole. Source:
  // `replayReason`, lib/internal/threads/ThreadState.mjs of `@anthropic-ai/sdk` 1.12.0 (read 2026-11-23).
  const details = error.param === 'thread' ? { details: { error_code: 'thread_not_found' } } : {};
  const body = { type: 'error', error: { type, message: error.message, ...details } };
  return requestId === undefined ? body : { ...body, request_id: requestId };
}

/** An error as OpenAI's API words it. */
export function openaiError(error: GatewayError): OpenaiErrorBody {
  const { openaiType, openaiCode } = errorRow(error.code);
  return { error: { message: error.message, type: openaiType, param: error.param ?? null, code: openaiCode } };
}
