import { type ErrorCode, GatewayError } from '@genai-gateway/core';
import type { UpstreamAnswer } from './collect.ts';
import { jsonObject } from './json-object.ts';
import type { HeaderBag } from './upstream.ts';

/**
 * Bedrock's exceptions, as ours.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
 * (as of 2026-11-22); the stream exceptions have the same names, their first letter in lower case.
 */
const codeOfException: Readonly<Record<string, ErrorCode>> = {
  validationexception: 'upstream-rejected',
  serializationexception: 'upstream-rejected',
  conflictexception: 'upstream-rejected',
  resourcenotfoundexception: 'upstream-model-not-found',
  throttlingexception: 'upstream-throttled',
  toomanyrequestsexception: 'upstream-throttled',
  modelnotreadyexception: 'upstream-throttled',
  servicequotaexceededexception: 'upstream-quota-exceeded',
  accessdeniedexception: 'upstream-access-denied',
  unrecognizedclientexception: 'upstream-access-denied',
  invalidsignatureexception: 'upstream-access-denied',
  expiredtokenexception: 'upstream-access-denied',
  incompletesignatureexception: 'upstream-access-denied',
  missingauthenticationtokenexception: 'upstream-access-denied',
  modelerrorexception: 'upstream-model-error',
  // SageMaker's own name for it, which LiteLLM passes on
  modelerror: 'upstream-model-error',
  modelstreamerrorexception: 'upstream-model-error',
  modeltimeoutexception: 'upstream-timeout',
  internalserverexception: 'upstream-failed',
  internalfailure: 'upstream-failed',
  serviceunavailableexception: 'upstream-overloaded',
};

/** The code for an exception of Bedrock, by its name, else by its status. */
export function bedrockFault(exception: string, status: number): ErrorCode {
  const code = codeOfException[exception.toLowerCase()];
  if (code !== undefined) return code;
  if (status === 429) return 'upstream-throttled';
  if (status === 503) return 'upstream-overloaded';
  if (status === 408 || status === 504) return 'upstream-timeout';
  if (status === 401 || status === 403) return 'upstream-access-denied';
  if (status === 404) return 'upstream-model-not-found';
  if (status === 424) return 'upstream-model-error';
  return status < 500 ? 'upstream-rejected' : 'upstream-failed';
}

/** The name in `x-amzn-errortype` (`ThrottlingException:http://…` counts too) or in the body's `__type`. */
export function exceptionName(headers: HeaderBag, body: Readonly<Record<string, unknown>>): string {
  const header = headers['x-amzn-errortype'];
  const type = typeof header === 'string' ? header : body['__type'];
  if (typeof type !== 'string') return '';
  return type.split(':')[0]?.split('#').at(-1) ?? '';
}

const ARN = /arn:aws[a-z-]*:[\w+=,.@:/*-]*[\w/*]/g;
const ACCOUNT = /\b\d{12}\b/g;

/** A message of AWS without what names our account and roles. */
export function withoutArns(message: string): string {
  return message.replace(ARN, '[resource]').replace(ACCOUNT, '[account]');
}

/** A refusal of Bedrock as an error of ours; the message is Bedrock's, where it is meant for the caller. */
export function upstreamError(answer: UpstreamAnswer): GatewayError {
  const body = jsonObject(answer.body) ?? {};
  const exception = exceptionName(answer.headers, body);
  const message = body['message'] ?? body['Message'];
  const code = bedrockFault(exception, answer.status);
  const theirs = typeof message === 'string' ? withoutArns(message) : `status ${answer.status}`;
  const cause = new Error(`bedrock answered ${answer.status} ${exception}: ${theirs}`);
  const retryAfterSeconds = retryAfter(answer.headers);
  return new GatewayError(refine(code, theirs), messageFor(code, theirs), {
    cause,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** An exception frame within a stream as an error of ours. */
export function streamException(exception: string | undefined, payload: Buffer): GatewayError {
  const body = jsonObject(payload) ?? {};
  const message = body['message'] ?? body['Message'];
  const code = bedrockFault(exception ?? '', 500);
  const theirs = typeof message === 'string' ? withoutArns(message) : 'no message';
  return new GatewayError(refine(code, theirs), messageFor(code, theirs), {
    cause: new Error(`stream exception ${exception ?? 'unknown'}: ${theirs}`),
  });
}

/**
 * What the vendors' models say of a prompt that does not fit; an answer that was asked to be too long (`max_tokens`) is another
 * mistake. Sources: the messages in https://github.com/aws-samples/bedrock-chat/issues/95,
 * https://github.com/stackblitz/bolt.new/issues/7414 and litellm 1.106.2, litellm_core_utils/exception_mapping_utils.py
 * (read 2026-11-23).
 */
const TOO_LONG = new RegExp(
  [
    '(?:input|prompt)(?: \\w+)? (?:is|was) too (?:long|large)',
    'too many (?:input |prompt )?tokens',
    'input length and .{0,16}max_tokens.{0,16} exceed',
    'exceeds? (?:the )?(?:\\w+ )?context (?:length|limit|size|window)',
    'maximum context (?:length|limit|size|window)',
    'input tokens? (?:count )?exceed',
    'expected a string with maximum length',
    'expected maxlength: \\d{4,}',
    "longer than the model's context",
    'prompt (?:has|contains) \\d+ tokens',
    'maximum (?:number of )?(?:input|prompt) tokens',
  ].join('|'),
  'i',
);

function refine(code: ErrorCode, message: string): ErrorCode {
  return code === 'upstream-rejected' && TOO_LONG.test(message) ? 'upstream-context-too-long' : code;
}

function messageFor(code: ErrorCode, theirs: string): string {
  // What our own role may not do is for the operators, not for the caller.
  if (code === 'upstream-access-denied') {
    return 'The gateway was not allowed to call this model on Bedrock. An administrator can grant its role access to the model.';
  }
  return theirs;
}

function retryAfter(headers: HeaderBag): number | undefined {
  const value = Number(headers['retry-after']);
  return Number.isFinite(value) && value >= 0 ? Math.ceil(value) : undefined;
}
