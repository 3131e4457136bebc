import { type OpenaiErrorBody, type ResponsesEvent, SSE_HEARTBEAT, sseNamed } from '@genai-gateway/protocol';
import type { ConverseToResponsesStream } from '@genai-gateway/translate';
import { TranslatedCodec } from './translated-codec.ts';

/** ConverseStream frames in, the server-sent events of a response out: each has its type as its name too. */
export class ResponsesStreamCodec extends TranslatedCodec<ResponsesEvent, ConverseToResponsesStream> {
  readonly heartbeat = SSE_HEARTBEAT;

  protected override sse(event: ResponsesEvent): string {
    return sseNamed(event.type, event);
  }

  /** The last words of a stream that cannot go on. */
  failed(error: OpenaiErrorBody['error']): string {
    let text = '';
    for (const event of this.stream.fail({ ...error, code: error.code ?? error.type })) text += this.sse(event);
    return text;
  }
}
