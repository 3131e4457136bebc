import {
  type ConverseMessage,
  type ConverseRequest,
  type JsonObject,
  type JsonValue,
  type LitellmChatRequest,
  type OpenaiConversationMessage,
  usageFromOpenai,
} from '@genai-gateway/protocol';
import { describeReasons } from '@genai-gateway/routing';
import {
  type ConverseAsOpenai,
  closeOpenaiCalls,
  continueConverse,
  converseRequestToOpenai,
  OpenaiToConverseStream,
  openaiMessages,
  openaiReplyToConverse,
  parseConverseRequest,
  withEarlierMessages,
  withPrompt,
} from '@genai-gateway/translate';
import { type LitellmAdmission, notOnHotPath } from './admit.ts';
import type { AskedConversation } from './admit-conversation.ts';
import { ConverseAnswerReader } from './answer-reader.ts';
import { settled } from './booking.ts';
import type { Call } from './call.ts';
import { collect } from './collect.ts';
import { asApiMessages, type Continued, converseBefore } from './conversation.ts';
import { ConverseFromOpenaiCodec } from './converse-codec.ts';
import { converseConversation } from './converse-conversation.ts';
import { droppedHeaders } from './dropped-headers.ts';
import { jsonObject } from './json-object.ts';
import type { LitellmProxy } from './litellm.ts';
import { throughBedrockRoute } from './native-through-litellm.ts';
import { servedByHeaders } from './pass-through.ts';
import { relay } from './relay.ts';
import type { Services } from './services.ts';
import { refusalOf, toLitellm } from './to-litellm.ts';
import { keepTurn } from './turn-of-call.ts';
import type { NativeRequest } from './upstream.ts';

/** A Converse request for LiteLLM. */
export interface ConverseThroughLitellm extends AskedConversation {
  readonly bytes: Buffer;
  /** The same without the gateway's own fields. */
  readonly body: JsonObject;
  /** There is nothing of the gateway's in it: no field, no session, no prompt. */
  readonly isPlain: boolean;
}

/**
 * Serves Converse through LiteLLM: byte for byte by LiteLLM's own route of Bedrock's API where that holds what an
 * administrator has set, else by way of OpenAI's API.
 */
export async function serveConverseThroughLitellm(
  call: Call,
  services: Services,
  { operation, model }: NativeRequest,
  admission: LitellmAdmission,
  asked: ConverseThroughLitellm,
): Promise<void> {
  const { litellm } = services;
  const { nativeAlias: alias, reasons } = admission;
  const stream = operation === 'converse-stream';
  if (litellm === undefined) throw notOnHotPath(model, describeReasons(reasons));
  const continued = asked.isPlain ? undefined : await converseConversation(call, asked);
  const reader = asked.session.kept === undefined ? undefined : new ConverseAnswerReader();
  if (continued !== undefined) {
    keepTurn(call, services, { session: asked.session, ...continued, answer: () => reader?.answer() });
  }
  if (alias === undefined) return throughChat(call, services, litellm, { admission, asked, continued, reader, stream });
  const body =
    continued === undefined ? asked.bytes : JSON.stringify(asConverse(asked, continued, admission.litellmModel));
  const onAnswer = (answer: Buffer): void => reader?.whole(jsonObject(answer));
  return throughBedrockRoute(call, services, litellm, { operation, alias, reasons, body, listener: reader, onAnswer });
}

interface Chat {
  readonly admission: LitellmAdmission;
  readonly asked: ConverseThroughLitellm;
  readonly continued: Continued<ConverseMessage> | undefined;
  readonly reader: ConverseAnswerReader | undefined;
  readonly stream: boolean;
}

/** Converse → OpenAI's chat → LiteLLM, and back. */
async function throughChat(call: Call, services: Services, litellm: LitellmProxy, chat: Chat): Promise<void> {
  const { record, requestId } = call;
  const { admission, asked, reader, stream } = chat;
  const { request, droppedParams, responseFieldPaths = [] } = asOpenai(chat);
  record.droppedParams = droppedParams;
  const added = { ...servedByHeaders(admission.reasons), ...droppedHeaders(droppedParams) };
  const send = toLitellm(call, litellm, '/v1/chat/completions', JSON.stringify(request));

  if (stream) {
    const translation = new OpenaiToConverseStream({ requestId, responseFieldPaths });
    const codec = new ConverseFromOpenaiCodec(record, translation, added, services.now, reader);
    const refusal = await relay(call, services, send, codec);
    if (refusal !== undefined) throw refusalOf(refusal);
    return;
  }
  const answer = await collect(call, services, send);
  if (answer.status !== 200) throw refusalOf(answer);
  const completion = jsonObject(answer.body);
  const latencyMs = services.now() - record.startedAtMs;
  const reply = openaiReplyToConverse(completion, { requestId, latencyMs, responseFieldPaths });
  const usage = usageFromOpenai(completion?.['usage']);
  if (usage !== undefined) record.usage = usage;
  record.stopReason = reply.stopReason;
  reader?.whole(reply);
  await settled(call);
  const body = JSON.stringify({ session_id: asked.session.sessionId, ...reply });
  call.reply.send(200, { 'content-type': 'application/json', ...added }, body);
}

/** The request in Bedrock's API, with what stands before it. */
function asConverse(
  { body, prompt }: ConverseThroughLitellm,
  { conversation, news }: Continued<ConverseMessage>,
  modelId: string,
): ConverseRequest {
  const own: ConverseRequest = { ...body, messages: news };
  const prompted = prompt === undefined ? own : withPrompt(own, prompt.rendered, { modelId });
  return continueConverse(prompted, { modelId, before: converseBefore(conversation), system: conversation.system });
}

/** The same in OpenAI's. What was kept is put in as it is, because it was written for any model. */
function asOpenai({ asked, admission, continued, stream }: Chat): ConverseAsOpenai {
  const { litellmModel: model } = admission;
  if (continued === undefined) {
    return converseRequestToOpenai(parseConverseRequest(asked.body), { model, stream });
  }
  const { conversation, news } = continued;
  const parsed = parseConverseRequest(
    { ...asked.body, messages: news as unknown as JsonValue },
    { messages: 'optional' },
  );
  const prompted = asked.prompt === undefined ? parsed : withPrompt(parsed, asked.prompt.rendered, { modelId: model });
  const system = [...(prompted.system ?? []), ...conversation.system];
  const translated = converseRequestToOpenai({ ...prompted, system }, { model, stream });
  const { prefix, stored, alone } = conversation;
  const before = openaiMessages([...asApiMessages(prefix), ...stored, ...asApiMessages(alone)]);
  const messages = closeOpenaiCalls(
    withEarlierMessages<OpenaiConversationMessage>(translated.request.messages, before),
  );
  const request = { ...translated.request, messages: messages as LitellmChatRequest['messages'] };
  return { ...translated, request };
}
