import {
  anthropicToConverse,
  ConverseToAnthropicStream,
  converseToAnthropic,
  parseAnthropicRequest,
} from '@genai-gateway/translate';
import { answerByConverse } from './answer-by-converse.ts';
import { anthropicConversation } from './anthropic-conversation.ts';
import { openBooking } from './booking.ts';
import { withCachePointsFor } from './cache-points.ts';
import type { Call } from './call.ts';
import { converseBefore } from './conversation.ts';
import { MessagesFromConverseCodec } from './messages-codec.ts';
import type { MessagesOnBedrock } from './messages-on-bedrock.ts';
import { saidIn } from './said-in.ts';
import type { Services } from './services.ts';

/** Serves the Messages API by a model of Bedrock's that does not speak it: as Converse, and back. */
export async function serveMessagesByConverse(call: Call, services: Services, asked: MessagesOnBedrock): Promise<void> {
  const { record } = call;
  const { admission, named, worker, session, prompt, betas, body, model } = asked;
  const { deployment } = admission;
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
  const context = { ...translated, id: record.answerId ?? call.requestId, model };
  await answerByConverse(call, services, {
    ...{
      deployment,
      request: converse,
      translated,
      droppedParams,
      session,
      continued,
      messages: saidIn(body, 'system', 'messages'),
    },
    codec: (options) => new MessagesFromConverseCodec({ ...options, stream: new ConverseToAnthropicStream(context) }),
    whole: (reply) => converseToAnthropic(reply, context),
  });
}
