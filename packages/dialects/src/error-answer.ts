import type { GatewayError } from '@genai-gateway/core';
import type { Dialect } from '@genai-gateway/pipeline';
import { encodeExceptionFrame, sseData } from '@genai-gateway/protocol';
import { errorRow } from './error-table.ts';

/** A whole error answer. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A wait for callers who were refused for load and told nothing better. */
const DEFAULT_RETRY_AFTER_SECONDS = 1;

/** An error as a whole answer in the caller's dialect, so that its SDK raises the exception it has for it. */
export function errorAnswer(error: GatewayError, dialect: Dialect): ErrorAnswer {
  const row = errorRow(error.code);
  const status = dialect === 'bedrock' ? row.bedrockStatus : row.openaiStatus;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const retryAfterSeconds =
    error.retryAfterSeconds ?? (status === 429 || status === 503 ? DEFAULT_RETRY_AFTER_SECONDS : undefined);
  if (error.code === 'budget-exceeded') {
    // It is refused until somebody has done something about it; OpenAI's clients would try a 429 again.
    if (dialect !== 'bedrock') headers['x-should-retry'] = 'false';
  } else if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  if (dialect === 'bedrock') {
    headers['x-amzn-errortype'] = row.bedrockException;
    return { status, headers, body: JSON.stringify({ message: error.message }) };
  }
  return { status, headers, body: JSON.stringify(dialect === 'openai' ? openaiError(error) : anthropicError(error)) };
}

/** The last bytes of a stream that cannot be finished. */
export function streamError(error: GatewayError, dialect: Dialect): Buffer | string {
  switch (dialect) {
    case 'bedrock':
      return encodeExceptionFrame(errorRow(error.code).bedrockStreamException, error.message);
    case 'openai':
      return sseData(openaiError(error));
    case 'anthropic':
      return `event: error\n${sseData(anthropicError(error))}`;
  }
}

/** Source: https://docs.anthropic.com/en/api/errors (as of 2026-11-23). */
const anthropicTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

function anthropicError(error: GatewayError): unknown {
  const { openaiStatus } = errorRow(error.code);
  const type = anthropicTypes[openaiStatus] ?? (openaiStatus < 500 ? 'invalid_request_error' : 'api_error');
  return { type: 'error', error: { type, message: error.message } };
}

function openaiError(error: GatewayError): unknown {
  const { openaiType, openaiCode } = errorRow(error.code);
  return { error: { message: error.message, type: openaiType, param: error.param ?? null, code: openaiCode } };
}
