import { GatewayError } from '@genai-gateway/core';
import {
  type AnthropicRequest,
  type ApiMessage,
  anthropicAnswerOf,
  type JsonObject,
  usageFromAnthropic,
} from '@genai-gateway/protocol';
import { anthropicToInvoke, parseAnthropicRequest } from '@genai-gateway/translate';
import { anthropicConversation, continuedAnthropic } from './anthropic-conversation.ts';
import { attributedHeaders } from './attributed.ts';
import { openBooking, settled } from './booking.ts';
import type { Call } from './call.ts';
import { collect } from './collect.ts';
import { droppedHeaders } from './dropped-headers.ts';
import type { PromptOfCall } from './managed-prompt.ts';
import { MessagesFromInvokeCodec } from './messages-codec.ts';
import type { MessagesOnBedrock } from './messages-on-bedrock.ts';
import { usageInHeaders } from './native-answer.ts';
import { relay } from './relay.ts';
import { parseJsonObject } from './request-json.ts';
import { saidIn } from './said-in.ts';
import { type Services, toBedrock } from './services.ts';
import { keepTurn } from './turn-of-call.ts';
import type { UpstreamRequest } from './upstream.ts';
import { upstreamError } from './upstream-error.ts';

/**
 * Serves the Messages API by a model that speaks it itself: the request goes on nearly as it came, and so does the answer,
 * under the gateway's own id and the name that the caller gave the model.
 */
export async function serveMessagesByInvoke(call: Call, services: Services, asked: MessagesOnBedrock): Promise<void> {
  const { record } = call;
  const { admission, named, worker, session, prompt, betas, model } = asked;
  const stream = record.stream === true;
  const isPlain = session.kept === undefined && prompt === undefined;
  const continued = isPlain ? undefined : await anthropicConversation(call, asked);
  const body =
    continued === undefined ? asked.body : continuedAnthropic(asked.body, continued.conversation, prompt, model);
  const request = limited(body, prompt);
  const { body: sent, droppedParams } = anthropicToInvoke(request, { modelId: worker, betas });
  record.droppedParams = droppedParams;
  await openBooking(call, services, { admission, named, body: sent });

  const names = { id: record.answerId ?? call.requestId, model };
  const headers = droppedHeaders(droppedParams);
  const hears = session.kept !== undefined || services.logsContent ? 'all' : 'ends';
  const codec = new MessagesFromInvokeCodec(record, headers, names, hears);
  let whole: JsonObject | undefined;
  const answer = (): ApiMessage | undefined => {
    const message = whole === undefined ? wholeIn(codec) : anthropicAnswerOf(whole);
    return message === undefined ? undefined : { api: 'anthropic', message };
  };
  if (continued !== undefined) keepTurn(call, services, { session, ...continued, answer });
  if (services.logsContent) {
    record.content = {
      messages: saidIn(asked.body, 'system', 'messages'),
      answer: () => whole ?? codec.builder.message(),
    };
  }
  const upstream: UpstreamRequest = {
    target: {
      kind: 'model',
      operation: stream ? 'invoke-with-response-stream' : 'invoke',
      deployment: admission.deployment,
    },
    headers: attributedHeaders(call, services, {
      'content-type': 'application/json',
      accept: stream ? 'application/vnd.amazon.eventstream' : 'application/json',
    }),
    body: JSON.stringify(sent),
  };
  const send = toBedrock(call, services, upstream);
  if (stream) {
    const refusal = await relay(call, services, send, codec);
    if (refusal !== undefined) throw upstreamError(refusal);
    return;
  }

  const reply = await collect(call, services, send);
  if (reply.status !== 200) throw upstreamError(reply);
  whole = { ...messageIn(reply.body), ...names };
  const usage = usageFromAnthropic(whole['usage']) ?? usageInHeaders(reply);
  if (usage !== undefined) record.usage = usage;
  if (typeof whole['stop_reason'] === 'string') record.stopReason = whole['stop_reason'];
  await settled(call);
  call.reply.send(200, { 'content-type': 'application/json', ...headers }, JSON.stringify(whole));
}

/** What an answer by a managed prompt may have where nobody says it: the model has to be told. */
const PROMPT_MAX_TOKENS = 4_096;

function limited(body: object, prompt: PromptOfCall | undefined): AnthropicRequest {
  if (prompt === undefined) return parseAnthropicRequest(body);
  const request = parseAnthropicRequest(body, { maxTokens: 'optional' });
  return { ...request, max_tokens: request.max_tokens ?? PROMPT_MAX_TOKENS };
}

/** Of a stream that was cut nothing is kept. */
function wholeIn({ builder }: MessagesFromInvokeCodec): ReturnType<typeof anthropicAnswerOf> {
  return builder.isComplete ? builder.message() : undefined;
}

function messageIn(body: Buffer): JsonObject {
  let message: JsonObject;
  try {
    message = parseJsonObject(body);
  } catch (cause) {
    throw new GatewayError('upstream-failed', 'The model service answered with something that is not JSON.', { cause });
  }
  if (message['type'] === 'message' && Array.isArray(message['content'])) return message;
  throw new GatewayError('upstream-failed', 'The model service gave an answer that the gateway cannot read.');
}
