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
  return status < 500 ? 'upstream-rejected' : 'upstream-failed';
}

/** The name in `x-amzn-errortype` (`ThrottlingException:http://…` counts too) or in the body's `__type`. */
export function exceptionName(headers: HeaderBag, body: Readonly<Record<string, unknown>>): string {
  const header = headers['x-amzn-errortype'];
  const type = typeof header === 'string' ? header : body['__type'];
  if (typeof type !== 'string') return '';
  return type.split(':')[0]?.split('#').at(-1) ?? '';
}

const ARN = /arn:aws[a-z-]*:[A-Za-z0-9_./:*-]+/g;
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
  return new GatewayError(code, messageFor(code, theirs), {
    cause: new Error(`stream exception ${exception ?? 'unknown'}: ${theirs}`),
  });
}

function refine(code: ErrorCode, message: string): ErrorCode {
  if (code !== 'upstream-rejected') return code;
  return /too long|too many (?:input )?tokens|context (?:length|window|limit)|maximum (?:number of )?tokens/i.test(
    message,
  )
    ? 'upstream-context-too-long'
    : code;
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
