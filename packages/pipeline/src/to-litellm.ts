import { GatewayError } from '@genai-gateway/core';
import { litellmError } from '@genai-gateway/translate';
import type { Call } from './call.ts';
import type { UpstreamAnswer } from './collect.ts';
import { jsonObject } from './json-object.ts';
import type { LitellmProxy } from './litellm.ts';
import { ownHeaders } from './pass-through.ts';
import type { UpstreamListener } from './upstream.ts';
import { bedrockFault, exceptionName, withoutArns } from './upstream-error.ts';

/** A refusal as an error of ours. LiteLLM passes on by which exception an AWS service refused, and forgets it itself. */
export function refusalOf({ status, headers, body }: UpstreamAnswer): GatewayError {
  const error = litellmError({ status, headers, body: jsonObject(body) });
  const exception = headers['llm_provider-x-amzn-errortype'];
  const inner = jsonObject(error.message);
  if (typeof exception !== 'string' && inner === undefined) return error;
  const code =
    typeof exception === 'string'
      ? bedrockFault(exceptionName({ 'x-amzn-errortype': exception }, {}), status)
      : error.code;
  if (code === 'upstream-access-denied') return error;
  const message = inner?.['OriginalMessage'] ?? inner?.['Message'] ?? inner?.['message'];
  const { cause, retryAfterSeconds } = error;
  return new GatewayError(code, typeof message === 'string' ? withoutArns(message) : error.message, {
    cause,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** How a request is handed to LiteLLM: to be called with who listens. */
export function toLitellm(
  call: Call,
  litellm: LitellmProxy,
  target: string,
  body: Uint8Array | string,
): (listener: UpstreamListener) => void {
  call.record.servedBy = 'litellm';
  const headers = { ...ownHeaders(call), 'content-type': 'application/json', accept: '*/*' };
  return (listener) => litellm.send({ method: 'POST', target, headers, body }, listener, call.signal);
}
