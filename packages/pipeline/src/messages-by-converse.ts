import { GatewayError } from '@genai-gateway/core';
import {
  type ApiMessage,
  type ConverseReply,
  type JsonObject,
  servedAs,
  usageFromConverse,
} from '@genai-gateway/protocol';
import {
  anthropicToConverse,
  ConverseToAnthropicStream,
  converseToAnthropic,
  parseAnthropicRequest,
} from '@genai-gateway/translate';
import { ConverseAnswerReader } from './answer-reader.ts';
import { anthropicConversation } from './anthropic-conversation.ts';
import { attributedRequest } from './attributed.ts';
import { openBooking, settled } from './booking.ts';
import { withCachePointsFor } from './cache-points.ts';
import type { Call } from './call.ts';
import { collect } from './collect.ts';
import { converseBefore } from './conversation.ts';
import { MessagesFromConverseCodec } from './messages-codec.ts';
import { droppedHeaders, type MessagesOnBedrock } from './messages-on-bedrock.ts';
import { relay } from './relay.ts';
import { parseJsonObject } from './request-json.ts';
import { type Services, toBedrock } from './services.ts';
import { keepTurn } from './turn-of-call.ts';
import type { UpstreamRequest } from './upstream.ts';
import { upstreamError } from './upstream-error.ts';

/** Serves the Messages API by a model of Bedrock's that does not speak it: as Converse, and back. */
export async function serveMessagesByConverse(call: Call, services: Services, asked: MessagesOnBedrock): Promise<void> {
  const { record } = call;
  const { admission, named, worker, session, prompt, betas, body, model } = asked;
  const { deployment } = admission;
  const stream = record.stream === true;
  const isPlain = session.kept === undefined && prompt === undefined;
  const request = parseAnthropicRequest(body, {
    messages: isPlain ? 'required' : 'optional',
    maxTokens: prompt === undefined ? 'required' : 'optional',
  });
  const continued = isPlain
    ? undefined
    : await anthropicConversation(call, { ...asked, contextTokens: asked.readsAtMost() });
  const before = continued === undefined ? [] : converseBefore(continued.conversation);
  const translated = anthropicToConverse(continued === undefined ? request : { ...request, messages: continued.news }, {
    modelId: worker,
    before,
    system: continued?.conversation.system ?? [],
    prompt: prompt?.rendered,
    betas,
  });
  const converse = withCachePointsFor(call, services, worker, translated.request, before);
  const { droppedParams } = translated;
  record.droppedParams = droppedParams;
  const isAsItCame = isPlain && converse === translated.request;
  await openBooking(call, services, { admission, named, body: isAsItCame ? body : converse });

  const reader = session.kept === undefined && !services.logsContent ? undefined : new ConverseAnswerReader();
  if (continued !== undefined) {
    const answer = (): ApiMessage | undefined => reader?.answer(translated.toolNames, translated.jsonTool);
    keepTurn(call, services, { session, ...continued, answer });
  }
  const context = { ...translated, id: record.answerId ?? call.requestId, model };
  if (services.logsContent) {
    record.content = { messages: body['messages'], answer: () => replyOf(reader?.answerAsReply(record), context) };
  }
  const headers = droppedHeaders(droppedParams);
  const upstream: UpstreamRequest = {
    target: { kind: 'model', operation: stream ? 'converse-stream' : 'converse', deployment },
    headers: {
      'content-type': 'application/json',
      accept: stream ? 'application/vnd.amazon.eventstream' : 'application/json',
    },
    body: JSON.stringify(attributedRequest(call, services, converse)),
  };
  const send = toBedrock(call, services, upstream);
  if (stream) {
    const translation = new ConverseToAnthropicStream(context);
    const codec = new MessagesFromConverseCodec(record, headers, translation, reader);
    try {
      const refusal = await relay(call, services, send, codec);
      if (refusal !== undefined) throw upstreamError(refusal);
    } finally {
      codec.note();
    }
    return;
  }

  const answer = await collect(call, services, send);
  if (answer.status !== 200) throw upstreamError(answer);
  let reply: JsonObject;
  try {
    reply = parseJsonObject(answer.body);
  } catch (cause) {
    throw new GatewayError('upstream-failed', 'The model service answered with something that is not JSON.', { cause });
  }
  const usage = usageFromConverse(reply['usage']);
  if (usage !== undefined) record.usage = { ...usage, ...servedAs(reply) };
  if (typeof reply['stopReason'] === 'string') record.stopReason = reply['stopReason'];
  reader?.whole(reply);
  // `converseToAnthropic` itself refuses what is not a Converse answer.
  const message = converseToAnthropic(reply as unknown as ConverseReply, context);
  await settled(call);
  call.reply.send(200, { 'content-type': 'application/json', ...headers }, JSON.stringify(message));
}

/** What was read of an answer, in the caller's words. */
function replyOf(reply: ConverseReply | undefined, context: Parameters<typeof converseToAnthropic>[1]): unknown {
  return reply === undefined ? undefined : converseToAnthropic(reply, context);
}
