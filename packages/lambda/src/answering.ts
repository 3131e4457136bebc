import { GatewayError, isGatewayError, toGatewayError } from '@genai-gateway/core';
import { corsHeaders, errorAnswer } from '@genai-gateway/dialects';
import { JwtError } from '@genai-gateway/middy-http-jwt';
import type { MiddlewareObj, Request } from '@middy/core';
import type { AlbResult } from './alb-event.ts';
import { type AnswerParts, albResult } from './alb-result.ts';
import type { CallEvent } from './call.ts';
import { logCall } from './call-log.ts';
import type { FunctionLogger } from './function-environment.ts';

/** The request as middy hands it on; its answer is a route's until this makes the load balancer's of it. */
export type CallRequest = Request<CallEvent, AnswerParts | AlbResult>;

/**
 * Makes the answer of what the route gave or of what went wrong, and writes the one line of the call. Used first, so
 * that it comes last.
 */
export function answering(logger: () => FunctionLogger): MiddlewareObj<CallEvent, AnswerParts | AlbResult> {
  const end = (request: CallRequest, parts: AnswerParts, error: GatewayError | undefined): void => {
    const { event } = request;
    const { call } = event;
    const headers = { ...parts.headers, ...call.answerHeaders, 'x-request-id': call.requestId };
    const all = call.cors === undefined ? headers : { ...headers, ...corsHeaders(call.cors, headers) };
    const body = event.httpMethod === 'HEAD' ? '' : parts.body;
    const result = albResult(event, { status: parts.status, headers: all, body });
    request.response = result;
    logCall(logger(), { call, event, result, error, endedAtMs: Date.now() });
  };
  return {
    name: 'answering',
    after: (request: CallRequest) => end(request, request.response as AnswerParts, undefined),
    onError: (request: CallRequest) => {
      const error = refusalOf(request.error);
      end(request, errorAnswer(error, 'openai'), error);
    },
  };
}

function refusalOf(error: unknown): GatewayError {
  if (isGatewayError(error)) return error;
  if (error instanceof JwtError) {
    const code = error.code === 'keys-unavailable' ? 'identity-unavailable' : 'invalid-credential';
    return new GatewayError(code, error.message, { cause: error.cause ?? error });
  }
  // The validator's.
  if (error instanceof Error && 'statusCode' in error && error.statusCode === 400) {
    return new GatewayError('invalid-request', 'The event is no request as a load balancer sends it.', {
      cause: error,
    });
  }
  return toGatewayError(error);
}
