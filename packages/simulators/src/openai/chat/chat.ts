import type { Endpoint } from '../endpoint.ts';
import { requireModel } from '../rules.ts';
import { closed, dataStream } from '../sse.ts';
import { chatCompletion, chatFrame, chatStream } from './chat-answer.ts';
import { understandChat } from './chat-request.ts';
import { checkChat } from './chat-rules.ts';

/** `POST /v1/chat/completions`. */
export const chatEndpoint: Endpoint = (body, context) => {
  const frame = chatFrame(body, requireModel(body), context);
  checkChat(body);
  const streamed = body['stream'] === true;
  return {
    ...understandChat(body, context.seed),
    streamed,
    answer: (reply) =>
      streamed
        ? { kind: 'pieces', format: dataStream, pieces: closed(chatStream(reply, frame)) }
        : { kind: 'json', body: chatCompletion(reply, frame) },
  };
};
