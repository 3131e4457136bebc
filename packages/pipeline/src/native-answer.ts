import { type ErrorCode, GatewayError } from '@genai-gateway/core';
import {
  servedAs,
  type Usage,
  usageFromConverse,
  usageFromInvocationMetrics,
  usageFromInvokeBody,
} from '@genai-gateway/protocol';
import type { Call, CallRecord } from './call.ts';
import type { UpstreamAnswer } from './collect.ts';
import { type ConverseListener, ConverseStreamCodec, InvokeStreamCodec, nativeReplyHeaders } from './native-codec.ts';
import type { StreamCodec } from './relay.ts';
import { withSessionId } from './session-answer.ts';
import type { ModelOperation } from './upstream.ts';
import { bedrockFault, exceptionName, upstreamError, withoutArns } from './upstream-error.ts';

/** What passes a stream of Bedrock's on; undefined when the operation gives a whole answer. */
export function codecFor(
  operation: ModelOperation,
  record: CallRecord,
  added: Readonly<Record<string, string>> = {},
  listener?: ConverseListener,
): StreamCodec | undefined {
  if (operation === 'converse-stream') return new ConverseStreamCodec(record, added, listener);
  return operation === 'invoke-with-response-stream' ? new InvokeStreamCodec(record, added) : undefined;
}

/**
 * The upstream's answer as it is. A 403 keeps its type but loses the names of our account and role;
 * one that is about our credentials is not the caller's business at all and becomes an error of ours.
 */
export function passOn(call: Call, answer: UpstreamAnswer, added: Readonly<Record<string, string>> = {}): void {
  const headers = { ...nativeReplyHeaders(answer.headers, 'application/json'), ...added };
  if (answer.status === 200) {
    const { sessionId } = call.record;
    call.reply.send(200, headers, sessionId === undefined ? answer.body : withSessionId(answer.body, sessionId));
    return;
  }
  const exception = exceptionName(answer.headers, {});
  const code: ErrorCode = bedrockFault(exception, answer.status);
  call.record.errorCode = code;
  const error = upstreamError(answer);
  call.record.errorCause = error.cause;
  if (code !== 'upstream-access-denied') {
    call.reply.send(answer.status, headers, answer.body);
    return;
  }
  if (exception !== 'AccessDeniedException') throw error;
  call.reply.send(answer.status, headers, withoutArns(answer.body.toString('utf8')));
}

/** Notes what a whole answer says of its usage and its end. Throws `upstream-failed` for a Converse answer that is no JSON. */
export function noteUsage(call: Call, operation: ModelOperation, answer: UpstreamAnswer): void {
  if (operation === 'count-tokens') return;
  const { record } = call;
  const counted = usageInHeaders(answer);
  if (counted !== undefined) record.usage = counted;
  if (operation === 'invoke' && counted !== undefined) return;
  let body: unknown;
  try {
    body = JSON.parse(answer.body.toString('utf8'));
  } catch {
    // An image or another binary answer of InvokeModel: its usage is in the headers, if anywhere.
    if (operation === 'converse') {
      throw new GatewayError('upstream-failed', 'The model service answered with something that is not JSON.');
    }
    return;
  }
  if (body === null || typeof body !== 'object') return;
  const reply = body as Record<string, unknown>;
  const usage =
    operation === 'converse'
      ? usageFromConverse(reply['usage'], reply['additionalModelResponseFields'])
      : usageFromInvokeBody(reply);
  if (usage !== undefined) record.usage = { ...usage, ...servedAs(reply) };
  const stopReason = reply['stopReason'] ?? reply['stop_reason'];
  if (typeof stopReason === 'string') record.stopReason = stopReason;
}

/** What the head of an answer of InvokeModel says of its usage; undefined: nothing. */
export function usageInHeaders(answer: UpstreamAnswer): Usage | undefined {
  return usageFromInvocationMetrics({
    inputTokenCount: countHeader(answer, 'x-amzn-bedrock-input-token-count'),
    outputTokenCount: countHeader(answer, 'x-amzn-bedrock-output-token-count'),
    cacheReadInputTokenCount: countHeader(answer, 'x-amzn-bedrock-cache-read-input-token-count'),
    cacheWriteInputTokenCount: countHeader(answer, 'x-amzn-bedrock-cache-write-input-token-count'),
  });
}

function countHeader(answer: UpstreamAnswer, name: string): number | undefined {
  const value = answer.headers[name];
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
