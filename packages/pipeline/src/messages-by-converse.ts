import type { ApiMessage, ConverseReply } from '@genai-gateway/protocol';
import {
  anthropicToConverse,
  ConverseToAnthropicStream,
  converseToAnthropic,
  parseAnthropicRequest,
} from '@genai-gateway/translate';
import { answerByConverse } from './answer-by-converse.ts';
import { ConverseAnswerReader } from './answer-reader.ts';
import { anthropicConversation } from './anthropic-conversation.ts';
import { openBooking } from './booking.ts';
import { withCachePointsFor } from './cache-points.ts';
import type { Call } from './call.ts';
import { converseBefore } from './conversation.ts';
import { droppedHeaders } from './dropped-headers.ts';
import { MessagesFromConverseCodec } from './messages-codec.ts';
import type { MessagesOnBedrock } from './messages-on-bedrock.ts';
import type { Services } from './services.ts';
import { keepTurn } from './turn-of-call.ts';

/** Serves the Messages API by a model of Bedrock's that does not speak it: as Converse, and back. */
export async function serveMessagesByConverse(call: Call, services: Services, asked: MessagesOnBedrock): Promise<void> {
  const { record } = call;
  const { admission, named, worker, session, prompt, betas, body, model } = asked;
  const { deployment } = admission;
  const _stream = record.stream === true;
  const isPlain = session.kept === undefined && prompt === undefined;
  const request = parseAnthropicRequest(body, {
    messages: isPlain ? 'required' : 'optional',
    maxTokens: prompt === undefined ? 'required' : 'optional',
  });
  const continued = isPlain ? undefined : await anthropicConversation(call, asked);
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
  await answerByConverse(call, services, {
    ...{ deployment, request: converse, headers, reader },
    codec: () => {
      const translation = new ConverseToAnthropicStream(context);
      return new MessagesFromConverseCodec({ record, stream: translation, headers, listener: reader });
    },
    whole: (reply) => converseToAnthropic(reply, context),
  });
}

/** What was read of an answer, in the caller's words. */
function replyOf(reply: ConverseReply | undefined, context: Parameters<typeof converseToAnthropic>[1]): unknown {
  return reply === undefined ? undefined : converseToAnthropic(reply, context);
}
