import type { Endpoint } from '../endpoint.ts';
import { requireModel } from '../rules.ts';
import { namedStream } from '../sse.ts';
import { responseBody, responseStream } from './responses-answer.ts';
import { checkResponse, understandResponse } from './responses-request.ts';

/** `POST /v1/responses`. Nothing is stored: an earlier response is named in the answer and otherwise not known. */
export const responsesEndpoint: Endpoint = (body, context) => {
  requireModel(body);
  checkResponse(body);
  const streamed = body['stream'] === true;
  return {
    ...understandResponse(body, context.seed),
    streamed,
    answer: (reply) =>
      streamed
        ? { kind: 'pieces', format: namedStream, pieces: responseStream(reply, body, context) }
        : { kind: 'json', body: responseBody(reply, body, context) },
  };
};
