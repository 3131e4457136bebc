import { type ErrorCode, GatewayError, isGatewayError } from '@genai-gateway/core';

/** The operations of Bedrock's prompt API that are called. */
export type PromptOperation =
  | 'CreatePrompt'
  | 'GetPrompt'
  | 'ListPrompts'
  | 'UpdatePrompt'
  | 'DeletePrompt'
  | 'CreatePromptVersion';

/** Bedrock's own words may be long: they repeat what is wrong. */
const MAX_TEXT = 1_000;
const RETRY_AFTER_SECONDS = 2;

/**
 * What callers of /v1/prompts are told of an error of Bedrock's prompt API: its own text where it is about what they
 * sent, never where it is about the role that asks. The signal's reason when the caller has left.
 * Source: the errors of each operation in botocore 1.43.126, bedrock-agent/2023-06-05 (read 2026-11-23).
 */
export function promptRefusal(operation: PromptOperation, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (isGatewayError(error)) return error;
  const said = error instanceof Error ? error.message.slice(0, MAX_TEXT) : '';
  const as = (code: ErrorCode, message: string, retryAfterSeconds?: number) =>
    new GatewayError(code, message, {
      cause: error,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  switch (error instanceof Error ? error.name : '') {
    case 'ResourceNotFoundException':
      return as('prompt-not-found', 'Bedrock knows no such managed prompt, or no such version of it.');
    case 'ValidationException':
    case 'SerializationException':
      return as('invalid-request', `Bedrock does not take this prompt: ${said}`);
    case 'ConflictException':
      return as('prompt-conflict', `Bedrock refuses the change, because it does not go with what is there: ${said}`);
    case 'ServiceQuotaExceededException':
      return as(
        'upstream-quota-exceeded',
        `A quota of Bedrock's Prompt management is used up: ${said} Delete versions or prompts that nobody calls, or ask for more in Service Quotas.`,
      );
    case 'ThrottlingException':
      return as(
        'upstream-throttled',
        "Bedrock's prompt API takes no more requests for the moment. Try again shortly.",
        retryAfterOf(error),
      );
    default:
      if (isDenied(error)) {
        return as(
          'upstream-access-denied',
          `The role that manages prompts is not allowed bedrock:${operation} (or the key that the prompt is encrypted with). An administrator of the AWS account can allow it.`,
        );
      }
      return as(
        'prompts-unavailable',
        'Managed prompts cannot be read or written at the moment. Try again shortly.',
        RETRY_AFTER_SECONDS,
      );
  }
}

function isDenied(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return $metadata?.httpStatusCode === 403;
}

/** In seconds; the SDK shows the header beside the error, if it came. */
function retryAfterOf(error: unknown): number {
  const { $response } = error as { readonly $response?: { readonly headers?: Readonly<Record<string, string>> } };
  const seconds = Number($response?.headers?.['retry-after']);
  return Number.isInteger(seconds) && seconds > 0 && seconds <= 3600 ? seconds : RETRY_AFTER_SECONDS;
}
