import { GatewayError } from '@genai-gateway/core';
import {
  type ConverseReply,
  type ConverseRequest,
  type JsonObject,
  servedAs,
  usageFromConverse,
} from '@genai-gateway/protocol';
import type { Deployment } from '@genai-gateway/routing';
import type { ConverseAnswerReader } from './answer-reader.ts';
import { attributedRequest } from './attributed.ts';
import { settled } from './booking.ts';
import type { Call } from './call.ts';
import { collect } from './collect.ts';
import { relay, type StreamCodec } from './relay.ts';
import { parseJsonObject } from './request-json.ts';
import { type Services, toBedrock } from './services.ts';
import type { UpstreamRequest } from './upstream.ts';
import { upstreamError } from './upstream-error.ts';

/** A request of another API that has become one of Converse, and how its answer is told. */
export interface ByConverse {
  readonly deployment: Deployment;
  readonly request: ConverseRequest;
  /** Go into the answer's head. */
  readonly headers: Readonly<Record<string, string>>;
  /** Reads along. */
  readonly reader: ConverseAnswerReader | undefined;
  /** For a stream. */
  readonly codec: () => StreamCodec;
  /** For an answer as a whole. Throws what says that it is not Converse's. */
  readonly whole: (reply: ConverseReply) => object;
}

/** Sends a translated request to Bedrock, and its answer to the caller: as a stream where the call's record says so. */
export async function answerByConverse(call: Call, services: Services, asked: ByConverse): Promise<void> {
  const { record } = call;
  const { deployment, request, headers, reader } = asked;
  const stream = record.stream === true;
  const upstream: UpstreamRequest = {
    target: { kind: 'model', operation: stream ? 'converse-stream' : 'converse', deployment },
    headers: {
      'content-type': 'application/json',
      accept: stream ? 'application/vnd.amazon.eventstream' : 'application/json',
    },
    body: JSON.stringify(attributedRequest(call, services, request)),
  };
  const send = toBedrock(call, services, upstream);
  if (stream) {
    const refusal = await relay(call, services, send, asked.codec());
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
  const whole = asked.whole(reply as unknown as ConverseReply);
  await settled(call);
  call.reply.send(200, { 'content-type': 'application/json', ...headers }, JSON.stringify(whole));
}

function replyIn(body: Buffer): JsonObject {
  try {
    return parseJsonObject(body);
  } catch (cause) {
    throw new GatewayError('upstream-failed', 'The model service answered with something that is not JSON.', { cause });
  }
}
