import { GatewayError } from '@genai-gateway/core';
import {
  type ApiMessage,
  type ConverseReply,
  type ConverseRequest,
  type JsonObject,
  servedAs,
  usageFromConverse,
} from '@genai-gateway/protocol';
import type { Deployment } from '@genai-gateway/routing';
import type { ToolNames } from '@genai-gateway/translate';
import { ConverseAnswerReader } from './answer-reader.ts';
import { attributedRequest } from './attributed.ts';
import { settled } from './booking.ts';
import type { Call } from './call.ts';
import { collect } from './collect.ts';
import { droppedHeaders } from './dropped-headers.ts';
import { relay, type StreamCodec } from './relay.ts';
import { parseJsonObject } from './request-json.ts';
import { type Services, toBedrock } from './services.ts';
import type { SessionOfCall } from './session-of-call.ts';
import type { CodecOptions } from './translated-codec.ts';
import { keepTurn, type TurnRequest } from './turn-of-call.ts';
import type { UpstreamRequest } from './upstream.ts';
import { upstreamError } from './upstream-error.ts';

/** A request of another API that has become one of Converse, and how its answer is told. */
export interface ByConverse {
  readonly deployment: Deployment;
  readonly request: ConverseRequest;
  /** Of the translation: names that were changed for the model, and the tool whose input is the answer. */
  readonly translated: { readonly toolNames: ToolNames; readonly jsonTool?: string | undefined };
  readonly droppedParams: readonly string[];
  readonly session: SessionOfCall;
  /** Undefined: nothing stands before the call, and nothing of it is kept. */
  readonly continued: Pick<TurnRequest, 'said' | 'conversation'> | undefined;
  /** What was said, in the caller's words. */
  readonly messages: unknown;
  /** For a stream. */
  readonly codec: (options: CodecOptions) => StreamCodec;
  /** For an answer as a whole. Throws what says that it is not Converse's. */
  readonly whole: (reply: ConverseReply) => object;
  /** The same for a request log; undefined: as the caller gets it. */
  readonly logged?: (reply: ConverseReply) => object;
}

/**
 * Sends a translated request to Bedrock, and its answer to the caller: as a stream where the call's record says so. On its
 * way it is read, where the call's turn is to be kept or a request log is to hold it.
 */
export async function answerByConverse(call: Call, services: Services, asked: ByConverse): Promise<void> {
  const { record } = call;
  const { deployment, request, translated, session, continued, messages, whole, logged = whole } = asked;
  const stream = record.stream === true;
  const reader = session.kept === undefined && !services.logsContent ? undefined : new ConverseAnswerReader();
  if (continued !== undefined) {
    const answer = (): ApiMessage | undefined => reader?.answer(translated.toolNames, translated.jsonTool);
    keepTurn(call, services, { session, ...continued, answer });
  }
  if (services.logsContent) {
    const answer = (): unknown => {
      const reply = reader?.answerAsReply(record);
      return reply && logged(reply);
    };
    record.content = { messages, answer };
  }
  const upstream: UpstreamRequest = {
    target: { kind: 'model', operation: stream ? 'converse-stream' : 'converse', deployment },
    headers: {
      'content-type': 'application/json',
      accept: stream ? 'application/vnd.amazon.eventstream' : 'application/json',
    },
    body: JSON.stringify(attributedRequest(call, services, request)),
  };
  const send = toBedrock(call, services, upstream);
  const headers = droppedHeaders(asked.droppedParams);
  if (stream) {
    const refusal = await relay(call, services, send, asked.codec({ record, headers, listener: reader }));
    if (refusal !== undefined) throw upstreamError(refusal);
    return;
  }

  const answer = await collect(call, services, send);
  if (answer.status !== 200) throw upstreamError(answer);
  const reply = replyIn(answer.body);
  const usage = usageFromConverse(reply['usage'], reply['additionalModelResponseFields']);
  if (usage !== undefined) record.usage = { ...usage, ...servedAs(reply) };
  if (typeof reply['stopReason'] === 'string') record.stopReason = reply['stopReason'];
  reader?.whole(reply);
  const told = whole(reply as unknown as ConverseReply);
  await settled(call);
  call.reply.send(200, { 'content-type': 'application/json', ...headers }, JSON.stringify(told));
}

function replyIn(body: Buffer): JsonObject {
  try {
    return parseJsonObject(body);
  } catch (cause) {
    throw new GatewayError('upstream-failed', 'The model service answered with something that is not JSON.', { cause });
  }
}
